"""What stands in each mail, in the reader's zone and in a plain mailbox, and what must never stand there."""

import datetime as dt
import email.policy
import re

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from programs.domain import addresses, enrolments, invitations
from programs.models import Invitation, Member
from sessions.domain import delivery, logging_held, outbox, schedule
from sessions.models import Delivery, ImprovementPlan, Message, MicroSession, Prompt
from tests.sessions.prompt_steps import SENTENCE, at, followed, fresh, other_enrolment, prompt_of
from tests.sessions.rate_steps import hand_in, reflect

WEDNESDAY = at("2026-01-07T10:30")
PLANTED = "<b>{{7*7}}</b>\r\nBcc: all@northwind.example =?utf-8?b?AOKArmRyYXc=?= x"
"""Markup, a template, a line of the header, and a word that decodes to a null and a turn of direction."""


@pytest.fixture(autouse=True)
def on_wednesday(time_machine, settings):
    time_machine.move_to(WEDNESDAY, tick=False)
    settings.SITE_URL = "https://coach.example"


@pytest.fixture
def question(cast):
    """Leo's question of today, about his plan from Monday."""
    follow_up = followed(cast, ended=at("2026-01-05T14:25"))
    return add_question(cast, follow_up)


def add_question(cast, follow_up) -> Prompt:
    message, _made = Message.objects.get_or_create(
        organization=cast.organization, recipient=cast.leo, kind="prompts", local_date="2026-01-07",
        defaults={"due_at": WEDNESDAY},
    )  # fmt: skip
    Delivery.objects.get_or_create(message=message, defaults={"next_try_at": WEDNESDAY})
    return prompt_of(follow_up, "planned", at=WEDNESDAY, message=message)


def sent(now: dt.datetime = WEDNESDAY):
    """The one mail that goes out."""
    Delivery.objects.update(next_try_at=now)
    assert delivery.send_due(now=now) == {"sent": 1}
    (only,) = mail.outbox
    return only


def html_of(sent_mail) -> str:
    return sent_mail.alternatives[0].content


# Prompts

TEXT = """Hello Leo Marin,

Your plan from Monday: "When a customer repeats themselves, I will say what I heard."

Did a chance come?
Tap one, then Save on the page that opens. You need not sign in, and no answer is a score.

* Yes, went as planned
  https://coach.example/learn/…/?a=as_planned
* Yes, harder than planned
  https://coach.example/learn/…/?a=harder
* Yes, came naturally
  https://coach.example/learn/…/?a=naturally
* No chance yet
  https://coach.example/learn/…/?a=no_chance
* Chance came, not this time
  https://coach.example/learn/…/?a=not_this_time

Fewer of these: https://coach.example/learn/…/?do=fewer
New plan, please: https://coach.example/learn/…/?do=new_plan
Ask me tomorrow: https://coach.example/learn/…/?do=snooze

--
CoachHub
Pause or stop these questions: https://coach.example/learn/…/""".replace("--\n", "-- \n")


def test_question_as_text(question):
    text = re.sub(r"/prompts/[^/]+/|/unsubscribe/[^/]+/", "/…/", sent().body).strip()
    assert text == TEXT


def test_question_as_html_has_the_same_links(question):
    only = sent()
    in_html = re.findall(r'href="([^"]+)"', html_of(only))
    assert sorted(in_html) == sorted(re.findall(r"https://\S+", only.body))
    assert f"<blockquote>{SENTENCE}</blockquote>" in html_of(only)


def test_question_is_asked_once_it_is_sent(question):
    assert fresh(question).status == "planned"
    sent()
    assert (fresh(question).status, fresh(question).asked_at) == ("asked", WEDNESDAY)


