"""What figures and decisions put on Today: checks that are due, what is to be told, what calls, the next release.

For learners what was decided, for administrators what nobody can check.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.domain.calls import Call
from metrics.domain.insights import open_calls
from metrics.domain.reading import next_release_on, shown_to
from metrics.domain.release import check_can_publish
from metrics.domain.saying import day
from metrics.domain.stories import Story, stories_of
from metrics.models import Decision
from programs.access import Permission, Role, allows, has_permission
from programs.cards import Action, Card, Urgency
from programs.models import Member

TOLD_FOR = timedelta(days=14)
NEWS_FOR = timedelta(days=1)


def cards(member: Member) -> list[Card]:
    """Every card of the member's roles, in no order."""
    found: list[Card] = []
    if has_permission(member, Permission.MANAGE_PEOPLE):
        found += left_alone_cards(member)
    if has_permission(member, Permission.SEE_FIGURES):
        found += manager_cards(member)
    if has_permission(member, Permission.LEARN):
        found += learner_cards(member)
    return found


def left_alone_cards(member: Member) -> list[Card]:
    """Open decisions that no active manager can check and close. One query."""
    left = Decision.objects.left_alone().filter(organization=member.organization_id, cohorts__isnull=False)
    rows = list(
        left.order_by("check_on", "pk", "cohorts__name").values_list(
            "pk", "cohorts", "cohorts__name", "cohorts__program__pillar__short"
        )
    )
    if not rows:
        return []
    number = len({pk for pk, *_cohort in rows})
    _pk, cohort, name, pillar = rows[0]
    title = ngettext(
        "%(number)s decision has nobody to check it", "%(number)s decisions have nobody to check them", number
    )
    line = _("It goes to a manager of %(cohort)s who neither coaches nor learns %(pillar)s, as soon as there is one.")
    return [
        Card(
            kind="left-alone",
            urgency=Urgency.WAITING,
            role=Role.ADMIN.label,
            title=title % {"number": number},
            lines=(line % {"cohort": name, "pillar": pillar},),
            count=number,
            tells_count=True,
            actions=(Action(_("Name a manager"), reverse("manage:cohort-edit", args=[cohort])),),
        )
    ]


def manager_cards(member: Member) -> list[Card]:
    """A constant number of queries."""
    stories = stories_of(member)
    calls = open_calls(member, shown_to(member), stories)
    due = sorted(
        (story for story in stories if story.is_mine and story.is_due(timezone.localdate())),
        key=lambda story: (story.check_on, story.pk),
    )
    untold = [story for story in stories if story.is_mine and story.told and story.waits_to_be_told]
    return [*check_cards(due), *tell_cards(untold), *call_cards(calls), *release_cards(member)]


def check_cards(due: Sequence[Story]) -> list[Card]:
    if not due:
        return []
    first = due[0]
    return [
        Card(
            kind="check",
            urgency=Urgency.TODAY,
            role=Role.MANAGER.label,
            title=_("Check today: “%(name)s”") % {"name": first.name},
            lines=(first.about, first.when),
            count=len(due),
            actions=(Action(_("Compare and close"), reverse("insights:decision-show", args=[first.pk])),),
        )
    ]


def tell_cards(untold: Sequence[Story]) -> list[Card]:
    """Decisions whose sentence is written and not sent, so that leaving the page loses none."""
    return [
        Card(
            kind="tell",
            urgency=Urgency.TODAY,
            role=Role.MANAGER.label,
            title=_("Tell the learners: “%(name)s”") % {"name": first.name},
            lines=(first.about, first.when),
            count=len(untold),
            actions=(Action(_("Read and tell"), reverse("insights:decision-show", args=[first.pk])),),
        )
        for first in untold[:1]
    ]


def call_cards(calls: Sequence[Call]) -> list[Card]:
    if not calls:
        return []
    first = calls[0]
    return [
        Card(
            kind="figures",
            urgency=Urgency.WAITING,
            role=Role.MANAGER.label,
            title=first.headline,
            lines=(first.row.title,),
            count=len(calls),
            actions=(
                Action(_("Decide"), reverse("insights:decision-new", args=[first.said.figure])),
                Action(_("All insights"), reverse("insights:home")),
            ),
        )
    ]


def release_cards(member: Member) -> list[Card]:
    """When the next figures come; nothing where none will."""
    following = next_release_on(member) if allows(check_can_publish, member.organization) else None
    days = (following - timezone.localdate()).days if following else 0
    if following is None or days < 0:
        return []
    near = ngettext("In %(n)s day", "In %(n)s days", days) % {"n": days} if days else _("Today")
    return [
        Card(
            kind="release",
            urgency=Urgency.KNOW,
            role=Role.MANAGER.label,
            title=_("New figures on Monday %(day)s") % {"day": day(following)},
            lines=(near,),
            actions=(Action(_("Figures so far"), reverse("insights:figure-list")),),
            to_do=False,
        )
    ]


def learner_cards(member: Member) -> list[Card]:
    """Every sentence of a decision that learners of the member's cohorts were told in the last two weeks. One query."""
    told = Decision.objects.shared_with(member).filter(shared_at__gte=timezone.now() - TOLD_FOR)
    rows = list(told.order_by("-shared_at", "-pk").values_list("told_to_learners", "owner__name", "shared_at"))
    earlier = tuple(f"“{sentence}” {_told_by(owner, at)}" for sentence, owner, at in rows[1:])
    return [
        Card(
            kind="told",
            urgency=Urgency.KNOW,
            role=Role.LEARNER.label,
            title=_("What was decided for your group"),
            quote=sentence,
            since=shared_at if shared_at and shared_at > timezone.now() - NEWS_FOR else None,  # news first
            lines=(_told_by(owner, shared_at),),
            after=earlier,
            to_do=False,
        )
        for sentence, owner, shared_at in rows[:1]
    ]


def _told_by(owner: str, at: datetime | None) -> str:
    """ "Mia, 29 Jun"."""
    return _("%(owner)s, %(day)s") % {"owner": owner, "day": day(timezone.localdate(at))}
