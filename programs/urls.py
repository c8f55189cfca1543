"""URLs of people, programs and the library, by audience; coachhub/urls.py puts the audiences of the apps together."""

from allauth.account.urls import urlpatterns as allauth_urls
from django.urls import URLPattern, path

from programs.views import invitations, library
from programs.views.sign_in import fails_closed

# Without the pages on which people change their own address: an unverified address of a colleague-to-be
# on one's own login would receive that colleague's membership. Administrators change addresses.
SIGN_IN = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",  # says that accounts come by invitation
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_request_login_code",
        "account_confirm_login_code",
    }
)
account: list[URLPattern] = [
    *(
        URLPattern(pattern.pattern, fails_closed(pattern.callback), pattern.default_args, pattern.name)
        for pattern in allauth_urls
        if pattern.name in SIGN_IN
    ),
    path("invitation/<str:token>/", invitations.accept, name="invitation-accept"),
    path("join/<int:pk>/", invitations.join, name="invitation-join"),
]

design: list[URLPattern] = [
    path("pillars/", library.pillar_list, name="pillar-list"),
    path("pillars/<int:pk>/", library.pillar_show, name="pillar-show"),
    path("rubrics/<int:pk>/", library.rubric_show, name="rubric-show"),
    path("blueprints/<int:pk>/", library.blueprint_show, name="blueprint-show"),
]
manage: list[URLPattern] = []
