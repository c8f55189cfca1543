"""Models of metrics; the layers above import them from here."""

from metrics.models.blocks import Block, CountedIn
from metrics.models.decisions import Decision, PutAside
from metrics.models.figures import Figure, Group, GroupCohort, GroupViewer, Measure, Partition, Release

__all__ = [
    "Block",
    "CountedIn",
    "Decision",
    "Figure",
    "Group",
    "GroupCohort",
    "GroupViewer",
    "Measure",
    "Partition",
    "PutAside",
    "Release",
]
