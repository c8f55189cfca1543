"""MicroSession: planned → running → closing → closed; cancelled and missed from planned.

It copies coach and learner when planned: who sees it never changes when an enrolment is reassigned.
"""

from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import Refuse, in_one_organization, update_of
from programs.models import Behaviour, Blueprint, Criterion, Enrolment, Member, Organization, Rubric
from sessions.models.focus import OwnCriterion
from sessions.models.states import HELD, STEPS, MoveReason, Phase, PractiseOn, Status

SKEW = "5 minutes"  # by which a web server's clock may be ahead of the database's


class MicroSessionQuerySet(models.QuerySet["MicroSession"]):
    def visible_to(self, member: Member) -> Self:
        """Micro-sessions the member coaches or is coached in."""
        return self.filter(Q(coach=member) | Q(learner=member))

    def coached_by(self, member: Member) -> Self:
        """Micro-sessions whose coach the member is: the door of every coach page and action."""
        return self.filter(coach=member)

    def learned_by(self, member: Member) -> Self:
        """Micro-sessions whose learner the member is: the door of every learner page and action."""
        return self.filter(learner=member)

    def held(self) -> Self:
        """Sessions that took place, closed or not."""
        return self.filter(status__in=HELD)

    def for_list(self) -> Self:
        """With what every list of sessions shows beside the row, in one query."""
        return self.select_related("coach", "learner", "focus_criterion", "enrolment__pillar")


