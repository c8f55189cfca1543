"""Members: adding, changing, deactivating. Invitations have their own module."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs import registry
from programs.access import Role
from programs.domain import curriculum, enrolments, logins, names, tokens, working_times
from programs.domain.known import Known, unasked
from programs.domain.policies import check_manages
from programs.domain.regions import region_of
from programs.models import Enrolment, Invitation, Member, Organization, User

EDITABLE = frozenset(
    {"name", "roles", "external_id", "timezone", "holiday_region", "work_days", "work_start", "work_end"}
)
OWN = (EDITABLE - {"roles", "external_id"}) | {
    "prompt_time",
    "keeps_words_out_of_mail",
}


@transaction.atomic
def add(
    organization: Organization, *, by: Member, email: str, name: str, roles: Sequence[str], **fields: Any
) -> Member:
    """A new member, not yet invited; the login identity of the address is shared across organizations.

    Raises NotAllowed, Invalid on `email`, `name`, `external_id`, `work_end` or `holiday_region`.
    """
    check_manages(by, organization.pk)
    name = names.clean(name)
    user = logins.with_address(email)
    fields = {"timezone": organization.timezone} | {key: value for key, value in fields.items() if key in EDITABLE}
    member = Member(organization=organization, user=user, name=name, roles=list(roles), **fields)
    _check_is_free(member)
    check_times(member)
    _store(member)
    return member


@transaction.atomic
def change(member: Member, *, by: Member, known: Known[Member] = unasked, **fields: Any) -> Member:
    """What an administrator sets on a member. Raises NotAllowed, Invalid on the field, SavedMeanwhile.

    Who coaches or learns keeps that role; a substitute who no longer coaches stands in for nobody, and who is made a
    manager, or is none any more, manages no cohort.
    """
    check_manages(by, member.organization_id)
    member = _locked(member)
    known(member)
    if "roles" in fields:
        _check_roles_can_become(member, set(fields["roles"]))
    before, after = frozenset(member.roles), frozenset(fields.get("roles", member.roles))
    saved = _save(member, {key: value for key, value in fields.items() if key in EDITABLE})
    if Role.MANAGER in before ^ after:
        curriculum.leave_cohorts([saved])
    if lost := before - after:
        _take(saved, lost, by)
    return saved


def _take(member: Member, lost: frozenset[str], by: Member) -> None:
    """What needed the roles goes on with somebody else, or ends."""
    if Role.COACH in lost:
        enrolments.stop_standing_in([member])
    registry.on_roles_lost(member, lost, by)


@transaction.atomic
def change_own(member: Member, *, by: Member, **fields: Any) -> Member:
    """What everybody sets on their own profile. Raises NotAllowed, Invalid on the field."""
    if by.pk != member.pk or not by.is_active:
        raise NotAllowed
    return _save(_locked(member), {key: value for key, value in fields.items() if key in OWN})


@transaction.atomic
def deactivate(member: Member, *, by: Member) -> Member:
    """End logins, tokens, prompts and enrolments at once; keep the history.

    Learners are left without a coach until somebody assigns one. Raises NotAllowed, WrongState, Invalid on `roles`.
    """
    return deactivate_all([member], by=by)[0]


@transaction.atomic
def deactivate_all(leaving: Sequence[Member], *, by: Member) -> list[Member]:
    """The same for hundreds, in a number of statements that is fixed. Raises what `deactivate` raises."""
    for member in leaving:
        check_manages(by, member.organization_id)
    rows = _all_locked(leaving)
    for member in rows:
        if not member.is_active:
            raise WrongState(_("%(name)s is deactivated already.") % {"name": member.name})
    _check_an_admin_stays(rows)
    enrolments.stop_standing_in(rows)
    enrolments.end_all(list(Enrolment.objects.active().filter(learner__in=rows)), by=by)
    enrolments.reassign_all([(each, None) for each in Enrolment.objects.active().filter(coach__in=rows)], by=by)
    curriculum.leave_cohorts(rows)
    now = timezone.now()
    Member.objects.filter(pk__in=[member.pk for member in rows]).update(deactivated_at=now)
    Invitation.objects.filter(member__in=rows).open().update(replaced_at=now)
    tokens.revoke_all(rows)
    _sign_out_who_is_nowhere({member.user_id for member in rows})
    gone = _in_order(Member.objects.all(), rows)
    registry.on_deactivate(gone, by)
    return gone


@transaction.atomic
def reactivate(member: Member, *, by: Member) -> Member:
    """Let somebody back in with the roles they had, without enrolments and cohorts to manage.

    Raises NotAllowed, WrongState.
    """
    check_manages(by, member.organization_id)
    curriculum.leave_cohorts([member])
    if not Member.objects.filter(pk=member.pk).exclude(deactivated_at=None).update(deactivated_at=None):
        raise WrongState(_("%(name)s is active already.") % {"name": member.name})
    return Member.objects.get(pk=member.pk)


def welcome(*, by: Member) -> None:
    """The learner has read the first screen; it is not shown by itself again."""
    Member.objects.filter(pk=by.pk, welcomed_at=None).update(welcomed_at=timezone.now())


def _sign_out_who_is_nowhere(users: set[int]) -> None:
    """End the login sessions of those who are no active member of any organization."""
    here = Member.objects.active().filter(user__in=users).values("user")
    User.objects.filter(pk__in=users).exclude(pk__in=here).update(login_epoch=F("login_epoch") + 1)


def _locked(member: Member) -> Member:
    return _all_locked([member])[0]


def lock_organizations(members: Sequence[Member]) -> None:
    """Changes of one organization's members wait for each other, so the last admin stays. Before any row of a member.

    They do not wait for rows that only name the organization, such as those of an import that runs.
    """
    organizations = {member.organization_id for member in members}
    list(Organization.objects.select_for_update(no_key=True).filter(pk__in=organizations).order_by("pk"))


def _all_locked(members: Sequence[Member]) -> list[Member]:
    """The fresh rows."""
    lock_organizations(members)
    return _in_order(Member.objects.select_for_update(no_key=True).order_by("pk"), members)


def _in_order(rows: QuerySet[Member], members: Sequence[Member]) -> list[Member]:
    found = rows.in_bulk([member.pk for member in members])
    return [found[member.pk] for member in members]


def _save(member: Member, fields: dict[str, Any]) -> Member:
    if "name" in fields:
        fields["name"] = names.clean(fields["name"])
    before = working_times.of(member)
    for name, value in fields.items():
        setattr(member, name, value)
    check_times(member)
    if "external_id" in fields:
        _check_is_free(member)
        _store(member, update_fields=list(fields))
    else:
        member.save(update_fields=list(fields))
    working_times.tell([(member, before)])
    return Member.objects.select_related("organization", "user").get(pk=member.pk)


def check_hours(start: time, end: time) -> None:
    """The end may be after midnight. Raises Invalid on `work_end`."""
    if start == end:
        raise Invalid(_("Work ends when it starts: choose another time."), field="work_end")


def check_times(member: Member) -> None:
    """Working hours and region of public holidays. Raises Invalid on `work_end` or `holiday_region`."""
    check_hours(member.work_start, member.work_end)
    member.holiday_region = region_of(member.holiday_region)


def _check_roles_can_become(member: Member, roles: set[str]) -> None:
    if Role.ADMIN not in roles:
        _check_an_admin_stays([member])
    for role, busy in ((Role.COACH, member.coached_enrolments), (Role.LEARNER, member.enrolments)):
        if role in roles or role not in member.roles:
            continue
        if number := busy.active().count():
            raise Invalid(still_busy(member.name, role, number), field="roles")


def still_busy(name: str, role: Role, number: int) -> str:
    """Why somebody keeps the role of coach or learner: so many enrolments need it."""
    if role == Role.COACH:
        sentence = ngettext(
            "%(name)s coaches %(number)s learner: name another coach first.",
            "%(name)s coaches %(number)s learners: name another coach first.",
            number,
        )
    else:
        sentence = ngettext(
            "%(name)s learns in %(number)s cohort: end that first.",
            "%(name)s learns in %(number)s cohorts: end that first.",
            number,
        )
    return sentence % {"name": name, "number": number}


def is_last_admin(name: str) -> str:
    """Why somebody stays an administrator."""
    return _("%(name)s is the last administrator who has joined. Make somebody else one first.") % {"name": name}


def keeps_last_address(name: str) -> str:
    """Why somebody's address stays as it is."""
    return _(
        "%(name)s is the last administrator who has joined, and a wrong address would lock everybody out. "
        "Make somebody else one first."
    ) % {"name": name}


