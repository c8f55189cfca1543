"""What waits today: one story per role, each found in five minutes."""

from datetime import datetime, timedelta
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from coachhub.demo.history import MINUTE, WEEKS_A_FOCUS, Historian
from coachhub.demo.people import COACHES, ZONE, People
from coachhub.demo.words import WORDS
from programs.models import Enrolment
from sessions.domain.spacing import RULE_VERSION
from sessions.models import Feedback, FollowUp, ImprovementPlan, MicroSession, Prompt, Reflection

SESSIONS_TODAY = 8


def tell_today(people: People, historian: Historian, now: datetime) -> None:
    """Dana's day of eight sessions, and what she and her learners owe each other."""
    story = Stories(people, historian, now)
    story.session_in_six_minutes("Amira Haddad")
    story.question_due("Amira Haddad")
    story.unfinished("Ben Fischer")
    story.half_rated("Nadia Kovač")
    story.useful_disagreement("Leila Karimi")
    story.first_screen("Zeynep Kaya")
    story.waited("Chidi Eze", days=12)
    for n, name in enumerate(("Priya Shah", "Leo Marin", "Sofia Rossi", "Fatou Diallo", "Viktor Horvát")):
        story.reflection_to_read(name, n)
    story.rest_of_the_day(
        "Emil Sørensen", "Aiko Tanaka", "Paul Becker", "Zeynep Kaya", "Liam O’Connor", "Jonas Thiel", "Elena Popescu"
    )


