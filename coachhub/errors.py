"""What domain functions raise, each with a sentence for the person; one middleware turns them into responses."""

from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refused state change. `sentence` is shown to the person as it is."""

    sentence: str | Promise = _("That did not work. Nothing was changed.")
    status = HTTPStatus.CONFLICT
    code = "refused"

    def __init__(self, sentence: str | Promise = "", *, field: str = "") -> None:
        super().__init__(sentence or self.sentence)
        self.sentence = sentence or self.sentence
        self.field = field


class NotAllowed(DomainError):
    """The member's role or part in it does not allow this."""

    sentence = _("You cannot do this.")
    status = HTTPStatus.FORBIDDEN
    code = "not_allowed"


class WrongState(DomainError):
    """Somebody or something was faster: the thing is no longer in the state this needs."""

    sentence = _("This has changed since you opened the page. Nothing was lost.")
    code = "wrong_state"


class Invalid(DomainError):
    """A value that the rule does not take; `field` names the form field."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid"


class Stale(DomainError):
    """An edit of an older version; both texts are shown so that nothing is overwritten."""

    sentence = _("Somebody saved this while you were writing. Both texts are below.")
    code = "stale"

    def __init__(self, *, theirs: str, yours: str) -> None:
        super().__init__()
        self.theirs = theirs
        self.yours = yours