@pytest.mark.parametrize(
    ("ended", "subject"),
    [
        ("2026-01-07T00:20", "20 seconds: your plan from today"),
        ("2026-01-06T23:50", "20 seconds: your plan from yesterday"),
        ("2026-01-05T14:25", "20 seconds: your plan from Monday"),
        ("2026-01-01T00:20", "20 seconds: your plan from Thursday"),
        ("2025-12-31T23:50", "20 seconds: your plan from 31 December"),
        ("2025-12-16T23:30", "20 seconds: your plan from 16 December"),
    ],
)
def test_subject_tells_the_day_and_nothing_else(cast, ended, subject):
    add_question(cast, followed(cast, ended=at(ended)))
    assert sent().subject == subject


def test_day_is_the_readers(cast):
    Member.objects.filter(pk=cast.leo.pk).update(
        timezone="Pacific/Auckland", work_start=dt.time(0, 1), work_end=dt.time(23)
    )
    add_question(cast, followed(cast, ended=at("2026-01-04T14:25")))  # Monday 02:10 there
    assert sent().subject == "20 seconds: your plan from Monday"


def test_several_questions_share_a_mail_and_have_their_own_links(cast, question):
    other = add_question(cast, followed(cast, enrolment=other_enrolment(cast, "b")))
    only = sent()
    assert only.subject == "20 seconds each: your 2 plans"
    tokens = set(re.findall(r"/prompts/([^/]+)/", only.body))
    assert len(tokens) == 2
    assert only.body.count("Did a chance come?") == 2
    assert {fresh(prompt).status for prompt in (question, other)} == {"asked"}


def test_answered_question_is_left_out_of_a_shared_mail(cast, question):
    other = add_question(cast, followed(cast, enrolment=other_enrolment(cast, "b")))
    Prompt.objects.filter(pk=other.pk).update(status="answered", answer="as_planned", answered_at=WEDNESDAY)
    only = sent()
    assert only.subject == "20 seconds: your plan from Monday"
    assert len(set(re.findall(r"/prompts/([^/]+)/", only.body))) == 1


def test_mail_holds_none_of_their_words_if_they_want_it_so(cast, question):
    Member.objects.filter(pk=cast.leo.pk).update(keeps_words_out_of_mail=True)
    only = sent()
    assert "About your plan from Monday" in only.body
    for part in (only.subject, only.body, html_of(only)):
        assert "customer" not in part
        assert "say what I heard" not in part


def test_question_about_a_session_without_a_plan_names_the_focus(cast, question):
    ImprovementPlan.objects.update(cue="", will="")
    only = sent()
    assert only.subject == "20 seconds: your session on Monday"
    assert "About your session on Monday: Names the feeling before offering a fix" in only.body


def test_mail_never_names_the_pillar(cast, question):
    only = sent()
    for part in (only.subject, only.body, html_of(only)):
        assert "escalat" not in part


@pytest.mark.parametrize(
    ("history", "words"),
    [
        (["no_chance", "no_chance"], "No chance twice. Perhaps another moment fits better:"),
        (["as_planned", ""], "We ask once more, in case the last question slipped by."),
        ([""] * 3, "Is this a bad time of day? Choose another on your profile: https://coach.example/me/"),
        ([""] * 4, "If this one stays unanswered too, we stop asking. Nothing else happens."),
    ],
)
def test_question_adds_what_the_history_calls_for(cast, history, words):
    follow_up = followed(cast, ended=at("2026-01-05T14:25"))
    for word in history:
        prompt_of(follow_up, "answered" if word else "missed", **({"answer": word} if word else {}))
    add_question(cast, follow_up)
    only = sent()
    assert words in only.body
    assert words.split(":")[0].split("?")[0].split(".")[0] in html_of(only)


# Headers


