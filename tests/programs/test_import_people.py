"""What an import does: people, places, coaches; twice is once; all of it or nothing."""

import datetime as dt
from functools import partial
from io import BytesIO

import pghistory.models
import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coachhub.errors import WrongState
from programs.domain import curriculum, enrolments, invitation_rounds, members, several, tokens
from programs.domain.people_import import applying, reading, summary, work
from programs.models import Agreement, ApiToken, Cohort, Enrolment, Invitation, Member, PeopleImport, Program, User
from sessions.models import Message, MicroSession
from tests.conftest import make_pillar
from tests.programs.import_steps import NIA, PLACE, check, counts, file, imported, take, uploaded

COACH = {"email": "bo@northwind.example", "name": "Bo New", "roles": "coach", "timezone": "Europe/Berlin"}
MANAGER = {"email": "max@northwind.example", "name": "Max New", "roles": "manager", "timezone": "Europe/Berlin"}


def member(email):
    return Member.objects.get(user__email__iexact=email)


def rows_and_events() -> dict[str, int]:
    """How many rows each table of people has, histories included."""
    return {model.__name__: model._base_manager.count() for model in apps.get_app_config("programs").get_models()}


def test_somebody_new_gets_what_the_line_says(cast):
    take(cast, NIA | {
        "external_id": "17", "roles": "Coach / Learner", "timezone": "Asia/Kolkata",
        "work_days": "Sun-Tue, Thu", "work_start": "8:30", "work_end": "00:15",
    })  # fmt: skip
    nia = member("nia@northwind.example")
    assert (nia.organization, nia.name, nia.external_id) == (cast.organization, "Nia New", "17")
    assert nia.roles == ["coach", "learner"]
    assert (nia.timezone, nia.work_days) == ("Asia/Kolkata", [0, 1, 3, 6])
    assert (nia.work_start, nia.work_end) == (dt.time(8, 30), dt.time(0, 15))
    assert (nia.invited_at, nia.joined_at, nia.user.has_usable_password()) == (None, None, False)


def test_empty_cells_are_defaults_for_who_is_new_and_nothing_for_who_is_here(cast):
    members.change(cast.leo, by=cast.ada, timezone="Asia/Tokyo", work_days=[5], external_id="9")
    take(cast, NIA | {"timezone": ""}, {"email": "LEO@northwind.example"})
    nia, leo = member("nia@northwind.example"), member("leo@northwind.example")
    assert (nia.timezone, nia.work_days, nia.work_start) == ("Europe/Berlin", [0, 1, 2, 3, 4], dt.time(9))
    assert (leo.name, leo.roles, leo.timezone) == ("Leo Marin", ["learner"], "Asia/Tokyo")
    assert (leo.work_days, leo.external_id) == ([5], "9")


def test_a_learner_joins_with_coach_agreement_and_managers(cast):
    take(cast, COACH, MANAGER, NIA | PLACE | {"coach_email": COACH["email"], "manager_emails": MANAGER["email"]})
    enrolment = Enrolment.objects.get(learner__name="Nia New")
    assert (enrolment.cohort, enrolment.coach.name, enrolment.ended_on) == (cast.cohort, "Bo New", None)
    assert (enrolment.program, enrolment.pillar) == (cast.program, cast.pillar)
    agreement = Agreement.objects.get(enrolment=enrolment)
    assert (agreement.learner, agreement.coach, agreement.status) == (enrolment.learner, enrolment.coach, "draft")
    assert {manager.name for manager in cast.cohort.managers.all()} == {"Mia Novak", "Max New"}


@pytest.mark.parametrize("gone", [{"deactivated_at": timezone.now()}, {"roles": ["learner"]}])
def test_a_manager_who_is_none_any_more_stops_no_file_that_names_another(cast, gone):
    """A release before this one left them with their cohorts."""
    Member.objects.filter(pk=cast.mia.pk).update(**gone)
    take(cast, MANAGER, NIA | PLACE | {"manager_emails": MANAGER["email"]})
    assert [manager.name for manager in cast.cohort.managers.all()] == ["Max New"]


