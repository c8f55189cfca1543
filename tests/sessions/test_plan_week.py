"""A week from usual slots, its clashes, and accepting it in one go."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from programs.models import Cohort, Enrolment, Program, Substitute, UsualSlot
from sessions.domain import notes, proposals, ratings, schedule, week, week_undo
from sessions.domain.busy import clash_of
from sessions.domain.clock import database_now
from sessions.models import Delivery, Message, MicroSession
from tests.conftest import make_member, make_pillar
from tests.sessions.plan_steps import DAY, HOUR, THURSDAY_SLOT, TUESDAY, parcel, plan
from tests.sessions.rate_steps import reflect, reply

MONDAY = dt.date(2026, 1, 12)
NEXT_MONDAY = dt.date(2026, 1, 19)
NEXT_SLOT = THURSDAY_SLOT + 7 * DAY
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(TUESDAY, tick=False), timezone.override("Europe/Berlin"):
        yield


def slot(enrolment, weekday=3, at=dt.time(14, 10), zone="Europe/Berlin"):
    return UsualSlot.objects.create(enrolment=enrolment, weekday=weekday, starts_at=at, timezone=zone)


def learner(cast, name, at=dt.time(9), *, weekday=3, coach=None):
    """One more learner of Ana with a usual slot."""
    enrolment = Enrolment.objects.create(
        organization=cast.organization, cohort=cast.cohort, program=cast.program, pillar=cast.pillar,
        learner=make_member(cast.organization, name, "learner"), coach=coach or cast.ana, starts_on=MONDAY,
    )  # fmt: skip
    slot(enrolment, weekday, at)
    return enrolment


def lines(found):
    return [(item.proposal.enrolment.learner.name, item.proposal.at, item.clash, item.taken) for item in found.items]


def test_usual_slots_of_all_learners_make_the_week_in_order_of_time(cast):
    learner(cast, "Ben Ito", dt.time(9), weekday=4)
    learner(cast, "Cem Arslan", dt.time(9, 30))
    assert lines(week.propose_week(cast.ana, NEXT_MONDAY)) == [
        ("Cem Arslan", dt.datetime(2026, 1, 22, 8, 30, tzinfo=dt.UTC), "", True),
        ("Leo Marin", NEXT_SLOT, "", True),
        ("Ben Ito", dt.datetime(2026, 1, 23, 8, 0, tzinfo=dt.UTC), "", True),
    ]


def test_a_week_keeps_wall_times_over_the_clock_change(cast):
    before, after = (week.propose_week(cast.ana, monday) for monday in (dt.date(2026, 3, 23), dt.date(2026, 3, 30)))
    assert [found.items[0].proposal.at.hour for found in (before, after)] == [13, 12]


def test_a_slot_in_another_zone_keeps_the_wall_time_there(cast):
    UsualSlot.objects.update(timezone="Asia/Kolkata")
    assert week.propose_week(cast.ana, NEXT_MONDAY).items[0].proposal.at == NEXT_SLOT - dt.timedelta(hours=4.5)


def test_what_is_planned_is_shown_and_not_proposed_again(cast):
    micro = plan(cast, NEXT_SLOT)
    found = week.propose_week(cast.ana, NEXT_MONDAY)
    assert (found.items, found.planned, found.left_out) == ([], [micro], [])


def test_a_session_at_another_time_of_the_day_takes_the_slots_place(cast):
    plan(cast, NEXT_SLOT + HOUR)
    assert week.propose_week(cast.ana, NEXT_MONDAY).items == []


def test_a_session_on_another_day_of_the_week_stands_for_the_slot(cast):
    plan(cast, NEXT_SLOT - DAY)
    found = week.propose_week(cast.ana, NEXT_MONDAY)
    assert (found.items, [each.why for each in found.left_out]) == ([], ["another session that week"])


def test_an_extra_session_stands_for_no_slot(cast):
    MicroSession.objects.filter(pk=plan(cast, NEXT_SLOT - DAY).pk).update(extra=True)
    assert len(week.propose_week(cast.ana, NEXT_MONDAY).items) == 1


def test_of_two_slots_a_week_one_session_stands_for_one(cast):
    slot(cast.enrolment, 1, dt.time(9))
    plan(cast, NEXT_SLOT - DAY)
    found = week.propose_week(cast.ana, NEXT_MONDAY)
    assert [item.proposal.at for item in found.items] == [NEXT_SLOT]


def test_a_session_held_on_an_earlier_slot_of_the_week_leaves_the_later_one(cast):
    slot(cast.enrolment, 1, dt.time(9))
    with time_machine.travel(TUESDAY - DAY, tick=False):
        plan(cast, TUESDAY.replace(hour=8))
    assert [item.proposal.at for item in week.propose_week(cast.ana, MONDAY).items] == [THURSDAY_SLOT]


def test_a_slot_moved_within_the_week_leaves_the_other_slot(cast):
    slot(cast.enrolment, 1, dt.time(9))
    schedule.move(plan(cast, NEXT_SLOT), by=cast.ana, to=NEXT_SLOT + DAY, reason="absent")
    found = week.propose_week(cast.ana, NEXT_MONDAY)
    assert [item.proposal.at.weekday() for item in found.items] + [each.why for each in found.left_out] == [
        1,
        "moved to another time",
    ]


def test_a_slot_moved_away_or_cancelled_is_left_out_with_its_reason(cast):
    schedule.move(plan(cast, NEXT_SLOT), by=cast.ana, to=NEXT_SLOT + DAY, reason="absent")
    enrolment = learner(cast, "Ben Ito")
    nine = dt.datetime(2026, 1, 22, 8, 0, tzinfo=dt.UTC)
    schedule.cancel(plan(cast, nine, enrolment=enrolment), by=cast.ana)
    found = week.propose_week(cast.ana, NEXT_MONDAY)
    assert [(each.enrolment.learner.name, each.why) for each in found.left_out] == [
        ("Ben Ito", "cancelled"),
        ("Leo Marin", "moved to another time"),
    ]


def test_days_off_are_left_out_with_whose_they_are(cast):
    learner(cast, "Sam Saturday", weekday=5)
    cast.ana.work_days = [0, 1, 2]
    cast.ana.save()
    found = week.propose_week(cast.ana, NEXT_MONDAY)
    assert [(each.enrolment.learner.name, each.why) for each in found.left_out] == [
        ("Leo Marin", "you do not work that day"),
        ("Sam Saturday", "not a working day"),
    ]


def test_a_public_holiday_of_the_learner_is_left_out(cast):
    cast.leo.holiday_region = "DE"
    cast.leo.save()
    found = week.propose_week(cast.ana, dt.date(2026, 5, 11))
    assert (found.items, [each.why for each in found.left_out]) == ([], ["not a working day"])


def test_proposals_that_overlap_are_both_marked_and_the_first_is_taken(cast):
    learner(cast, "Ben Ito", dt.time(14, 20))
    learner(cast, "Cem Arslan", dt.time(14, 30))
    assert [(name, clash, taken) for name, _at, clash, taken in lines(week.propose_week(cast.ana, NEXT_MONDAY))] == [
        ("Leo Marin", "You have Ben Ito at 14:20", True),
        ("Ben Ito", "You have Leo Marin at 14:10", False),
        ("Cem Arslan", "You have Ben Ito at 14:20", True),
    ]


def test_a_clash_with_a_planned_session_is_marked_and_not_taken(cast):
    enrolment = learner(cast, "Ben Ito", dt.time(9))
    plan(cast, NEXT_SLOT - dt.timedelta(minutes=5), enrolment=enrolment)
    assert lines(week.propose_week(cast.ana, NEXT_MONDAY))[-1][2:] == ("You have Ben Ito at 14:05", False)


def test_of_a_learners_session_with_another_coach_only_the_time_is_known(cast):
    pillar = make_pillar(cast.organization, "feedback")
    program = Program.objects.create(organization=cast.organization, pillar=pillar, name="Feedback")
    cohort = Cohort.objects.create(organization=cast.organization, program=program, name="N", starts_on=MONDAY)
    with_cole = Enrolment.objects.create(
        organization=cast.organization, cohort=cohort, program=program, pillar=pillar,
        learner=cast.leo, coach=cast.cole, starts_on=MONDAY,
    )  # fmt: skip
    plan(cast, NEXT_SLOT, enrolment=with_cole, by=cast.cole, details={"focus": pillar.behaviours.first()})
    assert lines(week.propose_week(cast.ana, NEXT_MONDAY)) == [
        ("Leo Marin", NEXT_SLOT, "Leo Marin is not free then", False)
    ]


def test_a_learner_who_coaches_is_not_free_then_and_of_that_too_only_the_time_is_known(cast):
    cast.leo.roles = ["coach", "learner"]
    cast.leo.save()
    Enrolment.objects.filter(pk=cast.lia_enrolment.pk).update(coach=cast.leo)
    with_lia = Enrolment.objects.get(pk=cast.lia_enrolment.pk)
    plan(cast, NEXT_SLOT, enrolment=with_lia, by=cast.leo)
    assert lines(week.propose_week(cast.ana, NEXT_MONDAY)) == [
        ("Leo Marin", NEXT_SLOT, "Leo Marin is not free then", False)
    ]
    assert proposals.propose(cast.enrolment, by=cast.ana, after=NEXT_SLOT - DAY).at != NEXT_SLOT
    assert clash_of(cast.plan(NEXT_SLOT)) == "Leo Marin is not free then"


def test_touching_sessions_do_not_clash(cast):
    learner(cast, "Ben Ito", dt.time(14, 25))
    assert [clash for _n, _a, clash, _t in lines(week.propose_week(cast.ana, NEXT_MONDAY))] == ["", ""]


def test_slots_of_today_that_have_passed_are_not_proposed(cast):
    with time_machine.travel(THURSDAY_SLOT, tick=False):
        assert week.propose_week(cast.ana, MONDAY).items == []


def test_two_slots_in_a_week_bring_two_cases(cast):
    slot(cast.enrolment, 1, dt.time(9))
    items = week.propose_week(cast.ana, NEXT_MONDAY).items
    assert [item.proposal.blueprint.key for item in items] == ["case-1", "case-2"]


def test_learners_without_a_usual_slot_are_named(cast):
    UsualSlot.objects.all().delete()
    assert week.propose_week(cast.ana, NEXT_MONDAY).without_slot == [cast.enrolment]


def test_ended_enrolments_and_people_who_left_are_not_proposed(cast):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(ended_on=TUESDAY.date())
    gone = learner(cast, "Ben Ito").learner
    gone.deactivated_at = TUESDAY
    gone.save()
    assert week.propose_week(cast.ana, NEXT_MONDAY).items == []


def test_a_substitute_gets_the_slot_and_the_coach_does_not(cast):
    Substitute.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, coach=cast.cole, named_by=cast.ada,
        starts_on=NEXT_MONDAY, ends_on=NEXT_MONDAY + 4 * DAY,
    )  # fmt: skip
    assert [name for name, *_rest in lines(week.propose_week(cast.cole, NEXT_MONDAY))] == ["Leo Marin"]
    assert week.propose_week(cast.ana, NEXT_MONDAY).items == []
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(coach=cast.cole)  # who stood in stays
    assert [name for name, *_rest in lines(week.propose_week(cast.cole, NEXT_MONDAY))] == ["Leo Marin"]


@pytest.mark.parametrize(("first", "offered"), [(NEXT_MONDAY, False), (TUESDAY.date(), True)])
def test_another_time_is_offered_to_who_may_open_the_form_today(cast, client, first, offered):
    Substitute.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, coach=cast.cole, named_by=cast.ada,
        starts_on=first, ends_on=NEXT_MONDAY + 4 * DAY,
    )  # fmt: skip
    plan(cast, NEXT_SLOT, enrolment=cast.lia_enrolment, by=cast.cole)
    form = reverse("coach:micro-plan", args=[cast.enrolment.pk])
    cole = client.as_(cast.cole)
    page = cole.get(reverse("coach:week-plan"), {"week": NEXT_MONDAY.isoformat()}).content.decode()
    assert ("You have Lia Chen" in page, form in page) == (True, offered)
    assert (cole.get(form).status_code == 200) is offered


def test_nobody_else_is_proposed_anything(cast):
    assert all(week.propose_week(who, NEXT_MONDAY).items == [] for who in (cast.cole, cast.ada, cast.leo, cast.olga))


# Accepting


def keys(found):
    return [item.key for item in found.items]


def test_accepting_plans_what_was_chosen_and_tells_each_learner(cast):
    ben = learner(cast, "Ben Ito")
    learner(cast, "Cem Arslan", dt.time(11))
    chosen = [key for key in keys(week.propose_week(cast.ana, NEXT_MONDAY)) if key[0] in (ben.pk, cast.enrolment.pk)]
    made = week.accept(cast.ana, NEXT_MONDAY, chosen)
    assert [(micro.learner.name, micro.scheduled_for) for micro in made] == [
        ("Ben Ito", dt.datetime(2026, 1, 22, 8, 0, tzinfo=dt.UTC)),
        ("Leo Marin", NEXT_SLOT),
    ]
    assert set(Message.objects.values_list("recipient__name", flat=True)) == {"Ben Ito", "Leo Marin"}


def test_an_accepted_session_is_about_their_work_and_takes_no_people_from_the_case(cast):
    parcel(cast, key="a-parcel")
    (micro,) = accept_all(cast)
    assert (micro.practise_on, micro.blueprint.key) == ("work", "a-parcel")
    assert (micro.demonstration, micro.constraint, micro.job_aid) == ("", "", "Listen\nBreathe")


def accept_all(cast):
    return week.accept(cast.ana, NEXT_MONDAY, keys(week.propose_week(cast.ana, NEXT_MONDAY)))


def test_an_accepted_week_is_announced_ten_minutes_later_and_can_be_taken_back_until_then(cast):
    learner(cast, "Ben Ito")
    before = keys(week.propose_week(cast.ana, NEXT_MONDAY))
    accept_all(cast)
    assert 9 * MINUTE < week_undo.told_at(cast.ana, NEXT_MONDAY) - database_now() < 10 * MINUTE
    assert week_undo.take_back(cast.ana, NEXT_MONDAY) == 2
    assert (MicroSession.objects.count(), Message.objects.count()) == (0, 0)
    assert keys(week.propose_week(cast.ana, NEXT_MONDAY)) == before


def test_topics_come_back_with_a_week_taken_back(cast):
    answer = reply(reflect(closed(cast)).micro, kind="next_time")
    accept_all(cast)
    answer.refresh_from_db()
    assert answer.taken_up_in is not None
    week_undo.take_back(cast.ana, NEXT_MONDAY)
    answer.refresh_from_db()
    assert answer.taken_up_in is None


def closed(cast):
    ended = TUESDAY - DAY
    return cast.held(status="closed", started_at=ended - 15 * MINUTE, ended_at=ended, closed_at=ended)


def moved(cast, micro):
    schedule.move(micro, by=cast.ana, to=NEXT_SLOT + HOUR, reason="other", sequence=0)


TOUCHED = {
    "moved": moved,
    "cancelled": lambda cast, micro: schedule.cancel(micro, by=cast.ana),
    "asked to move": lambda cast, micro: schedule.ask_to_move(micro, by=cast.leo),
    "noted": lambda cast, micro: notes.write(micro, by=cast.ana, text="Ask about the parcel"),
    "rated": lambda cast, micro: ratings.score_all(micro, by=cast.ana, levels={}),
    "told": lambda cast, micro: Delivery.objects.update(state="sent", sent_at=TUESDAY),
    "being told": lambda cast, micro: Delivery.objects.update(state="sending", leased_until=TUESDAY + HOUR),
}


@pytest.mark.parametrize("what", TOUCHED)
def test_what_somebody_worked_on_or_was_told_of_stays(cast, what):
    (micro,) = accept_all(cast)
    TOUCHED[what](cast, micro)
    assert week_undo.told_at(cast.ana, NEXT_MONDAY) is None
    with pytest.raises(week_undo.NothingToTakeBack):
        week_undo.take_back(cast.ana, NEXT_MONDAY)
    assert MicroSession.objects.count() == 1


def test_after_ten_minutes_the_learners_are_told_and_it_stays(cast):
    accept_all(cast)
    Message.objects.update(due_at=database_now())
    with pytest.raises(week_undo.NothingToTakeBack):
        week_undo.take_back(cast.ana, NEXT_MONDAY)


def test_a_session_planned_singly_and_another_coachs_week_stay(cast):
    plan(cast, NEXT_SLOT)
    slot(cast.lia_enrolment)
    week.accept(cast.cole, NEXT_MONDAY, keys(week.propose_week(cast.cole, NEXT_MONDAY)))
    assert week_undo.told_at(cast.ana, NEXT_MONDAY) is None
    assert week_undo.told_at(cast.cole, NEXT_MONDAY) is not None


def test_who_meets_within_two_hours_is_told_at_once(cast):
    slot(cast.enrolment, weekday=TUESDAY.weekday(), at=dt.time(11, 30))
    found = week.propose_week(cast.ana, MONDAY)
    week.accept(cast.ana, MONDAY, [item.key for item in found.items])
    due = dict(Message.objects.values_list("micro__scheduled_for", "due_at"))
    assert due[TUESDAY + 1.5 * HOUR] <= database_now() < due[THURSDAY_SLOT] - 9 * MINUTE


def test_accepting_twice_plans_nothing_twice(cast):
    chosen = keys(week.propose_week(cast.ana, NEXT_MONDAY))
    assert len(week.accept(cast.ana, NEXT_MONDAY, chosen)) == 1
    assert week.accept(cast.ana, NEXT_MONDAY, chosen) == []
    assert MicroSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_accepting_at_once_plan_nothing_twice(cast):
    learner(cast, "Ben Ito")
    chosen = keys(week.propose_week(cast.ana, NEXT_MONDAY))

    def accept(_n):
        try:
            return len(week.accept(cast.ana, NEXT_MONDAY, chosen))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = sorted(pool.map(accept, range(2)))
    assert (made, MicroSession.objects.count()) == ([0, 2], 2)


def test_made_up_times_and_other_peoples_enrolments_are_not_planned(cast):
    slot(cast.lia_enrolment)
    wanted = [(cast.enrolment.pk, NEXT_SLOT + HOUR), (cast.lia_enrolment.pk, NEXT_SLOT), (999_999, NEXT_SLOT)]
    assert week.accept(cast.ana, NEXT_MONDAY, wanted) == []


def test_a_week_costs_a_constant_number_of_queries(cast, django_assert_num_queries):
    with django_assert_num_queries(13):
        week.propose_week(cast.ana, NEXT_MONDAY)
    for n, name in enumerate(("Ben Ito", "Cem Arslan", "Dua Khan")):
        learner(cast, name, dt.time(9 + n))
    with django_assert_num_queries(13):
        week.propose_week(cast.ana, NEXT_MONDAY)


def test_two_slots_on_one_instant_are_proposed_once(cast):
    """On Sunday 29 March the hour from two to three is skipped in Berlin, so both are at three."""
    slot(cast.enrolment, 6, dt.time(2))
    slot(cast.enrolment, 6, dt.time(2, 30))
    found = week.propose_week(cast.ana, dt.date(2026, 3, 23))
    at = [item.proposal.at for item in found.items] + [each.at for each in found.left_out]
    assert sorted(at) == sorted(set(at))
