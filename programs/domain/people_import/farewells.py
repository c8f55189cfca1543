"""Roles and memberships that a file takes away: judged once everything else is known."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from programs.access import Role
from programs.domain import members
from programs.domain.people_import.effects import former_email
from programs.domain.people_import.lines import Line, Problem
from programs.domain.people_import.people_in_file import ACTIVE, BITS
from programs.models import Enrolment, Member, Organization


@dataclass(frozen=True, slots=True)
class Farewell:
    """Somebody here who loses roles, all of them when they leave."""

    line: int
    member: int
    name: str
    roles: frozenset[str]
    leaves: bool


class Farewells:
    """Collected while the file is checked, one pass at a time."""

    def __init__(self) -> None:
        self._all: list[Farewell] = []
        self._passed_on: Counter[int] = Counter()  # learners that the file gives to another coach, by coach
        self._moving_admins: list[Farewell] = []  # they stay, and may not come in with their new address
        self._new_admins = 0

    def note(self, line: Line, member: Member | None, state: int) -> None:
        """A line of somebody, known or new, and their state after the import."""
        before = set(member.roles) if member and member.is_active else set()
        after = {role for role, bit in BITS.items() if state & bit and state & ACTIVE}
        if member and before - after:
            lost = frozenset(before - after)
            self._all.append(Farewell(line.number, member.pk, member.name, lost, leaves=not state & ACTIVE))
        if member and Role.ADMIN in before & after and members.is_joined_admin(member) and former_email(line, member):
            self._moving_admins.append(Farewell(line.number, member.pk, member.name, frozenset(), leaves=False))
        if Role.ADMIN in after - before and member and member.joined_at:
            self._new_admins += 1

    def pass_on(self, enrolment: Enrolment) -> None:
        """A learner gets another coach."""
        if enrolment.coach_id:
            self._passed_on[enrolment.coach_id] += 1

    def problems(self, organization: Organization) -> dict[int, Problem]:
        """Lines that take away what is still needed; at most four queries."""
        return self._without_admin(organization) | self._still_learning() | self._still_coaching()

    def _without_admin(self, organization: Organization) -> dict[int, Problem]:
        losing, moving = [each for each in self._all if Role.ADMIN in each.roles], self._moving_admins
        if not (losing or moving):
            return {}
        admins = Member.objects.with_role(Role.ADMIN).filter(organization=organization).exclude(joined_at=None)
        if admins.exclude(pk__in=[each.member for each in losing + moving]).exists():
            return {}
        stay = (
            {}
            if self._new_admins
            else {each.line: Problem("roles", members.is_last_admin(each.name)) for each in losing}
        )
        return stay | {each.line: Problem("email", members.keeps_last_address(each.name)) for each in moving}

    def _still_learning(self) -> dict[int, Problem]:
        losing = [each for each in self._all if Role.LEARNER in each.roles and not each.leaves]
        running = _running(learner__in=[each.member for each in losing], by="learner") if losing else {}
        return _said(losing, Role.LEARNER, running)

    def _still_coaching(self) -> dict[int, Problem]:
        losing = [each for each in self._all if Role.COACH in each.roles and not each.leaves]
        if not losing:
            return {}
        coaches = [each.member for each in losing]
        running = _running(coach__in=coaches, by="coach")
        leavers = [each.member for each in self._all if each.leaves]
        ending = _running(coach__in=coaches, learner__in=leavers, by="coach") if leavers else {}
        left = {pk: number - self._passed_on[pk] - ending.get(pk, 0) for pk, number in running.items()}
        return _said(losing, Role.COACH, left)


def _running(*, by: str, **whose: list[int]) -> dict[int, int]:
    rows = Enrolment.objects.active().filter(**whose).order_by().values_list(by).annotate(number=Count("pk"))
    return dict(rows)


def _said(losing: list[Farewell], role: Role, numbers: dict[int, int]) -> dict[int, Problem]:
    return {
        each.line: Problem("roles", members.still_busy(each.name, role, number))
        for each in losing
        if (number := numbers.get(each.member, 0)) > 0
    }
