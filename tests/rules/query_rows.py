"""One more row of each kind, for the lists in test_queries.py: `row(cast, number)`."""

import datetime as dt
from uuid import uuid4

from django.utils import timezone

from metrics.models import Block, Decision, Figure, Group, Measure, Release
from programs.domain import agreements, enrolments, tokens
from programs.models import Blueprint, Cohort, CohortManager, Enrolment, Member, Organization, Program, Rubric
from sessions.domain import schedule
from sessions.models import Delivery, PrivateNote, Reflection
from tests.conftest import make_member, make_pillar
from tests.programs.import_steps import file, uploaded
from tests.sessions.delivery_steps import due_for
from tests.sessions.prompt_steps import followed, other_enrolment, prompt_of
from tests.sessions.rate_steps import both, coach_side, fresh, hand_in, held_days_ago, reflect, reply

START = dt.date(2026, 1, 5)


DAY = dt.timedelta(days=1)


def person(cast, number, *roles) -> Member:
    """Somebody new; a learner unless said otherwise."""
    return make_member(cast.organization, f"P{number}-{uuid4().hex[:6]} New", *(roles or ("learner",)))


def enrolled(cast, number, **fields) -> Enrolment:
    """A new learner with Ana, and their usual slot."""
    shared = {"organization": cast.organization, "cohort": cast.cohort, "program": cast.program, "pillar": cast.pillar}
    values = {"coach": cast.ana, "learner": person(cast, number), "starts_on": START} | fields
    made = Enrolment.objects.create(**shared | values)
    made.usual_slots.create(weekday=number % 5, starts_at=dt.time(9 + number % 8), timezone="Europe/Berlin")
    return made


def waiting(cast, number) -> None:
    """A learner whom nobody coaches."""
    enrolled(cast, number, coach=None)


def met(cast, number) -> None:
    """A new learner, with a session about which both have said everything."""
    everything_said(held_days_ago(cast, number + 1, enrolment=enrolled(cast, number)))


def met_again(cast, number) -> None:
    """One more such session of Ana and Leo."""
    everything_said(held_days_ago(cast, number + 1))


def everything_said(micro) -> None:
    coach_side(micro)
    PrivateNote(micro=micro, coach=micro.coach, text="Note").save()
    reflect(micro)
    both(micro)
    reply(fresh(micro), kind="words", text="Good.")


def coach_day(cast, number) -> None:
    """One more of everything on a coach's Today."""
    soon = timezone.now() + dt.timedelta(minutes=number)
    cast.plan(soon, enrolment=enrolled(cast, number))
    cast.plan(soon - DAY, enrolment=enrolled(cast, number))
    held_days_ago(cast, number, enrolment=enrolled(cast, number))
    to_read = both(held_days_ago(cast, number, enrolment=enrolled(cast, number)))
    reflect(to_read)
    followed(cast, enrolment=enrolled(cast, number), wants_new_cue=True)
    rated = held_days_ago(cast, number, enrolment=enrolled(cast, number))
    hand_in(rated, rated.learner, 3, 3, 3)
    asked = cast.plan(soon + DAY, enrolment=enrolled(cast, number))
    schedule.ask_to_move(asked, by=asked.learner, note="Later, please")


def learner_day(cast, number) -> None:
    """One more of everything on a learner's Today."""
    held_days_ago(cast, number)
    cast.plan(timezone.now() + DAY * number)
    both(held_days_ago(cast, number))
    answered = both(held_days_ago(cast, number))
    reflect(answered)
    reply(fresh(answered))
    prompt_of(followed(cast, enrolment=other_enrolment(cast, f"asked-{number}")))
    decided(cast, number)


def manager_day(cast, number) -> None:
    """A figure that calls, and a check that is due."""
    group(cast, number)
    decided(cast, number, check_on=timezone.localdate(), shared_at=None)


