"""The library as people read it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.models import Blueprint, Pillar, Rubric


def test_the_list_shows_standard_and_own_pillars_only(cast, client):
    own = Pillar.objects.create(organization=cast.organization, key="own", name="Own", short="Own", outcome="x")
    Pillar.objects.create(organization=cast.olga.organization, key="theirs", name="Theirs", short="T", outcome="x")
    pillars = client.as_(cast.leo).get(reverse("design:pillar-list")).context["pillars"]
    assert [(pillar, pillar.programs_here) for pillar in pillars] == [(cast.pillar, 1), (own, 0)]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_for_one_pillar_and_three(cast, client, number, django_assert_num_queries):
    for each in range(number - 1):
        Pillar.objects.create(key=f"p{each}", name=f"P{each}", short="P", outcome="x")
    leo = client.as_(cast.leo)
    with django_assert_num_queries(5):  # login session, user, members, pillars, behaviours
        leo.get(reverse("design:pillar-list"))


def test_a_pillar_shows_the_newest_rubric_and_names_the_earlier_ones(cast, client):
    first = cast.rubric
    Rubric.objects.create(pillar=cast.pillar, version=2, content_hash="y", published_at=timezone.now())
    draft = Rubric.objects.create(pillar=cast.pillar, version=3, content_hash="z")
    page = client.as_(cast.ana).get(cast.pillar.get_absolute_url())
    assert (page.context["rubric"].version, list(page.context["versions"])) == (2, [first])
    assert client.as_(cast.ana).get(draft.get_absolute_url()).status_code == 404


def test_a_pillar_shows_every_anchor_and_which_level_meets(cast, client):
    page = client.as_(cast.leo).get(cast.pillar.get_absolute_url()).content.decode()
    for criterion in cast.criteria:
        for level in criterion.levels.all():
            assert page.count(f"<span>{level.anchor}") == 1
    assert page.count('<li class="meets">') == 3


def test_a_retired_blueprint_leaves_the_pillar_and_keeps_its_page(cast, client):
    Blueprint.objects.filter(key="case-1").update(retired_at=timezone.now())
    retired = Blueprint.objects.get(key="case-1")
    page = client.as_(cast.ana).get(cast.pillar.get_absolute_url())
    assert [blueprint.key for blueprint in page.context["blueprints"]] == ["case-2"]
    assert client.as_(cast.ana).get(retired.get_absolute_url()).status_code == 200


def test_an_earlier_version_says_which_one_is_used_now(cast, client):
    old = Blueprint.objects.get(key="case-1")
    new = Blueprint.objects.create(
        pillar=cast.pillar, key="case-1", version=2, title="Case 1", difficulty=1, focus=old.focus, objective="o",
        case="c", content_hash="y", published_at=timezone.now(),
    )  # fmt: skip
    page = client.as_(cast.ana).get(old.get_absolute_url())
    assert list(page.context["versions"]) == [new, old]
    assert "An earlier version. New sessions use version 2." in page.content.decode()
    assert "An earlier version" not in client.as_(cast.ana).get(new.get_absolute_url()).content.decode()


def test_what_the_coach_plays_is_open_for_coaches_and_folded_for_others(cast, client):
    blueprint = Blueprint.objects.get(key="case-1")
    blueprint = Blueprint.objects.create(
        pillar=cast.pillar, key="played", version=1, title="Played", difficulty=3, focus=blueprint.focus, objective="o",
        case="c", coach_plays="You are late.", content_hash="y", published_at=timezone.now(),
    )  # fmt: skip
    url = blueprint.get_absolute_url()
    assert '<details class="fold for-coach" open>' in client.as_(cast.ana).get(url).content.decode()
    assert '<details class="fold for-coach">' in client.as_(cast.leo).get(url).content.decode()


def test_text_of_the_library_is_text_on_its_pages(cast, client):
    Pillar.objects.filter(pk=cast.pillar.pk).update(name="<b>{{7*7}}</b>")
    page = client.as_(cast.leo).get(cast.pillar.get_absolute_url()).content.decode()
    assert "<b>{{7*7}}" not in page
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in page
