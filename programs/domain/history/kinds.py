"""Which things the audit tells of, which of their fields by name, and which of those with what stood in them.

A field is told when the administrator's pages show it. What a person set for themselves alone, and what coach and
learner say to each other, stays out; so do sessions and decisions altogether.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from programs.models import Cohort, CohortManager, Enrolment, Member, Organization, Program, Substitute

type Words = str | Promise


class Shows(Enum):
    """What is told of a field beside its name."""

    NOTHING = auto()
    DATE = auto()
    ROLES = auto()
    PERSON = auto()


@dataclass(frozen=True)
class Told:
    """A field that may be named."""

    label: Words
    shows: Shows = Shows.NOTHING


@dataclass(frozen=True)
class Moment:
    """A time that is a state: `begun` once it is there, `over` when it is taken away."""

    begun: Words
    over: Words


@dataclass(frozen=True)
class Kind:
    """`people` are the columns that name members; `page` shows the row whose number is in the column `target`."""

    key: str
    label: Words
    model: type[models.Model]
    told: Mapping[str, Told | Moment]
    withheld: frozenset[str]
    people: tuple[str, ...] = ()
    owner: str = "organization_id"
    page: str = ""
    target: str = "pgh_obj_id"

    @property
    def events(self) -> type[models.Model]:
        """The table of its history."""
        return apps.get_model(self.model._meta.app_label, f"{self.model.__name__}Event")


def _label(model: type[models.Model], field: str) -> Words:
    found: Words = model._meta.get_field(field).verbose_name  # type: ignore[union-attr]
    return found


def _named(model: type[models.Model], *fields: str) -> dict[str, Told | Moment]:
    return {field: Told(_label(model, field)) for field in fields}


def _dated(model: type[models.Model], *fields: str) -> dict[str, Told | Moment]:
    return {field: Told(_label(model, field), Shows.DATE) for field in fields}


COACH = {"coach_id": Told(_("coach"), Shows.PERSON)}
MADE = frozenset({"id", "created_at", "organization_id"})

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "organization", _("Organization"), Organization,
            _named(Organization, "name", "timezone", "holiday_region", "sponsor_name", "smallest_group")
            | _dated(Organization, "sponsor_signed_on", "quarters_from"),
            withheld=frozenset({"id", "created_at", "slug", "is_demo"}),
            owner="pgh_obj_id", page="manage:organization-edit", target="",
        ),
        Kind(
            "person", _("Person"), Member,
            {
                "roles": Told(_label(Member, "roles"), Shows.ROLES),
                "user_id": Told(_("e-mail")),
                **_named(Member, "timezone", "holiday_region", "work_days", "work_start", "work_end"),
                "invited_at": Moment(_("invited"), _("invitation taken back")),
                "joined_at": Moment(_("joined"), _("has to join again")),
                "deactivated_at": Moment(_("deactivated"), _("let back in")),
                "mail_bounced_at": Moment(_("address refuses mail"), _("address gets mail again")),
            },
            withheld=MADE | {
                "prompt_time", "keeps_words_out_of_mail", "prompts_paused_until", "prompts_stopped_at", "welcomed_at",
            },
            people=("pgh_obj_id",), page="manage:member-show",
        ),
        Kind(
            "program", _("Program"), Program,
            {
                **_named(Program, "name", "sessions_per_month", "minutes", "horizon_days", "target_level"),
                "agreement_text_id": Told(_label(Program, "agreement_text")),
                "archived_at": Moment(_("archived"), _("taken out of the archive")),
            },
            withheld=MADE | {"pillar_id"},
            page="manage:program-show",
        ),
        Kind(
            "cohort", _("Cohort"), Cohort, _named(Cohort, "name") | _dated(Cohort, "starts_on", "ends_on"),
            withheld=MADE | {"program_id"},
            page="manage:cohort-show",
        ),
        Kind(
            "manager", _("Manager of a cohort"), CohortManager, {},
            withheld=frozenset({"id", "organization_id", "cohort_id", "manager_id"}),
            people=("manager_id",), page="manage:cohort-show", target="cohort_id",
        ),
        Kind(
            "enrolment", _("Enrolment"), Enrolment,
            {**COACH, "cohort_id": Told(_("cohort")), **_dated(Enrolment, "starts_on", "ended_on")},
            withheld=MADE | {"program_id", "pillar_id", "learner_id", "difficulty", "shares_past_with_new_coach"},
            people=("learner_id", "coach_id"), page="manage:enrolment-show",
        ),
        Kind(
            "substitute", _("Substitute"), Substitute, {**COACH, **_dated(Substitute, "starts_on", "ends_on")},
            withheld=frozenset({"id", "organization_id", "enrolment_id", "named_by_id"}),
            people=("coach_id",), page="manage:enrolment-show", target="enrolment_id",
        ),
    )
}  # fmt: skip


def choices() -> list[tuple[str, Words]]:
    """For a filter."""
    return [(kind.key, capfirst(str(kind.label))) for kind in KINDS.values()]
