"""What a plan says, apart from its time: given by forms, the API and the week alike, and checked here."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid
from programs.models import Behaviour, Blueprint, Criterion, Member, Rubric
from sessions.domain.texts import fitting
from sessions.models import MicroSession, PractiseOn

MINUTES = range(10, 21)
DIFFICULTIES = range(1, 5)
OF_ITS_PEOPLE = ("demonstration", "constraint")
"""Texts of a case that speak of the people in it, so they belong to a session on that case alone."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """The fields of MicroSession that a plan fills. Texts left empty come from the behaviour and the case.

    To a session on the learner's own work the case lends its opening question, its job aid and its trial within a day
    alone. What it says of its people, word for word, counts as not written there; what to look for and the questions
    for afterwards, which a session shows from the case itself, mostly do.
    """

    minutes_planned: int
    focus: Behaviour
    blueprint: Blueprint | None = None
    success_criterion: str = ""
    practise_on: str = PractiseOn.THEIR_WORK
    reference: str = ""
    difficulty: int = 1
    difficulty_reason: str = ""
    demonstration: str = ""
    job_aid: str = ""
    constraint: str = ""

    def values(self, criterion: Criterion) -> dict[str, Any]:
        """Field → value, with the defaults of case and criterion (the focus in this rubric's words) filled in."""
        given = {each.name: plain(getattr(self, each.name)) for each in fields(self)}
        defaults = {"success_criterion": _cut("success_criterion", criterion.success)}
        lent = texts_of(self.blueprint) if self.blueprint else {}
        if self.practise_on == PractiseOn.THEIR_WORK:
            others = {name: lent.pop(name, "") for name in OF_ITS_PEOPLE}
            given |= {name: "" for name, text in others.items() if given[name] == text}
        return given | {name: text for name, text in (defaults | lent).items() if not given[name]}

    def instead_of(self, micro: MicroSession) -> Self:
        """The same with those texts left empty that stand in the planned session's old focus or case and are not the
        new one's: nobody wrote them, so they follow the choice."""
        old: dict[str, str] = {}
        if self.focus.pk != micro.focus_id:
            old["success_criterion"] = plain(_cut("success_criterion", micro.focus_criterion.success))
        if micro.blueprint and (self.blueprint is None or self.blueprint.pk != micro.blueprint.pk):
            old |= texts_of(micro.blueprint)
        blanks: dict[str, Any] = {name: "" for name, text in old.items() if plain(getattr(self, name)) == text}
        return replace(self, **blanks)


def texts_of(case: Blueprint) -> dict[str, str]:
    """The texts that a session can take from its case, as a session keeps them."""
    texts = {"demonstration": case.demonstration, "job_aid": "\n".join(case.job_aid), "constraint": case.constraint}
    return {name: _cut(name, plain(text)) for name, text in texts.items()}


def plain(value: Any) -> Any:
    """Browsers send line ends as CR LF: the same text again is no change."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def check(content: Content, rubric: Rubric, *, by: Member) -> dict[str, Any]:
    """The values to save. Raises Invalid, naming the field."""
    if content.minutes_planned not in MINUTES:
        raise Invalid(_("A session takes 10 to 20 minutes."), field="minutes_planned")
    if content.difficulty not in DIFFICULTIES:
        raise Invalid(_("Difficulty is 1 to 4."), field="difficulty")
    if content.practise_on not in PractiseOn.values:
        raise Invalid(_("Choose what to practise on."), field="practise_on")
    criterion = next((each for each in rubric.criteria.all() if each.behaviour_id == content.focus.pk), None)
    if criterion is None:
        raise Invalid(_("Choose a behaviour of this pillar’s newest rubric."), field="focus")
    if content.practise_on == PractiseOn.LIBRARY_CASE and content.blueprint is None:
        raise Invalid(_("Choose the case, or practise on something else."), field="blueprint")
    _check_case(content.blueprint, rubric, by)
    values = content.values(criterion).items()
    return {name: fitting(MicroSession, name, each) if isinstance(each, str) else each for name, each in values}


def differences(micro: MicroSession, values: Mapping[str, Any]) -> list[str]:
    """Names of the fields in which the saved session differs."""
    return [name for name, value in values.items() if getattr(micro, name) != value]


def _check_case(case: Blueprint | None, rubric: Rubric, by: Member) -> None:
    if case is None:
        return
    ours = case.organization_id in (None, by.organization_id)
    if not ours or case.pillar_id != rubric.pillar_id or case.published_at is None:
        raise Invalid(_("Choose a case of this pillar."), field="blueprint")


def _longest(name: str) -> int | None:
    most: int | None = getattr(MicroSession._meta.get_field(name), "max_length", None)
    return most


def _cut(name: str, text: str) -> str:
    """A default of the library that is longer than a session keeps ends in an ellipsis."""
    return Truncator(text).chars(_longest(name) or len(text))
