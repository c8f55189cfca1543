from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0006_criteria_take_the_words_of_their_behaviours'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), ('what', ''), ('success', ''), _connector='OR', _negated=True), name='criterion_has_its_own_words'),
        ),
    ]