def test_a_manager_who_comes_back_by_the_file_manages_what_it_names(cast):
    members.deactivate(cast.mia, by=cast.ada)
    mia = {"email": "mia@northwind.example", "active": "yes"}
    take(cast, mia, NIA | PLACE | {"manager_emails": mia["email"]})
    assert list(cast.cohort.managers.all()) == [cast.mia]


def test_a_cohort_that_is_not_there_is_made_once(cast):
    other = NIA | {"email": "no@x.example", "name": "No"}
    lines = [NIA | PLACE | {"cohort": "Spring"}, other | PLACE | {"cohort": "spring", "coach_email": ""}]
    report = check(cast, file(*lines)).report
    assert (report.counts["cohorts_new"], report.new_cohorts) == (1, ["Calm calls, Spring"])
    take(cast, *lines)
    made = Cohort.objects.get(name="Spring")
    assert (made.program, made.enrolments.count(), made.managers.count()) == (cast.program, 2, 0)
    assert list(made.enrolments.order_by("pk").values_list("coach__name", flat=True)) == ["Ana Silva", None]


def test_a_number_keeps_somebody_through_another_address(cast):
    members.change(cast.leo, by=cast.ada, external_id="7")
    take(cast, {"external_id": "7", "email": "leo.marin@northwind.example"})
    leo = Member.objects.get(pk=cast.leo.pk)
    assert (leo.user.email, leo.user.login_epoch) == ("leo.marin@northwind.example", cast.leo.user.login_epoch + 1)
    notice = Message.objects.get(kind="address")
    assert (notice.recipient, notice.address, notice.changed_by) == (leo, "leo@northwind.example", cast.ada)


def test_an_address_gets_its_number(cast):
    take(cast, {"email": "leo@northwind.example", "external_id": "7"})
    assert Member.objects.get(pk=cast.leo.pk).external_id == "7"


def test_a_person_of_another_organization_keeps_one_login_and_is_not_given_away(cast):
    line = {"email": "olga@elsewhere.example", "name": "Olga Here", "roles": "learner"}
    [change] = check(cast, file(line)).report.changes
    assert change.what == "new: learner"
    take(cast, line)
    assert Member.objects.get(name="Olga Here").user == cast.olga.user
    assert Member.objects.get(pk=cast.olga.pk).name == "Olga Petrova"


def test_another_coach_takes_over_what_is_planned(cast):
    micro = cast.plan()
    take(cast, {"email": "leo@northwind.example"} | PLACE | {"coach_email": "cole@northwind.example"})
    assert Enrolment.objects.get(pk=cast.enrolment.pk).coach == cast.cole
    assert MicroSession.objects.get(pk=micro.pk).coach == cast.cole


def test_no_deactivates_and_yes_lets_back_in(cast):
    tokens.make(by=cast.leo, name="t", scope=ApiToken.Scope.READ)
    leaver = {"email": "leo@northwind.example", "name": "Someone Else", "active": "no"} | PLACE
    assert counts(cast, file(leaver)) == {"people": 1, "people_in_file": 1, "people_left": 1, "lines_with_effect": 1}
    take(cast, leaver)
    leo = Member.objects.get(pk=cast.leo.pk)
    assert (leo.is_active, leo.name, leo.api_tokens.filter(revoked_at=None).count()) == (False, "Leo Marin", 0)
    assert not leo.enrolments.active().exists()
    silent = {"email": "leo@northwind.example", "name": "Someone Else"} | PLACE
    assert counts(cast, file(silent)) == {
        "people_in_file": 1, "people_same": 1, "places_unused": 1, "lines_with_effect": 1,
    }  # fmt: skip
    [told] = check(cast, file(silent)).report.changes
    assert (told.line, told.who, told.what) == (
        2, "Someone Else", "is deactivated, so does not join Calm calls, North: write yes in “active” to let them in",
    )  # fmt: skip
    take(cast, silent)
    leo = Member.objects.get(pk=cast.leo.pk)
    assert (leo.is_active, leo.name, leo.enrolments.active().exists()) == (False, "Leo Marin", False)
    take(cast, {"email": "leo@northwind.example", "active": "yes"} | PLACE)
    leo = Member.objects.get(pk=cast.leo.pk)
    assert (leo.is_active, leo.enrolments.active().get().cohort) == (True, cast.cohort)


