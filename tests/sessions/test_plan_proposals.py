"""What the next session is proposed to be: time, case, focus and why."""

import datetime as dt
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from coachhub.errors import Invalid
from programs.domain import enrolments
from programs.models import Blueprint, Cohort, Enrolment, Pillar, Program, Substitute, UsualSlot
from sessions.domain import planning, proposals, schedule, topics
from sessions.models import Reflection, Reply
from tests.sessions.plan_steps import DAY, HOUR, THURSDAY_SLOT, TUESDAY, UTC, plan, rated, revealed

pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


def propose(cast, **fields):
    enrolment = Enrolment.objects.get(pk=fields.pop("enrolment", cast.enrolment).pk)
    return proposals.propose(enrolment, by=fields.pop("by", cast.ana), **fields)


def test_the_next_usual_slot_is_proposed(cast):
    proposal = propose(cast)
    assert (proposal.at, proposal.usual, proposal.minutes) == (THURSDAY_SLOT, True, 15)


@pytest.mark.parametrize("leave", ["move", "cancel"])
def test_a_slot_that_was_left_is_not_proposed_again(cast, leave):
    micro = plan(cast)
    if leave == "move":
        schedule.move(micro, by=cast.ana, to=THURSDAY_SLOT + DAY, reason="asked")
    else:
        schedule.cancel(micro, by=cast.ana)
    assert propose(cast).at == THURSDAY_SLOT + 7 * DAY


def test_without_a_usual_slot_the_next_working_day_at_ten_of_the_learner(cast):
    UsualSlot.objects.all().delete()
    proposal = propose(cast)
    assert (proposal.at, proposal.usual) == (dt.datetime(2026, 1, 14, 9, 0, tzinfo=UTC), False)


def test_without_a_usual_slot_on_friday_the_next_working_day_is_monday(cast):
    UsualSlot.objects.all().delete()
    assert propose(cast, after=TUESDAY + 3 * DAY).at == dt.datetime(2026, 1, 19, 9, 0, tzinfo=UTC)


def test_ten_o_clock_is_that_of_the_learner_not_of_the_coach(cast):
    UsualSlot.objects.all().delete()
    cast.leo.timezone = "Africa/Nairobi"
    cast.leo.save()
    working(cast.ana, "06-22")
    assert propose(cast).at == dt.datetime(2026, 1, 14, 7, 0, tzinfo=UTC)


def working(member, hours: str) -> None:
    member.work_start, member.work_end = (dt.time.fromisoformat(each) for each in hours.split("-"))
    member.save()


@pytest.mark.parametrize(
    ("learner", "coach", "when"),
    [
        ("14-22", "12-20", "Wed 14:00"),
        ("06-14", "13-21", "Wed 13:00"),
        ("06-10:10", "05:30-22", "Wed 06:00"),
        ("06-10:15", "05:30-22", "Wed 10:00"),
        ("22-06", "22-06", "Wed 22:00"),
        ("22-06", "05-13", "Thu 05:00"),
        ("09-17", "20-10:30", "Wed 10:00"),
        ("09-17", "16:50-22", "Wed 10:00"),  # never long enough together: the learner's hours
        ("22-06", "09-17", "Wed 22:00"),
    ],
)
def test_without_a_usual_slot_the_whole_session_lies_in_the_hours_of_both(cast, learner, coach, when):
    UsualSlot.objects.all().delete()
    working(cast.leo, learner)
    working(cast.ana, coach)
    assert f"{timezone.localtime(propose(cast).at, ZoneInfo('Europe/Berlin')):%a %H:%M}" == when


def test_in_two_zones_it_begins_when_both_have_begun(cast):
    UsualSlot.objects.all().delete()
    cast.leo.timezone = "Asia/Kolkata"  # 9 to 17 there is 4:30 to 12:30 in Berlin
    cast.leo.save()
    assert propose(cast).at == dt.datetime(2026, 1, 14, 8, 0, tzinfo=UTC)


def test_a_usual_slot_outside_of_the_hours_was_agreed_on(cast):
    working(cast.leo, "15-23")
    assert (propose(cast).at, propose(cast).usual) == (THURSDAY_SLOT, True)


