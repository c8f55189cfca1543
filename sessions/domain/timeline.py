"""One enrolment over time, for its coach: sessions, moves, plans and how often they were applied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone

from programs.models import Agreement, Enrolment, Member
from sessions.domain.chances import Chances, chances_of
from sessions.domain.visibility import Line, Reveal, reveals_of
from sessions.domain.who_plans import past_known_to
from sessions.models import HELD, Feedback, ImprovementPlan, MicroSession, Reflection, Status


@dataclass(frozen=True, slots=True)
class Entry:
    """One session. `reveal`, `reflection` are empty before the reveal; of a former coach's session only the plan."""

    micro: MicroSession
    mine: bool
    plan: ImprovementPlan | None = None
    chances: Chances = field(default_factory=Chances)
    reveal: Reveal | None = None
    feedback: Mapping[str, Feedback] = field(default_factory=dict)
    reflection: Reflection | None = None

    @property
    def focus_line(self) -> Line | None:
        """Both levels of the focus, once revealed."""
        lines = self.reveal.lines if self.reveal else ()
        return next((line for line in lines if line.behaviour == self.micro.focus_id), None)


def planned(enrolment: Enrolment, *, by: Member) -> QuerySet[MicroSession]:
    """What is ahead or under way, soonest first, with what a line of it shows."""
    ahead = MicroSession.objects.coached_by(by).filter(enrolment=enrolment, status__in=[Status.PLANNED, Status.RUNNING])
    shown = ("status", "scheduled_for", "minutes_planned", "move_asked_at", "focus__name")
    return ahead.select_related("focus").only(*shown).order_by("scheduled_for")


def entries_of(micros: Sequence[MicroSession], *, by: Member) -> list[Entry]:
    """What this coach may see of these sessions, in their order; a constant number of queries."""
    held = [micro for micro in micros if micro.status in HELD]
    plans = {plan.micro_id: plan for plan in ImprovementPlan.objects.complete().filter(micro__in=held)}
    chances = chances_of(plan.pk for plan in plans.values())
    reveals = reveals_of(held, by=by)
    feedback: dict[int, dict[str, Feedback]] = {}
    for item in Feedback.objects.visible_to(by).filter(micro__in=held).exclude(line=""):
        feedback.setdefault(item.micro_id, {})[item.kind] = item
    shared = Reflection.objects.visible_to(by).filter(micro__in=held).prefetch_related("replies")
    reflections = {each.micro_id: each for each in shared}
    return [
        Entry(
            micro=micro,
            mine=micro.coach_id == by.pk,
            plan=(plan := plans.get(micro.pk)),
            chances=chances.get(plan.pk, Chances()) if plan else Chances(),
            reveal=reveals.get(micro.pk),
            feedback=feedback.get(micro.pk, {}),
            reflection=reflections.get(micro.pk),
        )
        for micro in micros
    ]


def agreement_of(enrolment: Enrolment, *, by: Member) -> Agreement | None:
    """How the open agreement stands, draft or signed, without its text; None before the first."""
    ours = Agreement.objects.visible_to(by).filter(enrolment=enrolment).exclude(status=Agreement.Status.ENDED)
    return ours.only("status", "signed_at", "review_on").first()


def last_plan(enrolment: Enrolment, *, by: Member) -> tuple[ImprovementPlan, Chances] | None:
    """The newest complete plan that may steer the next session, and how often it was applied. Two queries."""
    known = MicroSession.objects.filter(past_known_to(by, on=timezone.localdate()), enrolment=enrolment)
    plans = ImprovementPlan.objects.complete().filter(micro__in=known, micro__status__in=HELD)
    plan = plans.order_by("-micro__ended_at", "-pk").first()
    return (plan, chances_of([plan.pk]).get(plan.pk, Chances())) if plan else None
