"""Who reaches figures and decisions: managers those of their groups, nobody else any of them."""

import datetime as dt
from types import SimpleNamespace
from uuid import uuid4

from django.utils import timezone
from rules_access import Row

from metrics.models import Block, Decision, Figure, Group, Release

CHECK = dt.date(2026, 6, 1)


def published(cast):
    """A released block with one group that Mia may open, and her decision about its level."""
    block = Block.objects.create(
        organization=cast.organization, starts_on=dt.date(2026, 1, 5), ends_on=dt.date(2026, 3, 1)
    )
    release = Release.objects.create(block=block, rule_version=0, content_hash="x", released_at=timezone.now())
    group = Group.objects.create(
        release=release, node="pillar", pillar=cast.pillar, name="De-escalation", identity="pillar:1", people="10–19"
    )
    group.viewers.add(cast.mia)
    group.cohorts.add(cast.cohort)
    figure = Figure.objects.create(group=group, measure="level", value="2.5", text="2.50")
    dash = Figure.objects.create(group=group, measure="applied")
    decision = Decision.objects.create(
        organization=cast.organization, group=group, group_identity=group.identity, group_name=group.name,
        measure="level", insight="Level 2.50", adjustment="relevance", what="Use own calls", owner=cast.mia,
        made_by=cast.mia, check_on=CHECK, told_to_learners="From Monday you practise on your own calls.",
    )  # fmt: skip
    decision.cohorts.add(cast.cohort)
    return SimpleNamespace(release=release, group=group, figure=figure, dash=dash, decision=decision)


def shared(cast):
    world = published(cast)
    Decision.objects.filter(pk=world.decision.pk).update(shared_at=timezone.now())
    return world


def closed(cast):
    world = published(cast)
    Decision.objects.filter(pk=world.decision.pk).update(closed_at=timezone.now(), outcome="keep")
    return world


def terms(**fields):
    return {
        "insight": "Level stands still", "adjustment": "relevance", "what": "Use own calls", "check_on": "2030-01-07",
        "told_to_learners": "", "form_key": str(uuid4()),
    } | fields  # fmt: skip


ONLY_MIA = {"manager": 200}


def page(name, **options):
    return Row(get=ONLY_MIA, post_default=405, world=published, **options)


def action(name, status=302, world=published, **options):
    return Row(
        get_default=405, post={"manager": status}, world=world, args=lambda world: [named(world, name)], **options
    )


def named(world, name):
    return getattr(world, name).pk


ROWS = {
    # Olga manages elsewhere: her own page, with nothing of this organization on it.
    "insights:home": Row(get={"manager": 200, "other_org": 200}, post_default=405, world=published),
    "insights:how": Row(get={"manager": 200, "other_org": 200}, post_default=405),
    "insights:cohort-list": Row(get={"manager": 200, "other_org": 200}, post_default=405),
    "insights:cohort-show": Row(get=ONLY_MIA, post_default=405, args=lambda cast: [cast.cohort.pk]),
    "insights:decision-list": Row(get={"manager": 200, "other_org": 200}, post_default=405, world=published),
    "insights:figure-list": Row(get={"manager": 200, "other_org": 302}, post_default=405, world=published),
    "insights:figure-export": page("csv"),
    "insights:release-show": page("release", args=lambda world: [world.release.pk]),
    "insights:release-export": page("release", args=lambda world: [world.release.pk]),
    "insights:group-show": page("group", args=lambda world: [world.group.pk]),
    "insights:decision-new": Row(
        get=ONLY_MIA, post={"manager": 302}, world=published, args=lambda world: [world.figure.pk],
        data=lambda world: terms(),
    ),
    "insights:decision-leave": action("figure"),
    "insights:figure-put-aside": action("figure"),
    "insights:decision-show": page("decision", args=lambda world: [world.decision.pk]),
    "insights:decision-edit": Row(
        get=ONLY_MIA, post={"manager": 302}, world=published, args=lambda world: [world.decision.pk],
        data=lambda world: terms(version=1),
    ),
    "insights:decision-share": action("decision", data=lambda world: {"version": 1}),
    "insights:decision-take-back": action("decision", world=shared),
    "insights:decision-close": action("decision", data=lambda world: {"outcome": "keep", "version": 1}),
    "insights:decision-reopen": action("decision", world=closed, data=lambda world: {"version": 1}),
}  # fmt: skip
