"""A 6-digit code, or its QR link, that opens one self-rating for a quarter of an hour without a login.

Only keyed hashes are kept: a million codes are guessed in no time by whoever holds plain ones. Codes are typed, so
tries are limited, per address and in all; the link's token has 256 bits and needs no limit (so a QR code works while
the cache is down).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, WrongState
from programs.models import Member
from sessions.domain import limits, policies
from sessions.domain.locks import locked
from sessions.models import MicroSession, Rating, RatingCode, RatingRole

LASTS = timedelta(minutes=15)
DIGITS = 6
TRIES_PER_ADDRESS = 20  # one office is one address
TRIES_IN_ALL = 100  # 100 of 10^6 with 20 open codes: 0.2 % in a quarter of an hour; its price is in ADR 0010
DRAWS = 20


class CodeIsClosed(WrongState):
    sentence = _("This code is used or more than 15 minutes old. Ask your coach for a new one.")
    status = HTTPStatus.GONE
    code = "code_is_closed"


@dataclass(frozen=True, slots=True)
class Handout:
    """What the coach's screen shows, once: only hashes of both are kept."""

    code: str
    token: str
    expires_in: timedelta = LASTS

    @property
    def spaced(self) -> str:
        """ "481 920": easier to read out and to compare."""
        return f"{self.code[:3]} {self.code[3:]}"


def check_can_open_for_learner(by: Member, micro: MicroSession) -> None:
    """For the coach, while the learner has something left to rate. Raises NotAllowed, WrongState."""
    policies.check_is_coach(by, micro)
    policies.check_can_rate_as_learner(micro.learner, micro)
    if Rating.objects.filter(micro=micro, role=RatingRole.SELF, submitted_at__isnull=False).exists():
        raise WrongState(_("%(name)s has already rated.") % {"name": micro.learner.name})


@transaction.atomic
def make(micro: MicroSession, *, by: Member) -> Handout:
    """A new code; the session's older ones close. Raises NotAllowed, WrongState."""
    micro = locked(micro)
    check_can_open_for_learner(by, micro)
    close(micro)
    token = secrets.token_urlsafe(32)
    for _draw in range(DRAWS):
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        try:
            with transaction.atomic():
                _write(micro, by, code, token)
        except IntegrityError:  # another open session drew the same six digits
            continue
        return Handout(code, token)
    raise WrongState(_("No code is free right now. Try again in a minute."))


def open_code(code: str, *, address: str) -> RatingCode:
    """The open code behind six typed digits. Raises Invalid for a wrong one, TooManyTries, CannotCount."""
    ours, everybody = f"code:{address}", "code:all"
    limits.take(ours, most=TRIES_PER_ADDRESS, seconds=int(LASTS.total_seconds()))
    limits.take(everybody, most=TRIES_IN_ALL, seconds=int(LASTS.total_seconds()))
    found = still_open().filter(code_hash=_hash("code", _digits(code))).first()
    if found is None:
        raise Invalid(_("Nothing is open under this code. Check the six digits on your coach’s screen."), field="code")
    limits.forgive(ours)
    limits.forgive(everybody)
    return found


def open_link(token: str) -> RatingCode:
    """The open code behind a QR link. Raises CodeIsClosed."""
    found = still_open().filter(link_hash=_hash("link", token)).first()
    if found is None:
        raise CodeIsClosed
    return found


def still_open() -> QuerySet[RatingCode]:
    """Codes that open their self-rating now, with the session and its people."""
    people = ("micro__coach", "micro__learner__organization", "micro__rubric", "micro__focus")
    now = timezone.now()
    return RatingCode.objects.filter(closed_at=None, expires_at__gt=now).select_related(*people)


@transaction.atomic
def use(code: RatingCode) -> None:
    """Note that a browser opened it. It stays open until the rating is in: the learner may change the device."""
    RatingCode.objects.filter(pk=code.pk, used_at=None).update(used_at=timezone.now())


def close(micro: MicroSession) -> None:
    """Close the session's open code: the rating is in, or a newer code takes its place."""
    RatingCode.objects.filter(micro=micro, closed_at=None).update(closed_at=timezone.now())


def close_all_of(learners: Sequence[Member], by: Member | None = None) -> None:
    """They were deactivated: what opens their ratings without a login ends like their logins."""
    open_ones = RatingCode.objects.filter(micro__learner__in=learners, closed_at=None)
    open_ones.update(closed_at=timezone.now())


def close_expired(now: datetime) -> int:
    """Close what has run out, so that its digits are free again; returns how many. May run twice."""
    return RatingCode.objects.filter(closed_at=None, expires_at__lte=now).update(closed_at=now)


def _write(micro: MicroSession, by: Member, code: str, token: str) -> None:
    RatingCode.objects.create(
        micro=micro,
        code_hash=_hash("code", code),
        link_hash=_hash("link", token),
        made_by=by,
        expires_at=timezone.now() + LASTS,
    )


def _digits(typed: str) -> str:
    return "".join(character for character in typed if character.isdecimal())


def _hash(kind: str, value: str) -> str:
    return salted_hmac(f"sessions.rating.{kind}", value, algorithm="sha256").hexdigest()
