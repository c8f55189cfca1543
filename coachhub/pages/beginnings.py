"""What Today says when it has nothing: one sentence about what comes here, and a first thing to do, by role."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from programs.access import Permission, has_permission
from programs.models import Member
from sessions.domain.coach_day import CoachDay


@dataclass(frozen=True)
class Beginning:
    """`action` and `url` are empty where the page's own buttons below lead on."""

    title: str
    text: str
    action: str = ""
    url: str = ""
    icon: str = "check"


def beginning_of(member: Member, day: CoachDay | None, people: int) -> Beginning:
    """For the first role of the member with something to begin; `people` as an administrator counts them."""
    if has_permission(member, Permission.MANAGE_PEOPLE) and people == 1:
        return _first_people()
    if day:
        return _sessions() if day.learners else _no_learners(member)
    if has_permission(member, Permission.LEARN):
        return _first_session()
    if has_permission(member, Permission.SEE_FIGURES):
        return _figures()
    return _office() if has_permission(member, Permission.MANAGE_PEOPLE) else _anything()


def _first_people() -> Beginning:
    text = _("You are the only one here so far. Import people from a file; their cohorts too, once there is a program.")
    return Beginning(_("Begin with the people"), text, _("Import people"), reverse("manage:import-add"), "users")


def _sessions() -> Beginning:
    text = _("Sessions to start or to finish, and reflections to read, are here first. Plan next week meanwhile.")
    return Beginning(_("All clear"), text)


def _no_learners(member: Member) -> Beginning:
    if has_permission(member, Permission.MANAGE_PEOPLE):
        text = _("Enrol people in a cohort of a program, with yourself or somebody else as their coach.")
        return Beginning(_("No learners yet"), text, _("Open the programs"), reverse("manage:program-list"), "users")
    text = _("An administrator gives you your learners. Meanwhile, see what you will practise with them.")
    return Beginning(_("No learners yet"), text, _("Open the library"), reverse("design:pillar-list"), "users")


def _first_session() -> Beginning:
    text = _("When your coach plans a session, you get a mail, and the session is here. Meanwhile, see who sees what.")
    return Beginning(_("All clear"), text, _("Who sees what"), reverse("learn:welcome"))


def _figures() -> Beginning:
    text = _("When figures of your groups ask for a decision, or one is due to be checked, it is here first.")
    return Beginning(_("All clear"), text, _("Open Insights"), reverse("insights:home"))


def _office() -> Beginning:
    text = _("Every learner has a coach, and messages go out. When somebody joins, add them under People.")
    return Beginning(_("All clear"), text)


def _anything() -> Beginning:
    return Beginning(_("All clear"), _("When something needs you, it is here first."))
