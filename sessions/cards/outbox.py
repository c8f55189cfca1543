"""What an administrator has to mend so that messages arrive."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.access import Role
from programs.cards import Action, Card, Urgency
from programs.models import Member
from sessions.domain import delivery
from sessions.models import Delivery

RECENT = timedelta(days=7)
WORKER_SILENT = timedelta(minutes=3)


def outbox_cards(member: Member) -> list[Card]:
    """A worker that is silent, addresses that refuse mail, messages that failed this week. Three queries."""
    return [*_worker(), *_bounced(member), *_failed(member)]


def _worker() -> list[Card]:
    now = timezone.now()
    beat = delivery.last_beat()
    if beat is None or now - beat < WORKER_SILENT:
        return []
    minutes = int((now - beat) / timedelta(minutes=1))
    line = _("The worker has been silent for %(minutes)s minutes, so nothing is sent. Messages are kept.")
    return [_card("worker", _("Mail waits"), line % {"minutes": minutes}, _("Outbox"), reverse("manage:outbox-list"))]


def _bounced(member: Member) -> list[Card]:
    people = Member.objects.visible_to(member).active().exclude(mail_bounced_at=None)
    found = list(people.order_by("mail_bounced_at"))
    if not found:
        return []
    title = ngettext("%(n)s address refuses mail", "%(n)s addresses refuse mail", len(found)) % {"n": len(found)}
    names = ", ".join(person.name for person in found[:3])
    url = f"{reverse('manage:member-edit', args=[found[0].pk])}#id_email"
    return [_card("bounced", title, names, _("Correct it"), url)]


def _failed(member: Member) -> list[Card]:
    failed = Delivery.objects.visible_to(member).filter(state=Delivery.State.FAILED)
    count = failed.filter(next_try_at__gt=timezone.now() - RECENT).count()
    if not count:
        return []
    title = ngettext("%(n)s message failed this week", "%(n)s messages failed this week", count) % {"n": count}
    url = f"{reverse('manage:outbox-list')}?state=failed"
    return [_card("failed", title, _("The outbox says why."), _("Look and retry"), url)]


def _card(kind: str, title: str, line: str, label: str, url: str) -> Card:
    return Card(
        kind=kind,
        urgency=Urgency.TODAY,
        role=Role.ADMIN.label,
        title=title,
        lines=(line,),
        actions=(Action(label, url),),
    )
