"""User: a login identity. Member: that user inside one organization, with roles; every person elsewhere is one."""

from datetime import time
from typing import Any, ClassVar, Self

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from programs.access import Role
from programs.models.organizations import Organization, validate_timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A login identity; without a password it can sign in by invitation or e-mailed code only."""
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    email = models.EmailField(_("e-mail"), max_length=254)
    is_active = models.BooleanField(default=True)
    login_epoch = models.PositiveIntegerField(default=0)
    last_member = models.ForeignKey("Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_is_unique")]

    def __str__(self) -> str:
        return self.email

    @property
    def invited_memberships(self) -> "MemberQuerySet":
        """Invitations that wait for a yes: active, not joined."""
        waiting = Member.objects.active().filter(user=self, joined_at=None).exclude(invited_at=None)
        return waiting.select_related("organization")

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Changes with the password and with `login_epoch`: raising it signs out everywhere."""
        value = f"{self.login_epoch}:{self.password}"
        return salted_hmac("programs.User.session", value, secret=secret, algorithm="sha256").hexdigest()


def every_weekday() -> list[int]:
    return [0, 1, 2, 3, 4]


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> Self:
        """Members who may sign in and be written to."""
        return self.filter(deactivated_at=None)

    def with_role(self, role: Role) -> Self:
        """Active members who hold the role."""
        return self.active().filter(roles__contains=[role])

    def never_invited(self) -> Self:
        """Members who were added and have got no link yet."""
        return self.filter(invited_at=None, joined_at=None)

    def of_the_demo(self) -> Self:
        """Whom demo mode signs in with one click: active, joined members of demo organizations and of no other."""
        return self.active().of_demos_alone().exclude(joined_at=None)

    def of_demos_alone(self) -> Self:
        """Members of demo organizations whose login is known nowhere else, not even as invited or as having left."""
        elsewhere = Member.objects.filter(user=OuterRef("user"), organization__is_demo=False)
        return self.filter(~Exists(elsewhere), organization__is_demo=True)

    def visible_to(self, member: "Member") -> Self:
        """People pages: administrators see everybody of their organization; others see themselves."""
        if Role.ADMIN in member.roles and member.is_active:
            return self.filter(organization=member.organization_id)
        return self.filter(pk=member.pk)


@pghistory.track(exclude=["name", "external_id"])
class Member(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(_("name"), max_length=120)
    roles = ArrayField(models.CharField(max_length=10, choices=Role.choices), verbose_name=_("roles"))
    external_id = models.CharField(_("personnel number"), max_length=80, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, validators=[validate_timezone])
    holiday_region = models.CharField(_("public holidays"), max_length=12, blank=True)
    work_days = ArrayField(models.PositiveSmallIntegerField(), default=every_weekday, verbose_name=_("work days"))
    work_start = models.TimeField(_("work starts"), default=time(9))
    work_end = models.TimeField(_("work ends"), default=time(17))
    prompt_time = models.TimeField(_("time for prompts"), null=True, blank=True)
    keeps_words_out_of_mail = models.BooleanField(_("keep my words out of mail"), default=False)
    prompts_paused_until = models.DateField(_("prompts paused until"), null=True, blank=True)
    prompts_stopped_at = models.DateTimeField(null=True, blank=True)
    mail_bounced_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    welcomed_at = models.DateTimeField(null=True, blank=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="member_once_per_organization"),
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                condition=~Q(external_id=""),
                name="member_external_id_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(roles__len__gte=1) & Q(roles__contained_by=Role.values),
                name="member_has_known_roles",
            ),
            models.CheckConstraint(
                condition=Q(work_days__contained_by=list(range(7))), name="member_works_on_days_of_the_week"
            ),
            models.CheckConstraint(condition=~Q(work_start=F("work_end")), name="member_work_starts_and_ends"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("manage:member-show", args=[self.pk])

    def clean(self) -> None:
        if not self.roles:
            raise ValidationError({"roles": _("Choose at least one role.")})

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    @property
    def is_told(self) -> bool:
        """Whether they hear of their sessions by mail: from joining on (docs/adr/0019), until they leave."""
        return not self.untold_because

    @property
    def untold_because(self) -> str:
        """Why no mail reaches them, for who coaches them; "" while it does."""
        if not self.is_active:
            return _("%(name)s is no longer a member here.") % {"name": self.name}
        if self.joined_at is None:
            return _("%(name)s has not joined yet, and gets no mail.") % {"name": self.name}
        if self.refuses_mail:
            return _("%(name)s’s address refuses mail: tell them yourself.") % {"name": self.name}
        return ""

    @property
    def refuses_mail(self) -> bool:
        """Whether nothing but their address keeps mail from them."""
        return self.is_active and self.joined_at is not None and self.mail_bounced_at is not None

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    def has_role(self, role: Role) -> bool:
        """Whether the member holds the role, deactivated or not."""
        return role in self.roles


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, member: Member) -> Self:
        """Open and used invitations of an administrator's organization."""
        if not (member.is_active and member.has_role(Role.ADMIN)):
            return self.none()
        return self.filter(member__organization=member.organization_id)

    def open(self) -> Self:
        """Links that may still be used, expired ones included: one for each member at most."""
        return self.filter(accepted_at=None, replaced_at=None)


class Invitation(models.Model):
    """A one-time link with which a member sets a password; only the token's hash is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(accepted_at=None, replaced_at=None),
                name="invitation_one_open_per_member",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(replaced_at=None), name="invitation_accepted_or_replaced"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"
