"""Twin worlds: whatever one side has written under the seal, no byte that anybody else is sent may differ.

The same rows are told twice with other sealed content: levels, taps, keep and change lines, difficulty, notes,
reflections. In between only `update` runs, so that ids, times and states stay. Every URL of the resolver is then asked
with every number that a row of the world has, and answers are compared with their headers. A world in which the
difference must show (the author's own pages) proves that the comparison sees it.
"""

import copy
import datetime as dt
import re

import pgtrigger
import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from rules_access import ACTORS

from programs.domain import tokens
from programs.models import Enrolment
from sessions.delivery.email import letters
from sessions.domain import outbox, ratings, ticks
from sessions.models import Delivery, Feedback, MicroSession, PrivateNote, Rating, Reflection, Reply, Score, Tick
from tests.addresses import addresses, answering
from tests.conftest import make_cast
from tests.sessions.rate_steps import (
    both,
    coach_side,
    fresh,
    hand_in,
    held_days_ago,
    levels,
    opened_by_deadline,
    reflect,
    reply,
    taps,
    write_plan,
)

NOW = dt.datetime(2026, 2, 10, 10, 0, tzinfo=dt.UTC)
NOISE = [
    (re.compile(rb'(csrfmiddlewaretoken" value|X-CSRFToken": |nonce)(=?)"[^"]+"'), rb"\1"),
    (re.compile(rb"[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}"), rb"uuid"),
]
OF_THE_REQUEST = {"X-Request-ID", "Set-Cookie", "Content-Security-Policy", "Expires", "Last-Modified", "Date"}


@pytest.fixture(autouse=True)
def stopped_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def told_once(django_db_setup, django_db_blocker):
    """An open past, the sealed session and the next one; both sides have written all they can without opening it.

    Written once; each test changes it in a transaction of its own.
    """
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        cast = make_cast()
        past = held_days_ago(cast, 7)
        coach_side(past)
        reflect(past)
        both(past)
        reply(past)
        sealed = cast.held()
        coach_side(sealed)
        note = PrivateNote(micro=sealed, coach=cast.ana)
        note.text = "Note"
        note.save()
        write_plan(sealed)
        Reflection.objects.create(micro=sealed, what_changed="Words", confidence="very", version=1)
        cast.plan(dt.datetime(2026, 2, 12, 13, 10, tzinfo=dt.UTC))
        yield cast, sealed.pk
        transaction.set_rollback(True)


@pytest.fixture
def cast(told_once, db):
    return copy.deepcopy(told_once[0])


@pytest.fixture
def world(told_once, db):
    """The sealed session."""
    return MicroSession.objects.for_list().get(pk=told_once[1])


def rate(micro: MicroSession, role: str, level: int) -> None:
    """Of an open session, too: as if these had been the levels from the start."""
    with pgtrigger.ignore("coaching.Score:levels_stay_once_open"):
        Score.objects.filter(rating__micro=micro, rating__role=role).update(level=level)


def tell_as_coach(micro: MicroSession, *, high: bool) -> None:
    """Everything sealed of the coach's, one way or the other."""
    rate(micro, "coach", 4 if high else 1)
    Tick.objects.filter(micro=micro).update(
        kind="saw" if high else "chance", undone_at=None if high else timezone.now()
    )
    text = "ZKEEPHIGH" if high else "ZKEEPLOW and far longer"
    Feedback.objects.filter(micro=micro).update(line=text, did=text, how=text, impact=text, next_step=text)
    ahead = MicroSession.objects.filter(enrolment=micro.enrolment_id, status="planned")
    ahead.update(difficulty=4 if high else 1, difficulty_reason=text)
    Enrolment.objects.filter(pk=micro.enrolment_id).update(difficulty=4 if high else 1)
    note = PrivateNote.objects.get(micro=micro)
    note.text = text
    PrivateNote.objects.filter(pk=note.pk).update(sealed=note.sealed)


def tell_as_learner(micro: MicroSession, *, high: bool) -> None:
    """Everything sealed of the learner's, one way or the other."""
    rate(micro, "self", 4 if high else 1)
    text = "ZWORDSHIGH" if high else "ZWORDSLOW and far longer"
    confidence = "very" if high else "not_yet"
    own = Reflection.objects.filter(micro=micro)
    own.update(what_changed=text, why_it_matters=text, confidence=confidence)


def numbers_of(micro: MicroSession) -> dict[str, list[int]]:
    """What a URL's name is about → primary keys of those rows around the session."""
    sealed_and_next = [micro.pk, MicroSession.objects.get(status="planned").pk]
    return {
        "coach:reflection-(reply|read)": [Reflection.objects.get(micro=micro).pk],
        "coach:reply-take-back": list(Reply.objects.values_list("pk", flat=True)),
        "enrolment|slot|proposal|coach:micro-(plan|log)$": [micro.enrolment_id],
        "micro|rating|code-make|hand-over|note-|feedback|plan|reflection|reply|tick": sealed_and_next,
        "pillar": [micro.rubric.pillar_id],
        "rubric": [micro.rubric_id],
        "blueprint": list(micro.rubric.pillar.blueprints.values_list("pk", flat=True)),
        "": [],
    }