def test_a_usual_slot_keeps_its_wall_time_over_the_clock_change(cast):
    before = propose(cast, after=dt.datetime(2026, 3, 23, tzinfo=UTC)).at
    after = propose(cast, after=dt.datetime(2026, 3, 30, tzinfo=UTC)).at
    assert (before, after) == (
        dt.datetime(2026, 3, 26, 13, 10, tzinfo=UTC),
        dt.datetime(2026, 4, 2, 12, 10, tzinfo=UTC),
    )


def test_a_planned_slot_is_not_proposed_again(cast):
    plan(cast)
    assert propose(cast).at == THURSDAY_SLOT + 7 * DAY


def test_a_slot_at_which_the_coach_has_somebody_else_is_passed_over(cast):
    Enrolment.objects.filter(pk=cast.lia_enrolment.pk).update(coach=cast.ana)
    cast.lia_enrolment.refresh_from_db()
    plan(cast, THURSDAY_SLOT - dt.timedelta(minutes=10), enrolment=cast.lia_enrolment)
    assert propose(cast).at == THURSDAY_SLOT + 7 * DAY


def test_a_slot_on_a_holiday_of_the_learner_is_passed_over(cast):
    cast.leo.holiday_region = "DE"
    cast.leo.save()
    ascension = dt.datetime(2026, 5, 14, 12, 10, tzinfo=UTC)
    assert propose(cast, after=ascension - DAY).at == ascension + 7 * DAY


def test_somebody_without_working_days_is_proposed_for_tomorrow(cast):
    cast.leo.work_days = []
    cast.leo.save()
    proposal = propose(cast)
    assert (proposal.at, proposal.usual) == (dt.datetime(2026, 1, 14, 9, 0, tzinfo=UTC), False)


def test_without_anything_revealed_the_case_gives_the_focus(cast):
    proposal = propose(cast)
    assert (proposal.focus, proposal.because) == (cast.criteria[0].behaviour, "the next case practises it")
    assert proposal.success == "Names the feeling before offering a fix, once in a complaint"
    assert [each.because for each in proposal.choices] == [proposal.because, *["nothing is revealed yet"] * 2]


def test_the_behaviour_that_met_least_is_proposed_with_its_count(cast):
    for days, pauses in ((9, 2), (7, 3), (5, 2), (3, 3)):
        revealed(cast, {0: 3, 1: pauses, 2: 4}, days_ago=days)
    proposal = propose(cast)
    assert (proposal.focus, proposal.because) == (
        cast.criteria[1].behaviour,
        "reached “meets” in 2 of 4 recent sessions, least of all",
    )


def test_only_the_last_four_revealed_sessions_speak(cast):
    revealed(cast, {0: 1, 1: 1, 2: 1}, days_ago=12)
    for days in (9, 7, 5, 3):
        revealed(cast, {0: 3, 1: 3, 2: 3}, days_ago=days)
    assert [each.because for each in propose(cast).choices][1:] == ["reached “meets” in 4 of 4 recent sessions"] * 2


def test_not_seen_counts_nowhere(cast):
    revealed(cast, {0: 3, 1: 2, 2: None}, days_ago=5)
    revealed(cast, {0: 3, 1: None, 2: None}, days_ago=3)
    assert [each.because for each in propose(cast).choices] == [
        "reached “meets” in 2 of 2 recent sessions",
        "reached “meets” in 0 of 1 recent session, least of all",
        "not seen in the last 2 sessions",
    ]


def test_a_behaviour_not_seen_lately_is_proposed_when_the_others_meet(cast):
    revealed(cast, {0: 3, 1: 4, 2: None}, days_ago=3)
    assert propose(cast).focus == cast.criteria[2].behaviour


def test_scores_of_a_sealed_session_do_not_steer_the_proposal(cast):
    before = propose(cast)
    rated(cast, cast.held(), {0: 4, 1: 1, 2: 4})
    after = propose(cast)
    assert (after.focus, after.because, after.choices) == (before.focus, before.because, before.choices)


def test_a_late_rating_does_not_steer_the_proposal(cast):
    micro = cast.held(revealed_at=timezone.now())
    rated(cast, micro, {0: 1, 1: 1, 2: 1})
    assert {each.because for each in propose(cast).choices[1:]} == {"nothing is revealed yet"}


