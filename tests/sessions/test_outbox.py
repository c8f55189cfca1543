"""Which messages are written, and what is looked at again right before one goes out."""

import datetime as dt

import pytest
from django.utils import timezone

from coachhub.errors import NotAllowed
from programs.domain import enrolments, invitations
from programs.models import Invitation, Member
from sessions.domain import outbox, schedule, still_due
from sessions.domain.clock import database_now
from sessions.domain.still_due import Drop, Refuse, Send, Wait
from sessions.models import Delivery, Message, MicroSession, Rating, Reflection
from tests.sessions.prompt_steps import at, followed, fresh, prompt_of

WEDNESDAY = at("2026-01-07T10:30")
HOUR = dt.timedelta(hours=1)


def one(message: Message) -> Delivery:
    return message.deliveries.get()


def verdict(message: Message, now: dt.datetime, **options):
    return still_due.judge(Delivery.objects.select_related("message__recipient").get(message=message), now, **options)


# Writing


def test_each_change_of_a_session_is_told_once(cast):
    micro = cast.plan()
    assert outbox.tell_schedule(micro) == outbox.tell_schedule(micro)
    micro = schedule.move(micro, by=cast.ana, to=micro.scheduled_for + HOUR, reason="queue")
    schedule.cancel(micro, by=cast.ana)
    assert list(Message.objects.order_by("pk").values_list("kind", "sequence", "recipient")) == [
        ("schedule", number, cast.leo.pk) for number in (0, 1, 2)
    ]


def test_message_is_due_by_the_databases_clock(cast, time_machine):
    micro = cast.plan()
    time_machine.move_to("2020-01-01T00:00Z")
    before = database_now()
    assert before <= one(outbox.tell_schedule(micro)).next_try_at <= database_now()


def test_rate_and_reflect_is_written_once(cast):
    micro = cast.held()
    due = timezone.now() + HOUR
    assert outbox.ask_to_rate(micro, due_at=due) == outbox.ask_to_rate(micro)
    assert one(Message.objects.get()).next_try_at == due


def test_withdrawn_before_it_is_sent_but_not_after(cast):
    micro = cast.held()
    outbox.ask_to_rate(micro)
    outbox.withdraw_rate(micro)
    assert Message.objects.count() == 0
    message = outbox.ask_to_rate(micro)
    Delivery.objects.update(state="sent", sent_at=timezone.now())
    outbox.withdraw_rate(micro)
    assert outbox.ask_to_rate(micro) == message


def test_invitations_are_written_in_their_transaction(cast):
    Member.objects.filter(pk__in=[cast.leo.pk, cast.lia.pk]).update(joined_at=None)
    invitations.invite(fresh(cast.leo), by=cast.ada)
    assert list(Message.objects.values_list("kind", "recipient", "invitation")) == [
        ("invitation", cast.leo.pk, Invitation.objects.get().pk)
    ]


def test_an_invitation_that_is_given_up_holds_back_no_new_one(cast):
    Member.objects.filter(pk=cast.leo.pk).update(joined_at=None)
    first = invitations.invite(fresh(cast.leo), by=cast.ada)
    assert invitations.invite(fresh(cast.leo), by=cast.ada) == first
    Delivery.objects.update(state="failed", reason="No such mailbox.")
    assert invitations.invite(fresh(cast.leo), by=cast.ada) != first
    assert Delivery.objects.filter(message__kind="invitation", state="due").count() == 1


def test_test_mail_is_for_administrators_and_one_in_half_a_minute(cast):
    assert outbox.send_test(by=cast.ada) == outbox.send_test(by=cast.ada)
    Message.objects.update(created_at=timezone.now() - dt.timedelta(seconds=31))
    outbox.send_test(by=cast.ada)
    assert Message.objects.filter(kind="test", recipient=cast.ada).count() == 2
    with pytest.raises(NotAllowed):
        outbox.send_test(by=cast.ana)


