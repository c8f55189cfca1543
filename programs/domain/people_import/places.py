"""Program, cohort, coach and managers of a line: whether they can be, and what they change."""

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from django.utils.translation import gettext as _

from programs.access import Role
from programs.domain.people_import.farewells import Farewells
from programs.domain.people_import.known import CohortKey, Known
from programs.domain.people_import.lines import Line, Problem
from programs.domain.people_import.people_in_file import ACTIVE, BITS, PeopleInFile, state_of
from programs.domain.people_import.report import Report
from programs.models import Enrolment, Member


@dataclass(frozen=True)
class Chunk:
    """What was looked up for a chunk: active enrolments by learner and pillar, people who are not in the file."""

    running: dict[tuple[int, int], Enrolment]
    others: dict[str, Member]


class Places:
    """One time through the file: who was put where so far."""

    def __init__(self, known: Known, people: PeopleInFile, report: Report) -> None:
        self._known = known
        self._people = people
        self._report = report
        self._taken: dict[tuple[int, int], tuple[int, int]] = {}  # person and pillar: line and cohort
        self._new_cohorts: set[CohortKey] = set()
        self._new_managers: set[tuple[CohortKey, str]] = set()

    def to_look_up(self, lines: Iterable[Line]) -> set[str]:
        """Addresses of coaches and managers who are not in the file."""
        named = {address for line in lines if line.has_place for address in (line.coach_email, *line.manager_emails)}
        return {address for address in named if address and self._people.state(address) is None}

    def problems(self, line: Line, member: Member | None, chunk: Chunk) -> list[Problem]:
        """Why the line's place cannot be; empty for a line without one."""
        if not line.has_place:
            return []
        if problem := self._known.program_problem(line):
            return [problem]
        problem = self._of_learner(line) or self._of_cohort(line, member, chunk)
        people = [("coach_email", line.coach_email, Role.COACH)] if line.coach_email else []
        people += [("manager_emails", address, Role.MANAGER) for address in line.manager_emails]
        others = [self._of_other(column, address, role, chunk) for column, address, role in people]
        return [each for each in (problem, *others) if each]

    def take(self, line: Line, member: Member | None, chunk: Chunk, farewells: Farewells) -> list[str]:
        """Note a place that can be; what it changes, in words."""
        program, key = self._known.program(line), self._known.cohort_key(line)
        at = self._people.find(line)
        if program is None or at is None:
            raise LookupError(f"line {line.number} has no place")
        self._taken[at, program.pillar_id] = line.number, crc32(repr(key).encode())
        words = {"program": program.name, "cohort": line.cohort, "coach": line.coach_email}
        said: list[str] = []
        current = chunk.running.get((member.pk, program.pillar_id)) if member else None
        if current is None:
            self._count_cohort(line, key)
            self._report.counts["enrolments_new"] += 1
            sentence = (
                _("joins %(program)s, %(cohort)s")
                if not line.coach_email
                else _("joins %(program)s, %(cohort)s, with %(coach)s")
            )
            said.append(sentence % words)
        else:
            said += self._move(line, key, current)
        if current and line.coach_email and (not current.coach or current.coach.user.email.lower() != line.coach_email):
            self._report.counts["coaches_changed"] += 1
            farewells.pass_on(current)
            said.append(_("%(program)s, %(cohort)s: %(coach)s is the coach now") % words)
        return said + self._managers(line, key)

    def _move(self, line: Line, key: CohortKey, current: Enrolment) -> list[str]:
        if self._stays(line, current):
            return []
        self._count_cohort(line, key)
        self._report.counts["cohorts_changed"] += 1
        words = {"program": self._known.program(line), "cohort": line.cohort, "old": current.cohort}
        if current.program_id == key[0]:
            return [_("moves from %(old)s to %(cohort)s, in %(program)s") % words]
        words["before"] = current.program
        return [_("moves from %(before)s, %(old)s, to %(program)s, %(cohort)s") % words]

    def _stays(self, line: Line, current: Enrolment) -> bool:
        cohort = self._known.cohort(line)
        return cohort is not None and cohort.pk == current.cohort_id

    def _managers(self, line: Line, key: CohortKey) -> list[str]:
        cohort = self._known.cohort(line)
        new = [
            address
            for address in line.manager_emails
            if (key, address) not in self._new_managers
            and not (cohort and (cohort.pk, address) in self._known.managers)
        ]
        self._new_managers.update((key, address) for address in new)
        self._report.counts["managers_new"] += len(new)
        words = {"cohort": line.cohort}
        return [_("%(manager)s manages %(cohort)s") % (words | {"manager": address}) for address in new]

    def _count_cohort(self, line: Line, key: CohortKey) -> None:
        if key in self._known.cohorts or key in self._new_cohorts:
            return
        self._new_cohorts.add(key)
        self._report.counts["cohorts_new"] += 1
        program = self._known.program(line)
        self._report.new_cohorts.append(f"{program}, {line.cohort}")

    def _of_learner(self, line: Line) -> Problem | None:
        at = self._people.find(line)
        if at is not None and self._people.states[at] & BITS[Role.LEARNER]:
            return None
        name = line.name or line.email
        return Problem("roles", _("%(name)s does not have the role learner.") % {"name": name})

    def _of_cohort(self, line: Line, member: Member | None, chunk: Chunk) -> Problem | None:
        program, cohort = self._known.program(line), self._known.cohort(line)
        at = self._people.find(line)
        if program is None or at is None:
            return None
        if earlier := self._taken.get((at, program.pillar_id)):
            number, where = earlier
            if where == crc32(repr(self._known.cohort_key(line)).encode()):
                sentence = _("Line %(line)s puts this person into this cohort already.")
            else:
                sentence = _(
                    "Line %(line)s puts this person into another cohort of the same pillar. Keep one of the two lines."
                )
            return Problem("cohort", sentence % {"line": number})
        current = chunk.running.get((member.pk, program.pillar_id)) if member else None
        if cohort and cohort.ended and not (current and self._stays(line, current)):
            return Problem("cohort", _("%(cohort)s has ended.") % {"cohort": cohort.name})
        return None

    def _of_other(self, column: str, address: str, role: Role, chunk: Chunk) -> Problem | None:
        """A coach or a manager: somebody active with the role, here or after this import."""
        words = {"email": address, "role": str(role.label).lower()}
        state = self._people.state(address)
        if state is None and self._people.is_broken(address):
            return Problem(column, _("The line of %(email)s has a mistake itself.") % words)
        if state is None and (member := chunk.others.get(address)) and not self._people.gives_up(address):
            state = state_of(member.roles, active=member.is_active)
        if state is None:
            return Problem(column, _("Nobody here has the address %(email)s.") % words)
        if not state & ACTIVE:
            return Problem(column, _("%(email)s is deactivated.") % words)
        if not state & BITS[role.value]:
            return Problem(column, _("%(email)s does not have the role %(role)s.") % words)
        return None
