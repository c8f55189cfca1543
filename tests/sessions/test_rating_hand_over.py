"""The handed-over phone: one rating, nothing else, and four digits to get it back."""

import pytest
from django.urls import get_resolver, reverse

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.domain import members
from sessions.domain import codes, guests, hand_over, limits, ratings
from sessions.middleware import OPEN
from sessions.models import Rating
from tests.rules.test_access import names
from tests.sessions.rate_steps import hand_in, levels, taps

RATE, SCORE, END = (reverse(name) for name in ("learn:code-rate", "learn:code-score", "coach:hand-over-end"))


@pytest.fixture(autouse=True)
def own_counts(settings):
    """Tries are counted in this test alone, not in the cache that all tests share."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "phone"}}


def handed(client, micro, coach):
    """The coach's browser in the learner's hands, and the digits."""
    phone = client.as_(coach)
    digits = phone.post(reverse("coach:hand-over", args=[micro.pk])).context["digits"]
    assert phone.post(reverse("coach:hand-over-start", args=[micro.pk])).url == RATE
    return phone, digits


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**4:04d}"


def test_the_digits_are_shown_once_and_kept_as_a_hash(cast, client):
    phone, digits = handed(client, cast.held(), cast.ana)
    assert (len(digits), digits in str(phone.session[hand_over.KEY]["number"])) == (4, False)


def test_looking_at_the_page_offers_nothing(cast, client):
    micro = cast.held()
    ana = client.as_(cast.ana)
    page = ana.get(reverse("coach:hand-over", args=[micro.pk]))
    assert (page.context["digits"], hand_over.KEY in ana.session) == ("", False)


def test_it_cannot_start_without_the_digits(cast, client):
    micro = cast.held()
    ana = client.as_(cast.ana)
    assert ana.post(reverse("coach:hand-over-start", args=[micro.pk])).status_code == 409
    assert hand_over.KEY not in ana.session


def test_it_cannot_start_for_another_session_than_the_one_offered(cast):
    micro, other = cast.held(), cast.plan()
    _digits, kept = hand_over.offer(micro, by=cast.ana)
    other.status, other.started_at = "running", micro.started_at
    other.save()
    with pytest.raises(WrongState):
        hand_over.begin(kept, other, by=cast.ana)


def test_only_the_coach_hands_over(cast):
    with pytest.raises(NotAllowed):
        hand_over.offer(cast.held(), by=cast.cole)


def test_there_is_nothing_to_hand_over_for_once_the_learner_has_rated(cast):
    micro = cast.held()
    hand_in(micro, cast.leo, 3, 3, 3)
    with pytest.raises(WrongState):
        hand_over.offer(micro, by=cast.ana)


def addresses():
    """Every page that takes no argument or a number, with 1 for the number."""
    for name in sorted(set(names(get_resolver().url_patterns)) - OPEN - {"static"}):
        for args in ([], [1]):
            try:
                yield reverse(name, args=args)
            except Exception:  # noqa: S112 (another signature)
                continue


def test_every_other_page_leads_back_to_the_rating(cast, client):
    phone, _digits = handed(client, cast.held(), cast.ana)
    seen = {address: (phone.get(address), phone.post(address)) for address in addresses()}
    assert len(seen) > 20
    assert {page.headers.get("Location") for pages in seen.values() for page in pages} == {RATE}


def test_a_fragment_is_sent_to_the_rating_whole(cast, client):
    phone, _digits = handed(client, cast.held(), cast.ana)
    assert phone.htmx(reverse("today")).headers["HX-Redirect"] == RATE


def test_the_page_has_neither_navigation_nor_the_coach_as_owner_of_what_is_kept(cast, client):
    phone, _digits = handed(client, cast.held(), cast.ana)
    page = phone.get(RATE)
    assert (page.context["nav"], page.context["member"]) == ([], None)


def test_handing_over_clears_what_back_would_show(cast, client):
    micro = cast.held()
    phone = client.as_(cast.ana)
    phone.post(reverse("coach:hand-over", args=[micro.pk]))
    page = phone.post(reverse("coach:hand-over-start", args=[micro.pk]))
    assert page.headers["Clear-Site-Data"] == '"cache"'


def test_pages_behind_the_login_are_not_kept_by_the_browser(cast, client):
    page = client.as_(cast.ana).get(reverse("coach:rating-edit", args=[cast.held().pk]))
    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_learner_rates_and_gives_it_back(cast, client):
    micro = cast.held()
    phone, digits = handed(client, micro, cast.ana)
    assert phone.post(RATE, taps(micro, 2, 3, 0)).url == reverse("learn:code-done")
    rating = Rating.objects.get(rater=cast.leo)
    assert (rating.via, list(ratings.scores_of(rating).values())) == (Rating.Via.HAND_OVER, [2, 3, None])
    assert phone.post(END, {"number": digits}).url == reverse("coach:micro-show", args=[micro.pk])
    assert phone.get(reverse("coach:rating-edit", args=[micro.pk])).status_code == 200


def test_a_running_session_goes_on_where_it_was(cast, client):
    micro = cast.held(status="running", ended_at=None, minutes_actual=None, opens_at=None)
    phone, digits = handed(client, micro, cast.ana)
    assert phone.post(END, {"number": digits}).url == reverse("coach:micro-run", args=[micro.pk])


def test_the_coach_learns_nothing_from_the_phone_afterwards(cast, client):
    micro = cast.held()
    phone, digits = handed(client, micro, cast.ana)
    phone.post(RATE, taps(micro, 2, 3, 0))
    assert "scales" not in phone.get(RATE).context
    phone.post(END, {"number": digits})
    assert set(phone.session.keys()) & {hand_over.KEY, "rating_taps"} == set()


def test_what_the_learner_drafted_elsewhere_is_not_on_the_phone(cast, client):
    micro = cast.held()
    ratings.score_all(micro, by=cast.leo, levels=levels(micro, 1, 1, 4))
    phone, _digits = handed(client, micro, cast.ana)
    assert [scale.chosen for scale in phone.get(RATE).context["scales"]] == [None, None, None]


def test_a_rating_that_is_in_cannot_be_overwritten_from_the_phone(cast, client):
    micro = cast.held()
    phone, _digits = handed(client, micro, cast.ana)
    hand_in(micro, cast.leo, 3, 3, 3)
    page = phone.post(RATE, taps(micro, 1, 1, 1))
    assert (page.status_code, over(page)) == (410, str(guests.AlreadyRated.sentence))
    assert list(ratings.scores_of(ratings.rating_of(micro, by=cast.leo)).values()) == [3, 3, 3]


def over(page) -> str:
    """The sentence of the page that has no scales any more but a way to give the phone back."""
    assert "data-rating" not in page.content.decode()
    assert f'href="{END}"' in page.content.decode()
    return str(page.context["over"].sentence)


def test_a_learner_who_was_deactivated_leaves_a_page_that_says_so_and_nothing_is_kept(cast, client):
    micro = cast.held()
    phone, digits = handed(client, micro, cast.ana)
    assert phone.post(SCORE + "?key=" + phone.session[hand_over.KEY]["salt"], taps(micro, 2)).status_code == 204
    members.deactivate(cast.leo, by=cast.ada)
    words = "Leo Marin is no longer a member here. Nothing more is kept of this rating."
    answers = [phone.get(RATE), phone.post(RATE, taps(micro, 4, 4, 4))]
    assert [(page.status_code, over(page)) for page in answers] == [(410, words)] * 2
    save = phone.htmx(SCORE + "?key=" + phone.session[hand_over.KEY]["salt"], taps(micro, 4, 4, 4))
    assert (save.status_code, words in save.content.decode()) == (410, True)
    rating = Rating.objects.get(rater=cast.leo)
    assert (rating.submitted_at, list(ratings.scores_of(rating).values())) == (None, [2])
    assert phone.post(END, {"number": digits}).url == reverse("coach:micro-show", args=[micro.pk])


def test_wrong_digits_keep_it_locked(cast, client):
    phone, digits = handed(client, cast.held(), cast.ana)
    page = phone.post(END, {"number": wrong(digits)})
    assert page.status_code == 422
    assert page.context["form"].errors["number"] == ["These are not the digits you were shown."]
    assert phone.get(reverse("today")).url == RATE


def test_after_five_wrong_tries_even_the_right_digits_do_not_help(cast, client):
    phone, digits = handed(client, cast.held(), cast.ana)
    for _ in range(5):
        phone.post(END, {"number": wrong(digits)})
    page = phone.post(END, {"number": digits})
    assert (page.status_code, page.context["form"].errors["number"]) == (429, [str(limits.TooManyTries.sentence)])
    assert phone.get(reverse("today")).url == RATE


def test_signing_out_ends_it_and_shows_nothing(cast, client):
    phone, _digits = handed(client, cast.held(), cast.ana)
    phone.post(reverse("account_logout"))
    assert phone.get(RATE).url == reverse("learn:code-enter")
    assert phone.get(reverse("today")).url.startswith(reverse("account_login"))


def test_a_phone_that_is_not_handed_over_has_no_such_page(cast, client):
    assert client.as_(cast.ana).get(END).status_code == 404


def test_digits_of_one_hand_over_do_not_open_the_next(cast, monkeypatch):
    drawn = iter([1234, 5678])
    monkeypatch.setattr(hand_over.secrets, "randbelow", lambda _: next(drawn))
    micro = cast.held()
    older, _kept = hand_over.offer(micro, by=cast.ana)
    _newer, kept = hand_over.offer(micro, by=cast.ana)
    with pytest.raises(Invalid):
        hand_over.check_number(hand_over.active(hand_over.begin(kept, micro, by=cast.ana)), older)


def test_a_code_made_before_is_of_no_use_on_the_phone(cast, client):
    micro = cast.held()
    handout = codes.make(micro, by=cast.ana)
    phone, _digits = handed(client, micro, cast.ana)
    assert phone.post(reverse("learn:code-follow", args=[handout.token])).url == RATE
