"""People, programs and enrolments over the API."""

import pytest

from programs.domain import agreements, members
from programs.models import Cohort, Enrolment, Member, Program, User, UsualSlot
from sessions.models import Message
from tests.api_steps import Caller
from tests.conftest import make_member, make_pillar

NOOR = {"email": "noor@northwind.example", "name": "Noor Ali", "roles": ["learner", "coach", "coach"]}


def names(response):
    return [each["name"] for each in response.json()["results"]]


def test_me_is_the_tokens_member(cast):
    answer = Caller(cast.ana).get("me/").json()
    assert answer.pop("welcomed_at") is not None
    assert answer == {
        "id": cast.ana.pk, "name": "Ana Silva", "email": "ana@northwind.example", "roles": ["coach"],
        "organization": {"id": cast.organization.pk, "name": "Northwind", "timezone": "Europe/Berlin"},
        "timezone": "Europe/Berlin", "holiday_region": "", "work_days": [0, 1, 2, 3, 4], "work_start": "09:00",
        "work_end": "17:00", "prompt_time": None, "keeps_words_out_of_mail": False, "prompts_paused_until": None,
        "prompts_stopped_at": None,
    }  # fmt: skip


def test_everybody_changes_their_own_settings(cast):
    given = {"work_days": [4, 0, 0], "work_start": "22:00", "work_end": "06:00", "prompt_time": "23:15"}
    answer = Caller(cast.leo).patch("me/", given).json()
    assert {name: answer[name] for name in given} == given | {"work_days": [0, 4]}
    assert Caller(cast.leo).get("me/").json() == answer


def test_nobody_gives_themselves_roles(cast):
    response = Caller(cast.leo).patch("me/", {"roles": ["admin"]})
    assert (response.status_code, response.json()["errors"]) == (422, {"roles": ["There is no such field."]})


def test_an_administrator_adds_somebody_to_their_own_organization(cast):
    response = Caller(cast.olga).post("members/", NOOR)
    made = Member.objects.get(name="Noor Ali")
    assert (made.organization, made.roles) == (cast.olga.organization, ["coach", "learner"])
    assert (response.status_code, response["Location"]) == (201, f"/api/v1/members/{made.pk}/")
    assert response.json() == Caller(cast.olga).get(response["Location"]).json()


def test_people_are_filtered(cast):
    ada = Caller(cast.ada)
    Member.objects.filter(pk=cast.cole.pk).update(deactivated_at=cast.cole.joined_at)
    assert names(ada.get("members/?role=coach")) == ["Ana Silva", "Cole Berg"]
    assert names(ada.get("members/?role=coach&active=true")) == ["Ana Silva"]
    assert names(ada.get("members/?active=false")) == ["Cole Berg"]


def test_a_client_finds_a_person_by_address_or_by_its_own_number(cast):
    Member.objects.filter(pk=cast.leo.pk).update(external_id="A-17")
    ada, leo = Caller(cast.ada), Caller(cast.leo)
    assert (
        names(ada.get("members/?external_id=A-17"))
        == names(ada.get("members/?email=LEO@northwind.example"))
        == ["Leo Marin"]
    )
    assert names(ada.get("members/?external_id=A-17&role=coach")) == names(ada.get("members/?external_id=A-1")) == []
    assert names(leo.get("members/?email=ana@northwind.example")) == []


def test_others_see_themselves_alone(cast):
    assert names(Caller(cast.leo).get("members/")) == ["Leo Marin"]


def test_the_last_administrator_stays(cast):
    response = Caller(cast.ada).post(f"members/{cast.ada.pk}/deactivate/")
    assert response.status_code == 422
    sentence = "Ada Okafor is the last administrator who has joined. Make somebody else one first."
    assert response.json()["errors"]["roles"] == [sentence]


def test_an_invitation_gives_no_link_away(cast):
    nia = make_member(cast.organization, "Nia New", "learner", joined_at=None)
    answer = Caller(cast.ada).post(f"members/{nia.pk}/invite/").json()
    assert answer["invited_at"] is not None
    assert "token" not in answer and "link" not in answer


