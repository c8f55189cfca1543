"""Administration is the administrator's; agreements are the pair's. Another organization's administrator gets 404."""

import datetime as dt
from types import SimpleNamespace

from rules_access import Row

from programs.domain import agreements, cohort_moves, enrolments
from programs.models import Cohort, InvitationRound, Member, User
from tests.programs import end_steps

ADMIN = {"admin": 200}
DONE = {"admin": 302}
POST_ONLY = {"get_default": 405}
LATER = dt.date(2030, 1, 1)
LONG_AGO = dt.date(2026, 1, 5)


def newcomer(cast):
    user = User.objects.create_user("new@northwind.example")
    return Member.objects.create(
        organization=cast.organization, user=user, name="Nia New", roles=["learner"], timezone="Europe/Berlin"
    )


def many_to_invite(cast):
    """A round that runs."""
    return InvitationRound.objects.create(organization=cast.organization, by=cast.ada, people=300, newest=0)


def gone(cast):
    member = newcomer(cast)
    Member.objects.filter(pk=member.pk).update(deactivated_at=cast.leo.joined_at)
    return member


def substitute(cast):
    named = enrolments.name_substitute(cast.enrolment, by=cast.ada, coach=cast.cole, starts_on=LATER, ends_on=LATER)
    return SimpleNamespace(pk=named.pk)


def two_cohorts(cast):
    """North, where Leo learns, and South of the same program."""
    south = Cohort.objects.create(
        organization=cast.organization, program=cast.program, name="South", starts_on=LONG_AGO
    )
    return SimpleNamespace(enrolment=cast.enrolment, north=cast.cohort, south=south)


def just_moved(cast):
    """Leo, from North to South."""
    world = two_cohorts(cast)
    cohort_moves.move(cast.enrolment, to=world.south, by=cast.ada)
    return world


def over(cast):
    """North, whose last day has passed."""
    Cohort.objects.filter(pk=cast.cohort.pk).update(ends_on=LONG_AGO)
    return cast.cohort


def ended(cast):
    """Leo's enrolment, at this instant."""
    return end_steps.end(cast.enrolment, by=cast.ada)


def passed_on(cast):
    """Leo's enrolment, to Cole at this instant."""
    with end_steps.of_its_own(cast.enrolment):
        return enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)


def draft(cast):
    return agreements.draft(cast.enrolment)


def member_fields(email):
    return {
        "email": email, "name": "Nia New", "roles": ["learner"], "timezone": "Europe/Berlin",
        "work_days": [0], "work_start": "09:00", "work_end": "17:00",
    }  # fmt: skip


def pk(row):
    return [row.pk]


PROGRAM = {"name": "New", "sessions_per_month": 4, "minutes": 15, "horizon_days": 90, "target_level": 3}
CLAUSES = {"purpose": "a", "confidential": "b", "feedback_style": "c", "success_measure": "d", "review_after_days": 30}
COHORT = {"name": "New", "starts_on": "2026-01-05"}

