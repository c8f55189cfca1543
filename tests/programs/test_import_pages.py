"""The same import as a page: upload, dry run, report by line, import, invitations; the task is the worker's own."""

import csv
import datetime as dt
import io

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from programs import tasks
from programs.domain import members
from programs.domain.people_import import progress, work
from programs.domain.people_import.columns import COLUMNS
from programs.models import Member, PeopleImport
from sessions.models import Message
from tests.programs.import_steps import NIA, PLACE, check, elsewhere, file, imported, uploaded

TOO_LARGE = "The file is larger than 10 MB. Split it, with the first line in each part."
ADD = reverse("manage:import-add")
BAD = NIA | {"email": "bo@x.example", "name": "<b>=Bo</b>", "roles": "boss"}


@pytest.fixture
def ada(cast, client):
    return client.as_(cast.ada)


def send(ada, content: bytes, name="people.csv"):
    return ada.post(ADD, {"file": SimpleUploadedFile(name, content)})


def show(made) -> str:
    return reverse("manage:import-show", args=[made.pk])


def post(ada, verb: str, made, **data):
    return ada.post(reverse(f"manage:import-{verb}", args=[made.pk]), data)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_the_whole_way(cast, ada):
    """Upload, wait, look, import, wait, invite: what each page offers is what happens."""
    answer = send(ada, file(NIA | PLACE, {"email": "leo@northwind.example", "name": "Leo M."}))
    made = PeopleImport.objects.get()
    assert (answer.url, made.status, made.file_name) == (show(made), "checking", "people.csv")
    assert 'hx-trigger="every 1s"' in ada.get(show(made)).text

    assert tasks.import_people() == 1
    page = ada.get(show(made))
    assert (page.context["good_people"], page.context["bad_lines"]) == (2, 0)
    assert page.context["summary"] == ["1 new person", "1 person changed", "1 new enrolment"]
    assert "Import 2 people" in page.text
    assert not Member.objects.filter(name="Nia New").exists()

    assert post(ada, "run", made).url == show(made)
    assert tasks.import_people() == 1
    page = ada.get(show(made))
    assert (page.context["import"].status, page.context["new"]) == ("done", 1)
    assert "Send 1 invitation<" in page.text
    assert Message.objects.count() == 0

    sent = ada.post(reverse("manage:member-invite-new"))
    assert said(sent) == ["1 invitation is on its way."]
    assert Message.objects.get().recipient.name == "Nia New"
    assert "invitation" not in ada.get(show(made)).text.split("</header>")[-1]


def test_mistakes_are_shown_by_line_and_can_be_left_out(cast, ada):
    made = uploaded(cast, file(NIA, BAD))
    page = ada.get(show(made))
    assert page.context["import"].shown["mistakes"] == [
        {"line": 3, "column": "roles", "reason": "“boss” is not a role. There are: admin, coach, learner, manager."}
    ]
    assert ("1 line has a mistake" in page.text, "Import 1 person without these lines" in page.text) == (True, True)
    assert post(ada, "run", made).status_code == 409
    post(ada, "run", made, skip_bad="yes")
    tasks.import_people()
    assert ada.get(show(made)).context["import"].status == "done"
    assert Member.objects.filter(user__email__in=["nia@northwind.example", "bo@x.example"]).count() == 1


def test_downloads_hold_no_formula(cast, ada):
    made = uploaded(cast, file(NIA | {"name": "+Nia"}, BAD | {"name": "@Bo"}))
    for name, cells in {"report": ["'+Nia", "'@Bo"], "rejects": ["'@Bo"]}.items():
        answer = ada.get(reverse(f"manage:import-{name}", args=[made.pk]))
        assert answer["Content-Disposition"].startswith("attachment;")
        rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert [row["name"] for row in rows] == cells


def test_planted_words_come_out_harmless(cast, ada):
    made = uploaded(cast, file(BAD | {"roles": "learner"}, NIA | {"roles": "<i>"}))
    PeopleImport.objects.filter(pk=made.pk).update(file_name="<b>{{7*7}}.csv")
    text = ada.get(show(made)).text
    assert ("<b>" in text, "<i>" in text, "&lt;b&gt;=Bo&lt;/b&gt;" in text, "“&lt;i&gt;” is not a role" in text) == (
        False, False, True, True,
    )  # fmt: skip


def test_a_file_that_cannot_be_read_says_so(cast, ada):
    made = uploaded(cast, b"email,name\nx\n")
    page = ada.get(show(made))
    assert ("This file cannot be read" in page.text, "Import " in page.text.split("<main")[1].split("<h2")[1]) == (
        True, False,
    )  # fmt: skip
    assert page.context["import"].shown["mistakes"][0]["reason"].startswith("This column is missing: roles, timezone")
    assert post(ada, "run", made).status_code == 409


def test_a_file_that_changes_nothing_offers_nothing(cast, ada):
    made = uploaded(cast, file({"email": "leo@northwind.example"}))
    assert "Everything in this file is here already" in ada.get(show(made)).text
    assert post(ada, "run", made).status_code == 409


def test_a_place_of_somebody_deactivated_is_named_before_and_not_called_here_already(cast, ada):
    members.deactivate(cast.leo, by=cast.ada)
    text = ada.get(show(uploaded(cast, file({"email": "leo@northwind.example"} | PLACE)))).text
    for told in (
        "This file changes nothing",
        "1 place of somebody deactivated is not used",
        "does not join Calm calls, N",
    ):
        assert told in text
    assert "here already" not in text


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "The file is empty."), (b"x" * (work.LARGEST + 1), TOO_LARGE)],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_next_to_its_field(ada, content, reason):
    answer = send(ada, content)
    assert (answer.status_code, answer.context["form"].errors) == (422, {"file": [reason]})
    assert PeopleImport.objects.count() == 0