def test_bell_rings_after_the_commit_only(cast, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(outbox, "ring", lambda: rung.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        outbox.tell_schedule(cast.plan())
        assert rung == []
    assert rung == [1]


# Judging everybody


def test_deactivated_recipient_gets_nothing(cast):
    message = outbox.send_test(by=cast.ada)
    Member.objects.filter(pk=cast.ada.pk).update(deactivated_at=timezone.now())
    assert verdict(message, timezone.now()) == Drop("The membership has ended.")


def test_address_that_refused_mail_fails_visibly(cast):
    message = outbox.send_test(by=cast.ada)
    Member.objects.filter(pk=cast.ada.pk).update(mail_bounced_at=timezone.now())
    assert verdict(message, timezone.now()) == Refuse("The address refused mail before.")


def test_test_mail_helps_for_a_day(cast):
    message = outbox.send_test(by=cast.ada)
    assert verdict(message, timezone.now()) == Send()
    assert isinstance(verdict(message, timezone.now() + 25 * HOUR), Drop)


# Judging prompts


@pytest.fixture
def questions(cast):
    """Leo's message with one question, of Wednesday 7 January."""
    message = Message.objects.create(
        organization=cast.organization, recipient=cast.leo, kind="prompts", local_date="2026-01-07", due_at=WEDNESDAY
    )
    Delivery.objects.create(message=message, next_try_at=WEDNESDAY)
    prompt_of(followed(cast), "planned", at=WEDNESDAY, message=message)
    return message


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-07T08:59", Wait(at("2026-01-07T09:00"), "It waits for the working hours.")),
        ("2026-01-07T09:00", Send()),
        ("2026-01-07T16:59", Send()),
        ("2026-01-07T17:00", Drop("Its day has passed; its questions are planned again.")),
        ("2026-01-08T10:00", Drop("Its day has passed; its questions are planned again.")),
    ],
)
def test_questions_go_out_in_the_working_hours_of_their_day_or_never(questions, moment, expected):
    assert verdict(questions, at(moment)) == expected


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"prompts_stopped_at": WEDNESDAY}, "Questions are stopped."),
        ({"prompts_paused_until": dt.date(2026, 1, 8)}, "Questions are paused."),
    ],
)
def test_questions_are_not_sent_to_who_does_not_want_them(cast, questions, fields, reason):
    Member.objects.filter(pk=cast.leo.pk).update(**fields)
    assert verdict(questions, WEDNESDAY) == Drop(reason)


def test_pause_that_has_ended_holds_nothing_back(cast, questions):
    Member.objects.filter(pk=cast.leo.pk).update(prompts_paused_until=dt.date(2026, 1, 7))
    assert verdict(questions, WEDNESDAY) == Send()


@pytest.mark.parametrize("status", ["answered", "cancelled"])
def test_questions_that_are_answered_or_replaced_are_not_sent(cast, questions, status):
    prompt = questions.prompts.get()
    prompt.delete()
    prompt_of(prompt.follow_up, status, message=questions)
    assert verdict(questions, WEDNESDAY) == Drop("Its questions were answered, replaced or put off.")


# Judging rate and reflect


def rate_message(cast, **fields) -> Message:
    ended = WEDNESDAY - dt.timedelta(minutes=1)
    micro = cast.held(started_at=ended - dt.timedelta(minutes=15), ended_at=ended, **fields)
    message = outbox.ask_to_rate(micro, due_at=WEDNESDAY)
    Message.objects.update(created_at=WEDNESDAY)
    return message


def rated(message: Message, when: dt.datetime = WEDNESDAY - HOUR / 10) -> None:
    Rating.objects.create(micro=message.micro, rater=message.recipient, role="self", submitted_at=when)


def reflected(message: Message, **fields) -> None:
    Reflection.objects.create(micro=message.micro, **{"saved_at": WEDNESDAY} | fields)


def test_who_has_rated_and_reflected_is_not_asked(cast):
    message = rate_message(cast)
    assert verdict(message, WEDNESDAY) == Send()
    rated(message)
    reflected(message)
    for now in (WEDNESDAY, WEDNESDAY + 2 * HOUR, at("2026-01-14T10:31")):
        assert verdict(message, now) == verdict(message, now, any_hour=True) == Drop("It is done already.")


