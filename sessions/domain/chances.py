""" "6 of 9 chances": how often a plan was applied when a chance came. Never a score, never a streak."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.models import Member
from sessions.models import Prompt

APPLIED = (Prompt.Answer.AS_PLANNED, Prompt.Answer.HARDER, Prompt.Answer.NATURALLY)
CAME = (*APPLIED, Prompt.Answer.NOT_THIS_TIME)


@dataclass(frozen=True)
class Chances:
    """`told` of them were told in a talk, the newest to the coach of that name."""

    applied: int = 0
    came: int = 0
    told: int = 0
    told_to: str = ""

    def __bool__(self) -> bool:
        return self.came > 0

    @property
    def counted(self) -> str:
        """ "6 of 9 chances" """
        words = ngettext("%(applied)s of %(came)s chance", "%(applied)s of %(came)s chances", self.came)
        return words % {"applied": self.applied, "came": self.came}

    @property
    def sentence(self) -> str:
        """ "Applied in 6 of 9 chances." """
        words = ngettext(
            "Applied in %(applied)s of %(came)s chance.", "Applied in %(applied)s of %(came)s chances.", self.came
        )
        return words % {"applied": self.applied, "came": self.came}

    @property
    def told_line(self) -> str:
        """ "1 told to Dana Weiss.", "" where the learner gave every answer."""
        words = _("%(told)s told to %(coach)s.") % {"told": self.told, "coach": self.told_to}
        return words if self.told else ""

    def __add__(self, more: "Chances") -> "Chances":
        applied, came, told = self.applied + more.applied, self.came + more.came, self.told + more.told
        return Chances(applied, came, told, more.told_to or self.told_to)


def chances_of(plan_ids: Iterable[int]) -> dict[int, Chances]:
    """By improvement plan; plans without an answered chance are left out. One query."""
    return _counted(Prompt.objects.filter(follow_up__plan__in=list(plan_ids)), "follow_up__plan")


def chances_by_session(learner: Member) -> dict[int, Chances]:
    """The same for each of the learner's sessions. One query."""
    return _counted(Prompt.objects.filter(follow_up__learner=learner), "follow_up__plan__micro")


def chances_in(answers: Iterable[str]) -> Chances:
    """The same for answers at hand."""
    came = [answer for answer in answers if answer in CAME]
    return Chances(sum(answer in APPLIED for answer in came), len(came))


def _counted(prompts: QuerySet[Prompt], by: str) -> dict[int, Chances]:
    """Of few rows: a plan has a handful of prompts, so adding them up here is quicker than grouping there."""
    found: dict[int, Chances] = {}
    for key, answer, told_to in prompts.filter(answer__in=CAME).values_list(by, "answer", "told_to__name"):
        one = Chances(int(answer in APPLIED), 1, int(told_to is not None), told_to or "")
        found[key] = found.get(key, Chances()) + one
    return found
