"""The access table: every URL name × who × GET and POST. A URL without a row fails the suite.

A status is what that person gets with the row's own data; 404 for another's row, never 403. LOGIN is the redirect
to the sign-in page. `url` builds the arguments from the world; `post` the body. Rows live beside this file, one
module per audience, each with `ROWS: dict[str, Row]`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LOGIN = "login"
WHO = ("anonymous", "coach", "learner", "manager", "admin", "other_coach", "other_learner", "other_org")
ACTORS = {
    "coach": "ana", "learner": "leo", "manager": "mia", "admin": "ada",
    "other_coach": "cole", "other_learner": "lia", "other_org": "olga",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """`get` and `post`: status by person, `default` for those not named. `world` makes the rows the URL needs.

    `args(world)` gives the URL's arguments, `data(world)` the POST body. A method the view does not take is 405.
    """

    get: dict[str, int | str] = field(default_factory=dict)
    post: dict[str, int | str] = field(default_factory=dict)
    get_default: int | str = 404
    post_default: int | str = 404
    world: Callable[[Any], Any] = lambda cast: cast
    args: Callable[[Any], list[Any]] = lambda world: []
    data: Callable[[Any], dict[str, Any]] = lambda world: {}

    def expected(self, method: str, who: str) -> int | str:
        """Anonymous people are sent to the login unless the row says otherwise."""
        named, default = (self.get, self.get_default) if method == "get" else (self.post, self.post_default)
        return named.get(who, LOGIN if who == "anonymous" else default)
