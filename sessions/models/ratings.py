"""Rating → Score: one person's scores of one micro-session, sealed from the other until revealed."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import Refuse
from programs.models import Criterion, Member
from sessions.models.micro import MicroSession


class RatingRole(models.TextChoices):
    COACH = "coach", _("Coach")
    SELF = "self", _("Self")
    PEER = "peer", _("Peer")
    ASIDE = "aside", _("Set aside")  # its rater's alone: it counts nowhere and opens to nobody


class RatingQuerySet(models.QuerySet["Rating"]):
    def visible_to(self, member: Member) -> Self:
        """Own ratings always; the other side's once the session is revealed, unless it was set aside."""
        ours = Q(micro__coach=member) | Q(micro__learner=member)
        opened = Q(micro__revealed_at__isnull=False, submitted_at__isnull=False) & ~Q(role=RatingRole.ASIDE)
        return self.filter(Q(rater=member) | ours & opened)

    def given_by(self, member: Member) -> Self:
        """The member's own, handed in or not."""
        return self.filter(rater=member)

    def set_aside_for(self, member: Member) -> Self:
        """What the member rated and is kept for nobody but them."""
        return self.filter(rater=member, role=RatingRole.ASIDE)

    def counted(self) -> Self:
        """Ratings that count in gaps and figures: submitted before the reveal. Ask for a role beside."""
        return self.filter(submitted_at__isnull=False, late=False)


class Rating(models.Model):
    """Until `submitted_at` it is that person's draft: each tap is kept, nobody else learns of it."""

    class Via(models.TextChoices):
        LOGIN = "login", _("Own login")
        CODE = "code", _("Code")
        HAND_OVER = "hand_over", _("Handed-over phone")

    micro = models.ForeignKey(MicroSession, on_delete=models.CASCADE, related_name="ratings")
    rater = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="ratings")
    role = models.CharField(max_length=5, choices=RatingRole.choices)
    via = models.CharField(max_length=9, choices=Via.choices, default=Via.LOGIN)
    submitted_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["micro", "rater", "role"], name="rating_once_per_person_and_session"),
            models.UniqueConstraint(
                fields=["micro", "role"],
                condition=Q(role__in=["coach", "self"]),
                name="rating_one_coach_one_self",
            ),
            models.CheckConstraint(condition=Q(role__in=RatingRole.values), name="rating_role_is_known"),
            models.CheckConstraint(condition=Q(via__in=["login", "code", "hand_over"]), name="rating_via_is_known"),
            models.CheckConstraint(condition=Q(late=False) | Q(submitted_at__isnull=False), name="rating_late_is_in"),
        ]
        triggers = [
            Refuse(
                name="rater_has_that_part",
                rule="the coach rates as coach, the learner as self, anybody else as peer; what the coach says now is not"
                " set aside",
                unless="EXISTS (SELECT 1 FROM coaching_microsession m WHERE m.id = NEW.micro_id AND CASE NEW.role"
                " WHEN 'coach' THEN m.coach_id = NEW.rater_id WHEN 'self' THEN m.learner_id = NEW.rater_id"
                " WHEN 'aside' THEN m.coach_id <> NEW.rater_id AND m.organization_id ="
                " (SELECT p.organization_id FROM programs_member p WHERE p.id = NEW.rater_id)"
                " ELSE NEW.rater_id NOT IN (m.coach_id, m.learner_id) END)",
            ),
            Refuse(
                name="late_when_revealed",
                rule="a rating that comes in or is opened again after the reveal is late, and no other",
                only="NEW.submitted_at IS NOT NULL",
                unless="(TG_OP = 'UPDATE' AND ROW(NEW.submitted_at, NEW.late)"
                " IS NOT DISTINCT FROM ROW(OLD.submitted_at, OLD.late))"
                " OR NEW.late = (SELECT m.revealed_at IS NOT NULL FROM coaching_microsession m"
                " WHERE m.id = NEW.micro_id)",
            ),
            Refuse(
                name="handed_in_stays_in",
                rule="a rating that is in is not withdrawn, and not deleted once both sides are open",
                operation=pgtrigger.Update | pgtrigger.Delete,
                only="OLD.submitted_at IS NOT NULL",
                unless="CASE TG_OP WHEN 'UPDATE' THEN ROW(NEW.micro_id, NEW.rater_id, NEW.submitted_at)"
                " IS NOT DISTINCT FROM ROW(OLD.micro_id, OLD.rater_id, OLD.submitted_at)"
                " AND (NEW.role = OLD.role OR ROW(OLD.role, NEW.role) IN (('coach', 'aside'), ('aside', 'coach')))"
                " ELSE OLD.role = 'aside' OR EXISTS (SELECT 1 FROM coaching_microsession m WHERE m.id = OLD.micro_id"
                " AND m.revealed_at IS NULL) END",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} rating of session {self.micro_id}"


class Score(models.Model):
    """A level, or null for "not seen", which counts nowhere."""

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["rating", "criterion"], name="score_once_per_criterion"),
            models.CheckConstraint(condition=Q(level=None) | Q(level__range=(1, 4)), name="score_is_within_scale"),
        ]
        triggers = [
            Refuse(
                name="criterion_of_the_rubric",
                rule="a score's criterion belongs to the session's rubric",
                unless="EXISTS (SELECT 1 FROM coaching_rating r JOIN coaching_microsession m ON m.id = r.micro_id"
                " JOIN programs_criterion c ON c.rubric_id = m.rubric_id"
                " WHERE r.id = NEW.rating_id AND c.id = NEW.criterion_id)",
            ),
            Refuse(
                name="levels_stay_once_open",
                rule="once both sides are open, the levels of a rating that was in by then stay",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                unless="(TG_OP <> 'UPDATE' OR NEW.rating_id = OLD.rating_id)"
                " AND EXISTS (SELECT 1 FROM coaching_rating r JOIN coaching_microsession m ON m.id = r.micro_id"
                " WHERE r.id = COALESCE(NEW.rating_id, OLD.rating_id)"
                " AND (m.revealed_at IS NULL OR r.late OR r.submitted_at IS NULL OR r.role = 'aside'))",
            ),
        ]

    def __str__(self) -> str:
        return f"score {self.pk}"


class RatingCode(models.Model):
    """A 6-digit code, or its QR link, that opens this one self-rating for 15 minutes without a login."""

    micro = models.ForeignKey(MicroSession, on_delete=models.CASCADE, related_name="rating_codes")
    code_hash = models.CharField(max_length=64)
    link_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["code_hash", "expires_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["micro"], condition=Q(closed_at=None), name="rating_code_one_open_per_session"
            ),
            models.UniqueConstraint(
                fields=["code_hash"], condition=Q(closed_at=None), name="rating_code_is_unique_while_open"
            ),
        ]

    def __str__(self) -> str:
        return f"rating code {self.pk}"
