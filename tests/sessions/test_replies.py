"""The coach's answers to a reflection: read, answered, taken back; never before both views are open."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, WrongState
from sessions.domain import reflections, replies, topics
from sessions.models import Reflection, Reply
from tests.sessions.run_steps import reflect


@pytest.fixture
def reflection(cast):
    return reflect(cast.held(revealed_at=timezone.now()))


@pytest.mark.parametrize("kind", ["thanks", "use_this", "next_time"])
def test_an_answer_of_one_tap_marks_it_read(reflection, cast, kind):
    answer = replies.reply(reflection, by=cast.ana, kind=kind, text="ignored")
    reflection.refresh_from_db()
    assert (answer.kind, answer.text, answer.coach, reflection.read_at is not None) == (kind, "", cast.ana, True)
    assert list(Reflection.objects.unread_by(cast.ana)) == []


def test_the_same_answer_again_changes_nothing(reflection, cast):
    for _ in range(2):
        replies.reply(reflection, by=cast.ana, kind="thanks")
        replies.reply(reflection, by=cast.ana, kind="words", text="Well seen. ")
    assert list(Reply.objects.values_list("kind", "text")) == [("thanks", ""), ("words", "Well seen.")]


def test_two_answers_keep_the_time_of_the_first_reading(reflection, cast):
    replies.reply(reflection, by=cast.ana, kind="thanks")
    first = Reflection.objects.get().read_at
    replies.reply(reflection, by=cast.ana, kind="use_this")
    assert Reflection.objects.get().read_at == first


@pytest.mark.parametrize(("kind", "text", "field"), [
    ("words", "  ", "text"), ("words", "x" * 1001, "text"), ("applause", "", "kind"),
])  # fmt: skip
def test_an_answer_is_one_of_four_and_words_have_words(reflection, cast, kind, text, field):
    with pytest.raises(Invalid) as error:
        replies.reply(reflection, by=cast.ana, kind=kind, text=text)
    assert (error.value.field, Reply.objects.count(), Reflection.objects.get().read_at) == (field, 0, None)


def test_the_database_holds_it_too(reflection, cast):
    with pytest.raises(IntegrityError, match="reply_in_words_has_words"), transaction.atomic():
        Reply.objects.create(reflection=reflection, coach=cast.ana, kind="words")
    Reply.objects.create(reflection=reflection, coach=cast.ana, kind="thanks")
    with pytest.raises(IntegrityError, match="reply_kind_once_per_reflection"), transaction.atomic():
        Reply.objects.create(reflection=reflection, coach=cast.ana, kind="thanks")


def test_only_the_sessions_coach_answers(reflection, cast):
    for member in (cast.cole, cast.leo, cast.mia, cast.ada, cast.olga):
        with pytest.raises(NotAllowed):
            replies.reply(reflection, by=member, kind="thanks")
        with pytest.raises(NotAllowed):
            replies.mark_read(reflection, by=member)


def test_a_sealed_or_unsaved_reflection_is_not_there_yet(cast):
    sealed = reflect(cast.held())
    draft = Reflection.objects.create(micro=cast.held(revealed_at=timezone.now()), what_changed="Half a")
    for reflection in (sealed, draft):
        with pytest.raises(WrongState):
            replies.reply(reflection, by=cast.ana, kind="thanks")
        with pytest.raises(WrongState):
            replies.mark_read(reflection, by=cast.ana)
    assert list(Reflection.objects.unread_by(cast.ana)) == []


def test_next_time_waits_in_the_session_that_is_already_planned(reflection, cast):
    later = cast.plan(timezone.now() + dt.timedelta(days=9))
    next_one = cast.plan(timezone.now() + dt.timedelta(days=2))
    assert replies.reply(reflection, by=cast.ana, kind="next_time").taken_up_in == next_one
    assert later.topics.count() == 0


def test_without_one_it_waits_for_the_next_plan(reflection, cast):
    answer = replies.reply(reflection, by=cast.ana, kind="next_time")
    assert answer.taken_up_in is None
    assert topics.open_topics([cast.enrolment], by=cast.ana)[cast.enrolment.pk] == [answer]


def test_read_without_an_answer(reflection, cast):
    replies.mark_read(reflection, by=cast.ana)
    assert (list(Reflection.objects.unread_by(cast.ana)), Reply.objects.count()) == ([], 0)


def test_an_answer_by_mistake_is_taken_back_and_the_reflection_unread_again(reflection, cast):
    answer = replies.reply(reflection, by=cast.ana, kind="thanks")
    assert replies.take_back(answer, by=cast.ana).read_at is None
    assert list(Reflection.objects.unread_by(cast.ana)) == [reflection]


def test_another_answer_keeps_it_read(reflection, cast):
    replies.reply(reflection, by=cast.ana, kind="use_this")
    answer = replies.reply(reflection, by=cast.ana, kind="thanks")
    assert replies.take_back(answer, by=cast.ana).read_at is not None


def test_not_once_the_learner_has_seen_it(reflection, cast):
    answer = replies.reply(reflection, by=cast.ana, kind="thanks")
    answer.seen_at = timezone.now()
    answer.save()
    with pytest.raises(WrongState):
        replies.take_back(answer, by=cast.ana)


def test_not_once_the_learner_has_seen_it_meanwhile_and_twice_is_once(reflection, cast):
    answer = replies.reply(reflection, by=cast.ana, kind="thanks")
    reflections.mark_replies_seen(reflection.micro, by=cast.leo)
    with pytest.raises(WrongState):
        replies.take_back(answer, by=cast.ana)
    other = replies.reply(reflection, by=cast.ana, kind="use_this")
    again = Reply.objects.get(pk=other.pk)
    assert [replies.take_back(each, by=cast.ana).pk for each in (other, again)] == [reflection.pk] * 2
    assert [each.kind for each in Reply.objects.all()] == ["thanks"]


def test_not_after_ten_minutes_and_not_by_others(reflection, cast):
    answer = replies.reply(reflection, by=cast.ana, kind="thanks")
    with pytest.raises(NotAllowed):
        replies.take_back(answer, by=cast.leo)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)), pytest.raises(WrongState):
        replies.take_back(answer, by=cast.ana)
    assert Reply.objects.count() == 1
