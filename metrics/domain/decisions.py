"""Decisions: made from a figure, told to learners, compared and closed at the check date."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, NotAllowed, Stale, WrongState
from metrics.domain.blocks import today_in
from metrics.domain.checks import first_check
from metrics.domain.saying import day
from metrics.models import Decision, Figure, Group, GroupCohort, GroupViewer, PutAside
from programs.access import Permission, Role, check
from programs.domain.known import SavedMeanwhile
from programs.models import Member

LATEST = 2100  # years, as for clients: what is later is a slip
UNDO_FOR = timedelta(minutes=10)
LEAVE = Decision.Adjustment.LEAVE


@dataclass(frozen=True, slots=True)
class Terms:
    """What is decided. `told_to_learners` may be empty: nothing is shared then."""

    insight: str
    adjustment: str
    what: str
    owner: Member
    check_on: date
    told_to_learners: str = ""


def owners_for(group: Group | None, *, by: Member) -> QuerySet[Member]:
    """Who may own a decision about the group: the managers who may open it, and whoever decides."""
    viewers = GroupViewer.objects.filter(group=group).values("member") if group else []
    return Member.objects.with_role(Role.MANAGER).filter(
        Q(pk=by.pk) | Q(pk__in=viewers), organization=by.organization_id
    )


@transaction.atomic
def make(figure: Figure, *, by: Member, terms: Terms, form_key: UUID) -> Decision:
    """A decision about the figure's group and measure.

    The same form sent twice gives the first decision; so do the same terms, while the decision is open: a form that is
    opened anew, by going back in the browser too, has another key.
    Raises NotAllowed, WrongState, Invalid with its field.
    """
    check(by, Permission.SEE_FIGURES)
    if not Figure.objects.visible_to(by).filter(pk=figure.pk).exclude(text="").exists():
        raise NotAllowed(_("This figure is not published to you."))
    if first := Decision.objects.filter(form_key=form_key).first():
        return _again(first, by, figure, terms)
    group = figure.group
    open_ones = Decision.objects.open().filter(made_by=by, group_identity=group.identity, measure=figure.measure)
    if alike := open_ones.filter(**_fields(terms)).first():
        return alike
    _check_terms(terms, group, by, first_check(by.organization, today_in(by.organization)))
    decision = Decision(
        organization_id=by.organization_id, group=group, group_identity=group.identity, group_name=name_of(group),
        measure=figure.measure, made_by=by, form_key=form_key, **_fields(terms),
    )  # fmt: skip
    try:
        with transaction.atomic():
            decision.save()
    except IntegrityError:
        return _again(Decision.objects.get(form_key=form_key), by, figure, terms)
    about = Decision.cohorts.through
    cohorts = GroupCohort.objects.filter(group=group).values_list("cohort", flat=True)
    about.objects.bulk_create(about(decision_id=decision.pk, cohort_id=cohort) for cohort in cohorts)
    return decision


def leave(figure: Figure, *, by: Member, insight: str, form_key: UUID) -> Decision:
    """ "Leave as it is": honest, counts, is checked like any other, and needs no sentence to learners. As `make`."""
    check_on = first_check(by.organization, today_in(by.organization))
    return make(figure, by=by, terms=Terms(insight, LEAVE, "", by, check_on), form_key=form_key)


@transaction.atomic
def edit(decision: Decision, *, by: Member, terms: Terms, version: int) -> Decision:
    """Other terms of an open decision. Raises NotAllowed, WrongState, Stale, Invalid with its field."""
    decision = _locked(decision)
    check_can_change(by, decision)
    if version != decision.version:
        raise Stale(theirs=decision.what or decision.insight, yours=terms.what or terms.insight)
    made_on = timezone.localdate(decision.created_at)
    _check_terms(terms, decision.group, by, min(first_check(by.organization, made_on), decision.check_on))
    if decision.shared_at and not terms.told_to_learners:
        raise Invalid(
            _("Learners have read this. Change the sentence, or take it back first."), field="told_to_learners"
        )
    Decision.objects.filter(pk=decision.pk).update(version=F("version") + 1, **_fields(terms))
    return Decision.objects.get(pk=decision.pk)


def share(decision: Decision, *, by: Member, version: int | None = None) -> Decision:
    """Learners of its cohorts read the sentence on Today. `version` is that of the sentence `by` has read, if known.

    Raises NotAllowed, WrongState, and SavedMeanwhile for another version.
    """
    check_can_change(by, decision)
    read = _as_read(decision, version)
    if not decision.told_to_learners:
        raise WrongState(_("Write the sentence to learners first."))
    moved = Decision.objects.filter(pk=decision.pk, version=read, shared_at=None).update(shared_at=timezone.now())
    now = Decision.objects.get(pk=decision.pk)
    if not moved and (now.shared_at is None or now.version != read):
        raise SavedMeanwhile
    return now


@transaction.atomic
def take_back(decision: Decision, *, by: Member) -> Decision:
    """Undo sharing, within ten minutes. Raises NotAllowed, WrongState."""
    decision = _locked(decision)
    check_can_change(by, decision)
    check_may_undo(decision.shared_at)
    Decision.objects.filter(pk=decision.pk).update(shared_at=None)
    return Decision.objects.get(pk=decision.pk)


def close(decision: Decision, *, by: Member, outcome: str, note: str = "", version: int | None = None) -> Decision:
    """Keep, change or drop, with what was seen.

    `version` is that of the decision `by` has read, if known; that of another closing, less than ten minutes old, is
    replaced by this one. Raises NotAllowed, Stale where it is closed in other words, and SavedMeanwhile for another
    version of an open one.
    """
    check_is_theirs(by, decision)
    waits = Q(closed_at=None)
    if version is not None:
        waits = Q(waits | Q(closed_at__gte=timezone.now() - UNDO_FOR), version=version)
    moved = Decision.objects.filter(waits, pk=decision.pk).update(
        closed_at=timezone.now(), outcome=outcome, outcome_note=note, version=F("version") + 1
    )
    now = Decision.objects.get(pk=decision.pk)
    if not moved and now.closed_at is None:
        raise SavedMeanwhile
    if not moved and (now.outcome, now.outcome_note) != (outcome, note):
        raise Stale(theirs=ending(now.outcome, now.outcome_note), yours=ending(outcome, note))
    return now


def closer_of(decision: Decision) -> int | None:
    """The member who closed it, as its history says; None where nobody was signed in. One query."""
    history: Any = decision.events  # type: ignore[attr-defined]  # made by pghistory
    closings = history.filter(version=decision.version).exclude(closed_at=None)
    member: int | None = closings.order_by("pgh_id").values_list("pgh_context__metadata__member", flat=True).first()
    return member


def ending(outcome: str, note: str) -> str:
    """ "Keep. Fewer moves since.", as it is read."""
    said = f"{Decision.Outcome(outcome).label}."
    return f"{said} {note}" if note else said


def reopen(decision: Decision, *, by: Member, version: int | None = None) -> Decision:
    """Undo closing, within ten minutes; what was seen stays. `version` is that of the closing `by` has read, if known.

    Raises NotAllowed, WrongState, and SavedMeanwhile for another version.
    """
    check_is_theirs(by, decision)
    read = _as_read(decision, version)
    check_may_undo(decision.closed_at)
    closed = Decision.objects.filter(pk=decision.pk, version=read)
    if not closed.update(closed_at=None, outcome="", version=F("version") + 1):
        raise SavedMeanwhile
    return Decision.objects.get(pk=decision.pk)


def put_aside(figure: Figure, *, by: Member) -> PutAside:
    """ "Ask again next release": the figure calls this manager no more. Raises NotAllowed."""
    check(by, Permission.SEE_FIGURES)
    row, _made = PutAside.objects.get_or_create(member=by, figure=figure)
    return row


def check_is_theirs(by: Member, decision: Decision) -> None:
    """The owner and whoever made it act on a decision; other managers read it. Raises NotAllowed."""
    check(by, Permission.SEE_FIGURES)
    if by.pk not in (decision.owner_id, decision.made_by_id):
        raise NotAllowed(_("Only its owner changes a decision."))


def check_can_change(by: Member, decision: Decision) -> None:
    """Raises NotAllowed, and WrongState once it is closed."""
    check_is_theirs(by, decision)
    if decision.closed_at is not None:
        raise WrongState(_("This decision is closed."))


def check_is_first(decision: Decision, *, yours: str) -> None:
    """Raises Stale, with what is written of another ending, once it is closed."""
    if decision.closed_at is not None:
        raise Stale(theirs=ending(decision.outcome, decision.outcome_note), yours=yours)


def check_may_undo(done_at: Any) -> None:
    """Raises WrongState when it was not done, or too long ago."""
    if done_at is None or timezone.now() - done_at > UNDO_FOR:
        raise WrongState(_("This can be undone for ten minutes only."))


def _locked(decision: Decision) -> Decision:
    """The decision as it stands now, held until the transaction ends: sharing does not raise its version."""
    return Decision.objects.select_for_update(of=("self",), no_key=True).select_related("group").get(pk=decision.pk)


def _as_read(decision: Decision, version: int | None) -> int:
    """The version to act on. Raises SavedMeanwhile where another one was read."""
    if version not in (None, decision.version):
        raise SavedMeanwhile
    return decision.version


def _check_terms(terms: Terms, group: Group | None, by: Member, earliest: date) -> None:
    if terms.adjustment != LEAVE and not terms.what:
        raise Invalid(_("Say in a few words what changes."), field="what")
    if not owners_for(group, by=by).filter(pk=terms.owner.pk).exists():
        raise Invalid(_("Choose a manager who may open this figure."), field="owner")
    if terms.check_on < earliest:
        words = {"day": day(earliest)}
        raise Invalid(_("The first figures after a full block come on %(day)s.") % words, field="check_on")
    if terms.check_on.year > LATEST:
        raise Invalid(_("This year is out of range."), field="check_on")


def _fields(terms: Terms) -> dict[str, Any]:
    what = "" if terms.adjustment == LEAVE else terms.what
    return {field: getattr(terms, field) for field in Terms.__slots__} | {"what": what}


def name_of(group: Group) -> str:
    """With its pillar, since a decision outlives its release."""
    top = group
    while top.parent is not None:
        top = top.parent
    return (group.name if top == group else f"{top.name} · {group.name}")[:400]


def _again(first: Decision, by: Member, figure: Figure, terms: Terms) -> Decision:
    """The same form sent twice is one decision, however it was edited since; another text under its key is none."""
    about = (by.pk, figure.group.identity, figure.measure)
    other = (first.made_by_id, first.group_identity, first.measure) != about
    if first.version == 1:
        other = other or any(getattr(first, name) != value for name, value in _fields(terms).items())
    if other:
        raise WrongState(_("This form was saved before. Open the figure again to decide anew."))
    return first
