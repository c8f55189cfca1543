"""One question: behind its link without a login, and for who is signed in. GET writes nothing, POST once."""

import datetime as dt
import re

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from programs.domain import addresses
from programs.models import Enrolment, Member, Substitute
from sessions.domain import followups, links, prompts
from sessions.models import FollowUp, ImprovementPlan, MicroSession, Prompt
from tests.sessions.prompt_steps import (
    GOOD,
    HARD,
    SENTENCE,
    asked,
    at,
    closed,
    followed,
    fresh,
    other_enrolment,
    prompt_of,
)


def url_of(prompt, **query) -> str:
    return reverse("learn:prompt-open", args=[links.token_of(prompt)], query=query)


@pytest.fixture
def mail_app():
    """A window without cookies and without a login, whose posts come from nowhere."""
    return Client(enforce_csrf_checks=True)


def rows():
    return list(Prompt.objects.values()), list(FollowUp.objects.values()), list(Member.objects.values())


def chosen_in(page) -> list[str]:
    return re.findall(r'value="(\w+)"[^>]*\bchecked\b', page.content.decode())


# The link


@pytest.mark.parametrize("query", [{}, {"a": GOOD}, {"a": "nonsense"}, {"do": "stop"}, {"do": "fewer"}, {"do": "x"}])
def test_opening_a_link_writes_nothing(cast, mail_app, query):
    prompt = asked(cast)
    before = rows()
    for method in (mail_app.get, mail_app.head, mail_app.get):
        assert method(url_of(prompt, **query)).status_code == 200
    assert rows() == before


def test_link_opens_its_question_with_the_answer_chosen(cast, mail_app):
    page = mail_app.get(url_of(asked(cast), a=HARD))
    assert chosen_in(page) == [HARD]
    assert page.context["question"].sentence == SENTENCE
    assert page.context["question"].text == "Did a chance come?"


@pytest.mark.parametrize(("days", "said"), [(0, "today"), (1, "yesterday"), (2, "Monday")])
def test_the_page_names_the_day_of_the_plan_as_its_mail_does(cast, mail_app, time_machine, days, said):
    now = at("2026-01-07T16:00")
    time_machine.move_to(now, tick=False)
    prompt = prompt_of(followed(cast, ended=now - dt.timedelta(days=days, hours=4)))
    page = mail_app.get(url_of(prompt)).content.decode()
    assert f'<h1 class="prompt-from">Your plan from {said}</h1>' in page


def test_answers_stand_in_their_order_and_none_is_chosen(cast, mail_app):
    page = mail_app.get(url_of(asked(cast)))
    assert [str(label) for _value, label in page.context["form"]["answer"].field.choices] == [
        "Yes, went as planned", "Yes, harder than planned", "Yes, came naturally", "No chance yet",
        "Chance came, not this time",
    ]  # fmt: skip
    assert chosen_in(page) == []
    assert "None of the answers is a score." in page.content.decode()


def test_one_button_saves_without_cookies(cast, mail_app):
    prompt = asked(cast)
    link = url_of(prompt, a=GOOD)  # of this second
    answer = mail_app.post(link, {"answer": GOOD, "note": "Twice."})
    assert (answer.status_code, answer.url) == (302, link.split("?")[0])
    assert (fresh(prompt).answer, fresh(prompt).note) == (GOOD, "Twice.")


def test_saved_page_says_thanks_and_until_when_it_can_change(cast, mail_app):
    prompt = asked(cast)
    page = mail_app.post(url_of(prompt), {"answer": GOOD}, follow=True)
    standing = page.context["standing"]
    assert standing.answered == "Yes, went as planned"
    assert standing.change_until == fresh(prompt).answered_at + dt.timedelta(hours=24)
    assert standing.next_at == Prompt.objects.get(sequence=2).due_at
    html = page.content.decode()
    assert ("You can close this page." in html, "Back to Today" in html) == (True, False)


def test_who_is_signed_in_is_led_back_to_today(cast, client):
    page = (
        client.as_(cast.leo)
        .post(reverse("learn:prompt-answer", args=[asked(cast).pk]), {"answer": GOOD}, follow=True)
        .content.decode()
    )
    assert ("You can close this page." in page, "Back to Today" in page) == (False, True)


