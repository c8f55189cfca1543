"""What the learner says of the last plan in the talk: noted once, taken back, and theirs before everybody else's."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.models import Substitute
from sessions.cards import cards
from sessions.domain import assembly, links, plans, prompts, running, still_due, told, wishes
from sessions.domain.chances import Chances
from sessions.models import FollowUp, MicroSession, Prompt
from tests.api_steps import Caller
from tests.racing import raced
from tests.sessions.prompt_steps import (
    AGAIN,
    EASY,
    GOOD,
    HARD,
    NO_CHANCE,
    SENTENCE,
    asked,
    at,
    followed,
    fresh,
    other_enrolment,
    prompt_of,
)
from tests.sessions.run_steps import closed, url, words

TUESDAY = at("2026-01-06T10:00")
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
ASK = "Did a chance come? Tap what Leo Marin says."
WISHED = {"wants_new_cue": True}


@pytest.fixture(autouse=True)
def tuesday(time_machine):
    time_machine.move_to(TUESDAY, tick=False)


@pytest.fixture
def question(cast):
    """Leo's first question about his plan of Monday, planned for half past eleven."""
    return prompt_of(followed(cast), "planned", at=TUESDAY + 1.5 * HOUR)


@pytest.fixture
def talk(cast, question):
    return running.start(cast.plan(), by=cast.ana)


def begun(cast) -> MicroSession:
    return running.start(cast.plan(), by=cast.ana)


def shown(micro) -> str | None:
    """What the Goal step has pressed, "" for nothing yet, None where it asks nothing."""
    return plans.last_before(fresh(micro), by=micro.coach).told


def state() -> list:
    return [list(Prompt.objects.order_by("pk").values()), list(FollowUp.objects.order_by("pk").values())]


def told_card(member):
    return next((card for card in cards(member, None) if card.kind == "told-for-me"), None)


# -- when the talk asks ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "asks"),
    [
        (lambda follow: prompt_of(follow, "planned", at=TUESDAY + 30 * DAY), True),
        (lambda follow: prompt_of(follow, "asked"), True),
        (lambda follow: (prompt_of(follow, "missed"), prompt_of(follow, "planned", at=TUESDAY + DAY)), True),
        (lambda follow: (prompt_of(follow, "answered", at=TUESDAY - 2 * HOUR), prompt_of(follow, "asked")), True),
        (lambda follow: (answered(follow, 3), prompt_of(follow, "planned", at=at("2026-01-07T11:30"))), True),
        (lambda follow: (answered(follow, 3), prompt_of(follow, "planned", at=at("2026-01-07T11:31"))), False),
        (lambda follow: (answered(follow, 0), prompt_of(follow, "planned", at=at("2026-01-07T11:30"))), False),
        (lambda follow: answered(follow, 3), False),
        (lambda follow: prompt_of(follow, "cancelled", cancelled_because="new_plan"), True),
        (lambda follow: None, True),
    ],
    ids=["first", "asked", "missed", "asked again", "put off", "later", "just answered", "answered", "wished", "none"],
)
def test_the_talk_asks_what_is_open_or_what_it_put_off(cast, make, asks):
    make(followed(cast, ended=TUESDAY - 5 * DAY))
    assert (shown(begun(cast)) is not None) == asks


def answered(follow_up, days: int) -> Prompt:
    return prompt_of(follow_up, "answered", at=TUESDAY - days * DAY - HOUR)


def test_a_plan_without_a_running_follow_up_is_not_asked_about(cast, question):
    FollowUp.objects.update(ended_at=timezone.now(), ended_because="silent")
    micro = begun(cast)
    assert shown(micro) is None
    with pytest.raises(WrongState, match="Nothing is asked about the last plan"):
        told.note(micro, by=cast.ana, answer=GOOD)


def test_a_substitute_asks_aloud_and_notes_nothing(cast, question):
    today = timezone.localdate()
    named = {"starts_on": today, "ends_on": today, "named_by": cast.ada, "organization": cast.organization}
    Substitute.objects.create(enrolment=cast.enrolment, coach=cast.cole, **named)
    micro = running.start(cast.plan(coach=cast.cole), by=cast.cole)
    assert shown(micro) is None
    with pytest.raises(NotAllowed):
        told.note(micro, by=cast.cole, answer=GOOD)


# -- noting ---------------------------------------------------------------------------------------