def test_a_program_and_its_cohort_are_made_and_changed(cast):
    ada = Caller(cast.ada)
    program = ada.post("programs/", {"name": "Hard calls", "pillar": cast.pillar.pk, "minutes": 12}).json()
    assert (program["minutes"], program["sessions_per_month"], program["pillar"]["name"]) == (12, 4, cast.pillar.name)
    given = {"program": program["id"], "name": "South", "starts_on": "2026-02-02", "managers": [cast.mia.pk]}
    cohort = ada.post("cohorts/", given).json()
    assert cohort["managers"] == [{"id": cast.mia.pk, "name": "Mia Novak"}]
    wanted = {"version": cohort["version"], "managers": []}
    assert ada.patch(f"cohorts/{cohort['id']}/", wanted).json()["managers"] == []
    assert names(ada.get(f"cohorts/?program={program['id']}")) == ["South"]


def readdress(who, member, email, **given):
    """A change of the address by somebody who has read the member."""
    caller = Caller(who)
    read = caller.get(f"members/{member.pk}/").json()
    return caller.patch(f"members/{member.pk}/", {"version": read.get("version", 0), "email": email} | given)


def old_addresses_told():
    return list(Message.objects.filter(kind="address", deliveries__state="due").values_list("address", flat=True))


def test_an_administrator_gives_somebody_another_address_and_the_old_one_is_told(cast, client):
    browser, token = client.as_(cast.leo), Caller(cast.leo)
    answer = readdress(cast.ada, cast.leo, "leo.marin@northwind.example", name="Leo M")
    assert (answer.status_code, answer.json()["email"]) == (200, "leo.marin@northwind.example")
    assert answer.json() == Caller(cast.ada).get(f"members/{cast.leo.pk}/").json()
    assert token.get("me/").status_code == 401
    assert browser.get("/").status_code == 302
    assert old_addresses_told() == ["leo@northwind.example"]


def test_the_last_administrator_keeps_their_address(cast):
    answer = readdress(cast.ada, cast.ada, "ada.typo@northwind.example")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["email"])


def test_an_address_that_is_another_login_has_to_accept_an_invitation_first(cast):
    answer = readdress(cast.ada, cast.leo, "olga@elsewhere.example").json()
    assert (answer["email"], answer["joined_at"], answer["invited_at"]) == ("olga@elsewhere.example", None, None)


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("LIA@northwind.example", "Lia Chen has this address already."),
        ("leo", "Enter a valid email address."),
        ("İ@x.test", "No mail can be sent to this address. Check its letters and signs."),
        ("", "This field may not be blank."),
        (None, "This field may not be null."),
    ],
)
def test_an_address_that_does_not_fit_changes_nothing_else(cast, email, sentence):
    answer = readdress(cast.ada, cast.leo, email, name="Leo M")
    assert (answer.status_code, answer.json()["errors"]) == (422, {"email": [sentence]})
    leo = Member.objects.select_related("user").get(pk=cast.leo.pk)
    assert (leo.name, leo.user.email, old_addresses_told()) == ("Leo Marin", "leo@northwind.example", [])


def test_an_address_given_meanwhile_is_not_written_over(cast):
    path, ada = f"members/{cast.leo.pk}/", Caller(cast.ada)
    read = ada.get(path).json()
    readdress(cast.ada, cast.leo, "leo.marin@northwind.example")
    for late in ({"email": "l.marin@northwind.example"}, {"name": "Leo M", "email": read["email"]}):
        refused = ada.patch(path, late | {"version": read["version"]})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:coachhub:problem:stale")
    assert (ada.get(path).json()["email"], len(old_addresses_told())) == ("leo.marin@northwind.example", 1)


@pytest.mark.parametrize(
    ("who", "status"), [("leo", 403), ("ana", 404), ("cole", 404), ("lia", 404), ("mia", 404), ("olga", 404)]
)
def test_nobody_but_an_administrator_of_the_organization_changes_an_address(cast, who, status):
    assert readdress(getattr(cast, who), cast.leo, "mine@evil.example").status_code == status
    assert User.objects.get(pk=cast.leo.user_id).email == "leo@northwind.example"
    assert Caller(cast.leo).patch("me/", {"email": "mine@evil.example"}).status_code == 422
    assert old_addresses_told() == []


def test_a_manager_who_is_none_any_more_is_not_read_and_stops_no_change(cast):
    """A release before this one left them with their cohorts."""
    ada, path = Caller(cast.ada), f"cohorts/{cast.cohort.pk}/"
    noa = members.add(cast.organization, by=cast.ada, email="noa@northwind.example", name="Noa New", roles=["manager"])
    Member.objects.filter(pk=cast.mia.pk).update(roles=["learner"])
    cohort = ada.get(path).json()
    read = [each["id"] for each in cohort["managers"]]
    answer = ada.patch(path, {"version": cohort["version"], "managers": [*read, noa.pk]})
    assert (read, answer.status_code, answer.json()["managers"]) == ([], 200, [{"id": noa.pk, "name": "Noa New"}])


