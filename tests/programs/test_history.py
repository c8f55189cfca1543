"""The audit: who changed what, without content, of one's own organization alone."""

import csv
import datetime as dt
import io

import pghistory
import pgtrigger
import pytest
from django.apps import apps
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from pghistory.models import Context

from programs.domain import curriculum, enrolments, members
from programs.domain.history import events
from programs.domain.history.kinds import KINDS
from programs.models import CohortManager, Member, Substitute
from sessions.domain import links
from tests.api_steps import Caller
from tests.conftest import make_member

LIST = reverse("manage:audit-list")
CSV = reverse("manage:audit-download")
SILENT = {"coaching.MicroSession", "metrics.Decision"}  # what a pair does, and what managers see, is no settings


@pytest.fixture
def ada(cast, client):
    return client.as_(cast.ada)


def lines_of(page):
    """Without the cast's making."""
    return [line for line in page.context["lines"] if line.at > timezone.now() - dt.timedelta(days=3000)]


def told(page) -> list[tuple[str, str, str, str, list[str]]]:
    return [(line.who, line.kind, line.what, line.done, line.fields) for line in lines_of(page)]


def acting(member):
    return pghistory.context(member=member.pk)


def an_hour_passes(hours=1):
    """All that was written so far is older: a test is one transaction, which has one time."""
    names = [f"{kind.events._meta.label}:append_only" for kind in KINDS.values()]
    with pgtrigger.ignore(*names):
        for kind in KINDS.values():
            kind.events.objects.update(pgh_created_at=F("pgh_created_at") - dt.timedelta(hours=hours))


@pytest.fixture
def quiet(cast):
    """What the cast's own making left is ten years old and not looked at."""
    an_hour_passes(hours=24 * 3650)
    return cast


def add_nia(cast, name="Nia New", email="nia@northwind.example", roles=("learner",)) -> Member:
    return members.add(cast.organization, by=cast.ada, email=email, name=name, roles=list(roles))


def test_a_change_is_told_with_who_which_and_the_fields(quiet, ada):
    with acting(quiet.ada):
        nia = add_nia(quiet)
        an_hour_passes()
        members.change(nia, by=quiet.ada, roles=["coach", "learner"], work_start=dt.time(8))
        an_hour_passes()
        enrolments.reassign(quiet.enrolment, coach=quiet.cole, by=quiet.ada)
        an_hour_passes()
        curriculum.change_program(quiet.program, by=quiet.ada, minutes=12)
        an_hour_passes()
        members.deactivate(nia, by=quiet.ada)
        members.reactivate(nia, by=quiet.ada)
    assert told(ada.get(LIST)) == [
        ("Ada Okafor", "Person", "Nia New", "changed", ["let back in"]),
        ("Ada Okafor", "Person", "Nia New", "changed", ["deactivated"]),
        ("Ada Okafor", "Program", quiet.program.name, "changed", ["minutes per session"]),
        ("Ada Okafor", "Enrolment", "Leo Marin, North", "changed", ["coach: Ana Silva → Cole Berg"]),
        ("Ada Okafor", "Person", "Nia New", "changed", ["roles: Learner → Coach, Learner", "work starts"]),
        ("Ada Okafor", "Person", "Nia New", "added", ["roles: Learner"]),
    ]


def test_a_manager_and_a_substitute_are_told_also_after_they_were_taken_away(quiet, ada):
    day = timezone.localdate() + dt.timedelta(days=3)
    with acting(quiet.ada):
        CohortManager.objects.create(
            organization=quiet.organization,
            cohort=quiet.cohort,
            manager=make_member(quiet.organization, "Max", "manager"),
        )
        named = enrolments.name_substitute(quiet.enrolment, by=quiet.ada, coach=quiet.cole, starts_on=day, ends_on=day)
        enrolments.remove_substitute(named, by=quiet.ada)
    until = f"{day:%-d %b %Y}"
    assert not Substitute.objects.exists()
    assert told(ada.get(LIST, {"kind": "substitute"})) == [
        ("Ada Okafor", "Substitute", "Leo Marin", "added, taken away since",
         ["coach: Cole Berg", f"from: {until}", f"until: {until}"]),
    ]  # fmt: skip
    assert told(ada.get(LIST, {"kind": "manager"})) == [
        ("Ada Okafor", "Manager of a cohort", "Max, North", "added", []),
    ]


