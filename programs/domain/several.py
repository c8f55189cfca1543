"""Hundreds of people and enrolments at once: the same checks as one by one, in a number of statements that is fixed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower

from programs.access import Role
from programs.domain import agreements, curriculum, enrolments, members, names, working_times
from programs.domain.logins import no_password
from programs.domain.policies import check_manages
from programs.models import Cohort, Enrolment, Member, Organization, User, UsualSlot


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to be added: the address in lower case, and fields of a member."""

    email: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Who learns in which cohort with whom; all three with what their checks read."""

    cohort: Cohort
    learner: Member
    coach: Member | None


@transaction.atomic
def add_members(organization: Organization, *, by: Member, people: Sequence[Newcomer]) -> list[Member]:
    """New members, not yet invited, as `members.add` makes one. Three statements. Raises NotAllowed, Invalid."""
    check_manages(by, organization.pk)
    logins = _logins([person.email for person in people])
    default = {"timezone": organization.timezone}
    made = [Member(organization=organization, user=logins[each.email], **{**default, **each.fields}) for each in people]
    for member in made:
        member.name = names.clean(member.name)
        members.check_times(member)
    return Member.objects.bulk_create(made)


@transaction.atomic
def change_members(changes: Iterable[tuple[Member, Mapping[str, Any]]], *, by: Member) -> None:
    """Fields of many members; a role may be added here, never taken: that is `members.change`.

    One statement for each set of fields. Raises NotAllowed, Invalid.
    """
    alike: dict[tuple[str, ...], list[Member]] = {}
    before: list[tuple[Member, working_times.WorkingTime]] = []
    managers: list[Member] = []
    for member, fields in changes:
        check_manages(by, member.organization_id)
        if not set(member.roles) <= set(fields.get("roles", member.roles)):
            raise ValueError("change_members takes no roles away")
        before.append((member, working_times.of(member)))
        if Role.MANAGER in set(fields.get("roles", ())) - set(member.roles):
            managers.append(member)
        for name, value in fields.items():
            setattr(member, name, names.clean(value) if name == "name" else value)
        members.check_times(member)
        alike.setdefault(tuple(sorted(fields)), []).append(member)
    for columns, rows in alike.items():
        Member.objects.bulk_update(rows, columns)
    if managers:
        curriculum.leave_cohorts(managers)
    working_times.tell(before)


@transaction.atomic
def enrol(places: Sequence[Place], *, by: Member, beside: Mapping[tuple[int, int], Enrolment]) -> list[Enrolment]:
    """Enrolments with their drafts of the agreement, as `enrolments.enrol` makes one. Five statements at most.

    `beside` holds active enrolments by learner and pillar; the programs are kept open (`enrolments.keep_open`).
    Raises NotAllowed, Invalid, WrongState.
    """
    for place in places:
        check_manages(by, place.cohort.organization_id)
        enrolments.check_is_open(place.cohort)
        other = beside.get((place.learner.pk, place.cohort.program.pillar_id))
        enrolments.check_can_learn(place.learner, place.cohort, beside=other)
        enrolments.check_can_coach(place.coach, place.learner)
    new = [enrolments.begun(each.cohort, each.learner, each.coach) for each in places]
    along = enrolments.taken_along(new)
    made = Enrolment.objects.bulk_create(new)
    UsualSlot.objects.bulk_create(along)
    agreements.draft_all(made)
    return made


def _logins(emails: Collection[str]) -> dict[str, User]:
    """The login identities of addresses, made where there are none; a person of another organization keeps theirs."""
    found = User.objects.annotate(address=Lower("email")).filter(address__in=emails)
    logins: dict[str, User] = {user.email.lower(): user for user in found}
    new = [User(email=email, password=no_password()) for email in emails if email not in logins]
    for user in User.objects.bulk_create(new):
        logins[user.email] = user
    return logins
