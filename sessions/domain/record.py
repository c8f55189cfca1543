"""The learner's own record: what was shared in each session, the plan and how often it was applied.

Built from what the learner may see, nothing else: the coach's side enters through `visibility` alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet

from programs.models import Member
from sessions.domain.chances import Chances, chances_of
from sessions.domain.visibility import Reveal, reveals_of
from sessions.models import HELD, Feedback, ImprovementPlan, MicroSession, Rating, Reflection, Reply


@dataclass(frozen=True, slots=True)
class Entry:
    """One held session: `rating` is the own one once it is in; the other side's part is empty until the reveal."""

    micro: MicroSession
    rating: Rating | None = None
    reveal: Reveal | None = None
    feedback: tuple[Feedback, ...] = ()
    plan: ImprovementPlan | None = None
    chances: Chances = field(default_factory=Chances)
    reflection: Reflection | None = None
    replies: tuple[Reply, ...] = ()

    @property
    def new_replies(self) -> tuple[Reply, ...]:
        return tuple(reply for reply in self.replies if reply.seen_at is None)


def sessions_of(learner: Member) -> QuerySet[MicroSession]:
    """The learner's held sessions, newest first."""
    held = MicroSession.objects.learned_by(learner).filter(status__in=HELD)
    return held.for_list().order_by("-started_at", "-pk")


def entries_of(micros: Sequence[MicroSession], *, learner: Member) -> list[Entry]:
    """What the learner shares in these sessions, in their order; a constant number of queries."""
    reveals = reveals_of(micros, by=learner)
    feedback = _by_micro(Feedback.objects.visible_to(learner).filter(micro__in=micros))
    own_plans = ImprovementPlan.objects.visible_to(learner).complete().filter(micro__in=micros)
    plans = {plan.micro_id: plan for plan in own_plans}
    chances = chances_of(plan.pk for plan in plans.values())
    reflections = {each.micro_id: each for each in _reflections(micros, learner)}
    ratings = {each.micro_id: each for each in _own_ratings(micros, learner)}
    return [
        Entry(
            micro=micro,
            rating=ratings.get(micro.pk),
            reveal=reveals.get(micro.pk),
            feedback=tuple(feedback.get(micro.pk, ())),
            plan=(plan := plans.get(micro.pk)),
            chances=chances.get(plan.pk, Chances()) if plan else Chances(),
            reflection=(reflection := reflections.get(micro.pk)),
            replies=tuple(reflection.replies.all()) if reflection else (),
        )
        for micro in micros
    ]


def entry_of(micro: MicroSession, *, learner: Member) -> Entry:
    """The same for one session."""
    return entries_of([micro], learner=learner)[0]


def _by_micro(items: Iterable[Feedback]) -> dict[int, list[Feedback]]:
    found: dict[int, list[Feedback]] = {}
    for item in items:
        if item.line:
            found.setdefault(item.micro_id, []).append(item)
    return found


def _reflections(micros: Sequence[MicroSession], learner: Member) -> QuerySet[Reflection]:
    own = Reflection.objects.visible_to(learner).filter(micro__in=micros, micro__learner=learner)
    return own.prefetch_related(Prefetch("replies", Reply.objects.order_by("created_at")))


def _own_ratings(micros: Sequence[MicroSession], learner: Member) -> QuerySet[Rating]:
    return Rating.objects.visible_to(learner).filter(rater=learner, micro__in=micros, submitted_at__isnull=False)
