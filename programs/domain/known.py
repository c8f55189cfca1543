"""What somebody knew who saves: asked where nobody can save in between, under the lock of the row."""

from collections.abc import Callable

from coachhub.errors import WrongState

type Known[M] = Callable[[M], None]
"""Gets the locked row; raises SavedMeanwhile, or Stale for a client, when it is not what the saver was shown."""


class SavedMeanwhile(WrongState):
    """Somebody else saved other values since the page was drawn; nothing was changed."""


def unasked(row: object) -> None:
    """For imports, which name what they change and leave the rest."""
