"""Parts that many answers share: a person by name, a thing by name."""

from typing import Any

from coachhub.api.shown import Shown
from programs.models import Cohort, Member, Organization, Pillar, Program


class PersonShown(Shown[Member]):
    """A person as the others see them."""

    class Meta:
        model = Member
        fields = ("id", "name")


class OrganizationShown(Shown[Organization]):
    class Meta:
        model = Organization
        fields = ("id", "name", "timezone")


class PillarName(Shown[Pillar]):
    class Meta:
        model = Pillar
        fields = ("id", "name", "short")


class ProgramName(Shown[Program]):
    class Meta:
        model = Program
        fields = ("id", "name")


class CohortName(Shown[Cohort]):
    class Meta:
        model = Cohort
        fields = ("id", "name")


def sorted_once(values: list[Any]) -> list[Any]:
    """Each value once, in order."""
    return sorted(set(values))
