"""Organizations, programs, cohorts, and what it costs when a manager coaches."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.domain import coverage, curriculum, enrolments, members, people
from programs.models import AgreementText, Cohort, CohortManager, Member, Organization, Program

PROGRAM = {"name": "Open questions", "sessions_per_month": 2, "minutes": 10, "horizon_days": 60, "target_level": 3}
COHORT = {"name": "South", "starts_on": dt.date(2026, 2, 2)}


def run(*arguments):
    out, errors = StringIO(), StringIO()
    code = 0
    try:
        call_command("create_organization", *arguments, stdout=out, stderr=errors)
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue(), errors.getvalue()


def test_the_command_makes_an_organization_and_prints_a_link(db, client):
    code, out, _errors = run("Acme Support", "--admin", "boss@acme.example", "--timezone", "Europe/Paris")
    organization = Organization.objects.get()
    admin = Member.objects.get()
    assert (code, organization.slug, organization.timezone) == (0, "acme-support", "Europe/Paris")
    assert (admin.name, admin.roles, admin.user.email) == ("Boss", ["admin"], "boss@acme.example")
    assert AgreementText.objects.get().organization == organization
    link = out.split()[-1]
    client.post(link, {"how": "password", "password": "four plain words"})
    admin.refresh_from_db()
    assert admin.joined_at is not None


def test_the_command_run_twice_makes_one_organization(db):
    run("Acme", "--admin", "boss@acme.example")
    code, out, errors = run("ACME", "--admin", "boss@acme.example")
    assert (code, out, errors) == (1, "", "There is an organization “ACME” already.\n")
    assert Organization.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("Acme", "--admin", "boss"), "“boss” is not an e-mail address"),
        (("Acme", "--admin", "b@a.de", "--timezone", "Mars"), "“Mars” is not a time zone, such as Europe/Berlin."),
    ],
)
def test_the_command_refuses_nonsense(db, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)


def test_organizations_of_similar_names_get_slugs_of_their_own(db):
    for name in ("Acme", "Acme!", "Acme?"):
        run(name, "--admin", "boss@acme.example")
    assert sorted(Organization.objects.values_list("slug", flat=True)) == ["acme", "acme-2", "acme-3"]


def test_settings_are_the_administrators(cast):
    changed = people.change_organization(
        cast.organization, by=cast.ada, name="Northwind Ltd", smallest_group=8, slug="x"
    )
    assert (changed.name, changed.smallest_group, changed.slug) == ("Northwind Ltd", 8, "northwind")
    for other in (cast.ana, cast.mia, cast.olga):
        with pytest.raises(NotAllowed):
            people.change_organization(cast.organization, by=other, name="x")


def test_a_program_starts_with_the_newest_default_agreement(cast):
    newest = AgreementText.objects.create(organization=cast.organization, name="Default", version=2, purpose="New")
    program = curriculum.create_program(cast.organization, by=cast.ada, pillar=cast.pillar, **PROGRAM)
    assert (program.agreement_text, program.minutes) == (newest, 10)


def test_names_are_used_once(cast):
    with pytest.raises(Invalid) as refusal:
        curriculum.create_program(
            cast.organization, by=cast.ada, pillar=cast.pillar, **PROGRAM | {"name": "calm CALLS"}
        )
    assert refusal.value.field == "name"
    other = curriculum.create_program(cast.organization, by=cast.ada, pillar=cast.pillar, **PROGRAM)
    with pytest.raises(Invalid):
        curriculum.change_program(other, by=cast.ada, name="Calm calls")
    with pytest.raises(Invalid):
        curriculum.create_cohort(cast.program, by=cast.ada, **COHORT | {"name": "north"})
    assert curriculum.change_program(other, by=cast.ada, name="OPEN questions").name == "OPEN questions"


def test_two_letters_that_the_database_takes_for_one_are_refused_in_words(cast):
    """Upper case tells the sign of the kelvin from K, lower case does not."""
    curriculum.create_cohort(cast.program, by=cast.ada, **COHORT | {"name": "Kelvin"})
    with pytest.raises(Invalid) as refusal:
        curriculum.create_cohort(cast.program, by=cast.ada, **COHORT | {"name": "\u212aelvin"})
    assert refusal.value.field == "name"


def test_a_program_in_use_is_not_archived(cast):
    with pytest.raises(WrongState, match="People still learn"):
        curriculum.archive_program(cast.program, by=cast.ada)
    for enrolment in (cast.enrolment, cast.lia_enrolment):
        enrolments.end(enrolment, by=cast.ada)
    assert curriculum.archive_program(cast.program, by=cast.ada).archived_at is not None
    assert curriculum.restore_program(cast.program, by=cast.ada).archived_at is None


def test_a_cohort_keeps_the_managers_that_stay(cast):
    kept = CohortManager.objects.get(cohort=cast.cohort)
    cole = members.change(cast.cole, by=cast.ada, roles=["coach", "manager"])
    curriculum.change_cohort(cast.cohort, by=cast.ada, managers=[cast.mia, cole])
    assert set(cast.cohort.managers.all()) == {cast.mia, cole}
    assert CohortManager.objects.filter(pk=kept.pk).exists()
    curriculum.change_cohort(cast.cohort, by=cast.ada, managers=[cole], name="North-East")
    assert list(cast.cohort.managers.all()) == [cole]
    assert Cohort.objects.get(pk=cast.cohort.pk).name == "North-East"


def test_a_manager_has_the_role(cast):
    for person, sentence in ((cast.ana, "does not have the role manager"), (cast.olga, "Choose active members")):
        with pytest.raises(Invalid, match=sentence) as refusal:
            curriculum.create_cohort(cast.program, by=cast.ada, managers=[person], **COHORT)
        assert refusal.value.field == "managers"
    assert Cohort.objects.count() == 1


def test_only_administrators_of_the_organization_change_programs(cast):
    calls = (
        lambda by: curriculum.create_program(cast.organization, by=by, pillar=cast.pillar, **PROGRAM),
        lambda by: curriculum.change_program(cast.program, by=by, name="x"),
        lambda by: curriculum.archive_program(cast.program, by=by),
        lambda by: curriculum.restore_program(cast.program, by=by),
        lambda by: curriculum.create_cohort(cast.program, by=by, **COHORT),
        lambda by: curriculum.change_cohort(cast.cohort, by=by, name="x"),
    )
    for call in calls:
        for by in (cast.ana, cast.mia, cast.olga):
            with pytest.raises(NotAllowed):
                call(by)
    assert (Program.objects.get().name, Cohort.objects.get().name) == ("Calm calls", "North")


def learners(cast, number, coach):
    for each in range(number):
        person = members.add(
            cast.organization, by=cast.ada, email=f"n{each}@x.example", name=f"N{each}", roles=["learner"]
        )
        enrolments.enrol(cast.cohort, by=cast.ada, learner=person, coach=coach)


def managing_coach(cast):
    mia = members.change(cast.mia, by=cast.ada, roles=["manager", "coach"])
    return Member.objects.select_related("organization").get(pk=mia.pk)


def hiding(learners, coached):
    """North is all of its pillar."""
    return [coverage.Hidden("De-escalating a complaint", "North", learners, coached, everything=True)]


def test_a_manager_who_coaches_most_of_a_cohort_hides_it(cast):
    mia = managing_coach(cast)
    learners(cast, 6, mia)
    assert coverage.hidden_by(mia) == hiding(learners=8, coached=6)


@pytest.mark.parametrize("number", [1, 3])
def test_few_learners_of_ones_own_hide_nothing(cast, number):
    mia = managing_coach(cast)
    learners(cast, 5, cast.cole)
    for enrolment in cast.cohort.enrolments.all()[:number]:
        enrolments.reassign(enrolment, coach=mia, by=cast.ada)
    assert coverage.hidden_by(mia) == ([] if number == 1 else hiding(learners=7, coached=3))


def test_who_coaches_everybody_learns_nothing_from_figures_and_hides_none(cast):
    mia = managing_coach(cast)
    for enrolment in (cast.enrolment, cast.lia_enrolment):
        enrolments.reassign(enrolment, coach=mia, by=cast.ada)
    learners(cast, 6, mia)
    assert coverage.hidden_by(mia) == []


def test_a_cohort_too_small_anyway_is_not_blamed_on_anybody(cast):
    mia = managing_coach(cast)
    learners(cast, 2, mia)
    assert coverage.hidden_by(mia) == []
