"""What is wrong in a file of people is said by line, with the reason; nothing of it is written."""

import datetime as dt

import pytest

from coachhub.errors import Invalid
from programs.domain import addresses, curriculum, enrolments, members
from programs.domain.people_import.reading import LONGEST, Unreadable
from programs.models import Cohort, Enrolment, Member, Program
from tests.programs.import_steps import HEAD, NIA, PLACE, check, file, line, mistakes

LEO = {"email": "leo@northwind.example", "name": "Leo Marin", "roles": "learner", "timezone": "Europe/Berlin"}
ANA = {"email": "ana@northwind.example", "name": "Ana Silva", "roles": "coach"}
CELLS = {
    "no address": ({"email": ""}, "email", "The e-mail address is missing."),
    "bad address": ({"email": "nia@"}, "email", "“nia@” is not an e-mail address."),
    "address without mail": ({"email": "ſ@x.example"}, "email", "No mail can be sent to “ſ@x.example”."),
    "no name": ({"name": ""}, "name", "The name is missing."),
    "long name": ({"name": "n" * 121}, "name", "This has 121 characters; at most 120 fit."),
    "no role": ({"roles": ""}, "roles", "A role is missing."),
    "unknown role": (
        {"roles": "learner boss"}, "roles", "“boss” is not a role. There are: admin, coach, learner, manager.",
    ),
    "unknown zone": (
        {"timezone": "Berlin"}, "timezone", "“Berlin” is not a time zone, such as Europe/Berlin.",
    ),
    "bad day": ({"work_days": "Mon-Fry"}, "work_days", "“Fry” is not a day. Write Mon-Fri, or Mon Wed Sat."),
    "bad time": ({"work_start": "25:00"}, "work_start", "“25:00” is not a time. Write 09:00."),
    "no working time": (
        {"work_start": "17:00"}, "work_end", "Work ends when it starts: choose another time.",
    ),
    "bad active": ({"active": "perhaps"}, "active", "“perhaps” is neither yes nor no."),
    "unknown program": (
        PLACE | {"program": "Loud calls"}, "program", "There is no program “Loud calls”. There are: Calm calls.",
    ),
    "program without cohort": (
        PLACE | {"cohort": ""}, "cohort", "A program and a cohort go together: fill in both, or neither.",
    ),
    "cohort without program": (
        PLACE | {"program": ""}, "program", "A program and a cohort go together: fill in both, or neither.",
    ),
    "coach without a place": (
        {"coach_email": "ana@northwind.example"}, "program", "A coach or a manager needs a program and a cohort.",
    ),
    "coach who is none": (
        PLACE | {"coach_email": "mia@northwind.example"}, "coach_email",
        "mia@northwind.example does not have the role coach.",
    ),
    "unknown coach": (
        PLACE | {"coach_email": "who@x.example"}, "coach_email", "Nobody here has the address who@x.example.",
    ),
    "coach of another organization": (
        PLACE | {"coach_email": "olga@elsewhere.example"}, "coach_email",
        "Nobody here has the address olga@elsewhere.example.",
    ),
    "own coach": (
        PLACE | {"roles": "learner coach", "coach_email": NIA["email"].upper()}, "coach_email",
        "Nobody coaches themselves.",
    ),
    "manager who is none": (
        PLACE | {"manager_emails": "mia@northwind.example ana@northwind.example"}, "manager_emails",
        "ana@northwind.example does not have the role manager.",
    ),
    "no learner": (PLACE | {"roles": "manager"}, "roles", "Nia New does not have the role learner."),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_a_mistake_in_a_cell_is_told_with_its_line_and_column(name, cast):
    cells, column, reason = CELLS[name]
    assert mistakes(cast, LEO, NIA | cells) == [(3, column, reason)]


NOT_UTF8 = "This is not UTF-8 text. In Excel, save as “CSV UTF-8”."
OPEN_QUOTE = "A quotation mark is opened and not closed. A cell cannot hold a line break."
HEAD_TOO_LONG = "The first line is too long: 20000 characters or more. Name only our columns."
TOO_LONG = "This line is too long: 20000 characters or more. Only the first 200 are kept."
TOO_MANY = "There are 15 cells for 13 columns. A cell with a comma needs quotation marks."
MISSING = "This column is missing: cohort, coach_email, manager_emails."
UNREADABLE = {
    "nothing": (b"", "The file is empty."),
    "no header": (b"nia@x.example,Nia\n", f"The first line has to name the columns: {HEAD.replace(',', ', ')}."),
    "missing columns": (b"email,name,roles,timezone,program\n", MISSING),
    "a column twice": (f"{HEAD},email\n".encode(), "This column is there twice: email."),
    "UTF-16": (file(NIA).decode().encode("utf-16"), NOT_UTF8),
    "a header that is cut": (f"{HEAD},{'x,' * LONGEST}active\n".encode() + line(**NIA).encode(), HEAD_TOO_LONG),
    "Latin-1 header": (f"{HEAD},größe\n".encode("latin-1"), NOT_UTF8),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_without_usable_columns_is_refused_whole(name, cast):
    content, reason = UNREADABLE[name]
    with pytest.raises(Unreadable) as refusal:
        check(cast, content)
    assert (refusal.value.line, refusal.value.reason) == (1, reason)


LINES = {
    "another encoding": (line(**NIA | {"name": "Jörg"}).encode("latin-1"), NOT_UTF8),
    "an open quotation mark": (b'"nia@x.example,Nia', OPEN_QUOTE),
    "a control character": (line(**NIA | {"name": "N\x00"}).encode(), "A cell holds a character that is not text."),
    "a lost letter": (line(**NIA | {"name": "J\ufffdrg"}).encode(), "A cell holds a character that is not text."),
    "too many cells": (line(**NIA).encode() + b",,x", TOO_MANY),
    "too long": (b"x" * (LONGEST + 5), TOO_LONG),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_a_line_that_cannot_be_read_spoils_no_other(name, cast):
    bad, reason = LINES[name]
    findings = check(cast, file(LEO) + bad + b"\n" + line(**NIA).encode() + b"\n")
    assert [(each.line, each.column, each.reason) for each in findings.report.mistakes] == [(3, "", reason)]
    assert findings.report.counts["people_new"] == 1


def test_two_lines_of_one_person_must_agree(cast):
    """The same in another case of letters agrees; another name or zone does not, and says where."""
    second = Program.objects.create(organization=cast.organization, pillar=other_pillar(cast), name="Asking first")
    again = NIA | {"email": "NIA@northwind.example", "program": second.name, "cohort": "East"}
    assert mistakes(cast, NIA | PLACE, again) == []
    assert mistakes(cast, NIA | PLACE, again | {"name": "Nina New", "timezone": "UTC"}) == [
        (3, "name", "Line 2 says something else about this person: name, timezone.")
    ]


@pytest.mark.parametrize(("here", "first", "second", "said"), [
    (False, "", "yes", "By line 2 this person stays out, by line 3 not."),
    (True, "", "no", "By line 2 this person is here, by line 3 not."),
    (True, "no", "yes", "By line 2 this person stays out, by line 3 not."),
])  # fmt: skip
def test_whether_somebody_is_active_is_said_by_both_lines(cast, here, first, second, said):
    """An empty cell says that they are as they are."""
    if not here:
        members.deactivate(cast.leo, by=cast.ada)
    lines = [LEO | PLACE | {"active": each} for each in (first, second)]
    found = [each for each in mistakes(cast, *lines) if each[1] == "active"]
    assert found == [(3, "active", f"{said} Write yes or no on both.")]


def test_a_line_that_leaves_cells_to_an_earlier_one_agrees_and_goes_with_it(cast):
    """The first line says who they are; another personnel number is another person."""
    second = Program.objects.create(organization=cast.organization, pillar=other_pillar(cast), name="Asking first")
    silent = {"email": NIA["email"], "program": second.name, "cohort": "East"}
    assert mistakes(cast, NIA | PLACE, silent) == []
    assert mistakes(cast, NIA | PLACE | {"external_id": "17"}, silent) == [
        (3, "external_id", "Line 2 says something else about this person: external_id.")
    ]
    assert mistakes(cast, NIA | PLACE | {"cohort": ""}, silent)[1:] == [
        (3, "name", "The name is missing."), (3, "roles", "A role is missing."),
    ]  # fmt: skip
    nobody = NIA | PLACE | {"coach_email": "no@x.example"}
    assert mistakes(cast, nobody, silent) == [
        (2, "coach_email", "Nobody here has the address no@x.example."),
        (3, "", "Line 2 says the rest about this person, and has a mistake."),
    ]


def other_pillar(cast):
    cast.pillar.pk, cast.pillar.key = None, "asking"
    cast.pillar.save(force_insert=True)
    return cast.pillar


def test_the_same_person_twice_in_a_cohort_or_a_pillar(cast):
    Cohort.objects.create(
        organization=cast.organization, program=cast.program, name="South", starts_on=dt.date(2026, 1, 5)
    )
    assert mistakes(cast, NIA | PLACE, NIA | PLACE | {"cohort": "NORTH"}, NIA | PLACE | {"cohort": "South"}) == [
        (3, "cohort", "Line 2 puts this person into this cohort already."),
        (4, "cohort", "Line 2 puts this person into another cohort of the same pillar. Keep one of the two lines."),
    ]


def test_a_cohort_that_has_ended_takes_nobody_new(cast):
    shared = {"organization": cast.organization, "program": cast.program, "starts_on": dt.date(2026, 1, 5)}
    Cohort.objects.create(name="South", ends_on=dt.date(2026, 2, 1), **shared)
    curriculum.change_cohort(cast.cohort, by=cast.ada, ends_on=dt.date(2026, 2, 1))
    lia = {"email": "lia@northwind.example"} | PLACE | {"cohort": "South", "coach_email": ""}
    assert mistakes(cast, NIA | PLACE, LEO | PLACE, lia) == [
        (2, "cohort", "North has ended."),
        (4, "cohort", "South has ended."),
    ]


def test_an_archived_program_takes_nobody(cast):
    Enrolment.objects.update(ended_on=dt.date(2026, 2, 1))
    curriculum.archive_program(cast.program, by=cast.ada)
    assert mistakes(cast, NIA | PLACE) == [(2, "program", "“Calm calls” is archived.")]


def test_number_and_address_of_different_people(cast):
    members.change(cast.leo, by=cast.ada, external_id="1")
    members.change(cast.lia, by=cast.ada, external_id="2")
    assert mistakes(cast, LEO | {"external_id": "2"}, NIA | {"external_id": "3"}, LEO | {"external_id": "4"}) == [
        (2, "external_id", "leo@northwind.example is the address of Leo Marin, and 2 the number of Lia Chen."),
        (4, "external_id", "Leo Marin has another personnel number here: 1."),
    ]


def test_an_address_that_is_given_up_in_the_file_is_nobody_elses(cast):
    members.change(cast.ana, by=cast.ada, external_id="1")
    ana = ANA | {"external_id": "1", "email": "ana.silva@northwind.example"}
    assert mistakes(cast, ana, ANA | {"name": "Another"}, NIA | PLACE) == [
        (3, "email", "On line 2 its owner gets another address."),
        (4, "coach_email", "The line of ana@northwind.example has a mistake itself."),
    ]
    assert mistakes(cast, ana, NIA | PLACE) == [
        (3, "coach_email", "Nobody here has the address ana@northwind.example.")
    ]
    assert mistakes(cast, ANA | {"name": "Another"}, ana) == [(3, "email", "Line 2 uses the address from before.")]


def test_a_coach_who_leaves_by_the_file_coaches_nobody_in_it(cast):
    assert mistakes(cast, ANA | {"active": "no"}, LEO | PLACE) == [
        (3, "coach_email", "ana@northwind.example is deactivated.")
    ]


def test_a_mistake_takes_out_the_lines_that_rely_on_it(cast):
    """A new coach whose own line is wrong is nobody's coach; said in place, however the lines are ordered."""
    coach = {"email": "new@x.example", "name": "New Coach", "roles": "coach learner", **PLACE, "cohort": "North"}
    wrong = coach | {"program": "Loud calls"}
    found = mistakes(cast, NIA | PLACE | {"coach_email": "new@x.example"}, wrong)
    assert found == [
        (2, "coach_email", "Nobody here has the address new@x.example."),
        (3, "program", "There is no program “Loud calls”. There are: Calm calls."),
    ]
    assert mistakes(cast, NIA | PLACE | {"coach_email": "new@x.example"}, coach) == []


def test_a_role_that_is_in_use_stays(cast):
    assert mistakes(cast, ANA | {"roles": "manager"}, LEO | {"roles": "coach"}) == [
        (2, "roles", "Ana Silva coaches 1 learner: name another coach first."),
        (3, "roles", "Leo Marin learns in 1 cohort: end that first."),
    ]
    passed_on = LEO | PLACE | {"coach_email": "cole@northwind.example"}
    assert mistakes(cast, ANA | {"roles": "manager"}, passed_on) == []
    assert mistakes(cast, ANA | {"roles": "manager"}, LEO | {"active": "no"}) == []


def test_the_last_administrator_stays(cast):
    ada = {"email": "ada@northwind.example"}
    last = (2, "roles", "Ada Okafor is the last administrator who has joined. Make somebody else one first.")
    assert mistakes(cast, ada | {"active": "no"}) == [last]
    assert mistakes(cast, ada | {"roles": "coach"}) == [last]
    mia = {"email": "mia@northwind.example", "roles": "manager admin"}
    assert mistakes(cast, ada | {"roles": "coach"}, mia) == []
    assert mistakes(cast, ada | {"roles": "coach"}, NIA | {"roles": "admin"}) == [last]  # who may never join
    assert mistakes(cast, ada | {"roles": "coach"}, mia | {"timezone": "?"}) == [
        last,
        (3, "timezone", "“?” is not a time zone, such as Europe/Berlin."),
    ]


def test_the_last_administrator_keeps_their_address(cast):
    Member.objects.filter(pk=cast.ada.pk).update(external_id="A-1")
    Member.objects.filter(pk=cast.mia.pk).update(external_id="M-1")
    ada, mia = {"external_id": "A-1", "email": "a@x.example"}, {"external_id": "M-1", "email": "m@x.example"}
    lock = "is the last administrator who has joined, and a wrong address would lock everybody out."
    last = (2, "email", f"Ada Okafor {lock} Make somebody else one first.")
    assert mistakes(cast, ada) == mistakes(cast, ada, NIA | {"roles": "admin"}) == [last]
    Member.objects.filter(pk=cast.mia.pk).update(roles=["admin"])
    assert mistakes(cast, ada) == []
    assert mistakes(cast, ada, mia) == [last, (3, "email", f"Mia Novak {lock} Make somebody else one first.")]
    with pytest.raises(Invalid, match="a wrong address would lock everybody out"):
        addresses.change_emails({cast.ada.pk: "a@x.example", cast.mia.pk: "m@x.example"}, by=cast.ada)


def test_an_enrolment_that_ended_may_begin_again(cast):
    enrolments.end(cast.enrolment, by=cast.ada)
    assert mistakes(cast, LEO | PLACE) == []
