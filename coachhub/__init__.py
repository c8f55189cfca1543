"""The frame around the three apps: settings, URLs, background work, pages that span them."""

from coachhub.celery import app as celery_app

__all__ = ["celery_app"]
