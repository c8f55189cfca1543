"""From library files to rows: what is loaded, what is refused, what is kept."""

from importlib import import_module
from io import StringIO

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from programs.domain import publishing
from programs.domain.library import LibraryErrors, load_file
from programs.models import Behaviour, Blueprint, Criterion, Level, Organization, Pillar, Question, Rubric
from programs.models.pillars import Worded
from tests.programs.library_cases import SAMPLE

pytestmark = pytest.mark.django_db
REWORDED = {
    "name: Asks first": "name: Asks before anything else",
    "what: The learner asks.": "what: The learner asks one thing.",
    "frequency: Once": "frequency: Twice",
    "timing: At the start": "timing: At the end",
    "tone: Calm": "tone: Warm",
    "audience: Customers": "audience: Neighbours",
    "success: The learner asks once.": "success: The learner asks twice.\n      example: May I ask?",
}  # each word of the first behaviour


@pytest.fixture
def loaded(tmp_path):
    """`loaded(text)` loads one file with that text and returns what changed."""

    def load(text=SAMPLE, **options):
        (tmp_path / "asking.yaml").write_text(text, encoding="utf-8")
        return publishing.load([load_file(tmp_path / "asking.yaml")], **options)

    return load


def refusals(loaded, text):
    with pytest.raises(LibraryErrors) as caught:
        loaded(text)
    return [str(error) for error in caught.value.errors]


def line_of(text, part):
    return next(number for number, line in enumerate(text.split("\n"), start=1) if part in line)


def test_a_file_becomes_a_pillar_with_everything(loaded):
    changes = loaded()
    pillar = Pillar.objects.get()
    assert (pillar.organization, pillar.key, pillar.name) == (None, "asking", "Asking before advising")
    assert [behaviour.key for behaviour in pillar.behaviours.all()] == ["asks", "waits", "sums-up"]
    rubric = Rubric.objects.newest(pillar)
    levels = Level.objects.filter(criterion__rubric=rubric, criterion__position=0)
    assert [level.anchor for level in levels] == [f"Level {word} of asks" for word in ("one", "two", "three", "four")]
    assert Blueprint.objects.newest().get().focus.key == "asks"
    assert len(changes) == 4 + 1 + 1 + Question.objects.count()


def test_loading_twice_changes_nothing(loaded):
    loaded()
    before = [model.objects.count() for model in (Pillar, Behaviour, Rubric, Criterion, Level, Blueprint, Question)]
    assert loaded() == []
    after = [model.objects.count() for model in (Pillar, Behaviour, Rubric, Criterion, Level, Blueprint, Question)]
    assert after == before


def test_a_renamed_behaviour_is_kept_by_its_key(loaded):
    loaded()
    asks = Behaviour.objects.get(key="asks")
    text = SAMPLE.replace("name: Asks first", "name: Asks before anything else")
    changes = loaded(text.replace("rubric:\n  version: 1", "rubric:\n  version: 2"))
    assert changes == [
        "Asking before advising: behaviour “Asks before anything else” changed.",
        "Asking before advising: rubric version 2 published.",
    ]
    assert Behaviour.objects.get(key="asks").pk == asks.pk
    assert Rubric.objects.newest(Pillar.objects.get()).criteria.first().behaviour_id == asks.pk


def test_a_version_keeps_the_words_it_was_published_with(loaded):
    loaded()
    old = Criterion.objects.get(behaviour__key="asks").words
    text = SAMPLE.replace("rubric:\n  version: 1", "rubric:\n  version: 2")
    for was, now in REWORDED.items():
        text = text.replace(was, now, 1)
    loaded(text)
    first, second = Criterion.objects.filter(behaviour__key="asks").order_by("rubric__version")
    assert first.words == old
    assert [word for word, text in second.words.items() if text == old[word]] == []
    assert second.words == second.behaviour.words


@pytest.mark.parametrize("word", [field.name for field in Worded._meta.fields])
def test_no_word_of_a_published_version_can_be_changed(cast, word):
    with pytest.raises(IntegrityError, match="published, therefore frozen"), transaction.atomic():
        Criterion.objects.update(**{word: "Anew"})


