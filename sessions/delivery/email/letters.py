"""The words of each mail, rendered from the rows at send time, in the reader's zone. No tracking, nothing remote."""

from collections.abc import Callable
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from programs.domain import invitations
from programs.models import Member
from sessions.delivery.base import DeliveryFailed
from sessions.delivery.email.ics import CalendarFile, calendar_file
from sessions.domain import announced, links, still_due
from sessions.domain.announced import News
from sessions.domain.questions import Question, question_of
from sessions.domain.times import on_past_day
from sessions.domain.wishes import Wish
from sessions.models import Delivery, Message, MicroSession, Prompt


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str
    to: str
    headers: dict[str, str]
    calendar: CalendarFile | None = None


@dataclass(frozen=True)
class Draft:
    """What one kind adds: its subject, what its templates read, more headers, a calendar file."""

    subject: str
    context: dict[str, object]
    headers: dict[str, str] = field(default_factory=dict)
    calendar: CalendarFile | None = None


def write(delivery: Delivery) -> Letter:
    """The mail of a delivery. Raises DomainError when what it is about can no longer be told."""
    message = delivery.message
    with timezone.override(ZoneInfo(message.recipient.timezone)):
        draft = WRITERS[Message.Kind(message.kind)](message)
        context = draft.context | {"recipient": message.recipient, "subject": draft.subject}
        template = f"emails/{message.kind}"
        return Letter(
            subject=in_header(draft.subject),
            text=render_to_string(f"{template}.txt", context),
            html=render_to_string(f"{template}.html", context),
            to=address_of(message.recipient, message.address),
            headers=_headers(delivery) | draft.headers,
            calendar=draft.calendar,
        )


def address_of(member: Member, email: str = "") -> str:
    """ "Leo Marin <leo@northwind.example>", or another address. Raises DeliveryFailed for what cannot be an address."""
    try:
        address = Address(in_header(member.name), addr_spec=email or member.user.email)
    except (ValueError, HeaderParseError) as error:
        raise no_address() from error
    if not address.username.isascii():
        raise no_address()
    return str(address)


def in_header(words: str) -> str:
    """One line, in which nothing reads as an encoded word (RFC 2047): it would be decoded, to line breaks or nulls."""
    return " ".join(words.split()).replace("=?", "= ?")


def no_address() -> DeliveryFailed:
    """Nothing can be sent there, now or later."""
    return DeliveryFailed(_("This is no address that mail can be sent to."), permanent=True, address_refused=True)


