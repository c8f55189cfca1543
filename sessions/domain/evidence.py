"""How often a behaviour met its level lately: from revealed sessions only, so that a proposal tells nothing sealed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, F, OuterRef, Window
from django.db.models.functions import RowNumber

from programs.models import Enrolment, Member
from sessions.domain.who_plans import past_known_to
from sessions.models import MicroSession, Rating, RatingRole, Score

LAST = 4  # revealed sessions looked at


@dataclass(frozen=True, slots=True)
class Met:
    """`met` of the `seen` times that the behaviour was seen."""

    met: int = 0
    seen: int = 0


@dataclass(slots=True)
class Evidence:
    """Of one enrolment: how many revealed sessions were looked at, and what they say by behaviour."""

    sessions: int = 0
    behaviours: dict[int, Met] = field(default_factory=lambda: defaultdict(Met))


def gather(enrolments: Iterable[Enrolment], *, by: Member, on: date) -> dict[int, Evidence]:
    """By enrolment, from the coach's ratings that count of its last LAST revealed sessions. Two queries.

    "Not seen" counts nowhere. Sessions that `by` may not know on that date are left out.
    """
    found: dict[int, Evidence] = defaultdict(Evidence)
    micros = _last_revealed(enrolments, by=by, on=on)
    for enrolment_id in micros.values():
        found[enrolment_id].sessions += 1
    scores = Score.objects.filter(rating__role=RatingRole.COACH, rating__micro__in=list(micros), level__isnull=False)
    for micro_id, behaviour_id, level, meets_level in scores.values_list(
        "rating__micro", "criterion__behaviour", "level", "criterion__meets_level"
    ):
        behaviours = found[micros[micro_id]].behaviours
        before = behaviours[behaviour_id]
        behaviours[behaviour_id] = Met(before.met + ((level or 0) >= meets_level), before.seen + 1)
    return found


def _last_revealed(enrolments: Iterable[Enrolment], *, by: Member, on: date) -> dict[int, int]:
    """Session → enrolment."""
    ours = MicroSession.objects.filter(past_known_to(by, on=on), enrolment__in=list(enrolments))
    rated = Rating.objects.counted().filter(role=RatingRole.COACH, micro=OuterRef("pk"))
    newest = Window(RowNumber(), partition_by="enrolment", order_by=[F("ended_at").desc(), F("pk").desc()])
    revealed = ours.filter(Exists(rated), revealed_at__isnull=False)
    rows = revealed.annotate(place=newest).filter(place__lte=LAST)
    return dict(rows.values_list("pk", "enrolment_id"))
