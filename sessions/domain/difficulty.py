"""How hard the next session is proposed to be: as the last one, and one step harder once its levels are met."""

from collections.abc import Sequence

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from programs.models import Enrolment, Member
from sessions.domain.evidence import Evidence
from sessions.models import MicroSession

HARDEST = 4
SESSIONS = 3
SHARE = 0.9
"""Of all behaviours seen in at least SESSIONS sessions in a row so many met their level: at a true rate of seven in ten
that comes by chance about once in ten times, and the coach may say no."""


def proposed(enrolment: Enrolment, known: Evidence) -> tuple[int, str]:
    """1 to 4, and what speaks for it: "" where nothing was held yet that may steer it."""
    if known.difficulty is None:
        return enrolment.difficulty, ""
    there = known.at_difficulty
    if known.in_a_row < SESSIONS or there.met < SHARE * there.seen or known.difficulty == HARDEST or not there.seen:
        return known.difficulty, _("as last time")
    words = {"met": there.met, "seen": there.seen, "difficulty": known.difficulty}
    return known.difficulty + 1, _("%(met)s of %(seen)s levels met at difficulty %(difficulty)s") % words


def keep(enrolments: Sequence[Enrolment], by: Member | None = None) -> None:
    """The enrolments have ended: who begins again with the same coach begins with that of their last session. One
    query."""
    held = MicroSession.objects.held().filter(enrolment=OuterRef("pk"), coach=OuterRef("coach"))
    last = Subquery(held.order_by("-ended_at", "-pk").values("difficulty")[:1])
    rows = Enrolment.objects.filter(pk__in=[enrolment.pk for enrolment in enrolments])
    rows.update(difficulty=Coalesce(last, "difficulty"))
