""" "Read 5": every unread reflection on one page, each answered in one tap."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.domain import enrolments
from sessions.domain import replies
from sessions.models import Reflection, Reply
from sessions.views.reflections import MOST
from tests.sessions.run_steps import reflect, words, write_plan

LIST = "/coach/reflections/"


@pytest.fixture
def ana(client, cast):
    return client.as_(cast.ana)


def url(name: str, pk: int) -> str:
    return reverse(f"coach:{name}", args=[pk])


def reflected(cast, days: int = 0, **texts) -> Reflection:
    at = timezone.now() - dt.timedelta(days=days)
    micro = cast.held(started_at=at - dt.timedelta(minutes=15), ended_at=at, revealed_at=timezone.now())
    return reflect(micro, **texts)


def test_unread_ones_come_oldest_first(cast, ana):
    new, old = reflected(cast), reflected(cast, days=3)
    page = ana.get(LIST)
    assert (page.context["unread"], page.context["lately"]) == ([old, new], [])
    assert "2 to read, oldest first." in words(page)


def test_a_reflection_shows_their_words_and_the_plan(cast, ana):
    reflection = reflected(cast, why_it_matters="They call back <b>less</b>.", confidence="fairly")
    write_plan(reflection.micro, cast.leo)
    text = words(ana.get(LIST))
    for line in (
        "Leo Marin Names the feeling before offering a fix",
        "What changed She stopped repeating herself.",
        "Why it matters They call back &lt;b&gt;less&lt;/b&gt;.",
        "When the voice rises, I will say what I heard. How sure: Fairly",
    ):
        assert line in text


def test_sealed_unsaved_and_others_reflections_are_not_there(cast, ana, client):
    reflect(cast.held())
    Reflection.objects.create(micro=cast.held(revealed_at=timezone.now()), what_changed="Half a")
    reflect(cast.held(enrolment=cast.lia_enrolment, revealed_at=timezone.now()))
    page = ana.get(LIST)
    assert page.context["unread"] == []
    assert "All read" in words(page)


def test_the_page_is_for_coaches(cast, client):
    for member in (cast.leo, cast.mia, cast.ada):
        assert client.as_(member).get(LIST).status_code == 404


@pytest.mark.parametrize(("kind", "shown"), [
    ("thanks", "Thanks"), ("use_this", "Keep doing this"), ("next_time", "Talk about it next time"),
])  # fmt: skip
def test_one_tap_answers_and_the_card_says_so(cast, ana, kind, shown):
    reflection = reflected(cast)
    part = ana.htmx(url("reflection-reply", reflection.pk), {"kind": kind})
    assert part.content.decode().strip().startswith("<article")
    assert f"{shown} Take back" in words(part)
    assert Reply.objects.get().kind == kind
    assert ana.get(LIST).context["unread"] == []


def test_a_former_coach_is_offered_no_next_time(cast, ana):
    reflection, button = reflected(cast), 'value="next_time"'
    assert button in ana.get(LIST).content.decode()
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert button not in ana.get(LIST).content.decode()
    assert ana.htmx(url("reflection-reply", reflection.pk), {"kind": "next_time"}).status_code == 403
    assert ana.htmx(url("reflection-reply", reflection.pk), {"kind": "thanks"}).status_code == 200
    assert list(Reply.objects.values_list("kind", flat=True)) == ["thanks"]


def test_the_number_over_the_list_follows_each_answer(cast, ana):
    first, second, _third = reflected(cast), reflected(cast, days=1), reflected(cast, days=2)
    assert numbers(ana.get(LIST)) == [(None, "3 to read, oldest first.")]
    answered = ana.htmx(url("reflection-reply", first.pk), {"kind": "thanks"})
    assert numbers(answered) == [("innerHTML", "2 to read, oldest first.")]
    read = ana.htmx(url("reflection-read", second.pk))
    assert numbers(read) == [("innerHTML", "1 to read.")]
    taken_back = ana.htmx(url("reply-take-back", Reply.objects.get().pk))
    assert numbers(taken_back) == [("innerHTML", "2 to read, oldest first.")]
    assert numbers(ana.htmx(url("reflection-reply", first.pk), {"kind": "words", "text": ""})) == []


def numbers(page) -> list[tuple[str | None, str]]:
    """How the number is swapped in, and what it says."""
    found = re.findall(r'<p class="sub" id="to-read" role="status"([^>]*)>(.*?)</p>', page.content.decode())
    return [(how.partition('oob="')[2].rstrip('"') or None, text) for how, text in found]


def test_the_number_is_that_of_all_that_wait_also_of_those_the_page_has_no_room_for(cast, ana):
    for days in range(MOST + 1):
        reflected(cast, days)
    page = ana.get(LIST)
    assert (len(page.context["unread"]), numbers(page)) == (MOST, [(None, "51 to read, oldest first.")])


def test_without_javascript_it_leads_back_to_the_list(cast, ana):
    reflection = reflected(cast)
    assert ana.post(url("reflection-reply", reflection.pk), {"kind": "thanks"}).url == LIST
    assert ana.get(LIST).context["lately"] == [reflection]


def test_a_reply_in_words(cast, ana):
    reflection = reflected(cast)
    part = ana.htmx(url("reflection-reply", reflection.pk), {"kind": "words", "text": "Well <i>seen</i>."})
    assert "Well &lt;i&gt;seen&lt;/i&gt;. Take back" in words(part)


@pytest.mark.parametrize("htmx", [True, False])
def test_an_empty_reply_comes_back_with_what_to_do(cast, ana, htmx):
    reflected(cast)
    reflection = reflected(cast, days=1)
    send = ana.htmx if htmx else ana.post
    page = send(url("reflection-reply", reflection.pk), {"kind": "words", "text": " "})
    assert page.status_code == 422
    assert words(page).count("Write a word or two, or choose “Thanks”.") == 1
    assert Reflection.objects.exclude(read_at=None).count() == 0


def test_one_can_be_put_aside_without_an_answer(cast, ana):
    reflection = reflected(cast)
    part = ana.htmx(url("reflection-read", reflection.pk))
    assert words(part).endswith("She stopped repeating herself. Read Nothing waits for you.")
    assert (Reply.objects.count(), ana.get(LIST).context["unread"]) == (0, [])


def test_an_answer_is_taken_back_and_the_reflection_waits_again(cast, ana):
    answer = replies.reply(reflected(cast), by=cast.ana, kind="thanks")
    part = ana.htmx(url("reply-take-back", answer.pk))
    assert "Talk about it next time" in words(part)
    assert (Reply.objects.count(), len(ana.get(LIST).context["unread"])) == (0, 1)


def test_an_answer_that_was_seen_stays(cast, ana):
    answer = replies.reply(reflected(cast), by=cast.ana, kind="thanks")
    Reply.objects.update(seen_at=timezone.now())
    assert ana.post(url("reply-take-back", answer.pk)).status_code == 409
    assert "Take back" not in words(ana.get(LIST))


def test_what_was_read_long_ago_is_not_on_the_page(cast, ana):
    replies.mark_read(reflected(cast), by=cast.ana)
    Reflection.objects.update(read_at=timezone.now() - dt.timedelta(days=15))
    assert ana.get(LIST).context["lately"] == []
