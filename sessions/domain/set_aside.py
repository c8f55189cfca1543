"""What is kept for who rated or wrote it, and for nobody else: it counts nowhere, and nothing tells that it is there.

A coach may rate and note before a session that then goes to somebody else. Both wait for the session to come back, and
meanwhile only their writer reads them. What a learner chose with their own login and did not hand in from there waits
in the same way, when the rating is handed in from a browser that does not show it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, F, QuerySet

from coachhub.crypto import CannotDecrypt
from programs.models import Member
from sessions.domain.criteria import anchored_of
from sessions.models import MicroSession, PrivateNote, Rating, RatingRole, Score


@dataclass(frozen=True, slots=True)
class Chosen:
    """One criterion as it was rated; no level is "not seen"."""

    name: str
    level: int | None
    text: str


@dataclass(slots=True)
class Kept:
    """Of one session that somebody else holds now: what the member knew of it, rated and noted, and nothing since."""

    learner: str
    pillar: str
    at: datetime
    handed_in: bool = False
    chosen: list[Chosen] = field(default_factory=list)
    note: str = ""
    is_locked: bool = False  # the note's key is missing


def follow(micros: Sequence[MicroSession]) -> None:
    """The sessions, locked and with other coaches now: the former ones' ratings wait, those of who is back are there.

    Two statements. The order matters: a session has one rating of its coach.
    """
    ratings = Rating.objects.filter(micro__in=micros)
    ratings.filter(role=RatingRole.COACH).exclude(rater=F("micro__coach")).update(role=RatingRole.ASIDE)
    ratings.filter(role=RatingRole.ASIDE, rater=F("micro__coach")).update(role=RatingRole.COACH)


def leave_behind(micro: MicroSession, *, by: Member, chosen: Collection[int]) -> None:
    """Of the learner's draft only the criteria `chosen` are handed in; the others wait. The session is locked."""
    scores = Score.objects.filter(rating__micro=micro, rating__rater=by, rating__role=RatingRole.SELF)
    others = scores.exclude(criterion__in=chosen)
    if not (rows := list(others.order_by().values_list("criterion", "level"))):
        return
    aside, _made = Rating.objects.get_or_create(micro=micro, rater=by, role=RatingRole.ASIDE)
    Score.objects.bulk_create([Score(rating=aside, criterion_id=pk, level=level) for pk, level in rows])
    others.delete()


def left_behind(micro: MicroSession, *, by: Member) -> dict[int, int | None]:
    """What the member chose and did not hand in, by criterion. One query."""
    mine = Rating.objects.set_aside_for(by).filter(micro=micro, scores__isnull=False)
    return dict(mine.values_list("scores__criterion", "scores__level"))


def has_kept(member: Member) -> bool:
    """Whether there is anything of sessions that somebody else holds now. One query."""
    either = Exists(_ratings(member)) | Exists(_notes(member))
    return Member.objects.filter(either, pk=member.pk).exists()


def kept_for(member: Member) -> list[Kept]:
    """All of it, the newest first. Three queries."""
    found: dict[int, Kept] = {}
    rows = _ratings(member).order_by("pk", "scores__criterion__position")
    columns = ("micro", "micro__learner__name", "micro__enrolment__pillar__name", "created_at")
    scored = list(rows.values_list(*columns, "submitted_at", "micro__rubric", "scores__criterion", "scores__level"))
    rubrics = anchored_of(row[5] for row in scored)
    criteria = {each.pk: each for rubric in rubrics.values() for each in rubric}
    for micro, learner, pillar, at, submitted_at, _rubric, criterion, level in scored:
        kept = found.setdefault(micro, Kept(learner, pillar, at, submitted_at is not None))
        if criterion:
            anchored = criteria[criterion]
            kept.chosen.append(Chosen(anchored.name, level, anchored.anchors[level] if level else ""))
    for note in _notes(member).select_related("micro__learner", "micro__enrolment__pillar"):
        micro = note.micro
        kept = found.setdefault(micro.pk, Kept(micro.learner.name, micro.enrolment.pillar.name, note.updated_at))
        try:
            kept.note = note.text
        except CannotDecrypt:
            kept.is_locked = True
    return sorted(found.values(), key=lambda each: each.at, reverse=True)


def forget(member: Member) -> None:
    """What was set aside by the member, or about them, is of no use to anybody any more."""
    aside = Rating.objects.filter(role=RatingRole.ASIDE)
    (aside.filter(rater=member) | aside.filter(micro__learner=member)).delete()


def _ratings(member: Member) -> QuerySet[Rating]:
    return Rating.objects.set_aside_for(member).exclude(micro__learner=member)


def _notes(member: Member) -> QuerySet[PrivateNote]:
    return PrivateNote.objects.visible_to(member).exclude(micro__coach=member)
