"""Every URL of the project with numbers filled in, for tests that sweep over all of them."""

import re
from collections.abc import Iterable
from functools import cache

from api_rows import API
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rules_access import LOGIN

from tests.rules.test_access import table

ROWLESS = {"api:schema", "api:docs", "healthz", "readyz"}  # the same for everybody, whatever the rows say
SHUT = (401, 404, 405, LOGIN)
LEAVES = re.compile("account_|member-switch|sign-out|demo-sign-in")  # they end the login session


@cache
def patterns() -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Name, argument names and their converters of every URL."""

    def walk(found: Iterable, prefix: str = ""):
        for each in found:
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, f"{prefix}{each.namespace}:" if each.namespace else prefix)
            elif isinstance(each, URLPattern) and each.name:
                converters = each.pattern.converters
                yield prefix + each.name, tuple(converters), tuple(type(c).__name__ for c in converters.values())

    return sorted(set(walk(get_resolver().url_patterns)))


def addresses(numbers: dict[str, list[int]], only: str = "") -> list[tuple[str, str]]:
    """(name, URL) of every URL whose arguments are numbers or a word; a kind of row that is not known gets them all."""
    found = []
    everything = sorted({number for some in numbers.values() for number in some})
    for name, arguments, kinds in patterns():
        if LEAVES.search(name) or not name.startswith(only):
            continue
        fitting = next((some for about, some in numbers.items() if re.search(about, name)), everything)
        for number in fitting if arguments else [0]:
            values = {"IntConverter": number, "SlugConverter": "keep", "StringConverter": "keep"}
            if set(kinds) <= set(values):
                args = dict(zip(arguments, (values[kind] for kind in kinds), strict=True))
                found.append((name, reverse(name, kwargs=args)))
    return found


def answering(who: str, method: str) -> set[str]:
    """Names of URLs at which the access tables let that person do something; all others stay shut, as those prove."""
    pages = {name for name, row in table().items() if row.expected(method, who) not in SHUT}
    calls = {name: row.calls[method.upper()] for name, row in API.items() if method.upper() in row.calls}
    return (pages | {name for name, call in calls.items() if call.expected(who) not in SHUT}) - ROWLESS
