"""The own record as a table, for a file that the learner takes along."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from programs.models import Member
from sessions.domain.record import Entry, entries_of, sessions_of
from sessions.models import Feedback, MicroSession


def rows_of(learner: Member) -> Iterator[list[str]]:
    """The record as a table, a line per session and behaviour, headings first; times in the active zone."""
    yield [
        _("Date"), _("Time"), _("Pillar"), _("Coach"), _("Minutes"), _("Focus"), _("Behaviour"), _("Own level"),
        _("Coach's level"), _("Late"), _("Keep"), _("Change"), _("When"), _("I will"), _("Applied"), _("Chances"),
        _("What changed"), _("Why it matters"), _("How sure"), _("Replies"),
    ]  # fmt: skip
    for entry in entries_of(list(sessions_of(learner)), learner=learner):
        shared = [*_feedback_cells(entry), *_plan_cells(entry), *_reflection_cells(entry)]
        for levels in _level_cells(entry):
            yield [*_session_cells(entry.micro), *levels, *shared]


def _session_cells(micro: MicroSession) -> list[str]:
    at = timezone.localtime(micro.started_at)
    pillar, minutes = micro.enrolment.pillar.name, str(micro.minutes_actual or "")
    return [f"{at:%Y-%m-%d}", f"{at:%H:%M}", pillar, micro.coach.name, minutes, micro.focus_criterion.name]


def _level_cells(entry: Entry) -> list[list[str]]:
    """Behaviour, own and coach's level, and who was late; before the reveal one line without levels."""
    if entry.reveal is None:
        return [["", "", "", ""]]
    sides = ((entry.reveal.own, _("self")), (entry.reveal.other, _("coach")))
    late = ", ".join(word for side, word in sides if side.late)
    return [[line.name, _level(line.own.level), _level(line.other.level), late] for line in entry.reveal.lines]


def _feedback_cells(entry: Entry) -> list[str]:
    lines = {item.kind: item.line for item in entry.feedback}
    return [lines.get(kind, "") for kind in (Feedback.Kind.KEEP, Feedback.Kind.CHANGE)]


def _plan_cells(entry: Entry) -> list[str]:
    if entry.plan is None:
        return ["", "", "", ""]
    counted = [str(entry.chances.applied), str(entry.chances.came)] if entry.chances else ["", ""]
    return [entry.plan.cue, entry.plan.will, *counted]


def _reflection_cells(entry: Entry) -> list[str]:
    if entry.reflection is None:
        return ["", "", "", ""]
    own = entry.reflection
    replies = " / ".join(reply.text or str(reply.get_kind_display()) for reply in entry.replies)
    return [own.what_changed, own.why_it_matters, str(own.get_confidence_display()), replies]


def _level(level: int | None) -> str:
    return str(level or "")
