"""An administrator changes an address: the new one lets in, the old one does not, and is told."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from coachhub.errors import Invalid, NotAllowed
from programs.domain import addresses, invitations, members, tokens
from programs.models import ApiToken, Member, User
from sessions.models import Message

PASSWORD = "four plain words here"


@pytest.fixture(autouse=True)
def _own_counters(settings):
    """How often codes were asked for is counted in the cache; what others counted does not matter here."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "addresses"}}
    cache.clear()


@pytest.fixture(params=["alone", "among hundreds"])
def change(cast, request):
    """Leo's address, or another member's; as an administrator changes one, and as an import does."""

    def change(cast, email, member=None, by=None):
        member, by = member or cast.leo, by or cast.ada
        if request.param == "alone":
            return addresses.change_email(member, by=by, email=email)
        addresses.change_emails({member.pk: email, cast.cole.pk: "cole.berg@northwind.example"}, by=by)
        assert Member.objects.get(pk=cast.cole.pk).user.email == "cole.berg@northwind.example"
        return Member.objects.get(pk=member.pk)

    return change


def test_the_login_takes_the_new_address_and_is_signed_out(cast, client, change):
    leo = client.as_(cast.leo)
    changed = change(cast, "leo.marin@northwind.example")
    assert (changed.user_id, changed.user.email) == (cast.leo.user_id, "leo.marin@northwind.example")
    assert changed.joined_at is not None
    assert leo.get(reverse("profile")).status_code == 302


def test_neither_the_old_address_nor_the_password_lets_anybody_in(cast, client, change):
    cast.leo.user.set_password(PASSWORD)
    cast.leo.user.save()
    EmailAddress.objects.create(user=cast.leo.user, email=cast.leo.user.email, verified=True, primary=True)
    change(cast, "leo.marin@northwind.example")
    for email in ("leo@northwind.example", "leo.marin@northwind.example"):
        answer = client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
        assert answer.status_code == 200
    assert code_for(client.__class__(), "leo@northwind.example") is None
    confirm(client, code_for(client, "leo.marin@northwind.example"))
    assert client.get(reverse("profile")).wsgi_request.member == cast.leo


def test_tokens_made_before_open_nothing(cast, change):
    secret = tokens.make(by=cast.leo, name="script", scope="read")[1]
    change(cast, "leo.marin@northwind.example")
    assert tokens.find(secret) is None


def test_a_code_that_went_to_the_old_address_proves_nothing_about_the_new_one(cast, client, change):
    code = code_for(client, "leo@northwind.example")
    change(cast, "leo.marin@northwind.example")
    page = confirm(client, code)
    assert (page.status_code, page.url, client.session.get("_auth_user_id")) == (302, reverse("account_login"), None)


def test_an_address_that_was_never_proved_gives_nobody_the_membership_of_its_owner(cast, client, change):
    """Leo stands for an administrator who gives himself the address of Olga's future colleague."""
    cast.leo.user.set_password(PASSWORD)
    cast.leo.user.save()
    signed_in = client.as_(cast.leo)
    change(cast, "boss@elsewhere.example")
    boss = members.add(
        cast.olga.organization, by=cast.olga, email="boss@elsewhere.example", name="Boss", roles=["admin"]
    )
    link = reverse("invitation-accept", args=[invitations.token_of(invitations.invite(boss, by=cast.olga))])
    assert boss.user_id == cast.leo.user_id
    for browser in (signed_in, client):
        browser.post(reverse("account_login"), {"login": "boss@elsewhere.example", "password": PASSWORD})
        assert browser.post(link, {"how": "join"}).status_code == 403
    confirm(client, code_for(client, "boss@elsewhere.example"))
    assert client.post(link, {"how": "join"}).status_code == 302
    assert client.get(reverse("profile")).wsgi_request.member == boss


def code_for(client, email):
    """The code that is mailed to who asks for one."""
    mail.outbox.clear()
    client.post(reverse("account_request_login_code"), {"email": email})
    found = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", mail.outbox[-1].body, re.MULTILINE) if mail.outbox else None
    return found and found.group()


def confirm(client, code):
    return client.post(reverse("account_confirm_login_code"), {"code": code})


def test_another_spelling_of_the_same_address_keeps_everything(cast, change):
    secret = tokens.make(by=cast.leo, name="script", scope="read")[1]
    changed = change(cast, "Leo@Northwind.example")
    assert (changed.user.email, changed.joined_at is not None) == ("Leo@Northwind.example", True)
    assert (changed.user.login_epoch, tokens.find(secret) is not None) == (0, True)


def test_an_address_of_a_colleague_is_refused(cast, change):
    with pytest.raises(Invalid, match="Lia Chen has this address already") as refusal:
        change(cast, "LIA@northwind.example")
    assert refusal.value.field == "email"


def test_a_login_of_another_organization_has_to_accept_first(cast, change):
    secret = tokens.make(by=cast.leo, name="script", scope="read")[1]
    changed = change(cast, "olga@elsewhere.example")
    assert (changed.user, changed.joined_at, changed.invited_at) == (cast.olga.user, None, None)
    assert ApiToken.objects.get().revoked_at is not None
    ApiToken.objects.update(revoked_at=None)
    assert tokens.find(secret) is None  # nor would any that was made meanwhile: they have not joined
    assert not User.objects.filter(email="leo@northwind.example").exists()


def test_a_login_that_serves_another_organization_is_left_alone(cast, change):
    here = members.add(cast.organization, by=cast.ada, email="olga@elsewhere.example", name="Olga", roles=["coach"])
    changed = change(cast, "olga.p@northwind.example", member=here)
    assert changed.user.email == "olga.p@northwind.example"
    assert User.objects.get(pk=cast.olga.user_id).email == "olga@elsewhere.example"