def admin_day(cast, number) -> None:
    """Somebody without a coach, in a cohort that has ended, somebody not invited, an address that refuses mail, a mail
    that did not arrive."""
    waiting(cast, number)
    bare_cohort(cast, number)
    over = Cohort.objects.filter(name=f"C{number}")
    over.update(ends_on=START)
    enrolled(cast, number, cohort=over.get())
    Member.objects.filter(pk=person(cast, number).pk).update(joined_at=None)
    bounced = person(cast, number)
    Member.objects.filter(pk=bounced.pk).update(mail_bounced_at=timezone.now())
    failed(cast, number)


def failed(cast, number) -> None:
    """A mail that did not arrive."""
    for delivery in due_for(cast.leo):
        Delivery.objects.filter(pk=delivery.pk).update(state="failed", reason="550")


def cohort(cast, number) -> None:
    """One more in the same program, with two managers."""
    made = Cohort.objects.create(
        organization=cast.organization, program=cast.program, name=f"C{number}", starts_on=START
    )
    for manager in (cast.mia, person(cast, number, "manager")):
        CohortManager.objects.create(organization=cast.organization, cohort=made, manager=manager)
    enrolled(cast, number, cohort=made)


def cohort_of_leo(cast, number) -> None:
    """Another pillar that Leo learns, with another coach."""
    pillar = make_pillar(cast.organization, key=f"more-{number}")
    program = Program.objects.create(organization=cast.organization, pillar=pillar, name=f"More {number}")
    made = Cohort.objects.create(organization=cast.organization, program=program, name="M", starts_on=START)
    coach = person(cast, number, "coach")
    enrolment = enrolled(cast, number, learner=cast.leo, coach=coach, pillar=pillar, program=program, cohort=made)
    agreements.draft(enrolment)
    held_days_ago(cast, number, enrolment=enrolment)


def program(cast, number) -> None:
    """With a cohort of one."""
    made = Program.objects.create(organization=cast.organization, pillar=cast.pillar, name=f"Program {number}")
    only = Cohort.objects.create(organization=cast.organization, program=made, name="Only", starts_on=START)
    enrolled(cast, number, program=made, cohort=only)


def substitute(cast, number) -> None:
    """Cole, for one more day."""
    day = timezone.localdate() + DAY * number
    enrolments.name_substitute(cast.enrolment, by=cast.ada, coach=cast.cole, starts_on=day, ends_on=day)


def gone_on(cast, number) -> None:
    """A session that Ana rated and noted beforehand, and Cole holds now; another that she noted alone."""
    for note_alone in (False, True):
        enrolment = enrolled(cast, number)
        micro = cast.plan(enrolment=enrolment)
        PrivateNote(micro=micro, coach=cast.ana, text="Note").save()
        if not note_alone:
            hand_in(micro, cast.ana, 3, 3, 3)
        enrolments.reassign(enrolment, coach=cast.cole, by=cast.ada)


def former_coach(cast, number) -> None:
    """Leo goes on with a new coach, each time after a session."""
    cast.enrolment.refresh_from_db()
    if not cast.enrolment.agreements.exists():
        agreements.draft(cast.enrolment)
    cast.held(coach=cast.enrolment.coach)
    enrolments.reassign(cast.enrolment, coach=person(cast, number, "coach"), by=cast.ada)


def known_elsewhere(cast, number) -> None:
    """A token, a membership in another organization, and an invitation to one."""
    tokens.make(by=cast.leo, name=f"Script {number}", scope="read")
    now = timezone.now()
    for slug, times in (("joined", {"joined_at": now}), ("invited", {"invited_at": now})):
        elsewhere = Organization.objects.create(
            name=f"{slug} {number}", slug=f"{slug}-{number}", timezone="Europe/Berlin"
        )
        Member.objects.create(
            organization=elsewhere, user=cast.leo.user, name="Leo", roles=["learner"], timezone="Europe/Berlin", **times
        )


