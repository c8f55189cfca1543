"""B4: a coach hands in a rating by the domain function, against the very statements it runs, sent by a plain cursor.

The learner's rating is in, so the hand-in also breaks the seal. Both are timed by the clock, commits included, with
every constraint, trigger and history table on. The statements are recorded once, from one hand-in, and replayed with
the next session's keys in place of those of the recorded one.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.measure import ROUNDS, Result, alternate, median_ratio, seconds_of
from bench.pages import named
from programs.models import Criterion, Member
from sessions.domain import ratings
from sessions.models import MicroSession, Rating, RatingRole, Score

BOUND = 2.5
TIMES = 12  # hand-ins in a round
FAR = 1_000_000  # keys from here on are like no other number in a statement
Statement = tuple[str, Any]


def measure() -> Iterator[Result]:
    """With the disk as it is, then without waiting for it, which leaves more of the ratio to the code."""
    stage = Stage()
    said = sum(map(len, stage.transactions))
    note = f"{len(stage.levels)} scores, {said} statements in {len(stage.transactions)} transactions"
    yield Result("Handing in a rating", stage.ratio(), BOUND, note=note)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    yield Result("Handing in a rating, commits not waited for", stage.ratio(), BOUND)


class Stage:
    """Sessions to rate, and what one hand-in says to the database."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('coaching_microsession_id_seq', %s)", [FAR])
            cursor.execute("SELECT setval('coaching_rating_id_seq', %s)", [2 * FAR])
        self.coach = named("Kofi Mensah")
        self.like = MicroSession.objects.filter(enrolment__coach=self.coach).earliest("pk")
        criteria = Criterion.objects.filter(rubric=self.like.rubric_id)
        self.levels = {criterion.pk: 2 + n % 3 for n, criterion in enumerate(criteria)}
        self.recorded, tried = self.held(2)
        self.transactions = record(self.recorded, self.coach, self.levels)
        self.rating = Rating.objects.get(micro=self.recorded, rater=self.coach)
        self.replay(tried)
        self.check_same(tried)

    def held(self, count: int) -> list[MicroSession]:
        """Sessions that ended a moment ago and that the learner has rated, written at once."""
        now, like = timezone.now(), self.like
        times = {"started_at": now - timedelta(minutes=16), "ended_at": now, "opens_at": now + timedelta(days=2)}
        micros = MicroSession.objects.bulk_create(
            MicroSession(
                organization_id=like.organization_id, enrolment_id=like.enrolment_id, coach=self.coach,
                learner_id=like.learner_id, scheduled_for=now, rubric_id=like.rubric_id, focus_id=like.focus_id,
                success_criterion="Once", status="closing", phase="plan", minutes_actual=15, **times,
            )
            for _ in range(count)
        )  # fmt: skip
        Rating.objects.bulk_create(
            Rating(micro=micro, rater_id=micro.learner_id, role=RatingRole.SELF, submitted_at=now) for micro in micros
        )
        return micros

    def check_same(self, micro: MicroSession) -> None:
        """What was replayed left the same rows. Raises RuntimeError."""
        scores = Score.objects.filter(rating__micro=micro, rating__role=RatingRole.COACH)
        micro.refresh_from_db()
        if dict(scores.values_list("criterion", "level")) != self.levels or not micro.is_revealed:
            raise RuntimeError("The replayed statements did not hand in a rating.")

    def ratio(self) -> float:
        """Domain ÷ plain statements, the median of the rounds."""
        waiting = iter(self.held(2 * TIMES * (ROUNDS + 1)))
        return median_ratio(
            alternate(
                lambda: seconds_of(lambda: self.hand_in(next(waiting)), times=TIMES),
                lambda: seconds_of(lambda: self.replay(next(waiting)), times=TIMES),
            )
        )

    def hand_in(self, micro: MicroSession) -> None:
        ratings.hand_in(micro, by=self.coach, levels=self.levels)

    def replay(self, micro: MicroSession) -> None:
        """The recorded transactions for another session; the new rating's key comes back from its own INSERT."""
        keys = {self.recorded.pk: micro.pk}
        connection.ensure_connection()
        plain = connection.connection
        for statements in self.transactions:
            with plain.transaction(), plain.cursor() as cursor:
                for sql, params in statements:
                    cursor.execute(sql, swapped(params, keys))
                    rows = cursor.fetchall() if cursor.description else []
                    if sql.startswith('INSERT INTO "coaching_rating"'):
                        keys[self.rating.pk] = rows[0][0]


def record(micro: MicroSession, coach: Member, levels: dict[int, int]) -> list[list[Statement]]:
    """The statements of one hand-in, by transaction."""
    transactions: list[list[Statement]] = []
    open_now: list[Statement] = []

    def committed() -> None:
        transactions.append(open_now[:])
        open_now.clear()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not open_now:
            transaction.on_commit(committed)
        open_now.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ratings.hand_in(micro, by=coach, levels=levels)
    return transactions


def swapped(params: Any, keys: dict[int, int]) -> Any:
    """The same parameters for other rows."""
    if isinstance(params, (tuple, list)):
        return type(params)(swapped(each, keys) for each in params)
    return keys.get(params, params) if isinstance(params, int) else params
