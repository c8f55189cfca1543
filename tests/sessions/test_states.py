"""In whatever order steps are tried: only legal ones move a session, and a refused one changes no row."""

import datetime as dt
from uuid import uuid4

import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from coachhub.errors import DomainError, NotAllowed
from sessions.domain import closing, handovers, logging_held, planning, running, schedule
from sessions.models import Delivery, FollowUp, Message, MicroMove, MicroSession, Phase, Status
from tests.sessions.plan_steps import content
from tests.sessions.run_steps import complete

START = dt.datetime(2026, 1, 13, 9, 0, tzinfo=dt.UTC)
SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
PLANNED, RUNNING, CLOSING, CLOSED, CANCELLED, MISSED = Status.values
HELD = {CLOSING, CLOSED}
WHICH = st.integers(0, 3)
TIMES = st.sampled_from([START + hours * HOUR for hours in (1, 2, 3, 30)])
PATHS = [
    "", "cancel 0", "move 0", "hours, missed 0", "hours, missed 0, late", "cancel 0, hours", "hours, log",
    "start 0", "start 0, fill 0", "start 0, finish 0", "start 0, start 1", "start 0, start 1, hours",
    "start 0, fill 0, finish 0", "start 0, fill 0, finish 0, undo 0, start 1", "start 0, finish 0, start 1",
    "start 0, finish 0, fill 0, close 0", "hours, took place 1", "start 0, hours, late, sweep",
    "start 0, start 1, again, undo 0", "start 0, hours, late, sweep, start 1, undo 0",
]  # fmt: skip
"""What has happened when the steps begin, so that few examples see many states."""
AGO = st.sampled_from([-MINUTE, 20 * MINUTE, 90 * MINUTE])  # how long ago it was held; the first is not over yet

STEPS = {
    "edit": lambda cast, micro, by: planning.edit(micro, by=by, details=content(cast), version=micro.version),
    "move": lambda cast, micro, by: schedule.move(micro, by=by, to=START + 40 * HOUR, reason="other"),
    "take back move": lambda cast, micro, by: schedule.take_back_move(micro, by=by, sequence=micro.schedule_sequence),
    "cancel": lambda cast, micro, by: schedule.cancel(micro, by=by),
    "missed": lambda cast, micro, by: schedule.mark_missed(micro, by=by),
    "restore": lambda cast, micro, by: schedule.restore(micro, by=by),
    "keep time": lambda cast, micro, by: schedule.keep_time(micro, by=by),
    "took place": lambda cast, micro, by: logging_held.took_place(micro, by=by, held_at=START - HOUR, minutes=9),
    "start": lambda cast, micro, by: running.start(micro, by=by),
    "go to": lambda cast, micro, by: running.go_to(micro, by=by, phase=Phase.PLAN),
    "goal": lambda cast, micro, by: running.write_goal(micro, by=by, text="Stay calm"),
    "finish": lambda cast, micro, by: running.finish(micro, by=by),
    "undo finish": lambda cast, micro, by: running.undo_finish(micro, by=by),
    "minutes": lambda cast, micro, by: running.correct_minutes(micro, by=by, minutes=5),
    "close": lambda cast, micro, by: closing.close(micro, by=by),
}


def rows() -> list:
    """Everything a step writes, as it stands."""
    return [list(each.objects.order_by("pk").values()) for each in (MicroSession, MicroMove, Message, Delivery)]


