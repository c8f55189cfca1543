"""An organization in which there are 300 of everything that lists show, made in bulk, once for many tests."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone
from query_rows import START, release

from metrics.models import Block, Decision, Figure, Group, Measure, Release
from programs.domain import agreements
from programs.models import (
    Cohort,
    CohortManager,
    Enrolment,
    InvitationRound,
    Member,
    PeopleImport,
    Program,
    UsualSlot,
)
from sessions.models import (
    Delivery,
    FollowUp,
    ImprovementPlan,
    MicroSession,
    Prompt,
    Rating,
    Reflection,
    Reply,
    Score,
)
from tests.conftest import Cast, make_cast, make_members
from tests.sessions.delivery_steps import due_for

MANY = 300
DAY = dt.timedelta(days=1)
ONE_TO_MANY = range(1, MANY + 1)


@contextmanager
def hundreds() -> Iterator[Cast]:
    """The cast among them, in a transaction that leaves nothing behind."""
    with transaction.atomic():
        cast = make_cast()
        enrolments = coached(cast)
        sessions(cast, enrolments)
        places(cast)
        figures(cast)
        decisions(cast)
        administration(cast)
        connection.check_constraints()  # once, not after each test
        yield cast
        transaction.set_rollback(True)


def coached(cast) -> list[Enrolment]:
    """Learners of Ana with their usual slots and agreements, and as many whom nobody coaches."""
    shared = {
        "organization": cast.organization, "cohort": cast.cohort, "program": cast.program, "pillar": cast.pillar,
        "starts_on": START,
    }  # fmt: skip
    learners, waiting = people(cast, "learner"), people(cast, "waiting")
    Enrolment.objects.bulk_create(Enrolment(learner=each, **shared) for each in waiting)
    made = Enrolment.objects.bulk_create(Enrolment(learner=each, coach=cast.ana, **shared) for each in learners)
    UsualSlot.objects.bulk_create(
        UsualSlot(enrolment=each, weekday=n % 5, starts_at=dt.time(9 + n % 8), timezone="Europe/Berlin")
        for n, each in enumerate(made)
    )
    agreements.draft_all(made)
    return made


def people(cast, kind: str) -> list[Member]:
    return make_members({(cast.organization, f"{kind}-{n} Many"): ("learner",) for n in ONE_TO_MANY})


def sessions(cast, enrolments) -> None:
    """One of each learner and 300 of Leo's, each with everything said; one ahead of each learner."""
    now, rubric = timezone.now(), cast.rubric
    focus = rubric.criteria.all()[0]

    def micro(enrolment, when, **fields) -> MicroSession:
        return MicroSession(
            organization=cast.organization, enrolment=enrolment, coach=cast.ana, learner=enrolment.learner,
            scheduled_for=when, rubric=rubric, focus=focus.behaviour, success_criterion="Once", **fields,
        )  # fmt: skip

    def held(enrolment, when) -> MicroSession:
        ended = when + dt.timedelta(minutes=15)
        return micro(
            enrolment, when, status="closed", started_at=when, ended_at=ended, opens_at=ended, closed_at=ended,
            minutes_actual=15,
        )  # fmt: skip

    theirs = [held(each, now - DAY * (1 + n % 20)) for n, each in enumerate(enrolments)]
    of_leo = [held(cast.enrolment, now - DAY * n) for n in ONE_TO_MANY]
    ahead = [micro(each, now + DAY * (1 + n % 5)) for n, each in enumerate(enrolments)]
    MicroSession.objects.bulk_create(theirs + of_leo + ahead)
    ratings = Rating.objects.bulk_create(
        Rating(micro=each, rater=rater, role=role, submitted_at=each.ended_at)
        for each in theirs + of_leo
        for rater, role in ((each.coach, "coach"), (each.learner, "self"))
    )
    Score.objects.bulk_create(
        Score(rating=each, criterion=criterion, level=3) for each in ratings for criterion in rubric.criteria.all()
    )
    MicroSession.objects.filter(pk__in=[each.pk for each in theirs + of_leo]).update(revealed_at=now)
    said(cast, theirs, of_leo)