def test_versions_from_before_got_the_words_of_their_behaviours_and_were_frozen_again(cast):
    """Migration 0006 on published rubrics."""
    fill = import_module("programs.migrations.0006_criteria_take_the_words_of_their_behaviours").Migration.operations[0]
    with pgtrigger.ignore("programs.Criterion:frozen", "programs.Criterion:joins_open_rubric"):
        Criterion.objects.update(name="None yet", example="None yet")
    with connection.cursor() as cursor:
        for statement in ("SET CONSTRAINTS ALL IMMEDIATE", *fill.sql):
            cursor.execute(statement)
    assert [each.words for each in cast.criteria] == [each.behaviour.words for each in cast.criteria]
    with pytest.raises(IntegrityError, match="published, therefore frozen"), transaction.atomic():
        Criterion.objects.update(name="Anew")


@pytest.mark.parametrize(("old", "new"), [("Level two of waits", "Waits a little"), *REWORDED.items()])
def test_changed_text_under_a_published_version_is_refused_with_file_line_and_both_versions(loaded, old, new):
    """Also when it is the wording of a behaviour alone, however small: a version is frozen for ever."""
    loaded()
    before = list(Behaviour.objects.order_by("pk").values()), list(Level.objects.order_by("pk").values())
    text = SAMPLE.replace(old, new, 1)
    assert refusals(loaded, text) == [
        f"asking.yaml, line {line_of(text, 'version: 1')}: the rubric was changed, but it still says version 1,"
        " which is published; write 2."
    ]
    assert before == (list(Behaviour.objects.order_by("pk").values()), list(Level.objects.order_by("pk").values()))


def test_a_version_older_than_the_published_one_is_refused(loaded):
    loaded(SAMPLE.replace("key: late-parcel\n    version: 1", "key: late-parcel\n    version: 3"))
    [refusal] = refusals(loaded, SAMPLE)
    assert refusal.endswith("blueprint “The late parcel” says version 1, but version 3 is published already.")


def test_one_wrong_version_keeps_everything_as_it_was(loaded):
    loaded()
    text = SAMPLE.replace("name: Asking before advising", "name: Another name").replace(
        "title: The late", "title: A late"
    )
    refusals(loaded, text)
    assert Pillar.objects.get().name == "Asking before advising"


def test_a_raised_version_stands_beside_the_old_one(loaded):
    loaded()
    text = SAMPLE.replace("Level two of waits", "Waits a little").replace(
        "rubric:\n  version: 1", "rubric:\n  version: 2"
    )
    assert loaded(text) == ["Asking before advising: rubric version 2 published."]
    anchors = Level.objects.filter(criterion__behaviour__key="waits", value=2).order_by("criterion__rubric__version")
    assert [level.anchor for level in anchors] == ["Level two of waits", "Waits a little"]


def test_a_blueprint_out_of_its_file_retires_and_comes_back(loaded):
    second = SAMPLE[SAMPLE.index("  - key: late-parcel") : SAMPLE.index("questions:")]
    two = SAMPLE.replace(
        "questions:", second.replace("late-parcel", "second").replace("The late", "The second") + "questions:"
    )
    loaded(two)
    assert loaded(SAMPLE) == ["Asking before advising: blueprint “The second parcel” retired."]
    assert [blueprint.key for blueprint in Blueprint.objects.newest()] == ["late-parcel"]
    assert loaded(two) == ["Asking before advising: blueprint “The second parcel” is back."]


def test_a_question_out_of_its_file_is_retired_not_deleted(loaded):
    loaded()
    question = Question.objects.last()
    text = SAMPLE[: SAMPLE.index(f"  - key: {question.key}")] + "  - key: other\n    text: Another question?\n"
    loaded(text)
    question.refresh_from_db()
    assert question.retired is True


def test_an_organization_may_load_its_own(loaded):
    loaded()
    organization = Organization.objects.create(name="Northwind", slug="northwind")
    loaded(organization=organization)
    assert Pillar.objects.filter(key="asking").count() == 2
    assert Blueprint.objects.get(organization=organization).pillar.organization == organization


def test_the_command_loads_the_starter_library_once():
    first, second = StringIO(), StringIO()
    call_command("load_library", stdout=first)
    call_command("load_library", stdout=second)
    assert Pillar.objects.count() == 6
    assert second.getvalue() == "The library is up to date.\n"


def test_the_command_prints_sentences_and_fails(tmp_path):
    (tmp_path / "asking.yaml").write_text(SAMPLE.replace("minutes: 10", "minutes: 30"), encoding="utf-8")
    errors = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("load_library", tmp_path, stderr=errors)
    line = line_of(SAMPLE, "minutes: 10")
    assert stop.value.code == 1
    assert errors.getvalue() == (
        f"asking.yaml, line {line}: “minutes” of blueprint “The late parcel” is 30; it must be between 10 and 20.\n"
    )
