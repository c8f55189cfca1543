"""Invitations: one link, once, for 14 days; who can sign in already must do so to accept."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs import registry, tasks
from programs.access import Role
from programs.domain import invitation_rounds, invitations, members, several
from programs.domain.several import Newcomer
from programs.models import Invitation, InvitationRound, Member, User
from sessions.models import Message

PASSWORD = "four plain words here"


@pytest.fixture
def nia(cast):
    return members.add(cast.organization, by=cast.ada, email="nia@northwind.example", name="Nia New", roles=["learner"])


@pytest.fixture
def told(monkeypatch):
    """What the apps above were told to send."""
    sent = []
    hook = registry.Hook()
    hook.register(sent.extend)
    monkeypatch.setattr(registry, "on_invite", hook)
    return sent


def path(invitation):
    return reverse("invitation-accept", args=[invitations.token_of(invitation)])


def leo_elsewhere(cast):
    return members.add(
        cast.olga.organization, by=cast.olga, email="LEO@northwind.example", name="Leo M", roles=["learner"]
    )


def test_the_link_is_made_again_from_the_row_and_only_its_hash_is_stored(cast, nia, told, settings):
    invitation = invitations.invite(nia, by=cast.ada)
    fresh = Invitation.objects.get(pk=invitation.pk)
    token = invitations.token_of(fresh)
    assert told == [invitation]
    assert len(token) == 43
    assert invitations.link_of(fresh) == f"{settings.SITE_URL}/accounts/invitation/{token}/"
    assert token not in str(Invitation.objects.values_list().get(pk=invitation.pk))
    assert invitations.find(token) == invitation


def test_a_link_cannot_be_sent_after_the_secret_key_changed(cast, nia, told, settings):
    invitation = invitations.invite(nia, by=cast.ada)
    settings.SECRET_KEY = "another"
    with pytest.raises(WrongState, match="make a new one"):
        invitations.link_of(invitation)


def test_only_administrators_of_the_organization_invite(cast, nia):
    for other in (cast.ana, cast.mia, cast.olga):
        with pytest.raises(NotAllowed):
            invitations.invite(nia, by=other)
    assert Invitation.objects.count() == 0


def test_a_second_link_replaces_the_first(cast, nia, told, time_machine):
    first = invitations.invite(nia, by=cast.ada)
    time_machine.move_to(timezone.now() + invitations.NEW_LINK_EVERY, tick=False)
    second = invitations.invite(nia, by=cast.ada)
    first.refresh_from_db()
    assert invitations.state_of(first) is invitations.State.REPLACED
    assert invitations.state_of(second) is invitations.State.OPEN
    assert told == [first, second]


def test_two_taps_are_one_link_and_one_mail(cast, nia, told, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    first = invitations.invite(nia, by=cast.ada)
    time_machine.shift(invitations.NEW_LINK_EVERY - dt.timedelta(seconds=1))
    assert invitations.invite(nia, by=cast.ada) == first
    assert (invitations.state_of(first), told) == (invitations.State.OPEN, [first])


def test_a_link_made_at_the_terminal_holds_back_no_mail(cast, nia, told):
    first = invitations.invite(nia, by=None, tell=False)
    second = invitations.invite(nia, by=cast.ada)
    assert (first != second, told) == (True, [second])


def test_who_has_joined_or_is_deactivated_is_not_invited(cast, nia):
    with pytest.raises(WrongState, match="has joined already"):
        invitations.invite(cast.leo, by=cast.ada)
    members.deactivate(nia, by=cast.ada)
    with pytest.raises(WrongState, match="is deactivated"):
        invitations.invite(nia, by=cast.ada)


def test_everybody_who_was_never_invited_is_invited_at_once(cast, nia, told):
    tom = members.add(cast.organization, by=cast.ada, email="tom@x.example", name="Tom", roles=["coach"])
    leo_elsewhere(cast)
    assert invitation_rounds.begin(by=cast.ada).invited == 2
    assert {invitation.member for invitation in told} == {nia, tom}
    again = invitation_rounds.begin(by=cast.ada)
    assert (again.people, again.is_running, len(told)) == (0, False, 2)


def add_newcomers(cast, number):
    people = [Newcomer(f"n{each}@x.example", {"name": "Nia", "roles": ["learner"]}) for each in range(number)]
    return several.add_members(cast.organization, by=cast.ada, people=people)


@pytest.mark.parametrize("number", [1, 30])
def test_however_many_are_invited_it_is_the_same_statements_and_no_mail(cast, number, django_assert_num_queries):
    add_newcomers(cast, number)
    with django_assert_num_queries(18):  # seven of them the round, six savepoints, one the clock
        assert invitation_rounds.begin(by=cast.ada).invited == number
    waiting = Message.objects.filter(kind="invitation", deliveries__state="due")
    assert (waiting.count(), mail.outbox) == (number, [])


@pytest.fixture
def few(monkeypatch):
    """More than two is many, and a batch is two."""
    monkeypatch.setattr(invitation_rounds, "AT_ONCE", 2)
    monkeypatch.setattr(invitation_rounds, "BATCH", 2)


class Killed(BaseException):
    """What a worker gets in the middle of a batch; nothing catches it."""


def test_a_round_goes_on_after_a_killed_worker_and_invites_nobody_twice(cast, few, monkeypatch):
    add_newcomers(cast, 5)
    made = invitation_rounds.begin(by=cast.ada)
    assert (made.people, made.invited, made.is_running) == (5, 0, True)
    hook, batches = registry.Hook(), []

    @hook.register
    def killed_in_the_second_batch(some):
        batches.append(len(some))
        if len(batches) == 2:
            raise Killed

    hook.register(registry.on_invite)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(registry, "on_invite", hook)
        tasks.send_invitations()
    made.refresh_from_db()
    assert (made.invited, made.percent, made.is_running) == (2, 40, True)
    assert Message.objects.filter(kind="invitation").count() == Invitation.objects.count() == 2

    assert invitation_rounds.begin(by=cast.ada) == made
    add_late = members.add(cast.organization, by=cast.ada, email="late@x.example", name="Late", roles=["learner"])
    call_command("send_due")
    assert (tasks.send_invitations(), InvitationRound.objects.get().invited) == (0, 5)
    invited = Message.objects.filter(kind="invitation").values_list("recipient", flat=True)
    assert (len(invited), len(set(invited)), Invitation.objects.open().count()) == (5, 5, 5)
    assert (add_late.pk not in invited, len(mail.outbox)) == (True, 5)


def test_a_round_can_be_stopped_and_the_others_wait_for_the_next_one(cast, few):
    add_newcomers(cast, 3)
    made = invitation_rounds.begin(by=cast.ada)
    with pytest.raises(NotAllowed):
        invitation_rounds.stop(made, by=cast.olga)
    assert invitation_rounds.stop(made, by=cast.ada).is_running is False
    assert (tasks.send_invitations(), Invitation.objects.count()) == (0, 0)
    assert invitation_rounds.begin(by=cast.ada).people == 3


@pytest.mark.parametrize("meanwhile", ["left", "invited alone", "their administrator left"])
def test_a_round_ends_with_fewer_when_they_are_not_new_any_more(cast, few, meanwhile):
    people = add_newcomers(cast, 3)
    made = invitation_rounds.begin(by=cast.ada)
    if meanwhile == "left":
        members.deactivate(people[0], by=cast.ada)
    elif meanwhile == "invited alone":
        invitations.invite(people[0], by=cast.ada)
    else:
        Member.objects.filter(pk=cast.ada.pk).update(deactivated_at=timezone.now())
    tasks.send_invitations()
    made.refresh_from_db()
    assert (made.invited, made.is_running) == (0 if "administrator" in meanwhile else 2, False)
    expected = {"left": 2, "invited alone": 3, "their administrator left": 0}
    assert Invitation.objects.count() == expected[meanwhile]


def test_opening_the_link_any_number_of_times_changes_nothing(cast, client, nia, told):
    link = path(invitations.invite(nia, by=cast.ada))
    for _ in range(3):
        page = client.get(link)
        client.head(link)
    assert page.status_code == 200
    assert "Ada Okafor invites you to CoachHub" in page.content.decode()
    nia.refresh_from_db()
    assert (nia.joined_at, nia.user.has_usable_password()) == (None, False)


def test_a_password_lets_the_person_in_and_shows_who_sees_what(cast, client, nia, told):
    link = path(invitations.invite(nia, by=cast.ada))
    answer = client.post(link, {"how": "password", "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, reverse("learn:welcome"))
    nia.refresh_from_db()
    assert nia.joined_at is not None
    assert nia.user.check_password(PASSWORD)
    assert client.get(reverse("learn:welcome")).wsgi_request.member == nia


def test_without_a_password_the_person_is_in_too(cast, client, nia, told):
    client.post(path(invitations.invite(nia, by=cast.ada)), {"how": "code"})
    nia.refresh_from_db()
    assert (nia.joined_at is not None, nia.user.has_usable_password()) == (True, False)
    assert int(client.session["_auth_user_id"]) == nia.user_id


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Write something here."),
        ("short", "This password is too short. It must contain at least 8 characters."),
        ("password", "This password is too common."),
        ("8427395612", "This password is entirely numeric."),
    ],
)
def test_a_weak_password_is_refused_next_to_its_field(cast, client, nia, told, password, sentence):
    page = client.post(path(invitations.invite(nia, by=cast.ada)), {"how": "password", "password": password})
    assert page.status_code == 422
    assert page.context["form"].errors["password"][0] == sentence
    nia.refresh_from_db()
    assert nia.joined_at is None


def test_the_domain_refuses_a_weak_password_too(cast, nia, told):
    with pytest.raises(Invalid) as refusal:
        invitations.accept(invitations.invite(nia, by=cast.ada), by=None, password="12345678")
    assert refusal.value.field == "password"


def test_a_link_works_once(cast, client, nia, told):
    link = path(invitations.invite(nia, by=cast.ada))
    client.post(link, {"how": "code"})
    client.logout()
    again = client.post(link, {"how": "password", "password": PASSWORD})
    assert again.status_code == 410
    assert "This link was used already. Sign in with your e-mail address." in again.content.decode()
    assert not User.objects.get(pk=nia.user_id).has_usable_password()


def test_two_people_with_the_same_link_cannot_both_use_it(cast, nia, told):
    invitation = invitations.invite(nia, by=cast.ada)
    invitations.accept(invitation, by=None, password=PASSWORD)
    with pytest.raises(WrongState, match="used already"):
        invitations.accept(invitation, by=None, password="another four plain words")
    assert User.objects.get(pk=nia.user_id).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"expires_at": timezone.now() - dt.timedelta(seconds=1)}, "older than 14 days"),
        ({"replaced_at": timezone.now()}, "A newer link was sent to you"),
    ],
)
def test_an_expired_or_replaced_link_says_so(cast, client, nia, told, fields, sentence):
    invitation = invitations.invite(nia, by=cast.ada)
    link = path(invitation)
    Invitation.objects.filter(pk=invitation.pk).update(**fields)
    for answer in (client.get(link), client.post(link, {"how": "code"})):
        assert answer.status_code == 410
        assert sentence in answer.content.decode()


def test_a_link_lasts_14_days(cast, nia, told, time_machine):
    invitation = invitations.invite(nia, by=cast.ada)
    time_machine.move_to(timezone.now() + dt.timedelta(days=13, hours=23))
    assert invitations.state_of(invitation) is invitations.State.OPEN
    time_machine.move_to(timezone.now() + dt.timedelta(hours=2))
    assert invitations.state_of(invitation) is invitations.State.EXPIRED


def test_an_invented_link_opens_nothing(client, cast):
    page = client.get(reverse("invitation-accept", args=["invented"]))
    assert page.status_code == 404
    assert "It may be cut off" in page.content.decode()


def test_a_deactivated_person_cannot_use_the_link(cast, client, nia, told):
    link = path(invitations.invite(nia, by=cast.ada))
    members.deactivate(nia, by=cast.ada)
    assert client.post(link, {"how": "code"}).status_code == 410


def test_who_can_sign_in_already_must_sign_in_to_accept(cast, client, told):
    member = leo_elsewhere(cast)
    invitation = invitations.invite(member, by=cast.olga)
    page = client.get(path(invitation))
    assert page.context["signs_in"] is True
    assert client.post(path(invitation), {"how": "password", "password": PASSWORD}).status_code == 403
    member.refresh_from_db()
    assert (member.joined_at, cast.leo.user.has_usable_password()) == (None, False)


def test_signed_in_as_that_person_one_tap_joins_the_second_organization(cast, client, told):
    member = leo_elsewhere(cast)
    leo = client.as_(cast.leo)
    answer = leo.post(path(invitations.invite(member, by=cast.olga)), {"how": "join"})
    assert (answer.status_code, leo.session["member"]) == (302, member.pk)
    member.refresh_from_db()
    assert (member.user_id, member.joined_at is not None) == (cast.leo.user_id, True)


def test_signed_in_as_somebody_else_the_link_does_not_open(cast, client, told):
    invitation = invitations.invite(leo_elsewhere(cast), by=cast.olga)
    lia = client.as_(cast.lia)
    assert "lia@northwind.example" in re.sub(r"\s+", " ", lia.get(path(invitation)).content.decode())
    assert lia.post(path(invitation), {"how": "join"}).status_code == 403


def test_before_saying_yes_nobody_works_in_the_second_organization(cast, client, told):
    member = leo_elsewhere(cast)
    invitations.invite(member, by=cast.olga)
    leo = client.as_(member)
    assert leo.get(reverse("profile")).wsgi_request.member == cast.leo


def test_being_signed_in_is_not_enough_to_join(cast, client, told):
    """Who made the login may never have read mail at its address: only the link in the mail shows that."""
    member = leo_elsewhere(cast)
    invitations.invite(member, by=cast.olga)
    page = client.as_(cast.leo).get(reverse("profile"))
    assert list(page.context["invited_to"]) == [member]
    assert "<strong>Elsewhere</strong> invites you. Open the link in its mail to join." in page.content.decode()
    assert "/join/" not in page.content.decode()


def test_whoever_joins_elsewhere_leaves_others_who_hold_the_login_behind(cast, client, told):
    """A link handed over may have been opened by somebody else, who set a password and is signed in still."""
    cast.leo.user.set_password(PASSWORD)
    cast.leo.user.save()
    other, leo = client.as_(cast.leo), client.as_(cast.leo)
    link = path(invitations.invite(leo_elsewhere(cast), by=cast.olga))
    assert "Your password ends with it: you signed in without it." in leo.get(link).content.decode()
    leo.post(link, {"how": "join"})
    assert (leo.get(reverse("profile")).status_code, other.get(reverse("profile")).status_code) == (200, 302)
    assert not User.objects.get(pk=cast.leo.user_id).has_usable_password()


def test_whoever_signed_in_with_the_password_keeps_it(cast, client, told):
    cast.leo.user.set_password(PASSWORD)
    cast.leo.user.save()
    client.post(reverse("account_login"), {"login": "leo@northwind.example", "password": PASSWORD})
    link = path(invitations.invite(leo_elsewhere(cast), by=cast.olga))
    assert "Your password ends" not in client.get(link).content.decode()
    client.post(link, {"how": "join"})
    assert client.get(reverse("profile")).status_code == 200
    assert User.objects.get(pk=cast.leo.user_id).check_password(PASSWORD)


def test_a_hook_that_fails_undoes_the_invitation(cast, nia, monkeypatch):
    hook = registry.Hook()
    hook.register(lambda made: 1 / 0)
    monkeypatch.setattr(registry, "on_invite", hook)
    with pytest.raises(ZeroDivisionError):
        invitations.invite(nia, by=cast.ada)
    assert (Invitation.objects.count(), Member.objects.get(pk=nia.pk).invited_at) == (0, None)


def test_a_coach_comes_in_on_today(cast, client, told):
    tom = members.add(cast.organization, by=cast.ada, email="tom@x.example", name="Tom", roles=[Role.COACH])
    answer = client.post(path(invitations.invite(tom, by=cast.ada)), {"how": "code"})
    assert answer.url == reverse("today")
