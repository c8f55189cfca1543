"""Cards for Today: each app offers `cards(member)`; coachhub/pages puts them in order."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from django.utils.functional import Promise

from programs.models import Member

Text = str | Promise


class Urgency(IntEnum):
    """The order of Today: running; starts soon; to finish, oldest first; due today; waiting longest; good to know."""

    RUNNING = 0
    SOON = 1
    FINISH = 2
    TODAY = 3
    WAITING = 4
    KNOW = 5


@dataclass(frozen=True)
class Action:
    label: Text
    url: str
    post: bool = False


@dataclass(frozen=True)
class Card:
    """One kind of thing to do, with a count; the template shows title, lines and actions and knows no app."""

    kind: str
    urgency: Urgency
    title: Text
    role: Text = ""
    lines: tuple[Text, ...] = ()
    quote: Text = ""
    when: datetime | None = None
    since: datetime | None = None  # orders cards of one urgency, oldest first
    person: Member | None = None
    count: int = 1
    actions: tuple[Action, ...] = field(default=())
    to_do: bool = True