def test_who_has_reflected_and_not_rated_is_asked(cast):
    message = rate_message(cast)
    reflected(message)
    assert verdict(message, WEDNESDAY) == Send()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-07T10:30", Wait(at("2026-01-07T11:29"), "It waits for its time.")),
        ("2026-01-07T11:28", Wait(at("2026-01-07T11:29"), "It waits for its time.")),
        ("2026-01-07T11:29", Send()),
        ("2026-01-07T19:00", Wait(at("2026-01-08T09:00"), "It waits for the working hours.")),
        ("2026-01-14T10:30", Send()),
        ("2026-01-14T10:31", Drop("The session is too long ago.")),
    ],
)
def test_who_has_rated_is_asked_to_reflect_an_hour_later_in_working_hours(cast, moment, expected):
    message = rate_message(cast)
    rated(message)
    reflected(message, what_changed="Begun, and not saved", saved_at=None)
    assert verdict(message, at(moment)) == expected


def test_who_rates_hours_later_is_left_an_hour_too(cast):
    message = rate_message(cast)
    rated(message, WEDNESDAY + 3 * HOUR)
    assert verdict(message, WEDNESDAY + 3.5 * HOUR) == Wait(WEDNESDAY + 4 * HOUR, "It waits for its time.")
    assert verdict(message, WEDNESDAY + 4 * HOUR) == Send()


def test_what_the_coach_did_changes_nothing_of_when_the_learner_is_asked(cast):
    message = rate_message(cast)
    rated(message)
    Rating.objects.create(micro=message.micro, rater=cast.ana, role="coach", submitted_at=WEDNESDAY)
    MicroSession.objects.update(revealed_at=WEDNESDAY)
    assert verdict(message, WEDNESDAY) == Wait(at("2026-01-07T11:29"), "It waits for its time.")


def test_draft_is_no_rating(cast):
    message = rate_message(cast)
    Rating.objects.create(micro=message.micro, rater=cast.leo, role="self")
    assert verdict(message, WEDNESDAY) == Send()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-07T11:28", Send()),
        ("2026-01-07T19:00", Wait(at("2026-01-08T09:00"), "It waits for the working hours.")),
        ("2026-01-09T18:00", Wait(at("2026-01-12T09:00"), "It waits for the working hours.")),
        ("2026-01-14T10:31", Drop("The session is too long ago.")),
    ],
)
def test_asked_to_rate_in_working_hours_for_a_week(cast, moment, expected):
    assert verdict(rate_message(cast), at(moment)) == expected


def test_who_has_just_met_is_asked_at_any_hour(cast):
    message = rate_message(cast)
    night = at("2026-01-07T22:00")
    MicroSession.objects.update(started_at=night - HOUR, ended_at=night)
    assert verdict(message, night) == Send()


def test_undone_end_asks_nothing(cast):
    message = rate_message(cast)
    MicroSession.objects.update(status="running", ended_at=None, minutes_actual=None, opens_at=None)
    assert verdict(message, WEDNESDAY) == Drop("The session has not ended.")


# Judging schedule


def told(cast, when: str, **fields) -> Message:
    return outbox.tell_schedule(cast.plan(when=at(when), **fields))


def test_planned_session_is_told_in_working_hours(cast):
    message = told(cast, "2026-01-12T14:10")
    assert verdict(message, WEDNESDAY) == Send()
    assert verdict(message, at("2026-01-07T20:00")) == Wait(at("2026-01-08T09:00"), "It waits for the working hours.")


@pytest.mark.parametrize("when", ["2026-01-08T09:00", "2026-01-08T09:59", "2026-01-07T21:00"])
def test_session_before_or_soon_after_the_hours_begin_is_told_at_once(cast, when):
    assert verdict(told(cast, when), at("2026-01-07T20:00")) == Send()


def sent(message: Message) -> MicroSession:
    """Its recipient has read it."""
    Delivery.objects.filter(message=message).update(state="sent", sent_at=WEDNESDAY)
    return message.micro


def moved(micro: MicroSession, cast, to: str) -> MicroSession:
    return schedule.move(micro, by=cast.ana, to=at(to), reason="queue")


def newest(micro: MicroSession) -> Message:
    return micro.messages.filter(kind="schedule").latest("sequence")


EVENING = at("2026-01-07T20:00")
TOMORROW = Wait(at("2026-01-08T09:00"), "It waits for the working hours.")