def _headers(delivery: Delivery) -> dict[str, str]:
    """The same identity at every try; and a note to other machines not to answer."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return {"Message-ID": f"<{delivery.pk}@{host}>", "Auto-Submitted": "auto-generated"}


def _prompts(message: Message) -> Draft:
    questions = [question_of(prompt) for prompt in still_due.open_prompts(message)]
    stop = links.absolute("learn:prompts-unsubscribe", links.stop_token_of(message.recipient))
    context: dict[str, object] = {
        "questions": [_asked(question, message.recipient) for question in questions],
        "stop_url": stop,
        "profile_url": links.absolute("profile"),
    }
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return Draft(_prompts_subject(questions), context, headers)


def _prompts_subject(questions: list[Question]) -> str:
    """Never the pillar, never a word of the plan: a subject is read over shoulders."""
    if len(questions) > 1:
        return _("20 seconds each: your %(count)s plans") % {"count": len(questions)}
    first = questions[0]
    if first.sentence:
        return _("20 seconds: your plan from %(day)s") % {"day": first.day}
    return _("20 seconds: your session %(on_day)s") % {"on_day": first.on_day}


def _asked(question: Question, reader: Member) -> dict[str, Any]:
    token = links.token_of(question.prompt, reader)
    page = "learn:prompt-open"
    return {
        "question": question,
        "sentence": "" if reader.keeps_words_out_of_mail else question.sentence,
        "answers": [(label, links.absolute(page, token, a=value)) for value, label in Prompt.Answer.choices],
        "wishes": {wish.value: links.absolute(page, token, do=wish.value) for wish in Wish},
    }


def _rate(message: Message) -> Draft:
    """For what the learner has not done yet; nothing tells whether the coach has rated or both are open."""
    micro = _micro(message)
    rated = still_due.rated_at(micro) is not None
    reflected = still_due.has_reflected(micro)
    if rated:
        subject = _("60 seconds: what do you take from your session with %(coach)s?")
    elif reflected:
        subject = _("20 seconds: rate yourself in your session with %(coach)s")
    else:
        subject = _("90 seconds: your session with %(coach)s")
    at = micro.started_at or micro.scheduled_for
    context = {
        "micro": micro,
        "rated": rated,
        "reflected": reflected,
        "after_all": bool(micro.schedule_sequence) and announced.is_known_as_cancelled(micro),
        "on_day": on_past_day(at),
        "url": links.absolute("learn:rating-edit", micro.pk),
    }
    return Draft(subject % {"coach": micro.coach}, context)


def _schedule(message: Message) -> Draft:
    micro = _micro(message)
    known = announced.known_before(message)
    news = announced.news_of(micro, known)
    if news is None:
        raise ValueError(f"message {message.pk} tells nothing new")
    before = known.shown(micro) if known else micro
    if news is News.CANCELLED:  # what is cancelled is what they know of
        micro = before
    when = format_date(timezone.localtime(micro.scheduled_for), "D j M, H:i")
    context: dict[str, object] = {
        "micro": micro,
        "news": news.value,
        "before": before,
        "url": links.absolute("learn:micro-show", micro.pk),
    }
    words = {"when": when, "minutes": micro.minutes_planned, "coach": micro.coach}
    return Draft(_schedule_subject(news) % words, context, calendar=calendar_file(message, micro))


def _schedule_subject(news: News) -> str:
    return {
        News.PLANNED: _("%(when)s: %(minutes)s minutes with %(coach)s"),
        News.MOVED: _("Moved to %(when)s: %(minutes)s minutes with %(coach)s"),
        News.CHANGED: _("Changed: %(when)s, %(minutes)s minutes with %(coach)s"),
        News.RESTORED: _("After all: %(when)s, %(minutes)s minutes with %(coach)s"),
        News.CANCELLED: _("Cancelled: %(when)s with %(coach)s"),
    }[news]


def _kept(message: Message) -> Draft:
    micro = _micro(message)
    when = format_date(timezone.localtime(micro.scheduled_for), "D j M, H:i")
    subject = _("It stays at %(when)s with %(coach)s") % {"when": when, "coach": micro.coach}
    return Draft(subject, {"micro": micro, "url": links.absolute("learn:micro-show", micro.pk)})


def _invitation(message: Message) -> Draft:
    invitation = message.invitation
    if invitation is None:
        raise ValueError(f"message {message.pk} names no invitation")
    subject = _("%(organization)s invites you to CoachHub") % {"organization": message.recipient.organization}
    return Draft(subject, {"invitation": invitation, "url": invitations.link_of(invitation)})


def _address(message: Message) -> Draft:
    """To the old address alone; one that is theirs again lets them in."""
    if not message.address:
        raise ValueError(f"message {message.pk} names no address")
    subject = _("Your address at %(organization)s was changed") % {"organization": message.recipient.organization}
    back = message.address.lower() == message.recipient.user.email.lower()
    return Draft(subject, {"by": message.changed_by, "back": back})


def _test(message: Message) -> Draft:
    return Draft(_("Test mail from CoachHub"), {"site": settings.SITE_URL})


def _micro(message: Message) -> MicroSession:
    if message.micro is None:
        raise ValueError(f"message {message.pk} names no session")
    return message.micro


WRITERS: dict[Message.Kind, Callable[[Message], Draft]] = {
    Message.Kind.PROMPTS: _prompts,
    Message.Kind.RATE: _rate,
    Message.Kind.SCHEDULE: _schedule,
    Message.Kind.KEPT: _kept,
    Message.Kind.INVITATION: _invitation,
    Message.Kind.ADDRESS: _address,
    Message.Kind.TEST: _test,
}
