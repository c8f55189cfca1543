"""Merging small siblings: groups that are large enough, never a hole where one is missing (PRIVACY.md rule 3)."""

from collections.abc import Iterable, Mapping

from metrics.domain.heads import Heads, total

type Sets = list[frozenset[int]]


def gathered(children: Mapping[int, Heads], k: int) -> tuple[Sets, frozenset[int]]:
    """Smallest first into groups of n_eff >= k, and what is left over at the end.

    The same for every order of `children`: equal sizes go by id.
    """
    groups: Sets = []
    rest: set[int] = set()
    heads = Heads()
    for child in sorted(children, key=lambda child: (children[child].size, child)):
        rest.add(child)
        heads += children[child]
        if heads.effective >= k:
            groups.append(frozenset(rest))
            rest, heads = set(), Heads()
    return groups, frozenset(rest)


def merged(children: Mapping[int, Heads], k: int) -> Sets:
    """Groups of n_eff >= k that hold every child; one group of all, admissible or not, where nothing finer is."""
    groups, rest = gathered(children, k)
    if rest and groups:
        target = smallest(groups, children)
        groups[groups.index(target)] = target | rest
    elif rest:
        groups = [rest]
    return repaired(groups, children, k)


def repaired(groups: Iterable[frozenset[int]], children: Mapping[int, Heads], k: int) -> Sets:
    """Merge whatever is below k with the smallest other group, until all are admissible or one is left."""
    left = list(groups)
    while len(left) > 1 and (bad := [group for group in left if heads_in(group, children).effective < k]):
        first = smallest(bad, children)
        left.remove(first)
        other = smallest(left, children)
        left[left.index(other)] = other | first
    return sorted(left, key=sorted)


def smallest(groups: Iterable[frozenset[int]], children: Mapping[int, Heads]) -> frozenset[int]:
    """The group of the fewest people; among equals the one with the lowest id."""
    return min(groups, key=lambda group: (heads_in(group, children).size, min(group)))


def heads_in(group: Iterable[int], children: Mapping[int, Heads]) -> Heads:
    return total(children[child] for child in group)