def behaviour(cast, number) -> None:
    """One more behaviour with its criterion and levels in a version of its own, a blueprint and a question."""
    rubric = Rubric.objects.create(pillar=cast.pillar, version=number + 1, content_hash=f"x{number}")
    place = 10 + number
    made = cast.pillar.behaviours.create(key=f"b{number}", position=place, name="New", what="New", success="Once")
    for position, each in enumerate(cast.pillar.behaviours.all()):
        criterion = rubric.criteria.create(behaviour=each, position=position, **each.words)
        for value in (1, 2, 3, 4):
            criterion.levels.create(value=value, anchor="Seen")
    Rubric.objects.filter(pk=rubric.pk).update(published_at=timezone.now())
    shared = {"pillar": cast.pillar, "difficulty": 1, "focus": made, "objective": "o", "case": "c", "content_hash": "x"}
    for key, version in ((f"own-{number}", 1), ("case-1", number + 1)):
        Blueprint.objects.create(key=key, version=version, title="T", published_at=timezone.now(), **shared)
    cast.pillar.questions.create(key=f"more-{number}", position=place, text="And then?")


def release(cast) -> Release:
    """The only one."""
    ends = START + 55 * DAY
    block, _new = Block.objects.get_or_create(organization=cast.organization, starts_on=START, ends_on=ends)
    values = {"rule_version": 0, "content_hash": "x", "released_at": timezone.now()}
    return Release.objects.get_or_create(block=block, defaults=values)[0]


def group(cast, number) -> Group:
    """One more cohort in the release, moved because of the queue more often than not."""
    made = Group.objects.create(
        release=release(cast), node="cohort", pillar=cast.pillar, name=f"G{number}", identity=f"c:{number}",
        people="10–19",
    )  # fmt: skip
    made.viewers.add(cast.mia)
    made.cohorts.add(cast.cohort)
    Figure.objects.bulk_create(Figure(group=made, measure=each, value="0.9", text="90 %") for each in Measure.values)
    return made


def released(cast, number) -> None:
    """One more release with the same group."""
    starts = START + 56 * DAY * number
    block = Block.objects.create(organization=cast.organization, starts_on=starts, ends_on=starts + 55 * DAY)
    made = Release.objects.create(block=block, rule_version=0, content_hash="x", released_at=timezone.now())
    same = Group.objects.create(
        release=made, node="cohort", pillar=cast.pillar, name="G", identity="c:same", people="10–19"
    )
    same.viewers.add(cast.mia)
    Figure.objects.bulk_create(Figure(group=same, measure=each, value="0.9", text="90 %") for each in Measure.values)


def decided(cast, number, **fields) -> None:
    """A decision of Mia's that Leo was told about."""
    values = {"check_on": dt.date(2030, 1, 7), "shared_at": timezone.now()} | fields
    made = Decision.objects.create(
        organization=cast.organization, group_identity="c:1", group_name="G1", measure="level", insight="Still",
        adjustment="relevance", what=f"Change {number}", owner=cast.mia, made_by=cast.mia,
        told_to_learners="New cases.", **values,
    )  # fmt: skip
    made.cohorts.add(cast.cohort)


def closed_decision(cast, number) -> None:
    """One running, one closed."""
    decided(cast, number)
    decided(cast, number, closed_at=timezone.now(), outcome="keep")


def pillar(cast, number) -> None:
    """The organization's own."""
    make_pillar(cast.organization, key=f"own-{number}")


def pair(cast, number) -> None:
    """Two more to choose from."""
    person(cast, number)
    person(cast, number, "coach")


def of_leo(cast) -> list[int]:
    return [cast.enrolment.pk]


def of_north(cast) -> list[int]:
    return [cast.cohort.pk]


def to_read(cast, number) -> None:
    """A reflection that nobody has read."""
    micro = cast.held(revealed_at=timezone.now())
    Reflection.objects.create(micro=micro, what_changed="Calm.", saved_at=timezone.now())


def closed_only(cast, number) -> None:
    """A decision of the past."""
    decided(cast, number, closed_at=timezone.now(), outcome="keep")


def bare_cohort(cast, number) -> None:
    """Nobody in it."""
    Cohort.objects.create(organization=cast.organization, program=cast.program, name=f"C{number}", starts_on=START)


def upload(cast, number) -> None:
    """A file of people that was looked through."""
    uploaded(cast, file({"email": f"n{number}@northwind.example", "name": "New", "roles": "learner"}))
