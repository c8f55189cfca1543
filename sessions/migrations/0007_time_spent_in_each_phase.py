from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coaching", "0006_the_learner_asked"),
    ]

    operations = [
        migrations.AddField(
            model_name="microsession",
            name="phase_seconds",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
