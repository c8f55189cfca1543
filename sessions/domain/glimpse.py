"""Sessions as Today shows them: a line each, so only the columns of that line are read.

A page with six such queries spends most of its time on columns that nobody looks at.
"""

from sessions.models.micro import MicroSessionQuerySet

SHOWN = (
    *("status", "phase", "scheduled_for", "minutes_planned", "success_criterion"),
    *("started_at", "ended_at", "revealed_at", "met_confirmed_at"),
    *("coach", "learner", "enrolment", "focus"),
    *("coach__name", "learner__name", "focus__name"),
)


def glimpse(micros: MicroSessionQuerySet) -> MicroSessionQuerySet:
    """With the names of coach, learner and focus, in one query; no other column is loaded."""
    return micros.select_related("coach", "learner", "focus").only(*SHOWN)