def test_who_leaves_and_was_never_here_is_not_made(cast):
    assert counts(cast, file(NIA | {"active": "NO"})) == {"people_in_file": 1, "people_same": 1}
    take(cast, NIA | {"active": "NO"})
    assert not Member.objects.filter(name="Nia New").exists()


def test_roles_are_given_first_and_taken_last(cast):
    """The only administrator hands over to a coach, whose learner goes to somebody new, in one file."""
    take(
        cast,
        {"email": "ada@northwind.example", "roles": "learner"},
        {"email": "ana@northwind.example", "roles": "admin"},
        {"email": "leo@northwind.example"} | PLACE | {"coach_email": COACH["email"]},
        COACH,
    )
    names = dict(Member.objects.filter(organization=cast.organization).values_list("name", "roles"))
    assert (names["Ada Okafor"], names["Ana Silva"]) == (["learner"], ["admin"])
    assert Enrolment.objects.get(pk=cast.enrolment.pk).coach.name == "Bo New"


def test_somebody_in_two_cohorts_has_two_lines(cast):
    pillar = cast.pillar
    pillar.pk, pillar.key = None, "asking"
    pillar.save(force_insert=True)
    asking = type(cast.program).objects.create(organization=cast.organization, pillar=pillar, name="Asking first")
    take(cast, NIA | PLACE, NIA | PLACE | {"program": "asking FIRST", "cohort": "East"})
    nia = member("nia@northwind.example")
    assert set(nia.enrolments.values_list("program", flat=True)) == {cast.program.pk, asking.pk}


@pytest.mark.parametrize("chunk", [1, 100])
def test_a_second_line_leaves_empty_what_the_first_says(cast, monkeypatch, chunk):
    """Somebody new, somebody who is let back in; in one chunk of lines and in two."""
    monkeypatch.setattr(reading, "CHUNK", chunk)
    pillar = make_pillar(key="asking")
    Program.objects.create(organization=cast.organization, pillar=pillar, name="Asking first")
    members.deactivate(cast.leo, by=cast.ada)
    leo, place = {"email": "leo@northwind.example"}, {"program": "Asking first", "cohort": "East"}
    hours = {"work_start": "05:00", "work_end": "09:00"}
    lines = [NIA | hours | PLACE, {"email": NIA["email"], "work_end": "09:00"} | place,
             leo | PLACE | {"active": "yes"}, leo | place]  # fmt: skip
    found = counts(cast, file(*lines))
    assert (found["people_new"], found["people_back"], found["enrolments_new"]) == (1, 1, 4)
    take(cast, *lines)
    running = Enrolment.objects.active().filter(learner__name__in=["Nia New", "Leo Marin"]).order_by("learner", "pk")
    assert [(each.learner.name, each.cohort.name) for each in running] == [
        ("Leo Marin", "North"), ("Leo Marin", "East"), ("Nia New", "North"), ("Nia New", "East"),
    ]  # fmt: skip