def test_a_cohort_that_ends_before_it_starts_is_refused(cast):
    ada, path = Caller(cast.ada), f"cohorts/{cast.cohort.pk}/"
    given = {"program": cast.program.pk, "name": "South", "starts_on": "2026-02-02", "ends_on": "2026-02-01"}
    changed = {"version": ada.get(path).json()["version"], "ends_on": "2001-01-01"}
    for answer in (ada.post("cohorts/", given), ada.patch(path, changed)):
        assert (answer.status_code, answer.json()["errors"]) == (422, {"ends_on": ["This is before the first day."]})


def test_moving_the_first_day_of_a_cohort_behind_its_last_is_refused_at_the_first(cast):
    ada, path = Caller(cast.ada), f"cohorts/{cast.cohort.pk}/"
    ended = ada.patch(path, {"version": ada.get(path).json()["version"], "ends_on": "2026-12-01"}).json()
    answer = ada.patch(path, {"version": ended["version"], "starts_on": "2027-01-04"})
    assert (answer.status_code, answer.json()["errors"]) == (422, {"starts_on": ["This is after the last day."]})


def test_a_manager_named_twice_is_one(cast):
    given = {"program": cast.program.pk, "name": "South", "starts_on": "2026-02-02", "managers": [cast.mia.pk] * 2}
    answer = Caller(cast.ada).post("cohorts/", given)
    assert (answer.status_code, answer.json()["managers"]) == (201, [{"id": cast.mia.pk, "name": "Mia Novak"}])


CHANGES = {
    "members/{cast.leo.pk}/": ({"email": "leo.m@northwind.example"}, {"email": "leon@northwind.example"}),
    "programs/{cast.program.pk}/": ({"minutes": 12}, {"minutes": 20}),
    "programs/{cast.program.pk}/agreement/": ({"review_after_days": 30}, {"purpose": "To talk."}),
    "cohorts/{cast.cohort.pk}/": ({"managers": []}, {"name": "South"}),
    "organization/": ({"smallest_group": 6}, {"sponsor_name": "Priya Rao"}),
}


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_needs_the_version_that_was_read_and_writes_over_nothing_unseen(cast, path):
    """What another client has saved meanwhile stays, and both are told; what stands there already is no conflict."""
    first, second = CHANGES[path]
    path, ada = path.format(cast=cast), Caller(cast.ada)
    read = ada.get(path).json()
    assert ada.patch(path, first).json()["errors"] == {"version": ["This field is required."]}
    saved = ada.patch(path, first | {"version": read["version"]}).json()
    assert saved["version"] != read["version"]
    refused = ada.patch(path, second | {"version": read["version"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:coachhub:problem:stale")
    kept = ada.get(path).json()
    assert kept == saved
    assert ada.patch(path, first | {"version": read["version"]}).json() == saved
    assert ada.patch(path, second | {"version": kept["version"]}).status_code == 200


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "calm CALLS"}, "name"),
        ({"name": "New", "minutes": 21}, "minutes"),
        ({"name": "New", "minutes": "12"}, "minutes"),
        ({"name": "New", "pillar": 0}, "pillar"),
    ],
)
def test_a_program_that_does_not_fit_is_refused(cast, given, field):
    response = Caller(cast.ada).post("programs/", {"pillar": cast.pillar.pk} | given)
    assert (response.status_code, list(response.json()["errors"])) == (422, [field])


def test_a_program_in_use_is_not_archived(cast):
    response = Caller(cast.ada).post(f"programs/{cast.program.pk}/archive/")
    assert (response.status_code, response.json()["type"]) == (409, "urn:coachhub:problem:wrong_state")


def test_a_learner_is_enrolled_with_slots_and_an_agreement(cast):
    nia = make_member(cast.organization, "Nia New", "learner")
    slots = [{"weekday": 1, "starts_at": "09:30", "timezone": "Europe/Berlin"}] * 2
    given = {"cohort": cast.cohort.pk, "learner": nia.pk, "coach": cast.ana.pk, "slots": slots}
    answer = Caller(cast.ada).post("enrolments/", given).json()
    made = Enrolment.objects.get(learner=nia)
    assert answer["usual_slots"] == [{"id": UsualSlot.objects.get(enrolment=made).pk, **slots[0]}]
    assert (answer["coach"]["name"], made.agreements.get().status) == ("Ana Silva", "draft")


