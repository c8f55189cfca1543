"""PeopleImport: one CSV file of people, from its upload to what came of it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import in_one_organization
from programs.access import Role
from programs.models.organizations import Organization
from programs.models.people import Member


class PeopleImportQuerySet(models.QuerySet["PeopleImport"]):
    def visible_to(self, member: Member) -> Self:
        """Imports into the organization that the member administers."""
        if not (member.is_active and member.has_role(Role.ADMIN)):
            return self.none()
        return self.filter(organization=member.organization_id)

    def waiting(self) -> Self:
        """Imports for which the worker has something to do."""
        return self.filter(status__in=PeopleImport.RUNNING)

    def light(self) -> Self:
        """Without the files, which may be megabytes; whether there are reports is beside the row."""
        there = {"has_report": Q(report__isnull=False), "has_rejects": Q(rejects__isnull=False)}
        return self.defer("content", "report", "rejects").annotate(**there)


class PeopleImport(models.Model):
    """The file and the reports name people: they go after the import, or after 7 days; the numbers stay."""

    class Status(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Not imported")

    RUNNING = (Status.CHECKING, Status.IMPORTING)

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="people_imports")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")  # nobody: at the terminal
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True)
    lines = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.CHECKING)
    skips_bad = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    shown = models.JSONField(default=dict)
    report = models.BinaryField(null=True)
    rejects = models.BinaryField(null=True)
    trouble = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = PeopleImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["done", "failed"], content=None, finished_at__isnull=False)
                | Q(status__in=["checking", "checked", "importing"], content__isnull=False, finished_at=None),
                name="people_import_keeps_its_file_until_done",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(status__in=["checking", "importing"]),
                name="people_import_one_at_a_time",
            ),
        ]
        triggers = [in_one_organization(by_id="programs_member")]

    def __str__(self) -> str:
        return f"import {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("manage:import-show", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.status in self.RUNNING