def test_a_former_coachs_levels_speak_only_when_the_learner_took_them_along(cast):
    revealed(cast, {0: 3, 1: 1, 2: 3}, days_ago=3)
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(coach=cast.cole)
    assert {each.because for each in propose(cast, by=cast.cole).choices[1:]} == {"nothing is revealed yet"}
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(shares_past_with_new_coach=True)
    assert propose(cast, by=cast.cole).focus == cast.criteria[1].behaviour


def test_a_substitute_sees_the_last_levels_and_only_their_own_days(cast):
    revealed(cast, {0: 3, 1: 1, 2: 3}, days_ago=3)
    Substitute.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, coach=cast.cole, named_by=cast.ada,
        starts_on=dt.date(2026, 1, 12), ends_on=dt.date(2026, 1, 14),
    )  # fmt: skip
    proposal = propose(cast, by=cast.cole)
    assert (proposal.at, proposal.usual) == (dt.datetime(2026, 1, 14, 9, 0, tzinfo=UTC), False)
    assert proposal.focus == cast.criteria[1].behaviour


def test_the_easiest_unused_case_comes_first_then_the_next(cast):
    assert propose(cast).blueprint.key == "case-1"
    plan(cast, details={"blueprint": Blueprint.objects.get(key="case-1")})
    assert propose(cast).blueprint.key == "case-2"


def test_cases_below_the_enrolments_difficulty_are_left_out(cast):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(difficulty=2)
    assert propose(cast).blueprint.key == "case-2"


def how_hard(cast, **fields) -> tuple[int, str]:
    proposal = propose(cast, **fields)
    return proposal.difficulty, proposal.difficulty_because


def test_the_first_session_is_as_hard_as_the_enrolment_says(cast):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(difficulty=2)
    assert how_hard(cast) == (2, "")


def test_the_next_session_is_as_hard_as_the_coach_made_the_last_one_sealed_or_not(cast):
    revealed(cast, {0: 3}, days_ago=9, difficulty=1)
    cast.held(difficulty=3)
    assert how_hard(cast) == (3, "as last time")


def test_a_former_coachs_difficulty_steers_only_when_the_learner_took_the_past_along(cast):
    revealed(cast, {0: 3}, days_ago=3, difficulty=3)
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(coach=cast.cole)
    assert how_hard(cast, by=cast.cole) == (1, "")
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(shares_past_with_new_coach=True)
    assert how_hard(cast, by=cast.cole) == (3, "as last time")


@pytest.mark.parametrize(
    ("sessions", "found"),
    [
        ([(2, 3), (2, 3)], (2, "as last time")),
        ([(2, 3), (2, 3), (2, 3)], (3, "6 of 6 levels met at difficulty 2")),
        ([(2, 3), (2, 2), (2, 3)], (2, "as last time")),
        ([(2, 3), (2, 3), (3, 3), (2, 3)], (2, "as last time")),
        ([(4, 3), (4, 3), (4, 3)], (4, "as last time")),
    ],
)
def test_one_step_harder_once_three_in_a_row_met_nine_of_ten_levels(cast, sessions, found):
    for days, (difficulty, level) in enumerate(sessions):
        revealed(cast, {0: level, 1: 3}, days_ago=9 - days, difficulty=difficulty)
    assert how_hard(cast) == found


def test_a_sealed_session_makes_the_next_one_no_harder(cast):
    for days in (9, 7):
        revealed(cast, {0: 3, 1: 3}, days_ago=days, difficulty=2)
    rated(cast, cast.held(difficulty=2), {0: 3, 1: 3})
    assert how_hard(cast) == (2, "as last time")


def test_who_begins_again_with_the_same_coach_begins_as_hard_as_they_ended(cast):
    revealed(cast, {0: 3}, days_ago=3, difficulty=3)
    enrolments.end(cast.enrolment, by=cast.ada)
    again = enrolments.enrol(cast.cohort, by=cast.ada, learner=cast.leo, coach=cast.ana)
    assert how_hard(cast, enrolment=again) == (3, "")


def case_of(cast, place, difficulty=4, key="zz-pauses") -> Blueprint:
    """A case that practises the behaviour at that place."""
    return Blueprint.objects.create(
        pillar=cast.pillar, key=key, version=1, title="Pauses", difficulty=difficulty, objective="Pause",
        focus=cast.criteria[place].behaviour, case="A caller is loud.", content_hash="x", published_at=timezone.now(),
    )  # fmt: skip


