"""What an audit once got past the database: each is refused now, and the ways that the product goes still work."""

import datetime as dt

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from programs.domain import enrolments
from sessions.domain import ratings
from sessions.models import HELD, FollowUp, Message, MicroSession, Prompt, Rating, Score, Status
from sessions.models.states import LIFE
from tests.conftest import make_pillar
from tests.sessions.prompt_steps import closed, followed, other_enrolment
from tests.sessions.rate_steps import both, fresh, hand_in, opened_by_deadline

DAY = dt.timedelta(days=1)
STEPS = [(before, after) for before in Status for after in Status if before != after]
ALLOWED = {(before, after) for before, steps in LIFE.items() for after in steps}


def refused_by(write) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
    return refusal.value.__cause__.diag.constraint_name


def changing(row, **fields):
    return lambda: type(row)._base_manager.filter(pk=row.pk).update(**fields)


def fields_of(status: Status) -> dict:
    """What a session must hold in that state."""
    now = timezone.now()
    fields = dict.fromkeys(
        ("started_at", "ended_at", "minutes_actual", "opens_at", "closed_at", "cancelled_at", "missed_at")
    )
    if status == Status.RUNNING or status in HELD:
        fields["started_at"] = now
    if status in HELD:
        fields |= {"ended_at": now, "minutes_actual": 1, "opens_at": now + DAY}
    if status in (Status.CLOSED, Status.CANCELLED, Status.MISSED):
        fields[f"{status}_at"] = now
    return {"status": status, **fields}


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_a_status_moves_as_its_life_allows(cast, before, after):
    micro = cast.plan(**fields_of(before))
    step = fields_of(after)
    if before in HELD and after in HELD:
        step["opens_at"] = micro.opens_at
    if (before, after) in ALLOWED:
        assert changing(micro, **step)() == 1
    else:
        assert refused_by(changing(micro, **step)) == "status_moves_as_its_life_allows"


def test_a_planned_session_is_never_open(cast):
    micro = cast.plan()
    assert refused_by(changing(micro, revealed_at=timezone.now())) == "seal_breaks_when_it_may"
    hand_in(micro, cast.ana, 3, 3, 3)
    Rating.objects.create(micro=micro, rater=cast.leo, role="self", submitted_at=timezone.now())
    assert refused_by(changing(micro, revealed_at=timezone.now())) == "micro_revealed_has_begun"


def test_one_rating_opens_nothing_before_the_deadline(cast):
    micro = cast.held()
    hand_in(micro, cast.ana, 3, 3, 3)
    Rating.objects.create(micro=micro, rater=cast.leo, role="self")
    now = timezone.now()
    assert refused_by(changing(micro, revealed_at=now)) == "seal_breaks_when_it_may"
    assert refused_by(changing(micro, revealed_at=micro.opens_at)) == "seal_breaks_when_it_may"  # not yet that day
    assert refused_by(changing(micro, revealed_at=now, opens_at=micro.ended_at)) == "deadline_stays"
    assert refused_by(lambda: cast.held(revealed_at=now, opens_at=now + DAY)) == "seal_breaks_when_it_may"


def test_levels_stay_once_both_sides_are_open(cast):
    micro = both(cast.held())
    score = Score.objects.filter(rating__role="coach").first()
    draft = cast.held(enrolment=cast.enrolment)
    other = Rating.objects.create(micro=draft, rater=cast.ana, role="coach")
    assert refused_by(changing(score, level=1)) == "levels_stay_once_open"
    assert refused_by(changing(score, rating=other)) == "levels_stay_once_open"
    assert refused_by(lambda: Score.objects.filter(pk=score.pk).delete()) == "levels_stay_once_open"
    assert refused_by(changing(score.rating, submitted_at=None)) == "handed_in_stays_in"
    assert refused_by(lambda: Rating.objects.filter(pk=score.rating_id)._raw_delete("default")) == "handed_in_stays_in"
    with pgtrigger.ignore("coaching.Score:levels_stay_once_open"):
        score.delete()
    again = {"rating": score.rating, "criterion": score.criterion, "level": 1}
    assert refused_by(lambda: Score.objects.create(**again)) == "levels_stay_once_open"
    assert fresh(micro).is_revealed


