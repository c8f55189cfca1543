"""Whatever a file says: what the dry run announces is what the import does, and the second time does nothing."""

import random
from functools import partial
from io import BytesIO

import pytest

from programs.domain import members
from programs.domain.people_import import applying
from programs.models import Enrolment, Member, Program
from tests.programs.import_steps import check, file
from tests.programs.test_import_mistakes import other_pillar

PEOPLE = ("ada", "ana", "cole", "leo", "lia", "mia", "new", "nina", "noor")
ROLES = ("learner", "coach", "learner coach", "manager", "admin coach", "", "")


def email(name: str) -> str:
    return f"{name}@northwind.example"


def any_line(chance: random.Random) -> dict[str, str]:
    """A line about somebody known or new; most are fine by themselves, few go together."""
    who = chance.choice(PEOPLE)
    line = {"email": email(who), "name": chance.choice([who.title(), "", "Zoe"]), "roles": chance.choice(ROLES)}
    if chance.random() < 0.2:
        line["external_id"] = chance.choice("123")
    if chance.random() < 0.15:
        line["active"] = "no"
    if chance.random() < 0.6:
        line |= {"program": chance.choice(["Calm calls", "Asking first"]), "cohort": chance.choice(["North", "New"])}
        line["coach_email"] = email(chance.choice(["ana", "cole", "new", "nina"])) if chance.random() < 0.7 else ""
        line["manager_emails"] = email(chance.choice(["mia", "noor"])) if chance.random() < 0.3 else ""
    return line


@pytest.mark.parametrize("seed", range(12))
def test_what_is_announced_is_done_and_done_once(seed, cast):
    chance = random.Random(seed)  # noqa: S311
    Program.objects.create(organization=cast.organization, pillar=other_pillar(cast), name="Asking first")
    members.change(cast.leo, by=cast.ada, external_id="1")
    content = file(*[any_line(chance) for _line in range(9)])
    findings = check(cast, content)
    before = Member.objects.count(), Enrolment.objects.count()
    source = partial(BytesIO, content)
    applying.apply(source, cast.organization, by=cast.ada, bad=findings.bad, progress=lambda lines: None)
    made = findings.report.counts["people_new"], findings.report.counts["enrolments_new"]
    assert (Member.objects.count() - before[0], Enrolment.objects.count() - before[1]) == made
    good = [line for at, line in enumerate(content.splitlines(), start=1) if at not in findings.bad]
    again = check(cast, b"\n".join(good)).report
    assert (again.mistakes, again.changes) == ([], [])


def test_a_line_once_wrong_stays_wrong_when_what_it_clashed_with_goes(cast):
    """Mia loses the role on a line that has a mistake itself: both lines stay out, and both say why."""
    nia = {"email": "nia@x.example", "name": "Nia", "roles": "learner", "program": "Calm calls", "cohort": "North"}
    managed = nia | {"manager_emails": email("mia")}
    wrong = {"email": email("mia"), "roles": "learner", "program": "Calm calls", "cohort": "North"}
    wrong["coach_email"] = email("lia")
    findings = check(cast, file(managed, wrong))
    assert [(each.line, each.reason) for each in findings.report.mistakes] == [
        (2, "mia@northwind.example does not have the role manager."),
        (3, "lia@northwind.example does not have the role coach."),
    ]
    assert (findings.bad, findings.report.counts["people"]) == ({2, 3}, 0)
