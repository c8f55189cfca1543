"""Who gets what of which route. 422 in a list's POST: the rows that the body names are not there for this person."""

import datetime as dt
from types import SimpleNamespace
from uuid import uuid4

from access_imports import FILE, checked
from access_insights import closed as closed_decision
from access_insights import published, shared
from access_library import own_library
from access_people import many_to_invite, two_cohorts
from access_plan import accepted
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rules_api import ADMIN, COACH, EVERYBODY, LEARNER, MANAGER, PAIR, ApiRow, Call, posts, reads

from programs.api.agreements import OF_TEXT
from programs.api.organization import SETTINGS
from programs.api.people import SETTABLE
from programs.api.programs import OF_COHORT, OF_PROGRAM
from programs.api.versions import values_of
from programs.domain import agreements, enrolments
from programs.domain.known import checksum
from programs.models import Member, Program, User
from sessions.domain import closing, schedule, ticks, week
from sessions.models import Prompt
from tests.sessions.prompt_steps import asked
from tests.sessions.rate_steps import both, fresh, hand_in, levels, reflect, reply
from tests.sessions.run_steps import rate, write_lines

COACHES = {"coach": 200, "other_coach": 200, "other_org": 200}
OF_THE_ORGANIZATION = {who: 200 for who in EVERYBODY if who != "other_org"}
BOTH_ADMINS = {"admin": 201, "other_org": 201}


def soon(hours: float = 2) -> str:
    return (timezone.now() + dt.timedelta(hours=hours)).isoformat()


# --- Worlds


def newcomer(cast, **fields):
    user = User.objects.create_user("nia@northwind.example")
    shared = {"organization": cast.organization, "roles": ["learner"], "timezone": "Europe/Berlin"}
    return Member.objects.create(user=user, name="Nia New", **shared, **fields)


def deactivated(cast):
    return newcomer(cast, deactivated_at=timezone.now())


def empty_program(cast):
    return Program.objects.create(organization=cast.organization, pillar=cast.pillar, name="Empty")


def with_newcomer(cast):
    return SimpleNamespace(cast=cast, newcomer=newcomer(cast))


def with_substitute(cast):
    day = timezone.localdate()
    named = enrolments.name_substitute(
        cast.enrolment,
        by=cast.ada,
        coach=cast.cole,
        starts_on=day + dt.timedelta(days=3),
        ends_on=day + dt.timedelta(days=4),
    )
    return SimpleNamespace(pk=cast.enrolment.pk, substitute=named.pk)


def agreement(cast):
    return agreements.draft(cast.enrolment)


def planned(cast):
    return cast.plan()


def moved(cast):
    micro = cast.plan()
    return schedule.move(micro, by=cast.ana, to=micro.scheduled_for + dt.timedelta(hours=1), reason="queue")


def overdue(cast):
    return cast.plan(timezone.now() - dt.timedelta(hours=1))


def asked_to_move(cast):
    return cast.plan(move_asked_at=timezone.now())


def cancelled(cast):
    return schedule.cancel(cast.plan(), by=cast.ana)


def running(cast):
    now = timezone.now()
    return cast.plan(status="running", started_at=now, phase_started_at=now, phase="practice")


def talking(cast):
    """It runs, and the plan of the session before has an open question."""
    asked(cast)
    return running(cast)


def ticked(cast):
    micro = running(cast)
    key = uuid4()
    ticks.add(micro, by=cast.ana, behaviour=micro.focus, kind="saw", key=key)
    return SimpleNamespace(pk=micro.pk, key=key)


def held(cast):
    return cast.held()


def just_ended(cast):
    return cast.held(ended_at=timezone.now())


def drafted(cast):
    micro = cast.held()
    for member in (cast.ana, cast.leo):
        rate(micro, member)
    return micro


def rated(cast):
    return both(cast.held())


def reflected(cast):
    micro = rated(cast)
    reflect(micro)
    return micro


def replied(cast):
    micro = reflected(cast)
    return SimpleNamespace(pk=micro.pk, reply=reply(micro).pk)


def complete(cast):
    micro = cast.held()
    hand_in(micro, cast.ana, 3)
    write_lines(micro)
    reflect(micro)
    return fresh(micro)


def prompted(cast):
    micro = reflected(cast)
    write_lines(micro)
    closing.close(micro, by=cast.ana)
    return Prompt.objects.get(follow_up__plan__micro=micro)


# --- Bodies


def new_session(cast):
    return {"enrolment": cast.enrolment.pk, "scheduled_for": soon(), "focus": cast.criteria[0].behaviour_id}


def held_session(cast):
    return {
        "enrolment": cast.enrolment.pk, "held_at": soon(-1), "minutes": 14, "focus": cast.criteria[0].behaviour_id,
    }  # fmt: skip


