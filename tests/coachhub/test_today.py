"""What Today counts: every single thing, over the cards as in the tab's title, and how it is shared out below."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from coachhub.pages.beginnings import beginning_of
from coachhub.pages.today import MOST_CARDS, Queue, day_of, queue_of
from programs.cards import Card, Urgency
from programs.models import Enrolment, Member
from sessions.models import MicroSession
from tests.conftest import make_member
from tests.sessions.rate_steps import both, hand_in, held_days_ago, reflect

LONG_AGO = dt.timedelta(days=20)


def opened(client, member) -> str:
    return client.as_(member).get(reverse("today")).content.decode()


def single_things(page: str) -> int:
    """What the cards on the page add up to for who reads them."""
    cards = re.findall(r"<h2 class=\"who\">(.*?)</h2>", page, re.S)
    words = [re.sub(r"<[^>]+>", "", title) for title in cards]
    more = [re.search(r"and (\d+) more$", title.strip()) for title in words]
    told = [re.match(r"(\d+) ", title) for title in words]
    return sum(int(m[1]) + 1 if m else int(n[1]) if n else 1 for m, n in zip(more, told, strict=True))


def new_learner(cast, name: str) -> Enrolment:
    """With Ana, waiting since long ago."""
    shared = {"organization": cast.organization, "cohort": cast.cohort, "program": cast.program, "pillar": cast.pillar}
    learner = make_member(cast.organization, name, "learner")
    starts_on = timezone.localdate() - LONG_AGO
    return Enrolment.objects.create(**shared, coach=cast.ana, learner=learner, starts_on=starts_on)


def test_the_title_counts_what_the_cards_and_their_and_n_more_add_up_to(cast, client):
    for days in range(3):
        reflect(both(held_days_ago(cast, days)))
    MicroSession.objects.update(status="closed", closed_at=timezone.now())
    for days in range(2):
        hand_in(held_days_ago(cast, days), cast.leo, 3, 3, 3)
    new_learner(cast, "Ben Ito"), new_learner(cast, "Cem Arslan")
    kinds = [(card.kind, card.count) for card in queue_of(cast.ana, day_of(cast.ana)).cards]
    assert kinds == [("waits-for-rating", 2), ("reflections", 3), ("waiting", 2)]
    page = opened(client, cast.ana)
    assert re.search(r"<title>(\(\d+\))", page)[1] == "(7)"
    assert re.search(r'<p class="sub">([^·<]+)', page)[1].strip() == "Most urgent first"
    assert single_things(page) == 7


def test_one_card_has_no_order(cast, client):
    reflect(both(held_days_ago(cast, 1)))
    MicroSession.objects.update(status="closed", closed_at=timezone.now())
    assert re.search(r'<p class="sub">([^·<]+)', opened(client, cast.ana))[1].strip() == "One thing to do"


def test_others_of_a_kind_are_said_in_words_with_a_way_to_the_list_of_them(cast, client):
    new_learner(cast, "Ben Ito"), new_learner(cast, "Cem Arslan")
    page = opened(client, cast.ana)
    assert re.search(r'<h2 class="who">(.*?)</h2>', page)[1] == 'Leo Marin <span class="more-like-it">and 2 more</span>'
    there = re.search(r'href="([^"]+)">See who waits</a>', page)[1]
    rows = client.as_(cast.ana).get(there).context["rows"]
    assert [line.row.learner for line in rows][:3] == ["Leo Marin", "Ben Ito", "Cem Arslan"]


def test_a_title_that_tells_their_number_is_followed_by_no_other(cast, client):
    for name in ("Ben Ito", "Cem Arslan"):
        Enrolment.objects.filter(pk=new_learner(cast, name).pk).update(coach=None)
    assert '<h2 class="who">2 learners without a coach</h2>' in opened(client, cast.ada)


def test_things_on_cards_that_have_no_room_are_counted_and_named():
    """Two of seven kinds do not fit; one of them is only good to know."""
    cards = [Card(kind=str(n), urgency=Urgency.TODAY, title=str(n), count=2) for n in range(MOST_CARDS + 1)]
    known = Card(kind="known", urgency=Urgency.KNOW, title="Known", to_do=False)
    assert Queue.of([known, *cards]) == Queue(cards[:MOST_CARDS], 12, hidden=2, folded=[known])


def test_what_is_only_good_to_know_is_one_tap_away_when_five_other_cards_fill_the_page(cast, client):
    """Leo learns, coaches Lia and administers; his next session is in three days."""
    Member.objects.filter(pk=cast.leo.pk).update(roles=["learner", "coach", "admin"], welcomed_at=None)
    Enrolment.objects.filter(pk=cast.lia_enrolment.pk).update(coach=cast.leo, starts_on=timezone.localdate() - LONG_AGO)
    Enrolment.objects.filter(pk=new_learner(cast, "Ben Ito").pk).update(coach=None)
    make_member(cast.organization, "Cem Arslan", "learner", joined_at=None)
    cast.held()
    cast.plan(when=timezone.now() + dt.timedelta(days=3))
    page = opened(client, Member.objects.get(pk=cast.leo.pk))
    shown, _fold, folded = page.partition('<details class="fold fold-plain good-to-know">')
    kinds = [re.findall(r'data-kind="(.+?)"', part) for part in (shown, folded)]
    assert kinds == [["rate", "welcome", "without-coach", "waiting", "not-invited"], ["next"]]
    assert folded.startswith("<summary>1 more thing to know</summary>")


EMPTY = {
    "leo": ("Who sees what", "learn:welcome"),
    "cole": ("Open the library", "design:pillar-list"),
    "mia": ("Open Insights", "insights:home"),
}


@pytest.mark.parametrize("who", EMPTY)
def test_an_empty_today_says_what_comes_and_where_to_begin(cast, client, who):
    Enrolment.objects.all().delete()
    page = client.as_(getattr(cast, who)).get(reverse("today"))
    action, name = EMPTY[who]
    assert page.context["queue"].cards == []
    assert f'<a class="btn btn-outline-primary" href="{reverse(name)}">{action}</a>' in page.content.decode()


def test_a_coach_with_learners_and_nothing_to_do_is_led_on_by_the_buttons_below(cast, client):
    found = beginning_of(cast.ana, day_of(cast.ana), 0)
    assert (found.title, found.url) == ("All clear", "")
    assert f'href="{reverse("coach:week-plan")}"' in client.as_(cast.ana).get(reverse("today")).content.decode()


def test_an_administrator_who_coaches_enrols_people_instead_of_waiting_for_an_administrator(cast):
    Enrolment.objects.all().delete()
    Member.objects.filter(pk=cast.cole.pk).update(roles=["admin", "coach"])
    cole = Member.objects.get(pk=cast.cole.pk)
    assert beginning_of(cole, day_of(cole), 6).url == reverse("manage:program-list")


@pytest.mark.parametrize(("people", "action"), [(1, "Import people"), (2, "")])
def test_who_is_alone_in_an_organization_begins_with_its_people(cast, people, action):
    """An import makes cohorts, but no program."""
    beginning = beginning_of(cast.ada, None, people)
    assert (beginning.action, "once there is a program" in beginning.text) == (action, bool(action))


def test_with_something_to_show_nothing_is_taught(cast, client):
    cast.held()
    assert client.as_(cast.leo).get(reverse("today")).context["beginning"] is None


def test_of_what_is_equally_urgent_that_which_is_to_be_done_comes_first(cast, client):
    Member.objects.filter(pk=cast.leo.pk).update(welcomed_at=None)
    now = timezone.localtime(timezone=ZoneInfo(cast.leo.timezone))
    cast.plan(when=now.replace(hour=23, minute=59))
    cards = client.as_(Member.objects.get(pk=cast.leo.pk)).get(reverse("today")).context["queue"].cards
    assert [(card.kind, card.to_do) for card in cards] == [("welcome", True), ("next", False)]
