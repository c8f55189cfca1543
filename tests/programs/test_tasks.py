"""What the worker does by itself about people."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from programs import tasks


def test_login_sessions_that_have_run_out_are_deleted_within_the_hour(db):
    now = timezone.now()
    for key, expires in (("over", now - timedelta(minutes=1)), ("lasts", now + timedelta(days=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    tasks.forget_logins()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["lasts"]
    assert settings.CELERY_BEAT_SCHEDULE[tasks.forget_logins.name]["schedule"] <= 3600
