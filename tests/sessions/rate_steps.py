"""Steps that tests of rating, sealing and the record take, through the real domain functions."""

import datetime as dt
from types import EllipsisType

import pgtrigger
from django.urls import reverse
from django.utils import timezone

from programs.models import Member
from sessions.domain import plans, ratings, reflections, reveals
from sessions.models import Feedback, MicroSession, Reply, Tick

WORDS = {"what_changed": "She stopped.", "why_it_matters": "Calmer.", "confidence": "very"}
PLAN = {"cue": "the voice rises", "will": "say what I heard"}
SEEN = {"version": 0, "plan_version": 0}


def page_of(micro) -> str:
    """Where the learner rates, reflects and plans."""
    return reverse("learn:rating-edit", args=[micro.pk])


def criteria(micro: MicroSession) -> list:
    return list(micro.rubric.criteria.select_related("behaviour"))


def levels(micro: MicroSession, *values: int | EllipsisType | None) -> dict[int, int | None]:
    """The rubric's criteria in order with these levels; fewer values, or `...` for one, rate fewer criteria."""
    pairs = zip(criteria(micro), values, strict=False)
    return {criterion.pk: value for criterion, value in pairs if not isinstance(value, EllipsisType)}


def taps(micro: MicroSession, *values: int | EllipsisType) -> dict[str, str]:
    """The same as a post: 0 stands for "not seen"."""
    return {f"level-{pk}": str(value) for pk, value in levels(micro, *values).items()}


def hand_in(micro: MicroSession, by: Member, *values: int | None):
    return ratings.hand_in(micro, by=by, levels=levels(micro, *values))


def both(micro: MicroSession, own=(2, 3, 3), coach=(3, 3, 1)) -> MicroSession:
    """Rated by both, hence revealed."""
    hand_in(micro, micro.learner, *own)
    hand_in(micro, micro.coach, *coach)
    return fresh(micro)


def held_days_ago(cast, days: int, **fields) -> MicroSession:
    """A session of 15 minutes that ended so many days ago; its deadline is still ahead."""
    ended = timezone.now() - dt.timedelta(days=days, minutes=10)
    return cast.held(started_at=ended - dt.timedelta(minutes=15), ended_at=ended, **fields)


def fresh(micro: MicroSession) -> MicroSession:
    return MicroSession.objects.for_list().get(pk=micro.pk)


def past_deadline(micro: MicroSession) -> MicroSession:
    """The deadline has passed and no sweep has run."""
    with pgtrigger.ignore("coaching.MicroSession:deadline_stays"):
        MicroSession.objects.filter(pk=micro.pk).update(opens_at=timezone.now() - dt.timedelta(minutes=1))
    return fresh(micro)


def opened_by_deadline(micro: MicroSession) -> MicroSession:
    past_deadline(micro)
    reveals.reveal_due(timezone.now())
    return fresh(micro)


def write_plan(micro: MicroSession, by: Member | None = None, cue="the voice rises", will="say what I heard"):
    return plans.write(micro, by=by or micro.learner, version=plans.draft_of(micro).version, cue=cue, will=will)


def reflect(micro: MicroSession, **words):
    """A reflection saved by its learner, with its plan."""
    given = {"what_changed": "She stopped repeating herself.", "why_it_matters": "", "confidence": "fairly"}
    plan = {"cue": "the voice rises", "will": "say what I heard"}
    versions = {"version": reflections.reflection_of(micro).version, "plan_version": plans.draft_of(micro).version}
    return reflections.save(micro, by=micro.learner, **given | plan | words | versions)


def coach_side(micro: MicroSession, keep="Named it twice.", change="Wait longer.") -> None:
    """Everything of the coach's that would tell the rating, apart from the rating."""
    for kind, line in (("keep", keep), ("change", change)):
        Feedback.objects.create(micro=micro, kind=kind, line=line, did=line, how=line, impact=line, next_step=line)
    for behaviour in (criterion.behaviour for criterion in criteria(micro)):
        Tick.objects.create(micro=micro, behaviour=behaviour, kind="saw", at=micro.started_at or timezone.now())


def reply(micro: MicroSession, kind="use_this", text="") -> Reply:
    return Reply.objects.create(reflection=micro.reflection, coach=micro.coach, kind=kind, text=text)
