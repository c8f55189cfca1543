"""The API's part of the access table: every route × who, by bearer token, for every method that it takes.

Nobody signed in by session reaches any of it (`access_api.py`); without a token everything is 401.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rules_access import WHO

MEMBERS = tuple(who for who in WHO if who != "anonymous")
EVERYBODY = dict.fromkeys(MEMBERS, 200)
COACH, LEARNER, MANAGER, ADMIN = ({who: 200} for who in ("coach", "learner", "manager", "admin"))
PAIR = COACH | LEARNER


@dataclass(frozen=True)
class Call:
    """Status by person, `default` for those not named; `data(world)` is the body."""

    who: dict[str, int]
    data: Callable[[Any], Any] = lambda world: None
    default: int = 404

    def expected(self, who: str) -> int:
        return 401 if who == "anonymous" else self.who.get(who, self.default)


@dataclass(frozen=True)
class ApiRow:
    """A method that is not among `calls` is 405. `world` makes the rows, `args(world)` the numbers in the path."""

    calls: dict[str, Call]
    world: Callable[[Any], Any] = lambda cast: cast
    args: Callable[[Any], list[Any]] = field(default=lambda world: [world.pk])


def nothing(world) -> list[Any]:
    return []


def reads(who=EVERYBODY, world=lambda cast: cast, args=nothing) -> ApiRow:
    """A route that is only read."""
    return ApiRow({"GET": Call(who)}, world, args)


def posts(who, world, data=lambda world: None, args=lambda world: [world.pk], default: int = 404) -> ApiRow:
    """A route that only does something."""
    return ApiRow({"POST": Call(who, data, default)}, world, args)
