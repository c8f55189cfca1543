from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coaching", "0004_questions_not_prompts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reply",
            name="kind",
            field=models.CharField(
                choices=[
                    ("thanks", "Thanks"),
                    ("use_this", "Keep doing this"),
                    ("next_time", "Talk about it next time"),
                    ("words", "Reply"),
                ],
                max_length=9,
            ),
        ),
    ]
