"""Builds the demo in one transaction: people, their past, and what waits for each role today."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from coachhub.demo import leads
from coachhub.demo.figures import tell_figures
from coachhub.demo.history import WEEKS, Historian, Skill
from coachhub.demo.office import plan_for_unreachable, tell_office
from coachhub.demo.people import ADMINISTRATOR, COACHES, MANAGERS, ZONE, People, make_people
from coachhub.demo.reflections import deal
from coachhub.demo.stories import tell_today
from programs.access import Role
from programs.models import Organization

NAME = "Harbour Contact Centre"
SEED = 20260106
ACCOUNTS = (
    (COACHES[0], Role.COACH, leads.coach),
    ("Amira Haddad", Role.LEARNER, leads.learner),
    (MANAGERS[0], Role.MANAGER, leads.manager),
    (ADMINISTRATOR, Role.ADMIN, leads.administrator),
)
"""With whom the demo begins, as what, and what tells in one line what there is to see as them now."""
STORIES = (
    ("Nadia Kovač", "has rated herself; sealed until her coach has too"),
    ("Leila Karimi", "a useful disagreement: same on most, two apart on one"),
    ("Jonas Thiel", "a plateau: the record stands still"),
    ("Marek Nowak", "a recovery after a bad month"),
    ("Zeynep Kaya", "signs in for the first time: who sees what"),
    (MANAGERS[1], "a decision that was dropped, and why"),
)
SKILLS = {"Jonas Thiel": Skill(1.9, 0.0, "plateau"), "Marek Nowak": Skill(2.3, 1.0, "recovery")}
RISES = {"North": 0.2}  # more gain than elsewhere: its level is what calls for a decision, whatever day it is
QUIET = {"Chidi Eze": 2, "Nadia Kovač": 0}  # weeks without a session before today


def exists() -> bool:
    """Whether the demo organization is there."""
    return Organization.objects.filter(is_demo=True).exists()


@transaction.atomic
def build(now: datetime | None = None) -> Organization:
    """The whole demo; the same for the same minute. Needs the standard library."""
    now = now or timezone.now()
    chance = Random(SEED)  # noqa: S311 (a story, not a secret)
    today = now.astimezone(ZoneInfo(ZONE)).date()
    people = make_people(today, today - timedelta(weeks=WEEKS + 1))
    historian = Historian(today, chance)
    tell_past(people, historian, chance)
    tell_today(people, historian, now)
    plan_for_unreachable(people, historian, now)
    deal(historian.batch)
    historian.batch.write()
    tell_figures(people, today)
    tell_office(people, now)
    return people.organization


def tell_past(people: People, historian: Historian, chance: Random) -> None:
    for enrolment in people.enrolments:
        name = enrolment.learner.name
        rise = RISES.get(enrolment.cohort.name, 0.0)
        skill = SKILLS.get(name) or Skill(chance.uniform(1.6, 2.5), chance.uniform(0.3, 1.3) + rise)
        queue = 0.14 if enrolment.cohort.name in ("Late", "Weekend") else 0.08
        historian.tell(enrolment, skill, until_week=WEEKS - QUIET.get(name, 0), queue=queue)
