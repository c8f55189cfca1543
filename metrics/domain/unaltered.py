"""Whether releases still say what was hashed when they were written."""

from metrics.domain.freezing import content_hash
from metrics.models import Group, Release


def altered() -> list[Release]:
    """The releases whose rows no longer give their hash. It reads all that was ever published: not for a page."""
    releases = Release.objects.select_related("block__organization")
    return [each for each in releases if content_hash(content_of(each)) != each.content_hash]


def content_of(release: Release) -> dict[str, object]:
    """What `freezing` hashed, read back from the rows."""
    rows = release.groups.select_related("parent").prefetch_related("cohorts", "viewers", "figures")
    return {
        "block": [str(release.block.starts_on), str(release.block.ends_on)],
        "rule_version": release.rule_version,
        "groups": [_said(row) for row in sorted(rows, key=lambda row: (row.name.lower(), row.identity))],
    }


def _said(row: Group) -> dict[str, object]:
    return {
        "identity": row.identity, "node": row.node, "parent": row.parent.identity if row.parent else "",
        "name": row.name, "holds": row.holds, "people": row.people,
        "cohorts": sorted(each.pk for each in row.cohorts.all()),
        "viewers": sorted(each.pk for each in row.viewers.all()),
        "figures": {each.measure: each.text for each in row.figures.all()},
    }  # fmt: skip