def test_headers_of_a_question(cast, question):
    only = sent()
    row = Delivery.objects.get()
    stop = only.extra_headers["List-Unsubscribe"]
    assert re.fullmatch(r"<https://coach\.example/learn/unsubscribe/[^/]+/>", stop)
    assert {name: value for name, value in only.extra_headers.items() if name != "List-Unsubscribe"} == {
        "Message-ID": f"<{row.pk}@coach.example>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert only.to == ["Leo Marin <leo@northwind.example>"]


def test_long_links_stay_whole_on_the_wire(question):
    raw = sent().message(policy=email.policy.SMTP).as_bytes()
    assert re.search(rb"^List-Unsubscribe: <https://coach\.example/learn/unsubscribe/[^/]+/>\r$", raw, re.MULTILINE)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_only_questions_can_be_unsubscribed_from(cast):
    outbox.tell_schedule(cast.plan(when=at("2026-01-12T14:10")))
    assert "List-Unsubscribe" not in sent().extra_headers


def test_mail_loads_nothing_and_runs_nothing(question):
    html = html_of(sent())
    assert re.findall(r"<(?:img|script|link|iframe|object)|url\(|@import", html) == []


def plant(cast) -> None:
    """In every field that may reach a mail."""
    Member.objects.update(name=PLANTED)
    cast.organization.__class__.objects.update(name=PLANTED)
    ImprovementPlan.objects.update(cue=PLANTED, will=PLANTED)
    Prompt.objects.update(question=PLANTED)
    MicroSession.objects.update(cancel_note=PLANTED)


def every_kind(cast):
    add_question(cast, followed(cast, ended=at("2026-01-05T14:25")))
    yield Message.objects.get(kind="prompts")
    ended = WEDNESDAY - dt.timedelta(minutes=5)
    yield outbox.ask_to_rate(cast.held(started_at=ended - dt.timedelta(minutes=15), ended_at=ended), due_at=WEDNESDAY)
    yield outbox.tell_schedule(cast.plan(when=at("2026-01-12T14:10")))
    schedule.cancel(cast.plan(when=at("2026-01-13T14:10")), by=cast.ana)
    yield Message.objects.get(sequence=1)
    schedule.keep_time(schedule.ask_to_move(cast.plan(when=at("2026-01-14T14:10")), by=cast.leo), by=cast.ana)
    yield Message.objects.get(kind="kept")
    Member.objects.filter(pk=cast.lia.pk).update(joined_at=None)
    invitations.invite(fresh(cast.lia), by=cast.ada)
    yield Message.objects.get(kind="invitation")
    addresses.change_email(cast.cole, by=cast.ada, email="cole.berg@northwind.example")
    yield Message.objects.get(kind="address")
    yield outbox.send_test(by=cast.ada)


def test_planted_words_come_out_harmless_in_every_mail(cast):
    assert [message.kind for message in every_kind(cast)] == [
        "prompts", "rate", "schedule", "schedule", "kept", "invitation", "address", "test",
    ]  # fmt: skip
    plant(cast)
    Delivery.objects.update(next_try_at=WEDNESDAY)
    assert delivery.send_due(now=WEDNESDAY) == {"sent": 8}
    for each in mail.outbox:
        raw = each.message(policy=email.policy.SMTP).as_bytes()
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        assert parsed["Bcc"] is None
        assert not set("\0\u202e") & set(parsed["Subject"] + str(parsed["To"]))
        assert [address.addr_spec for address in parsed["To"].addresses] == [each.to[0].split("<")[-1].rstrip(">")]
        html = parsed.get_body(("html",)).get_content()
        assert "<b>" not in html
        assert "49" not in re.sub(r"https?://\S+", "", parsed.get_body(("plain",)).get_content())
        for part in parsed.iter_attachments():
            assert not re.search(r"^Bcc", part.get_content(), re.MULTILINE)


# Rate, schedule, invitation, test


def test_asked_to_rate(cast):
    ended = WEDNESDAY - dt.timedelta(minutes=5)
    micro = cast.held(started_at=ended - dt.timedelta(minutes=15), ended_at=ended)
    outbox.ask_to_rate(micro, due_at=WEDNESDAY)
    only = sent()
    assert only.subject == "90 seconds: your session with Ana Silva"
    assert f"https://coach.example/learn/sessions/{micro.pk}/rate/" in only.body
    assert "How did it go with Ana Silva today? Rate yourself" in only.body
    assert "Ana Silva sees nothing until both of you have rated." in only.body


@pytest.mark.parametrize("heard", [True, False])
def test_who_heard_that_it_is_cancelled_is_told_that_it_took_place_after_all(cast, heard, time_machine):
    micro = cast.plan(when=WEDNESDAY - dt.timedelta(minutes=16))
    time_machine.move_to(WEDNESDAY - dt.timedelta(minutes=5), tick=False)
    schedule.cancel(micro, by=cast.ana)
    if heard:
        sent(timezone.now())
        mail.outbox.clear()
    time_machine.move_to(WEDNESDAY, tick=False)
    micro = schedule.restore(micro, by=cast.ana)
    go_out()
    assert mail.outbox == []
    logging_held.took_place(micro, by=cast.ana, held_at=micro.scheduled_for, minutes=15)
    only = sent()
    said = "You were told that your session with Ana Silva is cancelled. It took place after all. How did it go"
    assert [said in only.body, said in html_of(only)] == [heard] * 2


REFLECT = """Hello Leo Marin,

You have rated your session with Ana Silva today. What do you take from it? A line or two is enough.

Write it, 60 seconds:
https://coach.example/learn/sessions/…/rate/

Ana Silva reads what you write. Nobody else can open it in CoachHub.

--
CoachHub""".replace("--\n", "-- \n")


@pytest.mark.parametrize("who", [["leo"], ["leo", "ana"]], ids=["sealed", "open"])
def test_who_has_rated_is_asked_for_the_reflection_alone_in_the_same_words_before_the_reveal(cast, client, who):
    ended = WEDNESDAY - dt.timedelta(minutes=5)
    micro = cast.held(started_at=ended - dt.timedelta(minutes=15), ended_at=ended)
    for rater in who:
        hand_in(micro, getattr(cast, rater), 3, 1, 2)
    assert fresh(micro).is_revealed == (len(who) == 2)
    outbox.ask_to_rate(micro, due_at=WEDNESDAY)
    only = sent(WEDNESDAY + dt.timedelta(hours=1))
    assert only.subject == "60 seconds: what do you take from your session with Ana Silva?"
    assert only.body.replace(f"/{micro.pk}/", "/…/").strip() == REFLECT
    (link,) = re.findall(r'href="([^"]+)"', html_of(only))
    assert link in only.body
    assert "You have rated your session with Ana Silva today. What do you take from it?" in html_of(only)
    page = client.as_(cast.leo).get(link.removeprefix("https://coach.example"))
    assert (page.status_code, "What changed?" in page.content.decode()) == (200, True)


def test_who_has_reflected_is_asked_for_the_rating_alone(cast):
    ended = WEDNESDAY - dt.timedelta(minutes=5)
    micro = cast.held(started_at=ended - dt.timedelta(minutes=15), ended_at=ended)
    reflect(micro)
    outbox.ask_to_rate(micro, due_at=WEDNESDAY)
    only = sent()
    assert only.subject == "20 seconds: rate yourself in your session with Ana Silva"
    for words in (only.body, html_of(only)):
        assert (
            "You have written about your session with Ana Silva today. Rate yourself too, a tap for each line." in words
        )
        assert "Rate, 20 seconds" in words
    assert f"https://coach.example/learn/sessions/{micro.pk}/rate/" in only.body


@pytest.mark.parametrize(
    ("started", "zone", "when"),
    [
        ("2026-01-05T23:30", "Europe/Berlin", "on Monday"),
        ("2026-01-06T23:30", "Europe/Berlin", "yesterday"),
        ("2026-01-06T23:30", "Pacific/Auckland", "today"),
        ("2025-12-31T10:00", "Europe/Berlin", "on 31 December"),
    ],
)
def test_the_day_of_a_rating_is_the_readers_and_today_on_the_same(cast, started, zone, when):
    Member.objects.filter(pk=cast.leo.pk).update(timezone=zone, work_start=dt.time(0, 1), work_end=dt.time(23))
    outbox.ask_to_rate(cast.held(started_at=at(started), ended_at=at(started) + dt.timedelta(minutes=15)))
    only = sent()
    for body in (only.body, html_of(only)):
        assert f"How did it go with Ana Silva {when}? Rate yourself" in body


def entry(only):
    """The calendar file's method and its one event."""
    (part,) = only.message(policy=email.policy.SMTP).iter_attachments()
    assert part.get_content_type() == "text/calendar"
    calendar = Calendar.from_ical(part.get_content())
    assert part.get_param("method") == calendar["METHOD"]
    return str(calendar["METHOD"]), calendar.walk("VEVENT")[0]


def test_planned_session(cast):
    micro = cast.plan(when=at("2026-01-12T14:10"))
    outbox.tell_schedule(micro)
    only = sent()
    assert only.subject == "Mon 12 Jan, 14:10: 15 minutes with Ana Silva"
    assert "Monday 12 January, 14:10" in only.body
    method, event = entry(only)
    assert (method, event["UID"], event["SEQUENCE"], event["STATUS"]) == (
        "REQUEST",
        str(micro.form_key),
        0,
        "CONFIRMED",
    )
    assert event["DTSTART"].to_ical() == b"20260112T131000Z"
    assert event["DTEND"].to_ical() == b"20260112T132500Z"
    assert event["SUMMARY"] == "15 minutes with Ana Silva"
    assert event["ORGANIZER"] == "mailto:ana@northwind.example"
    assert event["ORGANIZER"].params["SENT-BY"] == "mailto:coachhub@localhost"
    assert event["ATTENDEE"] == "mailto:leo@northwind.example"
    assert event["CLASS"] == "PRIVATE"


def test_moved_session_keeps_its_place_in_the_calendar(cast):
    micro = cast.plan(when=at("2026-01-12T14:10"))
    outbox.tell_schedule(micro)
    sent()
    mail.outbox.clear()
    schedule.move(micro, by=cast.ana, to=at("2026-01-13T09:00"), reason="queue")
    only = sent()
    assert only.subject == "Moved to Tue 13 Jan, 09:00: 15 minutes with Ana Silva"
    assert "New: Tuesday 13 January, 09:00\nBefore: Monday 12 January, 14:10" in only.body
    method, event = entry(only)
    assert (method, event["UID"], event["SEQUENCE"]) == ("REQUEST", str(micro.form_key), 1)
    assert event["DTSTART"].to_ical() == b"20260113T080000Z"


def test_session_moved_before_anything_was_sent_is_simply_announced(cast):
    micro = cast.plan(when=at("2026-01-12T14:10"))
    outbox.tell_schedule(micro)
    schedule.move(micro, by=cast.ana, to=at("2026-01-13T09:00"), reason="queue")
    Delivery.objects.update(next_try_at=WEDNESDAY)
    assert delivery.send_due(now=WEDNESDAY) == {"sent": 1, "cancelled": 1}
    assert [each.subject for each in mail.outbox] == ["Tue 13 Jan, 09:00: 15 minutes with Ana Silva"]


def go_out() -> None:
    """Until now nothing of it had; what was written goes out as it stands."""
    Delivery.objects.filter(state="due").update(next_try_at=WEDNESDAY)
    delivery.send_due(now=WEDNESDAY, any_hour=True)


@pytest.fixture
def told(cast) -> MicroSession:
    """Leo was told of fifteen minutes with Ana on Monday, 12 January."""
    micro = cast.plan(when=at("2026-01-12T14:10"))
    outbox.tell_schedule(micro)
    go_out()
    mail.outbox.clear()
    return micro


def move(micro: MicroSession, cast, to: str) -> MicroSession:
    return schedule.move(micro, by=cast.ana, to=at(to), reason="queue")


def test_cancelled_is_the_time_that_they_were_told(cast, told):
    micro = move(told, cast, "2026-01-19T15:00")
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    schedule.cancel(fresh(micro), by=cast.cole)
    only = sent_last()
    assert only.subject == "Cancelled: Mon 12 Jan, 14:10 with Ana Silva"
    for words in (only.body, html_of(only)):
        assert "The session with Ana Silva on Monday 12 January, 14:10 does not take place." in words
    method, event = entry(only)
    assert (method, event["DTSTART"].to_ical()) == ("CANCEL", b"20260112T131000Z")
    assert event["ORGANIZER"] == "mailto:ana@northwind.example"
    assert fresh(micro).scheduled_for == at("2026-01-19T15:00")


def test_before_is_the_time_that_they_were_told(cast, told):
    move(move(told, cast, "2026-01-13T09:00"), cast, "2026-01-14T09:00")
    only = sent_last()
    assert "New: Wednesday 14 January, 09:00\nBefore: Monday 12 January, 14:10\n" in only.body
    assert "Before: Monday 12 January, 14:10<" in html_of(only)


def test_a_move_taken_back_after_it_was_told_is_a_move(cast, told):
    micro = move(told, cast, "2026-01-13T09:00")
    go_out()
    schedule.take_back_move(micro, by=cast.ana, sequence=1)
    only = sent_last()
    assert only.subject == "Moved to Mon 12 Jan, 14:10: 15 minutes with Ana Silva"
    assert "New: Monday 12 January, 14:10\nBefore: Tuesday 13 January, 09:00\n" in only.body


CHANGED = """Hello Leo Marin,

Your session has changed. It is now 15 minutes with Cole Berg.

Tuesday 13 January, 09:00
Before: 15 minutes with Ana Silva

See it, or ask to move:
https://coach.example/learn/sessions/{pk}/

The file attached puts it into your calendar.

--
CoachHub""".replace("--\n", "-- \n")


def test_a_move_is_told_once_and_a_new_coach_as_such(cast, told):
    move(told, cast, "2026-01-13T09:00")
    go_out()
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    only = sent_last()
    assert only.subject == "Changed: Tue 13 Jan, 09:00, 15 minutes with Cole Berg"
    assert only.body.strip() == CHANGED.format(pk=told.pk)
    assert "Before: 15 minutes with Ana Silva<" in html_of(only)


def test_moved_and_with_a_new_coach_both_are_told(cast, told):
    move(told, cast, "2026-01-13T09:00")
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    only = sent_last()
    assert "Your 15 minutes with Cole Berg have moved." in only.body
    assert "Before: Monday 12 January, 14:10, with Ana Silva\n" in only.body
    assert "Before: Monday 12 January, 14:10, with Ana Silva<" in html_of(only)


def test_a_cancellation_taken_back_after_it_was_told_says_so(cast, told):
    micro = schedule.cancel(told, by=cast.ana)
    go_out()
    schedule.restore(micro, by=cast.ana)
    only = sent_last()
    assert only.subject == "After all: Mon 12 Jan, 14:10, 15 minutes with Ana Silva"
    for words in (only.body, html_of(only)):
        assert "Your 15 minutes with Ana Silva take place after all:" in words
    assert entry(only)[0] == "REQUEST"


def sent_last():
    """What they are told last, once all that waits has gone out."""
    go_out()
    return mail.outbox[-1]


KEPT = """Hello Leo Marin,

You asked for another time. Ana Silva keeps the one that is planned:

Monday 12 January, 14:10

See it, or ask again:
https://coach.example/learn/sessions/{pk}/

--
CoachHub""".replace("--\n", "-- \n")


def test_kept_time_is_said_in_a_sentence_without_the_wish(cast):
    micro = schedule.ask_to_move(cast.plan(when=at("2026-01-12T14:10")), by=cast.leo, note="Dentist at two")
    schedule.keep_time(micro, by=cast.ana)
    only = sent()
    assert only.subject == "It stays at Mon 12 Jan, 14:10 with Ana Silva"
    assert only.body.strip() == KEPT.format(pk=micro.pk)
    assert (only.attachments, "Dentist" in html_of(only)) == ([], False)
    assert "<h2>Monday 12 January, 14:10</h2>" in html_of(only)
    assert re.findall(r'href="([^"]+)"', html_of(only)) == [f"https://coach.example/learn/sessions/{micro.pk}/"]


def test_cancelled_session_leaves_the_calendar(cast):
    micro = cast.plan(when=at("2026-01-12T14:10"))
    outbox.tell_schedule(micro)
    sent()
    mail.outbox.clear()
    schedule.cancel(micro, by=cast.ana, note="Ana is ill.")
    only = sent()
    assert only.subject == "Cancelled: Mon 12 Jan, 14:10 with Ana Silva"
    assert '"Ana is ill."' in only.body
    method, event = entry(only)
    assert (method, event["SEQUENCE"], event["STATUS"]) == ("CANCEL", 1, "CANCELLED")


def test_calendar_file_is_the_same_at_every_try(cast):
    outbox.tell_schedule(cast.plan(when=at("2026-01-12T14:10")))
    first = sent().message().as_bytes()
    Delivery.objects.update(state="due", sent_at=None)
    mail.outbox.clear()
    boundary = rb"={15}\d+=="
    assert re.sub(boundary, b"", sent().message().as_bytes()) == re.sub(boundary, b"", first)


def test_invitation(cast):
    Member.objects.filter(pk=cast.leo.pk).update(joined_at=None)
    invitation = invitations.invite(fresh(cast.leo), by=cast.ada)
    only = sent()
    assert only.subject == "Northwind invites you to CoachHub"
    assert invitations.link_of(invitation) in only.body
    assert "works until Wednesday 21 January" in only.body
    assert "Ada Okafor invites you to CoachHub at Northwind" in only.body


def test_invitation_whose_link_cannot_be_made_any_more_fails(cast):
    Member.objects.filter(pk=cast.leo.pk).update(joined_at=None)
    invitations.invite(fresh(cast.leo), by=cast.ada)
    Invitation.objects.update(token_hash="x")
    Delivery.objects.update(next_try_at=WEDNESDAY)
    assert delivery.send_due(now=WEDNESDAY) == {"failed": 1}
    assert Delivery.objects.get().reason == "This invitation cannot be sent any more; make a new one."
    assert mail.outbox == []


ADDRESS = """Hello Leo Marin,

Ada Okafor changed the address with which you sign in to CoachHub at Northwind. \
Neither this one nor its password lets anybody in there any more.

You did not expect it? Then ask Ada Okafor, or whoever runs CoachHub in your organization.

--
CoachHub""".replace("--\n", "-- \n")


def test_old_address_hears_of_the_change_and_is_forgotten(cast):
    addresses.change_email(cast.leo, by=cast.ada, email="leo.marin@northwind.example")
    only = sent()
    assert (only.to, only.subject) == (["Leo Marin <leo@northwind.example>"], "Your address at Northwind was changed")
    assert only.body.strip() == ADDRESS
    assert [part in html_of(only) for part in ADDRESS.split("\n\n")[:3]] == [True] * 3
    assert (re.findall("https?://", only.body + html_of(only)), "leo.marin" in only.body) == ([], False)
    assert Message.objects.get().address == ""


def test_address_that_is_theirs_again_is_not_told_that_it_lets_nobody_in(cast):
    addresses.change_email(cast.leo, by=cast.ada, email="leo.marin@northwind.example")
    addresses.change_email(cast.leo, by=cast.ada, email="leo@northwind.example")
    Delivery.objects.update(next_try_at=WEDNESDAY)
    assert delivery.send_due(now=WEDNESDAY) == {"sent": 2}
    said = {each.to[0]: each.body for each in mail.outbox}
    assert "It has been changed back since. Sign in with an e-mailed code." in said["Leo Marin <leo@northwind.example>"]
    assert (
        "Neither this one nor its password lets anybody in there any more."
        in said["Leo Marin <leo.marin@northwind.example>"]
    )


def test_test_mail(cast):
    outbox.send_test(by=cast.ada)
    only = sent()
    assert only.subject == "Test mail from CoachHub"
    assert "https://coach.example" in only.body
