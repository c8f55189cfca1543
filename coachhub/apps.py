from django.apps import AppConfig


class CoachHubConfig(AppConfig):
    """The frame has no models; it registers checks and template tags."""

    name = "coachhub"

    def ready(self) -> None:
        from coachhub import checks  # noqa: F401  (registers the system checks)