@pytest.mark.parametrize(
    ("context", "who", "way"),
    [
        ({}, "By itself", ""),
        ({"command": "import_people"}, "Command import_people", ""),
        ({"user": None, "url": "/prompts/x/stop/"}, "Somebody by a link, not signed in", ""),
        ({"member": "ada", "url": "/api/v1/members/"}, "Ada Okafor", "by the API"),
        ({"member": "ada", "people_import": 7}, "Ada Okafor", "by an import"),
        ({"user": "leo", "url": "/invitation/"}, "Leo Marin", ""),
        ({"member": "olga"}, "Somebody by a link, not signed in", ""),
    ],
)
def test_who_and_by_which_way(quiet, ada, context, who, way):
    pks = {"ada": quiet.ada.pk, "leo": quiet.leo.user_id, "olga": quiet.olga.pk}
    context = {key: pks.get(value, value) for key, value in context.items()}
    if context:
        with pghistory.context(**context):
            add_nia(quiet)
    else:
        add_nia(quiet)
    [line] = lines_of(ada.get(LIST))
    assert (line.who, line.way) == (who, way)


def test_each_told_line_is_of_the_own_organization(quiet, ada, client):
    with acting(quiet.olga):
        members.add(quiet.olga.organization, by=quiet.olga, email="o@x.example", name="Otto", roles=["learner"])
        members.change(quiet.olga, by=quiet.olga, timezone="Europe/Rome")
    with acting(quiet.ada):
        add_nia(quiet)
    assert [line[2] for line in told(ada.get(LIST))] == ["Nia New"]
    assert [line[2] for line in told(client.as_(quiet.olga).get(LIST))] == ["Olga Petrova", "Otto"]
    found = {
        event.pk for event in events.newest(quiet.ada, events.Wanted(), place=events.Place(), number=1000)[0]
        if event.kind == "person"
    }  # fmt: skip
    table = apps.get_model("programs.MemberEvent")
    assert found == set(table.objects.filter(organization=quiet.organization).values_list("pgh_id", flat=True))


@pytest.mark.parametrize("who", ["ana", "leo", "mia"])
def test_who_may_not_see_it_finds_nothing_behind_the_page_either(cast, who):
    assert events.newest(getattr(cast, who), events.Wanted(), place=events.Place(), number=9) == ([], None)


def test_what_is_somebodys_own_is_not_told(quiet, ada):
    now = timezone.now()
    Member.objects.filter(pk=quiet.leo.pk).update(
        prompts_paused_until=now.date(), prompts_stopped_at=now, prompt_time=dt.time(9), keeps_words_out_of_mail=True,
        welcomed_at=None,
    )  # fmt: skip
    enrolments.share_past(quiet.enrolment, by=quiet.leo, share=True)
    type(quiet.enrolment).objects.filter(pk=quiet.enrolment.pk).update(difficulty=3)
    quiet.held()
    assert told(ada.get(LIST)) == []


def test_every_field_of_every_history_is_told_or_kept_back():
    """A field that is new is on neither side until somebody decides."""
    all_events = {model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    told_of = {kind.events: kind for kind in KINDS.values()}
    assert {model.pgh_tracked_model._meta.label for model in all_events - set(told_of)} == SILENT
    for model, kind in told_of.items():
        columns = {field.attname for field in model._meta.fields if not field.name.startswith("pgh_")}
        assert (kind.key, set(kind.told) | kind.withheld) == (kind.key, columns)
        assert not set(kind.told) & kind.withheld


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "nia"}, ["Nia New"]),
        ({"q": "cole"}, ["Leo Marin, North"]),
        ({"q": "ana silva"}, ["Leo Marin, North"]),
        ({"q": "ada"}, ["Leo Marin, North", "Nia New", "North"]),
        ({"q": "nobody"}, []),
        ({"kind": "cohort"}, ["North"]),
        ({"kind": "nonsense", "since": "x", "of": "y"}, ["Leo Marin, North", "Nia New", "North"]),
        ({"since": "2020-01-01"}, ["Leo Marin, North", "Nia New", "North"]),
        ({"since": "2999-01-01"}, []),
        ({"of": "olga"}, []),
        ({"of": "leo"}, ["Leo Marin, North"]),
    ],
)
def test_filters(quiet, ada, query, names):
    with acting(quiet.ada):
        add_nia(quiet)
        enrolments.reassign(quiet.enrolment, coach=quiet.cole, by=quiet.ada)
        curriculum.change_cohort(quiet.cohort, by=quiet.ada, ends_on=dt.date(2030, 1, 1))
    query = {key: getattr(quiet, value).pk if value in ("olga", "leo") else value for key, value in query.items()}
    assert sorted(line.what for line in lines_of(ada.get(LIST, query))) == names


