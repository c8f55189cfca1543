"""Who works at the demo's contact centre: names, roles, programs, cohorts and who coaches whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.utils.text import slugify

from programs.access import Role
from programs.models import (
    Agreement,
    AgreementText,
    Cohort,
    CohortManager,
    Enrolment,
    Member,
    Organization,
    Pillar,
    Program,
    User,
    UsualSlot,
)

DOMAIN = "harbour.example"
PLAIN = str.maketrans({"ø": "o", "ı": "i", "’": ""})  # letters that have no plain base for Unicode
ZONE = "Europe/Berlin"
COACHES = ("Dana Weiss", "Tomas Lindqvist", "Ines Carvalho", "Kofi Mensah")
MANAGERS = ("Mia Novak", "Rafael Ortiz")
ADMINISTRATOR = "Ada Okafor"
LEARNERS = (
    "Amira Haddad", "Ben Fischer", "Chidi Eze", "Nadia Kovač", "Jonas Thiel", "Priya Shah", "Marek Nowak",
    "Leila Karimi", "Leo Marin", "Sofia Rossi", "Yusuf Demir", "Hanna Virtanen", "Mateo Díaz", "Grace Obi",
    "Emil Sørensen", "Aiko Tanaka", "Paul Becker", "Zeynep Kaya", "Liam O’Connor", "Fatou Diallo", "Viktor Horvát",
    "Elena Popescu", "Samir Aziz", "Clara Meyer", "Noah Schmidt", "Ivana Petrović", "Tariq Mahmood", "Lucie Dubois",
    "Oskar Lind", "Mei Wong", "Daniel Costa", "Ana Marković", "Rosa Delgado", "Finn Murphy", "Layla Nasser",
    "Hugo Martin", "Katarina Ilić", "Omar Farouk", "Greta Braun", "Pavel Novotný", "Nia Williams", "Tim Vogel",
    "Esra Yıldız", "Julia Wagner", "Andrei Ionescu", "Chloe Bernard", "Bilal Hussain", "Maja Jansson", "Ravi Patel",
    "Lena Hoffmann", "Diego Silva", "Sara Lund", "Kwame Asante", "Petra Kraus", "Milan Jovanović", "Amélie Laurent",
    "Joon Park", "Teresa Gómez", "Anton Weber", "Ruth Cohen", "Idris Bello", "Carla Bianchi",
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """A cohort: how many learners, and how many of them each coach takes, in the coaches' order."""

    program: str
    cohort: str
    manager: int
    coaches: tuple[int, int, int, int]


PROGRAMS = {
    "Calm calls": ("de-escalation", 4),
    "Asking first": ("open-questions", 4),
    "Clear updates": ("stakeholder-updates", 3),
}
RUNS = (
    Run("Calm calls", "North", 0, (10, 4, 0, 0)),
    Run("Calm calls", "Late", 0, (4, 0, 0, 0)),
    Run("Calm calls", "Weekend", 0, (3, 0, 0, 0)),
    Run("Asking first", "East", 1, (1, 6, 5, 0)),
    Run("Asking first", "West", 1, (0, 6, 5, 0)),
    Run("Clear updates", "Field", 1, (0, 0, 5, 13)),
)


@dataclass
class People:
    organization: Organization
    coaches: list[Member]
    managers: list[Member]
    learners: dict[str, Member]
    enrolments: list[Enrolment]


def make_people(today: date, started: date) -> People:
    """The organization with everybody in it; enrolments began on `started`."""
    organization = Organization.objects.create(
        name="Harbour Contact Centre", slug="harbour", timezone=ZONE, holiday_region="", is_demo=True,
        sponsor_name="Helena Roth", sponsor_signed_on=started,
        sponsor_statement="Coaching here is for getting better at the work: not for pay, ranking or discipline.",
    )  # fmt: skip
    everyday = {"work_days": list(range(7)), "work_start": time(7), "work_end": time(21)}
    member(organization, ADMINISTRATOR, Role.ADMIN)
    managers = [member(organization, name, Role.MANAGER) for name in MANAGERS]
    coaches = [member(organization, name, Role.COACH, **everyday) for name in COACHES]
    learners = {name: member(organization, name, Role.LEARNER, **everyday) for name in LEARNERS}
    people = People(organization, coaches, managers, learners, [])
    text = agreement_text(organization)
    programs = {name: program(organization, name, key, cadence, text) for name, (key, cadence) in PROGRAMS.items()}
    waiting = iter(learners.values())
    for run in RUNS:
        people.enrolments += cohort_of(run, programs[run.program], people, waiting, started)
    sign_agreements(people.enrolments, text, today)
    return people


