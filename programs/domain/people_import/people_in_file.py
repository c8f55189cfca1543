"""Who is in the file, as numbers: some 250 bytes a person however long their lines are."""

from array import array

from django.utils.translation import gettext as _

from programs.access import Role
from programs.domain.people_import.columns import OF_PERSON
from programs.domain.people_import.lines import Line, Problem, differing

BITS = {role.value: 1 << at for at, role in enumerate(Role)}
ACTIVE = 1 << len(BITS)
WIDTH = 4 * len(OF_PERSON)


def state_of(roles: tuple[str, ...] | list[str], *, active: bool) -> int:
    """Roles and being active as bits."""
    return sum(BITS[role] for role in roles) | (ACTIVE if active else 0)


class PeopleInFile:
    """Everybody whose lines can be used, by personnel number and address; each has a place in the arrays."""

    def __init__(self) -> None:
        self._by_email: dict[int, int] = {}
        self._by_number: dict[int, int] = {}
        self._moved: dict[int, int] = {}  # addresses that somebody gives up in this file, and the line that says so
        self._broken: set[int] = set()  # addresses on lines that cannot be used
        self._prints = bytearray()
        self.first = array("L")
        self.states = array("B")
        self.good = array("H")  # lines of each person that can be used

    def __len__(self) -> int:
        return len(self.first)

    def find(self, line: Line) -> int | None:
        """The place of the line's person, by number or address."""
        at = self._by_number.get(hash(line.external_id)) if line.external_id else None
        return self._by_email.get(hash(line.email)) if at is None else at

    def disagreement(self, line: Line, former_email: str = "") -> Problem | None:
        """What an earlier line says otherwise about the same person."""
        at = self.find(line)
        if (mover := self._moved.get(hash(line.email))) and mover != line.number and at is None:
            return Problem("email", _("On line %(line)s its owner gets another address.") % {"line": mover})
        if former_email and (owner := self._by_email.get(hash(former_email))) is not None:
            return Problem("email", _("Line %(line)s uses the address from before.") % {"line": self.first[owner]})
        if at is None or self.first[at] == line.number:
            return None
        left_empty = line.left_empty() if self.first[at] < line.number else ()
        names = [name for name in self._differing(at, line) if name not in left_empty]
        if not names:
            return None
        words = {"line": self.first[at], "this": line.number, "columns": ", ".join(names)}
        if names == ["active"]:  # an empty cell leaves people as they are, so that one of the two may say nothing
            if line.active:
                sentence = _("By line %(line)s this person stays out, by line %(this)s not. Write yes or no on both.")
            else:
                sentence = _("By line %(line)s this person is here, by line %(this)s not. Write yes or no on both.")
            return Problem("active", sentence % words)
        return Problem(names[0], _("Line %(line)s says something else about this person: %(columns)s.") % words)

    def earlier(self, line: Line) -> int | None:
        """The number of the first usable line about the line's person, if that is not this one."""
        at = self.find(line)
        return self.first[at] if at is not None and self.first[at] < line.number else None

    def leans(self, line: Line) -> bool:
        """Whether the first line says something of the person that this one leaves empty."""
        at = self.find(line)
        return at is not None and not line.left_empty().isdisjoint(self._differing(at, line))

    def add(self, line: Line, state: int, former_email: str = "") -> None:
        """A line that can be used, of somebody new or known here."""
        at = self.find(line)
        if at is not None:
            self.good[at] += 1
            return
        at = self._by_email[hash(line.email)] = len(self.first)
        if line.external_id:
            self._by_number[hash(line.external_id)] = at
        if former_email and line.active:
            self._moved[hash(former_email)] = line.number
        elif former_email:
            self._by_email[hash(former_email)] = at
        self.first.append(line.number)
        self.states.append(state)
        self.good.append(1)
        self._prints += line.print_of()

    def add_broken(self, email: str) -> None:
        """The address of a line that cannot be used."""
        self._broken.add(hash(email))

    def is_broken(self, email: str) -> bool:
        """Whether a line with this address has a mistake."""
        return hash(email) in self._broken

    def state(self, email: str) -> int | None:
        """Roles and being active after the import; None for who is not in the file, or not usably so."""
        at = self._by_email.get(hash(email))
        return self.states[at] if at is not None and self.good[at] else None

    def gives_up(self, email: str) -> bool:
        """Whether the owner of this address gets another one."""
        return hash(email) in self._moved

    def lose(self, line: Line) -> bool:
        """A line turned out to be unusable; whether its person is not imported at all now."""
        at = self.find(line)
        if at is None:
            return False
        self.good[at] -= 1
        return not self.good[at]

    def _differing(self, at: int, line: Line) -> list[str]:
        return differing(self._print_of(at), line.print_of())

    def _print_of(self, at: int) -> bytes:
        return bytes(self._prints[at * WIDTH : (at + 1) * WIDTH])
