"""A name is something one can see, wherever it is written, and turns nothing round on the pages."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from coachhub.errors import Invalid
from programs.domain import curriculum, members, names, people, several
from programs.domain.several import Newcomer
from programs.models import Cohort, Member, Organization, Program
from tests.api_steps import Caller
from tests.programs.form_steps import sent_by
from tests.programs.import_steps import NIA, PLACE, mistakes, take

UNSEEN = "Nothing of this name can be seen. Write at least one letter or number."
NOTHING = "\u3164\u200b\u202e"


@pytest.mark.parametrize(
    "name",
    ["", " ", "\u00a0\u3000", "\u200b\u200d\ufeff", "\u115f\u1160", "\u3164", "\uffa0", "\u2800", "\u202e\u202c",
     "\u2066\u2069", "\x07\x1b", "\u0301", "\U000e0041"],
)  # fmt: skip
def test_what_shows_nothing_is_no_name(name):
    with pytest.raises(Invalid) as refused:
        names.clean(name)
    assert (refused.value.field, str(refused.value.sentence)) == ("name", UNSEEN)


@pytest.mark.parametrize(
    "name", ["Ó Dé", "7", "李", "\u0645\u06cc\u200c\u0631\u0648\u062f", "नीरज", "e\u0301", "-", "🙂", "한"]
)
def test_what_shows_something_stays_as_it_was_typed(name):
    assert names.clean(name) == name


def test_directions_go_and_a_line_stays_one_line():
    assert names.clean("\u202eLeo\u202c\tMarin\u2069\n") == "Leo Marin"
    assert names.clean("Leo\u2028Marin") == "Leo Marin"
    assert names.clean("\u200eLe\u200bo\u200f M\u061ca\u2060rin\ufeff") == "Leo Marin"


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("manage:member-add", lambda cast: []),
        ("manage:member-edit", lambda cast: [cast.leo.pk]),
        ("manage:organization-edit", lambda cast: []),
        ("manage:program-add", lambda cast: []),
        ("manage:program-edit", lambda cast: [cast.program.pk]),
        ("manage:cohort-add", lambda cast: [cast.program.pk]),
        ("manage:cohort-edit", lambda cast: [cast.cohort.pk]),
        ("profile", lambda cast: []),
    ],
)
def test_every_form_says_so_next_to_the_name(cast, client, name, args):
    url, ada = reverse(name, args=args(cast)), client.as_(cast.ada)
    answer = ada.post(url, sent_by(ada.get(url)) | {"name": NOTHING})
    assert (answer.status_code, answer.context["form"].errors["name"]) == (422, [UNSEEN])


def test_no_way_into_the_database_takes_such_a_name(cast):
    northwind, by = cast.organization, cast.ada
    ways = [
        lambda: members.add(northwind, by=by, email="n@x.example", name=NOTHING, roles=["learner"]),
        lambda: members.change(cast.leo, by=by, name=NOTHING),
        lambda: members.change_own(cast.leo, by=cast.leo, name=NOTHING),
        lambda: several.add_members(
            northwind, by=by, people=[Newcomer("n@x.example", {"name": NOTHING, "roles": ["learner"]})]
        ),
        lambda: several.change_members([(cast.leo, {"name": NOTHING})], by=by),
        lambda: people.create_organization(NOTHING, admin_email="n@x.example"),
        lambda: people.change_organization(northwind, by=by, name=NOTHING),
        lambda: curriculum.create_program(northwind, by=by, pillar=cast.pillar, name=NOTHING),
        lambda: curriculum.change_program(cast.program, by=by, name=NOTHING),
        lambda: curriculum.create_cohort(cast.program, by=by, name=NOTHING, starts_on="2026-03-02"),
        lambda: curriculum.change_cohort(cast.cohort, by=by, name=NOTHING),
    ]
    for way in ways:
        with pytest.raises(Invalid):
            way()
    for model in (Member, Organization, Program, Cohort):
        assert not [each for each in model.objects.values_list("name", flat=True) if not names.is_seen(each)]


def test_a_form_keeps_the_name_without_what_turns_it_round(cast, client):
    leo = client.as_(cast.leo)
    leo.post(reverse("profile"), sent_by(leo.get(reverse("profile"))) | {"name": "\u202eLeo\u202c M"})
    assert Member.objects.get(pk=cast.leo.pk).name == "Leo M"


def test_the_api_names_the_field(cast):
    ada = Caller(cast.ada)
    version = ada.get(f"members/{cast.leo.pk}/").json()["version"]
    answer = ada.patch(f"members/{cast.leo.pk}/", {"version": version, "name": NOTHING})
    assert (answer.status_code, answer.json()["errors"]) == (422, {"name": [UNSEEN]})
    cohort = {"program": cast.program.pk, "name": NOTHING, "starts_on": "2026-03-02"}
    answer = ada.post("cohorts/", cohort)
    assert (answer.status_code, answer.json()["errors"]) == (422, {"name": [UNSEEN]})


def test_an_import_says_so_by_line_and_keeps_clean_names(cast):
    assert mistakes(cast, NIA | {"name": NOTHING}, NIA | PLACE | {"cohort": NOTHING}) == [
        (2, "name", UNSEEN), (3, "cohort", UNSEEN),
    ]  # fmt: skip
    line = NIA | PLACE | {"name": "\u202eNia\u202c New", "cohort": "\u2066West\u2069"}
    take(cast, line)
    assert Member.objects.get(user__email=NIA["email"]).name == "Nia New"
    assert Cohort.objects.get(name="West").program == cast.program


def test_the_command_says_so(db, capsys):
    with pytest.raises(SystemExit):
        call_command("create_organization", NOTHING, admin="n@x.example")
    assert capsys.readouterr().err == f"{UNSEEN}\n"
