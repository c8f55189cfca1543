"""Codes and QR links: what they open, for how long, and how guessing ends."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, WrongState
from sessions.domain import codes, limits, ratings, visibility
from sessions.models import Rating, RatingCode
from tests.sessions.rate_steps import SEEN, fresh, hand_in, levels, page_of, taps

ENTER, RATE, SCORE, DONE = (f"learn:code-{name}" for name in ("enter", "rate", "score", "done"))
NO_CACHE = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}


@pytest.fixture(autouse=True)
def own_counts(settings):
    """Tries are counted in this test alone, not in the cache that all tests share."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "codes"}}
    from django.core.cache import cache

    cache.clear()


def other_than(code: str, n: int = 1) -> str:
    return f"{(int(code) + n) % 10**6:06d}"


def rated_by_coach(micro):
    hand_in(micro, micro.coach, 2, 2, 2)
    return fresh(micro)


def opened(client, micro, coach):
    """A browser without a login that typed the code."""
    handout = codes.make(micro, by=coach)
    assert client.post(reverse(ENTER), {"code": handout.code}).url == reverse(RATE)
    return client


def test_a_code_has_six_digits_and_only_hashes_are_kept(cast):
    micro = cast.held()
    handout = codes.make(micro, by=cast.ana)
    row = RatingCode.objects.get()
    assert (len(handout.code), handout.code.isdecimal(), len(handout.spaced)) == (6, True, 7)
    assert not {handout.code, handout.token} & {row.code_hash, row.link_hash}


def test_code_and_link_open_the_same_rating(cast):
    micro = cast.held()
    handout = codes.make(micro, by=cast.ana)
    assert codes.open_code(handout.spaced, address="a").micro == micro
    assert codes.open_link(handout.token).micro == micro


def test_a_newer_code_closes_the_older(cast):
    micro = cast.held()
    old, new = codes.make(micro, by=cast.ana), codes.make(micro, by=cast.ana)
    with pytest.raises(codes.CodeIsClosed):
        codes.open_link(old.token)
    assert codes.open_link(new.token).micro == micro


def test_a_code_lasts_15_minutes(cast):
    handout = codes.make(cast.held(), by=cast.ana)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=14, seconds=50)):
        assert codes.open_code(handout.code, address="a").closed_at is None
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=15, seconds=1)), pytest.raises(Invalid):
        codes.open_code(handout.code, address="a")


def test_digits_of_an_expired_code_become_free(cast):
    codes.make(cast.held(), by=cast.ana)
    assert codes.close_expired(timezone.now()) == 0
    assert codes.close_expired(timezone.now() + dt.timedelta(minutes=16)) == 1


