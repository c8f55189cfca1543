"""Organizations: making one with its first administrator, and its settings."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid
from programs.access import Role
from programs.domain import agreements, invitations, logins, names
from programs.domain.known import Known, unasked
from programs.domain.policies import check_manages
from programs.domain.regions import region_of
from programs.models import Invitation, Member, Organization

SETTINGS = frozenset(
    {"name", "timezone", "holiday_region", "smallest_group", "sponsor_name", "sponsor_statement", "sponsor_signed_on"}
)


@transaction.atomic
def create_organization(name: str, *, admin_email: str, timezone_name: str = "UTC") -> Invitation:
    """An organization with a default agreement and its first administrator, invited but not yet told.

    Raises Invalid on `name`: nothing of it can be seen, or there is one of that name (a command run twice makes one).
    """
    name = names.clean(name)
    if Organization.objects.filter(name__iexact=name).exists():
        raise Invalid(_("There is an organization “%(name)s” already.") % {"name": name}, field="name")
    organization = Organization.objects.create(name=name, slug=_free_slug(name), timezone=timezone_name)
    agreements.write_default(organization)
    admin = Member.objects.create(
        organization=organization,
        user=logins.with_address(admin_email),
        name=admin_email.partition("@")[0].replace(".", " ").title(),
        roles=[Role.ADMIN],
        timezone=timezone_name,
    )
    return invitations.invite(admin, by=None, tell=False)


@transaction.atomic
def change_organization(
    organization: Organization, *, by: Member, known: Known[Organization] = unasked, **fields: Any
) -> Organization:
    """Settings of an organization. Raises NotAllowed, Invalid on the field, SavedMeanwhile."""
    check_manages(by, organization.pk)
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    known(organization)
    for name in fields.keys() & SETTINGS:
        setattr(organization, name, fields[name])
    _clean(organization)
    organization.save(update_fields=fields.keys() & SETTINGS)
    return organization


def unsigned(*, name: str, statement: str, signed: bool) -> dict[str, str]:
    """What a sponsor who has signed still lacks: sentences by field."""
    lacks = {
        "sponsor_name": "" if name else _("Somebody signs by name."),
        "sponsor_statement": "" if statement else _("Write what is signed."),
    }
    return {field: str(sentence) for field, sentence in lacks.items() if signed and sentence}


def _clean(organization: Organization) -> None:
    """Names and region as they are kept. Raises Invalid on the field."""
    organization.name = names.clean(organization.name)
    if organization.sponsor_name:
        organization.sponsor_name = names.clean(organization.sponsor_name, field="sponsor_name")
    organization.holiday_region = region_of(organization.holiday_region)
    lacks = unsigned(
        name=organization.sponsor_name, statement=organization.sponsor_statement,
        signed=organization.sponsor_signed_on is not None,
    )  # fmt: skip
    for field, sentence in lacks.items():
        raise Invalid(sentence, field=field)


def _free_slug(name: str) -> str:
    stem = slugify(name)[:50] or "organization"
    taken = set(Organization.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (stem, *numbered) if slug not in taken)
