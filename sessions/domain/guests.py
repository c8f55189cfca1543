"""Who rates without a login of their own: behind a code, or on the coach's handed-over phone.

The browser gets back only what was tapped in it, never what the learner chose elsewhere: whoever holds a code (its
coach does) would otherwise read a sealed rating through it. So the taps of a guest are kept twice: in the learner's
draft, and in the login session to be shown again. Handing in takes what was tapped in this browser and nothing else,
for the same reason: what the learner chose elsewhere and did not hand in stays theirs alone.
"""

from collections.abc import Collection, MutableMapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from coachhub.errors import WrongState
from programs.access import allows
from sessions.domain import codes, hand_over, ratings, set_aside
from sessions.domain.locks import locked
from sessions.models import MicroSession, Rating, RatingCode

CODE = "rating_code"
TAPS = "rating_taps"
type LoginSession = MutableMapping[str, Any]


class IsOver(WrongState):
    """Nothing is kept any more of what is tapped here."""

    sentence = _("This rating is over. Nothing more is kept.")
    status = HTTPStatus.GONE
    code = "rating_is_over"


class AlreadyRated(IsOver):
    sentence = _("This rating is already in. To change it, the learner signs in.")


@dataclass(frozen=True, slots=True)
class Guest:
    """The self-rating that this browser may give. `key` tells one opening from the next on the same device."""

    micro: MicroSession
    via: Rating.Via
    key: str
    levels: dict[int, int | None]


def open_with(session: LoginSession, code: RatingCode) -> None:
    """Let this browser give the code's self-rating."""
    codes.use(code)
    session[CODE] = code.pk
    session.pop(TAPS, None)


def guest_of(session: LoginSession) -> Guest | None:
    """The self-rating open in this browser; a used, replaced or expired code opens nothing any more."""
    if state := hand_over.active(session.get(hand_over.KEY)):
        micro = MicroSession.objects.select_related("coach", "learner__organization", "rubric").get(pk=state.micro)
        return Guest(micro, Rating.Via.HAND_OVER, state.salt, _taps(session, state.salt))
    code = codes.still_open().filter(pk=session.get(CODE) or 0).first()
    if code is None:
        return None
    key = f"code-{code.pk}"
    return Guest(code.micro, Rating.Via.CODE, key, _taps(session, key))


def check_open(guest: Guest) -> None:
    """A phone may stay in the learner's hands for longer than its rating. Raises IsOver, AlreadyRated."""
    micro, learner = guest.micro, guest.micro.learner
    if not learner.is_active:
        words = {"name": learner.name}
        raise IsOver(_("%(name)s is no longer a member here. Nothing more is kept of this rating.") % words)
    if ratings.rating_of(micro, by=learner).submitted_at:
        raise AlreadyRated
    if not allows(ratings.check_can_rate, learner, micro):
        raise IsOver


@transaction.atomic
def score(session: LoginSession, guest: Guest, levels: dict[int, int | None]) -> None:
    """Keep taps. Raises IsOver, AlreadyRated, and as `ratings.score_all`."""
    guest = replace(guest, micro=locked(guest.micro))
    check_open(guest)
    micro, learner = guest.micro, guest.micro.learner
    ratings.score_all(micro, by=learner, levels=levels, via=guest.via)
    kept = {str(pk): level for pk, level in (guest.levels | levels).items()}
    session[TAPS] = {"key": guest.key, "levels": kept}


def hand_in(session: LoginSession, guest: Guest, levels: dict[int, int | None]) -> None:
    """Hand in what this browser chose, which closes the code. Raises Invalid, and as `score` and `ratings.submit`."""
    score(session, guest, levels)
    chosen = guest.levels | levels
    if focus := ratings.focus_missing(guest.micro, chosen):
        raise ratings.still_to_rate(focus)
    _submit(guest, chosen)
    session.pop(CODE, None)
    session.pop(TAPS, None)


@transaction.atomic
def _submit(guest: Guest, chosen: Collection[int]) -> None:
    guest = replace(guest, micro=locked(guest.micro))
    check_open(guest)
    set_aside.leave_behind(guest.micro, by=guest.micro.learner, chosen=chosen)
    ratings.submit(guest.micro, by=guest.micro.learner, via=guest.via)


def _taps(session: LoginSession, key: str) -> dict[int, int | None]:
    taps = session.get(TAPS) or {}
    return {int(pk): level for pk, level in taps["levels"].items()} if taps.get("key") == key else {}
