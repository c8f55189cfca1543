"""The cast and how the tests act as it. Ana coaches, Leo learns, Mia manages, Ada administers; Olga runs another
organization and must see nothing. Cole is another coach, Lia another learner of the first organization."""

import datetime as dt
import gc
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from programs.models import (
    AgreementText,
    Behaviour,
    Blueprint,
    Cohort,
    CohortManager,
    Criterion,
    Enrolment,
    Level,
    Member,
    Organization,
    Pillar,
    Program,
    Question,
    Rubric,
    User,
    UsualSlot,
)
from sessions.models import MicroSession
from tests.once import keeper, world, world_kept  # noqa: F401  # fixtures


def pytest_itemcollected(item):
    item.fixturenames.insert(0, "world_kept")


def pytest_collection_finish():
    """What is imported by now stays: looking for garbage in it takes a thirtieth of the time."""
    gc.collect()
    gc.freeze()


BEHAVIOURS = {
    "names-feeling": "Names the feeling before offering a fix",
    "pauses": "Pauses before answering",
    "confirms-next-step": "Confirms the next step and its time",
}


class ActingClient(Client):
    """`client.as_(cast.ana)` is signed in as that member."""

    def as_(self, member: Member) -> "ActingClient":
        store = SessionStore()
        store.update(
            {
                SESSION_KEY: str(member.user.pk),
                BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                HASH_SESSION_KEY: member.user.get_session_auth_hash(),
                "member": member.pk,
            }
        )
        store.create()
        return ActingClient.with_cookie(store.session_key)

    @classmethod
    def with_cookie(cls, key: str) -> "ActingClient":
        client = cls()
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        return client

    def htmx(self, url: str, data: dict | None = None):
        return self.post(url, data or {}, headers={"HX-Request": "true"})


@pytest.fixture
def client():
    return ActingClient()


def make_member(organization: Organization, name: str, *roles: str, **fields) -> Member:
    return make_members({(organization, name): roles}, **fields)[0]


def make_members(who: dict[tuple[Organization, str], tuple[str, ...]], **fields) -> list[Member]:
    """Members who have joined, by organization and name, with their roles and these fields."""
    users = User.objects.bulk_create(
        User(email=f"{name.split()[0].lower()}@{organization.slug}.example", password=make_password(None))
        for organization, name in who
    )
    now = timezone.now()
    return Member.objects.bulk_create(
        Member(
            organization=organization, user=user, name=name, roles=list(roles),
            **{"timezone": organization.timezone, "joined_at": now, "welcomed_at": now} | fields,
        )
        for user, ((organization, name), roles) in zip(users, who.items(), strict=True)
    )  # fmt: skip


def make_pillar(organization: Organization | None = None, key: str = "de-escalation") -> Pillar:
    """A pillar with three behaviours, a published rubric, two blueprints and two questions."""
    pillar = Pillar.objects.create(
        organization=organization,
        key=key,
        name="De-escalating a complaint",
        short="De-escalation",
        outcome="Fewer repeat contacts",
    )
    rubric = Rubric.objects.create(pillar=pillar, version=1, content_hash="x")
    behaviours = Behaviour.objects.bulk_create(
        Behaviour(pillar=pillar, key=key, position=at, name=name, what=name, success=f"{name}, once in a complaint")
        for at, (key, name) in enumerate(BEHAVIOURS.items())
    )
    criteria = Criterion.objects.bulk_create(
        Criterion(rubric=rubric, behaviour=each, position=each.position, **each.words) for each in behaviours
    )
    Level.objects.bulk_create(
        Level(criterion=criterion, value=value, anchor=f"{criterion.name}: level {value}")
        for criterion in criteria
        for value in (1, 2, 3, 4)
    )
    Rubric.objects.filter(pk=rubric.pk).update(published_at=timezone.now())
    Blueprint.objects.bulk_create(
        Blueprint(
            pillar=pillar, key=f"case-{difficulty}", version=1, title=f"Case {difficulty}", difficulty=difficulty,
            focus=behaviours[0], objective="Name the feeling first", case="A parcel is late.",
            opening="What do you want to get out of these 15 minutes?", content_hash="x", published_at=timezone.now(),
        )
        for difficulty in (1, 2)
    )  # fmt: skip
    Question.objects.bulk_create(
        Question(pillar=pillar, key=f"q{position}", position=position, text=text)
        for position, text in enumerate(("Did a chance come?", "What did the other person do next?"))
    )
    return pillar


