"""Members: adding, changing, deactivating. The last administrator stays; deactivation works at once."""

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs import registry
from programs.domain import enrolments, members, several, tokens
from programs.models import ApiToken, Enrolment, Member, User


def add(cast, **fields):
    fields = {"email": "nia@northwind.example", "name": "Nia New", "roles": ["learner"]} | fields
    return members.add(cast.organization, by=fields.pop("by", cast.ada), **fields)


def test_a_member_is_added_in_the_organizations_zone_and_not_invited(cast):
    nia = add(cast)
    assert (nia.organization, nia.timezone, nia.invited_at) == (cast.organization, "Europe/Berlin", None)
    assert not nia.user.has_usable_password()


@pytest.mark.parametrize("who", ["ana", "leo", "mia", "olga"])
def test_only_its_administrators_add_to_an_organization(cast, who):
    with pytest.raises(NotAllowed):
        add(cast, by=getattr(cast, who))


def test_the_same_address_twice_is_refused_in_any_spelling(cast):
    with pytest.raises(Invalid, match="Leo Marin has this address already") as refusal:
        add(cast, email="LEO@Northwind.example")
    assert refusal.value.field == "email"


def test_a_person_of_another_organization_keeps_one_login(cast):
    olga_here = add(cast, email="olga@elsewhere.example", name="Olga")
    assert olga_here.user == cast.olga.user
    assert User.objects.filter(email__iexact="olga@elsewhere.example").count() == 1


def test_a_personnel_number_is_used_once(cast):
    add(cast, external_id="17")
    with pytest.raises(Invalid, match="Nia New has this personnel number") as refusal:
        members.change(cast.leo, by=cast.ada, external_id="17")
    assert refusal.value.field == "external_id"


def test_the_last_administrator_cannot_be_removed_or_deactivated(cast):
    with pytest.raises(Invalid, match="is the last administrator") as refusal:
        members.change(cast.ada, by=cast.ada, roles=["coach"])
    assert refusal.value.field == "roles"
    with pytest.raises(Invalid, match="is the last administrator"):
        members.deactivate(cast.ada, by=cast.ada)
    mia = members.change(cast.mia, by=cast.ada, roles=["manager", "admin"])
    members.deactivate(cast.ada, by=mia)
    with pytest.raises(Invalid, match="is the last administrator"):
        members.deactivate(mia, by=mia)


def test_a_role_that_is_in_use_stays(cast):
    with pytest.raises(Invalid, match="Ana Silva coaches 1 learner: name another coach first"):
        members.change(cast.ana, by=cast.ada, roles=["learner"])
    with pytest.raises(Invalid, match="Leo Marin learns in 1 cohort: end that first"):
        members.change(cast.leo, by=cast.ada, roles=["coach"])
    assert members.change(cast.ana, by=cast.ada, roles=["coach", "admin"]).roles == ["coach", "admin"]


def test_what_is_not_for_administrators_is_not_changed(cast):
    members.change(cast.leo, by=cast.ada, name="Leo M", welcomed_at=None, keeps_words_out_of_mail=True)
    leo = Member.objects.get(pk=cast.leo.pk)
    assert (leo.name, leo.welcomed_at, leo.keeps_words_out_of_mail) == ("Leo M", cast.leo.welcomed_at, False)


def test_people_change_only_themselves(cast):
    with pytest.raises(NotAllowed):
        members.change_own(cast.leo, by=cast.lia, name="x")
    leo = members.change_own(cast.leo, by=cast.leo, name="Leo M", roles=["admin"])
    assert (leo.name, leo.roles) == ("Leo M", ["learner"])


def test_deactivation_ends_logins_and_tokens_at_once(cast, client):
    leo = client.as_(cast.leo)
    token, _secret = tokens.make(by=cast.leo, name="script", scope=ApiToken.Scope.READ)
    assert leo.get(reverse("profile")).status_code == 200
    members.deactivate(cast.leo, by=cast.ada)
    answer = leo.get(reverse("profile"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))
    assert list(ApiToken.objects.usable().filter(pk=token.pk)) == []


def test_who_is_a_member_elsewhere_stays_signed_in_there(cast, client):
    here = add(cast, email="olga@elsewhere.example", name="Olga")
    Member.objects.filter(pk=here.pk).update(joined_at=cast.leo.joined_at)
    olga = client.as_(here)
    members.deactivate(here, by=cast.ada)
    assert olga.get(reverse("profile")).wsgi_request.member == cast.olga


def test_deactivation_ends_enrolments_and_frees_learners(cast):
    members.deactivate(cast.leo, by=cast.ada)
    assert Enrolment.objects.get(pk=cast.enrolment.pk).ended_on is not None
    members.deactivate(cast.cole, by=cast.ada)
    waiting = Enrolment.objects.get(pk=cast.lia_enrolment.pk)
    assert (waiting.coach, waiting.ended_on) == (None, None)


