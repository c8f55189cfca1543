"""Rows of which no version is stored: a checksum of what can be set on them tells whether a client knows the newest."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any, ClassVar

from django.db.models import Model
from rest_framework import serializers

from coachhub.api.bodies import canonical
from coachhub.api.given import Given, Whole
from coachhub.api.shown import Shown
from coachhub.errors import Stale
from programs.domain.known import Known, checksum, plain

HELP = "The one you read."


class Versioned[M: Model](Shown[M]):
    """An answer whose `settable` fields make up its version."""

    settable: ClassVar[tuple[str, ...]]
    version = serializers.SerializerMethodField(help_text="To be sent along with a change.")

    def get_version(self, row: M) -> int:
        return checksum(values_of(row, self.settable))


class Changed(Given):
    """A change of parts, made by somebody who has read the whole."""

    always = ("version",)
    version = Whole(min_value=0, max_value=2**32 - 1, help_text=HELP)


def known_as(version: int, settable: tuple[str, ...], wanted: Mapping[str, Any]) -> Known[Model]:
    """For the domain function: raises Stale when others were saved since and saving would write over one of them."""

    def check(row: Model) -> None:
        now = values_of(row, settable)
        theirs = {name: now[name] for name in wanted}
        yours = {name: plain(value) for name, value in wanted.items()}
        if version != checksum(now) and theirs != yours:
            raise Stale(theirs=canonical(theirs), yours=canonical(yours))

    return check


def values_of(row: Model, settable: tuple[str, ...]) -> dict[str, Any]:
    """What stands in these fields, people by their numbers; `user.email` is called `email`."""
    return {name.rpartition(".")[2]: plain(attrgetter(name)(row)) for name in settable}
