"""Regions of public holidays: an ISO 3166 country, or country and region, such as DE or DE-BY."""

from functools import cache

from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid


def region_of(text: str) -> str:
    """The code in capitals, "" for none. Raises Invalid for one whose holidays nobody knows."""
    country, _dash, subdivision = text.strip().partition("-")
    if country and not _is_known(country.upper(), subdivision):
        sentence = _("No public holidays are known for “%(region)s”; write DE or DE-BY.") % {"region": text.strip()}
        raise Invalid(sentence, field="holiday_region")
    return "-".join(filter(None, (country.upper(), subdivision)))


@cache
def _is_known(country: str, subdivision: str) -> bool:
    from holidays import country_holidays  # takes a quarter of a second: only who types a region waits

    try:
        country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError:
        return False
    return True
