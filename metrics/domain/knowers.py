"""Which possible viewer of figures knows whose values of a block (PRIVACY.md rule 4)."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from metrics.domain.spans import Span
from metrics.domain.values import within
from programs.models import Cohort, Enrolment, Member, Organization, Substitute
from sessions.models import MicroSession, Prompt, Rating, RatingRole, Reflection

_history: Any = apps.get_model("programs", "EnrolmentEvent").objects  # made by pghistory
_MOMENTS = ("scheduled_for", "started_at", "revealed_at", "met_confirmed_at", "cancelled_at", "missed_at")


def knowers_of(
    organization: Organization, pillar: int, span: Span, viewers: frozenset[int]
) -> Mapping[int, frozenset[int]]:
    """Learner → viewers who know the learner's values of the block: coaches, and the viewer as a learner.

    A coach is whoever was that, or stood in, on any day from the block's first to its last (where the history tells,
    to today), and whoever held a session of which something settles in the block, also after the learner has gone to
    somebody else. Whoever may open any figure of the pillar is a possible viewer of all of it, since a figure can also
    be had by subtracting what one sees from what is around it. Three queries.
    """
    if not viewers:
        return {}
    theirs = Q(organization=organization, coach__in=viewers)
    in_block = Q(starts_on__lte=span.ends_on) & (Q(ended_on=None) | Q(ended_on__gte=span.starts_on))
    enrolled = Enrolment.objects.filter(in_block, pillar=pillar, organization=organization)
    once = _coached_since(span, theirs & Q(pillar=pillar, pgh_obj__in=enrolled.values("pk")))
    coached = enrolled.filter(theirs).values_list("learner", "coach").union(once).order_by()
    held = MicroSession.objects.filter(theirs, _settles_in(span), enrolment__pillar=pillar)
    stood_in = Substitute.objects.filter(
        theirs, starts_on__lte=span.ends_on, ends_on__gte=span.starts_on, enrolment__pillar=pillar
    ).values_list("enrolment__learner", "coach")
    found: dict[int, set[int]] = defaultdict(set)
    for learner, coach in {*coached, *held.order_by().values_list("learner", "coach").distinct(), *stood_in}:
        found[learner].add(coach)
    for viewer in viewers:
        found[viewer].add(viewer)
    return {learner: frozenset(each) for learner, each in found.items()}


def who_know_nobody(members: QuerySet[Member], pillars: QuerySet[Cohort, Any]) -> QuerySet[Member]:
    """Those of the members who never coached, stood in or learned in these pillars, given as a column of their keys."""
    as_coach, there = Q(coach=OuterRef("pk")), Q(enrolment__pillar__in=pillars)
    enrolled = Enrolment.objects.filter(as_coach | Q(learner=OuterRef("pk")), pillar__in=pillars)
    once = coached_once(as_coach & Q(pillar__in=pillars))
    with_sessions = MicroSession.objects.filter(as_coach, there)
    stood_in = Substitute.objects.filter(as_coach, there)
    return members.exclude(Exists(enrolled) | Exists(once) | Exists(with_sessions) | Exists(stood_in))


def coached_once(which: Q) -> QuerySet[Any]:
    """What the history says of enrolments like these, at whatever time."""
    return _history.filter(which)  # type: ignore[no-any-return]


def _coached_since(span: Span, which: Q) -> QuerySet[Any, Any]:
    """Learner and coach of enrolments as they stood on the block's first day or at any time after it."""
    later = coached_once(Q(pgh_obj=OuterRef("pgh_obj"), pk__gt=OuterRef("pk"), pgh_created_at__lt=span.start))
    return coached_once(which).filter(~Exists(later)).order_by().values_list("learner", "coach")


def _settles_in(span: Span) -> Q:
    """Sessions of which something lies in the block that may count there: of themselves, or of what came of them."""
    of_it = Q()
    for moment in _MOMENTS:
        of_it |= within(span, moment)
    rated = Rating.objects.filter(within(span, "submitted_at"), role=RatingRole.SELF, micro=OuterRef("pk"))
    reflected = Reflection.objects.filter(within(span, "saved_at"), micro=OuterRef("pk"))
    told = within(span, "answered_at") | within(span, "missed_at")
    asked = Prompt.objects.filter(told, follow_up__plan__micro=OuterRef("pk"))
    return of_it | Q(Exists(rated)) | Q(Exists(reflected)) | Q(Exists(asked))
