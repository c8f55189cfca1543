import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0009_history_holds_no_tokens_of_links'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='last_member',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='programs.member'),
        ),
    ]