def said(cast, theirs, of_leo) -> None:
    """Reflections, those of Leo answered; plans, those of Leo asked for."""
    now = timezone.now()
    Reflection.objects.bulk_create(Reflection(micro=each, what_changed="Calm.", saved_at=now) for each in theirs)
    read = Reflection.objects.bulk_create(Reflection(micro=each, what_changed="Calm.", saved_at=now) for each in of_leo)
    Reply.objects.bulk_create(Reply(reflection=each, coach=cast.ana, kind="thanks") for each in read)
    plans = ImprovementPlan.objects.bulk_create(
        ImprovementPlan(micro=each, cue="a", will="b", written_by=cast.leo) for each in of_leo
    )
    followed = FollowUp.objects.bulk_create(
        FollowUp(
            organization=cast.organization, plan=each, enrolment=cast.enrolment, learner=cast.leo, rule_version=1,
            starts_at=now, ended_at=now, ended_because="replaced",
        )
        for each in plans
    )  # fmt: skip
    Prompt.objects.bulk_create(
        Prompt(follow_up=each, sequence=1, question="Did a chance come?", due_at=now) for each in followed
    )


def places(cast) -> None:
    """Programs, and cohorts of Mia's in the one that is there."""
    shared = {"organization": cast.organization}
    Program.objects.bulk_create(Program(pillar=cast.pillar, name=f"program-{n}", **shared) for n in ONE_TO_MANY)
    cohorts = Cohort.objects.bulk_create(
        Cohort(program=cast.program, name=f"cohort-{n}", starts_on=START, **shared) for n in ONE_TO_MANY
    )
    CohortManager.objects.bulk_create(CohortManager(cohort=each, manager=cast.mia, **shared) for each in cohorts)


def figures(cast) -> None:
    """Groups in the newest release, and releases before it."""
    newest, now = release(cast), timezone.now()
    blocks = Block.objects.bulk_create(
        Block(organization=cast.organization, starts_on=START - 7 * DAY * n, ends_on=START - 7 * DAY * n + 6 * DAY)
        for n in ONE_TO_MANY
    )
    releases = Release.objects.bulk_create(
        Release(block=each, rule_version=0, content_hash="x", released_at=now) for each in blocks
    )
    groups = Group.objects.bulk_create(
        Group(release=each, node="cohort", pillar=cast.pillar, name=f"group-{n}", identity=f"h:{n}", people="10–19")
        for each, n in [*((newest, n) for n in ONE_TO_MANY), *((each, 1) for each in releases)]
    )
    Group.viewers.through.objects.bulk_create(Group.viewers.through(group=each, member=cast.mia) for each in groups)
    Figure.objects.bulk_create(
        Figure(group=each, measure=measure, value="0.9", text="90 %") for each in groups for measure in Measure.values
    )


def decisions(cast) -> None:
    """As many running as closed, each told to Leo's cohort."""
    now = timezone.now()
    made = Decision.objects.bulk_create(
        Decision(
            organization=cast.organization, group_identity="c:1", group_name=f"about-{n}", measure="level",
            insight="Still", adjustment="relevance", what=f"change-{n}", owner=cast.mia, made_by=cast.mia,
            told_to_learners="New cases.", check_on=dt.date(2030, 1, 7), shared_at=now, **over,
        )
        for n in ONE_TO_MANY
        for over in ({}, {"closed_at": now, "outcome": "keep"})
    )  # fmt: skip
    Decision.cohorts.through.objects.bulk_create(
        Decision.cohorts.through(decision=each, cohort=cast.cohort) for each in made
    )


def administration(cast) -> None:
    """Mail that did not arrive, files of people and rounds of invitations; the history comes by itself."""
    Delivery.objects.filter(pk__in=[each.pk for each in due_for(*[cast.leo] * MANY)]).update(
        state="failed", reason="550"
    )
    by, now = {"organization": cast.organization, "by": cast.ada}, timezone.now()
    PeopleImport.objects.bulk_create(
        PeopleImport(file_name=f"file-{n}.csv", status="done", finished_at=now, counts={"people": 1}, **by)
        for n in ONE_TO_MANY
    )
    InvitationRound.objects.bulk_create(InvitationRound(people=n, newest=9, finished_at=now, **by) for n in ONE_TO_MANY)


def among_others(times: int = 20) -> None:
    """So many times more ratings and scores of other people, whose sessions are not there; the planner knows of them.

    Only for a transaction that is rolled back: keys are checked at its end, and triggers would take ten seconds.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in (Rating, Score):
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for model, moved in ((Rating, ("id", "micro_id")), (Score, ("id", "rating_id"))):
            columns = [field.column for field in model._meta.local_concrete_fields]
            values = [f"{each} + n * 1000000" if each in moved else each for each in columns]
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"  # noqa: S608  # names in the code
                f" SELECT {', '.join(values)} FROM {model._meta.db_table}, generate_series(1, {times}) AS n"
            )
        cursor.execute("ANALYZE coaching_rating, coaching_score, coaching_microsession, programs_enrolment")
