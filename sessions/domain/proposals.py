"""What the next session could be: when, which case, which behaviour and why. Saved as it is, or changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.models import Behaviour, Blueprint, Criterion, Enrolment, Member, Rubric
from sessions.domain import cases, difficulty, evidence, free_time, topics
from sessions.domain.busy import Busy
from sessions.domain.content import Content
from sessions.domain.evidence import Evidence, Met
from sessions.models import Reply

AHEAD = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Focus:
    """A behaviour that can be the focus, in its rubric's words, with what speaks for it."""

    criterion: Criterion
    because: str

    @property
    def behaviour(self) -> Behaviour:
        return self.criterion.behaviour


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One session as it could be planned; `at` in UTC. `choices` are all behaviours of the rubric."""

    enrolment: Enrolment
    at: datetime
    usual: bool
    minutes: int
    rubric: Rubric
    blueprint: Blueprint | None
    criterion: Criterion
    because: str
    success: str
    difficulty: int
    difficulty_because: str
    choices: tuple[Focus, ...]
    topics: tuple[Reply, ...] = ()

    @property
    def focus(self) -> Behaviour:
        return self.criterion.behaviour


@dataclass(frozen=True, slots=True)
class Material:
    """All that proposals for some enrolments are drawn from, so that eighteen cost no more queries than one."""

    rubrics: Mapping[int, Rubric]
    blueprints: Mapping[int, Sequence[Blueprint]]
    used: Mapping[int, cases.Used]
    evidence: Mapping[int, Evidence]
    topics: Mapping[int, Sequence[Reply]] = field(default_factory=dict)


def propose(enrolment: Enrolment, *, by: Member, after: datetime | None = None) -> Proposal:
    """The next session of an enrolment, after now unless said otherwise. Raises Invalid without a published rubric."""
    after = after or timezone.now()
    material = gather([enrolment], by=by, now=after)
    busy = Busy.of(by, [enrolment.learner_id], first=after, last=after + AHEAD)
    minutes = enrolment.program.minutes
    left = free_time.left_alone(enrolment, after=after)
    found = free_time.next_free(enrolment, by=by, after=after, minutes=minutes, busy=busy, left=left)
    return draw(material, enrolment, at=found.at, usual=found.usual)


def gather(enrolments: Sequence[Enrolment], *, by: Member, now: datetime) -> Material:
    """Load what is needed for these enrolments; a constant number of queries."""
    pillars = {enrolment.pillar_id for enrolment in enrolments}
    return Material(
        rubrics=cases.rubrics(pillars, by=by),
        blueprints=cases.blueprints(pillars, by=by),
        used=cases.used(enrolments),
        evidence=evidence.gather(enrolments, by=by, on=timezone.localdate(now)),
        topics=topics.open_topics(enrolments, by=by),
    )


def draw(material: Material, enrolment: Enrolment, *, at: datetime, usual: bool) -> Proposal:
    """One proposal; the case it takes is used up for the next one drawn. Raises Invalid without a published rubric."""
    rubric = cases.rubric_of(material.rubrics, enrolment)
    known = material.evidence.get(enrolment.pk, Evidence())
    criteria = list(rubric.criteria.all())
    wanted = _needs_practice(criteria, known)
    used = material.used[enrolment.pk]
    case_list = material.blueprints.get(enrolment.pillar_id, ())
    hard, why_so_hard = difficulty.proposed(enrolment, known)
    blueprint = cases.next_case(case_list, used=used, difficulty=hard, focus=wanted)
    if blueprint:
        used.now(blueprint.key, at)
    focus = wanted or _of_case(criteria, blueprint)
    because = _because(focus, known, least=focus == wanted)
    if wanted is None and blueprint and blueprint.focus_id == focus.behaviour_id:
        because = _("the next case practises it")
    return Proposal(
        enrolment=enrolment,
        at=at,
        usual=usual,
        minutes=enrolment.program.minutes,
        rubric=rubric,
        blueprint=blueprint,
        criterion=focus,
        because=because,
        success=focus.success,
        difficulty=hard,
        difficulty_because=why_so_hard,
        choices=tuple(Focus(each, because if each == focus else _because(each, known)) for each in criteria),
        topics=tuple(material.topics.get(enrolment.pk, ())),
    )


def content_of(proposal: Proposal) -> Content:
    """The proposal as it is, ready to be planned."""
    return Content(
        minutes_planned=proposal.minutes,
        focus=proposal.focus,
        blueprint=proposal.blueprint,
        success_criterion=proposal.success,
        difficulty=proposal.difficulty,
    )


def _needs_practice(criteria: Iterable[Criterion], known: Evidence) -> Criterion | None:
    """The behaviour that met its level in the smallest share of times, else one not seen lately, else None."""
    counted = [(met.met / met.seen, each) for each in criteria if (met := known.behaviours.get(each.behaviour_id))]
    below = [(share, each) for share, each in counted if share < 1]
    if below:
        return min(below, key=lambda pair: pair[0])[1]
    if not known.sessions:
        return None
    return next((each for each in criteria if each.behaviour_id not in known.behaviours), None)


def _of_case(criteria: Sequence[Criterion], blueprint: Blueprint | None) -> Criterion:
    """The case's own focus where the rubric has it, else the rubric's first."""
    return next((each for each in criteria if blueprint and each.behaviour_id == blueprint.focus_id), criteria[0])


def _because(criterion: Criterion, known: Evidence, *, least: bool = False) -> str:
    """What speaks for it; `least` says that it needs practice more than the others."""
    met = known.behaviours.get(criterion.behaviour_id, Met())
    last, words = known.sessions, {"met": met.met, "seen": met.seen, "last": known.sessions}
    if not last:
        return _("nothing is revealed yet")
    if not met.seen:
        return ngettext("not seen in the last session", "not seen in the last %(last)s sessions", last) % words
    if least:
        said = ngettext(
            "reached “meets” in %(met)s of %(seen)s recent session, least of all",
            "reached “meets” in %(met)s of %(seen)s recent sessions, least of all",
            met.seen,
        )
        return said % words
    said = ngettext(
        "reached “meets” in %(met)s of %(seen)s recent session",
        "reached “meets” in %(met)s of %(seen)s recent sessions",
        met.seen,
    )
    return said % words
