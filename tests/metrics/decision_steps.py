"""Short ways to a decision."""

import datetime as dt
from uuid import uuid4

from django.utils import timezone

from metrics.domain import decisions
from metrics.domain.checks import first_check
from metrics.domain.decisions import Terms
from metrics.models import Decision, Figure, Release


def figure_of(name: str, measure: str) -> Figure:
    """Of the newest release."""
    return Figure.objects.get(group__name=name, measure=measure, group__release=Release.objects.first())


def terms(town, **fields) -> Terms:
    usual = {
        "insight": "Level stands still", "adjustment": "relevance", "what": "Use own calls", "owner": town.mia,
        "check_on": first_check(town.organization, timezone.localdate()), "told_to_learners": "",
    }  # fmt: skip
    return Terms(**usual | fields)


def decide(
    town, figure: Figure, *, check_on: dt.date | None = None, made_on: dt.date | None = None, **fields
) -> Decision:
    """Mia's decision, or one that she made for another owner; without a check date it is due today."""
    by = fields.pop("by", town.mia)
    owner = fields.pop("owner", by)
    decision = decisions.make(figure, by=by, terms=terms(town, owner=by, **fields), form_key=uuid4())
    moved = {"check_on": check_on or timezone.localdate(), "owner": owner}
    if made_on:
        moved["created_at"] = dt.datetime.combine(made_on, dt.time(9), dt.UTC)
    Decision.objects.filter(pk=decision.pk).update(**moved)
    decision.refresh_from_db()
    return decision