def check_can_move(moving: Sequence[Member]) -> None:
    """Whether these, of one organization, may all get another address: it is not sure that they come in with it.

    Raises Invalid on `email`.
    """
    admins = [member for member in moving if is_joined_admin(member)]
    if admins and not _has_other_admins(admins):
        raise Invalid(keeps_last_address(admins[0].name), field="email")


def is_joined_admin(member: Member) -> bool:
    """An administrator who can sign in."""
    return member.is_active and member.joined_at is not None and member.has_role(Role.ADMIN)


def _check_an_admin_stays(losing: Sequence[Member]) -> None:
    """`losing` are of one organization. Raises Invalid on `roles`."""
    admins = [member for member in losing if member.is_active and member.has_role(Role.ADMIN)]
    if admins and not _has_other_admins(admins):
        raise Invalid(is_last_admin(admins[0].name), field="roles")


def _has_other_admins(admins: Sequence[Member]) -> bool:
    """Besides these; one who has joined, unless none of these has."""
    others = Member.objects.with_role(Role.ADMIN).filter(organization=admins[0].organization_id)
    if any(map(is_joined_admin, admins)):
        others = others.exclude(joined_at=None)
    return others.exclude(pk__in=[member.pk for member in admins]).exists()


def _store(member: Member, **how: Any) -> None:
    """Save; what somebody else has taken since it was looked at is refused as if it had been there then."""
    try:
        with transaction.atomic():
            member.save(**how)
    except IntegrityError:
        _check_is_free(member)
        raise


def _check_is_free(member: Member) -> None:
    """Nobody else here has the login or the personnel number. Raises Invalid on `email` or `external_id`."""
    others = Member.objects.filter(organization=member.organization_id).exclude(pk=member.pk)
    if other := others.filter(user=member.user_id).first():
        raise Invalid(has_address(other), field="email")
    if member.external_id and (other := others.filter(external_id=member.external_id).first()):
        raise Invalid(_("%(name)s has this personnel number already.") % {"name": other.name}, field="external_id")


def has_address(member: Member) -> str:
    """Why nobody else here gets an address."""
    return _("%(name)s has this address already.") % {"name": member.name}
