"""What there is to see as one of the four people with whom the demo begins, in one line that is true now."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.models import Decision
from programs.models import Enrolment, Member
from sessions.domain.day import local_day
from sessions.models import MicroSession, Prompt, Status

LATE = timedelta(minutes=15)
NEAR = timedelta(minutes=30)


def coach(member: Member) -> str:
    """ "18 learners, a session in 6 minutes". Two queries."""
    number = Enrolment.objects.coached_by(member).active().values("learner").distinct().count()
    learners = ngettext("%(n)s learner", "%(n)s learners", number) % {"n": number}
    return ", ".join(filter(None, [learners, _next_session(member)]))


def _next_session(member: Member) -> str:
    now = timezone.localtime(timezone=ZoneInfo(member.timezone))
    planned = MicroSession.objects.coached_by(member).filter(
        status=Status.PLANNED, scheduled_for__gte=now - LATE, scheduled_for__lt=local_day(now)[1]
    )
    at = planned.order_by("scheduled_for").values_list("scheduled_for", flat=True).first()
    if at is None:
        return ""
    if at > now + NEAR:
        return _("a session at %(time)s") % {"time": time_format(at.astimezone(now.tzinfo), "H:i")}
    minutes = round((at - now) / timedelta(minutes=1))
    if minutes < 1:
        return _("a session now")
    return ngettext("a session in %(n)s minute", "a session in %(n)s minutes", minutes) % {"n": minutes}


def learner(member: Member) -> str:
    """ "a question to answer, a session to come". Two queries."""
    asked = Prompt.objects.asked_of(member).filter(status=Prompt.Status.ASKED)
    planned = MicroSession.objects.learned_by(member).filter(status=Status.PLANNED, scheduled_for__gte=timezone.now())
    found = [
        _("a question to answer") if asked.exists() else _("a plan"),
        _("a session to come") if planned.exists() else _("a record of what changed"),
    ]
    return ", ".join(found)


def manager(member: Member) -> str:
    """ "figures, a decision to check today". One query."""
    today = timezone.localdate(timezone=ZoneInfo(member.timezone))
    due = Decision.objects.visible_to(member).open().filter(owner=member, check_on__lte=today)
    return _("figures, a decision to check today") if due.exists() else _("figures, decisions and what came of them")


def administrator(member: Member) -> str:
    """ "somebody without a coach, an address that refuses mail". Two queries."""
    waiting = Enrolment.objects.managed_by(member).active().filter(coach=None)
    refusing = Member.objects.visible_to(member).active().exclude(mail_bounced_at=None)
    found = [
        _("somebody without a coach") if waiting.exists() else _("people and programs"),
        _("an address that refuses mail") if refusing.exists() else _("what is sent"),
    ]
    return ", ".join(found)
