"""What the organization knows already: looked up for a whole chunk of lines at once, never for one."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.access import Role
from programs.domain.people_import.lines import Line, Problem
from programs.models import Cohort, CohortManager, Enrolment, Member, Organization, Program

NAMED = 6  # programs in a sentence
CohortKey = tuple[int, str]  # program, name in lower case


@dataclass
class Members:
    """The members whom a chunk names, by personnel number and by address in lower case."""

    by_number: dict[str, Member] = field(default_factory=dict)
    by_email: dict[str, Member] = field(default_factory=dict)

    @classmethod
    def of(cls, organization: Organization, lines: Iterable[Line]) -> Self:
        """Two queries at most, however many lines."""
        lines = list(lines)
        numbers = {line.external_id for line in lines} - {""}
        numbered = members_of(organization).filter(external_id__in=numbers) if numbers else ()
        found = cls(by_number={member.external_id: member for member in numbered})
        found.by_email = {member.user.email.lower(): member for member in found.by_number.values()}
        found.by_email |= by_email(organization, {line.email for line in lines} - found.by_email.keys())
        return found

    def owner(self, line: Line) -> Member | None:
        """Whom the line is about: who has its number, else who has its address."""
        return self.by_number.get(line.external_id) or self.by_email.get(line.email)

    def as_it_is(self, line: Line, back: set[int]) -> Line:
        """An empty cell in `active` lets nobody back in: the line of who was deactivated here changes nothing.

        But for those of `back`, whom an earlier line of the file lets back in.
        """
        owner = self.owner(line)
        stays = owner and not owner.is_active and owner.pk not in back
        return replace(line, active=False) if stays and not line.says_active else line

    def let_back_by(self, line: Line) -> set[int]:
        """The owner of a line that can be used and lets them back in."""
        owner = self.owner(line)
        return {owner.pk} if owner and not owner.is_active and line.active else set()

    def problem(self, line: Line) -> Problem | None:
        """Number and address that belong to different people here."""
        numbered, addressed = self.by_number.get(line.external_id), self.by_email.get(line.email)
        if numbered and addressed and numbered.pk != addressed.pk:
            words = {"email": line.email, "name": addressed.name, "number": line.external_id, "owner": numbered.name}
            sentence = _("%(email)s is the address of %(name)s, and %(number)s the number of %(owner)s.")
            return Problem("external_id", sentence % words)
        if addressed and not numbered and line.external_id and addressed.external_id:
            words = {"name": addressed.name, "number": addressed.external_id}
            return Problem("external_id", _("%(name)s has another personnel number here: %(number)s.") % words)
        return None


@dataclass(frozen=True)
class KnownCohort:
    pk: int
    name: str
    ended: bool


class Known:
    """Programs and cohorts of the organization with their managers: tens or hundreds, read once."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self.today: date = timezone.localdate(timezone=ZoneInfo(organization.timezone))
        programs = Program.objects.filter(organization=organization).select_related("pillar", "agreement_text")
        self._programs = {program.name.lower(): program for program in programs}
        self.cohorts: dict[CohortKey, KnownCohort] = {}
        for cohort in Cohort.objects.filter(organization=organization):
            ended = bool(cohort.ends_on and cohort.ends_on < self.today)
            self.cohorts[cohort.program_id, cohort.name.lower()] = KnownCohort(cohort.pk, cohort.name, ended)
        here = CohortManager.objects.filter(manager__in=Member.objects.with_role(Role.MANAGER))
        pairs = here.filter(organization=organization).annotate(address=Lower("manager__user__email"))
        self.managers: set[tuple[int, str]] = set(pairs.values_list("cohort_id", "address"))

    def program(self, line: Line) -> Program | None:
        """The program that the line names, in any case of letters."""
        return self._programs.get(line.program.lower())

    def program_problem(self, line: Line) -> Problem | None:
        """Why the line's program takes nobody."""
        program = self.program(line)
        if program and program.archived_at:
            return Problem("program", _("“%(name)s” is archived.") % {"name": program.name})
        if program:
            return None
        names = [each.name for each in self._programs.values() if not each.archived_at]
        words = {"name": line.program, "all": ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")}
        if not names:
            return Problem("program", _("There is no program “%(name)s”. Add it first.") % words)
        return Problem("program", _("There is no program “%(name)s”. There are: %(all)s.") % words)

    def cohort(self, line: Line) -> KnownCohort | None:
        """The cohort that the line names, in any case of letters; None for a new one."""
        return self.cohorts.get(self.cohort_key(line))

    def cohort_key(self, line: Line) -> CohortKey:
        """What makes a cohort the same: its program and its name."""
        program = self.program(line)
        return (program.pk if program else 0), line.cohort.lower()


def members_of(organization: Organization) -> QuerySet[Member]:
    """Everybody of the organization, deactivated people too, with their login, in no order."""
    return Member.objects.filter(organization=organization).select_related("user").order_by()


def by_email(organization: Organization, emails: Iterable[str]) -> dict[str, Member]:
    """Members by their address in lower case; one query, none for no addresses."""
    wanted = set(emails) - {""}
    if not wanted:
        return {}
    found = members_of(organization).annotate(address=Lower("user__email")).filter(address__in=wanted)
    return {member.user.email.lower(): member for member in found}


def running(learners: Iterable[Member]) -> dict[tuple[int, int], Enrolment]:
    """Active enrolments by learner and pillar, with coach, cohort and program; one query, none for nobody."""
    pks = [learner.pk for learner in learners]
    related = ("coach__user", "cohort", "program")
    found = Enrolment.objects.active().filter(learner__in=pks).select_related(*related).order_by()
    return {(each.learner_id, each.pillar_id): each for each in found} if pks else {}
