"""Sign-in, invitations, the own profile, health. allauth answers 200 to a form that it refuses."""

from types import SimpleNamespace

from rules_access import WHO, Row

from programs.domain import invitations, tokens
from programs.models import Member, User

SIGNED_IN = tuple(who for who in WHO if who != "anonymous")


def everybody(status, **others):
    return dict.fromkeys(WHO, status) | others


def signed_in(status, **others):
    return dict.fromkeys(SIGNED_IN, status) | others


def invited(cast):
    member = Member.objects.create(
        organization=cast.organization, user=User.objects.create_user("new@northwind.example"), name="Nia New",
        roles=["learner"], timezone="Europe/Berlin",
    )  # fmt: skip
    return SimpleNamespace(token=invitations.token_of(invitations.invite(member, by=cast.ada, tell=False)))


def leo_token(cast):
    return tokens.make(by=cast.leo, name="script", scope="read")[0]


PROFILE = {
    "name": "New Name", "timezone": "Europe/Berlin", "work_days": [0, 1], "work_start": "09:00", "work_end": "17:00",
}  # fmt: skip

ROWS = {
    "today": Row(get=signed_in(200), post=signed_in(405)),
    "healthz": Row(get=everybody(200), post=everybody(405)),
    "readyz": Row(get=everybody(200), post=everybody(405)),
    "account_login": Row(get=signed_in(302, anonymous=200), post=signed_in(302, anonymous=200)),
    "account_logout": Row(get=signed_in(200, anonymous=302), post=everybody(302)),
    "account_inactive": Row(get=everybody(200), post=everybody(405)),
    "account_signup": Row(get=signed_in(302, anonymous=200), post=signed_in(302, anonymous=200)),
    "account_reauthenticate": Row(get=signed_in(403), post=signed_in(403)),  # without a password to ask for
    "account_change_password": Row(get=signed_in(302), post=signed_in(302)),
    "account_set_password": Row(get=signed_in(200), post=signed_in(200)),
    "account_reset_password": Row(get=everybody(200), post=everybody(200)),
    "account_reset_password_done": Row(get=everybody(200), post=everybody(405)),
    "account_reset_password_from_key": Row(
        get=everybody(200), post=everybody(200), args=lambda world: ["1", "not-a-key"]
    ),
    "account_reset_password_from_key_done": Row(get=everybody(200), post=everybody(405)),
    "account_request_login_code": Row(get=signed_in(302, anonymous=200), post=signed_in(302, anonymous=200)),
    "account_confirm_login_code": Row(get=everybody(302), post=everybody(302)),
    "invitation-accept": Row(
        get=everybody(200),
        post=everybody(302),
        world=invited,
        args=lambda world: [world.token],
        data=lambda world: {"how": "code"},
    ),
    "profile": Row(get=signed_in(200), post=signed_in(302), data=lambda world: PROFILE),
    "profile-prompts": Row(get=signed_in(405), post=signed_in(302), data=lambda world: {"sending": "on"}),
    "profile-sign-out": Row(get=signed_in(405), post=signed_in(302)),
    "token-make": Row(get=signed_in(405), post=signed_in(200), data=lambda world: {"name": "x", "scope": "read"}),
    "token-revoke": Row(
        get=signed_in(405), post=signed_in(404, learner=302), world=leo_token, args=lambda token: [token.pk]
    ),
    "member-switch": Row(
        get=signed_in(405), post=signed_in(404, learner=302), data=lambda cast: {"member": cast.leo.pk}
    ),
    "demo-sign-in": Row(get=everybody(405), post=everybody(404), data=lambda cast: {"member": cast.leo.pk}),
}
