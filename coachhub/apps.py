from django.apps import AppConfig

import coachhub.celery  # noqa: F401  (tasks belong to our app; not in the package: what starts servers needs no Celery)


class CoachHubConfig(AppConfig):
    """The frame has no models; it registers checks and template tags, and gives forms their words."""

    name = "coachhub"

    def ready(self) -> None:
        from coachhub import checks, wording  # noqa: F401  (registers the system checks)

        wording.install()