def test_other_answer_can_be_chosen_from_the_mail_afterwards(cast, mail_app):
    prompt = asked(cast)
    mail_app.post(url_of(prompt), {"answer": GOOD})
    assert chosen_in(mail_app.get(url_of(prompt, a=HARD))) == [HARD]
    mail_app.post(url_of(prompt), {"answer": HARD})
    assert fresh(prompt).answer == HARD


def test_posting_twice_is_posting_once(cast, mail_app):
    prompt = asked(cast)
    mail_app.post(url_of(prompt), {"answer": GOOD})
    before = rows()
    mail_app.post(url_of(prompt), {"answer": GOOD})
    assert rows() == before


@pytest.mark.parametrize("data", [{"note": "I tried"}, {"answer": "great", "note": "I tried"}])
def test_without_an_answer_nothing_typed_is_lost(cast, mail_app, data):
    page = mail_app.post(url_of(asked(cast)), data)
    assert page.status_code == 422
    assert page.context["form"]["note"].value() == "I tried"
    assert list(page.context["form"].errors) == ["answer"]


def test_refusal_by_the_rules_stands_on_the_page(cast, mail_app):
    prompt = asked(cast)
    prompts.answer(prompt, by=cast.leo, answer=GOOD)
    Prompt.objects.filter(pk=prompt.pk).update(answered_at=timezone.now() - dt.timedelta(hours=25))
    page = mail_app.post(url_of(prompt), {"answer": HARD})
    assert page.status_code == 422
    assert page.context["form"].non_field_errors() == ["An answer can be changed for 24 hours. Yours stays as it is."]
    assert fresh(prompt).answer == GOOD


def test_replaced_question_says_so_and_takes_nothing(cast, mail_app):
    prompt = asked(cast)
    Prompt.objects.filter(pk=prompt.pk).update(status="cancelled", cancelled_because="replaced")
    page = mail_app.get(url_of(prompt))
    assert page.context["standing"].refusal == "A newer plan has taken the place of this one."
    assert 'name="answer"' not in page.content.decode()


def test_link_tells_nothing_but_the_plan(cast, mail_app):
    text = mail_app.get(url_of(asked(cast))).content.decode()
    for word in ("Leo", "Ana", "Northwind", "escalat", "leo@", "Names the feeling"):
        assert word not in text


def test_link_shows_nothing_of_who_is_signed_in(cast, client):
    page = client.as_(cast.ana).get(url_of(asked(cast)))
    assert (page.context["member"], page.context["nav"]) == (None, [])
    assert "Ana" not in page.content.decode()


def test_answer_by_link_is_the_learners_whoever_is_signed_in(cast, client):
    prompt = asked(cast)
    client.as_(cast.lia).post(url_of(prompt), {"answer": GOOD})
    assert fresh(prompt).answer == GOOD


@pytest.mark.parametrize("change", ["x", "", ".", "999999999.a.b"])
def test_forged_link_opens_nothing(cast, mail_app, change):
    token = links.token_of(asked(cast))
    for forged in (token + change, change, token[:-1] + ("A" if token[-1] != "A" else "B"), token.replace(".", "!", 1)):
        if forged and forged != token:
            assert mail_app.get(f"/learn/prompts/{forged}/").status_code == 404


def test_link_of_one_question_opens_no_other(cast, mail_app):
    mine, other = asked(cast), prompt_of(asked_of(cast))
    moved = links.token_of(mine).replace(str(mine.pk), str(other.pk), 1)
    assert mail_app.get(f"/learn/prompts/{moved}/").status_code == 404


def asked_of(cast):
    from tests.sessions.prompt_steps import followed

    return followed(cast, enrolment=other_enrolment(cast, "b"))


def test_stop_link_opens_no_question_and_the_other_way_round(cast, mail_app):
    prompt = asked(cast)
    assert mail_app.get(f"/learn/prompts/{links.stop_token_of(cast.leo)}/").status_code == 404
    assert mail_app.post(f"/learn/unsubscribe/{links.token_of(prompt)}/").status_code == 404


def test_link_lasts_sixty_days(cast, mail_app, time_machine):
    prompt = asked(cast)
    url = url_of(prompt)
    time_machine.move_to(timezone.now() + dt.timedelta(days=59))
    assert mail_app.get(url).status_code == 200
    time_machine.shift(dt.timedelta(days=2))
    assert mail_app.get(url).status_code == 404