@pghistory.track(
    exclude=[
        "success_criterion", "reference", "demonstration", "job_aid", "constraint",
        "learner_goal", "cancel_note", "move_asked_note", "difficulty", "difficulty_reason", "form_key", "phase_seconds",
    ]
)  # fmt: skip
class MicroSession(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="micro_sessions")
    coach = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="coached_sessions")
    learner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="own_sessions")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)

    # Plan
    scheduled_for = models.DateTimeField(_("when"))
    minutes_planned = models.PositiveSmallIntegerField(_("minutes"), default=15)
    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="+")
    focus = models.ForeignKey(Behaviour, on_delete=models.PROTECT, related_name="+", verbose_name=_("focus"))
    focus_criterion: "models.ForeignObject[Criterion, Criterion]" = OwnCriterion()  # its words in this rubric
    success_criterion = models.CharField(_("success is"), max_length=300)
    practise_on = models.CharField(
        _("practise on"), max_length=9, choices=PractiseOn.choices, default=PractiseOn.THEIR_WORK
    )
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), default=1)
    difficulty_reason = models.CharField(_("why"), max_length=200, blank=True)
    demonstration = models.TextField(_("demonstration"), max_length=800, blank=True)
    job_aid = models.TextField(_("job aid"), max_length=800, blank=True)
    constraint = models.CharField(_("constraint"), max_length=200, blank=True)
    schedule_sequence = models.PositiveIntegerField(default=0)  # the .ics SEQUENCE: +1 at each move or cancellation
    move_asked_at = models.DateTimeField(null=True, blank=True)
    move_asked_note = models.CharField(max_length=200, blank=True)
    extra = models.BooleanField(default=False)  # beside the program's cadence
    logged = models.BooleanField(default=False)  # entered after it happened

    # Run
    phase = models.CharField(max_length=8, choices=Phase.choices, default=Phase.GOAL)
    phase_started_at = models.DateTimeField(null=True, blank=True)  # as if it had been gone through in one go
    phase_seconds = models.JSONField(default=dict, blank=True)  # spent in each phase that was left, by its value
    learner_goal = models.TextField(max_length=600, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    minutes_actual = models.PositiveSmallIntegerField(null=True, blank=True)
    ended_by_itself = models.BooleanField(default=False)

    # Rate, close, reflect
    opens_at = models.DateTimeField(null=True, blank=True)  # when seals break without both ratings
    revealed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    met_confirmed_at = models.DateTimeField(null=True, blank=True)  # "Yes, we met"
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_note = models.CharField(max_length=200, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)

    version = models.PositiveIntegerField(default=1)
    form_key = models.UUIDField(default=uuid4, unique=True)  # client-made: a double submit gives the first row
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MicroSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-scheduled_for", "-pk"]
        indexes = [
            models.Index(fields=["coach", "status", "scheduled_for"]),
            models.Index(fields=["learner", "status", "scheduled_for"]),
            models.Index(fields=["enrolment", "scheduled_for"]),
            models.Index(fields=["enrolment", "ended_at"]),
            models.Index(fields=["organization", "scheduled_for"]),
            models.Index(fields=["organization", "started_at"]),
            models.Index(fields=["organization", "revealed_at"]),
            models.Index(
                fields=["met_confirmed_at"], condition=Q(met_confirmed_at__isnull=False), name="micro_met_by_time"
            ),
            models.Index(fields=["opens_at"], condition=Q(revealed_at=None), name="micro_sealed_by_deadline"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(minutes_planned__range=(10, 20)), name="micro_lasts_10_to_20_minutes"),
            models.CheckConstraint(
                condition=Q(minutes_actual=None) | Q(minutes_actual__range=(1, 180)),
                name="micro_took_1_to_180_minutes",
            ),
            models.CheckConstraint(condition=~Q(coach=F("learner")), name="micro_has_two_people"),
            models.CheckConstraint(condition=Q(difficulty__range=(1, 4)), name="micro_difficulty_is_1_to_4"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="micro_status_is_known"),
            models.CheckConstraint(condition=Q(phase__in=Phase.values), name="micro_phase_is_known"),
            models.CheckConstraint(condition=Q(practise_on__in=PractiseOn.values), name="micro_practises_on_known"),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "cancelled", "missed"], started_at=None, ended_at=None)
                | Q(status="running", started_at__isnull=False, ended_at=None)
                | Q(status__in=HELD, started_at__isnull=False, ended_at__isnull=False),
                name="micro_start_and_end_match_status",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, minutes_actual=None, opens_at=None)
                | Q(ended_at__isnull=False, minutes_actual__isnull=False, opens_at__isnull=False),
                name="micro_ended_has_minutes_and_deadline",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="micro_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(opens_at__gte=F("ended_at")), name="micro_opens_after_it_ended"
            ),
            models.CheckConstraint(
                condition=Q(revealed_at=None) | Q(status__in=["running", "closing", "closed"]),
                name="micro_revealed_has_begun",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False) | ~Q(status="closed") & Q(closed_at=None),
                name="micro_closed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | ~Q(status="cancelled") & Q(cancelled_at=None),
                name="micro_cancelled_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(status="missed", missed_at__isnull=False) | ~Q(status="missed") & Q(missed_at=None),
                name="micro_missed_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["coach"], condition=Q(status="running"), name="micro_one_running_per_coach"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "scheduled_for"],
                condition=Q(status="planned"),
                name="micro_planned_once_per_time",
            ),
        ]
        triggers = [
            in_one_organization(
                enrolment_id="programs_enrolment", coach_id="programs_member", learner_id="programs_member"
            ),
            Refuse(
                name="people_belong_to_the_enrolment",
                rule="learner and coach of a session belong to its enrolment",
                unless="(TG_OP = 'UPDATE' AND ROW(NEW.coach_id, NEW.learner_id, NEW.enrolment_id)"
                " IS NOT DISTINCT FROM ROW(OLD.coach_id, OLD.learner_id, OLD.enrolment_id))"
                " OR ((TG_OP = 'INSERT' OR OLD.status = 'planned')"
                " AND EXISTS (SELECT 1 FROM programs_enrolment e WHERE e.id = NEW.enrolment_id"
                " AND e.learner_id = NEW.learner_id AND (e.coach_id = NEW.coach_id OR EXISTS (SELECT 1"
                " FROM programs_substitute s WHERE s.enrolment_id = e.id AND s.coach_id = NEW.coach_id))))",
            ),
            Refuse(
                name="focus_is_in_the_rubric",
                rule="the focus is a behaviour of the rubric",
                unless="EXISTS (SELECT 1 FROM programs_criterion c WHERE c.rubric_id = NEW.rubric_id"
                " AND c.behaviour_id = NEW.focus_id)",
            ),
            Refuse(
                name="rubric_of_the_pillar",
                rule="a session is rated by a rubric of its enrolment's pillar",
                operation=pgtrigger.Insert | update_of("rubric_id", "enrolment_id"),
                unless="EXISTS (SELECT 1 FROM programs_rubric r JOIN programs_enrolment e ON e.pillar_id = r.pillar_id"
                " WHERE r.id = NEW.rubric_id AND e.id = NEW.enrolment_id)",
            ),
            Refuse(
                name="status_moves_as_its_life_allows",
                rule="planned, running, closing, closed; cancelled or missed from planned; back by an undo alone",
                operation=update_of("status"),
                only="OLD.status IS DISTINCT FROM NEW.status",
                unless=f"(OLD.status, NEW.status) IN ({STEPS})",
            ),
            Refuse(
                name="deadline_stays",
                rule="the deadline of the seal stays as it was told",
                operation=update_of("opens_at"),
                only="OLD.opens_at IS DISTINCT FROM NEW.opens_at",
                unless="OLD.opens_at IS NULL OR NEW.opens_at IS NULL",
            ),
            Refuse(
                name="seal_breaks_when_it_may",
                rule="the seal breaks when both ratings are in, or at its deadline",
                operation=pgtrigger.Insert | update_of("revealed_at"),
                only="NEW.revealed_at IS NOT NULL",
                unless="(TG_OP = 'UPDATE' AND OLD.revealed_at IS NOT NULL)"
                f" OR (NEW.opens_at <= NEW.revealed_at AND NEW.revealed_at <= clock_timestamp() + interval '{SKEW}')"
                " OR (SELECT count(*) FROM coaching_rating r WHERE r.micro_id = NEW.id"
                " AND r.role IN ('coach', 'self') AND r.submitted_at IS NOT NULL) = 2",
            ),
            Refuse(
                name="seal_breaks_once",
                rule="a revealed session stays revealed",
                unless="TG_OP = 'INSERT' OR OLD.revealed_at IS NULL OR NEW.revealed_at IS NOT DISTINCT FROM OLD.revealed_at",
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"

    def get_absolute_url(self) -> str:
        """The coach's page of it; the learner's is `learn:micro-show`."""
        return reverse("coach:micro-show", args=[self.pk])

    @property
    def is_revealed(self) -> bool:
        return self.revealed_at is not None

    def other_name(self, member: Member) -> str:
        """The name of the other one of the two."""
        return self.learner.name if member.pk == self.coach_id else self.coach.name

    @property
    def ends_at(self) -> datetime:
        """When it ends as planned: counted from the start once it has started."""
        return (self.started_at or self.scheduled_for) + timedelta(minutes=self.minutes_planned)


class MicroMove(models.Model):
    """One move of a planned session, with its reason; "because of the queue" is a figure.

    It keeps the learner's wish that it answered, for an undo, until they wish anew.
    """

    micro = models.ForeignKey(MicroSession, on_delete=models.CASCADE, related_name="moves")
    moved_from = models.DateTimeField()
    moved_to = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=6, choices=MoveReason.choices)
    moved_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(auto_now_add=True)
    move_asked_at = models.DateTimeField(null=True, blank=True)
    move_asked_note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["moved_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(moved_from=F("moved_to")), name="move_changes_the_time"),
            models.CheckConstraint(condition=Q(reason__in=MoveReason.values), name="move_reason_is_known"),
        ]

    def __str__(self) -> str:
        return f"move of session {self.micro_id}"


class TickQuerySet(models.QuerySet["Tick"]):
    def counted(self) -> Self:
        """Ticks that were not taken back."""
        return self.filter(undone_at=None)


class Tick(models.Model):
    """One "saw it" or "chance, not used" during practice; sealed with the coach's rating."""

    class Kind(models.TextChoices):
        SAW = "saw", _("Saw it")
        CHANCE = "chance", _("Chance, not used")

    micro = models.ForeignKey(MicroSession, on_delete=models.CASCADE, related_name="ticks")
    behaviour = models.ForeignKey(Behaviour, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    key = models.UUIDField(default=uuid4, unique=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = TickQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=["saw", "chance"]), name="tick_kind_is_known")]

    def __str__(self) -> str:
        return f"{self.kind} in session {self.micro_id}"