def test_who_was_told_of_an_early_morning_is_told_at_once_that_it_moved(cast, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    micro = moved(sent(told(cast, "2026-01-08T09:15")), cast, "2026-01-12T14:10")
    assert verdict(newest(micro), EVENING) == Send()
    assert isinstance(verdict(newest(micro), EVENING + 24 * HOUR), Wait)


def test_moved_twice_in_an_evening_the_time_they_were_told_is_at_stake(cast, time_machine):
    time_machine.move_to(EVENING, tick=False)
    micro = moved(sent(told(cast, "2026-01-08T09:15")), cast, "2026-01-12T14:10")
    time_machine.move_to(EVENING + HOUR, tick=False)
    micro = moved(micro, cast, "2026-01-13T14:10")
    assert verdict(newest(micro), EVENING + HOUR) == Send()


def test_moved_and_cancelled_in_an_evening_the_time_they_were_told_is_at_stake(cast, time_machine):
    time_machine.move_to(EVENING, tick=False)
    micro = schedule.cancel(moved(sent(told(cast, "2026-01-08T09:15")), cast, "2026-01-12T14:10"), by=cast.ana)
    assert verdict(newest(micro), EVENING) == Send()
    later = schedule.cancel(moved(sent(told(cast, "2026-01-12T14:10")), cast, "2026-01-08T09:30"), by=cast.ana)
    assert verdict(newest(later), EVENING) == TOMORROW, "nobody was told of the early time"


def test_what_was_changed_and_taken_back_before_it_was_told_is_no_news(cast, time_machine):
    time_machine.move_to(EVENING, tick=False)
    micro = moved(sent(told(cast, "2026-01-12T14:10")), cast, "2026-01-13T14:10")
    micro = schedule.take_back_move(micro, by=cast.ana, sequence=1)
    assert verdict(newest(micro), EVENING) == Drop("They know it as it is.")
    micro = schedule.restore(schedule.cancel(micro, by=cast.ana), by=cast.ana)
    assert verdict(newest(micro), EVENING) == Drop("They know it as it is.")


def test_an_imported_session_moved_and_cancelled_before_either_was_told_is_told(cast, time_machine):
    time_machine.move_to(EVENING, tick=False)
    micro = schedule.cancel(moved(cast.plan(when=at("2026-01-08T09:15")), cast, "2026-01-12T14:10"), by=cast.ana)
    assert verdict(newest(micro), EVENING) == Send()


def test_older_change_gives_way_to_the_newer(cast):
    first = told(cast, "2026-01-12T14:10")
    micro = schedule.move(first.micro, by=cast.ana, to=timezone.now() + 48 * HOUR, reason="queue")
    assert verdict(first, WEDNESDAY) == Drop("A newer change takes its place.")
    newer = Message.objects.get(micro=micro, sequence=1)
    assert isinstance(verdict(newer, timezone.now()), Send | Wait)


def kept(cast, when: str) -> Message:
    """Leo's wish for another time is turned down on Wednesday morning."""
    micro = schedule.ask_to_move(cast.plan(when=at(when)), by=cast.leo)
    schedule.keep_time(micro, by=cast.ana)
    return Message.objects.get(micro=micro, kind="kept")


def test_kept_time_is_told_in_working_hours_while_it_helps(cast, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    message, night = kept(cast, "2026-01-12T14:10"), at("2026-01-07T20:00")
    assert verdict(message, WEDNESDAY) == Send()
    assert verdict(message, night) == Wait(at("2026-01-08T09:00"), "It waits for the working hours.")
    assert verdict(kept(cast, "2026-01-08T09:30"), night) == Send()
    assert verdict(message, at("2026-01-12T14:10")) == Drop("The session has begun or is over.")
    MicroSession.objects.filter(pk=message.micro_id).update(status="cancelled", cancelled_at=WEDNESDAY)
    assert verdict(message, WEDNESDAY) == Drop("The session has begun or is over.")


def test_kept_time_that_is_not_true_any_more_is_not_told(cast, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    message = kept(cast, "2026-01-12T14:10")
    schedule.ask_to_move(message.micro, by=cast.leo)
    assert verdict(message, WEDNESDAY) == Drop("They have asked again.")
    schedule.move(message.micro, by=cast.ana, to=at("2026-01-13T09:00"), reason="clash")
    assert verdict(message, WEDNESDAY) == Drop("A newer change takes its place.")


def test_who_takes_a_session_over_has_kept_no_time(cast, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    message = kept(cast, "2026-01-12T14:10")
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert verdict(message, WEDNESDAY) == Drop("A newer change takes its place.")


def test_session_that_is_over_is_not_announced(cast):
    message = told(cast, "2026-01-07T10:00")
    assert verdict(message, at("2026-01-07T10:15")) == Send()
    assert verdict(message, at("2026-01-07T10:16")) == Drop("The session is over.")


def test_session_that_runs_is_not_announced(cast):
    message = told(cast, "2026-01-07T10:30")
    MicroSession.objects.update(status="running", started_at=WEDNESDAY)
    assert verdict(message, WEDNESDAY) == Drop("The session has begun or is over.")


def cancelled(cast, *, first: str) -> Message:
    message = told(cast, "2026-01-12T14:10")
    Delivery.objects.update(state=first, sent_at=WEDNESDAY if first == "sent" else None, reason=first)
    schedule.cancel(message.micro, by=cast.ana)
    return Message.objects.get(sequence=1)


def test_cancellation_is_told_to_who_knew(cast):
    assert verdict(cancelled(cast, first="sent"), WEDNESDAY) == Send()


@pytest.mark.parametrize("first", ["due", "cancelled", "failed"])
def test_cancellation_is_not_told_to_who_never_knew(cast, first):
    assert verdict(cancelled(cast, first=first), WEDNESDAY) == Drop("The session was never announced.")


def test_cancellation_of_an_imported_session_is_told(cast):
    micro = schedule.cancel(cast.plan(when=at("2026-01-12T14:10")), by=cast.ana)
    assert verdict(Message.objects.get(micro=micro), WEDNESDAY) == Send()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-07T10:45", Wait(at("2026-01-07T10:55"), "It waits for its time.")),
        ("2026-01-07T10:55", Send()),
        ("2026-01-07T20:00", TOMORROW),
        ("2026-01-14T10:55", Send()),
        ("2026-01-14T10:56", Drop("The session is over.")),
    ],
)
def test_cancelled_after_its_time_is_told_once_it_cannot_be_taken_back(cast, time_machine, moment, expected):
    time_machine.move_to(WEDNESDAY, tick=False)
    message = told(cast, "2026-01-07T10:30")
    time_machine.move_to(WEDNESDAY + HOUR / 4, tick=False)
    micro = schedule.cancel(sent(message), by=cast.ana, note="Stuck in the queue")
    assert verdict(newest(micro), at(moment)) == expected


def test_who_waits_for_a_session_is_told_at_once_that_it_is_cancelled(cast, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    late = dt.timedelta(minutes=5)
    message = told(cast, "2026-01-07T20:00")
    time_machine.move_to(EVENING + late, tick=False)
    assert verdict(newest(schedule.cancel(sent(message), by=cast.ana)), EVENING + late) == Send()


def test_who_works_on_no_day_is_told_at_any_time(cast):
    message = told(cast, "2026-01-12T14:10")
    Member.objects.filter(pk=cast.leo.pk).update(work_days=[])
    assert verdict(message, at("2026-01-11T03:00")) == Send()


def test_any_hour_leaves_out_the_waiting_and_nothing_else(cast):
    message = told(cast, "2026-01-12T14:10")
    assert verdict(message, at("2026-01-07T20:00"), any_hour=True) == Send()
    assert verdict(message, at("2026-01-13T20:00"), any_hour=True) == Drop("The session is over.")


# Judging invitations


@pytest.fixture
def invitation(cast):
    Member.objects.filter(pk=cast.leo.pk).update(joined_at=None)
    return invitations.invite(fresh(cast.leo), by=cast.ada)


def test_open_invitation_goes_out_at_any_hour(invitation):
    assert verdict(Message.objects.get(), at("2026-01-11T03:00")) == Send()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"accepted_at": WEDNESDAY}, "It is done already."),
        ({"replaced_at": WEDNESDAY}, "A newer invitation takes its place."),
        ({"expires_at": WEDNESDAY - HOUR}, "The invitation has expired."),
    ],
)
def test_invitation_that_is_of_no_use_is_not_sent(invitation, fields, reason):
    Invitation.objects.update(**fields)
    assert verdict(Message.objects.get(), WEDNESDAY) == Drop(reason)


def test_who_has_joined_needs_no_invitation(cast, invitation):
    Member.objects.filter(pk=cast.leo.pk).update(joined_at=WEDNESDAY)
    assert verdict(Message.objects.get(), WEDNESDAY) == Drop("It is done already.")
