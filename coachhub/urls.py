"""Every URL: the first segment tells the audience; a name is `audience:object-verb`."""

from django.urls import URLPattern, include, path

import metrics.urls
import programs.urls
import sessions.urls
from coachhub import health
from coachhub.pages.today import today


def audience(name: str, *parts: list[URLPattern]) -> object:
    """One namespace out of the apps' parts."""
    return path(f"{name}/", include(([pattern for part in parts for pattern in part], name)))


handler400 = "coachhub.pages.trouble.bad_request"
handler500 = "coachhub.pages.trouble.server_error"
urlpatterns = [
    path("", today, name="today"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("coachhub.pages.urls")),
    path("", include(sessions.urls.mailbox)),
    path("accounts/", include(programs.urls.account)),
    path("api/v1/", include("coachhub.api_urls")),
    audience("coach", sessions.urls.coach, programs.urls.coach),
    audience("learn", sessions.urls.learn, programs.urls.learn),
    audience("design", programs.urls.design),
    audience("manage", programs.urls.manage, sessions.urls.manage, metrics.urls.manage),
    audience("insights", metrics.urls.insights, programs.urls.insights),
]