def test_what_is_told_answers_the_question_and_moves_the_memory(cast, talk, question):
    before = question.follow_up.memory
    told.note(talk, by=cast.ana, answer=GOOD)
    noted = fresh(question)
    assert (noted.status, noted.answer, noted.answered_at, noted.asked_at) == ("answered", GOOD, TUESDAY, None)
    assert (noted.told_to, noted.memory_before, shown(talk)) == (cast.ana, before, GOOD)
    assert fresh(question.follow_up).memory["last_review"] is not None
    assert Prompt.objects.get(sequence=2).status == "planned"


def test_the_same_answer_again_changes_nothing(cast, talk):
    told.note(talk, by=cast.ana, answer=GOOD)
    before = state()
    told.note(talk, by=cast.ana, answer=GOOD)
    assert state() == before


@pytest.mark.parametrize("wish", [{}, WISHED])
def test_another_answer_takes_the_place_of_the_first_and_the_learners_day_begins_anew(cast, wish, time_machine):
    follow = followed(cast, **wish)
    if not wish:
        prompt_of(follow, "planned", at=TUESDAY + 1.5 * HOUR)
    talk, before = begun(cast), state()
    told.note(talk, by=cast.ana, answer=GOOD)
    time_machine.shift(23 * 3600)
    told.note(talk, by=cast.ana, answer=EASY)
    assert (Prompt.objects.first().answer, Prompt.objects.first().answered_at) == (EASY, TUESDAY + 23 * HOUR)
    time_machine.shift(-22 * 3600)
    told.take_out(talk, by=cast.ana)
    assert state() == before


@pytest.mark.parametrize("status", ["planned", "asked"])
@pytest.mark.parametrize("answer", [GOOD, AGAIN, NO_CHANCE])
def test_taken_out_it_is_as_if_nobody_had_said_it(cast, status, answer):
    follow = followed(cast, ended=TUESDAY - 5 * DAY)
    prompt_of(follow, "answered", at=TUESDAY - 3 * DAY, answer=AGAIN)  # once more, and a booster takes the place
    prompt_of(follow, status, at=TUESDAY - HOUR)
    micro, before = begun(cast), state()
    told.note(micro, by=cast.ana, answer=answer)
    assert (fresh(follow).ended_because, shown(micro)) == ("booster" if answer == AGAIN else "", answer)
    told.take_out(micro, by=cast.ana, answer=answer)
    assert state() == before
    told.take_out(micro, by=cast.ana, answer=answer)
    assert (state(), shown(micro)) == (before, "")


@pytest.mark.parametrize("wish", [{}, WISHED], ids=["never asked", "another plan wished"])
def test_where_no_question_is_open_the_answer_stands_by_itself(cast, wish):
    follow = followed(cast, **wish)
    micro, before = begun(cast), state()
    told.note(micro, by=cast.ana, answer=HARD)
    noted = Prompt.objects.get(sequence=1)
    assert (noted.question, noted.answer, noted.told_to) == ("Did a chance come?", HARD, cast.ana)
    assert Prompt.objects.open().exists() != bool(wish)
    told.take_out(micro, by=cast.ana)
    assert (state(), fresh(follow).prompts.count()) == (before, 0)


def test_another_page_takes_out_what_it_knew_alone(cast, talk, question):
    told.note(talk, by=cast.ana, answer=GOOD)
    told.note(talk, by=cast.ana, answer=HARD)
    told.take_out(talk, by=cast.ana, answer=GOOD)
    assert fresh(question).answer == HARD


@pytest.mark.parametrize("wish", [wishes.ask_for_new_plan, wishes.snooze])
def test_taken_out_never_undoes_what_the_learner_wished(cast, talk, question, wish):
    told.note(talk, by=cast.ana, answer=GOOD)
    wish(Prompt.objects.get(sequence=2), by=cast.leo)
    if wish is wishes.snooze:
        told.take_out(talk, by=cast.ana, answer=GOOD)
        assert fresh(question).status == "planned"
    else:
        with pytest.raises(WrongState):
            told.take_out(talk, by=cast.ana, answer=GOOD)
        assert (fresh(question).answer, Prompt.objects.open().exists()) == (GOOD, False)


@pytest.mark.parametrize("who", ["cole", "leo", "lia", "mia", "ada", "olga"])
def test_only_the_coach_of_the_session_notes_it(cast, talk, question, who):
    for change in (told.note, told.take_out):
        with pytest.raises(NotAllowed):
            change(talk, by=getattr(cast, who), answer=GOOD)
    assert fresh(question).status == "planned"


