"""A plan that is followed up, and its questions in whatever state a test needs."""

import datetime as dt

from django.utils import timezone

from programs.models import Enrolment, Pillar, Program
from sessions.domain.spacing import RULE_VERSION, Memory
from sessions.models import FollowUp, ImprovementPlan, MicroSession, Prompt
from tests.conftest import make_pillar

CUE, WILL = "a customer repeats themselves", "say what I heard"
SENTENCE = "When a customer repeats themselves, I will say what I heard."
GOOD, HARD, EASY, NO_CHANCE, AGAIN = "as_planned", "harder", "naturally", "no_chance", "not_this_time"


def at(text: str) -> dt.datetime:
    """Wall time in Berlin, where the cast works."""
    from zoneinfo import ZoneInfo

    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def closed(cast, *, ended: dt.datetime | None = None, cue: str = CUE, will: str = WILL, **fields) -> MicroSession:
    """A closed session of Ana and Leo with a plan, not followed up."""
    ended = ended or timezone.now() - dt.timedelta(days=1)
    micro = cast.held(
        started_at=ended - dt.timedelta(minutes=15), ended_at=ended, status="closed", closed_at=ended,
        revealed_at=ended, **fields,
    )  # fmt: skip
    ImprovementPlan.objects.create(micro=micro, cue=cue, will=will, written_by=micro.learner, version=1)
    return micro


def followed(cast, *, ended: dt.datetime | None = None, enrolment: Enrolment | None = None, **fields) -> FollowUp:
    """The same, followed up, nothing asked yet."""
    micro = closed(cast, ended=ended, enrolment=enrolment or cast.enrolment)
    memory = Memory(due=micro.ended_at + dt.timedelta(days=1)).to_json()
    values = {"memory": memory, "starts_at": micro.ended_at} | fields
    return FollowUp.objects.create(
        organization=cast.organization, plan=micro.improvement_plan, enrolment=micro.enrolment, learner=micro.learner,
        rule_version=RULE_VERSION, **values,
    )  # fmt: skip


def prompt_of(follow_up: FollowUp, status: str = "asked", **fields) -> Prompt:
    """The follow-up's next question; asked an hour ago unless said otherwise."""
    last = follow_up.prompts.last()
    when = fields.pop("at", timezone.now() - dt.timedelta(hours=1))
    values = {"sequence": last.sequence + 1 if last else 1, "question": "Did a chance come?", "due_at": when}
    if status != "planned":
        values["asked_at"] = when
    if status == "answered":
        values |= {"answered_at": when, "answer": GOOD}
    if status == "missed":
        values["missed_at"] = when
    if status == "cancelled":
        values["cancelled_because"] = "replaced"
    return Prompt.objects.create(follow_up=follow_up, status=status, **(values | fields))


def asked(cast, **fields) -> Prompt:
    """Leo's open question about his plan."""
    return prompt_of(followed(cast), **fields)


def other_enrolment(cast, key: str) -> Enrolment:
    """Leo learns another pillar with Ana, too."""
    pillar: Pillar = make_pillar(key=key)
    program = Program.objects.create(organization=cast.organization, pillar=pillar, name=key)
    cohort = cast.cohort.__class__.objects.create(
        organization=cast.organization, program=program, name=key, starts_on=cast.cohort.starts_on
    )
    return Enrolment.objects.create(
        organization=cast.organization, cohort=cohort, program=program, pillar=pillar, learner=cast.leo, coach=cast.ana,
        starts_on=cohort.starts_on,
    )  # fmt: skip


def fresh[M](row: M) -> M:
    return type(row)._default_manager.get(pk=row.pk)


def micro_of(follow_up: FollowUp) -> MicroSession:
    return follow_up.plan.micro
