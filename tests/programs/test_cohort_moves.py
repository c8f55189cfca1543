"""Moving to another cohort: what goes along, where somebody was until when, who may, what is refused."""

import datetime as dt
import random

import pytest
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.domain import agreements, cohort_moves, enrolments
from programs.models import Agreement, Cohort, Enrolment, FormerCohort, Program
from programs.models.enrolments import cohort_on, joined_on
from sessions.cards.learner import plan_cards
from sessions.domain import learners, plans, proposals, running
from tests.conftest import make_pillar
from tests.sessions.plan_steps import revealed
from tests.sessions.prompt_steps import followed, prompt_of

TODAY = dt.date(2026, 3, 2)
NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to(NOW, tick=False)


def cohort(cast, name="South", program=None, **fields):
    fields = {"program": program or cast.program, "starts_on": dt.date(2026, 1, 5)} | fields
    return Cohort.objects.create(organization=cast.organization, name=name, **fields)


def other_program(cast, **fields):
    return Program.objects.create(
        organization=cast.organization, **{"pillar": cast.pillar, "name": "Hard calls"} | fields
    )


def moved(cast, to):
    return cohort_moves.move(Enrolment.objects.get(pk=cast.enrolment.pk), to=to, by=cast.ada)


def cohort_then(cast, day) -> int:
    return Enrolment.objects.annotate(then=cohort_on(day)).get(pk=cast.enrolment.pk).then


def where(cast) -> list[tuple[str, dt.date]]:
    return list(FormerCohort.objects.filter(enrolment=cast.enrolment).values_list("cohort__name", "left_on"))


def test_plan_levels_questions_and_the_wait_since_the_last_session_go_along(cast, time_machine):
    revealed(cast, {0: 2}, days_ago=20)
    follow_up = followed(cast)
    rows = [follow_up, prompt_of(follow_up), cast.plan(timezone.now() + DAY)]

    def known():
        enrolment = Enrolment.objects.get(pk=cast.enrolment.pk)
        [(pk, _coach, _name, _program, *since)] = learners.MyLearners.of(cast.ana).lines()
        focus = proposals.propose(enrolment, by=cast.ana)
        kept = [type(row).objects.values().get(pk=row.pk) for row in rows]
        return pk, since, focus.because, focus.at, kept, [card.quote for card in plan_cards(cast.leo)]

    before = known()
    moved(cast, cohort(cast, program=other_program(cast)))
    assert known() == before
    time_machine.shift(DAY)
    last = plans.last_before(running.start(rows[-1], by=cast.ana), by=cast.ana)
    assert (last.plan.pk, before[2]) == (follow_up.plan_id, "reached “meets” in 0 of 1 recent session, least of all")


def test_who_moves_was_elsewhere_until_that_day(cast):
    south = cohort(cast)
    enrolment = moved(cast, south)
    assert (enrolment.cohort, where(cast)) == (south, [("North", TODAY)])
    assert [cohort_then(cast, day) for day in (TODAY - DAY, TODAY)] == [cast.cohort.pk, south.pk]
    assert Enrolment.objects.annotate(since=joined_on()).get(pk=enrolment.pk).since == TODAY


def test_a_cohort_that_starts_later_takes_them_on_its_first_day(cast):
    south = cohort(cast, starts_on=TODAY + 7 * DAY)
    assert moved(cast, south).cohort == south
    assert where(cast) == [("North", TODAY + 7 * DAY)]


def test_the_same_cohort_again_changes_nothing(cast):
    before = Enrolment.objects.values().get(pk=cast.enrolment.pk)
    moved(cast, cast.cohort)
    assert (Enrolment.objects.values().get(pk=cast.enrolment.pk), where(cast)) == (before, [])


@pytest.mark.parametrize("days", [0, 3])
def test_back_on_the_same_day_leaves_no_trace_and_later_it_does(cast, days, time_machine):
    moved(cast, cohort(cast))
    time_machine.shift(days * DAY)
    moved(cast, cast.cohort)
    assert where(cast) == ([("North", TODAY), ("South", TODAY + 3 * DAY)] if days else [])


def test_taking_back_takes_along_who_came_today_alone_and_into_an_ended_cohort_too(cast, time_machine):
    south = cohort(cast)
    cohort_moves.move(cast.lia_enrolment, to=south, by=cast.ada)
    time_machine.shift(DAY)
    moved(cast, south)
    Cohort.objects.filter(pk=cast.cohort.pk).update(ends_on=TODAY - DAY)
    assert [each.learner for each in cohort_moves.newcomers(south)] == [cast.leo]
    assert list(cohort_moves.just_left(cast.enrolment)) == [cast.cohort.pk]
    cohort_moves.take_back(south, by=cast.ada)
    found = Enrolment.objects.order_by("pk").values_list("learner__name", "cohort__name")
    assert list(found) == [("Leo Marin", "North"), ("Lia Chen", "South")]
    assert (where(cast), list(cohort_moves.just_left(cast.lia_enrolment))) == ([], [])
    with pytest.raises(WrongState, match="North has ended"):
        cohort_moves.move(cast.lia_enrolment, to=Cohort.objects.get(pk=cast.cohort.pk), by=cast.ada)