def test_an_enrolment_says_nothing_about_the_learners_level(cast):
    answer = Caller(cast.ada).get(f"enrolments/{cast.enrolment.pk}/").json()
    assert set(answer) == {
        "id", "learner", "coach", "cohort", "program", "pillar", "starts_on", "ended_on", "usual_slots", "substitutes",
        "shares_past_with_new_coach",
    }  # fmt: skip


def test_reassigning_ends_the_agreement_and_asks_the_learner_anew(cast):
    agreements.draft(cast.enrolment)
    path = f"enrolments/{cast.enrolment.pk}/"
    answer = Caller(cast.ada).post(f"{path}reassign/", {"coach": cast.cole.pk}).json()
    assert (answer["coach"]["id"], answer["shares_past_with_new_coach"]) == (cast.cole.pk, False)
    assert Caller(cast.leo).post(f"{path}share-past/", {"share": True}).json()["shares_past_with_new_coach"] is True
    assert Caller(cast.ana).get(path).status_code == 404


def test_an_enrolment_moves_to_another_cohort_of_its_pillar(cast):
    other = Program.objects.create(organization=cast.organization, pillar=make_pillar(key="other"), name="Other")
    shared = {"organization": cast.organization, "starts_on": "2026-01-05"}
    south, far = (Cohort.objects.create(name="South", program=each, **shared) for each in (cast.program, other))
    ada, path = Caller(cast.ada), f"enrolments/{cast.enrolment.pk}/"
    refused = ada.post(f"{path}move/", {"cohort": far.pk})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["cohort"])
    answer = ada.post(f"{path}move/", {"cohort": south.pk}).json()
    assert answer == ada.get(path).json()
    assert (answer["cohort"]["name"], answer["coach"]["name"], answer["ended_on"]) == ("South", "Ana Silva", None)


def test_a_substitute_sees_the_enrolment_while_they_stand_in(cast):
    path = f"enrolments/{cast.enrolment.pk}/"
    cole = Caller(cast.cole)
    assert cole.get(path).status_code == 404
    given = {"coach": cast.cole.pk, "starts_on": "2026-01-01", "ends_on": "2099-01-01"}
    Caller(cast.ada).post(f"{path}substitutes/", given)
    assert cole.get(path).json()["substitutes"][0]["coach"] == {"id": cast.cole.pk, "name": "Cole Berg"}


def test_enrolments_are_filtered(cast):
    def found(who, query):
        return [each["learner"]["name"] for each in Caller(who).get(f"enrolments/?{query}").json()["results"]]

    assert found(cast.ada, "active=true") == ["Leo Marin", "Lia Chen"]
    assert found(cast.ada, f"coach={cast.cole.pk}") == ["Lia Chen"]
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(coach=None)
    assert [found(cast.ada, f"without_coach={answer}") for answer in ("true", "false")] == [["Leo Marin"], ["Lia Chen"]]
    assert found(cast.ana, f"coach={cast.cole.pk}") == []
    assert found(cast.olga, "") == []


def test_the_library_is_whole_and_read_only(cast):
    leo = Caller(cast.leo)
    pillar = leo.get("pillars/").json()["results"][0]
    rubric = leo.get(f"rubrics/{pillar['rubric']}/").json()
    assert [each["name"] for each in pillar["behaviours"]] == [each["behaviour"]["name"] for each in rubric["criteria"]]
    assert [level["value"] for level in rubric["criteria"][0]["levels"]] == [1, 2, 3, 4]
    cases = leo.get(f"blueprints/?pillar={pillar['id']}").json()["results"]
    assert [each["title"] for each in cases] == ["Case 1", "Case 2"]


def test_a_signed_agreement_is_read_by_the_two(cast):
    draft = agreements.draft(cast.enrolment)
    answer = Caller(cast.leo).post(f"agreements/{draft.pk}/accept/", {"version": draft.version}).json()
    assert (answer["status"], answer["coach"]["name"], answer["purpose"]) == ("signed", "Ana Silva", draft.purpose)
    again = Caller(cast.leo).post(f"agreements/{draft.pk}/accept/", {"version": draft.version})
    assert (again.status_code, again.json()["detail"]) == (409, "This agreement is not open any more.")


@pytest.mark.parametrize("zone", ["localtime", "Factory", "posixrules", "Nowhere/Else"])
def test_a_zone_of_this_machine_alone_is_refused(cast, zone):
    assert Caller(cast.leo).patch("me/", {"timezone": zone}).status_code == 422
