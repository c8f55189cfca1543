"""When a decision is checked: at the first release that shows at least one full block after it."""

from datetime import date, timedelta

from metrics.models import Block
from programs.models import Organization


def first_check(organization: Organization, decided_on: date) -> date:
    """The Monday after the first block that begins on the day of the decision or later.

    Blocks that are not laid out yet are taken to be as long as the last one; without any, eight weeks pass.
    """
    blocks = (
        Block.objects.filter(organization=organization.pk).order_by("-starts_on").values_list("starts_on", "ends_on")
    )
    last = blocks.first()
    if last is None:
        return decided_on + timedelta(weeks=8)
    starts_on, ends_on = last
    length = ends_on - starts_on + timedelta(days=1)
    while starts_on < decided_on:
        starts_on += length
    return starts_on + length
