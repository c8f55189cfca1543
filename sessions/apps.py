from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "coaching"  # django.contrib.sessions has the other name

    def ready(self) -> None:
        from sessions import registered

        registered.register()
