from datetime import timedelta

from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Least
from django.utils import timezone


def tell_when(apps, schema_editor):
    """A question is closed three working days after it was asked at the earliest; it was closed by now."""
    prompts = apps.get_model("coaching", "Prompt").objects.using(schema_editor.connection.alias)
    after = F("asked_at") + Value(timedelta(days=3))
    prompts.filter(status="missed").update(missed_at=Least(after, Value(timezone.now())))


class Migration(migrations.Migration):
    dependencies = [
        ("coaching", "0010_a_move_keeps_the_wish_it_answered"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="microsession",
            index=models.Index(
                condition=models.Q(("met_confirmed_at__isnull", False)),
                fields=["met_confirmed_at"],
                name="micro_met_by_time",
            ),
        ),
        migrations.AddField(
            model_name="prompt",
            name="missed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(tell_when, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="prompt",
            index=models.Index(
                condition=models.Q(("missed_at__isnull", False)), fields=["missed_at"], name="prompt_missed_by_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="prompt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("status", "missed"), _negated=True), ("missed_at", None)),
                    models.Q(("missed_at__isnull", False), ("status__in", ["missed", "answered"])),
                    _connector="OR",
                ),
                name="prompt_missed_has_its_time",
            ),
        ),
    ]