def test_another_cohort_of_the_pillar_moves_a_learner_and_the_same_file_again_changes_nothing(cast):
    """Leo to a new cohort with another coach, Lia to one of another program with the coach she has."""
    Program.objects.create(organization=cast.organization, pillar=cast.pillar, name="Hard calls")
    leo, lia = ({"email": f"{name}@northwind.example"} for name in ("leo", "lia"))
    lines = (
        leo | PLACE | {"cohort": "South", "coach_email": "cole@northwind.example"},
        lia | {"program": "Hard calls", "cohort": "East"},
    )
    found = check(cast, file(*lines)).report
    assert summary.of(found.counts) == [
        "2 new cohorts", "2 learners move to another cohort", "1 learner gets another coach",
    ]  # fmt: skip
    assert [each.what for each in found.changes] == [
        "moves from North to South, in Calm calls; Calm calls, South: cole@northwind.example is the coach now",
        "moves from Calm calls, North, to Hard calls, East",
    ]
    take(cast, *lines)
    enrolments = Enrolment.objects.order_by("pk").values_list("pk", "cohort__name", "program__name", "coach")
    assert list(enrolments) == [
        (cast.enrolment.pk, "South", "Calm calls", cast.cole.pk),
        (cast.lia_enrolment.pk, "East", "Hard calls", cast.cole.pk),
    ]
    before = rows_and_events()
    take(cast, *lines)
    assert rows_and_events() == before


def test_absent_people_stay_as_they_are(cast):
    before = list(Member.objects.order_by("pk").values())
    take(cast, NIA)
    assert list(Member.objects.exclude(name="Nia New").order_by("pk").values()) == before


WHOLE = (
    COACH | {"external_id": "1", "work_days": "1-5"},
    MANAGER | {"external_id": "2"},
    NIA | PLACE | {"cohort": "Spring", "coach_email": COACH["email"], "manager_emails": MANAGER["email"]},
    {"email": "leo@northwind.example", "name": "Leo M.", "active": "yes"} | PLACE,
    {"email": "lia@northwind.example", "active": "no"},
)  # fmt: skip

PLACED = (
    "new: learner",
    "joins Calm calls, Spring, with bo@northwind.example",
    "max@northwind.example manages Spring",
)


def test_a_second_run_changes_nothing(cast):
    take(cast, *WHOLE)
    before = rows_and_events()
    assert counts(cast, file(*WHOLE)) == {"people_in_file": 5, "people_same": 5}
    take(cast, *WHOLE)
    assert rows_and_events() == before
    assert pghistory.models.Events.objects.count() > 0


def test_the_dry_run_says_what_the_import_does(cast):
    said = summary.of(check(cast, file(*WHOLE)).report.counts)
    assert said == [
        "3 new people", "1 person changed", "1 person deactivated", "1 new cohort", "1 new enrolment",
        "1 more cohort manager",
    ]  # fmt: skip
    changes = [(each.line, each.who, each.what) for each in check(cast, file(*WHOLE)).report.changes]
    assert changes == [
        (2, "Bo New", "new: coach"),
        (3, "Max New", "new: manager"),
        (4, "Nia New", "; ".join(PLACED)),
        (5, "Leo M.", "changed: name"),
        (6, "Lia Chen", "is deactivated"),
    ]  # fmt: skip


def test_a_check_writes_nothing(cast):
    before = rows_and_events()
    check(cast, file(*WHOLE, "nonsense"))
    assert rows_and_events() == before


def test_nobody_is_invited_by_an_import(cast):
    imported(cast, file(NIA))
    assert (Invitation.objects.count(), Message.objects.count()) == (0, 0)
    assert invitation_rounds.begin(by=cast.ada).invited == 1


def test_what_fails_midway_leaves_nothing_behind(cast):
    """People are written, then something fails before their places are."""
    content = file(COACH, NIA | PLACE)
    before = rows_and_events()
    calls = iter([None])

    def fails_at_the_second_pass(lines):
        if next(calls, "over") == "over":
            assert member("nia@northwind.example")
            raise WrongState

    with pytest.raises(WrongState):
        source = partial(BytesIO, content)
        applying.apply(source, cast.organization, by=cast.ada, bad=set(), progress=fails_at_the_second_pass)
    assert rows_and_events() == before


