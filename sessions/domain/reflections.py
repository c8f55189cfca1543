"""The learner's after-action reflection, and the plan beside it: kept as it is typed, shared when saved.

The plan is one row that coach and learner both write, so a save can meet the other's words; the learner's own
earlier drafts never count as such.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, Stale, WrongState
from programs.access import allows
from programs.models import Member
from sessions.domain import closing, plans, policies
from sessions.domain.locks import locked
from sessions.domain.texts import fitting
from sessions.models import HELD, MicroSession, Reflection, Reply

OWN_FIELDS = ("what_changed", "why_it_matters", "confidence")
PLAN_FIELDS = ("cue", "will")
DRAFT_FIELDS = (*OWN_FIELDS, *PLAN_FIELDS)


def reflection_of(micro: MicroSession) -> Reflection:
    """The learner's reflection; without one, an unsaved blank (a page that shows it writes nothing)."""
    return Reflection.objects.filter(micro=micro).first() or Reflection(micro_id=micro.pk, version=0)


@transaction.atomic
def keep_draft(micro: MicroSession, *, by: Member, fields: dict[str, str], version: int, plan_version: int) -> None:
    """Keep what is typed, field by field, without sharing it; `version` and `plan_version` are those of the page.

    The plan is never a draft: coach and learner fill the same one. Raises NotAllowed, WrongState, Invalid, Stale.
    """
    micro = locked(micro)
    policies.check_can_rate_as_learner(by, micro)
    own = {name: text for name, text in fields.items() if name in OWN_FIELDS}
    if own:
        reflection = reflection_of(micro)
        _check_version(reflection, version, own)
        _write(reflection, own)
    _write_plan(micro, by, fields, plan_version)


@transaction.atomic
def save(
    micro: MicroSession,
    *,
    by: Member,
    what_changed: str = "",
    why_it_matters: str = "",
    confidence: str = "",
    cue: str,
    will: str,
    version: int,
    plan_version: int,
) -> Reflection:
    """Share the reflection (the coach reads it once both ratings are open) and write the plan.

    Closes the session when this was all that its record still missed. The same again changes nothing.
    Raises NotAllowed, WrongState, Invalid, and Stale when it was saved elsewhere since the page was opened.
    """
    micro = locked(micro)
    policies.check_can_rate_as_learner(by, micro)
    own = {"what_changed": what_changed, "why_it_matters": why_it_matters, "confidence": confidence}
    reflection = reflection_of(micro)
    _check_version(reflection, version, own)
    _check_plan(micro, by, cue, will)
    _write_plan(micro, by, {"cue": cue, "will": will}, plan_version)
    if _write(reflection, own) or reflection.saved_at is None:
        reflection.saved_at = reflection.saved_at or timezone.now()
        reflection.version += 1
        reflection.save()
    closing.close_if_ready(micro)
    return reflection


@transaction.atomic
def confirm_met(micro: MicroSession, *, by: Member) -> MicroSession:
    """ "Yes, we met": lets the session count without a rating. Raises NotAllowed, WrongState before its end."""
    micro = locked(micro)
    policies.check_is_learner(by, micro)
    if micro.status not in HELD:
        raise WrongState(_("This session has not taken place yet."))
    if micro.met_confirmed_at is None:
        micro.met_confirmed_at = timezone.now()
        micro.save(update_fields=["met_confirmed_at"])
    return micro


def mark_replies_seen(micro: MicroSession, *, by: Member) -> int:
    """The learner has seen what the coach answered; returns how many were new. Raises NotAllowed."""
    policies.check_is_learner(by, micro)
    new = Reply.objects.filter(reflection__micro=micro, seen_at=None)
    return new.update(seen_at=timezone.now())


def plan_is_open(micro: MicroSession, by: Member) -> bool:
    """Whether this person can still write the session's plan."""
    return allows(plans.check_can_write, by, micro)


def write_plan(micro: MicroSession, *, by: Member, cue: str, will: str, measure: str, plan_version: int) -> None:
    """Change the plan on its own, and close the session when it missed nothing else. Raises as `plans.write`."""
    _check_words(cue, will)
    with transaction.atomic():
        _write_plan(micro, by, {"cue": cue, "will": will, "measure": measure}, plan_version)
        closing.close_if_ready(micro)


def _check_plan(micro: MicroSession, by: Member, cue: str, will: str) -> None:
    """A plan that a newer one has replaced is not asked for again."""
    if plan_is_open(micro, by):
        _check_words(cue, will)


def _check_words(cue: str, will: str) -> None:
    if not cue.strip():
        raise Invalid(_("When will you try it? A moment you will notice."), field="cue")
    if not will.strip():
        raise Invalid(_("What will you do then? One thing that can be seen or heard."), field="will")


def _check_version(reflection: Reflection, version: int, own: dict[str, str]) -> None:
    """Stale when another page has saved since, unless it saved just this."""
    if version == reflection.version or all(getattr(reflection, name) == text.strip() for name, text in own.items()):
        return
    raise Stale(theirs=_joined(reflection), yours="\n".join(text for text in own.values() if text))


def _write(reflection: Reflection, own: dict[str, str]) -> bool:
    """Whether anything changed. A draft keeps its version: it has one author, and the newest words are theirs."""
    given = {name: fitting(Reflection, name, text) for name, text in own.items()}
    if given.get("confidence") and given["confidence"] not in Reflection.Confidence.values:
        raise Invalid(_("Choose one of the three."), field="confidence")
    changed = {name: text for name, text in given.items() if getattr(reflection, name) != text}
    for name, text in changed.items():
        setattr(reflection, name, text)
    if changed:
        reflection.save()
    return bool(changed)


def _write_plan(micro: MicroSession, by: Member, fields: dict[str, str], plan_version: int) -> None:
    """The plan's fields among `fields`; left alone where somebody's newer plan has taken its place."""
    given: dict[str, Any] = {name: fields[name] for name in (*PLAN_FIELDS, "measure") if name in fields}
    if not given or not plan_is_open(micro, by):
        return
    plan = plans.plan_of(micro)
    if plan and plan.written_by_id == by.pk:
        plan_version = plan.version  # the newest words are this person's own: another draft, another tab
    plans.write(micro, by=by, version=plan_version, **given)


def _joined(reflection: Reflection) -> str:
    return "\n".join(text for text in (reflection.what_changed, reflection.why_it_matters) if text)
