"""The library is open to every role of the organization; what belongs to another organization is not there."""

from types import SimpleNamespace

from django.utils import timezone
from rules_access import Row

from programs.models import Behaviour, Blueprint, Pillar, Rubric

EVERYBODY = dict.fromkeys(("coach", "learner", "manager", "admin", "other_coach", "other_learner"), 200)
READ_ONLY = {"post_default": 405}


def own_library(cast):
    pillar = Pillar.objects.create(organization=cast.organization, key="own", name="Own", short="Own", outcome="Ours")
    behaviour = Behaviour.objects.create(pillar=pillar, key="asks", position=0, name="Asks", what="Asks", success="One")
    rubric = Rubric.objects.create(pillar=pillar, version=1, content_hash="x", published_at=timezone.now())
    blueprint = Blueprint.objects.create(
        pillar=pillar, organization=cast.organization, key="own", version=1, title="Own", difficulty=1,
        focus=behaviour, objective="Ask", case="A case", content_hash="x", published_at=timezone.now(),
    )  # fmt: skip
    return SimpleNamespace(pillar=pillar, rubric=rubric, blueprint=blueprint)


ROWS = {
    "design:pillar-list": Row(get=EVERYBODY | {"other_org": 200}, **READ_ONLY),
    "design:pillar-show": Row(get=EVERYBODY, world=own_library, args=lambda world: [world.pillar.pk], **READ_ONLY),
    "design:rubric-show": Row(get=EVERYBODY, world=own_library, args=lambda world: [world.rubric.pk], **READ_ONLY),
    "design:blueprint-show": Row(
        get=EVERYBODY, world=own_library, args=lambda world: [world.blueprint.pk], **READ_ONLY
    ),
}