def test_what_changed_since_the_dry_run_stops_the_import(cast):
    made = uploaded(cast, file(NIA | PLACE))
    curriculum.change_cohort(cast.cohort, by=cast.ada, ends_on=dt.date(2026, 2, 1))
    work.confirm(made, by=cast.ada, skip_bad=False)
    before = rows_and_events()
    work.work(made.pk)
    made.refresh_from_db()
    assert (made.status, made.shown["mistakes"][0]["reason"]) == (PeopleImport.Status.CHECKED, "North has ended.")
    assert made.trouble.startswith("Somebody changed people since the dry run, so nothing was imported.")
    assert rows_and_events() == before


def test_bulk_changes_take_no_role_away(cast):
    with pytest.raises(ValueError, match="takes no roles away"):
        several.change_members([(cast.ana, {"roles": ["learner"]})], by=cast.ada)


@pytest.mark.parametrize("lines", [1, 3])
def test_a_chunk_costs_the_same_number_of_statements(cast, lines):
    people = [NIA | PLACE | {"email": f"n{at}@x.example", "name": f"N {at}"} for at in range(lines)]
    content = file(COACH, *people)
    source = partial(BytesIO, content)
    with CaptureQueriesContext(connection) as checking:
        findings = check(cast, content)
    with CaptureQueriesContext(connection) as writing:
        applying.apply(source, cast.organization, by=cast.ada, bad=findings.bad, progress=lambda rows: None)
    assert (len(checking), len(writing)) == (6, 25)


@pytest.mark.parametrize("number", [1, 3])
def test_who_leaves_gets_a_coach_a_cohort_or_an_address_costs_no_statements_of_their_own(cast, number):
    kinds = {kind: [f"{kind}{at}" for at in range(number)] for kind in ("leaves", "passed", "placed", "moves")}
    people = {
        who: NIA | PLACE | {"external_id": who, "email": f"{who}@x.example"} for kind in kinds.values() for who in kind
    }
    take(cast, *people.values())
    for enrolment in Enrolment.objects.filter(learner__external_id__in=people):
        cast.plan(enrolment=enrolment)
    for who in kinds["leaves"]:
        people[who] |= {"active": "no"}
    for who in kinds["passed"]:
        people[who] |= {"coach_email": "cole@northwind.example"}
    for who in kinds["placed"]:
        people[who] |= {"cohort": "Elsewhere"}
    for who in kinds["moves"]:
        people[who] |= {"email": f"new.{who}@x.example"}
    with CaptureQueriesContext(connection) as writing:
        take(cast, *people.values())
    assert len(writing) == 127
    told = Message.objects.filter(kind="address", deliveries__state="due").values_list("address", flat=True)
    assert sorted(told) == [f"{who}@x.example" for who in kinds["moves"]]
    assert Member.objects.exclude(deactivated_at=None).count() == number
    assert MicroSession.objects.filter(status="cancelled").count() == number
    assert MicroSession.objects.filter(status="planned", coach=cast.cole).count() == number
    assert Message.objects.filter(kind="schedule", sequence=1).count() == 2 * number
    assert Enrolment.objects.active().filter(cohort__name="Elsewhere").count() == number
    assert User.objects.filter(email__startswith="new.", login_epoch=1).count() == number


def test_the_history_says_who_imported(cast):
    made = imported(cast, file(NIA))
    event = pghistory.models.Events.objects.tracks(member("nia@northwind.example")).get()
    assert event.pgh_context["member"] == cast.ada.pk
    assert event.pgh_context["people_import"] == made.pk


def test_an_import_of_another_waits(cast):
    work.receive(by=cast.ada, file_name="p.csv", content=file(NIA))
    with pytest.raises(WrongState, match="Another file is being imported"):
        work.receive(by=cast.ada, file_name="p.csv", content=file(NIA))
    assert User.objects.filter(email="nia@northwind.example").count() == 0


def test_an_ended_enrolment_of_the_same_cohort_begins_anew(cast):
    enrolments.end(cast.enrolment, by=cast.ada)
    take(cast, {"email": "leo@northwind.example"} | PLACE)
    assert cast.leo.enrolments.active().get().pk != cast.enrolment.pk