def heard(answer) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body without what differs from request to request."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for pattern, instead in NOISE:
        body = pattern.sub(instead, body)
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_REQUEST}
    return answer.status_code, headers, body


type Asked = list[tuple[str, str]]


def asked_of(who: str, numbers: dict[str, list[int]], only: str = "", *, posts: bool = False) -> Asked:
    """(method, URL) of all that lets that person do something; POST with nothing in it, to each kind's first row."""
    found = [("GET", url) for name, url in addresses(numbers, only) if name in answering(who, "get")]
    if posts:
        first = {about: some[:1] for about, some in numbers.items()}
        found += [("POST", url) for name, url in addresses(first, only) if name in answering(who, "post")]
    assert len(found) > 2
    return found


def ask(client, asked: Asked, bearer: str) -> dict[tuple[str, str], tuple]:
    """Each answer; nothing stays that was written."""
    client.raise_request_exception = False
    return {(method, url): request(client, method, url, bearer) for method, url in asked}


def request(client, method: str, url: str, bearer: str) -> tuple[int, dict[str, str], bytes]:
    """From a copy of the browser, with a bearer token for the API; nothing that it writes stays."""
    visitor = copy.copy(client)
    visitor.cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        answer = heard(visitor.generic(method, url, headers={"Authorization": f"Bearer {bearer}"}))
        transaction.set_rollback(True)
    return answer


def bearer_of(member) -> str:
    return tokens.make(by=member, name="twin", scope="write")[1]


def differing(client, member, micro, tell, asked: Asked) -> Asked:
    """Requests whose answers tell the two worlds apart."""
    actor = client.as_(member) if member else client
    bearer = bearer_of(member) if member else ""
    worlds = []
    for high in (True, False):
        tell(micro, high=high)
        worlds.append(ask(actor, asked, bearer))
    assert {answer[0] for world in worlds for answer in world.values() if answer[0] >= 500} == set()
    return [request for request in worlds[0] if worlds[0][request] != worlds[1][request]]


def coach_handed_in(cast, micro):
    hand_in(micro, cast.ana, 3, 3, 3)


def coach_drafted(cast, micro):
    ratings.score_all(micro, by=cast.ana, levels=levels(micro, 3, 3, 3))


def both_drafted(cast, micro):
    coach_drafted(cast, micro)
    ratings.score_all(micro, by=cast.leo, levels=levels(micro, 2, None))


def coach_in_while_it_runs(cast, micro):
    coach_handed_in(cast, micro)
    running = {"status": "running", "phase": "rate", "ended_at": None, "minutes_actual": None, "opens_at": None}
    MicroSession.objects.filter(pk=micro.pk).update(**running)


def coach_in_and_closed(cast, micro):
    coach_handed_in(cast, micro)
    MicroSession.objects.filter(pk=micro.pk).update(status="closed", closed_at=timezone.now())


STATES = [coach_drafted, both_drafted, coach_in_while_it_runs, coach_in_and_closed]


def test_the_learner_hears_nothing_of_the_coachs_side_anywhere(cast, client, world):
    coach_handed_in(cast, world)
    assert differing(client, cast.leo, world, tell_as_coach, asked_of("learner", numbers_of(world), posts=True)) == []


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_the_learners_pages_tell_nothing_in_any_state(cast, client, world, state):
    state(cast, world)
    pages = [*asked_of("learner", numbers_of(world), only="learn:"), ("GET", reverse("today"))]
    assert differing(client, cast.leo, world, tell_as_coach, pages) == []


def learner_handed_in(cast, micro):
    hand_in(micro, cast.leo, 3, 3, 3)


def learner_saved_everything(cast, micro):
    learner_handed_in(cast, micro)
    Reflection.objects.filter(micro=micro).update(saved_at=timezone.now())


def learner_in_while_it_runs(cast, micro):
    learner_saved_everything(cast, micro)
    running = {"status": "running", "phase": "rate", "ended_at": None, "minutes_actual": None, "opens_at": None}
    MicroSession.objects.filter(pk=micro.pk).update(**running)


def test_the_coach_hears_nothing_of_the_learners_side_anywhere(cast, client, world):
    learner_saved_everything(cast, world)
    assert differing(client, cast.ana, world, tell_as_learner, asked_of("coach", numbers_of(world), posts=True)) == []


@pytest.mark.parametrize("state", [learner_handed_in, learner_in_while_it_runs], ids=lambda state: state.__name__)
def test_the_coachs_pages_tell_nothing_in_any_state(cast, client, world, state):
    state(cast, world)
    pages = [*asked_of("coach", numbers_of(world), only="coach:"), ("GET", reverse("today"))]
    assert differing(client, cast.ana, world, tell_as_learner, pages) == []