@pytest.mark.parametrize("email", ["ada.typo@northwind.example", "olga@elsewhere.example"])
def test_the_last_administrator_who_has_joined_keeps_their_address(cast, change, email):
    admin = members.add(cast.organization, by=cast.ada, email="new@northwind.example", name="New", roles=["admin"])
    with pytest.raises(Invalid, match="Ada Okafor is the last administrator who has joined, and a wrong") as refusal:
        change(cast, email, member=cast.ada)
    assert refusal.value.field == "email"
    change(cast, "newer@northwind.example", member=admin)
    Member.objects.filter(pk=admin.pk).update(joined_at=cast.ada.joined_at)
    assert change(cast, email, member=cast.ada).user.email == email


def test_of_two_administrators_who_hand_over_their_logins_one_stays(cast):
    Member.objects.filter(pk=cast.mia.pk).update(roles=["admin", "manager"])
    addresses.change_email(cast.mia, by=cast.ada, email="olga@elsewhere.example")
    with pytest.raises(Invalid, match="Ada Okafor is the last administrator who has joined"):
        addresses.change_email(cast.ada, by=cast.ada, email="ada.okafor@northwind.example")


def test_a_link_sent_to_the_old_address_opens_nothing(cast, change):
    nia = members.add(cast.organization, by=cast.ada, email="typo@northwind.example", name="Nia", roles=["learner"])
    invitation = invitations.invite(nia, by=cast.ada)
    changed = change(cast, "nia@northwind.example", member=nia)
    invitation.refresh_from_db()
    assert invitations.state_of(invitation) is invitations.State.REPLACED
    assert (changed.invited_at, changed.user.email) == (None, "nia@northwind.example")


def test_only_administrators_of_the_organization_change_addresses(cast, change):
    for by in (cast.ana, cast.leo, cast.mia, cast.olga):
        with pytest.raises(NotAllowed):
            change(cast, "x@northwind.example", by=by)


FIELDS = {
    "name": "Leo Marin", "roles": ["learner"], "timezone": "Europe/Berlin", "work_days": [0],
    "work_start": "09:00", "work_end": "17:00",
}  # fmt: skip


def notices() -> list[tuple[str, str, str]]:
    """(person, old address, who changed it) of each that is to be told."""
    rows = Message.objects.filter(kind="address", deliveries__state="due").order_by("pk")
    return list(rows.values_list("recipient__name", "address", "changed_by__name"))


def test_the_old_address_is_told(cast, client):
    url = reverse("manage:member-edit", args=[cast.leo.pk])
    page = client.as_(cast.ada).post(url, FIELDS | {"email": "leo.marin@northwind.example"}, follow=True)
    assert "Leo Marin signs in with the new address from now on, first by e-mailed code." in page.content.decode()
    assert notices() == [("Leo Marin", "leo@northwind.example", "Ada Okafor")]


def test_every_old_address_is_told_once_whichever_way_it_changes(cast, change):
    """One that is a login already, one that serves another organization too, another spelling."""
    here = members.add(cast.organization, by=cast.ada, email="olga@elsewhere.example", name="Olga", roles=["coach"])
    User.objects.create_user("known@northwind.example")
    change(cast, "known@northwind.example")
    change(cast, "olga.p@northwind.example", member=here)
    change(cast, "LIA@northwind.example", member=cast.lia)
    told = [notice for notice in notices() if notice[0] != "Cole Berg"]
    assert told == [
        ("Leo Marin", "leo@northwind.example", "Ada Okafor"),
        ("Olga", "olga@elsewhere.example", "Ada Okafor"),
    ]


def test_a_change_that_is_undone_tells_nobody(cast):
    def change_and_fail():
        with transaction.atomic():
            addresses.change_email(cast.leo, by=cast.ada, email="leo.marin@northwind.example")
            assert len(notices()) == 1
            raise Invalid("no")

    with pytest.raises(Invalid):
        change_and_fail()
    assert notices() == []


def test_to_and_fro_tells_each_address_once(cast):
    for email in ("a@northwind.example", "leo@northwind.example") * 2:
        addresses.change_email(cast.leo, by=cast.ada, email=email)
    assert [old for _name, old, _by in notices()] == ["leo@northwind.example", "a@northwind.example"]


def test_the_form_says_what_another_address_ends(cast, client):
    url = reverse("manage:member-edit", args=[cast.leo.pk])
    page = client.as_(cast.ada).get(url).content.decode()
    assert "With another one they sign in by e-mailed code; password and API tokens end." in page
    own = client.as_(cast.ada).post(reverse("manage:member-edit", args=[cast.ada.pk]), FIELDS | {
        "name": "Ada Okafor", "roles": ["admin"], "email": "typo@northwind.example",
    })  # fmt: skip
    lock = "is the last administrator who has joined, and a wrong address would lock everybody out."
    errors = {"email": [f"Ada Okafor {lock} Make somebody else one first."]}
    assert (own.status_code, own.context["form"].errors) == (422, errors)


def test_a_refused_address_changes_nothing_else(cast, client):
    url = reverse("manage:member-edit", args=[cast.leo.pk])
    page = client.as_(cast.ada).post(url, FIELDS | {"name": "Leo M", "email": "lia@northwind.example"})
    assert page.context["form"].errors == {"email": ["Lia Chen has this address already."]}
    assert (Member.objects.get(pk=cast.leo.pk).name, notices()) == ("Leo Marin", [])