def test_of_any_moves_each_day_knows_the_cohort_that_was_last_said_of_it(cast, time_machine):
    """Against the plainest way to remember: a cohort for each day, written over from the first day of a move on."""
    chance = random.Random(7)  # noqa: S311
    days = [TODAY + number * DAY for number in range(-3, 12)]
    cohorts = [cast.cohort, *(cohort(cast, f"C{n}", starts_on=TODAY + n * DAY) for n in (-9, 2, 5))]
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(starts_on=TODAY - 2 * DAY)
    for _run in range(12):
        FormerCohort.objects.all().delete()
        Enrolment.objects.filter(pk=cast.enrolment.pk).update(cohort=cast.cohort)
        time_machine.move_to(NOW, tick=False)
        said = dict.fromkeys(days, cast.cohort.pk)
        for _move in range(4):
            time_machine.shift(chance.randrange(3) * DAY)
            to = chance.choice(cohorts)
            moving = Enrolment.objects.get(pk=cast.enrolment.pk).cohort_id != to.pk
            moved(cast, to)
            first = max(timezone.localdate(), to.starts_on)
            said |= {day: to.pk for day in days if day >= first and moving}
        assert {day: cohort_then(cast, day) for day in days} == said


def test_an_enrolment_that_has_not_begun_was_never_elsewhere(cast):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(starts_on=TODAY + DAY)
    moved(cast, cohort(cast))
    assert where(cast) == []


@pytest.mark.parametrize("status", ["draft", "signed", "ended", None])
def test_what_is_agreed_stays_and_a_draft_takes_the_words_of_the_other_program(cast, status):
    text = agreements.revise(
        cast.program, by=cast.ada, clauses=agreements.Clauses("Hard ones", "b", "c", "d"), review_after_days=30
    )
    south = cohort(cast, program=other_program(cast, agreement_text=text))
    Program.objects.filter(pk=cast.program.pk).update(agreement_text=None)
    if status:
        times = {"draft": {}, "signed": {"signed_at": NOW}, "ended": {"signed_at": NOW, "ended_at": NOW}}
        Agreement.objects.create(
            organization=cast.organization, enrolment=cast.enrolment, learner=cast.leo, coach=cast.ana, purpose="Ours",
            status=status, **times[status],
        )  # fmt: skip
    moved(cast, south)
    found = sorted(Agreement.objects.values_list("status", "purpose"))
    kept = [(status, "Ours")] if status in ("signed", "ended") else []
    assert found == ([] if status == "signed" else [("draft", "Hard ones")]) + kept


def test_back_where_no_words_are_the_draft_of_the_other_program_goes(cast):
    text = agreements.write_default(cast.organization)
    Program.objects.filter(pk=cast.program.pk).update(agreement_text=None)
    moved(cast, cohort(cast, program=other_program(cast, agreement_text=text)))
    [draft] = Agreement.objects.all()
    moved(cast, Cohort.objects.select_related("program").get(pk=cast.cohort.pk))
    assert list(Agreement.objects.all()) == []
    with pytest.raises(WrongState, match="This agreement is not open any more"):
        agreements.accept(draft, by=cast.leo)


@pytest.mark.parametrize(
    ("refusal", "sentence", "to"),
    [
        (Invalid, "Choose a cohort of the same pillar.", lambda cast: other_program(cast, pillar=make_pillar(key="x"))),
        (WrongState, "Hard calls is archived: restore it first.", lambda cast: other_program(cast, archived_at=NOW)),
    ],
)
def test_a_cohort_that_takes_nobody_is_refused(cast, refusal, sentence, to):
    with pytest.raises(refusal, match=sentence):
        moved(cast, cohort(cast, program=to(cast)))


def test_ended_cohorts_and_enrolments_move_nobody(cast):
    with pytest.raises(WrongState, match="South has ended"):
        moved(cast, cohort(cast, ends_on=TODAY - DAY))
    enrolments.end(cast.enrolment, by=cast.ada)
    with pytest.raises(WrongState, match="This enrolment has ended"):
        moved(cast, cohort(cast, "East"))


def test_only_administrators_of_the_organization_move(cast):
    south, empty = cohort(cast), cohort(cast, "East")
    for by in (cast.ana, cast.leo, cast.mia, cast.olga):
        for step in (
            lambda by=by: cohort_moves.move(cast.enrolment, to=south, by=by),
            lambda by=by: cohort_moves.move_everybody(empty, to=south, by=by),
            lambda by=by: cohort_moves.take_back(empty, by=by),
        ):
            with pytest.raises(NotAllowed):
                step()


def test_another_organizations_cohort_is_refused(cast):
    elsewhere = cast.olga.organization
    program = Program.objects.create(organization=elsewhere, pillar=cast.pillar, name="Theirs")
    theirs = Cohort.objects.create(organization=elsewhere, program=program, name="Theirs", starts_on=TODAY)
    with pytest.raises(Invalid, match="Choose a cohort of the same pillar"):
        moved(cast, theirs)


def test_many_move_in_a_number_of_statements_that_is_fixed(cast, django_assert_num_queries):
    hard = other_program(cast, agreement_text=cast.program.agreement_text)
    south = Cohort.objects.select_related("program").get(pk=cohort(cast, program=hard).pk)
    both = [cast.enrolment, cast.lia_enrolment]
    for people in (both[:1], both):
        FormerCohort.objects.all().delete()
        Agreement.objects.all().delete()
        Enrolment.objects.update(cohort=cast.cohort, program=cast.program)
        with django_assert_num_queries(12):
            cohort_moves.move_all([(each, south) for each in people], by=cast.ada)
    assert FormerCohort.objects.count() == 2
