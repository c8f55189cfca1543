"""The handed-over phone: the coach's own device shows the learner's self-rating only, until it is handed back.

The state lives in the coach's login session under KEY and is made, checked and ended here; the middleware keeps
every other page shut meanwhile. Taking it back needs the four digits that the coach saw before handing over, or a
new sign-in. Only a keyed hash of the digits is kept; five wrong tries leave signing in.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, WrongState
from programs.models import Member
from sessions.domain import codes, limits
from sessions.models import MicroSession

KEY = "hand_over"
DIGITS = 4
TRIES = 5
TRIES_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the login session keeps: whose rating, this hand-over's salt, the digits' hash, whether it is on."""

    micro: int
    salt: str
    number: str
    on: bool = False


def offer(micro: MicroSession, *, by: Member) -> tuple[str, dict[str, Any]]:
    """Four digits for the coach's eyes, and what the login session keeps. Raises NotAllowed, WrongState."""
    codes.check_can_open_for_learner(by, micro)
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    salt = secrets.token_urlsafe(12)
    return digits, asdict(HandOver(micro.pk, salt, _hash(salt, digits)))


def begin(kept: Mapping[str, Any] | None, micro: MicroSession, *, by: Member) -> dict[str, Any]:
    """Switch it on for the session it was offered for. Raises NotAllowed, WrongState."""
    codes.check_can_open_for_learner(by, micro)
    offered = read(kept)
    if offered is None or offered.micro != micro.pk:
        raise WrongState(_("Ask for the four digits first: they bring the phone back to you."))
    return asdict(offered) | {"on": True}


def read(kept: Mapping[str, Any] | None) -> HandOver | None:
    """The state as kept in a login session, on or only offered."""
    return HandOver(**kept) if kept else None


def active(kept: Mapping[str, Any] | None) -> HandOver | None:
    """The state while the phone is in the learner's hands."""
    state = read(kept)
    return state if state and state.on else None


def check_number(state: HandOver, typed: str) -> None:
    """Whether these are the digits. Raises Invalid(field="number"), TooManyTries, CannotCount."""
    limits.take(f"hand-over:{state.salt}", most=TRIES, seconds=TRIES_SECONDS)
    digits = "".join(character for character in typed if character.isdecimal())
    if not constant_time_compare(_hash(state.salt, digits), state.number):
        raise Invalid(_("These are not the digits you were shown."), field="number")


def _hash(salt: str, digits: str) -> str:
    return salted_hmac("sessions.hand_over", f"{salt}:{digits}", algorithm="sha256").hexdigest()
