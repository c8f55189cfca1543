"""Two coaches with everything a line of My learners shows: one has 30 learners, the other 3,000."""

from datetime import datetime, time, timedelta

from django.db.models import F
from django.utils import timezone

from programs.models import Cohort, Criterion, Enrolment, Member, Organization, Pillar, Program, Rubric, User, UsualSlot
from sessions.models import MicroSession, Rating, RatingRole, Reflection, Score

WEEKS = 8  # of sessions behind each learner
ZONE = "Europe/Berlin"


class Hall:
    """An organization of its own; the library's pillar."""

    def __init__(self) -> None:
        self.organization = Organization.objects.create(name="Long Hall", slug="long-hall", timezone=ZONE)
        self.pillar = Pillar.objects.get(key="de-escalation", organization=None)
        self.rubric = Rubric.objects.newest(self.pillar)
        self.criterion = Criterion.objects.filter(rubric=self.rubric).earliest("position")
        shared = {"organization": self.organization, "name": "Calm calls"}
        self.program = Program.objects.create(pillar=self.pillar, **shared)
        self.today = timezone.localdate()
        self.began = self.today - timedelta(weeks=WEEKS + 1)
        self.cohort = Cohort.objects.create(program=self.program, starts_on=self.began, **shared)

    def coach_of(self, learners: int) -> Member:
        """A coach with so many learners: eight sessions each, every second one with a next one planned."""
        (coach,) = self.people([f"Coach of {learners:,}"], "coach")
        people = self.people([f"Learner {n:04} of {learners:,}" for n in range(learners)], "learner")
        enrolments = Enrolment.objects.bulk_create(
            Enrolment(
                organization=self.organization, cohort=self.cohort, program=self.program, pillar=self.pillar,
                learner=learner, coach=coach, starts_on=self.began,
            )
            for learner in people
        )  # fmt: skip
        UsualSlot.objects.bulk_create(
            UsualSlot(enrolment=each, weekday=n % 5, starts_at=time(9 + n % 8), timezone=ZONE)
            for n, each in enumerate(enrolments)
        )
        for start in range(0, learners, 500):
            self.past(enrolments[start : start + 500])
        return Member.objects.select_related("user", "organization").get(pk=coach.pk)

    def people(self, names: list[str], role: str) -> list[Member]:
        users = User.objects.bulk_create(User(email=f"{name.replace(' ', '.')}@hall.example") for name in names)
        joined = self.organization.created_at
        return Member.objects.bulk_create(
            Member(
                organization=self.organization, user=user, name=name, roles=[role], timezone=ZONE, joined_at=joined,
                welcomed_at=joined,
            )
            for name, user in zip(names, users, strict=True)
        )  # fmt: skip

    def past(self, enrolments: list[Enrolment]) -> None:
        """Held once a week, rated by the coach each time; of the last one the reflection is unread."""
        now = timezone.now()
        held = [
            self.micro(each, now - timedelta(days=7 * week + n % 6, minutes=n % 60), status="closed")
            for n, each in enumerate(enrolments)
            for week in range(1, WEEKS + 1)
        ]
        ahead = [self.micro(each, now + timedelta(days=1, minutes=n)) for n, each in enumerate(enrolments) if n % 2]
        MicroSession.objects.bulk_create(held + ahead)
        ratings = Rating.objects.bulk_create(
            Rating(micro=micro, rater=micro.coach, role=RatingRole.COACH, submitted_at=micro.ended_at) for micro in held
        )
        Score.objects.bulk_create(Score(rating=each, criterion=self.criterion, level=3) for each in ratings)
        MicroSession.objects.filter(pk__in=[micro.pk for micro in held]).update(revealed_at=F("opens_at"))
        Reflection.objects.bulk_create(
            Reflection(micro=micro, what_changed="Calmer", saved_at=now) for micro in held[:: WEEKS * 3]
        )

    def micro(self, enrolment: Enrolment, when: datetime, status: str = "planned") -> MicroSession:
        ended = when + timedelta(minutes=15)
        done = {
            "started_at": when, "ended_at": ended, "opens_at": ended, "closed_at": ended, "minutes_actual": 15,
        }  # fmt: skip
        return MicroSession(
            organization=self.organization, enrolment=enrolment, coach=enrolment.coach, learner=enrolment.learner,
            scheduled_for=when, rubric=self.rubric, focus=self.criterion.behaviour, success_criterion="Once",
            status=status, **(done if status == "closed" else {}),
        )  # fmt: skip