def test_two_open_codes_never_share_their_digits(cast):
    first = RatingCode.objects.get(pk=codes.open_link(codes.make(cast.held(), by=cast.ana).token).pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        RatingCode.objects.create(micro=cast.plan(), code_hash=first.code_hash, link_hash="x", made_by=cast.ana,
                                  expires_at=first.expires_at)  # fmt: skip


def test_digits_that_are_taken_are_drawn_again(cast, monkeypatch):
    drawn = iter([481920, 481920, 7])
    monkeypatch.setattr(codes.secrets, "randbelow", lambda _: next(drawn))
    assert codes.make(cast.held(), by=cast.ana).code == "481920"
    other = cast.held(enrolment=cast.lia_enrolment)
    assert codes.make(other, by=cast.cole).code == "000007"


def test_only_the_coach_makes_a_code(cast):
    with pytest.raises(NotAllowed):
        codes.make(cast.held(), by=cast.leo)


def test_there_is_no_code_for_a_session_that_has_not_begun(cast):
    with pytest.raises(WrongState):
        codes.make(cast.plan(), by=cast.ana)


def test_there_is_no_code_once_the_learner_has_rated(cast):
    micro = cast.held()
    hand_in(micro, cast.leo, 3, 3, 3)
    with pytest.raises(WrongState):
        codes.make(micro, by=cast.ana)


def test_handing_in_with_the_own_login_closes_the_code(cast):
    micro = cast.held()
    handout = codes.make(micro, by=cast.ana)
    hand_in(micro, cast.leo, 3, 3, 3)
    with pytest.raises(codes.CodeIsClosed):
        codes.open_link(handout.token)


def test_wrong_tries_end_for_the_address_that_made_them(cast):
    handout = codes.make(cast.held(), by=cast.ana)
    for n in range(codes.TRIES_PER_ADDRESS):
        with pytest.raises(Invalid):
            codes.open_code(other_than(handout.code, n + 1), address="a")
    with pytest.raises(limits.TooManyTries):
        codes.open_code(handout.code, address="a")
    assert codes.open_code(handout.code, address="b").pk


def test_wrong_tries_from_everywhere_end_for_everybody_but_links_still_open(cast):
    handout = codes.make(cast.held(), by=cast.ana)
    for n in range(codes.TRIES_IN_ALL):
        with pytest.raises(Invalid):
            codes.open_code(other_than(handout.code, n + 1), address=f"address {n}")
    with pytest.raises(limits.TooManyTries):
        codes.open_code(handout.code, address="another")
    assert codes.open_link(handout.token).pk


def test_an_office_has_twenty_wrong_tries_and_everybody_together_a_hundred():
    assert (codes.TRIES_PER_ADDRESS, codes.TRIES_IN_ALL) == (20, 100)


def test_right_tries_use_nothing_up(cast, monkeypatch):
    """Neither of the address nor of everybody."""
    monkeypatch.setattr(codes, "TRIES_IN_ALL", codes.TRIES_PER_ADDRESS)
    handout = codes.make(cast.held(), by=cast.ana)
    for _ in range(codes.TRIES_PER_ADDRESS + 1):
        assert codes.open_code(handout.code, address="a").pk


@override_settings(CACHES=NO_CACHE)
def test_without_the_cache_codes_are_closed_and_say_so(cast, client):
    handout = codes.make(cast.held(), by=cast.ana)
    page = client.post(reverse(ENTER), {"code": handout.code})
    assert page.status_code == 503
    assert page.context["form"].errors["code"] == ["Numbers cannot be checked right now. Scan the QR code, or sign in."]


@override_settings(CACHES=NO_CACHE)
def test_without_the_cache_the_qr_code_still_works(cast, client):
    handout = codes.make(cast.held(), by=cast.ana)
    assert client.post(reverse("learn:code-follow", args=[handout.token])).url == reverse(RATE)


def test_a_wrong_code_is_said_beside_the_field(client, cast):
    page = client.post(reverse(ENTER), {"code": "000000"})
    assert page.status_code == 422
    assert page.context["form"].errors["code"] == [
        "Nothing is open under this code. Check the six digits on your coach’s screen."
    ]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef"])
def test_what_is_no_code_is_not_even_tried(client, cast, typed):
    assert client.post(reverse(ENTER), {"code": typed}).status_code == 422


def test_following_the_link_writes_nothing_until_the_button(client, cast):
    handout = codes.make(cast.held(), by=cast.ana)
    link = reverse("learn:code-follow", args=[handout.token])
    page = client.get(link)
    assert (page.status_code, dict(client.session), RatingCode.objects.get().used_at) == (200, {}, None)
    client.post(link)
    assert RatingCode.objects.get().used_at is not None


def test_a_link_that_is_closed_says_what_to_do(client, cast):
    page = client.get(reverse("learn:code-follow", args=["no-such-token"]))
    assert page.status_code == 410
    assert page.context["error"].sentence == codes.CodeIsClosed.sentence


def test_the_browser_rates_by_taps_and_hands_in(client, cast):
    micro = cast.held()
    opened(client, micro, cast.ana)
    key = client.get(reverse(RATE)).context["guest"].key
    assert client.htmx(f"{reverse(SCORE)}?key={key}", taps(micro, 2)).status_code == 204
    assert [scale.chosen for scale in client.get(reverse(RATE)).context["scales"]] == [2, None, None]
    assert client.post(reverse(RATE), taps(micro, 2, 3, 0)).url == reverse(DONE)
    rating = Rating.objects.get(rater=cast.leo)
    assert (rating.via, list(ratings.scores_of(rating).values())) == (Rating.Via.CODE, [2, 3, None])


def test_handing_in_closes_it_in_that_browser_too(client, cast):
    micro = cast.held()
    opened(client, micro, cast.ana).post(reverse(RATE), taps(micro, 2, 3, 0))
    assert client.get(reverse(RATE)).url == reverse(ENTER)
    assert client.htmx(f"{reverse(SCORE)}?key=x", taps(micro, 1)).status_code == 410
    assert RatingCode.objects.get().closed_at is not None


def test_a_code_opens_that_one_rating_and_no_page_behind_the_login(client, cast):
    opened(client, cast.held(), cast.ana)
    for name in ("today", "learn:record"):
        assert client.get(reverse(name)).url.startswith(reverse("account_login"))


def test_an_expired_code_stops_in_the_middle(client, cast):
    micro = cast.held()
    opened(client, micro, cast.ana)
    RatingCode.objects.update(expires_at=timezone.now())
    assert client.get(reverse(RATE)).url == reverse(ENTER)
    assert client.post(reverse(RATE), taps(micro, 2, 3, 0)).url == reverse(ENTER)


def test_what_is_missing_is_said_and_what_was_chosen_stays(client, cast):
    micro = cast.held()
    page = opened(client, micro, cast.ana).post(reverse(RATE), taps(micro, ..., 3))
    assert page.status_code == 422
    assert [str(each.sentence) for each in page.context["problems"]] == [
        "Still to rate: “Names the feeling before offering a fix”. 0 is an answer too."
    ]
    assert [scale.chosen for scale in page.context["scales"]] == [None, 3, None]


def test_a_code_shows_nothing_that_the_learner_chose_elsewhere(client, cast):
    """Whoever holds the code, its coach first of all, would otherwise read a sealed draft."""
    micro = cast.held()
    ratings.score_all(micro, by=cast.leo, levels=levels(micro, 1, 1, 4))
    page = opened(client, micro, cast.ana).get(reverse(RATE))
    assert [scale.chosen for scale in page.context["scales"]] == [None, None, None]


def test_what_was_chosen_elsewhere_stays_and_every_page_of_a_code_says_so(client, cast):
    """Whoever holds the code would otherwise open a draft. Said also where there is nothing: it must not tell."""
    micro = cast.held()
    said = "Only what you choose here is handed in. What you chose elsewhere stays under your own login, for you alone."
    browser = opened(client, micro, cast.ana)
    assert said in browser.get(reverse(RATE)).content.decode()
    ratings.score_all(micro, by=cast.leo, levels=levels(micro, 1, 1))
    assert said in browser.get(reverse(RATE)).content.decode()
    browser.post(reverse(RATE), taps(micro, 3))
    assert ratings.scores_of(ratings.rating_of(micro, by=cast.leo)) == levels(micro, 3)
    assert visibility.reveal_of(rated_by_coach(micro), by=cast.ana).other.levels == levels(micro, 3)


def test_what_was_not_handed_in_with_a_code_is_named_where_the_learner_can_add_it(client, cast):
    micro = cast.held()
    ratings.score_all(micro, by=cast.leo, levels=levels(micro, ..., 1, None))
    opened(client, micro, cast.ana).post(reverse(RATE), taps(micro, 3))
    leo, line = (
        client.as_(cast.leo),
        "Something that you chose before is not part of it. Look at your rating to add it.",
    )
    page = leo.get(page_of(micro))
    assert [(scale.chosen, scale.help) for scale in page.context["scales"]] == [
        (3, "Focus of this session"),
        (None, "You chose 1 before. It is not handed in."),
        (None, "You chose 0 before. It is not handed in."),
    ]
    assert line in page.content.decode()
    leo.post(page_of(micro), taps(micro, 3, 1, 0) | SEEN | {"later": "1"})
    page = leo.get(page_of(micro))
    assert [scale.chosen for scale in page.context["scales"]] == [3, 1, 0]
    assert (line in page.content.decode(), page.context["left"]) == (False, {})


def test_handing_in_by_code_needs_the_focus_in_that_browser(client, cast):
    """Otherwise an accepted post without it would tell that it had been drafted."""
    micro = cast.held()
    ratings.score_all(micro, by=cast.leo, levels=levels(micro, 1, 1, 4))
    assert opened(client, micro, cast.ana).post(reverse(RATE), taps(micro, ..., 2)).status_code == 422


def test_taps_that_an_earlier_opening_left_unsent_are_refused(client, cast):
    micro = cast.held()
    opened(client, micro, cast.ana)
    assert client.htmx(f"{reverse(SCORE)}?key=code-0", taps(micro, 1)).status_code == 410
    assert not Rating.objects.exists()


def test_a_signed_in_learner_goes_to_their_own_page(client, cast):
    micro = cast.held()
    handout = codes.make(micro, by=cast.ana)
    leo = client.as_(cast.leo)
    assert leo.post(reverse(ENTER), {"code": handout.code}).url == reverse("learn:rating-edit", args=[micro.pk])


@pytest.mark.parametrize("who", ["ana", "lia", "olga"])
def test_a_code_opens_nothing_while_somebody_else_is_signed_in(client, cast, who):
    handout = codes.make(cast.held(), by=cast.ana)
    actor = client.as_(getattr(cast, who))
    assert actor.post(reverse("learn:code-follow", args=[handout.token])).status_code == 409
    assert actor.get(reverse(RATE)).url == reverse(ENTER)


def test_the_screen_shows_code_picture_and_address(client, cast):
    micro = cast.held()
    page = client.as_(cast.ana).htmx(reverse("coach:code-make", args=[micro.pk]))
    assert page.context["picture"].startswith("data:image/svg+xml")
    assert page.context["enter"] == "testserver/learn/code/"
    assert page.headers["Cache-Control"].startswith("max-age=0")


def test_the_screen_says_when_there_is_nothing_to_rate(client, cast):
    micro = cast.held()
    hand_in(micro, cast.leo, 3, 3, 3)
    page = client.as_(cast.ana).htmx(reverse("coach:code-make", args=[micro.pk]))
    assert (page.status_code, "Leo Marin has already rated." in page.content.decode()) == (409, True)


RUNNING = {"status": "running", "phase": "rate", "ended_at": None, "minutes_actual": None, "opens_at": None}


@pytest.mark.parametrize(("state", "page"), [({}, "coach:rating-edit"), (RUNNING, "coach:micro-run")], ids=str)
def test_without_javascript_the_reloaded_code_gives_way_to_the_coachs_rating(client, cast, state, page):
    micro = cast.held(**state)
    ana, make = client.as_(cast.ana), reverse("coach:code-make", args=[micro.pk])
    assert ana.post(make).status_code == 200
    hand_in(micro, cast.leo, 3, 1, 3)
    answer = ana.post(make, follow=True)
    assert answer.redirect_chain == [(reverse(page, args=[micro.pk]), 302)]
    assert "Leo Marin has rated." in answer.content.decode()


def test_a_rating_by_code_opens_the_seal_like_any_other(client, cast):
    micro = cast.held()
    hand_in(micro, cast.ana, 3, 3, 3)
    opened(client, micro, cast.ana).post(reverse(RATE), taps(micro, 2, 3, 0))
    assert fresh(micro).is_revealed