def test_pages_and_the_file_hold_each_change_once_in_the_same_order(quiet, ada, monkeypatch):
    with acting(quiet.ada):
        for number in range(70):
            add_nia(quiet, name=f"Nia {number}", email=f"n{number}@x.example")
            if number % 7 == 0:
                an_hour_passes()
                curriculum.change_program(quiet.program, by=quiet.ada, minutes=11 + number % 2)
    page = ada.get(LIST)
    assert [len(page.context["lines"]), page.context["is_later"]] == [50, False]
    second = ada.get(LIST, {"older": str(page.context["older"])})
    assert [len(second.context["lines"]), second.context["older"]] == [42, None]
    with timezone.override("Europe/Berlin"):
        both = [line.cells for each in (page, second) for line in each.context["lines"]]
    for at_once in (7, 2000):
        monkeypatch.setattr("programs.views.history.AT_ONCE", at_once)
        header, *rows = csv.reader(io.StringIO(ada.get(CSV).content.decode("utf-8-sig")))
        assert header == ["When", "Who", "Way", "Kind", "What", "Done", "Fields"]
        assert rows == both
    assert len({row[4] for row in rows if row[4].startswith("Nia")}) == 70


@pytest.mark.parametrize(
    "older", ["", "person", "person-x", "boss-4", "person-99999999999999999999", "person-1cohort-2", "'; --"]
)
def test_a_strange_place_is_the_beginning(quiet, ada, older):
    add_nia(quiet)
    assert len(lines_of(ada.get(LIST, {"older": older}))) == 1


def test_a_formula_stays_harmless_in_the_file(quiet, ada):
    add_nia(quiet, name="=1+1")
    assert next(csv.DictReader(io.StringIO(ada.get(CSV).content.decode("utf-8-sig"))))["What"] == "'=1+1"


def test_the_persons_page_links_to_their_changes(quiet, ada):
    add_nia(quiet)
    address = f"{LIST}?of={quiet.leo.pk}"
    assert f'href="{address}"' in ada.get(quiet.leo.get_absolute_url()).content.decode()
    page = ada.get(address)
    assert page.context["person"] == quiet.leo
    assert {line.what for line in page.context["lines"]} == {"Leo Marin", "Leo Marin, North"}
    assert "No change matches." in ada.get(address, {"since": "2999-01-01"} | {"of": quiet.leo.pk}).content.decode()


def test_times_are_in_the_readers_zone(quiet, ada):
    Member.objects.filter(pk=quiet.ada.pk).update(timezone="Asia/Kolkata")
    [line] = lines_of(ada.get(LIST, {"kind": "person"}))
    assert line.fields == ["time zone"]
    row = next(csv.DictReader(io.StringIO(ada.get(CSV).content.decode("utf-8-sig"))))
    assert row["When"].endswith("+05:30")
    assert dt.datetime.fromisoformat(row["When"]) == line.at.replace(microsecond=0)


def test_the_api_tells_the_same_of_one_kind_without_what_stood_there(quiet):
    with acting(quiet.ada):
        nia = add_nia(quiet)
        members.change(nia, by=quiet.ada, roles=["coach", "learner"], work_start=dt.time(8))
        Member.objects.filter(pk=nia.pk).update(prompts_stopped_at=timezone.now())
    first, second = Caller(quiet.ada).get(f"audit/?member={nia.pk}").json()["results"]
    assert first.keys() == {"id", "at", "row", "added", "by", "command", "fields_changed"}
    told = [
        (each["row"], each["added"], each["by"], each["command"], each["fields_changed"]) for each in (first, second)
    ]
    assert told == [
        (nia.pk, False, quiet.ada.pk, "", ["roles", "work_start"]),
        (nia.pk, True, quiet.ada.pk, "", []),
    ]
    assert Caller(quiet.ada).get(f"audit/?member={quiet.olga.pk}").json()["results"] == []
    assert Caller(quiet.ana).get("audit/").json()["results"] == []
    with pghistory.context(command="import_people", member=None):
        enrolments.reassign(quiet.enrolment, coach=quiet.cole, by=quiet.ada)
    found = Caller(quiet.ada).get(
        f"audit/?kind=enrolment&member={quiet.ana.pk}&since={timezone.now():%Y-%m-%d}T00:00:00Z"
    )
    assert [(each["by"], each["command"], each["fields_changed"]) for each in found.json()["results"]] == [
        (None, "import_people", ["coach"])
    ]


def test_the_history_keeps_by_which_route_and_no_token_of_a_link(quiet, client):
    token = links.stop_token_of(quiet.leo)
    client.post(reverse("learn:prompts-unsubscribe", args=[token]))
    [kept] = Context.objects.values_list("metadata", flat=True)
    assert kept == {"user": None, "url": "/learn/unsubscribe/<str:token>/"}
