"""The numbers of an import in words."""

from collections.abc import Mapping

from django.utils.translation import ngettext


def of(counts: Mapping[str, int]) -> list[str]:
    """What changes, one sentence a kind; nothing for what is none."""
    said = {
        "people_new": ngettext("%(number)s new person", "%(number)s new people", counts.get("people_new", 0)),
        "people_changed": ngettext(
            "%(number)s person changed", "%(number)s people changed", counts.get("people_changed", 0)
        ),
        "people_back": ngettext(
            "%(number)s person let back in", "%(number)s people let back in", counts.get("people_back", 0)
        ),
        "people_left": ngettext(
            "%(number)s person deactivated", "%(number)s people deactivated", counts.get("people_left", 0)
        ),
        "cohorts_new": ngettext("%(number)s new cohort", "%(number)s new cohorts", counts.get("cohorts_new", 0)),
        "enrolments_new": ngettext(
            "%(number)s new enrolment", "%(number)s new enrolments", counts.get("enrolments_new", 0)
        ),
        "cohorts_changed": ngettext(
            "%(number)s learner moves to another cohort",
            "%(number)s learners move to another cohort",
            counts.get("cohorts_changed", 0),
        ),
        "coaches_changed": ngettext(
            "%(number)s learner gets another coach",
            "%(number)s learners get another coach",
            counts.get("coaches_changed", 0),
        ),
        "managers_new": ngettext(
            "%(number)s more cohort manager",
            "%(number)s more cohort managers",
            counts.get("managers_new", 0),
        ),
        "places_unused": ngettext(
            "%(number)s place of somebody deactivated is not used",
            "%(number)s places of people deactivated are not used",
            counts.get("places_unused", 0),
        ),
    }
    return [sentence % {"number": counts[key]} for key, sentence in said.items() if counts.get(key)]
