"""Celery's beat: rings for the worker by the names of its tasks, so it loads settings and no code of ours.

Without Django's fixup there are no models, no templates and no database in this process: half of its memory.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coachhub.settings")

app = Celery("coachhub", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
