"""Two administrators act in the same instant: the second is told, nothing is overwritten or goes where it may not."""

from functools import partial

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from coachhub.errors import Invalid, WrongState
from programs.domain import agreements, cohort_moves, curriculum, enrolments, members, people
from programs.domain.agreements import Clauses
from programs.models import Cohort, Enrolment, Member, Organization, Program
from tests.programs.form_steps import sent_by
from tests.programs.import_steps import NIA, take
from tests.racing import raced
from tests.sessions.run_steps import at_once

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = Clauses(purpose="Ours", confidential="Ours", feedback_style="Ours", success_measure="Ours")
SAID = ["Saved meanwhile: “Theirs”. Save again to put yours there."]


def test_whoever_saves_second_is_told_at_the_field(cast, client):
    by = cast.ada
    ada, meanwhile = client.as_(by), {
        ("manage:member-edit", cast.leo.pk, "name"): lambda: members.change(cast.leo, by=by, name="Theirs"),
        ("manage:organization-edit", None, "name"): lambda: people.change_organization(
            cast.organization, by=by, name="Theirs"
        ),
        ("manage:program-edit", cast.program.pk, "name"): lambda: curriculum.change_program(
            cast.program, by=by, name="Theirs"
        ),
        ("manage:cohort-edit", cast.cohort.pk, "name"): lambda: curriculum.change_cohort(
            cast.cohort, by=by, name="Theirs"
        ),
        ("manage:program-agreement", cast.program.pk, "purpose"): lambda: agreements.revise(
            cast.program, by=by, clauses=Clauses(**{**vars(WORDS), "purpose": "Theirs"}), review_after_days=42
        ),
    }  # fmt: skip
    for (name, pk, field), change in meanwhile.items():
        url = reverse(name, args=[pk] if pk else [])
        mine = sent_by(ada.get(url)) | {field: "Mine"}
        page = raced(change, lambda url=url, mine=mine: ada.post(url, mine))
        assert (page.status_code, page.context["form"].errors[field]) == (422, SAID), name
        again = mine | {"known": page.context["form"].edition}
        assert f'name="known" value="{again["known"]}"' in page.content.decode(), name
        assert ada.post(url, again).status_code == 302, name
    names = [row.objects.get(pk=each.pk).name for row, each in (
        (Member, cast.leo), (Organization, cast.organization), (Program, cast.program), (Cohort, cast.cohort),
    )]  # fmt: skip
    assert names == ["Mine"] * 4
    assert Program.objects.get(pk=cast.program.pk).agreement_text.purpose == "Mine"


def test_who_is_moved_on_meanwhile_stays_where_they_came_to(cast):
    """Everybody of North goes South, and one of them West, while "Take it back" and "Move everybody" wait."""
    south, west = (
        curriculum.create_cohort(cast.program, by=cast.ada, name=name, starts_on=cast.cohort.starts_on)
        for name in ("South", "West")
    )
    on = partial(cohort_moves.move, cast.enrolment, to=west, by=cast.ada)
    for second in (
        partial(cohort_moves.move_everybody, cast.cohort, to=south, by=cast.ada),
        partial(cohort_moves.take_back, south, by=cast.ada),
    ):
        assert raced(on, second) == [cast.lia_enrolment]
        assert Enrolment.objects.get(pk=cast.enrolment.pk).cohort == west
        cohort_moves.move_all([(each, south) for each in (cast.enrolment, cast.lia_enrolment)], by=cast.ada)


def test_whoever_takes_a_name_second_is_told_at_the_field(cast):
    by, other = cast.ada, {"sessions_per_month": 2, "minutes": 10, "horizon_days": 60, "target_level": 3}
    west = curriculum.create_cohort(cast.program, by=by, name="West", starts_on=cast.cohort.starts_on)
    new = {
        "program": lambda name: curriculum.create_program(
            cast.organization, by=by, pillar=cast.pillar, name=name, **other
        ),
        "cohort": lambda name: curriculum.create_cohort(
            cast.program, by=by, name=name, starts_on=cast.cohort.starts_on
        ),
    }  # fmt: skip
    renamed = {
        "program": lambda name: curriculum.change_program(cast.program, by=by, name=name),
        "cohort": lambda name: curriculum.change_cohort(west, by=by, name=name),
    }

    def refused(write, name):
        with pytest.raises(Invalid, match=f"“{name}” is there already") as refusal:
            write(name)
        return refusal.value.field

    for kind in new:
        for name, second in (("Autumn", new[kind]), ("Winter", renamed[kind])):
            first = partial(new[kind], name.lower())
            assert raced(first, partial(refused, second, name)) == "name", (kind, name)


def said(write) -> str:
    """The refusal's sentence, or what was written."""
    try:
        return str(write())
    except WrongState as refusal:
        return str(refusal.sentence)


def test_nobody_is_put_into_a_program_that_is_just_being_archived(cast):
    """Neither by hand nor by a file; and a program into which somebody is just being put is not archived."""
    Enrolment.objects.update(ended_on=timezone.localdate())
    line = NIA | {"program": "Calm calls", "cohort": "North"}

    def archive():
        return curriculum.archive_program(cast.program, by=cast.ada)

    def enrol():
        return enrolments.enrol(cast.cohort, by=cast.ada, learner=cast.leo)

    for put_in in (enrol, lambda: take(cast, line)):
        assert raced(archive, lambda put_in=put_in: said(put_in)) == "Calm calls is archived: restore it first."
        assert (said(enrol), Enrolment.objects.active().count()) == ("Calm calls is archived: restore it first.", 0)
        curriculum.restore_program(cast.program, by=cast.ada)
        assert raced(put_in, lambda: said(archive)) == "People still learn in this program: end their enrolments first."
        Enrolment.objects.update(ended_on=timezone.localdate())


def test_whoever_enrols_does_not_wait_for_a_file_that_is_being_imported(cast):
    Enrolment.objects.update(ended_on=timezone.localdate())
    with transaction.atomic():
        take(cast, NIA | {"program": "Calm calls", "cohort": "North"})
        [enrolled] = at_once(lambda: enrolments.enrol(cast.cohort, by=cast.ada, learner=cast.leo))
    assert enrolled.learner == cast.leo


def test_whoever_saves_the_same_values_is_not_bothered(cast, client):
    ada, url = client.as_(cast.ada), reverse("manage:member-edit", args=[cast.leo.pk])
    mine = sent_by(ada.get(url)) | {"name": "Both of us"}
    page = raced(lambda: members.change(cast.leo, by=cast.ada, name="Both of us"), lambda: ada.post(url, mine))
    assert (page.status_code, Member.objects.get(pk=cast.leo.pk).name) == (302, "Both of us")
