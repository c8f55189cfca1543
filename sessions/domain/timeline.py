"""What a coach sees of one session, and what is ahead in an enrolment. Its past: so_far."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from programs.models import Agreement, Enrolment, Member
from sessions.domain import plans
from sessions.domain.chances import Chances, chances_of
from sessions.domain.plans import KnownPlan
from sessions.domain.visibility import Reveal, reveal_of
from sessions.models import HELD, Feedback, ImprovementPlan, MicroSession, Reflection, Status


@dataclass(frozen=True, slots=True)
class Entry:
    """One session; `reveal` and `reflection` are empty before the reveal."""

    micro: MicroSession
    plan: ImprovementPlan | None = None
    chances: Chances = field(default_factory=Chances)
    reveal: Reveal | None = None
    feedback: Mapping[str, Feedback] = field(default_factory=dict)
    reflection: Reflection | None = None


def planned(enrolment: Enrolment, *, by: Member) -> QuerySet[MicroSession]:
    """What is ahead or under way, soonest first, with what a line of it shows."""
    ahead = MicroSession.objects.coached_by(by).filter(enrolment=enrolment, status__in=[Status.PLANNED, Status.RUNNING])
    shown = ("status", "scheduled_for", "minutes_planned", "move_asked_at", "focus_criterion__name")
    return ahead.select_related("focus_criterion").only(*shown).order_by("scheduled_for")


def entry_of(micro: MicroSession, *, by: Member) -> Entry:
    """What its coach may see of a session; of one that was not held there is nothing."""
    if micro.status not in HELD:
        return Entry(micro)
    plan = ImprovementPlan.objects.complete().filter(micro=micro).first()
    feedback = Feedback.objects.visible_to(by).filter(micro=micro).exclude(line="")
    reflection = Reflection.objects.visible_to(by).filter(micro=micro).prefetch_related("replies")
    return Entry(
        micro=micro,
        plan=plan,
        chances=chances_of([plan.pk]).get(plan.pk, Chances()) if plan else Chances(),
        reveal=reveal_of(micro, by=by),
        feedback={item.kind: item for item in feedback},
        reflection=reflection.first(),
    )


def agreement_of(enrolment: Enrolment, *, by: Member) -> Agreement | None:
    """How the open agreement stands, draft or signed, without its text; None before the first."""
    ours = Agreement.objects.visible_to(by).filter(enrolment=enrolment).exclude(status=Agreement.Status.ENDED)
    return ours.only("status", "signed_at", "review_on").first()


def last_plan(enrolment: Enrolment, *, by: Member) -> tuple[KnownPlan, Chances | None] | None:
    """The newest complete plan that may steer the next session, and how often it was applied. Two queries at most.

    A substitute, and a new coach to whom the past came along, see the plan; how it went is None for them.
    """
    known = plans.known_to_coach(by, is_own=enrolment.coach_id == by.pk)
    plan = plans.known_of(enrolment.pk, known)
    if plan is None or plan.coach != by.pk:
        return (plan, None) if plan else None
    return plan, chances_of([plan.pk]).get(plan.pk, Chances())