def scores(micro):
    return {"scores": [{"criterion": pk, "level": level} for pk, level in levels(micro, 3, 2, None).items()]}


def one_tick(micro):
    return {"behaviour": micro.focus_id, "kind": "saw", "key": str(uuid4())}


def words(micro):
    plan = {"cue": "a complaint starts", "will": "name the feeling"}
    return plan | {"what_changed": "She calmed down.", "version": 0, "plan_version": 0}


def a_week(cast):
    """All that is proposed in the week after the next."""
    monday = week.this_monday() + dt.timedelta(weeks=2)
    items = week.propose_week(cast.ana, monday).items
    take = [{"enrolment": pk, "scheduled_for": at.isoformat()} for pk, at in (item.key for item in items)]
    return {"day": str(monday), "take": take}


def just(**data):
    return lambda world: data


def another_name(settable, row=lambda world: world, **rest):
    return lambda world: {"name": "Other", "version": checksum(values_of(row(world), settable)), **rest}


# --- The table

PEOPLE = {
    "me": ApiRow({"GET": Call(EVERYBODY), "PATCH": Call(EVERYBODY, just(name="Other"))}, args=lambda _: []),
    "welcome": posts(
        LEARNER | {"other_learner": 200, "other_org": 200}, lambda cast: cast, args=lambda _: [], default=403
    ),
    "audit": reads(),
    "member-list": ApiRow(
        {
            "GET": Call(EVERYBODY),
            "POST": Call(BOTH_ADMINS, just(email="x@y.example", name="X", roles=["coach"]), default=403),
        },
        args=lambda _: [],
    ),
    "member": ApiRow(
        {
            "GET": Call(LEARNER | ADMIN),
            "PATCH": Call(ADMIN | {"learner": 403}, another_name(SETTABLE, lambda cast: cast.leo, email="x@y.example")),
        },
        args=lambda cast: [cast.leo.pk],
    ),
    "member-deactivate": posts(ADMIN | {"learner": 403}, lambda cast: cast.leo),
    "member-reactivate": posts(ADMIN, deactivated),
    "member-invite": posts(ADMIN, newcomer),
    "invitation-round-list": ApiRow(
        {"GET": Call(EVERYBODY), "POST": Call(BOTH_ADMINS, default=403)}, args=lambda _: []
    ),
    "invitation-round": reads(ADMIN, many_to_invite, lambda made: [made.pk]),
    "invitation-round-stop": posts(ADMIN, many_to_invite),
    "people-import-list": ApiRow(
        {
            "GET": Call(EVERYBODY),
            "POST": Call(BOTH_ADMINS, lambda _: {"file": SimpleUploadedFile("people.csv", FILE)}, default=403),
        },
        args=lambda _: [],
    ),
    "people-import": ApiRow({"GET": Call(ADMIN), "DELETE": Call({"admin": 204})}, checked),
    "people-import-report": reads(ADMIN, checked, lambda made: [made.pk]),
    "people-import-rejects": reads(ADMIN, checked, lambda made: [made.pk]),
    "people-import-run": posts(ADMIN, checked, just(skip_bad=True)),
    "organization": ApiRow(
        {
            "GET": Call(ADMIN | {"other_org": 200}, default=403),
            "PATCH": Call(
                ADMIN | {"other_org": 409}, another_name(SETTINGS, lambda cast: cast.organization), default=403
            ),
        },
        args=lambda _: [],
    ),
}
LIBRARY = {
    "pillar-list": reads(),
    "pillar": reads(OF_THE_ORGANIZATION, own_library, lambda world: [world.pillar.pk]),
    "rubric-list": reads(),
    "rubric": reads(OF_THE_ORGANIZATION, own_library, lambda world: [world.rubric.pk]),
    "blueprint-list": reads(),
    "blueprint": reads(OF_THE_ORGANIZATION, own_library, lambda world: [world.blueprint.pk]),
}
PROGRAMS = {
    "program-list": ApiRow(
        {
            "GET": Call(EVERYBODY),
            "POST": Call(BOTH_ADMINS, lambda cast: {"name": "New", "pillar": cast.pillar.pk}, default=403),
        },
        args=lambda _: [],
    ),
    "program": ApiRow({"GET": Call(ADMIN), "PATCH": Call(ADMIN, another_name(OF_PROGRAM))}, lambda cast: cast.program),
    "program-archive": posts(ADMIN, empty_program),
    "program-restore": posts(ADMIN, empty_program),
    "program-agreement": ApiRow(
        {
            "GET": Call(ADMIN),
            "PATCH": Call(
                ADMIN, lambda program: {"purpose": "x", "version": checksum(values_of(program.agreement_text, OF_TEXT))}
            ),
        },
        lambda cast: cast.program,
    ),
    "cohort-list": ApiRow(
        {
            "GET": Call(EVERYBODY),
            "POST": Call(
                {"admin": 201},
                lambda cast: {"program": cast.program.pk, "name": "South", "starts_on": "2026-02-02"},
                default=422,
            ),
        },
        args=lambda _: [],
    ),
    "cohort": ApiRow({"GET": Call(ADMIN), "PATCH": Call(ADMIN, another_name(OF_COHORT))}, lambda cast: cast.cohort),
    "managed-cohort-list": reads(),
    "managed-cohort": reads(MANAGER, lambda cast: cast.cohort, lambda cohort: [cohort.pk]),
    "managed-cohort-learners": reads(MANAGER, lambda cast: cast.cohort, lambda cohort: [cohort.pk]),
    "enrolment-list": ApiRow(
        {
            "GET": Call(EVERYBODY),
            "POST": Call(
                {"admin": 201},
                lambda world: {"cohort": world.cast.cohort.pk, "learner": world.newcomer.pk},
                default=422,
            ),
        },
        with_newcomer,
        lambda _: [],
    ),
    "enrolment": reads(PAIR | ADMIN, lambda cast: cast.enrolment, lambda world: [world.pk]),
    "enrolment-reassign": posts(ADMIN, lambda cast: cast.enrolment, just(coach=None)),
    "enrolment-move": posts(
        ADMIN,
        two_cohorts,
        lambda world: {"cohort": world.south.pk},
        lambda world: [world.enrolment.pk],
        default=422,
    ),
    "enrolment-end": posts(ADMIN, lambda cast: cast.enrolment),
    "enrolment-share-past": posts(
        LEARNER | {"coach": 403, "admin": 403}, lambda cast: cast.enrolment, just(share=True)
    ),
    "enrolment-substitutes": posts(
        ADMIN | {"other_coach": 404},
        lambda cast: cast,
        lambda cast: {"coach": cast.cole.pk, "starts_on": "2030-01-07", "ends_on": "2030-01-08"},
        lambda cast: [cast.enrolment.pk],
        default=422,
    ),
    "enrolment-substitute": ApiRow(
        {"DELETE": Call({"admin": 204})}, with_substitute, lambda world: [world.pk, world.substitute]
    ),
    "agreement-list": reads(),
    "agreement": reads(PAIR, agreement, lambda world: [world.pk]),
    "agreement-accept": posts(LEARNER | {"coach": 403}, agreement, lambda draft: {"version": draft.version}),
    "proposal": reads(COACH, lambda cast: cast.enrolment, lambda world: [world.pk]),
    "enrolment-timeline": reads(COACH, lambda cast: cast.enrolment, lambda world: [world.pk]),
    "enrolment-trajectories": reads(COACH, lambda cast: cast.enrolment, lambda world: [world.pk]),
    "slot-list": posts(COACH, lambda cast: cast.enrolment, just(weekday=1, starts_at="09:30")),
    "slot": ApiRow(
        {"DELETE": Call({"coach": 204})},
        lambda cast: cast.enrolment,
        lambda enrolment: [enrolment.pk, enrolment.usual_slots.get().pk],
    ),
}
SESSIONS = {
    "micro-list": ApiRow(
        {"GET": Call(EVERYBODY), "POST": Call({"coach": 201}, new_session, default=422)}, args=lambda _: []
    ),
    "micro-log": posts({"coach": 201}, lambda cast: cast, held_session, lambda _: [], default=422),
    "micro": ApiRow({"GET": Call(PAIR), "PATCH": Call(COACH, just(version=1, reference="REF 4711"))}, planned),
    "micro-move": posts(COACH, planned, lambda _: {"to": soon(5), "reason": "queue"}),
    "micro-move-take-back": posts(COACH, moved, just(schedule_sequence=1)),
    "micro-cancel": posts(COACH, planned),
    "micro-missed": posts(COACH, overdue),
    "micro-restore": posts(COACH, cancelled),
    "micro-ask-to-move": posts(LEARNER, planned),
    "micro-ask-to-move-take-back": posts(LEARNER, asked_to_move),
    "micro-keep-time": posts(COACH, asked_to_move),
    "micro-took-place": posts(COACH, overdue, lambda _: {"held_at": soon(-1), "minutes": 12}),
    "micro-start": posts(COACH, planned),
    "micro-phase": posts(COACH, running, just(phase="rate")),
    "micro-goal": posts(COACH, running, just(text="Stay calm.", goal_version=0)),
    "micro-told": ApiRow({"POST": Call(COACH, just(answer="harder")), "DELETE": Call({"coach": 204})}, talking),
    "micro-finish": posts(COACH, running),
    "micro-finish-undo": posts(COACH, just_ended),
    "micro-minutes": posts(COACH, held, just(minutes=9)),
    "micro-close": posts(COACH, complete),
    "micro-confirm-met": posts(LEARNER, held),
    "week": ApiRow({"GET": Call(COACHES, default=403)}, args=lambda _: []),
    "week-accept": posts(COACHES, lambda cast: cast, a_week, lambda _: [], default=403),
    "week-take-back": posts(
        COACH | {"other_coach": 409, "other_org": 409},
        accepted,
        lambda _: {"day": soon(7 * 24)[:10]},
        lambda _: [],
        default=403,
    ),
    "record": reads(),
    "trajectories": reads(),
}
RATINGS = {
    "rating": ApiRow({"GET": Call(PAIR), "PUT": Call(PAIR, scores)}, held),
    "rating-hand-in": posts(PAIR, drafted),
    "rating-change": posts(PAIR, rated),
    "code": posts(COACH, running),
    "ticks": ApiRow({"GET": Call(PAIR), "POST": Call(COACH, one_tick)}, running),
    "tick": ApiRow({"DELETE": Call({"coach": 204})}, ticked, lambda world: [world.pk, world.key]),
    "feedback": reads(PAIR, held, lambda micro: [micro.pk]),
    "feedback-keep": ApiRow({"PUT": Call(COACH, just(line="You named it.", version=0))}, held),
    "feedback-change": ApiRow({"PUT": Call(COACH, just(line="Wait longer.", version=0))}, held),
    "plan": ApiRow({"GET": Call(PAIR), "PUT": Call(PAIR, just(cue="a call", will="pause", version=0))}, held),
    "reflection": ApiRow({"GET": Call(PAIR), "PUT": Call(LEARNER, just(what_changed="More.", version=1))}, reflected),
    "reflection-share": posts(LEARNER, held, words),
    "reflection-read": posts(COACH, reflected),
    "reply-list": posts(COACH, reflected, just(kind="thanks")),
    "reply-seen": posts(LEARNER, replied),
    "reply": ApiRow({"DELETE": Call({"coach": 204})}, replied, lambda world: [world.pk, world.reply]),
    "reflection-list": reads(),
}
PROMPTS = {
    "prompt-list": reads(),
    "prompt": reads(PAIR, prompted, lambda prompt: [prompt.pk]),
    "prompt-answer": posts(LEARNER | {"coach": 403}, prompted, just(answer="as_planned")),
    "prompt-wish": posts(LEARNER | {"coach": 403}, prompted, just(wish="snooze")),
    "prompts-pause": posts(EVERYBODY, lambda cast: cast, args=lambda _: []),
    "prompts-stop": posts(EVERYBODY, lambda cast: cast, args=lambda _: []),
    "prompts-start": posts(EVERYBODY, lambda cast: cast, args=lambda _: []),
}
FIGURES = {
    "insights": ApiRow({"GET": Call(MANAGER | {"other_org": 200}, default=403)}, world=published, args=lambda _: []),
    "release-list": reads(),
    "release": reads(MANAGER, published, lambda world: [world.release.pk]),
    "figure-proposal": reads(MANAGER, published, lambda world: [world.figure.pk]),
    "figure-leave": posts({"manager": 201}, published, args=lambda world: [world.figure.pk]),
    "figure-put-aside": posts({"manager": 204}, published, args=lambda world: [world.figure.pk]),
    "decision-list": ApiRow(
        {
            "GET": Call(EVERYBODY),
            "POST": Call(
                {"manager": 201},
                lambda world: {"figure": world.figure.pk, "adjustment": "cadence", "what": "Weekly"},
                default=422,
            ),
        },
        published,
        lambda _: [],
    ),
    "decision-told": reads(),
    "decision": ApiRow(
        {"GET": Call(MANAGER), "PATCH": Call(MANAGER, just(version=1, what="Monthly", check_on="2030-01-07"))},
        published,
        lambda world: [world.decision.pk],
    ),
    "decision-comparison": reads(MANAGER, published, lambda world: [world.decision.pk]),
    "decision-share": posts(MANAGER, published, just(version=1), lambda world: [world.decision.pk]),
    "decision-take-back": posts(MANAGER, shared, args=lambda world: [world.decision.pk]),
    "decision-close": posts(MANAGER, published, just(outcome="keep", version=1), lambda world: [world.decision.pk]),
    "decision-reopen": posts(MANAGER, closed_decision, just(version=1), lambda world: [world.decision.pk]),
}
NOWHERE = {method: Call({}) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")}
ABOUT = {
    "schema": reads(),
    "root": ApiRow(NOWHERE, args=lambda _: []),
    "elsewhere": ApiRow(NOWHERE, args=lambda _: ["nowhere"]),
}
API = {
    f"api:{name}": row
    for part in (PEOPLE, LIBRARY, PROGRAMS, SESSIONS, RATINGS, PROMPTS, FIGURES, ABOUT)
    for name, row in part.items()
}
