"""The calendar file of a session's time (RFC 5545, 5546): one entry, followed through its moves by UID and SEQUENCE.

The title names the other person and nothing else: colleagues see each other's calendars.
"""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from programs.models import Member
from sessions.domain.links import absolute
from sessions.models import Message, MicroSession, Status


@dataclass(frozen=True)
class CalendarFile:
    text: str
    method: str


def calendar_file(message: Message, micro: MicroSession) -> CalendarFile:
    """METHOD REQUEST, or CANCEL for a cancelled session. The same message gives the same file at every try."""
    cancelled = micro.status == Status.CANCELLED
    method = "CANCEL" if cancelled else "REQUEST"
    calendar = Calendar()
    calendar.add("prodid", "-//CoachHub//CoachHub//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_event(message, micro, "CANCELLED" if cancelled else "CONFIRMED"))
    return CalendarFile(calendar.to_ical().decode(), method)


def _event(message: Message, micro: MicroSession, status: str) -> Event:
    event = Event()
    event.add("uid", str(micro.form_key))
    event.add("sequence", message.sequence)
    event.add("dtstamp", message.created_at)
    event.add("dtstart", micro.scheduled_for)
    event.add("dtend", micro.scheduled_for + timedelta(minutes=micro.minutes_planned))
    event.add("summary", _("%(minutes)s minutes with %(coach)s") % _words(micro))
    event.add("description", absolute("learn:micro-show", micro.pk))
    event.add("url", absolute("learn:micro-show", micro.pk))
    event.add("status", status)
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    event.add("organizer", _organizer(micro.coach), encode=False)
    event.add("attendee", _attendee(micro.learner), encode=False)
    return event


def _words(micro: MicroSession) -> dict[str, object]:
    return {"minutes": micro.minutes_planned, "coach": " ".join(micro.coach.name.split())}


def _organizer(coach: Member) -> vCalAddress:
    """The coach, for whom CoachHub writes."""
    address = _person(coach)
    address.params["SENT-BY"] = f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
    return address


def _attendee(learner: Member) -> vCalAddress:
    address = _person(learner)
    address.params["ROLE"] = "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = "NEEDS-ACTION"
    address.params["RSVP"] = "FALSE"
    return address


def _person(member: Member) -> vCalAddress:
    address = vCalAddress(f"mailto:{member.user.email}")
    address.params["CN"] = " ".join(member.name.split())
    return address
