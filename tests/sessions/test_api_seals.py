"""Nothing in any answer tells the other side's view before the reveal, and private notes are in none."""

import json

import pytest
from api_rows import API
from django.db import transaction
from django.urls import reverse

from programs.domain import agreements
from sessions.domain import notes
from sessions.models import Feedback, Tick
from tests.api_steps import Caller
from tests.sessions.rate_steps import both, coach_side, criteria, hand_in, reflect

VOLATILE = {"instance"}
READ = [name for name, row in API.items() if "GET" in row.calls]


def addresses(cast, micro):
    """Every address that is read, with the numbers of this world; those that are not there answer 404 both times."""
    of_enrolment = ("enrolment", "enrolment-timeline", "enrolment-trajectories", "proposal")
    known = {"member": cast.leo.pk} | dict.fromkeys(of_enrolment, cast.enrolment.pk)
    for name in READ:
        pattern_takes_number = API[name].args.__name__ != "nothing"
        parts = [known.get(name.removeprefix("api:"), micro.pk)] if pattern_takes_number else []
        try:
            yield reverse(name, args=parts)
        except Exception:
            yield reverse(name) if name != "api:elsewhere" else "/api/v1/nowhere/"


def everything(member, cast, micro) -> dict[str, str]:
    caller = Caller(member)
    return {path: said(caller.get(path)) for path in addresses(cast, micro) if "schema" not in path}


def said(response) -> str:
    body = {name: value for name, value in response.json().items() if name not in VOLATILE}
    return f"{response.status_code} {json.dumps(body, sort_keys=True)}"


def as_coach(cast, micro, level, words):
    """The coach's whole view, not handed in: scores, both lines, taps."""
    hand_in(micro, cast.ana, level, level, level)
    coach_side(micro, keep=words, change=words)


def as_learner(cast, micro, level, words):
    hand_in(micro, cast.leo, level, level, level)
    reflect(micro, what_changed=words)


@pytest.mark.parametrize(("writer", "reader"), [(as_coach, "leo"), (as_learner, "ana")])
def test_before_the_reveal_answers_do_not_depend_on_the_other_view(cast, writer, reader):
    micro = cast.held()
    heard = []
    for level, words in ((1, "Low, and long words about it"), (4, "High")):
        with transaction.atomic():
            writer(cast, micro, level, words)
            answers = everything(getattr(cast, reader), cast, micro)
            heard.append({path: without_times(text) for path, text in answers.items()})
            transaction.set_rollback(True)
    assert heard[0] == heard[1]
    assert any('"handed_in"' in text for text in heard[0].values())


def without_times(text: str) -> str:
    """Hours and numbers of rows that differ between two tries by nature."""
    status, _space, body = text.partition(" ")
    found = json.loads(body)
    for name in ("updated_at", "saved_at"):
        found.pop(name, None)
    return f"{status} {json.dumps(found, sort_keys=True)}"


def test_after_the_reveal_both_views_stand_side_by_side(cast):
    micro = both(cast.held(), own=(2, 3, 3), coach=(3, 3, 1))
    coach_side(micro)
    answer = Caller(cast.leo).get(f"micro-sessions/{micro.pk}/rating/").json()["reveal"]
    lines = [(each["own"], each["other"], each["gap"]) for each in answer["lines"]]
    assert lines == [(2, 3, -1), (3, 3, 0), (3, 1, 2)]
    assert Caller(cast.leo).get(f"micro-sessions/{micro.pk}/feedback/").json()["keep"]["line"] == "Named it twice."
    assert len(Caller(cast.leo).get(f"micro-sessions/{micro.pk}/ticks/").json()["behaviours"]) == 3


@pytest.mark.parametrize("who", ["ana", "leo", "mia", "ada", "cole", "lia", "olga"])
def test_a_private_note_is_in_no_answer(cast, who):
    micro = both(cast.held())
    agreements.draft(cast.enrolment)
    notes.write(micro, by=cast.ana, text="PLANTED-NOTE")
    answers = everything(getattr(cast, who), cast, micro)
    assert [path for path, text in answers.items() if "PLANTED-NOTE" in text] == []


def test_the_other_sides_rows_are_there(cast):
    """The test above would pass for nothing if nothing had been written."""
    micro = cast.held()
    as_coach(cast, micro, 1, "Low")
    assert (Feedback.objects.count(), Tick.objects.count(), len(criteria(micro))) == (2, 3, 3)