def test_an_unknown_answer_is_refused(cast, talk):
    with pytest.raises(Invalid):
        told.note(talk, by=cast.ana, answer="maybe")


def test_it_is_noted_during_the_session_alone(cast, question, time_machine):
    micro = cast.plan()
    for _state in ("planned", "cancelled"):
        with pytest.raises(WrongState, match="during the session"):
            told.note(micro, by=cast.ana, answer=GOOD)
        MicroSession.objects.filter(pk=micro.pk).update(status="cancelled", cancelled_at=timezone.now())
    held = running.finish(begun(cast), by=cast.ana)
    told.note(held, by=cast.ana, answer=GOOD)
    told.take_out(held, by=cast.ana)
    time_machine.shift(DAY)
    with pytest.raises(WrongState, match="during the session"):
        told.note(held, by=cast.ana, answer=GOOD)


def test_a_closed_session_leaves_it_to_the_learner_and_an_undone_end_brings_it_back(cast, talk, question):
    told.note(talk, by=cast.ana, answer=GOOD)
    done = closed(talk)
    with pytest.raises(WrongState):
        told.note(done, by=cast.ana, answer=HARD)
    again = running.undo_finish(done, by=cast.ana)
    assert shown(again) == GOOD
    told.take_out(again, by=cast.ana, answer=GOOD)
    assert ([each.status for each in Prompt.objects.all()], shown(again)) == (["planned"], "")


def test_a_start_after_which_something_was_noted_stays(cast, time_machine):
    before = begun(cast)
    prompt_of(followed(cast), "asked")
    time_machine.shift(600)
    talk = running.start(cast.plan(), by=cast.ana)
    told.note(talk, by=cast.ana, answer=GOOD)
    with pytest.raises(WrongState):
        running.undo_finish(before, by=cast.ana)
    told.take_out(talk, by=cast.ana)
    assert running.undo_finish(before, by=cast.ana).status == "running"


# -- what the mail does then ----------------------------------------------------------------------


def test_a_message_that_is_due_does_not_ask_it(cast, question):
    assert assembly.assemble(TUESDAY + 2 * HOUR) == 1
    (message,) = fresh(question).message.__class__.objects.all()
    micro = begun(cast)
    told.note(micro, by=cast.ana, answer=GOOD)
    assert still_due.open_prompts(message) == []
    told.take_out(micro, by=cast.ana)
    assert (fresh(question).message, still_due.open_prompts(fresh(message))) == (None, [])


def test_taken_out_while_its_mail_is_on_its_way_it_is_asked_by_that_mail_alone(cast, question, time_machine):
    time_machine.move_to(question.due_at + HOUR, tick=False)
    assembly.assemble(timezone.now())
    message = fresh(question).message
    message.deliveries.update(state="sending", leased_until=timezone.now() + HOUR, attempts=1)
    time_machine.shift(2)
    talk = begun(cast)
    told.note(talk, by=cast.ana, answer=GOOD)
    told.take_out(talk, by=cast.ana)
    assert fresh(question).message == message


def test_a_question_that_was_told_is_never_sent_and_never_missed(cast, talk, question):
    told.note(talk, by=cast.ana, answer=EASY)
    assert assembly.assemble(TUESDAY + 2 * HOUR) == 0
    assert prompts.close_unanswered(TUESDAY + 6 * DAY) == 0


def test_the_mails_link_says_who_noted_it_and_takes_the_learners_own(cast, client, time_machine):
    question = asked(cast)
    told.note(begun(cast), by=cast.ana, answer=HARD)
    link = reverse("learn:prompt-open", args=[links.token_of(question)])
    page = client.get(f"{link}?a={GOOD}")
    assert "Ana Silva noted your answer: “Yes, harder than planned”" in words(page)
    assert "You can change it until Wednesday 10:00." in words(page)
    assert client.post(link, {"answer": GOOD}).status_code == 302
    assert (fresh(question).answer, fresh(question).told_to) == (GOOD, None)
    assert "Saved: Yes, went as planned" in words(client.get(link))


# -- the learner's own ----------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [GOOD, HARD])
def test_the_learners_own_answer_takes_its_place_and_stays(cast, talk, question, answer):
    told.note(talk, by=cast.ana, answer=GOOD)
    prompts.answer(question, by=cast.leo, answer=answer)
    prompts.answer(question, by=cast.leo, answer=answer, note="It was loud.")
    own = fresh(question)
    assert (own.answer, own.told_to, own.asked_at, shown(talk)) == (answer, None, None, None)
    with pytest.raises(WrongState, match="Leo Marin has answered"):
        told.note(talk, by=cast.ana, answer=EASY)
    told.take_out(talk, by=cast.ana, answer=GOOD)
    assert fresh(question) == own


