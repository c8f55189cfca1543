"""Calls that carry a key of the client: the same call again is done no second time, another one is refused."""

import hashlib
from datetime import timedelta
from http import HTTPStatus

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import DomainError, WrongState
from programs.models import ApiKey, Member

KEPT = timedelta(days=7)


class KeyReused(WrongState):
    sentence = _("This key was used for another call. Take a new one.")
    code = "key_reused"


class AnswerGone(DomainError):
    """The call was done, and what it answered with has been deleted since, or is no longer this member's to see."""

    sentence = _("This was done. What it was answered with is no longer there, or not yours any more.")
    status = HTTPStatus.GONE
    code = "answer_gone"


def claim(*, by: Member, key: str, asked: str) -> ApiKey:
    """The key's row, locked until the transaction ends; `status` is 0 when it is new and the call is to be done.

    `asked` is what the call says, in one spelling. A call with the same key that runs meanwhile is waited for. Raises
    KeyReused.
    """
    digest = hashlib.sha256(asked.encode()).hexdigest()
    ApiKey.objects.filter(member=by, created_at__lt=timezone.now() - KEPT).delete()
    try:
        with transaction.atomic():
            return ApiKey.objects.create(member=by, key=key, asked=digest, status=0)
    except IntegrityError:
        known = ApiKey.objects.select_for_update().get(member=by, key=key)
    if known.asked != digest:
        raise KeyReused
    return known


def note(key: ApiKey, *, status: int, location: str) -> None:
    """What was answered, and where it is found; nothing of what it said."""
    ApiKey.objects.filter(pk=key.pk).update(status=status, location=location)
