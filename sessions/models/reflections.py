"""Reflection: what changed, why it matters, confidence; the plan stands beside it. And the coach's answer."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.models import Member
from sessions.models.micro import MicroSession


class ReflectionQuerySet(models.QuerySet["Reflection"]):
    def visible_to(self, member: Member) -> Self:
        """The learner's own; the coach's once it is saved and the session is revealed (it would tell the rating)."""
        shared = Q(saved_at__isnull=False, micro__coach=member, micro__revealed_at__isnull=False)
        return self.filter(Q(micro__learner=member) | shared)

    def unread_by(self, coach: Member) -> Self:
        """Visible reflections that the coach has not answered or put aside, oldest first."""
        return self.filter(
            saved_at__isnull=False, micro__coach=coach, micro__revealed_at__isnull=False, read_at=None
        ).order_by("saved_at")


class Reflection(models.Model):
    class Confidence(models.TextChoices):
        NOT_YET = "not_yet", _("Not yet")
        FAIRLY = "fairly", _("Fairly")
        VERY = "very", _("Very")

    micro = models.OneToOneField(MicroSession, on_delete=models.CASCADE, related_name="reflection")
    what_changed = models.TextField(_("what changed?"), max_length=2000, blank=True)
    why_it_matters = models.TextField(_("why does it matter?"), max_length=2000, blank=True)
    confidence = models.CharField(_("how sure?"), max_length=7, choices=Confidence.choices, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReflectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at=None) | Q(saved_at__isnull=False), name="reflection_read_is_saved"
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=["", "not_yet", "fairly", "very"]), name="reflection_confidence_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"reflection on session {self.micro_id}"

    @property
    def is_empty(self) -> bool:
        """Saved with the plan alone, or only begun."""
        return not (self.what_changed or self.why_it_matters or self.confidence)


class ReplyQuerySet(models.QuerySet["Reply"]):
    def written_to(self, learner: Member) -> Self:
        """What a learner's own reflections were answered."""
        return self.filter(reflection__micro__learner=learner)

    def written_by(self, coach: Member) -> Self:
        """A coach's own replies, as long as they may read what they reply to."""
        return self.filter(coach=coach, reflection__in=Reflection.objects.visible_to(coach))


class Reply(models.Model):
    """What the coach says to a reflection: thanks, keep doing this, talk about it next time, or words."""

    class Kind(models.TextChoices):
        THANKS = "thanks", _("Thanks")
        USE_THIS = "use_this", _("Keep doing this")
        NEXT_TIME = "next_time", _("Talk about it next time")
        WORDS = "words", _("Reply")

    reflection = models.ForeignKey(Reflection, on_delete=models.CASCADE, related_name="replies")
    coach = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    text = models.TextField(_("reply"), max_length=1000, blank=True)
    taken_up_in = models.ForeignKey(
        MicroSession, on_delete=models.SET_NULL, null=True, blank=True, related_name="topics"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        verbose_name_plural = "replies"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["thanks", "use_this", "next_time", "words"]), name="reply_kind_is_known"
            ),
            models.CheckConstraint(condition=~Q(kind="words") | ~Q(text=""), name="reply_in_words_has_words"),
            models.UniqueConstraint(
                fields=["reflection", "kind"],
                condition=~Q(kind="words"),
                name="reply_kind_once_per_reflection",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to reflection {self.reflection_id}"
