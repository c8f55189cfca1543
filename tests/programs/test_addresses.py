"""An administrator changes an address: the new one lets in, the old one does not, and is told."""

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse

from coachhub.errors import Invalid, NotAllowed
from programs.domain import addresses, invitations, members
from programs.models import Member, User
from sessions.models import Message


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


def test_the_old_address_lets_nobody_in(cast, client, change):
    cast.leo.user.set_password("four plain words here")
    cast.leo.user.save()
    EmailAddress.objects.create(user=cast.leo.user, email=cast.leo.user.email, verified=True, primary=True)
    change(cast, "leo.marin@northwind.example")
    for email, status in (("leo@northwind.example", 200), ("leo.marin@northwind.example", 302)):
        answer = client.post(reverse("account_login"), {"login": email, "password": "four plain words here"})
        assert answer.status_code == status


def test_another_spelling_of_the_same_address_keeps_everything(cast, change):
    changed = change(cast, "Leo@Northwind.example")
    assert (changed.user.email, changed.joined_at is not None) == ("Leo@Northwind.example", True)


def test_an_address_of_a_colleague_is_refused(cast, change):
    with pytest.raises(Invalid, match="Lia Chen has this address already") as refusal:
        change(cast, "LIA@northwind.example")
    assert refusal.value.field == "email"


def test_a_login_of_another_organization_has_to_accept_first(cast, change):
    changed = change(cast, "olga@elsewhere.example")
    assert (changed.user, changed.joined_at, changed.invited_at) == (cast.olga.user, None, None)
    assert not User.objects.filter(email="leo@northwind.example").exists()


def test_a_login_that_serves_another_organization_is_left_alone(cast, change):
    here = members.add(cast.organization, by=cast.ada, email="olga@elsewhere.example", name="Olga", roles=["coach"])
    changed = change(cast, "olga.p@northwind.example", member=here)
    assert changed.user.email == "olga.p@northwind.example"
    assert User.objects.get(pk=cast.olga.user_id).email == "olga@elsewhere.example"


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
    assert "Leo Marin signs in with the new address from now on." in page.content.decode()
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


def test_a_refused_address_changes_nothing_else(cast, client):
    url = reverse("manage:member-edit", args=[cast.leo.pk])
    page = client.as_(cast.ada).post(url, FIELDS | {"name": "Leo M", "email": "lia@northwind.example"})
    assert page.context["form"].errors == {"email": ["Lia Chen has this address already."]}
    assert (Member.objects.get(pk=cast.leo.pk).name, notices()) == ("Leo Marin", [])