@pytest.mark.parametrize("way", ["deactivated", "role taken"])
def test_who_leaves_or_is_no_manager_any_more_manages_no_cohort_and_comes_back_to_none(cast, way):
    told = apps.get_model("programs", "CohortManagerEvent").objects
    if way == "deactivated":
        members.deactivate(cast.mia, by=cast.ada)
    else:
        members.change(cast.mia, by=cast.ada, roles=["learner"])
    assert list(cast.cohort.managers.all()) == []
    assert told.filter(manager_id=cast.mia.pk).count() == 1  # the history stays
    if way == "deactivated":
        members.reactivate(cast.mia, by=cast.ada)
    else:
        members.change(cast.mia, by=cast.ada, roles=["manager"])
    assert list(cast.cohort.managers.all()) == []


@pytest.mark.parametrize("way", ["let back in", "role given", "role given by a file"])
def test_a_cohort_from_before_is_not_managed_again_by_coming_back(cast, way):
    """A release before this one left the row there."""
    gone = {"let back in": {"deactivated_at": timezone.now()}}.get(way, {"roles": ["learner"]})
    Member.objects.filter(pk=cast.mia.pk).update(**gone)
    mia = Member.objects.get(pk=cast.mia.pk)
    if way == "let back in":
        members.reactivate(mia, by=cast.ada)
    elif way == "role given":
        members.change(mia, by=cast.ada, roles=["learner", "manager"])
    else:
        several.change_members([(mia, {"roles": ["learner", "manager"]})], by=cast.ada)
    assert list(cast.cohort.managers.all()) == []


def test_the_apps_above_are_told_in_the_same_transaction(cast, monkeypatch):
    told = []
    hook = registry.Hook()
    hook.register(lambda gone, by: told.extend((member, by, member.is_active) for member in gone))
    monkeypatch.setattr(registry, "on_deactivate", hook)
    members.deactivate(cast.leo, by=cast.ada)
    assert told == [(cast.leo, cast.ada, False)]
    hook.register(lambda gone, by: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        members.deactivate(cast.lia, by=cast.ada)
    assert Member.objects.get(pk=cast.lia.pk).is_active


def test_several_are_deactivated_together_or_not_at_all(cast):
    with pytest.raises(Invalid, match="Ada Okafor is the last administrator"):
        members.deactivate_all([cast.ana, cast.ada], by=cast.ada)
    assert Member.objects.active().filter(organization=cast.organization).count() == 6
    gone = members.deactivate_all([cast.lia, cast.ana, cast.leo], by=cast.ada)
    assert gone == [cast.lia, cast.ana, cast.leo]
    assert not any(member.is_active for member in gone)
    for enrolment in (cast.enrolment, cast.lia_enrolment):
        enrolment.refresh_from_db()
        assert enrolment.ended_on is not None
    assert cast.enrolment.coach == cast.ana  # it had ended before its coach left


def test_deactivating_and_letting_back_in_are_refused_twice(cast):
    members.deactivate(cast.leo, by=cast.ada)
    with pytest.raises(WrongState, match="deactivated already"):
        members.deactivate(cast.leo, by=cast.ada)
    assert members.reactivate(cast.leo, by=cast.ada).is_active
    with pytest.raises(WrongState, match="active already"):
        members.reactivate(cast.leo, by=cast.ada)


def test_only_administrators_deactivate(cast):
    for act in (members.deactivate, members.reactivate):
        for other in (cast.ana, cast.leo, cast.olga):
            with pytest.raises(NotAllowed):
                act(cast.leo, by=other)


def test_a_hook_calls_a_function_once_however_often_it_is_registered():
    calls = []
    hook = registry.Hook()
    for _ in range(2):
        hook.register(calls.append)
    hook("told")
    assert calls == ["told"]


def test_a_token_is_shown_once_and_stored_as_a_hash(cast):
    token, secret = tokens.make(by=cast.leo, name="script", scope=ApiToken.Scope.READ)
    stored = ApiToken.objects.get(pk=token.pk)
    assert secret.startswith(f"coachhub_{stored.prefix}")
    assert stored.token_hash == tokens.hash_of(secret)
    assert secret not in str(ApiToken.objects.values_list().get(pk=token.pk))


def test_nobody_revokes_anothers_token_and_a_member_has_20_at_most(cast):
    token, _secret = tokens.make(by=cast.leo, name="script", scope=ApiToken.Scope.READ)
    with pytest.raises(NotAllowed):
        tokens.revoke(token, by=cast.lia)
    for number in range(19):
        tokens.make(by=cast.leo, name=f"script {number}", scope=ApiToken.Scope.READ)
    with pytest.raises(WrongState, match="20 tokens"):
        tokens.make(by=cast.leo, name="one more", scope=ApiToken.Scope.READ)
    assert tokens.revoke(token, by=cast.leo).revoked_at is not None
    tokens.make(by=cast.leo, name="one more", scope=ApiToken.Scope.READ)


def test_an_ended_enrolment_is_not_ended_again_by_deactivation(cast):
    before = enrolments.end(cast.enrolment, by=cast.ada)
    members.deactivate(cast.leo, by=cast.ada)
    assert Enrolment.objects.get(pk=cast.enrolment.pk).ended_on == before.ended_on
