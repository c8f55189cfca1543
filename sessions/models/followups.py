"""FollowUp → Prompt: the spaced schedule of one improvement plan (one FSRS card) → one question."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import Refuse, stays, update_of
from programs.models import Enrolment, Member, Organization
from sessions.models.plans import ImprovementPlan


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, member: Member) -> Self:
        """The learner's own, and those of sessions the member coached."""
        return self.filter(Q(learner=member) | Q(plan__micro__coach=member))

    def active(self) -> Self:
        """Schedules that still ask."""
        return self.filter(ended_at=None)

    def newest(self) -> Self:
        """Those that no later one of their enrolment has replaced."""
        later = FollowUp.objects.filter(enrolment=OuterRef("enrolment"), starts_at__gt=OuterRef("starts_at"))
        return self.filter(~Exists(later))


class FollowUp(models.Model):
    class Ended(models.TextChoices):
        REPLACED = "replaced", _("A newer plan took its place")
        HORIZON = "horizon", _("Done")
        STOPPED = "stopped", _("Stopped by the learner")
        SILENT = "silent", _("No answers")
        BOOSTER = "booster", _("Talked about in the next session")
        LEFT = "left", _("The enrolment ended")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    plan = models.OneToOneField(ImprovementPlan, on_delete=models.PROTECT, related_name="follow_up")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="follow_ups")
    learner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="follow_ups")
    memory = models.JSONField(default=dict)  # the FSRS card: stability, difficulty, state, due, last review
    rule_version = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    stretch = models.PositiveSmallIntegerField(default=1)  # "Fewer of these" doubles every interval
    wants_booster = models.BooleanField(default=False)
    wants_new_cue = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=8, choices=Ended.choices, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(ended_at=None), name="follow_up_one_active_per_enrolment"
            ),
            models.CheckConstraint(condition=Q(stretch__range=(1, 8)), name="follow_up_stretch_is_1_to_8"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_because="") | Q(ended_at__isnull=False) & ~Q(ended_because=""),
                name="follow_up_ended_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    ended_because__in=["", "replaced", "horizon", "stopped", "silent", "booster", "left"],
                ),
                name="follow_up_reason_is_known",
            ),
        ]
        triggers = [
            Refuse(
                name="follows_its_session",
                rule="a follow-up belongs to the learner and the enrolment of its plan's session",
                operation=pgtrigger.Insert,
                unless="EXISTS (SELECT 1 FROM coaching_improvementplan p JOIN coaching_microsession m"
                " ON m.id = p.micro_id WHERE p.id = NEW.plan_id AND ROW(m.learner_id, m.enrolment_id,"
                " m.organization_id) = ROW(NEW.learner_id, NEW.enrolment_id, NEW.organization_id))",
            ),
            stays(
                *("plan_id", "learner_id", "enrolment_id", "organization_id"),
                name="stays_with_its_session",
                rule="a follow-up stays with its session",
            ),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"


class PromptQuerySet(models.QuerySet["Prompt"]):
    def visible_to(self, member: Member) -> Self:
        """The learner's own, and answers to plans of sessions the member coached."""
        return self.filter(Q(follow_up__learner=member) | Q(follow_up__plan__micro__coach=member))

    def of_learner(self, member: Member) -> Self:
        """Questions to the member."""
        return self.filter(follow_up__learner=member)

    def asked_of(self, member: Member) -> Self:
        """The learner's own, of schedules that still ask."""
        return self.of_learner(member).filter(follow_up__ended_at=None)

    def open(self) -> Self:
        """Planned or asked, and not yet answered, missed or cancelled."""
        return self.filter(status__in=["planned", "asked"])


class Prompt(models.Model):
    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        ASKED = "asked", _("Asked")
        ANSWERED = "answered", _("Answered")
        MISSED = "missed", _("No answer")
        CANCELLED = "cancelled", _("Cancelled")

    class Answer(models.TextChoices):
        AS_PLANNED = "as_planned", _("Yes, went as planned")
        HARDER = "harder", _("Yes, harder than planned")
        NATURALLY = "naturally", _("Yes, came naturally")
        NO_CHANCE = "no_chance", _("No chance yet")
        NOT_THIS_TIME = "not_this_time", _("Chance came, not this time")

    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="prompts")
    sequence = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    not_before = models.DateTimeField(null=True, blank=True)  # the earliest instant a bundle may pull it to
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    message = models.ForeignKey(
        "coaching.Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="prompts"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=13, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)  # closed without an answer; stays when one comes after all
    told_to = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The coach who noted the answer from a talk; none where the learner gave it."""
    note = models.TextField(_("a sentence, if you like"), max_length=600, blank=True)
    memory_before = models.JSONField(null=True, blank=True)  # an answer can be changed for 24 h
    cancelled_because = models.CharField(max_length=40, blank=True)

    objects = PromptQuerySet.as_manager()

    class Meta:
        ordering = ["follow_up", "sequence"]
        indexes = [
            models.Index(fields=["asked_at"]),
            models.Index(fields=["answered_at"]),
            models.Index(fields=["missed_at"], condition=Q(missed_at__isnull=False), name="prompt_missed_by_time"),
            models.Index(fields=["due_at"], condition=Q(status="planned"), name="prompt_planned_by_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "sequence"], name="prompt_sequence_is_unique"),
            models.UniqueConstraint(
                fields=["follow_up"],
                condition=Q(status__in=["planned", "asked"]),
                name="prompt_one_open_per_follow_up",
            ),
            models.CheckConstraint(
                condition=Q(status="answered", answered_at__isnull=False) & ~Q(answer="")
                | ~Q(status="answered") & Q(answer="", answered_at=None),
                name="prompt_answered_has_its_answer",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled") & ~Q(cancelled_because="")
                | ~Q(status="cancelled") & Q(cancelled_because=""),
                name="prompt_cancelled_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(status="planned", asked_at=None)
                | Q(status__in=["asked", "missed"], asked_at__isnull=False)
                | Q(status__in=["answered", "cancelled"]),
                name="prompt_asked_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="missed") & Q(missed_at=None)
                | Q(status__in=["missed", "answered"], missed_at__isnull=False),
                name="prompt_missed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["", "as_planned", "harder", "naturally", "no_chance", "not_this_time"]),
                name="prompt_answer_is_known",
            ),
            models.CheckConstraint(
                condition=Q(told_to=None) | Q(status="answered", note=""), name="prompt_told_is_an_answer_without_words"
            ),
        ]
        triggers = [
            stays("follow_up_id", name="stays_with_its_follow_up", rule="a prompt stays with its follow-up"),
            Refuse(
                name="message_asks_the_learner",
                rule="a prompt goes into a message of questions to its own learner, with two others at most",
                operation=pgtrigger.Insert | update_of("message_id"),
                only="NEW.message_id IS NOT NULL",
                first="PERFORM 1 FROM coaching_message m WHERE m.id = NEW.message_id FOR NO KEY UPDATE",
                unless="EXISTS (SELECT 1 FROM coaching_message m JOIN coaching_followup f ON f.learner_id = m.recipient_id"
                " WHERE m.id = NEW.message_id AND f.id = NEW.follow_up_id AND m.kind = 'prompts')"
                " AND (SELECT count(*) FROM coaching_prompt p WHERE p.message_id = NEW.message_id"
                " AND p.id <> NEW.id) < 3",
            ),
            Refuse(
                name="told_to_their_coach",
                rule="what a learner tells is noted by who coaches them, and never in place of their own answer",
                operation=pgtrigger.Insert | update_of("told_to_id"),
                only="NEW.told_to_id IS NOT NULL",
                unless="EXISTS (SELECT 1 FROM coaching_followup f JOIN coaching_microsession m"
                " ON m.enrolment_id = f.enrolment_id WHERE f.id = NEW.follow_up_id AND m.coach_id = NEW.told_to_id"
                " AND m.started_at IS NOT NULL)"
                " AND (TG_OP = 'INSERT' OR OLD.status <> 'answered' OR OLD.told_to_id IS NOT NULL)",
            ),
        ]

    def __str__(self) -> str:
        return f"prompt {self.sequence} of follow-up {self.follow_up_id}"
