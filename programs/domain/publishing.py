"""From library files to rows: behaviours kept by key, versions frozen, what left the file retired and not deleted."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.domain import library
from programs.domain.library import LibraryError, LibraryErrors, PillarFile
from programs.models import Behaviour, Blueprint, Criterion, Level, Organization, Pillar, Question, Rubric

Place = tuple[str | int, ...]


@transaction.atomic
def load(files: Sequence[PillarFile], *, organization: Organization | None = None) -> list[str]:
    """Write parsed files into the standard library, or into an organization's own.

    Loading the same files again changes nothing. Returns a sentence per change. Raises LibraryErrors when a
    rubric or blueprint has other text under a version that is published, or an older version than that.
    """
    errors = [error for file in files for error in _stale_versions(file, organization)]
    if errors:
        raise LibraryErrors(errors)
    return [change for file in files for change in _load_file(file, organization)]


def _load_file(file: PillarFile, organization: Organization | None) -> Iterator[str]:
    pillar, changed = _put(
        Pillar, {"organization": organization, "key": file.pillar.key}, file.pillar.model_dump(exclude={"key"})
    )
    if changed:
        yield _("%(pillar)s: %(change)s.") % {"pillar": pillar, "change": changed}
    behaviours: dict[str, Behaviour] = {}
    for position, given in enumerate(file.rubric.behaviours):
        values = given.model_dump(include={"name", "what", "success", "example"}) | given.criterion.model_dump()
        values["position"] = position
        behaviours[given.key], changed = _put(Behaviour, {"pillar": pillar, "key": given.key}, values)
        if changed:
            yield _("%(pillar)s: behaviour “%(name)s” %(change)s.") % {
                "pillar": pillar, "name": given.name, "change": changed,
            }  # fmt: skip
    yield from _publish_rubric(pillar, file.rubric, behaviours)
    yield from _publish_blueprints(pillar, file, behaviours)
    yield from _put_questions(pillar, file.questions)


def _put[M: models.Model](model: type[M], where: dict[str, Any], values: dict[str, Any]) -> tuple[M, str]:
    """The row with that key holding those values, and "added", "changed" or nothing."""
    manager = model._default_manager
    row = manager.select_for_update().filter(**where).first()
    if row is None:
        return manager.create(**where, **values), _("added")
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save()
    return row, _("changed") if changed else ""


def _publish_rubric(pillar: Pillar, given: library.Rubric, behaviours: dict[str, Behaviour]) -> Iterator[str]:
    if pillar.rubrics.filter(version=given.version).exists():
        return
    rubric = Rubric.objects.create(pillar=pillar, version=given.version, content_hash=given.content_hash)
    for position, each in enumerate(given.behaviours):
        behaviour = behaviours[each.key]
        criterion = Criterion.objects.create(
            rubric=rubric, behaviour=behaviour, position=position, meets_level=each.meets_level, **behaviour.words
        )
        Level.objects.bulk_create(
            Level(criterion=criterion, value=value, anchor=anchor) for value, anchor in each.anchors.items()
        )
    Rubric.objects.filter(pk=rubric.pk).update(published_at=timezone.now())
    yield _("%(pillar)s: rubric version %(version)s published.") % {"pillar": pillar, "version": given.version}


def _publish_blueprints(pillar: Pillar, file: PillarFile, behaviours: dict[str, Behaviour]) -> Iterator[str]:
    versions = {(row.key, row.version): row for row in pillar.blueprints.order_by("version")}
    newest = {key: row for (key, _version), row in versions.items()}
    for given in file.blueprints:
        if known := versions.get((given.key, given.version)):
            yield from _retire(known, None)
            continue
        values = given.model_dump(exclude={"focus"}) | {
            name: list(getattr(given, name)) for name in ("look_for", "job_aid", "debrief")
        }
        Blueprint.objects.create(
            pillar=pillar, organization=pillar.organization, focus=behaviours[given.focus],
            content_hash=given.content_hash, published_at=timezone.now(), **values,
        )  # fmt: skip
        yield _("%(pillar)s: blueprint “%(title)s” version %(version)s published.") % {
            "pillar": pillar, "title": given.title, "version": given.version,
        }  # fmt: skip
    for key in newest.keys() - {given.key for given in file.blueprints}:
        yield from _retire(newest[key], timezone.now())


def _retire(blueprint: Blueprint, at: datetime | None) -> Iterator[str]:
    """Out of the file: proposed no more. Back in it: proposed again."""
    if (blueprint.retired_at is None) == (at is None):
        return
    Blueprint.objects.filter(pk=blueprint.pk).update(retired_at=at)
    sentence = (
        _("%(pillar)s: blueprint “%(title)s” is back.")
        if at is None
        else _("%(pillar)s: blueprint “%(title)s” retired.")
    )
    yield sentence % {"pillar": blueprint.pillar, "title": blueprint.title}


def _put_questions(pillar: Pillar, questions: Sequence[library.Question]) -> Iterator[str]:
    for position, given in enumerate(questions):
        values = {"text": given.text, "position": position, "retired": False}
        _row, changed = _put(Question, {"pillar": pillar, "key": given.key}, values)
        if changed:
            yield _("%(pillar)s: question “%(text)s” %(change)s.") % {
                "pillar": pillar, "text": given.text, "change": changed,
            }  # fmt: skip
    gone = pillar.questions.filter(retired=False).exclude(key__in=[given.key for given in questions])
    for question in gone:
        question.retired = True
        question.save(update_fields=["retired"])
        yield _("%(pillar)s: question “%(text)s” retired.") % {"pillar": pillar, "text": question.text}


def _stale_versions(file: PillarFile, organization: Organization | None) -> Iterator[LibraryError]:
    """Changed text under a published version, or a version older than the published one."""
    pillar = Pillar.objects.filter(organization=organization, key=file.pillar.key).first()
    if pillar is None:
        return
    rubrics = dict(pillar.rubrics.values_list("version", "content_hash"))
    yield from _stale(file, _("the rubric"), ("rubric", "version"), file.rubric, rubrics)
    for index, given in enumerate(file.blueprints):
        versions = dict(pillar.blueprints.filter(key=given.key).values_list("version", "content_hash"))
        what = _("blueprint “%(title)s”") % {"title": given.title}
        yield from _stale(file, what, ("blueprints", index, "version"), given, versions)


def _stale(
    file: PillarFile, what: str, place: Place, given: library.Rubric | library.Blueprint, published: dict[int, str]
) -> Iterator[LibraryError]:
    newest = max(published, default=0)
    words = {"what": what, "given": given.version, "newest": newest, "next": newest + 1}
    if given.version < newest:
        sentence = _("%(what)s says version %(given)s, but version %(newest)s is published already.")
    elif given.version == newest and published[newest] != given.content_hash:
        sentence = _("%(what)s was changed, but it still says version %(given)s, which is published; write %(next)s.")
    else:
        return
    yield file.problem(sentence % words, *place)
