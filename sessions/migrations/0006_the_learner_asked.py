from django.db import migrations, models

REASONS = [
    ("queue", "Queue"),
    ("absent", "Absent"),
    ("clash", "Clash"),
    ("asked", "Learner asked"),
    ("other", "Other"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("coaching", "0005_use_this_says_keep_doing_this"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="micromove", name="move_reason_is_known"),
        migrations.AlterField(
            model_name="micromove",
            name="reason",
            field=models.CharField(choices=REASONS, max_length=6, verbose_name="reason"),
        ),
        migrations.AddConstraint(
            model_name="micromove",
            constraint=models.CheckConstraint(
                condition=models.Q(reason__in=["queue", "absent", "clash", "asked", "other"]),
                name="move_reason_is_known",
            ),
        ),
    ]
