"""One keep and one change line per session, saved as they are typed; and lines to begin with, from the taps."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coachhub.errors import Invalid, Stale
from programs.models import Member
from sessions.domain import policies
from sessions.domain.criteria import criteria_of
from sessions.domain.locks import locked
from sessions.domain.texts import fitting
from sessions.domain.ticks import TickCount
from sessions.models import Feedback, MicroSession

MOST_SUGGESTIONS = 2


class Suggestion(NamedTuple):
    """A line to begin with, and the behaviour that it speaks of."""

    line: str
    behaviour: int


def items_of(micro: MicroSession, *, by: Member) -> dict[str, Feedback]:
    """By kind, as far as the member may see them; one query."""
    items = Feedback.objects
    seen = items.coached_by(by) if by.pk == micro.coach_id else items.visible_to(by)
    return {item.kind: item for item in seen.filter(micro=micro)}


@transaction.atomic
def write(
    micro: MicroSession,
    *,
    by: Member,
    kind: str,
    version: int,
    line: str | None = None,
    did: str | None = None,
    how: str | None = None,
    impact: str | None = None,
    next_step: str | None = None,
    behaviour: int | None = None,
) -> Feedback:
    """Save the texts given, leave those that are None. The same texts again change nothing.

    `behaviour` is what the item speaks of, one of the session's rubric; unsaid, the focus.
    `version` is the one the page was made with, 0 when there was no item yet. Raises NotAllowed,
    WrongState once closed, Invalid, and Stale when another page has saved since.
    """
    micro = locked(micro)
    policies.check_can_write_record(by, micro)
    if kind not in Feedback.Kind.values:
        raise Invalid(_("Feedback is something to keep or something to change."), field="kind")
    texts = {"line": line, "did": did, "how": how, "impact": impact, "next_step": next_step}
    given = {name: fitting(Feedback, name, text) for name, text in texts.items() if text is not None}
    item = Feedback.objects.filter(micro=micro, kind=kind).first() or Feedback(micro=micro, kind=kind, version=0)
    changed = {name: text for name, text in given.items() if getattr(item, name) != text}
    about = behaviour or item.behaviour_id
    if not changed and item.pk and about == item.behaviour_id:
        return item
    if version != item.version:
        raise Stale(theirs=_joined(getattr(item, name) for name in changed), yours=_joined(changed.values()))
    for name, text in changed.items():
        setattr(item, name, text)
    item.behaviour_id = _of_session(micro, about or micro.focus_id)
    item.version += 1
    item.save()
    return item


def _of_session(micro: MicroSession, behaviour: int) -> int:
    """Raises Invalid for a behaviour of another rubric. One query, none for the focus."""
    if behaviour != micro.focus_id and behaviour not in {each.behaviour_id for each in criteria_of(micro)}:
        raise Invalid(_("Choose a behaviour of this session."), field="behaviour")
    return behaviour


def _joined(texts: Iterable[str]) -> str:
    return "\n".join(text for text in texts if text)


def keep_suggestions(counts: Mapping[int, TickCount], behaviours: Mapping[int, str]) -> list[Suggestion]:
    """ "3 times: names the feeling before offering a fix", most seen first; behaviours are pk → name."""
    seen = [(counts[pk].saw, name, pk) for pk, name in behaviours.items() if pk in counts and counts[pk].saw]
    seen.sort(key=lambda each: -each[0])
    return [
        Suggestion(ngettext("Once: %(what)s", "%(n)s times: %(what)s", n) % {"n": n, "what": _small(name)}, pk)
        for n, name, pk in seen[:MOST_SUGGESTIONS]
    ]


def change_suggestions(
    counts: Mapping[int, TickCount], behaviours: Mapping[int, str], *, above: Mapping[int, str]
) -> list[Suggestion]:
    """ "Next chance: pauses before answering", most missed chances first, then "Next: waits for the answer".

    Behaviours are pk → name; `above` is pk → what the level above the coach's own says.
    """
    unused = [(counts[pk].chance, name, pk) for pk, name in behaviours.items() if pk in counts and counts[pk].chance]
    unused.sort(key=lambda each: -each[0])
    missed = [Suggestion(_("Next chance: %(what)s") % {"what": _small(name)}, pk) for _n, name, pk in unused]
    higher = [Suggestion(_("Next: %(what)s") % {"what": _small(anchor)}, pk) for pk, anchor in above.items()]
    return [*missed, *higher][:MOST_SUGGESTIONS]


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]