def states_machine(cast):
    """A machine over this cast; each example begins with two sessions of Ana with Leo and leaves nothing."""

    class States(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.undo = transaction.atomic()
            self.undo.__enter__()
            self.now = START
            self.clock = time_machine.travel(START, tick=False)
            self.traveller = self.clock.start()
            self.status: dict[int, str] = {}
            self.complete: set[int] = set()
            self.handed_in: set[int] = set()
            self.moves: dict[int, list] = {}

        def teardown(self):
            self.clock.stop()
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

        def pick(self, which) -> MicroSession:
            return MicroSession.objects.get(pk=list(self.status)[which % len(self.status)])

        def others(self, micro):
            return MicroSession.objects.exclude(pk=micro.pk if micro else None)

        def free(self, at, micro=None) -> bool:
            return not self.others(micro).filter(status=PLANNED, scheduled_for=at).exists()

        def overlaps(self, held_at, ended_at) -> bool:
            held = MicroSession.objects.filter(status__in=HELD)
            return held.filter(started_at__lt=ended_at, ended_at__gt=held_at).exists()

        def do(self, step, micro, *, to=None, **others):
            """Take the step; with `to` it is legal and leads there, without it is refused and nothing moves."""
            before = None if to else rows()
            try:
                done = step()
            except DomainError:
                assert to is None, f"refused in {micro and micro.status}"
                assert rows() == before
                return
            assert to is not None, f"allowed in {micro and micro.status}"
            self.status[done.pk] = to
            self.status |= others.get("besides", {})

        def simple(self, name, which, **table):
            """A step whose end depends on the state alone."""
            micro = self.pick(which)
            self.do(lambda: STEPS[name](cast, micro, cast.ana), micro, to=table.get(micro.status))

        @initialize(path=st.sampled_from(PATHS))
        def begin(self, path):
            for hours in (1, 2):
                self.plan(START + hours * HOUR)
            words = {
                "start": self.start, "fill": self.fill_the_record, "finish": self.finish, "undo": self.undo_finish,
                "close": self.close, "cancel": self.cancel, "missed": self.did_not_take_place, "sweep": self.sweep,
                "move": lambda which: self.move(which, START + 3 * HOUR), "log": lambda: self.log(20 * MINUTE),
                "took place": lambda which: self.took_place(which, 20 * MINUTE),
                "again": lambda: self.plan(START + 2 * HOUR),
                "hours": lambda: self.wait(80 * MINUTE), "late": lambda: self.wait(12 * MINUTE),
            }  # fmt: skip
            for step in filter(None, path.split(", ")):
                word = step.rstrip(" 01")
                words[word](*[int(number) for number in step.removeprefix(word).split()])

        @rule(at=TIMES)
        def plan(self, at):
            said = {"details": content(cast), "form_key": uuid4()}
            step = lambda: planning.plan(cast.enrolment, by=cast.ana, scheduled_for=at, **said)  # noqa: E731
            self.do(step, None, to=PLANNED if at >= self.now - MINUTE and self.free(at) else None)

        @rule(which=WHICH, name=st.sampled_from(["edit", "keep time"]))
        def stays_planned(self, which, name):
            self.simple(name, which, planned=PLANNED)

        @rule(which=WHICH)
        def learner_asks_to_move(self, which):
            micro = self.pick(which)
            legal = micro.status == PLANNED and micro.scheduled_for > self.now
            self.do(lambda: schedule.ask_to_move(micro, by=cast.leo), micro, to=PLANNED if legal else None)

        @rule(which=WHICH, at=TIMES)
        def move(self, which, at):
            micro = self.pick(which)
            legal = micro.status == PLANNED and micro.scheduled_for != at >= self.now - MINUTE and self.free(at, micro)
            step = lambda: schedule.move(micro, by=cast.ana, to=at, reason="queue")  # noqa: E731
            self.do(step, micro, to=PLANNED if legal else None)
            if legal:
                self.moves.setdefault(micro.pk, []).append((self.now, micro.scheduled_for, at))

        @rule(which=WHICH)
        def take_back_move(self, which):
            micro = self.pick(which)
            made, there, here = self.moves.get(micro.pk, [(START - HOUR, None, None)])[-1]
            legal = micro.status == PLANNED and here == micro.scheduled_for and self.now < made + 10 * MINUTE
            legal = legal and self.free(there, micro)
            self.do(lambda: STEPS["take back move"](cast, micro, cast.ana), micro, to=PLANNED if legal else None)
            if legal:
                self.moves[micro.pk] = self.moves[micro.pk][:-1] or [(START - HOUR, None, None)]

        @rule(which=WHICH)
        def cancel(self, which):
            self.simple("cancel", which, planned=CANCELLED, cancelled=CANCELLED)

        @rule(which=WHICH)
        def did_not_take_place(self, which):
            came = self.pick(which).scheduled_for <= self.now
            self.simple("missed", which, missed=MISSED, planned=MISSED if came else None)

        @rule(which=WHICH)
        def restore(self, which):
            micro = self.pick(which)
            if micro.status == CANCELLED:
                until = max(micro.cancelled_at + 10 * MINUTE, micro.scheduled_for)
            else:
                until = micro.missed_at + 10 * MINUTE if micro.missed_at else START
            legal = self.now < until and self.free(micro.scheduled_for, micro)
            back = PLANNED if legal else None
            self.simple("restore", which, planned=PLANNED, cancelled=back, missed=back)

        @rule(which=WHICH, ago=AGO)
        def took_place(self, which, ago):
            micro, held_at = self.pick(which), self.now - ago
            legal = micro.status == PLANNED and ago > MINUTE and not self.overlaps(held_at, held_at + 15 * MINUTE)
            step = lambda: logging_held.took_place(micro, by=cast.ana, held_at=held_at, minutes=15)  # noqa: E731
            same = micro.logged and (micro.started_at, micro.minutes_actual) == (held_at, 15)
            self.do(step, micro, to=micro.status if same else CLOSING if legal else None)

        @rule(ago=AGO)
        def log(self, ago):
            held_at = self.now - ago
            legal = ago > MINUTE and not self.overlaps(held_at, held_at + 15 * MINUTE)
            said = {"held_at": held_at, "minutes": 15, "details": content(cast), "form_key": uuid4()}
            step = lambda: logging_held.log_held(cast.enrolment, by=cast.ana, **said)  # noqa: E731
            self.do(step, None, to=CLOSING if legal else None)

        @rule(which=WHICH)
        def start(self, which):
            micro = self.pick(which)
            ended = {}
            if micro.status == PLANNED:
                ended = {pk: self.ends_as(pk) for pk, status in self.status.items() if status == RUNNING}
            legal = micro.status in (PLANNED, RUNNING)
            step = lambda: running.start(micro, by=cast.ana)  # noqa: E731
            self.do(step, micro, to=RUNNING if legal else None, besides=ended)

        def ends_as(self, pk) -> str:
            """A session that ends by itself is closed when its coach had handed in all that closing needs."""
            return CLOSED if pk in self.complete & self.handed_in else CLOSING

        @rule(which=WHICH, phase=st.sampled_from(Phase.values))
        def go_to(self, which, phase):
            micro = self.pick(which)
            step = lambda: running.go_to(micro, by=cast.ana, phase=phase)  # noqa: E731
            self.do(step, micro, to=RUNNING if micro.status == RUNNING else None)

        @rule(which=WHICH)
        def fill_the_record(self, which):
            micro = self.pick(which)
            if micro.status in (RUNNING, CLOSING) and micro.pk not in self.complete:
                complete(micro)
                self.complete.add(micro.pk)

        @rule(which=WHICH)
        def finish(self, which):
            pk = self.pick(which).pk
            ended = CLOSED if pk in self.complete else CLOSING
            self.handed_in |= {pk} if self.status[pk] == RUNNING and ended == CLOSED else set()
            self.simple("finish", which, running=ended, closing=CLOSING, closed=CLOSED)

        @rule(which=WHICH)
        def undo_finish(self, which):
            micro = self.pick(which)
            runs = self.others(micro).filter(status=RUNNING).first()
            ended, besides = None, {}
            if micro.status in HELD and not micro.logged:
                ended = None if runs else micro.ended_at
                if micro.ended_by_itself:
                    ended = self.ended_by(micro, runs)
                    besides = {runs.pk: PLANNED} if ended else {}
            legal = ended and self.now - ended <= 12 * SECOND and (not besides or self.free(runs.scheduled_for))
            to = RUNNING if legal or micro.status == RUNNING else None
            self.do(lambda: running.undo_finish(micro, by=cast.ana), micro, to=to, besides=besides)

        def ended_by(self, micro, runs) -> dt.datetime | None:
            """When the running session started, if that ended this one and nothing was done in it."""
            if runs is None or runs.phase != Phase.GOAL or runs.pk in self.complete:
                return None
            return runs.started_at if micro.ended_at <= runs.started_at <= micro.ends_at + HOUR else None

        @rule(which=WHICH, minutes=st.sampled_from([0, 1, 40]))
        def correct_minutes(self, which, minutes):
            micro = self.pick(which)
            legal = micro.status in HELD and minutes and micro.started_at + minutes * MINUTE <= self.now + MINUTE
            step = lambda: running.correct_minutes(micro, by=cast.ana, minutes=minutes)  # noqa: E731
            self.do(step, micro, to=micro.status if legal else None)

        @rule(which=WHICH)
        def close(self, which):
            pk = self.pick(which).pk
            ready = CLOSED if pk in self.complete else None
            self.handed_in |= {pk} if self.status[pk] == CLOSING and ready else set()
            self.simple("close", which, closing=ready, closed=CLOSED)

        @rule()
        def sweep(self):
            overdue = [
                micro.pk for micro in MicroSession.objects.filter(status=RUNNING) if micro.ends_at + HOUR < self.now
            ]
            assert running.end_overdue(self.now) == len(overdue)
            self.status |= {pk: self.ends_as(pk) for pk in overdue}

        @rule()
        def enrolment_ends(self):
            ahead = MicroSession.objects.filter(status=PLANNED, scheduled_for__gt=self.now)
            self.status |= dict.fromkeys(ahead.values_list("pk", flat=True), CANCELLED)
            handovers.cancel_ahead([cast.enrolment])

        @rule(step=st.sampled_from(sorted(STEPS)), who=st.sampled_from(["cole", "leo", "mia", "ada"]), which=WHICH)
        def somebody_else(self, step, who, which):
            before = rows()
            try:
                STEPS[step](cast, self.pick(which), getattr(cast, who))
            except NotAllowed:
                assert rows() == before
                return
            raise AssertionError(f"{who} may not {step}")

        @rule(time=st.sampled_from([5 * SECOND, 15 * SECOND, 12 * MINUTE, 80 * MINUTE]))
        def wait(self, time):
            self.now += time
            self.traveller.move_to(self.now)

        @invariant()
        def as_told(self):
            micros = list(MicroSession.objects.order_by("pk"))
            assert {micro.pk: micro.status for micro in micros} == self.status
            for micro in micros:
                times_match(micro)
            assert sum(micro.status == RUNNING for micro in micros) <= 1

        @invariant()
        def only_closed_ones_are_followed_up(self):
            followed = FollowUp.objects.values_list("plan__micro", flat=True)
            assert {self.status[pk] for pk in followed} <= {CLOSED}

    return States


def times_match(micro: MicroSession) -> None:
    """Each time is there in the states it belongs to and in no other."""
    held, status = micro.status in HELD, micro.status
    assert (micro.started_at is not None) == (held or status == RUNNING)
    assert {micro.ended_at is not None, micro.minutes_actual is not None, micro.opens_at is not None} == {held}
    assert (micro.closed_at is not None) == (status == CLOSED)
    assert (micro.cancelled_at is not None) == (status == CANCELLED)
    assert (micro.missed_at is not None) == (status == MISSED)
    assert status != RUNNING or micro.phase_started_at is not None
    assert held or not micro.ended_by_itself


def test_each_of_the_usual_ways_ends_in_its_state(cast):
    for path in PATHS:
        way = states_machine(cast)()
        try:
            way.begin(path)
            way.as_told()
            way.only_closed_ones_are_followed_up()
        finally:
            way.teardown()


def test_no_order_of_steps_leaves_the_states(cast):
    run_state_machine_as_test(
        states_machine(cast),
        settings=settings(
            max_examples=15,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
