"""Writing a release: rows that nobody changes any more, and a hash over all that they say."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from metrics import privacy
from metrics.domain.names import Names
from metrics.domain.parts import COHORT, PILLAR, Part
from metrics.domain.standing import Roster, Standing
from metrics.models import Block, CountedIn, Figure, Group, GroupCohort, GroupViewer, Measure, Partition, Release

BATCH = 5000
type Said = privacy.Figure | privacy.Hidden


@dataclass(frozen=True, slots=True)
class PillarTable:
    """One pillar of a block.

    `tables`: measure → identity → what is said; `bands`: identity → how many count in it, as a band.
    """

    pillar: int
    standing: Standing
    roster: Roster
    parts: list[Part]
    tables: Mapping[str, Mapping[str, Said]]
    bands: Mapping[str, str]


def freeze(
    block: Block,
    pillars: list[PillarTable],
    names: Names,
    viewers: Mapping[int, frozenset[int]],
    *,
    now: datetime,
) -> Release:
    """Write the block's release with its groups, viewers and figures, and the membership that it stands on."""
    _write_membership(block, pillars)
    groups = [(table, part, _group(table, part, names)) for table in pillars for part in table.parts]
    groups.sort(key=lambda each: (each[2].name.lower(), each[2].identity))
    sees = {part.identity: _viewers(part, viewers) for _table, part, _row in groups}
    release = Release.objects.create(
        block=block,
        rule_version=privacy.RULE_VERSION,
        released_at=now,
        content_hash=content_hash(_content(block, groups, sees)),
    )
    _write_groups(release, groups)
    _write_links(groups, sees)
    Figure.objects.bulk_create(
        (
            Figure(group=row, measure=measure, value=said.value, text=said.text)
            for table, part, row in groups
            for measure in Measure.values
            for said in [table.tables[measure][part.identity]]
        ),
        batch_size=BATCH,
    )
    return release


type Row = tuple[PillarTable, Part, Group]


def _group(table: PillarTable, part: Part, names: Names) -> Group:
    return Group(
        node=part.node,
        pillar_id=table.pillar,
        program_id=min(part.programs) if part.node != PILLAR and len(part.programs) == 1 else None,
        name=names.of(part, table.pillar),
        holds=names.held_by(part),
        identity=part.identity,
        people=table.bands[part.identity],
        merged=part.node != PILLAR and len(part.cohorts if part.node == COHORT else part.programs) > 1,
    )


def _viewers(part: Part, viewers: Mapping[int, frozenset[int]]) -> list[int]:
    return sorted({viewer for cohort in part.cohorts for viewer in viewers.get(cohort, ())})


def _write_groups(release: Release, groups: Iterable[Row]) -> None:
    """Parents before children, each generation by name."""
    made: dict[str, Group] = {}
    for node in Group.Node.values:
        rows = [(part, row) for _table, part, row in groups if part.node == node]
        for part, row in rows:
            row.release, row.parent = release, made.get(part.parent)
        Group.objects.bulk_create([row for _part, row in rows], batch_size=BATCH)
        made |= {part.identity: row for part, row in rows}


def _write_links(groups: Iterable[Row], sees: Mapping[str, list[int]]) -> None:
    GroupCohort.objects.bulk_create(
        (
            GroupCohort(group_id=row.pk, cohort_id=cohort)
            for _table, part, row in groups
            for cohort in sorted(part.cohorts)
        ),
        batch_size=BATCH,
    )
    GroupViewer.objects.bulk_create(
        (
            GroupViewer(group_id=row.pk, member_id=viewer)
            for _table, part, row in groups
            for viewer in sees[part.identity]
        ),
        batch_size=BATCH,
    )


def _write_membership(block: Block, pillars: Iterable[PillarTable]) -> None:
    CountedIn.objects.filter(block=block).delete()
    Partition.objects.filter(block=block).delete()
    CountedIn.objects.bulk_create(
        (
            CountedIn(
                block=block, pillar_id=table.pillar, learner_id=learner, cohort_id=table.standing.counted.get(learner)
            )
            for table in pillars
            for learner in sorted(table.standing.counted.keys() | table.roster.cohort_of.keys())
        ),
        batch_size=BATCH,
    )
    Partition.objects.bulk_create(
        Partition(block=block, pillar_id=table.pillar, node=node, ids=sorted(each.ids), identity=each.identity)
        for table in pillars
        for node, together in ((Group.Node.COHORT, table.standing.cells), (Group.Node.PROGRAM, table.standing.programs))
        for each in together
    )


def _content(block: Block, groups: Iterable[Row], sees: Mapping[str, list[int]]) -> dict[str, object]:
    """All that a release says, in an order that does not depend on the database."""
    return {
        "block": [str(block.starts_on), str(block.ends_on)],
        "rule_version": privacy.RULE_VERSION,
        "groups": [
            {
                "identity": part.identity, "node": part.node, "parent": part.parent, "name": row.name,
                "holds": row.holds, "people": row.people, "cohorts": sorted(part.cohorts),
                "viewers": sees[part.identity],
                "figures": {measure: table.tables[measure][part.identity].text for measure in Measure.values},
            }
            for table, part, row in groups
        ],
    }  # fmt: skip


def content_hash(content: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
