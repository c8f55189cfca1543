"""Agreement: what coach and learner agreed. The signed text is frozen; unsigned never blocks a session."""

from typing import Self
from zlib import crc32

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import frozen, in_one_organization
from programs.models.organizations import Organization
from programs.models.people import Member


class AgreementText(models.Model):
    """A program's default agreement, one frozen version a row."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="agreement_texts")
    name = models.CharField(_("name"), max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    purpose = models.TextField(_("purpose"), max_length=600)
    confidential = models.TextField(_("what stays confidential"), max_length=600)
    feedback_style = models.TextField(_("feedback style"), max_length=400)
    success_measure = models.TextField(_("how success is measured"), max_length=400)
    review_after_days = models.PositiveSmallIntegerField(_("review after, in days"), default=42)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name", "version"], name="agreement_text_version_is_unique")
        ]
        triggers = [frozen()]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, member: Member) -> Self:
        """Agreements of the two people who made them."""
        return self.filter(Q(learner=member) | Q(coach=member))


class Agreement(models.Model):
    """Signed by the learner with one tap; the coach's name stands under it. Once signed it can only end."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SIGNED = "signed", _("Agreed")
        ENDED = "ended", _("Ended")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="agreements")
    learner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="agreements_as_learner")
    coach = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="agreements_as_coach")
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.DRAFT)
    purpose = models.TextField(max_length=600)
    confidential = models.TextField(max_length=600)
    feedback_style = models.TextField(max_length=400)
    success_measure = models.TextField(max_length=400)
    review_on = models.DateField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["draft", "signed", "ended"]), name="agreement_status_known"),
            models.CheckConstraint(
                condition=Q(status="draft", signed_at=None) | Q(status__in=["signed", "ended"]),
                name="agreement_draft_is_unsigned",
            ),
            models.CheckConstraint(
                condition=~Q(status="signed") | Q(signed_at__isnull=False),
                name="agreement_signed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False) | ~Q(status="ended") & Q(ended_at=None),
                name="agreement_ended_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["enrolment"], condition=~Q(status="ended"), name="agreement_one_open_per_enrolment"
            ),
            models.CheckConstraint(condition=~Q(learner=models.F("coach")), name="agreement_has_two_people"),
        ]
        triggers = [
            frozen(
                unless="OLD.status = 'draft' OR (TG_OP = 'UPDATE'"
                " AND to_jsonb(NEW) - '{status,ended_at}'::text[] = to_jsonb(OLD) - '{status,ended_at}'::text[]"
                " AND (OLD.status = 'signed' OR ROW(NEW.status, NEW.ended_at) = ROW(OLD.status, OLD.ended_at)))"
            ),
            in_one_organization(
                enrolment_id="programs_enrolment", learner_id="programs_member", coach_id="programs_member"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.pk}"

    @property
    def version(self) -> int:
        """A checksum of the text: of a draft it changes with the program's default."""
        text = (self.purpose, self.confidential, self.feedback_style, self.success_measure)
        return crc32("\0".join(text).encode())
