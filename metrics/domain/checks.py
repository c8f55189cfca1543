"""When a decision is checked: at the first release that shows at least one full block after it."""

from datetime import date, timedelta

from metrics.domain.spans import FEW_LEARNERS, LONG_WEEKS, spans_from
from metrics.models import Block
from programs.models import Organization


def first_check(organization: Organization, decided_on: date) -> date:
    """The Monday after the first block that begins on the day of the decision or later.

    Blocks that are not laid out yet follow the organization's calendar; by weeks they are taken to be as long as the
    last one. Without any block, eight weeks pass.
    """
    blocks = list(
        Block.objects.filter(organization=organization.pk).order_by("starts_on").values_list("starts_on", "ends_on")
    )
    if not blocks:
        return decided_on + timedelta(weeks=8)
    starts_on, ends_on = blocks[-1]
    begins = organization.quarters_from
    done = sum(begins <= first for first, _last in blocks) if begins else 0
    learners = 0 if ends_on - starts_on > timedelta(weeks=LONG_WEEKS - 1) else FEW_LEARNERS
    following = spans_from(
        ends_on + timedelta(days=1), date.max, lambda _day: learners, quarters_from=begins, done=done
    )
    while starts_on < decided_on:
        starts_on, ends_on = next(following)
    return ends_on + timedelta(days=1)
