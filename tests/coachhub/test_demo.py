"""The demo: complete, deterministic, relative to the day, and found by the one-click accounts."""

import datetime as dt
from random import Random
from zoneinfo import ZoneInfo

import time_machine
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from coachhub import demo
from coachhub.demo.history import Historian
from coachhub.demo.people import make_people
from coachhub.demo.stories import tell_today
from metrics.domain.comparing import compare
from metrics.domain.insights import board_of
from metrics.models import Decision, Figure, Release
from programs.cards import cards
from programs.models import Cohort, Enrolment, Member
from sessions.cards.outbox import outbox_cards
from sessions.models import MicroSession, Rating, Score

BERLIN = ZoneInfo("Europe/Berlin")
NOON = dt.datetime(2025, 11, 17, 11, 0, tzinfo=dt.UTC)  # a Monday: the block that just ended holds yesterday's stories


def snapshot() -> list:
    return [
        list(MicroSession.objects.order_by("pk").values_list("learner__name", "scheduled_for", "status", "reference")),
        list(Score.objects.order_by("pk").values_list("level", flat=True)),
        list(Figure.objects.order_by("pk").values_list("measure", "text")),
    ]


def test_the_demo_is_the_same_for_the_same_minute_and_holds_what_it_promises(db):
    call_command("load_library", verbosity=0)
    with transaction.atomic():
        demo.build(NOON)
        first = snapshot()
        transaction.set_rollback(True)
    demo.build(NOON)
    assert snapshot() == first
    check_people_and_figures()
    check_decisions()
    check_board(NOON)
    check_stories()
    check_office()
    check_leads()


def check_people_and_figures():
    dana = Member.objects.get(name="Dana Weiss")
    today = [
        micro for micro in MicroSession.objects.filter(coach=dana)
        if micro.scheduled_for.astimezone(BERLIN).date() == NOON.astimezone(BERLIN).date()
    ]  # fmt: skip
    sizes = {cohort.name: cohort.enrolments.count() for cohort in Cohort.objects.all()}
    assert sizes == {"North": 14, "Late": 4, "Weekend": 3, "East": 12, "West": 11, "Field": 18}
    assert Enrolment.objects.filter(coach=dana).count() == 18
    assert len(today) == 8
    assert Release.objects.count() == 6


def check_decisions():
    """The one that is kept has worked by the figures of its page too, not by its note alone.

    None was made before its release, and each names its pillar.
    """
    dates = Release.objects.values_list("released_at", "block__ends_on")
    assert {(at.astimezone(BERLIN).date() - ends_on).days for at, ends_on in dates} == {1}
    assert sorted(Decision.objects.values_list("group_name", flat=True)) == [
        "Asking open questions · East", "De-escalating a complaint", "De-escalating a complaint · North",
    ]  # fmt: skip
    assert sorted(Decision.objects.values_list("outcome", flat=True)) == ["", "drop", "keep"]
    kept = Decision.objects.get(outcome="keep")
    seen = compare(kept.group_identity, kept.measure, made_on=kept.created_at.date(), member=kept.owner)
    assert (seen.main.course, seen.main.verdict) == ("2.25 → 3.00", "a clear rise")
    check_what_is_due()


def check_what_is_due():
    """The level had stayed where it was, says the decision, and so say the figures of its block and the one before."""
    due = Decision.objects.get(outcome="")
    figures = Figure.objects.filter(group__identity=due.group_identity, measure=due.measure)
    until = figures.filter(group__release__block__ends_on__lt=due.created_at).order_by("group__release__block")
    assert [due.insight, *list(until.values_list("text", flat=True))[-2:]] == [
        "De-escalation: the level has stayed where it was.", "2.25", "2.25",
    ]  # fmt: skip


def check_stories():
    names = {name: Member.objects.get(name=name) for name in ("Amira Haddad", "Ben Fischer", "Nadia Kovač")}
    amira = MicroSession.objects.get(learner=names["Amira Haddad"], status="planned")
    ben = MicroSession.objects.get(learner=names["Ben Fischer"], status="closing")
    nadia = MicroSession.objects.get(learner=names["Nadia Kovač"], status="closing")
    assert amira.scheduled_for - NOON == dt.timedelta(minutes=6)
    assert amira.job_aid.splitlines() == amira.blueprint.job_aid
    assert not MicroSession.objects.filter(blueprint=None).exclude(practise_on="work").exists()
    assert not hasattr(ben, "improvement_plan")
    assert list(Rating.objects.filter(micro=nadia).values_list("role", "micro__revealed_at")) == [("self", None)]


@time_machine.travel(NOON, tick=False)
def check_office():
    ada = Member.objects.get(name="Ada Okafor")
    kinds = [card.kind for card in [*cards(ada), *outbox_cards(ada)]]
    assert kinds == ["without-coach", "bounced", "failed"]


def check_leads():
    """What the sign-in page promises is there when the page is opened, not only when the demo was made."""
    told = {hours: told_at(NOON + dt.timedelta(hours=hours)) for hours in (0, 0.4, 1, 6)}
    calm = ["figures, a decision to check today", "somebody without a coach, an address that refuses mail"]
    assert told[0] == ["18 learners, a session in 6 minutes", "a plan, a session to come", *calm]
    assert [told[hours][0] for hours in (0.4, 1, 6)] == [
        "18 learners, a session at 12:55", "18 learners, a session now", "18 learners",
    ]  # fmt: skip
    assert told[6][1:] == ["a plan, a record of what changed", *calm]


def told_at(now):
    with time_machine.travel(now, tick=False):
        return [story(Member.objects.get(name=name)) for name, _role, story in demo.ACCOUNTS]


CLOCKS = ("2025-11-19T11:00Z", "2025-11-22T20:30Z", "2025-11-25T22:50Z", "2025-11-25T22:57Z", "2025-11-25T23:20Z")


def test_dana_has_eight_sessions_today_at_any_hour(db):
    """In the evening some of them are over already; a minute after midnight all lie ahead."""
    call_command("load_library", verbosity=0)
    for clock in CLOCKS:
        now = dt.datetime.fromisoformat(clock)
        with transaction.atomic():
            assert [micro.ended_at is None or micro.ended_at < now for micro in day_of_dana(now)] == [True] * 8, clock
            transaction.set_rollback(True)


def check_board(now):
    """One figure calls for a decision, one decision is to be checked."""
    with time_machine.travel(now, tick=False), timezone.override(BERLIN):
        board = board_of(Member.objects.get(name="Mia Novak"))
    assert [insight.call.headline for insight in board.insights] == ["Mean level: 2.50 → 2.75 → 3.00, a clear rise"]
    assert len(board.checks) == 1


def day_of_dana(now):
    """Her sessions on the day of `now`, told without what is long past."""
    today = now.astimezone(BERLIN).date()
    people = make_people(today, today - dt.timedelta(weeks=25))
    historian = Historian(today, Random(1))  # noqa: S311 (a story, not a secret)
    tell_today(people, historian, now)
    historian.batch.write()
    return [
        micro for micro in MicroSession.objects.filter(coach__name="Dana Weiss")
        if micro.scheduled_for.astimezone(BERLIN).date() == today
    ]  # fmt: skip
