"""Half a year of sessions: who met when, how both rated, what they wrote, what became of the plans."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from coachhub.demo.people import ZONE
from coachhub.demo.words import REPLIES, WORDS
from programs.models import Blueprint, Criterion, Enrolment, Question, Rubric
from sessions.domain.content import Content
from sessions.domain.spacing import RULE_VERSION
from sessions.models import (
    Feedback,
    FollowUp,
    ImprovementPlan,
    MicroMove,
    MicroSession,
    Prompt,
    Rating,
    Reflection,
    Reply,
    Score,
)

WEEKS = 24
WEEKS_A_FOCUS = 4
MINUTE = timedelta(minutes=1)


@dataclass
class Skill:
    """How a learner does over the weeks: `level(week)` is the true level that ratings scatter around."""

    start: float
    gain: float
    story: str = ""

    def level(self, week: int) -> float:
        if self.story == "plateau":
            return min(2.4, self.start + 0.15 * week)
        if self.story == "recovery":
            dip = 1.1 if 9 <= week <= 15 else 0.0
            return self.start + self.gain * week / WEEKS - dip
        return self.start + self.gain * week / WEEKS


@dataclass
class Taught:
    """What a pillar gives to each of its sessions, read once."""

    rubric: Rubric
    criteria: list[Criterion]
    blueprints: list[Blueprint]
    questions: list[Question]


@dataclass
class Batch:
    """Rows to be written together, parents first."""

    micros: list[MicroSession] = field(default_factory=list)
    moves: list[MicroMove] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    plans: list[ImprovementPlan] = field(default_factory=list)
    reflections: list[Reflection] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)

    def write(self) -> None:
        opened = [(micro, micro.revealed_at) for micro in self.micros if micro.revealed_at]
        for micro, _at in opened:
            micro.revealed_at = None  # the seal breaks over ratings that are in, here as anywhere
        MicroSession.objects.bulk_create(self.micros)
        MicroMove.objects.bulk_create(self.moves)
        Rating.objects.bulk_create(self.ratings)
        Score.objects.bulk_create(self.scores)
        for micro, at in opened:
            micro.revealed_at = at
        MicroSession.objects.bulk_update([micro for micro, _at in opened], ["revealed_at"], batch_size=500)
        Feedback.objects.bulk_create(self.feedback)
        ImprovementPlan.objects.bulk_create(self.plans)
        Reflection.objects.bulk_create(self.reflections)
        Reply.objects.bulk_create(self.replies)
        FollowUp.objects.bulk_create(self.follow_ups)
        Prompt.objects.bulk_create(self.prompts)


class Historian:
    """Tells the past of one enrolment at a time; everything comes from one seeded source of chance."""

    def __init__(self, today: date, chance: Random) -> None:
        self.today = today
        self.chance = chance
        self.batch = Batch()
        self.taught: dict[int, Taught] = {}

    def teach(self, pillar_id: int) -> Taught:
        if pillar_id not in self.taught:
            rubric = Rubric.objects.filter(pillar=pillar_id).latest("version")
            self.taught[pillar_id] = Taught(
                rubric,
                list(rubric.criteria.select_related("behaviour")),
                list(Blueprint.objects.filter(pillar=pillar_id).newest()),
                list(Question.objects.filter(pillar=pillar_id, retired=False)),
            )
        return self.taught[pillar_id]

    def tell(self, enrolment: Enrolment, skill: Skill, *, until_week: int = WEEKS, queue: float = 0.08) -> None:
        """A session a week with its gaps; the last `WEEKS - until_week` weeks stay empty."""
        first = self.today - timedelta(weeks=WEEKS) - timedelta(days=self.today.weekday())
        day_of_week, hour = self.chance.randrange(5), self.chance.randrange(9, 17)
        minute = self.chance.choice((0, 10, 20, 30, 40, 50))
        for week in range(until_week):
            if self.chance.random() < 0.12 and week < WEEKS - 2:
                continue
            day = first + timedelta(weeks=week, days=day_of_week)
            if day >= self.today:
                break
            when = datetime.combine(day, time(hour, minute), ZoneInfo(ZONE)).astimezone(UTC)
            risen = queue * (1 + week / WEEKS * 3) if queue > 0.1 else queue
            self.session(enrolment, when, skill.level(week), week=week, queue=risen)

    def session(self, enrolment: Enrolment, when: datetime, level: float, *, week: int, queue: float) -> None:
        """One session, kept, moved or missed."""
        chance = self.chance
        draw = chance.random()
        micro = self.planned(enrolment, when, week)
        if draw < 0.06:
            micro.status, micro.missed_at = "missed", when + timedelta(hours=3)
            return
        if draw < 0.06 + queue + 0.06:
            self.moved(micro, "queue" if draw < 0.06 + queue else chance.choice(("absent", "clash", "other")))
        self.hold(micro, minutes=chance.randrange(12, 19))
        self.rate(micro, level)
        self.write(micro, reflects=chance.random() < 0.72, replies=chance.random() < 0.5)
        self.follow(micro, level)

    def planned(
        self, enrolment: Enrolment, when: datetime, week: int, about: Criterion | None = None, **values: Any
    ) -> MicroSession:
        """A planned session, appended to the batch; `values` are fields of Content."""
        taught = self.teach(enrolment.pillar_id)
        criterion = about or taught.criteria[week // WEEKS_A_FOCUS % len(taught.criteria)]
        focus = criterion.behaviour
        blueprint = next((b for b in taught.blueprints if b.focus_id == focus.pk), None)
        practise_on = self.chance.choice(("work", "work", "case"))
        values = {"practise_on": practise_on if blueprint else "work"} | values
        difficulty = min(4, 1 + week // 7)
        content = Content(minutes_planned=15, focus=focus, blueprint=blueprint, difficulty=difficulty, **values)
        micro = MicroSession(
            organization_id=enrolment.organization_id, enrolment=enrolment, coach=enrolment.coach,
            learner=enrolment.learner, scheduled_for=when, rubric=taught.rubric, **content.values(criterion),
        )  # fmt: skip
        self.batch.micros.append(micro)
        return micro

    def moved(self, micro: MicroSession, reason: str) -> None:
        to = micro.scheduled_for + timedelta(hours=self.chance.choice((1, 2, 24)))
        move = MicroMove(micro=micro, moved_from=micro.scheduled_for, moved_to=to, reason=reason, moved_by=micro.coach)
        micro.scheduled_for, micro.schedule_sequence = to, 1
        self.batch.moves.append(move)

    def hold(self, micro: MicroSession, *, minutes: int, closed: bool = True) -> None:
        """It took place; closed an hour later unless it still waits for that."""
        micro.status, micro.phase = ("closed" if closed else "closing"), "plan"
        micro.started_at = micro.scheduled_for
        micro.ended_at = micro.scheduled_for + minutes * MINUTE
        micro.minutes_actual = minutes
        micro.opens_at = micro.ended_at + timedelta(days=2)
        micro.closed_at = micro.ended_at + 5 * MINUTE if closed else None

    def rate(self, micro: MicroSession, level: float) -> None:
        """Both rate within minutes, sealed until the second is in; one learner in nine does not, until the deadline."""
        ended = self.ended(micro)
        self.rating(micro, "coach", level, ended - 3 * MINUTE)
        if self.chance.random() < 0.89:
            lean = self.chance.choice((-0.6, 0.0, 0.2, 0.5))
            self.rating(micro, "self", level + lean, ended + 20 * MINUTE)
            micro.revealed_at = ended + 20 * MINUTE
        elif micro.opens_at and micro.opens_at.date() < self.today:
            micro.revealed_at = micro.opens_at

    def rating(self, micro: MicroSession, role: str, level: float, at: datetime) -> Rating:
        rater = micro.coach if role == "coach" else micro.learner
        rating = Rating(micro=micro, rater=rater, role=role, submitted_at=at)
        self.batch.ratings.append(rating)
        for criterion in self.teach(micro.enrolment.pillar_id).criteria:
            unseen = criterion.behaviour_id != micro.focus_id and self.chance.random() < 0.15
            drawn = max(1, min(4, round(self.chance.gauss(level, 0.45))))
            self.batch.scores.append(Score(rating=rating, criterion=criterion, level=None if unseen else drawn))
        return rating

    def write(self, micro: MicroSession, *, reflects: bool, replies: bool) -> None:
        """Keep, change and the plan; often a reflection; sometimes the coach's answer."""
        words, chance, batch = WORDS[micro.focus.key], self.chance, self.batch
        batch.feedback += [
            Feedback(micro=micro, kind="keep", behaviour=micro.focus, line=chance.choice(words.keep)),
            Feedback(micro=micro, kind="change", behaviour=micro.focus, line=chance.choice(words.change)),
        ]
        cue, will = chance.choice(words.plans)
        batch.plans.append(
            ImprovementPlan(micro=micro, cue=cue, will=will, measure=micro.focus.success, written_by=micro.learner)
        )
        if not reflects:
            return
        changed, why = chance.choice(words.reflections)
        saved = self.ended(micro) + 25 * MINUTE
        reflection = Reflection(
            micro=micro, what_changed=changed, why_it_matters=why,
            confidence=chance.choice(("not_yet", "fairly", "very")),
            saved_at=saved, read_at=saved + timedelta(hours=3),
        )  # fmt: skip
        batch.reflections.append(reflection)
        if replies:
            text = chance.choice(REPLIES)
            batch.replies.append(
                Reply(reflection=reflection, coach=micro.coach, kind="words", text=text, seen_at=saved)
            )

    def follow(self, micro: MicroSession, level: float) -> None:
        """The prompts of a plan that a newer one replaced a week later; what lies ahead of today is not told."""
        ended, questions = self.ended(micro), self.teach(micro.enrolment.pillar_id).questions
        midnight = datetime.combine(self.today, time(), ZoneInfo(ZONE))
        follow_up = FollowUp(
            organization_id=micro.organization_id, plan=self.batch.plans[-1], enrolment=micro.enrolment,
            learner=micro.learner, rule_version=RULE_VERSION, starts_at=ended,
            ended_at=min(ended + timedelta(days=7), midnight), ended_because="replaced",
        )  # fmt: skip
        self.batch.follow_ups.append(follow_up)
        for sequence, days in ((1, 1), (2, 3)):
            asked = ended + timedelta(days=days)
            answer = self.answer(level)
            if asked + timedelta(hours=2) > midnight:
                continue
            self.batch.prompts.append(
                Prompt(
                    follow_up=follow_up, sequence=sequence, question=questions[sequence % len(questions)].text,
                    due_at=asked, asked_at=asked, status="answered" if answer else "missed", answer=answer,
                    answered_at=asked + timedelta(hours=2) if answer else None,
                    missed_at=None if answer else min(asked + timedelta(days=3), midnight),
                )
            )  # fmt: skip

    def answer(self, level: float) -> str:
        """Better levels apply more often; one prompt in five stays unanswered."""
        if self.chance.random() < 0.2:
            return ""
        if self.chance.random() < 0.25:
            return "no_chance"
        if self.chance.random() < 0.25 + 0.16 * level:
            return self.chance.choice(("as_planned", "as_planned", "harder", "naturally"))
        return "not_this_time"

    @staticmethod
    def ended(micro: MicroSession) -> datetime:
        """When it ended; only asked of sessions that were held."""
        return micro.ended_at or micro.scheduled_for
