"""An import's steps: received, checked, confirmed, applied. The worker's part may be lost or run twice.

One import of an organization runs at a time: an advisory lock that ends with its transaction, so that a killed worker
leaves no lock behind and the next one starts the step again from the beginning.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from io import BytesIO
from zoneinfo import ZoneInfo

import pghistory
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coachhub.errors import DomainError, Invalid, WrongState
from programs import registry
from programs.access import Role
from programs.domain.people_import import applying, checking, progress
from programs.domain.people_import.checking import Findings
from programs.domain.people_import.reading import Source, Unreadable
from programs.domain.policies import check_manages
from programs.models import Member, Organization, PeopleImport

log = logging.getLogger("coachhub.imports")
TASK = "programs.tasks.import_people"
LARGEST = 10 * 1024 * 1024  # bytes; 20,000 lines are about 3 million
KEPT = timedelta(days=7)
LOCK = 0x1A9027  # the first half of our advisory locks' keys; the organization is the second
Status = PeopleImport.Status


@transaction.atomic
def receive(*, by: Member, file_name: str, content: bytes) -> PeopleImport:
    """Keep an uploaded file; the worker checks it. Raises NotAllowed, Invalid on `file`, WrongState while one runs."""
    check_manages(by, by.organization_id)
    if not content.strip():
        raise Invalid(_("The file is empty."), field="file")
    check_size(len(content))
    _check_none_runs(by.organization_id)
    try:
        with transaction.atomic():
            made = PeopleImport.objects.create(
                organization_id=by.organization_id, by=by, file_name=file_name[:200], content=content,
                lines=max(content.count(b"\n"), content.count(b"\r")),
            )  # fmt: skip
    except IntegrityError:
        raise WrongState(_another_runs()) from None
    _ring()
    return made


def check_size(size: int) -> None:
    """Asked also before a file is read: raises Invalid on `file` for more than LARGEST bytes."""
    if size > LARGEST:
        raise Invalid(_("The file is larger than 10 MB. Split it, with the first line in each part."), field="file")


@transaction.atomic
def confirm(wanted: PeopleImport, *, by: Member, skip_bad: bool) -> PeopleImport:
    """Import a checked file; lines with mistakes stop it, or stay out with `skip_bad`.

    Raises NotAllowed, WrongState.
    """
    check_manages(by, wanted.organization_id)
    now = PeopleImport.objects.light().select_for_update().get(pk=wanted.pk)
    if now.is_running or now.status == Status.DONE:
        return now
    if now.status != Status.CHECKED:
        raise WrongState
    if not now.counts.get("people"):
        raise WrongState(_("There is nothing to import in this file."))
    if now.counts.get("bad_lines") and not skip_bad:
        raise WrongState(_("Some lines have mistakes. Correct them, or leave them out."))
    _check_none_runs(now.organization_id)
    fields = {"status": Status.IMPORTING, "skips_bad": skip_bad, "by": by, "trouble": ""}
    try:
        with transaction.atomic():
            PeopleImport.objects.filter(pk=now.pk).update(**fields)
    except IntegrityError:
        raise WrongState(_another_runs()) from None
    progress.forget(now.pk)
    _ring()
    return PeopleImport.objects.light().get(pk=now.pk)


@transaction.atomic
def discard(unwanted: PeopleImport, *, by: Member) -> None:
    """Delete a file that was not imported, with its report. Raises NotAllowed, WrongState while and after it is."""
    check_manages(by, unwanted.organization_id)
    if not _is_free(unwanted.organization_id):
        raise WrongState(_("This file is being worked on. Wait a moment."))
    PeopleImport.objects.filter(pk=unwanted.pk).exclude(status=Status.DONE).delete()


def work(pk: int) -> None:
    """Do an import's next step, unless another worker is on it.

    A lost connection is raised, and the step begins anew when the worker comes back; any other fault ends the import.
    """
    try:
        with transaction.atomic():
            found = PeopleImport.objects.waiting().select_related("organization", "by").filter(pk=pk).first()
            if found is None or found.by is None or not _is_free(found.organization_id):
                return
            with in_zone_of(found.organization):
                _work(found, found.by)
    except OperationalError:
        raise
    except (DomainError, IntegrityError) as refused:
        reason = str(refused.sentence) if isinstance(refused, DomainError) else _meanwhile()
        _update(pk, Status.IMPORTING, status=Status.CHECKED, trouble=reason)
    except Exception:
        log.exception("import %s ended", pk)
        words = _("Something went wrong in CoachHub, and nothing was imported. Tell whoever runs it: import %(pk)s.")
        done = {"status": Status.FAILED, "content": None, "finished_at": timezone.now(), "trouble": words % {"pk": pk}}
        PeopleImport.objects.filter(pk=pk, status__in=PeopleImport.RUNNING).update(**done)


def waiting() -> list[int]:
    """Imports that wait for the worker, oldest first."""
    return list(PeopleImport.objects.waiting().order_by("pk").values_list("pk", flat=True))


def forget_old() -> int:
    """After 7 days a file that nobody imported goes, and every report. Returns how many imports that were."""
    old = PeopleImport.objects.filter(created_at__lt=timezone.now() - KEPT)
    unused, _rows = old.exclude(status__in=[Status.DONE, Status.FAILED]).delete()
    named = old.filter(status__in=[Status.DONE, Status.FAILED]).exclude(report=None, rejects=None, shown={})
    return unused + named.update(report=None, rejects=None, shown={})


@dataclass(frozen=True)
class Outcome:
    """What the command tells: the findings, and whether the file was imported."""

    findings: Findings
    imported: bool


@transaction.atomic
def from_terminal(
    organization: Organization,
    source: Source,
    *,
    file_name: str,
    dry_run: bool,
    skip_bad: bool,
    tell: Callable[[int], None],
) -> Outcome:
    """The same at the terminal, in one go. The oldest active administrator stands for who types.

    Raises Unreadable, WrongState while another import runs or nobody administers the organization.
    """
    by = Member.objects.with_role(Role.ADMIN).filter(organization=organization).order_by("pk").first()
    if by is None:
        raise WrongState(_("%(name)s has no active administrator.") % {"name": organization.name})
    if not _is_free(organization.pk):
        raise WrongState(_another_runs())
    with in_zone_of(organization):
        findings = checking.check(source, organization, tell)
    if dry_run or (findings.bad and not skip_bad) or not findings.report.counts["people"]:
        return Outcome(findings, imported=False)
    with pghistory.context(command="import_people"), in_zone_of(organization):
        applying.apply(source, organization, by=by, bad=findings.bad, progress=tell)
    PeopleImport.objects.create(
        organization=organization, by=None, file_name=file_name[:200], status=Status.DONE, skips_bad=skip_bad,
        finished_at=timezone.now(), **_results(findings),
    )  # fmt: skip
    return Outcome(findings, imported=True)


def in_zone_of(organization: Organization) -> AbstractContextManager[None]:
    """Today is the organization's day, as it is on the pages of who works there."""
    return timezone.override(ZoneInfo(organization.timezone))


