"""A place with cohorts and sessions to publish figures about: many people, few words."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import uuid4

from programs.models import (
    Cohort,
    CohortManager,
    Enrolment,
    FormerCohort,
    Member,
    Organization,
    Pillar,
    Program,
    Rubric,
    User,
)
from sessions.models import (
    FollowUp,
    ImprovementPlan,
    MicroMove,
    MicroSession,
    Prompt,
    Rating,
    Reflection,
    Score,
)
from tests.conftest import make_member, make_pillar

MONDAY = dt.date(2026, 1, 5)
UTC = dt.UTC


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), UTC)


def weeks(number: float, after: dt.date = MONDAY) -> dt.date:
    return after + dt.timedelta(days=round(number * 7))


@dataclass
class Town:
    organization: Organization
    pillar: Pillar
    coach: Member
    mia: Member
    starts_on: dt.date = MONDAY
    programs: dict[str, Program] = field(default_factory=dict)
    cohorts: dict[str, Cohort] = field(default_factory=dict)
    enrolments: dict[str, list[Enrolment]] = field(default_factory=dict)

    def cohort(self, name: str, size: int, *, program: str = "Calm calls", manager: Member | None = None, **people):
        """A cohort of that many new learners, managed by Mia unless said otherwise."""
        if program not in self.programs:
            self.programs[program] = Program.objects.create(
                organization=self.organization, pillar=self.pillar, name=program
            )
        self.cohorts[name] = Cohort.objects.create(
            organization=self.organization, program=self.programs[program], name=name, starts_on=self.starts_on
        )
        self.manage(name, manager or self.mia)
        self.join(name, size, **people)
        return self.cohorts[name]

    def manage(self, name: str, manager: Member) -> None:
        CohortManager.objects.create(organization=self.organization, cohort=self.cohorts[name], manager=manager)

    def join(self, name: str, size: int, *, on: dt.date | None = None, coach: Member | None = None) -> list[Enrolment]:
        """New learners of the cohort."""
        users = User.objects.bulk_create(User(email=f"{uuid4().hex}@town.example", password="!") for _ in range(size))
        number = sum(map(len, self.enrolments.values()))
        learners = Member.objects.bulk_create(
            Member(
                organization=self.organization, user=user, name=f"Learner {number + place}", roles=["learner"],
                timezone="Europe/Berlin", joined_at=at(MONDAY), welcomed_at=at(MONDAY),
            )
            for place, user in enumerate(users, start=1)
        )  # fmt: skip
        new = Enrolment.objects.bulk_create(self.enrolment(learner, name, on=on, coach=coach) for learner in learners)
        self.enrolments.setdefault(name, []).extend(new)
        return new

    def enrolment(self, learner: Member, name: str, *, on: dt.date | None = None, coach: Member | None = None):
        """Not saved yet."""
        cohort = self.cohorts[name]
        return Enrolment(
            organization=self.organization, cohort=cohort, program=cohort.program, pillar=self.pillar,
            learner=learner, coach=coach or self.coach, starts_on=on or self.starts_on,
        )  # fmt: skip

    def leave(self, enrolments: list[Enrolment], on: dt.date) -> None:
        Enrolment.objects.filter(pk__in=[each.pk for each in enrolments]).update(ended_on=on)

    def move(self, enrolments: list[Enrolment], name: str, on: dt.date) -> None:
        """They go on in another cohort from that day."""
        there = self.cohorts[name]
        FormerCohort.objects.bulk_create(
            FormerCohort(organization=self.organization, enrolment=each, cohort=each.cohort, left_on=on)
            for each in enrolments
        )
        Enrolment.objects.filter(pk__in=[each.pk for each in enrolments]).update(cohort=there, program=there.program)

    @property
    def rubric(self) -> Rubric:
        return Rubric.objects.newest(self.pillar)

    def hold(self, enrolment: Enrolment, day: dt.date, **session) -> MicroSession:
        """A closed session that both rated; see `hold_all`."""
        return self.hold_all([(enrolment, day)], **session)[0]

    def hold_all(
        self,
        meetings: list[tuple[Enrolment, dt.date]],
        *,
        level: int | None = 3,
        own: int | None = 3,
        reflects: str = "",
        revealed: dt.date | None = None,
        whole: bool = False,
        **fields,
    ) -> list[MicroSession]:
        """Closed sessions, rated by both (None: did not), revealed on their own day unless said otherwise.

        The focus alone is rated, or the `whole` rubric alike.
        """
        rubric = self.rubric
        criteria = list(rubric.criteria.all())
        deadline = dt.timedelta(days=0 if None in (level, own) else 2)  # which opens what one side has not rated
        micros = MicroSession.objects.bulk_create(
            self.held(enrolment, day, rubric, criteria[0].behaviour_id, fields, deadline) for enrolment, day in meetings
        )
        rated = [(role, value) for role, value in (("coach", level), ("self", own)) if value is not None]
        ratings = Rating.objects.bulk_create(
            Rating(
                micro=micro, rater=micro.coach if role == "coach" else micro.learner, role=role,
                submitted_at=micro.ended_at,
            )
            for micro in micros
            for role, _value in rated
        )  # fmt: skip
        said = dict(rated)
        Score.objects.bulk_create(
            Score(rating=rating, criterion=each, level=said[rating.role])
            for rating in ratings
            for each in criteria[: None if whole else 1]
        )
        if reflects:
            Reflection.objects.bulk_create(
                Reflection(micro=micro, what_changed=reflects, saved_at=micro.ended_at) for micro in micros
            )
        for micro in micros:
            micro.revealed_at = at(revealed or micro.started_at.date(), 12)
        MicroSession.objects.bulk_update(micros, ["revealed_at"])
        return micros

    def held(self, enrolment, day, rubric, focus, fields, deadline) -> MicroSession:
        when = at(day)
        ended = when + dt.timedelta(minutes=15)
        usual = {
            "scheduled_for": when, "status": "closed", "started_at": when, "ended_at": ended,
            "minutes_actual": 15, "opens_at": fields.get("ended_at", ended) + deadline, "closed_at": ended,
        }  # fmt: skip
        return MicroSession(
            organization=self.organization, enrolment=enrolment, coach=enrolment.coach, learner=enrolment.learner,
            rubric=rubric, focus_id=focus, success_criterion="Once", **usual | fields,
        )  # fmt: skip

    def everybody_meets(self, *days: dt.date, names: tuple[str, ...] = (), **session) -> None:
        """A session of everybody in these cohorts, or in all, on each of the days."""
        people = [each for name in names or tuple(self.enrolments) for each in self.enrolments[name]]
        self.hold_all([(enrolment, day) for enrolment in people for day in days], **session)

    def called_off(self, enrolment: Enrolment, day: dt.date, status: str = "missed") -> MicroSession:
        """A planned session that did not take place."""
        rubric = self.rubric
        return MicroSession.objects.create(
            organization=self.organization, enrolment=enrolment, coach=enrolment.coach, learner=enrolment.learner,
            rubric=rubric, focus_id=rubric.criteria.all()[0].behaviour_id, success_criterion="Once",
            scheduled_for=at(day), status=status, **{f"{status}_at": at(day, 12)},
        )  # fmt: skip

    def moved(self, micro: MicroSession, reason: str = "queue") -> None:
        earlier = micro.scheduled_for - dt.timedelta(hours=2)
        MicroMove.objects.create(
            micro=micro, moved_from=earlier, moved_to=micro.scheduled_for, reason=reason, moved_by=micro.coach
        )

    def prompts(self, micro: MicroSession, day: dt.date, *answers: str) -> None:
        """Asked on that day; an empty answer is one that did not come in three days."""
        plan = ImprovementPlan.objects.create(micro=micro, cue="it rings", will="breathe", written_by=micro.learner)
        follow_up = FollowUp.objects.create(
            organization=self.organization, plan=plan, enrolment=micro.enrolment, learner=micro.learner,
            rule_version=1, starts_at=at(day), ended_at=at(day), ended_because="replaced",
        )  # fmt: skip
        Prompt.objects.bulk_create(
            Prompt(
                follow_up=follow_up, sequence=number, question="?", due_at=at(day), asked_at=at(day), answer=answer,
                status="answered" if answer else "missed", answered_at=at(day, 11) if answer else None,
                missed_at=None if answer else at(day + dt.timedelta(days=3)),
            )
            for number, answer in enumerate(answers, start=1)
        )  # fmt: skip


def make_town(**fields) -> Town:
    """A demo organization without cohorts yet."""
    organization = Organization.objects.create(
        name="Harbour", slug="harbour", timezone="Europe/Berlin", is_demo=True, **fields
    )
    pillar = Pillar.objects.filter(key="de-escalation").first() or make_pillar()
    return Town(
        organization,
        pillar,
        make_member(organization, "Dana Coach", "coach"),
        make_member(organization, "Mia", "manager"),
    )