class Stories:
    def __init__(self, people: People, historian: Historian, now: datetime) -> None:
        self.by_name = {enrolment.learner.name: enrolment for enrolment in people.enrolments}
        self.historian = historian
        self.now = now.replace(second=0, microsecond=0)

    def held(self, enrolment: Enrolment, started: datetime, *, closed: bool = True, criterion: int = 1) -> MicroSession:
        focus = self.historian.teach(enrolment.pillar_id).criteria[criterion]
        micro = self.historian.planned(enrolment, started, 20, focus)
        self.historian.hold(micro, minutes=15, closed=closed)
        return micro

    def session_in_six_minutes(self, name: str) -> None:
        enrolment = self.by_name[name]
        focus = self.historian.teach(enrolment.pillar_id).criteria[1]
        about = {"practise_on": "work", "reference": "Call 4711, from minute 2"}
        self.historian.planned(enrolment, self.now + 6 * MINUTE, 20, focus, **about)

    def rest_of_the_day(self, *names: str) -> None:
        """Up to Dana's eighth session of this day: later ones, and earlier ones where the evening has no room."""
        coached = [micro for micro in self.historian.batch.micros if micro.coach and micro.coach.name == COACHES[0]]
        missing = SESSIONS_TODAY - sum(self.is_today(micro.scheduled_for) for micro in coached)
        later = takewhile(self.is_today, (self.at(55 + 40 * n) for n in count()))
        earlier = takewhile(self.is_today, (self.at(-95 - 40 * n) for n in count()))
        for n, (name, at) in enumerate(zip(names, [*later, *earlier][:missing], strict=False)):
            if at > self.now:
                self.historian.planned(self.by_name[name], at, 20 + WEEKS_A_FOCUS * n)
            else:
                self.rated_by_both(name, at)

    def at(self, minutes: int) -> datetime:
        """So many minutes from now, and on to the next five."""
        at = self.now + timedelta(minutes=minutes)
        return at + timedelta(minutes=-at.minute % 5)

    def is_today(self, at: datetime) -> bool:
        zone = ZoneInfo(ZONE)
        return at.astimezone(zone).date() == self.now.astimezone(zone).date()

    def rated_by_both(self, name: str, started: datetime) -> MicroSession:
        """Held and closed, open to both; nobody has reflected on it yet."""
        micro = self.held(self.by_name[name], started)
        rated = started + 30 * MINUTE
        self.historian.rating(micro, "coach", 2.7, rated)
        self.historian.rating(micro, "self", 2.9, rated)
        micro.revealed_at = rated
        self.historian.write(micro, reflects=False, replies=False)
        return micro

    def waited(self, name: str, *, days: int) -> None:
        """The last session was that long ago, and nothing is planned."""
        micro = self.held(self.by_name[name], self.now - timedelta(days=days))
        self.historian.rate(micro, 2.5)
        self.historian.write(micro, reflects=True, replies=True)

    def question_due(self, name: str) -> None:
        """Yesterday's session, its plan, and today's question about it."""
        enrolment, historian = self.by_name[name], self.historian
        micro = self.held(enrolment, self.now - timedelta(days=1))
        historian.rate(micro, 2.8)
        if not micro.is_revealed:
            micro.opens_at = micro.revealed_at = self.now
        words = WORDS[micro.focus.key]
        cue, will = words.plans[0]
        plan = ImprovementPlan(micro=micro, cue=cue, will=will, measure=micro.focus.success, written_by=micro.learner)
        historian.batch.plans.append(plan)
        changed, why = words.reflections[0]
        historian.batch.reflections.append(
            Reflection(
                micro=micro, what_changed=changed, why_it_matters=why, confidence="fairly",
                saved_at=self.now - timedelta(hours=20), read_at=self.now - timedelta(hours=2),
            )
        )  # fmt: skip
        historian.batch.feedback += [
            Feedback(micro=micro, kind="keep", behaviour=micro.focus, line=words.keep[0]),
            Feedback(micro=micro, kind="change", behaviour=micro.focus, line=words.change[0]),
        ]
        follow_up = FollowUp(
            organization_id=micro.organization_id, plan=plan, enrolment=enrolment, learner=micro.learner,
            rule_version=RULE_VERSION, starts_at=micro.scheduled_for,
        )  # fmt: skip
        historian.batch.follow_ups.append(follow_up)
        question = historian.teach(enrolment.pillar_id).questions[0].text
        due = self.now - 30 * MINUTE
        historian.batch.prompts.append(
            Prompt(follow_up=follow_up, sequence=1, question=question, due_at=due)  # the command sends it
        )

    def unfinished(self, name: str) -> None:
        """Ended 25 minutes ago; keep and change are there, the plan is missing."""
        micro = self.held(self.by_name[name], self.now - 40 * MINUTE, closed=False)
        micro.opens_at = self.now + timedelta(days=2)
        self.historian.rating(micro, "coach", 2.6, self.now - 26 * MINUTE)
        words = WORDS[micro.focus.key]
        self.historian.batch.feedback += [
            Feedback(micro=micro, kind="keep", behaviour=micro.focus, line=words.keep[-1]),
            Feedback(micro=micro, kind="change", behaviour=micro.focus, line=words.change[-1]),
        ]

    def half_rated(self, name: str) -> None:
        """She rated herself; the coach has not: sealed."""
        micro = self.held(self.by_name[name], self.now - timedelta(days=1, hours=2), closed=False, criterion=0)
        micro.opens_at = self.now + timedelta(days=1)
        self.historian.rating(micro, "self", 3.0, self.now - timedelta(hours=22))

    def first_screen(self, name: str) -> None:
        """Has not yet read who sees what."""
        learner = self.by_name[name].learner
        learner.welcomed_at = None
        learner.save(update_fields=["welcomed_at"])

    def useful_disagreement(self, name: str) -> None:
        """Same on most, two apart on one: a good place to start talking."""
        micro = self.held(self.by_name[name], self.now - timedelta(days=2))
        for role, focus_level in (("coach", 2), ("self", 4)):
            rating = self.historian.rating(micro, role, 3.0, self.now - timedelta(days=2) + 30 * MINUTE)
            for score in self.historian.batch.scores:
                if score.rating is rating:
                    score.level = focus_level if score.criterion.behaviour_id == micro.focus_id else 3
        micro.revealed_at = self.now - timedelta(days=2) + 30 * MINUTE
        self.historian.write(micro, reflects=True, replies=True)

    def reflection_to_read(self, name: str, n: int) -> None:
        """Rated and reflected in one go, the day before."""
        started = self.now - timedelta(days=1, hours=3, minutes=25 * n)
        micro = self.rated_by_both(name, started)
        words = WORDS[micro.focus.key]
        changed, why = words.reflections[len(name) % len(words.reflections)]
        self.historian.batch.reflections.append(
            Reflection(
                micro=micro, what_changed=changed, why_it_matters=why, confidence="fairly",
                saved_at=started + 35 * MINUTE,
            )
        )  # fmt: skip