@pytest.mark.parametrize("who", ["other_learner", "other_coach", "manager", "admin", "other_org", "anonymous"])
def test_nobody_else_hears_anything_of_either(cast, client, world, who):
    def tell(micro, *, high):
        tell_as_coach(micro, high=high)
        tell_as_learner(micro, high=high)

    coach_handed_in(cast, world)
    member = getattr(cast, ACTORS[who]) if who in ACTORS else None
    assert differing(client, member, world, tell, asked_of(who, {})) == []


@pytest.mark.parametrize(("who", "tell"), [("ana", tell_as_coach), ("leo", tell_as_learner)])
def test_the_comparison_sees_what_the_author_sees(cast, client, world, who, tell):
    both_drafted(cast, world)
    name = "coach:rating-edit" if who == "ana" else "learn:rating-edit"
    assert differing(client, getattr(cast, who), world, tell, [("GET", reverse(name, args=[world.pk]))]) != []


def test_the_comparison_sees_what_is_open(cast, client, world):
    coach_handed_in(cast, world)
    opened_by_deadline(world)
    page = reverse("learn:micro-show", args=[world.pk])
    assert differing(client, cast.leo, world, tell_as_coach, [("GET", page)]) == [("GET", page)]


POSTS = {
    "learn:rating-score": lambda micro: taps(micro, 1, 2),
    "learn:rating-edit": lambda micro: taps(micro, 1, 2) | {"later": "1", "cue": "x", "will": "y"},
    "learn:reflection-draft": lambda micro: {"what_changed": "x", "cue": "y"},
    "learn:plan-edit": lambda micro: {"cue": "x", "will": "y", "plan_version": 1},
    "learn:micro-confirm-met": lambda micro: {},
    "learn:rating-change": lambda micro: {},
}


@pytest.mark.parametrize("name", POSTS)
def test_no_answer_to_the_learner_tells(cast, client, world, name):
    coach_handed_in(cast, world)
    leo = client.as_(cast.leo)
    told = []
    for high in (True, False):
        tell_as_coach(world, high=high)
        with transaction.atomic():
            told.append(heard(leo.post(reverse(name, args=[world.pk]), POSTS[name](world))))
            transaction.set_rollback(True)
    assert told[0] == told[1]


def test_no_answer_to_the_coach_tells(cast, client, world):
    learner_saved_everything(cast, world)
    ana = client.as_(cast.ana)
    names = ("coach:rating-score", "coach:code-make", "coach:hand-over")
    told = []
    for high in (True, False):
        tell_as_learner(world, high=high)
        told.append([heard(ana.post(reverse(name, args=[world.pk]), taps(world, 1))) for name in names])
    assert told[0] == told[1]


def test_no_mail_to_the_learner_tells(cast, world):
    coach_handed_in(cast, world)
    ahead = MicroSession.objects.get(status="planned")
    deliveries = [outbox.ask_to_rate(world).deliveries.get(), outbox.tell_schedule(ahead).deliveries.get()]
    told = []
    for high in (True, False):
        tell_as_coach(world, high=high)
        told.append([letters.write(Delivery.objects.get(pk=delivery.pk)) for delivery in deliveries])
    assert told[0] == told[1]


def test_neither_code_nor_phone_shows_the_coach_what_was_drafted(cast, client, world):
    ratings.score_all(world, by=cast.leo, levels=levels(world, 1, 1, 4))
    ana = client.as_(cast.ana)
    told = []
    for high in (True, False):
        tell_as_learner(world, high=high)
        ana.post(reverse("coach:hand-over", args=[world.pk]))
        ana.post(reverse("coach:hand-over-start", args=[world.pk]))
        page = heard(ana.get(reverse("learn:code-rate")))
        told.append((page[0], re.sub(rb"key=[^\"]+", b"", page[2])))
        client.session.flush()
        ana = client.as_(cast.ana)
    assert told[0] == told[1]


def test_rows_are_sealed_at_every_door(cast, world):
    coach_handed_in(cast, world)
    for who in ("leo", "lia", "cole", "mia", "ada", "olga"):
        member = getattr(cast, who)
        assert not Rating.objects.visible_to(member).filter(micro=world, role="coach").exists()
        assert not Feedback.objects.visible_to(member).filter(micro=world).exists()
        assert ticks.counts(fresh(world), by=member) == {}
    for who in ("ana", "lia", "cole", "mia", "ada", "olga"):
        assert not Reflection.objects.visible_to(getattr(cast, who)).filter(micro=world).exists()


def test_the_plan_is_never_sealed(cast, client, world):
    coach_handed_in(cast, world)
    for member, name in ((cast.leo, "learn:micro-show"), (cast.ana, "coach:micro-show")):
        page = client.as_(member).get(reverse(name, args=[world.pk])).content.decode()
        assert "the voice rises" in page


def test_a_reflection_is_read_by_the_coach_once_it_is_open(cast, client, world):
    learner_saved_everything(cast, world)
    page = reverse("coach:reflection-list")
    assert b"ZWORDS" not in told(client, cast, world, page)
    coach_handed_in(cast, world)
    assert b"ZWORDSHIGH" in told(client, cast, world, page)


def told(client, cast, world, page) -> bytes:
    tell_as_learner(world, high=True)
    return client.as_(cast.ana).get(page).content