ROWS = {
    "manage:member-list": Row(get=ADMIN | {"other_org": 200}, post_default=405),
    "manage:member-add": Row(
        get=ADMIN | {"other_org": 200}, post=DONE | {"other_org": 302}, data=lambda cast: member_fields("n@x.example")
    ),
    "manage:member-invite-new": Row(post=DONE | {"other_org": 302}, **POST_ONLY),
    "manage:invitation-round": Row(get=ADMIN, post_default=405, world=many_to_invite, args=pk),
    "manage:invitation-round-stop": Row(post=DONE, world=many_to_invite, args=pk, **POST_ONLY),
    "manage:member-show": Row(get=ADMIN, post_default=405, args=lambda cast: [cast.leo.pk]),
    "manage:member-edit": Row(
        get=ADMIN, post=DONE, world=newcomer, args=pk, data=lambda member: member_fields("other@x.example")
    ),
    "manage:member-invite": Row(post=DONE, world=newcomer, args=pk, **POST_ONLY),
    "manage:member-deactivate": Row(post=DONE, world=newcomer, args=pk, **POST_ONLY),
    "manage:member-reactivate": Row(post=DONE, world=gone, args=pk, **POST_ONLY),
    "manage:program-list": Row(get=ADMIN | {"other_org": 200}, post_default=405),
    "manage:program-add": Row(
        get=ADMIN | {"other_org": 200},
        post=DONE | {"other_org": 302},
        data=lambda cast: PROGRAM | {"pillar": cast.pillar.pk},
    ),
    "manage:program-show": Row(get=ADMIN, post_default=405, args=lambda cast: [cast.program.pk]),
    "manage:program-edit": Row(get=ADMIN, post=DONE, args=lambda cast: [cast.program.pk], data=lambda cast: PROGRAM),
    "manage:program-agreement": Row(
        get=ADMIN, post=DONE, args=lambda cast: [cast.program.pk], data=lambda cast: CLAUSES
    ),
    "manage:program-archive": Row(post={"admin": 409}, args=lambda cast: [cast.program.pk], **POST_ONLY),
    "manage:cohort-add": Row(get=ADMIN, post=DONE, args=lambda cast: [cast.program.pk], data=lambda cast: COHORT),
    "manage:cohort-show": Row(get=ADMIN, post_default=405, args=lambda cast: [cast.cohort.pk]),
    "manage:cohort-edit": Row(get=ADMIN, post=DONE, args=lambda cast: [cast.cohort.pk], data=lambda cast: COHORT),
    "manage:cohort-move": Row(
        post=DONE,
        world=two_cohorts,
        args=lambda world: [world.north.pk],
        data=lambda world: {"cohort": world.south.pk},
        **POST_ONLY,
    ),
    "manage:cohort-move-back": Row(post=DONE, world=just_moved, args=lambda world: [world.south.pk], **POST_ONLY),
    "manage:cohort-end": Row(post=DONE, world=over, args=pk, **POST_ONLY),
    "manage:enrolment-add": Row(
        get=ADMIN,
        post=DONE,
        world=lambda cast: SimpleNamespace(cast=cast, learner=newcomer(cast)),
        args=lambda world: [world.cast.cohort.pk],
        data=lambda world: {"learner": world.learner.pk, "starts_on": "2026-01-05"},
    ),
    "manage:enrolment-without-coach": Row(get=ADMIN | {"other_org": 200}, post_default=405),
    "manage:enrolment-show": Row(get=ADMIN, post_default=405, args=lambda cast: [cast.enrolment.pk]),
    "manage:enrolment-reassign": Row(
        post=DONE, args=lambda cast: [cast.enrolment.pk], data=lambda cast: {"coach": cast.cole.pk}, **POST_ONLY
    ),
    "manage:enrolment-move": Row(
        post=DONE,
        world=two_cohorts,
        args=lambda world: [world.enrolment.pk],
        data=lambda world: {"cohort": world.south.pk},
        **POST_ONLY,
    ),
    "manage:enrolment-end": Row(post=DONE, args=lambda cast: [cast.enrolment.pk], **POST_ONLY),
    "manage:enrolment-reassign-undo": Row(post=DONE, world=passed_on, args=pk, **POST_ONLY),
    "manage:enrolment-end-undo": Row(post=DONE, world=ended, args=pk, **POST_ONLY),
    "manage:substitute-add": Row(
        post=DONE,
        args=lambda cast: [cast.enrolment.pk],
        data=lambda cast: {"coach": cast.cole.pk, "starts_on": "2030-01-01", "ends_on": "2030-01-01"},
        **POST_ONLY,
    ),
    "manage:substitute-remove": Row(post=DONE, world=substitute, args=pk, **POST_ONLY),
    "manage:organization-edit": Row(
        get=ADMIN | {"other_org": 200},
        post=DONE | {"other_org": 302},
        data=lambda cast: {"name": "New name", "timezone": "Europe/Berlin", "smallest_group": 5},
    ),
    "manage:audit-list": Row(get=ADMIN | {"other_org": 200}, post_default=405),
    "manage:audit-download": Row(get=ADMIN | {"other_org": 200}, post_default=405),
    "manage:blocks-edit": Row(
        get=ADMIN | {"other_org": 200}, post=DONE | {"other_org": 302}, data=lambda cast: {"calendar": "quarters"}
    ),
    "learn:welcome": Row(
        get={"learner": 200, "other_learner": 200, "other_org": 200},
        post={"learner": 302, "other_learner": 302, "other_org": 302},
    ),
    "learn:agreement-show": Row(get={"learner": 200, "coach": 200}, post_default=405, world=draft, args=pk),
    "coach:agreement-show": Row(get={"learner": 200, "coach": 200}, post_default=405, world=draft, args=pk),
    "learn:agreement-accept": Row(post={"learner": 302, "coach": 403}, world=draft, args=pk, **POST_ONLY),
    "learn:enrolment-share-past": Row(
        post={"learner": 302}, args=lambda cast: [cast.enrolment.pk], data=lambda cast: {"share": "yes"}, **POST_ONLY
    ),
}
