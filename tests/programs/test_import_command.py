"""`manage.py import_people`: the same import at the terminal."""

import csv

import pytest
from django.core.management import CommandError, call_command

from programs.domain.people_import.work import LOCK
from programs.models import Member, PeopleImport
from tests.programs.import_steps import HEAD, NIA, PLACE, elsewhere, file, line, unpacked

BAD = NIA | {"email": "bo@x.example", "name": "=cmd()", "roles": "boss"}

NO_ROLE = "“boss” is not a role. There are: admin, coach, learner, manager."


@pytest.fixture
def run(cast, tmp_path, monkeypatch, capsys):
    """Runs the command on some lines; gives exit status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def runs(content: bytes, *options, organization="northwind"):
        path = tmp_path / "people.csv"
        path.write_bytes(content)
        status = 0
        try:
            call_command("import_people", str(path), "--organization", organization, *options)
        except SystemExit as left:
            status = left.code
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err.splitlines()

    return runs


def test_a_file_is_imported_by_name_or_slug(run):
    status, out, _err = run(file(NIA | PLACE), organization="NORTHWIND")
    assert (status, out) == (0, ["Imported:", "  1 new person", "  1 new enrolment"])
    done = PeopleImport.objects.get()
    assert (done.status, done.by, done.file_name, done.content) == ("done", None, "people.csv", None)
    assert run(file(NIA | PLACE))[1] == ["The file would do this:", "  nothing: everything is here already"]
    assert PeopleImport.objects.count() == 1


def test_a_dry_run_writes_nothing(run):
    status, out, _err = run(file(NIA | PLACE | {"cohort": "Spring"}), "--dry-run")
    said = ["The file would do this:", "  1 new person", "  1 new cohort", "  1 new enrolment"]
    assert (status, out) == (0, [*said, "  new cohort: Calm calls, Spring"])
    assert not Member.objects.filter(name="Nia New").exists()


def test_a_mistake_stops_it_all(run):
    status, out, err = run(file(NIA, BAD))
    assert (status, out) == (1, ["The file would do this:", "  1 new person"])
    assert err == [
        f"line 3 (roles): {NO_ROLE}",
        "Nothing was imported. Correct these lines, or leave them out with --skip-bad.",
    ]
    assert not Member.objects.filter(name="Nia New").exists()


def test_bad_lines_are_left_out_and_written_to_rejects(run, tmp_path):
    status, out, _err = run(file(NIA, BAD, NIA | {"name": "Another"}), "--skip-bad")
    assert (status, out) == (0, ["Imported:", "  1 new person", "Lines with mistakes: 2, written to rejects.csv"])
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as written:
        left_out = list(csv.DictReader(written))
    assert [(each["line"], each["email"], each["name"]) for each in left_out] == [
        ("3", "bo@x.example", "'=cmd()"),
        ("4", "nia@northwind.example", "Another"),
    ]
    assert left_out[1]["problem"] == "Line 2 says something else about this person: name."


def test_corrected_rejects_are_a_file_again(run, tmp_path):
    """The columns that were added are not ours, and the apostrophe that made a cell harmless goes."""
    run(file(NIA, BAD), "--skip-bad")
    corrected = (tmp_path / "rejects.csv").read_bytes().replace(b"boss", b"coach")
    assert run(corrected)[:2] == (0, ["Imported:", "  1 new person"])
    assert Member.objects.get(user__email="bo@x.example").name == "=cmd()"


def test_a_reject_is_no_formula_where_a_spreadsheet_splits_it_and_keeps_its_words(run, tmp_path):
    run(file(BAD | {"name": "Bo;=cmd(); @x"}), "--skip-bad")
    rejects = (tmp_path / "rejects.csv").read_bytes()
    assert b",Bo;'=cmd();' @x," in rejects
    run(rejects.replace(b"boss", b"coach"))
    assert Member.objects.get(user__email="bo@x.example").name == "Bo;=cmd(); @x"


def test_a_line_in_another_encoding_comes_back_with_its_letters(run, tmp_path):
    """There for whoever repairs them; unrepaired it is refused again, not taken as “?”. No cell is a formula."""
    sent = line(**NIA | {"name": " =Jörg", "external_id": "7"}).encode("latin-1")
    run(file() + sent + b"\n", "--skip-bad")
    head, rejected = (tmp_path / "rejects.csv").read_bytes().splitlines()
    assert rejected.endswith(b"," + sent.replace(b" =J", b"'=J"))
    assert run(head + b"\n" + rejected)[0] == 1
    assert run(head + b"\n" + rejected.replace(b"\xf6", "ö".encode()))[0] == 0
    assert Member.objects.get(external_id="7").name == "=Jörg"


def test_of_a_line_that_is_too_long_the_rejects_have_the_beginning_and_say_so(run, tmp_path):
    run(file() + b"bo@x.example," * 2000 + b"\n" + line(**NIA).encode() + b"\n", "--skip-bad")
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as written:
        (cut,) = csv.DictReader(written)
    assert cut["problem"] == "This line is too long: 20000 characters or more. Only the first 200 are kept."
    assert cut[HEAD.split(",")[0]] == ("bo@x.example," * 2000)[:200]
    assert Member.objects.filter(name="Nia New").exists()


def test_the_report_has_every_line_and_no_formula(run, tmp_path):
    people = [NIA | {"email": f"n{at}@x.example", "name": f"-{at}"} for at in range(3)]
    run(file(*people, BAD), "--dry-run", "--report", str(tmp_path / "report.csv"))
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as written:
        rows = list(csv.reader(written))
    assert rows[0] == ["line", "e-mail", "name", "what", "column", "details"]
    assert rows[1:] == [
        ["2", "n0@x.example", "'-0", "change", "", "new: learner"],
        ["3", "n1@x.example", "'-1", "change", "", "new: learner"],
        ["4", "n2@x.example", "'-2", "change", "", "new: learner"],
        ["5", "bo@x.example", "'=cmd()", "mistake", "roles", NO_ROLE],
    ]  # fmt: skip


def test_more_than_a_hundred_mistakes_are_counted(run):
    status, _out, err = run(file(*[line(email=f"n{at}") for at in range(103)]))
    assert (status, len(err), err[100]) == (1, 102, "… and 3 more lines; --report FILE writes all of them.")


def test_semicolons_marks_and_strange_headers(run):
    """As Excel writes it; columns in any order and case; one that is not ours is named."""
    head = " Email ;NAME;Department;roles;timezone;program;cohort;coach_email;manager_emails"
    text = f'{head}\r\nnia@northwind.example;"New; Nia";Sales;learner,coach;;;;;\r\n\r\n'
    status, out, _err = run(b"\xef\xbb\xbf" + text.encode())
    assert (status, out) == (0, ["Columns that are not used: department.", "Imported:", "  1 new person"])
    nia = Member.objects.get(user__email="nia@northwind.example")
    assert (nia.name, nia.roles) == ("New; Nia", ["coach", "learner"])


def test_a_file_that_cannot_be_read_names_the_line(run):
    assert run(HEAD.encode("utf-16"))[::2] == (1, ["line 1: This is not UTF-8 text. In Excel, save as “CSV UTF-8”."])


def test_what_is_not_there_is_refused(run, tmp_path):
    with pytest.raises(CommandError, match="There is no organization “nowhere”"):
        run(file(NIA), organization="nowhere")
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_people", str(tmp_path / "none.csv"), "--organization", "northwind")


def test_an_organization_without_administrator_is_refused(run, cast):
    Member.objects.filter(pk=cast.ada.pk).update(roles=["coach"])
    assert run(file(NIA))[::2] == (1, ["Northwind has no active administrator."])


def test_a_second_import_of_the_same_organization_is_refused(run, cast):
    with elsewhere() as other:
        other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, cast.organization.pk])
        refused = run(file(NIA))
    assert refused[::2] == (1, ["Another file is being imported at the moment. Wait until that is done."])
    assert run(file(NIA))[0] == 0


def test_the_stored_report_says_the_same(run):
    run(file(NIA | PLACE))
    done = PeopleImport.objects.get()
    assert unpacked(done.report).splitlines()[1] == (
        '2,nia@northwind.example,Nia New,change,,"new: learner; joins Calm calls, North, with ana@northwind.example"'
    )
    assert done.rejects is None
