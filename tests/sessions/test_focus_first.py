"""The focus stands first wherever behaviours are rated or read, and nothing that anybody said moves it."""

import pytest
from django.urls import reverse

from sessions.domain import codes, ratings
from sessions.domain.visibility import reveal_of
from sessions.models import MicroSession
from tests.api_steps import Caller
from tests.sessions.rate_steps import both, fresh, hand_in, levels

NAMES, PAUSES, CONFIRMS = (
    "Names the feeling before offering a fix", "Pauses before answering", "Confirms the next step and its time",
)  # fmt: skip
ORDER = [CONFIRMS, NAMES, PAUSES]


def focused_on_the_last(cast, micro):
    MicroSession.objects.filter(pk=micro.pk).update(focus=cast.criteria[2].behaviour)
    return fresh(micro)


@pytest.fixture
def micro(cast):
    """Held; the rubric's last behaviour is its focus."""
    return focused_on_the_last(cast, cast.held())


@pytest.fixture(autouse=True)
def own_counts(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "focus"}}


def rated_on(page):
    return [scale.name for scale in page.context["scales"]]


@pytest.mark.parametrize(
    ("who", "page"), [("ana", "coach:rating-edit"), ("ana", "coach:micro-close"), ("leo", "learn:rating-edit")]
)
def test_both_rate_the_focus_first(cast, client, micro, who, page):
    assert rated_on(client.as_(getattr(cast, who)).get(reverse(page, args=[micro.pk]))) == ORDER


def test_the_coach_rates_it_first_while_the_session_runs(cast, client):
    unfinished = {"status": "running", "phase": "rate", "ended_at": None, "minutes_actual": None, "opens_at": None}
    running = focused_on_the_last(cast, cast.held(**unfinished))
    assert rated_on(client.as_(cast.ana).get(reverse("coach:micro-run", args=[running.pk]))) == ORDER


def test_behind_a_code_it_is_first_and_what_is_missed(cast, client, micro):
    client.post(reverse("learn:code-enter"), {"code": codes.make(micro, by=cast.ana).code})
    assert rated_on(client.get(reverse("learn:code-rate"))) == ORDER
    assert str(client.post(reverse("learn:code-rate")).context["problems"][0].sentence).startswith(
        f"Still to rate: “{CONFIRMS}”."
    )


def test_it_is_all_that_a_rating_must_have(micro):
    assert ratings.focus_missing(micro, levels(micro, 3, 3)).behaviour.name == CONFIRMS
    assert ratings.focus_missing(micro, levels(micro, ..., ..., None)) is None


def test_both_views_open_with_it(cast, micro):
    revealed = both(micro)
    for member in (cast.ana, cast.leo):
        reveal = reveal_of(revealed, by=member)
        assert [line.name for line in reveal.lines] == ORDER
        assert [line.name for line in reveal.in_rubric_order] == [NAMES, PAUSES, CONFIRMS]


def test_of_equal_gaps_the_focus_is_named(cast, micro):
    reveal = reveal_of(both(micro, own=(2, 2, 2), coach=(3, 3, 3)), by=cast.leo)
    assert f"{reveal.sentence} {reveal.advice}" == f"Same on 0 of 3. You differ on 3. Start with “{CONFIRMS}”."


def test_a_wider_gap_goes_before_the_focus(cast, micro):
    reveal = reveal_of(both(micro, own=(1, 2, 2), coach=(3, 3, 3)), by=cast.leo)
    assert f"{reveal.sentence} {reveal.advice}" == f"Same on 0 of 3. You differ on 3, most on “{NAMES}”. Start there."


def test_the_sentence_leads_to_the_line_it_names(cast, client, micro):
    both(micro, own=(1, 2, 2), coach=(3, 3, 3))
    page = client.as_(cast.ana).get(reverse("coach:micro-show", args=[micro.pk])).content.decode()
    assert f'<a href="#reveal-start">“{NAMES}”</a>' in page
    row = page.partition('id="reveal-start"')[2]
    assert row.partition("<h3>")[2].startswith(f"{NAMES}</h3>")


@pytest.mark.parametrize("said", [(1, 1, 1), (4, 1, 2), (None, 4, 1)])
def test_the_order_is_the_same_whatever_the_other_side_said(cast, client, micro, said):
    hand_in(micro, cast.leo, *said)
    ratings.score_all(micro, by=cast.ana, levels=levels(micro, 2))
    assert rated_on(client.as_(cast.ana).get(reverse("coach:rating-edit", args=[micro.pk]))) == ORDER


def test_the_api_keeps_the_rubrics_order(cast, micro):
    both(micro)
    found = Caller(cast.leo).get(f"micro-sessions/{micro.pk}/rating/").json()["reveal"]["lines"]
    assert [line["name"] for line in found] == [NAMES, PAUSES, CONFIRMS]