@dataclass
class Cast:
    organization: Organization
    ada: Member
    ana: Member
    cole: Member
    leo: Member
    lia: Member
    mia: Member
    olga: Member
    pillar: Pillar
    program: Program
    cohort: Cohort
    enrolment: Enrolment
    lia_enrolment: Enrolment

    @property
    def rubric(self) -> Rubric:
        return Rubric.objects.newest(self.pillar)

    @property
    def criteria(self) -> list[Criterion]:
        return list(self.rubric.criteria.select_related("behaviour"))

    def plan(self, when: dt.datetime | None = None, **fields) -> MicroSession:
        """A planned session of Ana with Leo, in an hour unless said otherwise."""
        enrolment = fields.pop("enrolment", self.enrolment)
        rubric = Rubric.objects.newest(enrolment.pillar)
        return MicroSession.objects.create(
            organization=self.organization, enrolment=enrolment, coach=fields.pop("coach", enrolment.coach),
            learner=enrolment.learner, scheduled_for=when or timezone.now() + dt.timedelta(hours=1), rubric=rubric,
            focus=rubric.criteria.all()[0].behaviour, success_criterion="Names the feeling once", **fields,
        )  # fmt: skip

    def held(self, **fields) -> MicroSession:
        """A session that ended ten minutes ago and waits for its ratings and its close.

        With `revealed_at` its deadline has passed, which alone opens a session that nobody rated.
        """
        ended = timezone.now() - dt.timedelta(minutes=10)
        times = {"started_at": ended - dt.timedelta(minutes=15), "ended_at": ended, "minutes_actual": 15}
        opens_at = fields.get("ended_at", ended) if "revealed_at" in fields else ended + dt.timedelta(days=3)
        fields = times | {"status": "closing", "opens_at": opens_at} | fields
        return self.plan(when=fields["started_at"], **fields)


def make_cast() -> Cast:
    """Two organizations, a pillar, a program, a cohort managed by Mia; Ana coaches Leo, Cole coaches Lia."""
    organization = Organization.objects.create(name="Northwind", slug="northwind", timezone="Europe/Berlin")
    elsewhere = Organization.objects.create(name="Elsewhere", slug="elsewhere", timezone="Asia/Kolkata")
    ada, ana, cole, leo, lia, mia, olga = make_members(
        {
            (organization, "Ada Okafor"): ("admin",),
            (organization, "Ana Silva"): ("coach",),
            (organization, "Cole Berg"): ("coach",),
            (organization, "Leo Marin"): ("learner",),
            (organization, "Lia Chen"): ("learner",),
            (organization, "Mia Novak"): ("manager",),
            (elsewhere, "Olga Petrova"): ("admin", "coach", "learner", "manager"),
        }
    )
    pillar = make_pillar()
    text = AgreementText.objects.create(
        organization=organization, name="Default", purpose="Practise one skill", confidential="What you say stays here",
        feedback_style="Direct and kind", success_measure="Two of three criteria met",
    )  # fmt: skip
    program = Program.objects.create(organization=organization, pillar=pillar, name="Calm calls", agreement_text=text)
    cohort = Cohort.objects.create(
        organization=organization, program=program, name="North", starts_on=dt.date(2026, 1, 5)
    )
    CohortManager.objects.create(organization=organization, cohort=cohort, manager=mia)
    shared = {"organization": organization, "cohort": cohort, "program": program, "pillar": pillar}
    enrolment, lia_enrolment = Enrolment.objects.bulk_create(
        Enrolment(learner=learner, coach=coach, starts_on=cohort.starts_on, **shared)
        for learner, coach in ((leo, ana), (lia, cole))
    )
    UsualSlot.objects.create(enrolment=enrolment, weekday=3, starts_at=dt.time(14, 10), timezone="Europe/Berlin")
    return Cast(organization, ada, ana, cole, leo, lia, mia, olga, pillar, program, cohort, enrolment, lia_enrolment)


@world
def cast() -> Cast:
    return make_cast()
