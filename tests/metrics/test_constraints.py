"""The database refuses what the rule forbids: one attempt for every constraint and trigger of metrics' tables."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from metrics.models import Block, CountedIn, Decision, Figure, Group, Partition, PutAside, Release

NOW = timezone.now()
MONDAY = dt.date(2026, 1, 5)


def block(cast, starts=MONDAY, days=27) -> Block:
    return Block.objects.create(
        organization=cast.organization, starts_on=starts, ends_on=starts + dt.timedelta(days=days)
    )


def release(cast, **fields) -> Release:
    return Release.objects.create(block=block(cast), rule_version=1, content_hash="x", released_at=NOW, **fields)


def group(cast, of=None, identity="c:1", node="cohort") -> Group:
    return Group.objects.create(
        release=of or release(cast), node=node, pillar=cast.pillar, name="North", identity=identity, people="6–9"
    )


def figure(cast, **fields) -> Figure:
    return Figure.objects.create(**{"group": group(cast), "measure": "level", "value": 2, "text": "2.00"} | fields)


def decision(cast, **fields) -> Decision:
    usual = {
        "organization": cast.organization, "group_identity": "c:1", "group_name": "North", "measure": "level",
        "insight": "Level fell", "adjustment": "cadence", "owner": cast.mia, "made_by": cast.mia, "check_on": MONDAY,
    }  # fmt: skip
    return Decision.objects.create(**usual | fields)


def changed(row: models.Model) -> None:
    row.save(force_update=True)


def taken(cast, **link) -> None:
    """From a group that no demo made."""
    kept = Release.objects.create(block=block(cast), rule_version=1, content_hash="x", released_at=NOW)
    for name, row in link.items():
        links = getattr(group(cast, of=kept), name)
        links.add(row)
        links.remove(row)


def twice(make, *args, **kwargs):
    make(*args, **kwargs)
    make(*args, **kwargs)


BREAKERS = {
    "block_ends_after_it_starts": lambda cast: block(cast, days=0),
    "blocks_are_disjoint": lambda cast: (block(cast), block(cast, starts=MONDAY + dt.timedelta(days=7))),
    "counted_once_per_block_and_pillar": lambda cast: [
        twice(CountedIn.objects.create, block=row, pillar=cast.pillar, learner=cast.leo) for row in [block(cast)]
    ],
    "release:frozen": lambda cast: changed(release(cast)),
    "group:frozen": lambda cast: changed(group(cast)),
    "figure:frozen": lambda cast: changed(figure(cast)),
    "groupcohort:frozen": lambda cast: taken(cast, cohorts=cast.cohort),
    "groupviewer:frozen": lambda cast: taken(cast, viewers=cast.mia),
    "group_once_per_release": lambda cast: [twice(group, cast, of=row) for row in [release(cast)]],
    "figure_once_per_group_and_measure": lambda cast: [
        twice(Figure.objects.create, group=row, measure="level") for row in [group(cast)]
    ],
    "figure_published_has_its_text": lambda cast: figure(cast, text=""),
    "partition_part_once": lambda cast: [
        twice(Partition.objects.create, block=row, pillar=cast.pillar, node="cohort", ids=[1, 2])
        for row in [block(cast)]
    ],
    "decision_closed_has_its_outcome": lambda cast: decision(cast, closed_at=NOW),
    "decision_shared_has_its_sentence": lambda cast: decision(cast, shared_at=NOW),
    "decision_adjustment_is_known": lambda cast: decision(cast, adjustment="fire"),
    "decision_measure_is_known": lambda cast: decision(cast, measure="mood"),
    "decision_outcome_is_known": lambda cast: decision(cast, closed_at=NOW, outcome="win"),
    "figure_measure_is_known": lambda cast: figure(cast, measure="mood"),
    "group_node_is_known": lambda cast: group(cast, node="team"),
    "partition_node_is_known": lambda cast: Partition.objects.create(
        block=block(cast), pillar=cast.pillar, node="team", ids=[1]
    ),
    "put_aside_once_per_member": lambda cast: [
        twice(PutAside.objects.create, member=cast.mia, figure=row) for row in [figure(cast)]
    ],
    "decision:in_one_organization": lambda cast: decision(cast, owner=cast.olga),
}
KEPT_BY_ANOTHER = {"block_starts_once"}  # blocks_are_disjoint refuses it first
HISTORY = {"insert_insert", "update_update", "append_only"}


@pytest.mark.parametrize("name", BREAKERS)
def test_the_database_refuses(name, cast):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        BREAKERS[name](cast)
    assert refusal.value.__cause__.diag.constraint_name == name.split(":")[-1]


def test_every_constraint_and_trigger_of_metrics_is_tried():
    ours = [model for model in apps.get_app_config("metrics").get_models() if not model.__name__.endswith("Event")]
    names = {constraint.name for model in ours for constraint in model._meta.constraints}
    names |= {trigger.name for model in ours for trigger in getattr(model._meta, "triggers", [])}
    assert names - {name.split(":")[-1] for name in BREAKERS} - KEPT_BY_ANOTHER - HISTORY == set()


def test_a_release_of_rule_version_0_can_be_deleted_whole(cast):
    first = Release.objects.create(block=block(cast), rule_version=0, content_hash="x", released_at=NOW)
    Figure.objects.create(group=group(cast, of=first), measure="level")
    first.delete()
    assert (Release.objects.count(), Group.objects.count(), Figure.objects.count()) == (0, 0, 0)
