"""Names of people, cohorts, programs and organizations: one line that one can see and that turns nothing round."""

import unicodedata

from django.utils.translation import gettext as _

from coachhub.errors import Invalid

SEEN = frozenset("LNPS")  # letters, numbers, punctuation, symbols: marks, controls and spaces alone show nothing
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")  # letters and symbols that are drawn as nothing
BREAKS = [*range(1, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029]  # a null is refused as everywhere
TURNS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]  # they would turn round the words after the name
CLEANED = dict.fromkeys(BREAKS, " ") | dict.fromkeys(TURNS)


def is_seen(text: str) -> bool:
    """Whether anything of a text is drawn."""
    return any(unicodedata.category(letter)[0] in SEEN and letter not in BLANK for letter in text)


def clean(name: str, *, field: str = "name") -> str:
    """A name as it is kept: control characters become spaces, those that change the direction of reading go.

    Raises Invalid on `field` when nothing of it can be seen.
    """
    name = name.translate(CLEANED).strip()
    if not is_seen(name):
        raise Invalid(_("Nothing of this name can be seen. Write at least one letter or number."), field=field)
    return name
