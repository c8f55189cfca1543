"""Writing what a checked file says, in one transaction: people first, then their places, then who loses something."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.db import connection, transaction

from programs.domain import addresses, cohort_moves, curriculum, enrolments, members, several
from programs.domain.people_import import effects, reading
from programs.domain.people_import.checking import Progress
from programs.domain.people_import.known import CohortKey, Known, Members, by_email, running
from programs.domain.people_import.lines import Line, line_of
from programs.domain.people_import.reading import Row, Source
from programs.domain.several import Newcomer, Place
from programs.models import Cohort, Enrolment, Member, Organization, Program

LEAVE_AT_ONCE = 50  # each may coach dozens, and all of those are in memory then


@transaction.atomic
def apply(source: Source, organization: Organization, *, by: Member, bad: set[int], progress: Progress) -> None:
    """Import all lines but those in `bad`, which `check` has found. Reads the file twice.

    `progress` is told how many lines were read. Raises DomainError or IntegrityError when somebody changed people
    meanwhile; then nothing was written.
    """
    check_keys_at_once()
    people, places, back = PeopleWriter(organization, by), PlaceWriter(organization, by), set[int]()
    for rows in reading.chunks(source):
        lines, found = _good(rows, bad, organization, back)
        people.write(lines, found)
        places.note(lines)
        progress(len(rows))
    places.open_cohorts()
    for rows in reading.chunks(source):
        lines, _found = _good(rows, bad, organization, back)
        places.write([line for line in lines if line.has_place])
        progress(len(rows))
    people.take_away()


def check_keys_at_once() -> None:
    """Foreign keys wait for the commit otherwise, in a list that every further row makes slower to add to."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _good(rows: Iterable[Row], bad: set[int], organization: Organization, back: set[int]) -> tuple[list[Line], Members]:
    lines = [line for row in rows if row.line not in bad and (line := line_of(row)[0])]
    found = Members.of(organization, lines)
    good: list[Line] = []
    for line in lines:
        good.append(found.as_it_is(line, back))
        back |= found.let_back_by(good[-1])
    return good, found


@dataclass(frozen=True, slots=True)
class Named:
    """A cohort that the file names: its program, its name as first written, addresses of managers."""

    program: Program
    name: str
    managers: set[str] = field(default_factory=set)


@dataclass
class PeopleWriter:
    """Adds and changes members; remembers by number who leaves or loses a role."""

    organization: Organization
    by: Member
    _growing: "Growing" = field(default_factory=lambda: Growing("programs_user", "programs_member"))
    _leavers: list[int] = field(default_factory=list)
    _fewer_roles: list[tuple[int, list[str]]] = field(default_factory=list)

    def write(self, lines: list[Line], found: Members) -> None:
        """One chunk; lines of one person agree, so the first of them counts."""
        once: dict[str, Line] = {}
        for line in lines:
            once.setdefault(line.email, line)
        new: list[Newcomer] = []
        changes: list[tuple[Member, dict[str, Any]]] = []
        moves: dict[int, str] = {}
        for line in once.values():
            member = found.owner(line)
            if member is None and line.active:
                new.append(Newcomer(line.email, line.fields()))
            elif member and not line.active and member.is_active:
                self._leavers.append(member.pk)
            elif member and line.active:
                changes += self._change(member, line)
                if effects.former_email(line, member):
                    moves[member.pk] = line.email
        several.add_members(self.organization, by=self.by, people=new)
        several.change_members(changes, by=self.by)
        if moves:
            addresses.change_emails(moves, by=self.by)
        self._growing.by(len(new))

    def take_away(self) -> None:
        """Last of all, so that nobody is missing in between: deactivate, then take roles."""
        for pks in batched(dict.fromkeys(self._leavers), LEAVE_AT_ONCE):
            members.deactivate_all(list(Member.objects.filter(pk__in=pks)), by=self.by)
        for pk, roles in self._fewer_roles:
            members.change(Member.objects.get(pk=pk), by=self.by, roles=roles)

    def _change(self, member: Member, line: Line) -> list[tuple[Member, dict[str, Any]]]:
        fields = effects.new_fields(line, member)
        if not member.is_active:
            member = members.reactivate(member, by=self.by)
        lost = set(member.roles) - set(fields.get("roles", member.roles))
        if lost:
            self._fewer_roles.append((member.pk, fields["roles"]))
            fields["roles"] = [*fields["roles"], *sorted(lost)]
            if set(fields["roles"]) == set(member.roles):
                del fields["roles"]
        return [(member, fields)] if fields else []