def member(organization: Organization, name: str, role: Role, **fields: object) -> Member:
    """A member who joined long ago, with a login by one click."""
    user = User.objects.create_user(f"{slugify(name.translate(PLAIN)).replace('-', '.')}@{DOMAIN}")
    joined = organization.created_at
    return Member.objects.create(
        organization=organization, user=user, name=name, roles=[role], timezone=ZONE, joined_at=joined,
        welcomed_at=joined, **fields,
    )  # fmt: skip


def agreement_text(organization: Organization) -> AgreementText:
    return AgreementText.objects.create(
        organization=organization, name="How we work together",
        purpose="To get better at one skill at a time, in short sessions close to the work.",
        confidential="What you say, write and score stays between coach and learner. Managers see groups only.",
        feedback_style="Self first, then the coach. What was seen or heard, never what somebody is like.",
        success_measure="Two of three behaviours at “meets” in four sessions in a row.",
    )  # fmt: skip


def program(organization: Organization, name: str, pillar: str, cadence: int, text: AgreementText) -> Program:
    return Program.objects.create(
        organization=organization, pillar=Pillar.objects.get(key=pillar, organization=None), name=name,
        sessions_per_month=cadence, agreement_text=text,
    )  # fmt: skip


def cohort_of(run: Run, program: Program, people: People, waiting: Iterator[Member], started: date) -> list[Enrolment]:
    """The cohort with its manager, its learners in the order of the coaches, and their usual slots."""
    organization = people.organization
    cohort = Cohort.objects.create(organization=organization, program=program, name=run.cohort, starts_on=started)
    manager = people.managers[run.manager]
    CohortManager.objects.create(organization=organization, cohort=cohort, manager=manager)
    coaches = [coach for coach, count in zip(people.coaches, run.coaches, strict=True) for _ in range(count)]
    made = Enrolment.objects.bulk_create(
        Enrolment(
            organization=organization, cohort=cohort, program=program, pillar=program.pillar,
            learner=next(waiting), coach=coach, starts_on=started,
        )
        for coach in coaches
    )  # fmt: skip
    for enrolment in made:
        usual_slot(enrolment)
    return made


def usual_slot(enrolment: Enrolment) -> None:
    """The coach's next free time, Monday to Friday from nine; every tenth learner shares one: a clash to settle."""
    n = UsualSlot.objects.filter(enrolment__coach=enrolment.coach).count()
    n -= n // 10
    starts_at = time(9 + n // 5 * 2, 10 * (n % 5))
    UsualSlot.objects.create(enrolment=enrolment, weekday=n % 5, starts_at=starts_at, timezone=ZONE)


def sign_agreements(enrolments: list[Enrolment], text: AgreementText, today: date) -> None:
    """Signed by all but every eighth learner, whose draft waits."""
    for n, enrolment in enumerate(enrolments):
        signed = n % 8 != 5
        assert enrolment.coach is not None  # noqa: S101 (everybody of the demo has one)
        Agreement.objects.create(
            organization=enrolment.organization, enrolment=enrolment, learner=enrolment.learner, coach=enrolment.coach,
            purpose=text.purpose, confidential=text.confidential, feedback_style=text.feedback_style,
            success_measure=text.success_measure, status="signed" if signed else "draft",
            signed_at=enrolment.organization.created_at if signed else None,
            review_on=today + timedelta(days=21) if signed else None,
        )  # fmt: skip
