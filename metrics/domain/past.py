"""What stood and what was published in the block before: read from the rows that its release left."""

from collections import defaultdict
from dataclasses import dataclass, field

from metrics.domain.standing import Standing, Together
from metrics.models import Block, CountedIn, Group, Partition


@dataclass(frozen=True, slots=True)
class Past:
    """`standing`: by pillar. `published`: pillar → identity → the learners in that set."""

    standing: dict[int, Standing] = field(default_factory=dict)
    published: dict[int, dict[str, set[int]]] = field(default_factory=dict)


def past_of(block: Block | None) -> Past:
    """What the release of that block left; nothing without one. Four queries."""
    if block is None:
        return Past()
    counted: dict[int, dict[int, int]] = defaultdict(dict)
    rows = CountedIn.objects.filter(block=block, cohort__isnull=False)
    for pillar, learner, cohort in rows.values_list("pillar", "learner", "cohort"):
        counted[pillar][learner] = cohort
    together: dict[tuple[int, str], list[Together]] = defaultdict(list)
    for part in Partition.objects.filter(block=block):
        together[part.pillar_id, part.node].append(Together(frozenset(part.ids), part.identity))
    standing = {
        pillar: Standing(
            people, tuple(together[pillar, Group.Node.COHORT]), tuple(together[pillar, Group.Node.PROGRAM])
        )
        for pillar, people in counted.items()
    }
    return Past(standing, _published(block, counted))


def _published(block: Block, counted: dict[int, dict[int, int]]) -> dict[int, dict[str, set[int]]]:
    cohorts: dict[tuple[int, str], set[int]] = defaultdict(set)
    groups = Group.objects.filter(release__block=block)
    for pillar, identity, cohort in groups.values_list("pillar", "identity", "cohorts"):
        cohorts[pillar, identity].add(cohort)
    found: dict[int, dict[str, set[int]]] = defaultdict(dict)
    for (pillar, identity), held in cohorts.items():
        people = counted.get(pillar, {})
        found[pillar][identity] = {learner for learner, cohort in people.items() if cohort in held}
    return found
