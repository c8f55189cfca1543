"""ImprovementPlan: "When [cue] I will [behaviour]". One per session, in the learner's words, never sealed."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import stays
from programs.models import Enrolment, Member
from sessions.models.micro import MicroSession


def in_words(cue: str, will: str) -> str:
    """A plan as one sentence."""
    return gettext("When %(cue)s, I will %(will)s.") % {"cue": cue, "will": will}


def if_whole(cue: str | None, will: str | None) -> str:
    """The same, empty until both parts are there."""
    return in_words(cue, will) if cue and will else ""


class ImprovementPlanQuerySet(models.QuerySet["ImprovementPlan"]):
    def visible_to(self, member: Member) -> Self:
        """Plans of the pair's own sessions."""
        return self.filter(Q(micro__coach=member) | Q(micro__learner=member))

    def learned_by(self, member: Member) -> Self:
        """Plans of the sessions the member learned in."""
        return self.filter(micro__learner=member)

    def complete(self) -> Self:
        """Plans with a cue and a behaviour."""
        return self.filter(cue__gt="", will__gt="")

    def newest_of(self, enrolment: Enrolment) -> "ImprovementPlan | None":
        """The plan of the enrolment's latest session that has one."""
        return self.filter(micro__enrolment=enrolment).order_by("-micro__ended_at", "-pk").first()


class ImprovementPlan(models.Model):
    micro = models.OneToOneField(MicroSession, on_delete=models.CASCADE, related_name="improvement_plan")
    cue = models.CharField(_("when"), max_length=200, blank=True)
    will = models.CharField(_("I will"), max_length=300, blank=True)
    measure = models.CharField(_("measure"), max_length=300, blank=True)
    next_touchpoint = models.DateTimeField(_("next touchpoint"), null=True, blank=True)
    written_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ImprovementPlanQuerySet.as_manager()

    class Meta:
        triggers = [stays("micro_id", name="stays_with_its_session", rule="a plan stays with its session")]

    def __str__(self) -> str:
        return f"plan of session {self.micro_id}"

    @property
    def sentence(self) -> str:
        """The plan as one sentence."""
        return in_words(self.cue, self.will)

    @property
    def is_complete(self) -> bool:
        return bool(self.cue and self.will)
