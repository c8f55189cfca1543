"""The database refuses what the rule forbids: one attempt for every constraint and trigger of people and programs."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from programs.models import (
    Agreement,
    AgreementText,
    ApiKey,
    ApiToken,
    Behaviour,
    Blueprint,
    Cohort,
    CohortManager,
    Enrolment,
    FormerCohort,
    Invitation,
    InvitationRound,
    Member,
    Organization,
    PeopleImport,
    Pillar,
    Program,
    Question,
    Rubric,
    Substitute,
    User,
    UsualSlot,
)

NOW = timezone.now()
DAY = dt.date(2026, 2, 2)
SLOT = {"weekday": 1, "starts_at": dt.time(9), "timezone": "Europe/Berlin"}
HISTORY = {"insert_insert", "update_update"}


def changed(row: models.Model, **fields) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**fields)


def copied(row: models.Model, **fields) -> models.Model:
    """The same row once more, with other values in some fields."""
    row.refresh_from_db()
    row.pk, row._state.adding = None, True
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row


def user(email="new@northwind.example"):
    return User.objects.create_user(email)


def uploaded(cast, **fields):
    fields = {"organization": cast.organization, "by": cast.ada, "content": b"email"} | fields
    return PeopleImport.objects.create(**fields)


def agreement(cast, **fields):
    fields = {"learner": cast.leo, "coach": cast.ana, "enrolment": cast.enrolment} | fields
    return Agreement.objects.create(organization=cast.organization, purpose="why", **fields)


def ended(cast):
    changed(cast.enrolment, ended_on=dt.date(2026, 6, 1))
    return cast.enrolment


def invitation(cast, number=1, **fields):
    return Invitation.objects.create(member=cast.leo, token_hash=f"t{number}", expires_at=NOW, **fields)


def invitation_round(cast, **fields):
    fields = {"organization": cast.organization, "by": cast.ada, "people": 3, "newest": 9} | fields
    return InvitationRound.objects.create(**fields)


def substitute(cast, **fields):
    fields = {"coach": cast.cole, "starts_on": DAY, "ends_on": DAY} | fields
    return Substitute.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, named_by=cast.ada, **fields
    )


def former(cast, **fields):
    fields = {"organization": cast.organization, "cohort": cast.cohort, "left_on": dt.date(2026, 6, 1)} | fields
    return FormerCohort.objects.create(enrolment=cast.enrolment, **fields)


def elsewhere(cast):
    """A cohort of another pillar."""
    program = copied(cast.program, name="Other", pillar=other_pillar(cast))
    return copied(cast.cohort, program=program)


def open_rubric(cast):
    return Rubric.objects.create(pillar=cast.pillar, version=9, content_hash="y")


def open_criterion(cast, **fields):
    behaviour = cast.pillar.behaviours.first()
    return open_rubric(cast).criteria.create(behaviour=behaviour, position=0, **behaviour.words | fields)


def other_pillar(cast, organization=None):
    return Pillar.objects.create(organization=organization, key="other", name="Other", short="Other", outcome="x")


def twice(make, *args, **fields):
    make(*args, **fields)
    make(*args, **fields)


def key(cast):
    ApiKey.objects.create(member=cast.leo, key="k", asked="x", status=201)


BREAKERS = {
    "organization_groups_have_at_least_5": lambda cast: changed(cast.organization, smallest_group=4),
    "organization_quarters_begin_on_a_monday": lambda cast: changed(cast.organization, quarters_from="2026-01-06"),
    "organization_sponsor_signs_by_name": lambda cast: changed(cast.organization, sponsor_signed_on=DAY),
    "user_email_is_unique": lambda cast: user("LEO@northwind.example"),
    "member_once_per_organization": lambda cast: copied(cast.leo),
    "member_external_id_is_unique": lambda cast: Member.objects.filter(name__startswith="L").update(external_id="7"),
    "member_has_known_roles": lambda cast: changed(cast.leo, roles=["boss"]),
    "member_works_on_days_of_the_week": lambda cast: changed(cast.leo, work_days=[7]),
    "member_work_starts_and_ends": lambda cast: changed(cast.leo, work_start=dt.time(9), work_end=dt.time(9)),
    "invitation_one_open_per_member": lambda cast: (invitation(cast, 1), invitation(cast, 2)),
    "invitation_accepted_or_replaced": lambda cast: invitation(cast, accepted_at=NOW, replaced_at=NOW),
    "agreement_text_version_is_unique": lambda cast: copied(AgreementText.objects.get()),
    "AgreementText:frozen": lambda cast: AgreementText.objects.update(purpose="something else"),
    "agreement_draft_is_unsigned": lambda cast: agreement(cast, signed_at=NOW),
    "agreement_signed_has_its_time": lambda cast: agreement(cast, status="signed"),
    "agreement_ended_has_its_time": lambda cast: agreement(cast, status="ended"),
    "agreement_one_open_per_enrolment": lambda cast: twice(agreement, cast),
    "agreement_has_two_people": lambda cast: agreement(cast, coach=cast.leo),
    "Agreement:frozen": lambda cast: changed(agreement(cast, status="signed", signed_at=NOW), purpose="else"),
    "Agreement:in_one_organization": lambda cast: agreement(cast, coach=cast.olga),
    "pillar_key_is_unique": lambda cast: copied(cast.pillar),
    "behaviour_key_is_unique_in_pillar": lambda cast: copied(Behaviour.objects.first()),
    "question_key_is_unique_in_pillar": lambda cast: copied(Question.objects.first()),
    "blueprint_version_is_unique": lambda cast: copied(Blueprint.objects.first()),
    "blueprint_difficulty_is_1_to_4": lambda cast: copied(Blueprint.objects.first(), version=2, difficulty=5),
    "blueprint_lasts_10_to_20_minutes": lambda cast: copied(Blueprint.objects.first(), version=2, minutes=9),
    "Blueprint:frozen": lambda cast: Blueprint.objects.update(title="Another title", retired_at=NOW),
    "program_name_is_unique": lambda cast: copied(cast.program, name="CALM CALLS"),
    "program_lasts_10_to_20_minutes": lambda cast: changed(cast.program, minutes=21),
    "program_target_is_on_scale": lambda cast: changed(cast.program, target_level=5),
    "program_horizon_is_7_to_730_days": lambda cast: changed(cast.program, horizon_days=6),
    "program_cadence_is_1_to_20": lambda cast: changed(cast.program, sessions_per_month=0),
    "own_or_standard_pillar": lambda cast: changed(cast.program, pillar=other_pillar(cast, cast.olga.organization)),
    "Program:in_one_organization": lambda cast: changed(cast.program, organization=cast.olga.organization),
    "cohort_name_is_unique_in_program": lambda cast: copied(cast.cohort, name="NORTH"),
    "cohort_ends_after_it_starts": lambda cast: changed(cast.cohort, ends_on=dt.date(2025, 1, 1)),
    "teaches_what_it_taught": lambda cast: changed(cast.program, pillar=other_pillar(cast)),
    "stays_in_its_program": lambda cast: changed(cast.cohort, program=copied(cast.program, name="Other")),
    "Cohort:in_one_organization": lambda cast: changed(cast.cohort, organization=cast.olga.organization),
    "manager_once_per_cohort": lambda cast: copied(CohortManager.objects.get()),
    "CohortManager:in_one_organization": lambda cast: CohortManager.objects.update(manager=cast.olga),
    "enrolment_one_active_per_pillar": lambda cast: copied(cast.enrolment),
    "enrolment_has_two_people": lambda cast: changed(cast.enrolment, coach=cast.leo),
    "enrolment_ends_after_it_starts": lambda cast: changed(cast.enrolment, ended_on=dt.date(2025, 1, 1)),
    "enrolment_difficulty_is_1_to_4": lambda cast: changed(cast.enrolment, difficulty=0),
    "Enrolment:in_one_organization": lambda cast: changed(cast.enrolment, coach=cast.olga),
    "stays_who_learns_what": lambda cast: changed(cast.enrolment, learner=cast.lia),
    "cohort_program_and_pillar_match": lambda cast: changed(cast.enrolment, pillar=other_pillar(cast)),
    "former_cohort_one_at_a_time": lambda cast: twice(former, cast),
    "former_cohort_of_the_same_pillar": lambda cast: former(cast, cohort=elsewhere(cast)),
    "FormerCohort:in_one_organization": lambda cast: former(cast, organization=cast.olga.organization),
    "usual_slot_once": lambda cast: twice(UsualSlot.objects.create, enrolment=cast.enrolment, **SLOT),
    "usual_slot_is_on_a_weekday": lambda cast: UsualSlot.objects.create(
        enrolment=cast.enrolment, **SLOT | {"weekday": 7}
    ),
    "substitute_ends_after_start": lambda cast: substitute(cast, ends_on=dt.date(2026, 2, 1)),
    "Substitute:in_one_organization": lambda cast: substitute(cast, coach=cast.olga),
    "substitute_is_not_the_learner": lambda cast: substitute(cast, coach=cast.leo),
    "rubric_version_is_unique": lambda cast: copied(cast.rubric),
    "Rubric:frozen": lambda cast: changed(cast.rubric, content_hash="another"),
    "criterion_has_one_behaviour": lambda cast: copied(open_criterion(cast)),
    "criterion_meets_level_on_scale": lambda cast: open_criterion(cast, meets_level=5),
    "criterion_has_its_own_words": lambda cast: open_criterion(cast, what=""),
    "Criterion:frozen": lambda cast: changed(cast.criteria[0], meets_level=2),
    "Criterion:joins_open_rubric": lambda cast: copied(cast.criteria[0]),
    "level_once_per_criterion": lambda cast: [
        twice(criterion.levels.create, value=1, anchor="x") for criterion in [open_criterion(cast)]
    ],
    "level_is_1_to_4": lambda cast: open_criterion(cast).levels.create(value=5, anchor="x"),
    "Level:frozen": lambda cast: changed(cast.criteria[0].levels.first(), anchor="another"),
    "Level:joins_open_rubric": lambda cast: copied(cast.criteria[0].levels.first()),
    "api_token_scope_is_known": lambda cast: ApiToken.objects.create(member=cast.leo, token_hash="x", scope="all"),
    "invitation_round_one_at_a_time": lambda cast: twice(invitation_round, cast),
    "invitation_round_invites_no_more_than_it_is_for": lambda cast: invitation_round(cast, invited=4),
    "InvitationRound:in_one_organization": lambda cast: invitation_round(cast, by=cast.olga),
    "people_import_keeps_its_file_until_done": lambda cast: uploaded(cast, content=None),
    "people_import_one_at_a_time": lambda cast: twice(uploaded, cast),
    "PeopleImport:in_one_organization": lambda cast: uploaded(cast, by=cast.olga),
    "api_key_once_per_member": lambda cast: twice(key, cast),
}
# agreement_draft_is_unsigned lists the states too, and refuses first.
KEPT_BY_ANOTHER = {"agreement_status_known"}


@pytest.mark.parametrize("name", BREAKERS)
def test_the_database_refuses(name, cast):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        BREAKERS[name](cast)
    assert refusal.value.__cause__.diag.constraint_name == name.split(":")[-1]


def test_every_constraint_and_trigger_of_people_and_programs_is_tried():
    """Foreign keys and plain uniqueness of fields are Django's own; history triggers are django-pghistory's."""
    ours = [model for model in apps.get_app_config("programs").get_models() if not model.__name__.endswith("Event")]
    names = {constraint.name for model in ours for constraint in model._meta.constraints}
    triggers = {(model.__name__, trigger.name) for model in ours for trigger in getattr(model._meta, "triggers", [])}
    counted = [name for _model, name in triggers]
    names |= {f"{model}:{name}" if counted.count(name) > 1 else name for model, name in triggers if name not in HISTORY}
    assert names == set(BREAKERS) | KEPT_BY_ANOTHER


def test_published_rows_are_not_deleted(cast):
    for row in (cast.criteria[0].levels.first(), Blueprint.objects.first(), cast.rubric):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk)._raw_delete(using="default")
        assert refusal.value.__cause__.diag.constraint_name == "frozen"


def test_a_blueprint_may_retire_and_come_back(cast):
    Blueprint.objects.update(retired_at=NOW)
    assert list(Blueprint.objects.newest()) == []
    Blueprint.objects.update(retired_at=None)
    assert Blueprint.objects.newest().count() == 2


def test_the_same_person_may_learn_a_pillar_again_after_the_end(cast):
    again = copied(ended(cast), ended_on=None)
    assert Enrolment.objects.active().get(learner=cast.leo) == again


def test_a_signed_agreement_may_end_and_nothing_else(cast):
    signed = agreement(cast, status="signed", signed_at=NOW, review_on=DAY)
    others = {
        "review_on": DAY + dt.timedelta(days=90), "enrolment": cast.lia_enrolment, "coach": cast.cole,
        "learner": cast.lia, "signed_at": NOW + dt.timedelta(days=1), "created_at": NOW + dt.timedelta(days=1),
        **dict.fromkeys(("purpose", "confidential", "feedback_style", "success_measure"), "else"),
    }  # fmt: skip
    assert [name for name, value in others.items() if not is_frozen(signed, **{name: value})] == []
    changed(signed, status="ended", ended_at=NOW)
    back = ({"status": "signed", "ended_at": None}, {"ended_at": NOW + dt.timedelta(days=1)}, {"purpose": "else"})
    assert [is_frozen(signed, **fields) for fields in back] == [True] * 3
    assert Agreement.objects.get(pk=signed.pk).status == "ended"


def is_frozen(row, **fields) -> bool:
    try:
        with transaction.atomic():
            changed(row, **fields)
    except IntegrityError as refusal:
        return refusal.__cause__.diag.constraint_name == "frozen"
    return False


def test_nobody_has_left_a_cohort_before_the_enrolment_began(cast):
    for day in (cast.enrolment.starts_on, cast.enrolment.starts_on + dt.timedelta(days=1)):
        try:
            with transaction.atomic():
                former(cast, left_on=day)
        except IntegrityError:
            pass
    assert [row.left_on for row in FormerCohort.objects.all()] == [cast.enrolment.starts_on + dt.timedelta(days=1)]


def test_two_organizations_may_use_the_same_names(cast):
    elsewhere = cast.olga.organization
    program = Program.objects.create(organization=elsewhere, pillar=cast.pillar, name=cast.program.name)
    Cohort.objects.create(organization=elsewhere, program=program, name=cast.cohort.name, starts_on=DAY)
    assert Organization.objects.filter(programs__name="Calm calls").count() == 2
