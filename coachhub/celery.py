"""Celery: the doorbell. The database holds what is due; a task may be lost or run twice."""

import gc
import os
from importlib import import_module

from celery import Celery
from celery.signals import worker_before_create_process
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coachhub.settings")

app = Celery("coachhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_before_create_process.connect
def share_memory(**_kwargs: object) -> None:
    """What is loaded before the worker's children are forked stays shared: their collector does not touch it.

    The URLs, and with them every view, come with the first link in a mail: once here, or else in each child.
    """
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
