"""When zone, hours, days or best time of somebody change, what waits for its time is timed anew."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from programs.domain import members
from sessions.domain import new_times, outbox
from sessions.domain.clock import database_now
from sessions.models import Delivery, Prompt
from tests.api_steps import Caller
from tests.programs.import_steps import take
from tests.sessions.prompt_steps import at, followed, fresh, other_enrolment, prompt_of

MONDAY = at("2026-01-05T11:30")
DAY = dt.timedelta(days=1)
LEO = {
    "email": "leo@northwind.example", "name": "Leo Marin", "roles": "learner", "timezone": "Asia/Tokyo",
}  # fmt: skip


@pytest.fixture(autouse=True)
def on_monday_morning(time_machine):
    time_machine.move_to(at("2026-01-05T08:00"), tick=False)


@pytest.fixture
def prompt(cast) -> Prompt:
    """Leo's second question, due on Tuesday at 11:30 in Berlin."""
    follow_up = followed(cast, ended=MONDAY - 5 * DAY)
    prompt_of(follow_up, "answered", at=MONDAY - 3 * DAY)
    return prompt_of(follow_up, "planned", at=MONDAY + DAY)


def local(moment, zone: str = "Europe/Berlin") -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%a %d %H:%M")


def change(cast, **fields) -> None:
    members.change_own(cast.leo, by=cast.leo, **fields)


@pytest.mark.parametrize(
    ("fields", "when"),
    [
        ({"prompt_time": dt.time(15)}, "Tue 06 15:00"),
        ({"work_start": dt.time(14), "work_end": dt.time(22)}, "Tue 06 14:00"),
        ({"work_days": [2, 3, 4]}, "Wed 07 11:30"),
        ({"holiday_region": "DE-BY"}, "Wed 07 11:30"),  # Epiphany
        ({"work_start": dt.time(22), "work_end": dt.time(6), "prompt_time": dt.time(2)}, "Wed 07 02:00"),
        ({"name": "Leonardo"}, "Tue 06 11:30"),
        ({"work_days": []}, "Tue 06 11:30"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_question_that_is_planned_follows_the_working_time(cast, prompt, fields, when):
    change(cast, **fields)
    assert local(fresh(prompt).due_at) == when


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Europe/Berlin"])
def test_question_follows_into_the_zone(cast, prompt, zone):
    change(cast, timezone=zone)
    assert local(fresh(prompt).due_at, zone) == "Tue 06 11:30"


def test_question_comes_no_earlier_than_its_interval_allows(cast, prompt):
    Prompt.objects.filter(pk=prompt.pk).update(not_before=at("2026-01-06T10:00"))
    change(cast, prompt_time=dt.time(9))
    assert local(fresh(prompt).due_at) == "Tue 06 10:00"
    Prompt.objects.filter(pk=prompt.pk).update(not_before=at("2026-01-06T22:00"))
    change(cast, prompt_time=dt.time(10))
    assert local(fresh(prompt).due_at) == "Wed 07 10:00"


def test_first_question_still_comes_within_a_day_of_the_session(cast):
    follow_up = followed(cast, ended=at("2026-01-05T10:00"))
    first = prompt_of(follow_up, "planned", at=at("2026-01-06T10:00"), not_before=at("2026-01-05T13:00"))
    change(cast, prompt_time=dt.time(15))
    assert local(fresh(first).due_at) == "Tue 06 10:00"
    change(cast, timezone="Asia/Tokyo")
    assert local(fresh(first).due_at, "Asia/Tokyo") == "Tue 06 15:00"


def test_first_question_that_was_put_off_stays_put_off(cast):
    first = prompt_of(followed(cast, ended=at("2026-01-05T10:00")), "planned", at=at("2026-01-08T11:30"))
    change(cast, prompt_time=dt.time(15))
    assert local(fresh(first).due_at) == "Thu 08 15:00"


def test_asked_ended_and_others_questions_stay(cast, prompt):
    asked = prompt_of(followed(cast, enrolment=other_enrolment(cast, "b")), at=MONDAY)
    over = followed(cast, enrolment=other_enrolment(cast, "c"), ended_at=MONDAY, ended_because="horizon")
    ended = prompt_of(over, "planned", at=MONDAY + DAY)
    lias = prompt_of(followed(cast, enrolment=cast.lia_enrolment), "planned", at=MONDAY + DAY)
    change(cast, prompt_time=dt.time(15))
    assert [local(fresh(each).due_at) for each in (asked, ended, lias)] == ["Mon 05 11:30", *["Tue 06 11:30"] * 2]


def test_question_in_a_message_stays_in_it(cast, prompt):
    message = outbox.put_in([outbox.prompts_message(cast.leo, on=dt.date(2026, 1, 6), at=MONDAY + DAY)])[0]
    Prompt.objects.filter(pk=prompt.pk).update(message=message)
    change(cast, prompt_time=dt.time(15))
    assert (fresh(prompt).message, local(fresh(prompt).due_at)) == (message, "Tue 06 11:30")


def test_every_way_to_change_it_counts(cast, client, prompt):
    given = {"sending": "on", "prompts_paused_until": "", "prompt_time": "15:00"}
    client.as_(cast.leo).post(reverse("profile-prompts"), given)
    assert local(fresh(prompt).due_at) == "Tue 06 15:00"
    assert Caller(cast.leo).patch("me/", {"prompt_time": "14:00"}).status_code == 200
    assert local(fresh(prompt).due_at) == "Tue 06 14:00"
    members.change(cast.leo, by=cast.ada, work_start=dt.time(15), work_end=dt.time(23))
    assert local(fresh(prompt).due_at) == "Tue 06 15:00"
    take(cast, LEO | {"work_start": "09:00", "work_end": "17:00"})
    assert local(fresh(prompt).due_at, "Asia/Tokyo") == "Tue 06 14:00"


def test_hundreds_at_once_cost_as_much_as_one(cast, prompt, django_assert_num_queries):
    prompt_of(followed(cast, enrolment=cast.lia_enrolment), "planned", at=MONDAY + DAY)
    for people in ([cast.leo], [cast.leo, cast.lia]):
        with django_assert_num_queries(5):  # two of them the savepoint's
            new_times.follow(people)


@pytest.mark.parametrize(
    ("reason", "attempts", "looked_at"), [("It waits.", 0, True), ("451", 1, False), ("", 0, False)]
)
def test_message_that_waits_for_the_working_hours_is_looked_at_again(cast, reason, attempts, looked_at):
    micro = cast.held()
    later = database_now() + 2 * DAY
    message = outbox.ask_to_rate(micro, due_at=later)
    Delivery.objects.update(reason=reason, attempts=attempts)
    change(cast, timezone="Asia/Tokyo")
    assert message.deliveries.get().next_try_at <= (database_now() if looked_at else later)
    assert (message.deliveries.get().next_try_at < later) == looked_at