def test_only_what_a_coach_no_longer_holds_is_set_aside_and_it_opens_nothing(cast):
    micro = cast.plan()
    rating = hand_in(micro, cast.ana, 3)
    assert refused_by(changing(rating, role="aside")) == "rater_has_that_part"
    stranger = {"micro": micro, "rater": cast.olga, "role": "aside"}
    assert refused_by(lambda: Rating.objects.create(**stranger)) == "rater_has_that_part"
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert {role: refused_by(changing(rating, role=role)) for role in ("coach", "self", "peer")} == {
        "coach": "rater_has_that_part", "self": "handed_in_stays_in", "peer": "handed_in_stays_in",
    }  # fmt: skip
    assert refused_by(changing(rating, submitted_at=None)) == "handed_in_stays_in"
    Rating.objects.create(micro=micro, rater=cast.leo, role="self", submitted_at=timezone.now())
    assert refused_by(changing(micro, revealed_at=timezone.now())) == "seal_breaks_when_it_may"


def test_who_changes_a_rating_once_both_are_open_is_late_for_good(cast):
    micro = both(cast.held())
    ratings.change(micro, by=cast.ana)
    late = ratings.score(micro, by=cast.ana, criterion=cast.criteria[0], level=1)
    assert late.scores.get(criterion=cast.criteria[0]).level == 1
    assert refused_by(changing(late, late=False)) == "late_when_revealed"


def test_a_rating_after_the_deadline_is_late_whatever_time_it_gives(cast):
    micro = opened_by_deadline(cast.held())
    before = micro.ended_at + dt.timedelta(minutes=1)
    kept = {"micro": micro, "rater": cast.leo, "role": "self"}
    assert refused_by(lambda: Rating.objects.create(submitted_at=before, **kept)) == "late_when_revealed"
    assert hand_in(micro, cast.leo, 3, 3, 3).late


def test_a_session_is_rated_by_a_rubric_of_its_pillar(cast):
    rubric = make_pillar(key="other").rubrics.get()
    focus = rubric.criteria.first().behaviour
    assert refused_by(changing(cast.plan(), rubric=rubric, focus=focus)) == "rubric_of_the_pillar"
    enrolment = other_enrolment(cast, "third")
    assert refused_by(changing(cast.plan(), enrolment=enrolment)) == "rubric_of_the_pillar"


def questions(cast, **fields) -> Message:
    values = {"recipient": cast.leo, "kind": "prompts", "local_date": timezone.localdate()} | fields
    return Message.objects.create(organization=cast.organization, due_at=timezone.now(), **values)


def prompt(follow: FollowUp, number: int = 1, **fields) -> Prompt:
    now = timezone.now()
    values = {"question": "?", "due_at": now, "status": "missed", "asked_at": now, "missed_at": now} | fields
    return Prompt.objects.create(follow_up=follow, sequence=number, **values)


def test_a_message_asks_its_own_learner_and_nobody_else(cast):
    follow = followed(cast)
    other = prompt(follow)
    for message in (questions(cast, recipient=cast.lia), questions(cast, kind="test")):
        assert refused_by(changing(other, message=message)) == "message_asks_the_learner"
    right = questions(cast)
    assert changing(other, message=right)() == 1
    assert refused_by(changing(right, recipient=cast.lia)) == "stays_what_it_is"
    assert refused_by(changing(right, kind="test")) == "stays_what_it_is"


def test_a_message_holds_three_questions_at_most(cast):
    follow, message = followed(cast), questions(cast)
    for number in (1, 2, 3):
        prompt(follow, number, message=message)
    assert refused_by(lambda: prompt(follow, 4, message=message)) == "message_asks_the_learner"
    Prompt.objects.update(note="answering them still works")


def test_a_follow_up_is_of_the_learner_of_its_session(cast):
    plan = closed(cast).improvement_plan
    values = {"organization": cast.organization, "plan": plan, "rule_version": 1, "starts_at": timezone.now()}
    wrong = {"learner": cast.lia, "enrolment": cast.enrolment}, {"learner": cast.leo, "enrolment": cast.lia_enrolment}
    for people in wrong:
        assert refused_by(lambda people=people: FollowUp.objects.create(**values, **people)) == "follows_its_session"
    right = FollowUp.objects.create(**values, learner=cast.leo, enrolment=cast.enrolment)
    assert refused_by(changing(right, learner=cast.lia)) == "stays_with_its_session"
    assert refused_by(changing(plan, micro=cast.held())) == "stays_with_its_session"


def test_the_deadline_is_after_the_end(cast):
    assert refused_by(lambda: cast.held(opens_at=timezone.now() - DAY)) == "micro_opens_after_it_ended"


def test_a_session_that_runs_on_gets_its_deadline_anew(cast):
    micro = cast.held()
    assert changing(micro, **fields_of(Status.RUNNING))() == 1
    assert MicroSession.objects.get(pk=micro.pk).opens_at is None
