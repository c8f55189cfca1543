"""What learners of the demo wrote: no text twice among the newest, none twice in a row by one person."""

import datetime as dt
from itertools import pairwise

import pytest

from coachhub.demo.history import Batch
from coachhub.demo.reflections import MORE, deal
from coachhub.demo.words import WORDS
from programs.models import Behaviour
from sessions.models import MicroSession, Reflection, Reply

BEGAN = dt.datetime(2026, 8, 3, 9, tzinfo=dt.UTC)
LEARNERS = 7


def told(key: str, count: int) -> Batch:
    """So many reflections on one behaviour, by learners who take turns, as the historian leaves them."""
    batch, focus = Batch(), Behaviour(key=key)
    for n in range(count):
        at = BEGAN + dt.timedelta(hours=n)
        changed, why = WORDS[key].reflections[0]
        micro = MicroSession(learner_id=n % LEARNERS, focus=focus)
        batch.reflections.append(Reflection(micro=micro, what_changed=changed, why_it_matters=why, saved_at=at))
        batch.replies.append(Reply(reflection=batch.reflections[-1], seen_at=at))
    return batch


@pytest.mark.parametrize("key", WORDS)
def test_neighbours_and_the_newest_say_different_things(key):
    batch = told(key, 60)
    deal(batch)
    texts = [each.what_changed for each in batch.reflections]
    assert all(len(set(texts[n : n + 4])) == 4 for n in range(len(texts) - 3))
    for learner in range(LEARNERS):
        own = texts[learner::LEARNERS]
        assert all(one != two for one, two in pairwise(own))
    assert all(one.text != two.text for one, two in pairwise(batch.replies))


def test_the_same_story_is_dealt_the_same_way():
    first, second = told("names-the-feeling", 20), told("names-the-feeling", 20)
    deal(first)
    deal(second)
    assert [each.what_changed for each in first.reflections] == [each.what_changed for each in second.reflections]


def test_no_text_stands_in_two_places():
    texts = [text for key, words in WORDS.items() for text, _why in (*words.reflections, *MORE[key])]
    assert sorted(texts) == sorted(set(texts))
