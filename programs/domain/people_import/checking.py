"""Checking the whole file: who is in it, then what each line does or why it cannot. Writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coachhub.errors import Invalid
from programs.domain import members
from programs.domain.people_import import effects, reading
from programs.domain.people_import.farewells import Farewells
from programs.domain.people_import.known import Known, Members, by_email, running
from programs.domain.people_import.lines import Line, Problem, line_of
from programs.domain.people_import.people_in_file import PeopleInFile, state_of
from programs.domain.people_import.places import Chunk, Places
from programs.domain.people_import.reading import Row, Source
from programs.domain.people_import.report import Report
from programs.models import Member, Organization

Progress = Callable[[int], None]
NOBODY = Member()  # with the hours that somebody new has


@dataclass(frozen=True)
class Findings:
    """The report, and the numbers of the lines that cannot be imported."""

    report: Report
    bad: set[int]


def check(source: Source, organization: Organization, progress: Progress) -> Findings:
    """Read the file twice; again as often as a mistake takes somebody out on whom other lines rely.

    `progress` is told how many lines were read. Raises Unreadable.
    """
    head = reading.head_of(source)
    people = _people_in(source, organization, progress)
    judge = Judge(organization, people)
    while True:
        report = Report(head)
        judge.start(report)
        for rows in reading.chunks(source):
            judge.judge(rows)
            progress(len(rows))
        report.close()
        if judge.is_settled():
            return Findings(report, judge.bad)


def _people_in(source: Source, organization: Organization, progress: Progress) -> PeopleInFile:
    people = PeopleInFile()
    back: set[int] = set()
    for rows in reading.chunks(source):
        lines = []
        for row in rows:
            line, problems = line_of(row)
            if line and not problems:
                lines.append(line)
            else:
                people.add_broken(row.cells.get("email", "").lower())
        found = Members.of(organization, lines)
        for given in lines:
            line = found.as_it_is(given, back)
            member = found.owner(line)
            if _of_person(line, found, people):
                people.add_broken(line.email)
            else:
                back |= found.let_back_by(line)
                people.add(line, _state(line, member), effects.former_email(line, member))
        progress(len(rows))
    return people


def _state(line: Line, member: Member | None) -> int:
    return state_of(line.roles or (member.roles if member else ()), active=line.active)


def _of_person(line: Line, found: Members, people: PeopleInFile) -> list[Problem]:
    """What is wrong with the person whom a readable line describes."""
    member = found.owner(line)
    former = effects.former_email(line, member) if line.active else ""
    problem = found.problem(line) or people.disagreement(line, former)
    if problem:
        return [problem]
    if people.earlier(line):
        return []
    if member is None and line.active:
        missing = [Problem("name", _("The name is missing."))] if not line.name else []
        missing += [Problem("roles", _("A role is missing."))] if not line.roles else []
        if missing:
            return missing
    return _of_times(line, member)


def _of_times(line: Line, member: Member | None) -> list[Problem]:
    if not line.active or (line.work_start is None and line.work_end is None):
        return []
    before = member or NOBODY
    try:
        members.check_hours(line.work_start or before.work_start, line.work_end or before.work_end)
    except Invalid as refused:
        return [Problem(refused.field, str(refused.sentence))]
    return []


class Judge:
    """Goes through the file and says of every line what it does, or why not."""

    def __init__(self, organization: Organization, people: PeopleInFile) -> None:
        self.organization = organization
        self.known = Known(organization)
        self.people = people
        self.bad: set[int] = set()
        self._late: dict[int, Problem] = {}
        self._kept: dict[int, list[Problem]] = {}  # a line once found bad stays so, and the search comes to an end

    def start(self, report: Report) -> None:
        """Another time through the file, with a report of its own."""
        self.report = report
        self.places = Places(self.known, self.people, report)
        self.farewells = Farewells()
        self._seen = bytearray(len(self.people))
        self._touched = bytearray(len(self.people))
        self._back: set[int] = set()
        self._somebody_lost = False

    def judge(self, rows: tuple[Row, ...]) -> None:
        """One chunk; at most five queries."""
        read = [(row, *line_of(row)) for row in rows]
        found = Members.of(self.organization, (line for row, line, problems in read if line and not problems))
        lines = [line for row, line, problems in read if line and not problems]
        chunk = Chunk(
            running=running(member for line in lines if line.has_place and (member := found.owner(line))),
            others=by_email(self.organization, self.places.to_look_up(lines)),
        )
        for row, given, unreadable in read:
            line = found.as_it_is(given, self._back) if given and not unreadable else given
            problems = unreadable or (self._problems(line, found, chunk) if line else [])
            if problems or not line:
                self.bad.add(row.line)
                self.report.reject(row, line, problems)
            else:
                self._back |= found.let_back_by(line)
                self._tell(line, found.owner(line), chunk)

    def is_settled(self) -> bool:
        """Whether nothing came out at the end that changes what was said of earlier lines."""
        late = self.farewells.problems(self.organization)
        self._late |= late
        return not late and not self._somebody_lost

    def _problems(self, line: Line, found: Members, chunk: Chunk) -> list[Problem]:
        problems = _of_person(line, found, self.people)
        if problems:
            return problems
        if line.number in self._kept:
            return self._kept[line.number]
        if late := self._late.get(line.number):
            problems = [late]
        else:
            problems = self._of_first_line(line) or self.places.problems(line, found.owner(line), chunk)
        if problems:
            self._kept[line.number] = problems
            self._somebody_lost |= self.people.lose(line)
        return problems

    def _of_first_line(self, line: Line) -> list[Problem]:
        first = self.people.earlier(line)
        if first not in self.bad or not self.people.leans(line):
            return []
        sentence = _("Line %(line)s says the rest about this person, and has a mistake.")
        return [Problem("", sentence % {"line": first})]

    def _tell(self, line: Line, member: Member | None, chunk: Chunk) -> None:
        at = self.people.find(line)
        if at is None:
            raise LookupError(f"line {line.number} was not counted")
        said: list[str] = []
        if not self._seen[at]:
            self._seen[at] = 1
            self.farewells.note(line, member, self.people.states[at])
            said = effects.effects_on(line, member)
            self._count(line, member, said)
        if line.has_place:
            said += self.places.take(line, member, chunk, self.farewells)
        name = line.name or (member.name if member else "")
        if unused := effects.unused_place(line, member):
            self.report.counts["places_unused"] += 1
            self.report.change(line, name, [unused])
        if said:
            self.report.counts["people"] += not self._touched[at]
            self._touched[at] = 1
            self.report.change(line, name, said)

    def _count(self, line: Line, member: Member | None, said: list[str]) -> None:
        counts = self.report.counts
        counts["people_in_file"] += 1
        if not said:
            counts["people_same"] += 1
        elif member is None:
            counts["people_new"] += 1
        elif not line.active:
            counts["people_left"] += 1
        else:
            counts["people_back"] += not member.is_active
            counts["people_changed"] += member.is_active or len(said) > 1
