"""A new key for private notes, and a note whose key is gone: nothing of it is lost."""

import base64
import io

import pytest
from django.core.management import call_command
from django.urls import reverse

from coachhub import doctor
from programs.domain import enrolments
from sessions.domain import notes, resealing, running
from sessions.models import MicroSession, PrivateNote
from tests.sessions.run_steps import in_phase, url

OLD, NEW = (f"{name}:{base64.b64encode(name.encode() * 8).decode()}" for name in ("old1", "new1"))
LOCKED = "Your note on this session cannot be opened: its key is missing."
ALL_NEW = (True, "all under the newest key")


@pytest.fixture
def noted(cast, settings):
    """A session with a note under the old key, which is the only one."""
    settings.FIELD_KEYS = OLD
    micro = cast.plan()
    notes.write(micro, by=cast.ana, text="Looked tired")
    return micro


def reseal():
    """What the command says, and its exit status."""
    said, status = io.StringIO(), 0
    try:
        call_command("reseal_notes", stdout=said)
    except SystemExit as left:
        status = left.code
    return said.getvalue().splitlines(), status


def examined():
    found = doctor.private_notes()
    return found.healthy, found.says


def sealed():
    return bytes(PrivateNote.objects.get().sealed)


def test_a_new_key_takes_three_steps(cast, noted, settings):
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    assert examined() == (True, "1 under an older key: run manage.py reseal_notes")
    assert reseal() == (["1 sealed with the newest key, 0 were already"], 0)
    assert examined() == ALL_NEW
    settings.FIELD_KEYS = NEW
    assert (notes.read(noted, by=cast.ana), examined()) == ("Looked tired", ALL_NEW)


def test_sealing_again_a_second_time_writes_nothing(noted, settings):
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    reseal()
    before = sealed()
    assert reseal() == (["0 sealed with the newest key, 1 were already"], 0)
    assert sealed() == before


def test_all_batches_are_sealed_again(cast, noted, settings, monkeypatch):
    for _ in range(4):
        notes.write(cast.held(), by=cast.ana, text="Went well")
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    monkeypatch.setattr(resealing, "BATCH", 2)
    assert resealing.reseal_all() == {"resealed": 5}
    assert resealing.keys_in_use() == {"new1": 5}


def test_a_note_that_is_written_meanwhile_is_not_written_over(cast, noted, settings):
    read = PrivateNote.objects.get()
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    notes.write(noted, by=cast.ana, text="Looked wide awake")
    assert resealing.reseal(read) == "changed"
    assert notes.read(noted, by=cast.ana) == "Looked wide awake"


def test_a_note_whose_key_is_gone_is_counted_and_kept(noted, settings):
    settings.FIELD_KEYS = NEW
    before = sealed()
    lines, status = reseal()
    assert (lines[1], status) == ("1 cannot be opened: their key is not in FIELD_KEYS", 1)
    assert examined() == (False, "1 cannot be opened: put their key back into FIELD_KEYS")
    assert sealed() == before


def test_nothing_is_written_over_a_note_that_cannot_be_opened(cast, noted, settings):
    before = sealed()
    settings.FIELD_KEYS = NEW
    for text in ("Something new", ""):
        with pytest.raises(notes.CannotOpen):
            notes.write(noted, by=cast.ana, text=text)
    assert (notes.read(noted, by=cast.ana), sealed()) == (None, before)
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    assert notes.read(noted, by=cast.ana) == "Looked tired"


def test_every_page_with_the_note_opens_and_says_that_it_cannot_be_opened(client, cast, noted, settings):
    settings.FIELD_KEYS = NEW
    ana = client.as_(cast.ana)
    pages = [noted.get_absolute_url(), url("micro-edit", noted.pk)]
    found = [ana.get(page) for page in pages]
    running.start(noted, by=cast.ana)
    in_phase(noted, "practice")
    found.append(ana.get(url("micro-run", noted.pk)))
    running.finish(MicroSession.objects.get(), by=cast.ana)
    found.append(ana.get(url("micro-close", noted.pk)))
    assert [(page.status_code, page.content.decode().count(LOCKED)) for page in found] == [(200, 1)] * 4
    refused = ana.htmx(url("note-write", noted.pk), {"text": "Something new", "version": 0})
    assert (refused.status_code, LOCKED in refused.content.decode()) == (409, True)


def test_the_page_of_what_is_kept_says_it_too(client, cast, noted, settings):
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    settings.FIELD_KEYS = NEW
    page = client.as_(cast.ana).get(reverse("coach:rating-kept"))
    assert (page.status_code, page.content.decode().count(LOCKED)) == (200, 1)


def test_a_plan_is_edited_around_a_note_that_cannot_be_opened(client, cast, noted, settings):
    settings.FIELD_KEYS = NEW
    before, ana = sealed(), client.as_(cast.ana)
    form = ana.get(url("micro-edit", noted.pk)).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = ana.post(url("micro-edit", noted.pk), values | {"reference": "Call 2", "note": "Something new"})
    assert (answer.status_code, MicroSession.objects.get().reference, sealed()) == (302, "Call 2", before)