def test_link_of_somebody_who_left_opens_nothing(cast, mail_app):
    prompt = asked(cast)
    Member.objects.filter(pk=cast.leo.pk).update(deactivated_at=timezone.now())
    assert mail_app.get(url_of(prompt)).status_code == 404
    assert mail_app.post(url_of(prompt), {"answer": GOOD}).status_code == 404


def test_planted_words_come_out_harmless(cast, mail_app):
    prompt = asked(cast, question="<b>{{7*7}}</b>")
    ImprovementPlan.objects.update(cue="<script>x</script>\r\nX: y", will="=1+1")
    text = mail_app.get(url_of(prompt)).content.decode()
    assert "<b>" not in text
    assert "<script>x" not in text
    assert "49" not in re.sub(r"<[^>]+>", "", text)
    assert "=1+1" in text


def test_pages_are_not_kept_by_caches(cast, mail_app):
    assert "no-store" in mail_app.get(url_of(asked(cast)))["Cache-Control"]


def test_a_page_asks_a_constant_number_of_questions(cast, mail_app, django_assert_num_queries):
    prompt = asked(cast)
    with django_assert_num_queries(4):
        mail_app.get(url_of(prompt))
    Prompt.objects.filter(pk=prompt.pk).update(sequence=9)
    for _more in range(3):
        prompt_of(prompt.follow_up, "missed", sequence=Prompt.objects.count())
    with django_assert_num_queries(4):
        mail_app.get(url_of(prompt))


# Wishes


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("fewer", "From now on half as many."),
        ("new_plan", "Your coach sees that you would like a new plan."),
        ("snooze", "We ask again on "),
        ("pause", "No questions for a week."),
        ("stop", "No questions come any more."),
    ],
)
def test_wish_is_one_button_and_says_what_it_did(cast, mail_app, wish, words):
    prompt = asked(cast)
    page = mail_app.post(url_of(prompt), {"do": wish, "seen": "1"}, follow=True)
    assert words in page.content.decode()


def undo_in(page) -> str | None:
    found = re.search(r'name="undo" value="([^"]+)"', page.content.decode())
    return found and found.group(1)


@pytest.mark.parametrize(("wish", "can"), [("fewer", True), ("new_plan", True), ("snooze", False), ("pause", False)])
def test_fewer_and_a_new_plan_are_undone_from_the_page_that_they_lead_to(cast, mail_app, wish, can):
    prompt = asked(cast)
    before = FollowUp.objects.values().get()
    page = mail_app.post(url_of(prompt), {"do": wish, "seen": "1"}, follow=True)
    assert bool(undo_in(page)) is can
    if can:
        page = mail_app.post(url_of(prompt), {"undo": undo_in(page)}, follow=True)
        assert "Undone." in page.content.decode()
        assert (FollowUp.objects.values().get(), fresh(prompt).status) == (before, "asked")
        back = mail_app.get(url_of(prompt, done=wish, undo=links.undo_token_of(prompt, wish, "1")))
        assert undo_in(back) is None


def test_a_wish_is_undone_for_ten_minutes_and_by_its_own_button_alone(cast, mail_app, time_machine):
    time_machine.move_to(dt.datetime(2026, 1, 6, 11, tzinfo=dt.UTC), tick=False)
    prompt = asked(cast)
    other = prompt_of(followed(cast, enrolment=other_enrolment(cast, "b")))
    page = mail_app.post(url_of(prompt), {"do": "new_plan"}, follow=True)
    refused = ["", "x", links.undo_token_of(other, "new_plan", ""), links.undo_token_of(prompt, "fewer", "1")]
    for token in refused:
        assert mail_app.post(url_of(prompt), {"undo": token}).status_code == 409
    time_machine.shift(601)
    assert undo_in(mail_app.get(page.request["PATH_INFO"], page.wsgi_request.GET)) is None
    assert mail_app.post(url_of(prompt), {"undo": undo_in(page)}).status_code == 409
    assert fresh(prompt.follow_up).wants_new_cue


@pytest.mark.parametrize("wish", ["fewer", "new_plan", "snooze", "pause", "stop"])
def test_wish_chosen_in_the_mail_needs_one_button(cast, mail_app, wish):
    page = mail_app.get(url_of(asked(cast), do=wish))
    first = re.search(r'<button class="btn btn-primary" name="do" value="(\w+)"', page.content.decode())
    assert first.group(1) == wish


