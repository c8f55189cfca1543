"""Administration over the API: files of people, many invitations, settings, a program's default agreement."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from programs import tasks
from programs.domain import agreements, invitation_rounds
from programs.domain.people_import import work
from programs.models import AgreementText, Invitation, Member, PeopleImport
from tests.api_steps import Caller
from tests.conftest import make_member

HEAD = "email,name,roles,timezone,program,cohort,coach_email,manager_emails"
NIA, BAD = "nia@x.example,Nia New,learner,Europe/Berlin,,,,", "bad,Bo,learner,,,,,"
KEY = "4f1c2e7a-0000-4000-8000-000000000009"


@pytest.fixture
def ada(cast):
    return Caller(cast.ada)


def csv(*lines: str) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("people.csv", "\n".join([HEAD, *lines]).encode())}


def kind(response):
    return response.status_code, response.json()["type"].rpartition(":")[2]


def test_a_file_is_checked_and_imported_in_the_background(cast, ada):
    sent = ada.post("people-imports/", csv(NIA, BAD))
    path = sent["Location"]
    assert (sent.status_code, sent.json()["status"], sent.json()["file_name"]) == (201, "checking", "people.csv")
    tasks.import_people()
    found = ada.get(path).json()
    assert (found["status"], found["counts"]["people_new"], found["counts"]["bad_lines"]) == ("checked", 1, 1)
    assert [(each["line"], each["column"]) for each in found["mistakes"]] == [(3, "email")]
    assert [(each["line"], each["who"]) for each in found["changes"]] == [(2, "Nia New")]
    report, rejects = (ada.get(f"{path}{name}/") for name in ("report", "rejects"))
    assert (report["Content-Type"], len(report.text.splitlines())) == ("text/csv; charset=utf-8", 3)
    assert rejects.text.splitlines()[1].startswith("3,")
    refused = ada.post(f"{path}run/", {})
    assert (kind(refused), Member.objects.filter(name="Nia New").count()) == ((409, "wrong_state"), 0)
    assert ada.post(f"{path}run/", {"skip_bad": True}).json()["status"] == "importing"
    tasks.import_people()
    assert (ada.get(path).json()["status"], Member.objects.get(name="Nia New").invited_at) == ("done", None)
    assert ada.delete(path).status_code == 204
    assert ada.get(path).json()["status"] == "done"


def test_the_same_file_with_the_same_key_is_sent_once(cast):
    ada = Caller(cast.ada, Idempotency_Key=KEY)
    first, second = (ada.post("people-imports/", csv(NIA)) for _ in range(2))
    assert (first.json(), second.status_code) == (second.json(), 201)
    assert kind(ada.post("people-imports/", csv(BAD))) == (409, "key_reused")
    assert PeopleImport.objects.count() == 1
    assert kind(Caller(cast.ada).post("people-imports/", csv(BAD))) == (409, "wrong_state")


def test_a_file_that_nobody_wants_is_discarded(cast, ada):
    path = ada.post("people-imports/", csv(NIA))["Location"]
    assert kind(ada.get(f"{path}report/")) == (404, "not_found")
    assert (ada.delete(path).status_code, ada.get(path).status_code) == (204, 404)


@pytest.mark.parametrize(
    ("data", "expected", "sentence"),
    [
        ({"file": SimpleUploadedFile("a.csv", b"x" * 11)}, (422, "invalid"), "The file is larger than 10 MB."),
        ({"file": SimpleUploadedFile("a.csv", b"")}, (422, "invalid"), "The file is empty."),
        ({"file": "email"}, (415, "unsupported_media_type"), ""),
    ],
    ids=["large", "empty", "JSON"],
)
def test_what_is_no_file_of_people_is_refused(ada, data, expected, sentence, monkeypatch):
    monkeypatch.setattr(work, "LARGEST", 10)
    answer = ada.post("people-imports/", data)
    assert kind(answer) == expected
    assert answer.json().get("errors", {}).get("file", [""])[0].startswith(sentence)


def test_many_invitations_are_begun_found_again_and_stopped(cast, ada, monkeypatch):
    monkeypatch.setattr(invitation_rounds, "AT_ONCE", 1)
    for number in range(2):
        make_member(cast.organization, f"N{number} New", "learner", joined_at=None)
    begun = ada.post("invitation-rounds/")
    path = begun["Location"]
    assert (begun.json()["people"], begun.json()["percent"], begun.json()["finished_at"]) == (2, 0, None)
    assert ada.post("invitation-rounds/").json() == begun.json()
    assert ada.post(f"{path}stop/").json()["finished_at"] is not None
    path = ada.post("invitation-rounds/")["Location"]
    tasks.send_invitations()
    assert (ada.get(path).json()["percent"], Invitation.objects.count()) == (100, 2)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"sponsor_signed_on": "2026-01-06"}, "sponsor_name"),
        ({"sponsor_signed_on": "2026-01-06", "sponsor_name": "Priya Rao"}, "sponsor_statement"),
        ({"smallest_group": 4}, "smallest_group"),
        ({"holiday_region": "XX"}, "holiday_region"),
        ({"name": "\u200b"}, "name"),
    ],
)
def test_settings_that_do_not_fit_are_refused_beside_their_field(cast, ada, given, field):
    read = ada.get("organization/").json()
    answer = ada.patch("organization/", given | {"version": read["version"]})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert ada.get("organization/").json() == read


def test_another_default_agreement_reaches_drafts_and_nothing_that_was_agreed(cast, ada):
    path, draft = f"programs/{cast.program.pk}/agreement/", agreements.draft(cast.enrolment)
    signed = agreements.accept(agreements.draft(cast.lia_enrolment), by=cast.lia)
    read = ada.get(path).json()
    answer = ada.patch(path, {"purpose": "To practise.", "version": read["version"]}).json()
    draft.refresh_from_db()
    assert answer == read | {"purpose": "To practise.", "version": answer["version"]} != read
    assert (draft.purpose, signed.purpose) == ("To practise.", read["purpose"])
    assert AgreementText.objects.filter(organization=cast.organization).count() == 2


def test_a_program_without_a_default_agreement_gets_its_first(cast, ada):
    type(cast.program).objects.update(agreement_text=None)
    path = f"programs/{cast.program.pk}/agreement/"
    read = ada.get(path).json()
    words = dict.fromkeys(("purpose", "confidential", "feedback_style", "success_measure"), "So.")
    assert (read["purpose"], read["review_after_days"]) == ("", 42)
    assert ada.patch(path, words | {"version": read["version"]}).json()["purpose"] == "So."