def _work(found: PeopleImport, by: Member) -> None:
    pk, source = found.pk, partial(BytesIO, bytes(found.content or b""))
    importing = found.status == Status.IMPORTING
    passes = progress.CHECK_PASSES + progress.APPLY_PASSES * importing
    tell = progress.Progress(pk, lines=found.lines, passes=passes)
    try:
        findings = checking.check(source, found.organization, tell)
    except Unreadable as error:
        mistake = {"line": error.line, "column": error.column, "reason": error.reason}
        shown = {"mistakes": [mistake], "unreadable": True}
        _update(pk, found.status, status=Status.CHECKED, counts={"bad_lines": 1}, shown=shown)
        return
    results = _results(findings)
    if not importing:
        _update(pk, Status.CHECKING, status=Status.CHECKED, **results)
        return
    if findings.bad and not found.skips_bad:
        _update(pk, Status.IMPORTING, status=Status.CHECKED, trouble=_meanwhile(), **results)
        return
    with pghistory.context(member=by.pk, people_import=pk):
        applying.apply(source, found.organization, by=by, bad=findings.bad, progress=tell)
    _update(pk, Status.IMPORTING, status=Status.DONE, content=None, finished_at=timezone.now(), **results)


def _results(findings: Findings) -> dict[str, object]:
    report = findings.report
    rejects = report.rejects.close()
    return {
        "counts": dict(report.counts),
        "shown": report.shown(),
        "report": report.all.close(),
        "rejects": rejects if findings.bad else None,
    }


def _update(pk: int, before: str, **fields: object) -> None:
    """Unless somebody discarded it meanwhile."""
    PeopleImport.objects.filter(pk=pk, status=before).update(**fields)


def _is_free(organization_id: int) -> bool:
    """Take the lock of this organization's imports until the transaction ends; False when another has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, organization_id])
        return bool(cursor.fetchone()[0])


def _check_none_runs(organization_id: int) -> None:
    if PeopleImport.objects.waiting().filter(organization=organization_id).exists():
        raise WrongState(_another_runs())


def _ring() -> None:
    transaction.on_commit(partial(registry.on_work, TASK), robust=True)


def _another_runs() -> str:
    return _("Another file is being imported at the moment. Wait until that is done.")


def _meanwhile() -> str:
    return _("Somebody changed people since the dry run, so nothing was imported. Look at the report again.")
