"""How often a behaviour met its level lately: from revealed sessions only, so that a proposal tells nothing sealed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from programs.models import Enrolment, Member
from sessions.domain.who_plans import past_known_to
from sessions.models import HELD, MicroSession, Rating, RatingRole, Score, Status

LAST = 4  # revealed sessions looked at


@dataclass(frozen=True, slots=True)
class Met:
    """`met` of the `seen` times that the behaviour was seen."""

    met: int = 0
    seen: int = 0

    def and_one(self, *, met: bool) -> "Met":
        return Met(self.met + met, self.seen + 1)


@dataclass(slots=True)
class Evidence:
    """Of one enrolment: how many revealed sessions were looked at, and what they say by behaviour.

    `difficulty` is that of the newest session begun, sealed or not; `in_a_row` counts the revealed ones since it last
    changed, and `at_difficulty` what they say of all behaviours together.
    """

    sessions: int = 0
    behaviours: dict[int, Met] = field(default_factory=lambda: defaultdict(Met))
    difficulty: int | None = None
    in_a_row: int = 0
    at_difficulty: Met = Met()
    has_changed: bool = False

    def begun(self, difficulty: int) -> bool:
        """Take the next older session in: whether it was as hard as all newer ones."""
        if self.difficulty is None:
            self.difficulty = difficulty
        self.has_changed |= difficulty != self.difficulty
        return not self.has_changed


def gather(enrolments: Iterable[Enrolment], *, by: Member, on: date) -> dict[int, Evidence]:
    """By enrolment, from the coach's ratings that count of its last LAST revealed sessions. Two queries.

    "Not seen" counts nowhere. Sessions that `by` may not know on that date are left out.
    """
    found: dict[int, Evidence] = defaultdict(Evidence)
    micros: dict[int, Evidence] = {}
    at_difficulty: set[int] = set()
    for micro_id, enrolment_id, difficulty, speaks in _last(enrolments, by=by, on=on):
        known = found[enrolment_id]
        if known.begun(difficulty) and speaks:
            at_difficulty.add(micro_id)
            known.in_a_row += 1
        if speaks:
            micros[micro_id] = known
            known.sessions += 1
    scores = Score.objects.filter(rating__role=RatingRole.COACH, rating__micro__in=list(micros), level__isnull=False)
    for micro_id, behaviour_id, level, meets_level in scores.values_list(
        "rating__micro", "criterion__behaviour", "level", "criterion__meets_level"
    ):
        known, met = micros[micro_id], (level or 0) >= meets_level
        known.behaviours[behaviour_id] = known.behaviours[behaviour_id].and_one(met=met)
        if micro_id in at_difficulty:
            known.at_difficulty = known.at_difficulty.and_one(met=met)
    return found


def _last(enrolments: Iterable[Enrolment], *, by: Member, on: date) -> list[tuple[int, int, int, bool]]:
    """Session, enrolment, difficulty and whether its levels may speak, newest first: LAST of either kind."""
    begun = [Status.RUNNING, *HELD]
    ours = MicroSession.objects.filter(past_known_to(by, on=on), enrolment__in=list(enrolments), status__in=begun)
    rated = Rating.objects.counted().filter(role=RatingRole.COACH, micro=OuterRef("pk"))
    newest = [F("ended_at").desc(), F("pk").desc()]  # what runs comes first
    rows = ours.annotate(speaks=Q(Exists(rated), revealed_at__isnull=False))
    placed = rows.annotate(place=Window(RowNumber(), partition_by=["enrolment", "speaks"], order_by=newest))
    return list(placed.filter(place__lte=LAST).order_by(*newest).values_list("pk", "enrolment", "difficulty", "speaks"))