def test_what_the_learner_answered_is_not_noted_over(cast):
    question = asked(cast)
    micro = begun(cast)
    prompts.answer(question, by=cast.leo, answer=NO_CHANCE)
    before = state()
    with pytest.raises(WrongState, match="Leo Marin has answered: “No chance yet”"):
        told.note(micro, by=cast.ana, answer=GOOD)
    assert state() == before


def test_the_database_keeps_the_learners_own_answer_too(cast):
    own = prompt_of(followed(cast), "answered")
    with pytest.raises(IntegrityError, match="never in place of their own answer"), transaction.atomic():
        Prompt.objects.filter(pk=own.pk).update(told_to=cast.ana, answer=AGAIN)


def test_after_a_day_it_stays_as_it_is(cast, talk, question, time_machine):
    told.note(talk, by=cast.ana, answer=GOOD)
    time_machine.shift(DAY + HOUR)
    with pytest.raises(WrongState, match="24 hours"):
        prompts.answer(question, by=cast.leo, answer=HARD)


def test_a_missed_question_has_passed_once_a_later_one_was_told(cast):
    follow = followed(cast)
    missed = prompt_of(follow, "missed")
    prompt_of(follow, "planned")
    told.note(begun(cast), by=cast.ana, answer=GOOD)
    with pytest.raises(WrongState, match="has passed"):
        prompts.answer(missed, by=cast.leo, answer=HARD)


@pytest.mark.parametrize("stopped", [False, True])
def test_today_tells_the_learner_for_a_day_also_once_the_session_is_closed(cast, talk, question, time_machine, stopped):
    told.note(talk, by=cast.ana, answer=GOOD)
    closed(talk)
    if stopped:
        wishes.stop(by=cast.leo)
        cast.leo.refresh_from_db()
    card = told_card(cast.leo)
    assert card.title == "Ana Silva noted your answer: “Yes, went as planned”"
    assert card.quote == "When a customer repeats themselves, I will say what I heard."
    page = reverse("learn:prompt-answer", args=[question.pk])
    assert [(action.label, action.url) for action in card.actions] == [("Not right? Change it", page)]
    prompts.answer(question, by=cast.leo, answer=HARD)
    assert told_card(cast.leo) is None
    Prompt.objects.filter(pk=question.pk).update(told_to=None)
    time_machine.shift(DAY)
    assert told_card(cast.leo) is None


def test_today_tells_of_everything_that_was_noted(cast, talk):
    told.note(talk, by=cast.ana, answer=GOOD)
    running.finish(talk, by=cast.ana)
    second = other_enrolment(cast, "second")
    other = prompt_of(followed(cast, enrolment=second), "planned", at=TUESDAY + HOUR)
    told.note(running.start(cast.plan(enrolment=second), by=cast.ana), by=cast.ana, answer=AGAIN)
    (card,) = [card for card in cards(cast.leo, None) if card.kind == "told-for-me"]
    first = Prompt.objects.exclude(told_to=None).exclude(pk=other.pk).get()
    pages = [reverse("learn:prompt-answer", args=[each.pk]) for each in (other, first)]
    assert (card.count, card.title) == (2, "Ana Silva noted your answer: “Chance came, not this time”")
    assert [(each.label, each.url) for each in card.actions] == [
        ("Not right? Change it", pages[0]),
        ("Ana Silva noted your answer: “Yes, went as planned”", pages[1]),
    ]


def test_today_is_silent_after_a_day(cast, talk, time_machine):
    told.note(talk, by=cast.ana, answer=GOOD)
    time_machine.shift(DAY)
    assert told_card(cast.leo) is None


def test_the_record_says_what_was_told_to_whom(cast, talk, question, client):
    prompt_of(question.follow_up, "answered", at=TUESDAY - 3 * DAY, sequence=9)
    told.note(talk, by=cast.ana, answer=AGAIN)
    micro = question.follow_up.plan.micro
    leo = client.as_(cast.leo)
    for page in (reverse("learn:micro-show", args=[micro.pk]), reverse("learn:record")):
        assert "Applied in 1 of 2 chances. 1 told to Ana Silva" in words(leo.get(page)).replace(" · ", " ")


# -- the page -------------------------------------------------------------------------------------


