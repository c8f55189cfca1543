"""Names of people, cohorts, programs and organizations: one line that one can see and that turns nothing round."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from coachhub.errors import Invalid

SEEN = frozenset("LNPS")  # letters, numbers, punctuation, symbols: marks, controls and spaces alone show nothing
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")  # letters and symbols that are drawn as nothing
BREAKS = [*range(1, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029]  # a null is refused as everywhere
TURNS = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]  # also the words after the name
WIDTHLESS = [0x200B, 0x2060, 0xFEFF]  # two names would look the same; joiners (U+200C, U+200D) shape letters and stay
CLEANED = dict.fromkeys(BREAKS, " ") | dict.fromkeys([*TURNS, *WIDTHLESS])


def is_seen(text: str) -> bool:
    """Whether anything of a text is drawn."""
    return any(unicodedata.category(letter)[0] in SEEN and letter not in BLANK for letter in text)


def clean(name: str, *, field: str = "name") -> str:
    """A name as it is kept: control characters become spaces; those go that change the direction of reading
    or that nobody sees.

    Raises Invalid on `field` when nothing of it can be seen.
    """
    name = name.translate(CLEANED).strip()
    if not is_seen(name):
        raise Invalid(_("Nothing of this name can be seen. Write at least one letter or number."), field=field)
    return name


@contextmanager
def free(name: str, *, field: str = "name") -> Iterator[None]:
    """For a write whose only unique value is the name: the database alone knows what others write in this instant.

    Raises Invalid on `field` when the name is there already.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise Invalid(_("“%(name)s” is there already.") % {"name": name}, field=field) from error