def test_the_case_practises_the_focus_whatever_its_difficulty_and_comes_back_before_one_that_does_not(cast):
    revealed(cast, {0: 3, 1: 1, 2: 3}, days_ago=3)
    case = case_of(cast, 1)
    assert propose(cast).blueprint == case
    plan(cast, details={"blueprint": case})
    assert propose(cast).blueprint == case
    fresh = case_of(cast, 1, 1, "zz-pauses-again")
    assert propose(cast).blueprint == fresh


def test_a_focus_that_no_case_practises_is_proposed_without_one(cast):
    revealed(cast, {0: 3, 1: 1, 2: 3}, days_ago=3)
    proposal = propose(cast)
    assert (proposal.focus, proposal.blueprint) == (cast.criteria[1].behaviour, None)
    micro = planning.plan(
        cast.enrolment, by=cast.ana, scheduled_for=proposal.at, details=proposals.content_of(proposal), form_key=uuid4()
    )
    assert (micro.focus, micro.job_aid) == (cast.criteria[1].behaviour, "")


def test_when_all_cases_were_used_the_one_longest_ago_comes_back(cast):
    plan(cast, THURSDAY_SLOT, details={"blueprint": Blueprint.objects.get(key="case-1")})
    plan(cast, THURSDAY_SLOT - HOUR, details={"blueprint": Blueprint.objects.get(key="case-2")})
    assert propose(cast).blueprint.key == "case-2"


def test_a_cancelled_session_did_not_use_its_case(cast):
    micro = plan(cast, details={"blueprint": Blueprint.objects.get(key="case-1")})
    schedule.cancel(micro, by=cast.ana)
    assert propose(cast).blueprint.key == "case-1"


def test_a_local_copy_stands_for_the_standard_case(cast):
    local = Blueprint.objects.get(key="case-1")
    local.pk, local.organization, local.title = None, cast.organization, "Our own parcel"
    local.save(force_insert=True)
    assert propose(cast).blueprint.title == "Our own parcel"


def test_without_a_published_rubric_nothing_can_be_planned(cast):
    pillar = Pillar.objects.create(key="new", name="New", short="New", outcome="None yet")
    program = Program.objects.create(organization=cast.organization, pillar=pillar, name="New")
    cohort = Cohort.objects.create(organization=cast.organization, program=program, name="N", starts_on=TUESDAY.date())
    enrolment = Enrolment.objects.create(
        organization=cast.organization, cohort=cohort, program=program, pillar=pillar, learner=cast.leo, coach=cast.ana,
        starts_on=TUESDAY.date(),
    )  # fmt: skip
    with pytest.raises(Invalid, match="no published rubric"):
        propose(cast, enrolment=enrolment)


def topic(cast, micro=None, **fields) -> Reply:
    micro = micro or revealed(cast, {0: 3}, days_ago=3)
    reflection = Reflection.objects.create(micro=micro, what_changed="She calmed down", saved_at=timezone.now())
    return Reply.objects.create(reflection=reflection, coach=micro.coach, kind="next_time", **fields)


def test_what_was_to_be_talked_about_next_time_is_on_the_proposal(cast):
    assert propose(cast).topics == ()
    reply = topic(cast)
    assert propose(cast).topics == (reply,)


def test_a_topic_that_a_planned_session_took_up_is_not_proposed_again(cast):
    reply = topic(cast)
    micro = plan(cast, taken_up=[reply.pk])
    assert propose(cast).topics == ()
    schedule.cancel(micro, by=cast.ana)
    assert propose(cast).topics == (reply,)


def test_a_substitute_is_not_told_what_coach_and_learner_talk_about(cast):
    topic(cast)
    assert topics.open_topics([cast.enrolment], by=cast.cole) == {}


def test_one_proposal_costs_a_constant_number_of_queries(cast, django_assert_num_queries):
    for days in (9, 7, 5, 3):
        revealed(cast, {0: 3, 1: 2, 2: 3}, days_ago=days)
    enrolment = Enrolment.objects.select_related("learner__organization", "program", "coach").get(pk=cast.enrolment.pk)
    with django_assert_num_queries(10):
        proposals.propose(enrolment, by=cast.ana)
