"""The gate before freezing (PRIVACY.md rule 10, a and b): checks what the partition promises, knowing none of it.

It sees published sets as plain sets of learners, so a mistake in merging or admission cannot pass unnoticed.
"""

from collections import Counter
from collections.abc import Collection, Mapping

from metrics.domain.heads import Knowers, heads_of

type Sets = Mapping[str, Collection[int]]
"""Identity → the learners in that published set."""


class GateFailed(Exception):
    """These sets must not be published together; the message names the rule, never a person."""


def check_table(sets: Sets, knowers: Knowers, k: int) -> None:
    """10a: no two published sets of one table differ by 1..k-1 people, and neither does any sum of differences.

    Learners who are in the same sets form an atom; whatever can be computed from the table by adding and
    subtracting is a union of atoms. Every atom has n_eff >= k. Raises GateFailed.
    """
    memberships: dict[int, list[str]] = {}
    for identity in sorted(sets):
        for learner in sets[identity]:
            memberships.setdefault(learner, []).append(identity)
    atoms: dict[tuple[str, ...], list[int]] = {}
    for learner, names in memberships.items():
        atoms.setdefault(tuple(names), []).append(learner)
    if any(heads_of(people, knowers).effective < k for people in atoms.values()):
        raise GateFailed("two published sets differ by too few people")
    _check_pairs({identity: len(people) for identity, people in sets.items()}, atoms, k)


def check_steps(before: Sets, now: Sets, k: int) -> None:
    """10b: a set that was published in the last release gained nobody or at least k, and lost likewise.

    Raises GateFailed.
    """
    for identity in before.keys() & now.keys():
        old, new = set(before[identity]), set(now[identity])
        if 0 < len(new - old) < k or 0 < len(old - new) < k:
            raise GateFailed("a published set changed by too few people")


def _check_pairs(sizes: Mapping[str, int], atoms: Mapping[tuple[str, ...], list[int]], k: int) -> None:
    """The rule as it is written, pair by pair; sets that share nobody differ by their sizes."""
    shared: Counter[tuple[str, str]] = Counter()
    for names, people in atoms.items():
        shared.update({(one, other): len(people) for one in names for other in names if one != other})
    if any(0 < size < k for size in sizes.values()):
        raise GateFailed("a published set is too small")
    for (one, _other), size in shared.items():
        if 0 < sizes[one] - size < k:
            raise GateFailed("two published sets differ by too few people")
