"""Sessions ahead follow the coach; what has taken place stays with who held it."""

import datetime as dt

import pytest
from django.utils import timezone

from programs.domain import enrolments, members
from sessions.domain import notes
from sessions.models import Message, MicroSession, PrivateNote, Rating

HOUR = dt.timedelta(hours=1)


def again(micro):
    return MicroSession.objects.get(pk=micro.pk)


def told(micro):
    return Message.objects.filter(micro=micro, kind="schedule").count()


def test_sessions_ahead_move_to_the_new_coach_and_the_learner_is_told(cast):
    micro = cast.plan()
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert (again(micro).coach, again(micro).status, again(micro).schedule_sequence) == (cast.cole, "planned", 1)
    assert told(micro) == 1


def test_what_was_held_or_was_to_be_held_stays_with_the_former_coach(cast):
    held, passed = cast.held(), cast.plan(when=timezone.now() - HOUR)
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert [again(micro).coach for micro in (held, passed)] == [cast.ana, cast.ana]


def test_a_rating_given_beforehand_does_not_bind_the_new_coach(cast):
    micro = cast.plan()
    Rating.objects.create(micro=micro, rater=cast.ana, role="coach", submitted_at=timezone.now())
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert Rating.objects.filter(micro=micro).count() == 0
    Rating.objects.create(micro=again(micro), rater=cast.cole, role="coach")


def test_a_private_note_stays_with_who_wrote_it(cast):
    micro = cast.plan()
    notes.write(micro, by=cast.ana, text="mine")
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert [note.coach for note in PrivateNote.objects.filter(micro=micro)] == [cast.ana]


def test_without_a_coach_sessions_ahead_are_cancelled(cast):
    micro = cast.plan()
    enrolments.reassign(cast.enrolment, coach=None, by=cast.ada)
    assert (again(micro).status, again(micro).cancel_note) == ("cancelled", "Nobody coaches you at the moment.")
    assert told(micro) == 1


def test_the_end_of_an_enrolment_cancels_what_was_ahead(cast):
    ahead, held = cast.plan(), cast.held()
    enrolments.end(cast.enrolment, by=cast.ada)
    assert [again(micro).status for micro in (ahead, held)] == ["cancelled", "closing"]


@pytest.fixture
def substituted(cast):
    today = timezone.localdate()
    named = enrolments.name_substitute(
        cast.enrolment, by=cast.ada, coach=cast.cole, starts_on=today, ends_on=today + dt.timedelta(days=7)
    )
    return named, cast.plan(coach=cast.cole)


def test_a_substitutes_sessions_go_back_when_the_substitute_is_taken_back(cast, substituted):
    named, micro = substituted
    enrolments.remove_substitute(named, by=cast.ada)
    assert again(micro).coach == cast.ana


def test_a_substitutes_sessions_go_back_when_the_substitute_leaves(cast, substituted):
    _named, micro = substituted
    members.deactivate(cast.cole, by=cast.ada)
    assert (again(micro).coach, again(micro).status) == (cast.ana, "planned")


def test_a_change_of_the_usual_coach_leaves_the_substitutes_sessions(cast, substituted):
    _named, micro = substituted
    members.change(cast.mia, by=cast.ada, roles=["coach", "manager"])
    enrolments.reassign(cast.enrolment, coach=type(cast.mia).objects.get(pk=cast.mia.pk), by=cast.ada)
    assert again(micro).coach == cast.cole


def test_a_deactivated_learner_hears_nothing_more(cast):
    micro = cast.plan()
    members.deactivate(cast.leo, by=cast.ada)
    assert again(micro).status == "cancelled"
    assert {delivery.state for message in micro.messages.all() for delivery in message.deliveries.all()} == {
        "cancelled"
    }
