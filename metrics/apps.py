from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "metrics"

    def ready(self) -> None:
        from metrics.domain import coverage, leaving
        from programs import registry

        registry.on_deactivate.register(leaving.pass_on)
        registry.on_roles_lost.register(leaving.lose_roles)
        registry.on_managers_named.register(leaving.take_up)
        registry.hidden_by.register(coverage.hidden_by)