def test_snooze_says_the_day_on_which_we_ask_again(cast, mail_app, time_machine):
    time_machine.move_to(at("2026-01-06T11:30"), tick=False)
    prompt = asked(cast)
    cast.plan(when=at("2026-01-07T14:10"))
    page = mail_app.post(url_of(prompt), {"do": "snooze"}, follow=True)
    assert "We ask again on Thursday 8 January." in page.content.decode()


@pytest.mark.parametrize("wish", ["pause", "stop"])
def test_no_next_question_is_named_while_none_comes(cast, mail_app, wish):
    prompt = asked(cast)
    assert "Next question" in mail_app.post(url_of(prompt), {"answer": GOOD}, follow=True).content.decode()
    assert "Next question" not in mail_app.post(url_of(prompt), {"do": wish}, follow=True).content.decode()


def test_stopped_questions_can_be_started_from_the_same_page(cast, mail_app):
    prompt = asked(cast)
    mail_app.post(url_of(prompt), {"do": "stop"})
    page = mail_app.post(url_of(prompt), {"do": "start"}, follow=True)
    assert fresh(cast.leo).prompts_stopped_at is None
    assert "The questions come again." in page.content.decode()


@pytest.mark.parametrize("email", ["leo.marin@northwind.example", "olga@elsewhere.example"])
def test_links_in_mails_to_the_old_address_open_nothing(cast, mail_app, email):
    """Corrected, or the membership of another login now: whoever reads the old mailbox has no part in it."""
    prompt, stop = asked(cast), stop_url(cast)
    url = url_of(prompt)
    addresses.change_email(cast.leo, by=cast.ada, email=email)
    for closed_now in (url, stop):
        page = mail_app.get(closed_now)
        assert (page.status_code, "This link is closed" in page.content.decode()) == (404, True)
    assert mail_app.post(url, {"answer": GOOD}).status_code == mail_app.post(stop).status_code == 404
    assert (fresh(prompt).answer, fresh(cast.leo).prompts_stopped_at) == ("", None)
    assert mail_app.get(url_of(fresh(prompt))).status_code == 200


def test_another_spelling_of_the_address_keeps_its_links(cast, mail_app):
    url = url_of(asked(cast))
    addresses.change_email(cast.leo, by=cast.ada, email="Leo@Northwind.example")
    assert mail_app.get(url).status_code == 200


def from_before(salt, row) -> str:
    """A token as mails carried it before it named its reader."""
    return signing.TimestampSigner(salt=salt, sep=".").sign(str(row.pk))


def test_links_of_mails_from_before_tokens_named_their_reader_work(cast, mail_app):
    prompt, url = asked(cast), "/learn/unsubscribe/{}/".format(from_before("coaching.prompts-stop", cast.leo))
    assert links.prompt_of(from_before("coaching.prompt", prompt)) == prompt
    addresses.change_email(cast.leo, by=cast.ada, email="leo.marin@northwind.example")
    assert mail_app.post(url).status_code == 200
    assert fresh(cast.leo).prompts_stopped_at is not None


@pytest.mark.parametrize("email", ["leo.marin@northwind.example", "olga@elsewhere.example"])
def test_a_question_from_before_is_closed_by_a_later_change_of_address_alone(cast, mail_app, time_machine, email):
    prompt = asked(cast)
    first = from_before("coaching.prompt", prompt)
    assert links.prompt_of(first.replace(str(prompt.pk), str(prompt.pk + 1), 1)) is None
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=1))
    addresses.change_email(cast.leo, by=cast.ada, email=email)
    assert links.prompt_of(first) is None
    assert mail_app.get(f"/learn/prompts/{first}/").status_code == 404
    time_machine.shift(60)
    second = from_before("coaching.prompt", prompt)
    assert links.prompt_of(second) == prompt
    time_machine.shift(dt.timedelta(days=61))
    assert links.prompt_of(second) is None


def test_a_link_costs_one_query_to_find_and_is_no_longer_than_before(cast, django_assert_num_queries):
    token = links.token_of(asked(cast))
    with django_assert_num_queries(1):
        assert links.prompt_of(token).follow_up.learner.user == cast.leo.user
    assert re.fullmatch(r"[0-9]+\.[0-9A-Za-z]{6}\.[-\w]{43}", token)


# Unsubscribing


def stop_url(cast) -> str:
    return reverse("learn:prompts-unsubscribe", args=[links.stop_token_of(cast.leo)])


