"""All figures: the page and the file say the same, to each manager their own groups, whatever else is asked for."""

import pytest
from django.urls import reverse

from metrics.domain.reading import Point
from metrics.domain.saying import ORDER, Period, Said
from metrics.domain.trends import trend_of
from metrics.models import Figure, Group, Measure, Release
from tests.metrics.pages import csv_of, normalised, table_of
from tests.metrics.town import weeks

FUZZ = "?pillar=1&cohort=2&from=2026-01-01&to=2026-01-02&learner=1&cohort!=1&cohort[]=1&cohort[]=2&ordering=-value"
FUZZ += "&fields=viewers&page_size=1&format=json&team=1&team=1&q=%27%20or%201=1&name=Learner+1"


@pytest.fixture
def mia(client, town):
    return client.as_(town.mia)


def test_the_table_of_a_manager_holds_their_groups_and_what_is_around_them(mia):
    rows = table_of(mia.get(reverse("insights:figure-list")))
    assert rows[0] == ["Group", "People", *[str(Measure(measure).label) for measure in ORDER]]
    assert rows[1:] == [
        ["De-escalating a complaint", "20–49", "3.00", "≤ 0.5", "70 %", "30 %", "0 %", "100 %", "–", "–", "–"],
        ["Late + Weekend", "6–9", "3.00", "≤ 0.5", "half or more", "under half", "under half", "≥ 80 %"] + 3 * ["–"],
        ["North", "20–49", "3.00", "≤ 0.5", "60 %", "40 %", "0 %", "100 %", "–", "–", "–"],
    ]


def test_another_manager_sees_other_groups(client, town):
    rows = table_of(client.as_(town.sam).get(reverse("insights:figure-list")))
    assert [row[0] for row in rows[1:]] == ["De-escalating a complaint", "South"]


def test_the_file_says_what_the_page_says(mia, town):
    for release in Release.objects.all():
        page = table_of(mia.get(reverse("insights:release-show", args=[release.pk])))
        file = csv_of(mia.get(reverse("insights:release-export", args=[release.pk])))
        assert [[row[2], row[3], *row[7:]] for row in file] == page
    assert file[1][:7] == [
        "De-escalating a complaint", "Pillar", "De-escalating a complaint", "20–49", "Late, North, South, Weekend",
        "2026-01-05", "2026-03-01",
    ]  # fmt: skip


def test_whatever_else_is_asked_for_is_ignored(mia):
    for name in ("insights:figure-list", "insights:home"):
        plain, fuzzed = mia.get(reverse(name)), mia.get(reverse(name) + FUZZ)
        assert normalised(fuzzed) == normalised(plain)
    assert (
        mia.get(reverse("insights:figure-export") + FUZZ).content == mia.get(reverse("insights:figure-export")).content
    )


def test_asking_again_gives_the_same_bytes(mia):
    url = reverse("insights:figure-export")
    assert len({mia.get(url).content for _ in range(5)}) == 1


def test_a_dash_says_the_same_for_none_and_for_too_few(mia, town):
    page = mia.get(reverse("insights:figure-list")).content.decode()
    dash = '<span class="dash">–<span class="visually-hidden"> not published, to protect people</span></span>'
    assert page.count(dash) == Figure.objects.visible_to(town.mia).filter(
        text="", group__release=Release.objects.first()
    ).count()  # fmt: skip


def test_a_name_cannot_become_a_formula(mia, town):
    type(town.cohorts["North"]).objects.filter(pk=town.cohorts["North"].pk).update(name="=HYPERLINK(1)")
    Release.objects.all().delete()
    from metrics.domain.release import publish

    publish(town.organization)
    assert csv_of(mia.get(reverse("insights:figure-export")))[2][2] == "'=HYPERLINK(1)"


def test_figures_lead_to_decisions_and_dashes_do_not(mia, town):
    shown = Figure.objects.visible_to(town.mia).exclude(text="").first()
    dash = Figure.objects.visible_to(town.mia).filter(text="").first()
    assert mia.get(reverse("insights:decision-new", args=[shown.pk])).status_code == 200
    assert mia.get(reverse("insights:decision-new", args=[dash.pk])).status_code == 404


def test_somebody_elses_group_is_not_there(mia, client, town):
    south = Group.objects.filter(name="South").first()
    figure = Figure.objects.filter(group=south, measure="level").first()
    for name, pk in (("group-show", south.pk), ("decision-new", figure.pk)):
        assert mia.get(reverse(f"insights:{name}", args=[pk])).status_code == 404


def test_blocks_lead_to_each_other(mia):
    newest, middle, oldest = Release.objects.all()
    page = mia.get(reverse("insights:release-show", args=[middle.pk]))
    assert (page.context["newer"].release, page.context["older"].release) == (newest.pk, oldest.pk)
    assert mia.get(reverse("insights:figure-list")).context["newer"] is None


def test_a_group_shows_the_trend_of_each_figure(mia, town):
    north = Group.objects.filter(name="North").order_by("-release__block__starts_on").first()
    page = mia.get(reverse("insights:group-show", args=[north.pk]))
    rows = table_of(page)
    assert rows[0] == ["Measure", "5 Jan – 1 Mar", "2 Mar – 26 Apr", "27 Apr – 21 Jun"]
    assert rows[1] == ["Mean level", "2.00", "3.00", "3.00"]
    assert rows[4] == ["Moved because of the queue", "20 %", "30 %", "40 %"]
    queue = page.context["page"].trends[3]
    assert (queue.summary, len(queue.dots), len(queue.lines)) == ("20 % → 30 % → 40 %, a clear rise.", 3, 1)


WORDS = {
    ("most", "most", "most"): False,
    ("most", "", "most"): False,
    ("most",): False,
    ("most", "about half", "most"): True,
    ("20 %", "20 %", "20 %"): True,
    ("", ""): False,
}


@pytest.mark.parametrize("texts", WORDS, ids=str)
def test_a_trend_of_only_one_word_draws_no_chart(texts):
    periods = [Period(number, day := weeks(4 * number), day) for number, _text in enumerate(texts, 1)]
    points = [Point(period, Said("applied", text=text)) for period, text in zip(periods, texts, strict=True)]
    assert trend_of("applied", points, periods[::-1], width=200, height=60).is_drawn == WORDS[texts]


def test_more_than_fifty_groups_come_in_pages(mia, town):
    from metrics.domain.freezing import BATCH

    release = Release.objects.first()
    groups = Group.objects.bulk_create(
        (
            Group(release=release, node="cohort", pillar=town.pillar, name=f"Z{number:03}", identity=f"z{number}",
                  people="6–9")
            for number in range(60)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    Group.viewers.through.objects.bulk_create(Group.viewers.through(group=group, member=town.mia) for group in groups)
    rows = [table_of(mia.get(reverse("insights:figure-list"), {"page": page}))[1:] for page in (1, 2, "x", "-1", 99)]
    assert [len(each) for each in rows] == [50, 13, 50, 13, 13]
    file = csv_of(mia.get(reverse("insights:figure-export")))
    assert [row[2] for row in file[1:]] == [row[0] for row in rows[0] + rows[1]]