class PlaceWriter:
    """Makes cohorts and names their managers, then enrols, moves and reassigns."""

    def __init__(self, organization: Organization, by: Member) -> None:
        self.organization = organization
        self.by = by
        self._known = Known(organization)
        cohorts = Cohort.objects.filter(organization=organization).select_related("program__agreement_text")
        self._cohorts: dict[CohortKey, Cohort] = {(each.program_id, each.name.lower()): each for each in cohorts}
        self._named: dict[CohortKey, Named] = {}
        self._growing = Growing("programs_enrolment")

    def note(self, lines: list[Line]) -> None:
        """One chunk: which cohorts are named, and who is to manage them."""
        for line in lines:
            program = self._known.program(line) if line.has_place else None
            if program:
                named = self._named.setdefault(self._known.cohort_key(line), Named(program, line.cohort))
                named.managers.update(line.manager_emails)

    def open_cohorts(self) -> None:
        """Make those that are not there; managers that a cohort does not have yet come to those it has.

        Raises WrongState for a program that was archived meanwhile; from here on none of them is.
        """
        enrolments.keep_open({named.program.pk for named in self._named.values()})
        people = by_email(self.organization, set().union(*(named.managers for named in self._named.values())))
        for key, named in self._named.items():
            cohort = self._cohorts.get(key)
            pk = cohort.pk if cohort else 0
            new = [people[email] for email in sorted(named.managers) if (pk, email) not in self._known.managers]
            if cohort is None:
                self._cohorts[key] = curriculum.create_cohort(
                    named.program, by=self.by, managers=new, name=named.name, starts_on=self._known.today
                )
            elif new:
                curriculum.change_cohort(cohort, by=self.by, managers=[*curriculum.managers_of(cohort), *new])
        Growing("programs_cohort", first_at=50).by(len(self._named))

    def write(self, lines: list[Line]) -> None:
        """One chunk of lines with a place."""
        people = by_email(self.organization, {address for line in lines for address in (line.email, line.coach_email)})
        beside = running(people[line.email] for line in lines)
        places: list[Place] = []
        moved: list[tuple[Enrolment, Cohort]] = []
        passed: list[tuple[Enrolment, Member | None]] = []
        for line in lines:
            cohort = self._cohorts[self._known.cohort_key(line)]
            learner, coach = people[line.email], people.get(line.coach_email)
            current = beside.get((learner.pk, cohort.program.pillar_id))
            if current is None:
                places.append(Place(cohort, learner, coach))
                continue
            if current.cohort_id != cohort.pk:
                moved.append((current, cohort))
            if coach and current.coach_id != coach.pk:
                passed.append((current, coach))
        if moved:
            cohort_moves.move_all(moved, by=self.by)
        if passed:
            enrolments.reassign_all(passed, by=self.by)
        several.enrol(places, by=self.by, beside=beside)
        self._growing.by(len(places))


class Growing:
    """Tables that grow inside our transaction, where nobody else can tell the planner how large they have become.

    Without it the triggers of each new enrolment would look at everybody in the organization.
    """

    def __init__(self, *tables: str, first_at: int = reading.CHUNK) -> None:
        self._statement = f"ANALYZE {', '.join(tables)}"
        self._rows, self._next = 0, first_at

    def by(self, rows: int) -> None:
        """So many rows more; the planner is told whenever there are four times as many."""
        self._rows += rows
        if self._rows >= self._next:
            self._next = 4 * self._rows
            with connection.cursor() as cursor:
                cursor.execute(self._statement)