def test_one_click_stops_without_a_redirect_and_twice_is_once(cast, mail_app):
    url = stop_url(cast)
    assert mail_app.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    stopped_at = fresh(cast.leo).prompts_stopped_at
    assert stopped_at is not None
    mail_app.post(url, {"List-Unsubscribe": "One-Click"})
    assert fresh(cast.leo).prompts_stopped_at == stopped_at


def test_opening_the_stop_link_stops_nothing(cast, mail_app):
    page = mail_app.get(stop_url(cast))
    assert page.status_code == 200
    assert fresh(cast.leo).prompts_stopped_at is None
    assert re.findall(r'name="do" value="(\w+)"', page.content.decode()) == ["stop", "pause"]


def test_pause_and_start_from_the_stop_link(cast, mail_app):
    url = stop_url(cast)
    assert "They come back on" in mail_app.post(url, {"do": "pause"}).content.decode()
    assert fresh(cast.leo).prompts_stopped_at is None
    mail_app.post(url, {"do": "start"})
    assert fresh(cast.leo).prompts_paused_until is None


def test_stopping_leaves_others_alone(cast, mail_app):
    mail_app.post(stop_url(cast))
    assert Member.objects.exclude(prompts_stopped_at=None).get() == cast.leo


# Signed in


def test_learner_answers_on_today_in_two_taps(cast, client):
    prompt = asked(cast)
    leo = client.as_(cast.leo)
    (card,) = [card for card in leo.get("/").context["queue"].cards if card.kind == "prompt"]
    assert (card.title, card.quote, card.count) == ("Did a chance come?", SENTENCE, 1)
    page = leo.get(card.choices[1].url)
    assert chosen_in(page) == [HARD]
    leo.post(page.request["PATH_INFO"], {"answer": HARD})
    assert fresh(prompt).answer == HARD


@pytest.mark.parametrize("who", ["ana", "lia", "ada", "mia", "olga"])
def test_question_is_nobody_elses_page(cast, client, who):
    url = reverse("learn:prompt-answer", args=[asked(cast).pk])
    assert client.as_(getattr(cast, who)).get(url).status_code == 404


def test_signed_in_post_needs_its_csrf_token(cast):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.leo.user)
    url = reverse("learn:prompt-answer", args=[asked(cast).pk])
    assert strict.post(url, {"answer": GOOD}).status_code == 403


def stands_in(cast, *, days_ago: int = 0):
    """Cole for Ana, for a day."""
    day = timezone.localdate() - dt.timedelta(days=days_ago)
    Substitute.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, coach=cast.cole, starts_on=day, ends_on=day,
        named_by=cast.ada,
    )  # fmt: skip


def cards_of(cast, client, member) -> dict:
    return {card.kind: card for card in client.as_(member).get("/").context["queue"].cards}


def test_question_that_is_not_due_is_not_on_today(cast, client):
    prompt = asked(cast)
    Prompt.objects.filter(pk=prompt.pk).update(
        status="planned", asked_at=None, due_at=timezone.now() + dt.timedelta(hours=1)
    )
    assert "prompt" not in cards_of(cast, client, cast.leo)
    Prompt.objects.filter(pk=prompt.pk).update(due_at=timezone.now())
    assert "prompt" in cards_of(cast, client, cast.leo)


def test_paused_question_waits_off_today(cast, client):
    prompt = asked(cast)
    Prompt.objects.filter(pk=prompt.pk).update(status="planned", asked_at=None)
    Member.objects.filter(pk=cast.leo.pk).update(prompts_paused_until=timezone.localdate() + dt.timedelta(days=3))
    assert "prompt" not in cards_of(cast, client, cast.leo)


def test_stopped_questions_can_be_started_on_today(cast, client):
    asked(cast)
    Member.objects.filter(pk=cast.leo.pk).update(prompts_stopped_at=timezone.now())
    found = cards_of(cast, client, cast.leo)
    assert "prompt" not in found
    client.as_(cast.leo).post(found["prompts-stopped"].actions[0].url)
    assert fresh(cast.leo).prompts_stopped_at is None


def test_learner_is_told_that_silence_stopped_the_questions_and_the_coach_is_not(cast, client):
    prompt = asked(cast)
    Prompt.objects.filter(pk=prompt.pk).update(status="missed", missed_at=timezone.now())
    FollowUp.objects.update(ended_at=timezone.now(), ended_because="silent")
    assert cards_of(cast, client, cast.leo)["prompts-stopped"].lines == (
        "Five questions had no answer, so we stopped asking.",
    )
    assert "plan-wanted" not in cards_of(cast, client, cast.ana)


