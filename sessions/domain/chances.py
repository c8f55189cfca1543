""" "6 of 9 chances": how often a plan was applied when a chance came. Never a score, never a streak."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import ngettext

from programs.models import Member
from sessions.models import Prompt

APPLIED = (Prompt.Answer.AS_PLANNED, Prompt.Answer.HARDER, Prompt.Answer.NATURALLY)
CAME = (*APPLIED, Prompt.Answer.NOT_THIS_TIME)


@dataclass(frozen=True)
class Chances:
    applied: int = 0
    came: int = 0

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

    def __add__(self, more: "Chances") -> "Chances":
        return Chances(self.applied + more.applied, self.came + more.came)


def chances_of(plan_ids: Iterable[int]) -> dict[int, Chances]:
    """By improvement plan; plans without an answered chance are left out. One query."""
    return _counted(Prompt.objects.filter(follow_up__plan__in=list(plan_ids)).values_list("follow_up__plan", "answer"))


def chances_by_session(learner: Member) -> dict[int, Chances]:
    """The same for each of the learner's sessions. One query."""
    own = Prompt.objects.filter(follow_up__learner=learner)
    return _counted(own.values_list("follow_up__plan__micro", "answer"))


def _counted(answers: QuerySet[Prompt, tuple[int, str]]) -> dict[int, Chances]:
    """Of few rows: a plan has a handful of prompts, so adding them up here is quicker than grouping there."""
    found: dict[int, Chances] = {}
    for key, answer in answers.filter(answer__in=CAME):
        found[key] = found.get(key, Chances()) + Chances(int(answer in APPLIED), 1)
    return found