def test_the_goal_step_shows_five_answers_and_the_one_that_was_told(cast, talk, client):
    ana = client.as_(cast.ana)
    page = ana.get(url("micro-run", talk.pk))
    labels = " ".join(map(str, Prompt.Answer.labels))
    assert f"“{SENTENCE}” {ASK} {labels} Success today" in words(page)
    assert ana.htmx(url("micro-told", talk.pk), {"answer": GOOD}).status_code == 204
    page = ana.get(url("micro-run", talk.pk))
    pressed = f'<button class="chip" name="out" value="{GOOD}" aria-pressed="true">Yes, went as planned</button>'
    assert pressed in page.content.decode()
    assert page.context["last"].chances == Chances()
    assert ana.htmx(url("micro-told", talk.pk), {"out": GOOD}).status_code == 204
    assert 'aria-pressed="true"' not in ana.get(url("micro-run", talk.pk)).content.decode()


def test_without_javascript_the_buttons_lead_back(cast, talk, question, client):
    back = f"{url('micro-run', talk.pk)}#told"
    ana = client.as_(cast.ana)
    assert ana.post(url("micro-told", talk.pk), {"answer": GOOD}).url == back
    assert ana.post(url("micro-told", talk.pk), {"out": GOOD}).url == back
    assert fresh(question).status == "planned"


def test_what_the_learner_answered_is_shown_and_nothing_asked(cast, client):
    prompts.answer(asked(cast), by=cast.leo, answer=GOOD)
    text = words(client.as_(cast.ana).get(url("micro-run", begun(cast).pk)))
    assert ("1 of 1 chance · Yes, went as planned, Tue 6 Jan" in text, ASK in text) == (True, False)


def test_the_goal_step_asks_at_no_extra_query(cast, client, time_machine, django_assert_num_queries):
    """Nine, as without a question: its prompts bring the chances, and whether it was put off is asked only then."""
    follow = followed(cast, ended=TUESDAY - 5 * DAY)
    answered(follow, 3)
    prompt_of(follow, "planned", at=at("2026-01-07T11:30"))
    page = url("micro-run", begun(cast).pk)
    ana = client.as_(cast.ana)
    time_machine.shift(60)  # the undo of the start has passed
    ana.get(page)
    with django_assert_num_queries(9):
        assert ASK in words(ana.get(page))
    Prompt.objects.filter(sequence=2).update(status="asked", asked_at=TUESDAY)
    with django_assert_num_queries(8):
        assert ASK in words(ana.get(page))


# -- the API ---------------------------------------------------------------------------------------


def test_the_api_notes_it_says_so_and_takes_it_out(cast, talk, question):
    ana, leo, path = Caller(cast.ana), Caller(cast.leo), f"micro-sessions/{talk.pk}/told/"
    noted = ana.post(path, {"answer": HARD}).json()
    said = {"id": question.pk, "answer": HARD, "asked_at": None, "told_to": {"id": cast.ana.pk, "name": "Ana Silva"}}
    assert {name: noted[name] for name in said} == said
    assert leo.get(f"prompts/{question.pk}/").json() == noted
    assert ana.delete(path).status_code == 204
    assert ana.post(path, {"answer": "maybe"}).json()["errors"]["answer"]
    own = leo.post(f"prompts/{question.pk}/answer/", {"answer": GOOD}).json()
    assert (own["answer"], own["told_to"]) == (GOOD, None)
    assert ana.post(path, {"answer": HARD}).status_code == 409


# -- at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("learner_first", [True, False])
def test_when_both_answer_at_once_the_learners_holds(cast, learner_first):
    question = asked(cast)
    micro = begun(cast)

    def by_learner():
        return prompts.answer(question, by=cast.leo, answer=NO_CHANCE)

    def by_coach():
        try:
            return told.note(micro, by=cast.ana, answer=GOOD)
        except WrongState as refusal:
            return str(refusal.sentence)

    second = raced(by_learner, by_coach) if learner_first else raced(by_coach, by_learner)
    assert (fresh(question).answer, fresh(question).told_to) == (NO_CHANCE, None)
    assert second == ("Leo Marin has answered: “No chance yet”" if learner_first else fresh(question))
    assert Prompt.objects.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_pages_at_once_leave_one_answer(cast, talk, question):
    raced(lambda: told.note(talk, by=cast.ana, answer=GOOD), lambda: told.note(talk, by=cast.ana, answer=HARD))
    assert [each.answer for each in Prompt.objects.all()] == [HARD, ""]