@pytest.mark.parametrize("over", ["horizon", "enrolment"])
def test_nothing_can_be_started_again_once_its_time_is_over(cast, client, over):
    prompt = asked(cast)
    Prompt.objects.filter(pk=prompt.pk).update(status="missed", missed_at=timezone.now())
    FollowUp.objects.update(ended_at=timezone.now(), ended_because="silent")
    if over == "horizon":
        FollowUp.objects.update(starts_at=timezone.now() - dt.timedelta(days=cast.enrolment.program.horizon_days))
    else:
        type(cast.enrolment).objects.filter(pk=cast.enrolment.pk).update(ended_on=timezone.localdate())
    assert "prompts-stopped" not in cards_of(cast, client, cast.leo)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"wants_new_cue": True}, "Would like another plan"),
        (
            {"wants_booster": True, "ended_because": "booster", "ended_at": timezone.now()},
            "A short session would help more than a question",
        ),
    ],
)
def test_coach_sees_whose_plan_asks_for_a_talk(cast, client, fields, line):
    asked(cast)
    FollowUp.objects.update(**fields)
    card = cards_of(cast, client, cast.ana)["plan-wanted"]
    assert (card.title, card.lines, card.person) == ("Leo Marin", (line,), "Leo Marin")
    assert "plan-wanted" not in cards_of(cast, client, cast.cole)


@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize(
    "fields", [{"wants_new_cue": True}, {"wants_booster": True, "ended_because": "booster", "ended_at": timezone.now()}]
)
def test_new_coach_is_told_and_reads_no_past_that_did_not_come_along(cast, client, fields, shares):
    asked(cast)
    FollowUp.objects.update(**fields)
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(coach=cast.cole, shares_past_with_new_coach=shares)
    card = cards_of(cast, client, cast.cole)["plan-wanted"]
    assert (card.title, card.quote) == ("Leo Marin", SENTENCE if shares else "")
    assert card.lines != ("A short session would help more than a question",) or shares
    assert client.as_(cast.cole).get(card.actions[0].url).status_code == 200
    assert "plan-wanted" not in cards_of(cast, client, cast.ana)


def test_wish_reaches_who_stands_in_today(cast, client):
    FollowUp.objects.filter(pk=asked(cast).follow_up_id).update(wants_new_cue=True)
    stands_in(cast)
    card = cards_of(cast, client, cast.cole)["plan-wanted"]
    assert (card.title, card.quote) == ("Leo Marin", SENTENCE)
    assert client.as_(cast.cole).get(card.actions[0].url).status_code == 200


def test_wish_about_a_substitutes_session_reaches_the_coach(cast, client):
    stands_in(cast, days_ago=1)
    follow_up = followups.plan_first(closed(cast, coach=cast.cole))
    FollowUp.objects.filter(pk=follow_up.pk).update(wants_new_cue=True)
    card = cards_of(cast, client, cast.ana)["plan-wanted"]
    assert (card.title, card.quote) == ("Leo Marin", "")
    assert "plan-wanted" not in cards_of(cast, client, cast.cole)


def test_wish_for_which_a_session_is_planned_is_told_and_asks_for_none(cast, client):
    FollowUp.objects.filter(pk=asked(cast).follow_up_id).update(wants_new_cue=True)
    cast.plan(when=timezone.now() + dt.timedelta(days=2))
    card = cards_of(cast, client, cast.ana)["plan-wanted"]
    assert (card.lines, card.actions, card.to_do) == (
        ("Would like another plan", "Talk about it in the next session."), (), False,
    )  # fmt: skip
    cast.held()
    MicroSession.objects.filter(status="planned").delete()
    assert "plan-wanted" not in cards_of(cast, client, cast.ana)


def test_a_plan_that_a_newer_one_replaced_asks_for_nothing(cast, client):
    replaced = asked(cast).follow_up
    FollowUp.objects.update(wants_booster=True, ended_because="booster", ended_at=timezone.now())
    later = followed(cast)
    FollowUp.objects.filter(pk=later.pk).update(starts_at=replaced.starts_at + dt.timedelta(days=1))
    assert "plan-wanted" not in cards_of(cast, client, cast.ana)
