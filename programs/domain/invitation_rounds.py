"""Inviting everybody new: a few in the request, thousands by the worker, batch by batch.

Each batch is a transaction that invites, writes the mails and counts. Who was invited is not new any more, so that
after a killed worker the next one goes on where the last batch ended, and nobody is invited twice.
"""

from functools import partial

import pghistory
from django.db import connection, transaction
from django.db.models import Count, F, Max, QuerySet
from django.utils import timezone

from programs import registry
from programs.access import allows
from programs.domain import invitations
from programs.domain.policies import check_manages
from programs.models import InvitationRound, Member

TASK = "programs.tasks.send_invitations"
AT_ONCE = 200  # a tenth of a second
BATCH = 500  # a quarter of a second
LOCK = 0x1A9028  # beside that of imports; the organization is the second half of the key


@transaction.atomic
def begin(*, by: Member) -> InvitationRound:
    """Invite and tell every active member who has never been invited; while a round runs, it is that one.

    Up to AT_ONCE people are invited when this returns, more of them by the worker. Raises NotAllowed.
    """
    check_manages(by, by.organization_id)
    _queue_up(by.organization_id)
    running = InvitationRound.objects.visible_to(by).running().first()
    if running:
        return running
    found = _new(by.organization_id).aggregate(people=Count("pk"), newest=Max("pk"))
    made = InvitationRound.objects.create(
        organization_id=by.organization_id, by=by, people=found["people"], newest=found["newest"] or 0
    )
    if made.people > AT_ONCE:
        transaction.on_commit(partial(registry.on_work, TASK), robust=True)
    else:
        work(made.pk)
        made.refresh_from_db()
    return made


def stop(unwanted: InvitationRound, *, by: Member) -> InvitationRound:
    """After the batch at hand nobody more is invited; of a round that is over nothing changes. Raises NotAllowed."""
    check_manages(by, unwanted.organization_id)
    InvitationRound.objects.running().filter(pk=unwanted.pk).update(finished_at=timezone.now())
    return InvitationRound.objects.get(pk=unwanted.pk)


def work(pk: int) -> None:
    """Go on with a round to its end, unless another worker is on it."""
    while _invite_some(pk):
        pass


def work_all() -> int:
    """Go on with every round that runs. Returns how many there were."""
    pks = list(InvitationRound.objects.running().order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        work(pk)
    return len(pks)


@transaction.atomic
def _invite_some(pk: int) -> bool:
    """One batch, in the name of who pressed the button; whether there is more to do.

    It ends early when that person no longer administers the organization.
    """
    running = InvitationRound.objects.running().select_for_update(of=("self",), skip_locked=True)
    found = running.select_related("by").filter(pk=pk).first()
    if found is None:
        return False
    some = list(_those_of(found)) if allows(check_manages, found.by, found.organization_id) else []
    with pghistory.context(member=found.by_id, invitation_round=pk):
        invitations.invite_all(some, by=found.by)
    is_over = not some or found.invited + len(some) == found.people
    finished_at = timezone.now() if is_over else None
    InvitationRound.objects.filter(pk=pk).update(invited=F("invited") + len(some), finished_at=finished_at)
    return not is_over


def _those_of(found: InvitationRound) -> QuerySet[Member]:
    """The next ones, locked: whoever was invited alone or has left meanwhile drops out."""
    number = min(BATCH, found.people - found.invited)
    new = _new(found.organization_id).filter(pk__lte=found.newest)
    return new.order_by("pk").select_for_update()[:number]


def _new(organization_id: int) -> QuerySet[Member]:
    return Member.objects.filter(organization=organization_id).active().never_invited()


def _queue_up(organization_id: int) -> None:
    """Two presses at once wait for each other, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, organization_id])