def test_a_second_file_waits_for_the_first(cast, ada):
    send(ada, file(NIA))
    answer = send(ada, file(NIA))
    assert answer.context["form"].non_field_errors() == [
        "Another file is being imported at the moment. Wait until that is done."
    ]
    tasks.import_people()
    assert send(ada, file(NIA)).status_code == 302


def test_progress_is_seen_by_who_comes_back(cast, ada):
    send(ada, file(NIA))
    made = PeopleImport.objects.get()
    tell = progress.Progress(made.pk, lines=2, passes=2)
    tell(1)
    assert ada.get(show(made)).context["percent"] == 25
    part = ada.get(show(made), headers={"HX-Request": "true"})
    assert ("<html" in part.text, "Checking the file · 25 %" in part.text) == (False, True)
    progress.forget(made.pk)
    assert ada.get(show(made)).context["percent"] is None


def test_the_file_and_what_names_people_are_not_kept(cast, ada):
    kept, done = uploaded(cast, file(BAD)), imported(cast, file(NIA))
    assert done.content is None
    PeopleImport.objects.update(created_at=timezone.now() - dt.timedelta(days=7, minutes=1))
    assert tasks.forget_imports() == 2
    done.refresh_from_db()
    assert (done.report, done.rejects, done.shown, done.counts["people_new"]) == (None, None, {}, 1)
    assert not PeopleImport.objects.filter(pk=kept.pk).exists()
    assert ada.get(reverse("manage:import-report", args=[done.pk])).status_code == 404
    assert ada.get(show(done)).status_code == 200
    assert tasks.forget_imports() == 0


def test_a_file_is_deleted_unless_it_was_imported(cast, ada):
    made = uploaded(cast, file(NIA))
    answer = post(ada, "discard", made)
    assert (answer.url, said(answer)) == (ADD, ["The file is deleted. Nobody was changed."])
    assert PeopleImport.objects.count() == 0
    done = imported(cast, file(NIA))
    post(ada, "discard", done)
    assert PeopleImport.objects.filter(pk=done.pk).exists()


def test_a_file_that_waits_for_the_worker_can_be_taken_back(cast, ada):
    """Not while the worker is on it: another connection holds the lock that the worker takes."""
    send(ada, file(NIA))
    made = PeopleImport.objects.get()
    with elsewhere() as other:
        other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [work.LOCK, cast.organization.pk])
        assert (post(ada, "discard", made).status_code, tasks.import_people()) == (409, 1)
    made.refresh_from_db()
    assert made.status == "checking"
    assert post(ada, "discard", made).url == ADD
    assert tasks.import_people() == 0


def test_pressing_twice_imports_once(cast, ada):
    made = uploaded(cast, file(NIA))
    for _press in range(2):
        assert post(ada, "run", made).status_code == 302
    assert (tasks.import_people(), tasks.import_people()) == (1, 0)
    assert post(ada, "run", made).status_code == 302
    assert Member.objects.filter(name="Nia New").count() == 1


def test_a_fault_of_ours_ends_the_import_and_is_said(cast, ada):
    """A time zone that does not exist stands for any fault nobody thought of."""
    made = work.receive(by=cast.ada, file_name="p.csv", content=file(NIA))
    cast.organization.timezone = "Nowhere/Atall"
    cast.organization.save(update_fields=["timezone"])
    work.work(made.pk)
    made.refresh_from_db()
    assert (made.status, made.content, f"import {made.pk}" in made.trouble) == ("failed", None, True)
    assert work.waiting() == []


def test_the_list_of_files_costs_the_same_for_one_and_three(cast, ada, django_assert_num_queries):
    for number in (1, 3):
        while PeopleImport.objects.count() < number:
            imported(cast, file(NIA | {"email": f"n{PeopleImport.objects.count()}@x.example"}))
        with django_assert_num_queries(4):
            page = ada.get(ADD)
        assert len(page.context["earlier"]) == number


def test_a_report_is_looked_for_and_not_loaded_to_be_offered(cast, ada, django_assert_num_queries):
    """They may be megabytes."""
    made = imported(cast, file(NIA, NIA | {"email": "no address"}), skip_bad=True)
    with django_assert_num_queries(6) as asked:
        page = ada.get(show(made)).text
    assert [reverse(f"manage:import-{name}", args=[made.pk]) in page for name in ("report", "rejects")] == [True, True]
    files = ('SELECT "programs_peopleimport"."report"', '"programs_peopleimport"."rejects",')
    assert [query["sql"] for query in asked.captured_queries if any(each in query["sql"] for each in files)] == []


def test_the_example_can_be_imported(cast, ada):
    answer = ada.get(reverse("manage:import-example"))
    assert answer.content.decode("utf-8-sig").splitlines()[0].split(",") == list(COLUMNS)
    findings = check(cast, answer.content)
    assert (findings.report.mistakes, findings.report.counts["people_new"]) == ([], 4)
    assert findings.report.new_cohorts == ["Calm calls, Autumn"]


def test_the_example_fits_an_organization_without_programs(cast, client):
    answer = client.as_(cast.olga).get(reverse("manage:import-example"))
    assert check(cast, answer.content, organization=cast.olga.organization).report.mistakes == []


def test_every_column_is_explained(ada):
    assert [column.name for column in ada.get(ADD).context["columns"]] == list(COLUMNS)
