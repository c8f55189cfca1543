"""Rating: each tap is kept as that person's draft; handing it in seals it until the reveal.

A rating that is in stays its author's to correct until the seal breaks. It is never withdrawn: whoever could take
it back could hold the other side's view closed. After the reveal the levels are fixed; `change` opens them again
and marks the rating late for good, since it was then written knowing the other side's view.
Everything here first locks the session's row, so that two taps, two hands-in and a deadline happen one by one.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.models import Criterion, Member
from sessions.domain import codes, policies, reveals
from sessions.domain.criteria import criteria_of
from sessions.domain.locks import locked
from sessions.models import MicroSession, Rating, RatingRole, Score

NOT_SEEN = None
Levels = Mapping[int, int | None]  # criterion pk → level 1-4, or None for "not seen"


class RatingsAreOpen(WrongState):
    sentence = _("Both views are open, so a rating that is in stays as it is. “Change it” marks it as late.")


def rating_of(micro: MicroSession, *, by: Member) -> Rating:
    """That person's rating; without one, an unsaved draft (a page that shows it writes nothing). Raises NotAllowed."""
    part = role_of(micro, by)
    found = Rating.objects.filter(micro=micro, rater=by, role=part).first()
    return found or Rating(micro=micro, rater=by, role=part)


def scores_of(rating: Rating) -> dict[int, int | None]:
    """Criterion pk → level, None for "not seen"; a criterion that is not answered is absent."""
    if rating._state.adding:
        return {}
    return dict(rating.scores.values_list("criterion", "level"))


def role_of(micro: MicroSession, by: Member) -> RatingRole:
    """The part this person has in the session. Raises NotAllowed for anybody else."""
    if by.pk == micro.coach_id:
        return RatingRole.COACH
    if by.pk == micro.learner_id:
        return RatingRole.SELF
    raise NotAllowed(_("Only the two people of this session rate it."))


def check_can_rate(by: Member, micro: MicroSession) -> None:
    """The coach from planning on, the learner from the start on. Raises NotAllowed, WrongState."""
    if role_of(micro, by) == RatingRole.COACH:
        policies.check_can_rate_as_coach(by, micro)
    else:
        policies.check_can_rate_as_learner(by, micro)


def score(
    micro: MicroSession,
    *,
    by: Member,
    criterion: Criterion,
    level: int | None,
    via: Rating.Via = Rating.Via.LOGIN,
) -> Rating:
    """Keep one tap; the same tap again changes nothing. Raises as `score_all`."""
    return score_all(micro, by=by, levels={criterion.pk: level}, via=via)


@transaction.atomic
def score_all(micro: MicroSession, *, by: Member, levels: Levels, via: Rating.Via = Rating.Via.LOGIN) -> Rating:
    """Keep the given levels and leave the others as they are; the same ones again change nothing.

    Raises NotAllowed, WrongState, Invalid, and RatingsAreOpen for a rating that was in at the reveal.
    """
    micro = reveals.reveal_if_due(locked(micro))
    check_can_rate(by, micro)
    rating = _own_row(micro, by)
    _check_levels(micro, levels)
    kept = scores_of(rating)
    moved = {pk: level for pk, level in levels.items() if pk not in kept or kept[pk] != level}
    if not moved:
        return rating
    if rating.submitted_at and micro.is_revealed and not rating.late:
        raise RatingsAreOpen
    Score.objects.bulk_create(
        [Score(rating=rating, criterion_id=pk, level=level) for pk, level in moved.items()],
        update_conflicts=True,
        unique_fields=["rating", "criterion"],
        update_fields=["level", "saved_at"],
    )
    return _came_by(rating, via)


@transaction.atomic
def submit(micro: MicroSession, *, by: Member, via: Rating.Via = Rating.Via.LOGIN) -> Rating:
    """Hand it in, and break the seal if the other one is in too; a second time changes nothing.

    After the deadline the seal breaks first, so the rating is late, sweep or no sweep. Both answer at least the focus
    ("not seen" is an answer). Raises NotAllowed, WrongState, Invalid.
    """
    micro = reveals.reveal_if_due(locked(micro))
    check_can_rate(by, micro)
    rating = _own_row(micro, by)
    if rating.submitted_at is None:
        if focus := focus_missing(micro, scores_of(rating)):
            raise still_to_rate(focus)
        rating.submitted_at, rating.late, rating.via = timezone.now(), micro.is_revealed, via
        rating.save(update_fields=["submitted_at", "late", "via"])
        if rating.role == RatingRole.SELF:
            codes.close(micro)
        reveals.reveal_if_ready(micro)
    return rating


def hand_in(micro: MicroSession, *, by: Member, levels: Levels, via: Rating.Via = Rating.Via.LOGIN) -> Rating:
    """Keep the levels, then hand in: an incomplete rating is refused and what was chosen stays. Raises as both."""
    score_all(micro, by=by, levels=levels, via=via)
    return submit(micro, by=by, via=via)


@transaction.atomic
def change(micro: MicroSession, *, by: Member) -> Rating:
    """Open a rating again after the reveal: it is late from now on and counts in no gap and no figure.

    Before the reveal nothing has to be opened and nothing is marked. Raises NotAllowed, WrongState.
    """
    micro = reveals.reveal_if_due(locked(micro))
    check_can_rate(by, micro)
    rating = rating_of(micro, by=by)
    if rating.submitted_at is None:
        raise WrongState(_("There is no rating of yours to change yet."))
    if micro.is_revealed and not rating.late:
        rating.late = True
        rating.save(update_fields=["late"])
    return rating


def focus_missing(micro: MicroSession, levels: Levels) -> Criterion | None:
    """The criterion of the focus, where these levels do not answer it: a rating needs no more to be handed in."""
    focus = (criterion for criterion in criteria_of(micro) if criterion.behaviour_id == micro.focus_id)
    return next((criterion for criterion in focus if criterion.pk not in levels), None)


def _own_row(micro: MicroSession, by: Member) -> Rating:
    rating, _made = Rating.objects.get_or_create(micro=micro, rater=by, role=role_of(micro, by))
    return rating


def _check_levels(micro: MicroSession, levels: Levels) -> None:
    known = set(Criterion.objects.filter(rubric=micro.rubric_id).values_list("pk", flat=True))
    for pk, level in levels.items():
        if pk not in known or not (level is NOT_SEEN or 1 <= level <= 4):
            raise Invalid(_("This is not a level of this rubric."), field=f"level-{pk}")


def still_to_rate(focus: Criterion) -> Invalid:
    """The refusal of a rating without the focus; it leads there."""
    sentence = _("Still to rate: “%(name)s”. 0 is an answer too.") % {"name": focus.name}
    return Invalid(sentence, field=f"level-{focus.pk}")


def _came_by(rating: Rating, via: Rating.Via) -> Rating:
    """Which way the levels came last: a rating corrected in the own login is no longer one from the coach's phone."""
    if rating.via != via:
        rating.via = via
        rating.save(update_fields=["via"])
    return rating
