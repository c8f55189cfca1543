"""Enrolments and agreements: who learns with whom, what follows when that changes, what the pair agreed on."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs import registry
from programs.domain import agreements, enrolments, members, several
from programs.models import Agreement, AgreementText, Cohort, Enrolment, UsualSlot

TODAY = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC))


@pytest.fixture
def nia(cast):
    return members.add(cast.organization, by=cast.ada, email="nia@northwind.example", name="Nia New", roles=["learner"])


def listen(monkeypatch, name):
    told = []
    hook = registry.Hook()
    hook.register(lambda *given: told.append(given))
    monkeypatch.setattr(registry, name, hook)
    return told


def test_enrolling_gives_a_coach_a_usual_time_and_a_draft(cast, nia):
    slot = enrolments.Slot(1, dt.time(9, 30), "Europe/Berlin")
    enrolment = enrolments.enrol(cast.cohort, by=cast.ada, learner=nia, coach=cast.ana, slots=[slot, slot])
    assert (enrolment.pillar, enrolment.program, enrolment.starts_on) == (cast.pillar, cast.program, TODAY)
    assert UsualSlot.objects.filter(enrolment=enrolment).count() == 1
    draft = Agreement.objects.get(enrolment=enrolment)
    assert (draft.status, draft.purpose, draft.learner, draft.coach) == ("draft", "Practise one skill", nia, cast.ana)


@pytest.mark.parametrize(
    ("weeks", "coach", "given", "found"),
    [
        (4, "ana", [], (3, [1, 3])),
        (4, "ana", [enrolments.Slot(4, dt.time(9), "Europe/Berlin")], (3, [4])),
        (5, "ana", [], (1, [])),
        (4, "cole", [], (1, [])),
        (4, None, [], (1, [])),
    ],
)
@pytest.mark.parametrize("several_at_once", [False, True])
def test_who_moves_to_another_cohort_with_the_same_coach_keeps_usual_slots_and_difficulty(
    cast, weeks, coach, given, found, several_at_once
):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(difficulty=3, ended_on=TODAY - dt.timedelta(weeks=weeks))
    UsualSlot.objects.create(enrolment=cast.enrolment, weekday=1, starts_at=dt.time(8), timezone="Asia/Kolkata")
    south = Cohort.objects.create(
        organization=cast.organization, program=cast.program, name="South", starts_on=dt.date(2026, 1, 5)
    )
    coach = coach and getattr(cast, coach)
    if several_at_once and not given:
        (enrolment,) = several.enrol([several.Place(south, cast.leo, coach)], by=cast.ada, beside={})
    else:
        enrolment = enrolments.enrol(south, by=cast.ada, learner=cast.leo, coach=coach, slots=given)
    enrolment.refresh_from_db()
    assert (enrolment.difficulty, [slot.weekday for slot in enrolment.usual_slots.all()]) == found


def test_without_a_coach_there_is_nothing_to_agree_on_yet(cast, nia):
    enrolment = enrolments.enrol(cast.cohort, by=cast.ada, learner=nia)
    assert (enrolment.coach, Agreement.objects.count()) == (None, 0)
    enrolments.reassign(enrolment, coach=cast.ana, by=cast.ada)
    assert Agreement.objects.get().coach == cast.ana


def test_a_cohort_that_starts_later_is_joined_when_it_starts(cast, nia):
    Cohort.objects.filter(pk=cast.cohort.pk).update(starts_on=dt.date(2026, 5, 4))
    cast.cohort.refresh_from_db()
    assert enrolments.enrol(cast.cohort, by=cast.ada, learner=nia).starts_on == dt.date(2026, 5, 4)


def test_nobody_joins_a_cohort_that_has_ended(cast, nia):
    cast.cohort.ends_on = dt.date(2026, 3, 1)
    with pytest.raises(WrongState, match="North has ended"):
        enrolments.enrol(cast.cohort, by=cast.ada, learner=nia)


@pytest.mark.parametrize(
    ("learner", "coach", "field", "sentence"),
    [
        ("leo", "ana", "learner", "Leo Marin learns this pillar already, in North."),
        ("cole", "ana", "learner", "Cole Berg does not have the role learner."),
        ("olga", "ana", "learner", "Choose an active member."),
        ("nia", "mia", "coach", "Mia Novak does not have the role coach."),
        ("nia", "olga", "coach", "Choose an active member."),
    ],
)
def test_who_cannot_learn_or_coach_is_named_at_the_field(cast, nia, learner, coach, field, sentence):
    people = vars(cast) | {"nia": nia}
    with pytest.raises(Invalid) as refusal:
        enrolments.enrol(cast.cohort, by=cast.ada, learner=people[learner], coach=people[coach])
    assert (refusal.value.field, str(refusal.value.sentence)) == (field, sentence)


def test_nobody_coaches_themselves(cast):
    leo = members.change(cast.leo, by=cast.ada, roles=["learner", "coach"])
    with pytest.raises(Invalid, match="Nobody coaches themselves"):
        enrolments.reassign(cast.enrolment, coach=leo, by=cast.ada)


def test_only_administrators_of_the_organization_assign(cast, nia):
    calls = (
        lambda by: enrolments.enrol(cast.cohort, by=by, learner=nia),
        lambda by: enrolments.reassign(cast.enrolment, coach=cast.cole, by=by),
        lambda by: enrolments.end(cast.enrolment, by=by),
        lambda by: enrolments.name_substitute(cast.enrolment, by=by, coach=cast.cole, starts_on=TODAY, ends_on=TODAY),
    )
    for call in calls:
        for by in (cast.ana, cast.mia, cast.leo, cast.olga):
            with pytest.raises(NotAllowed):
                call(by)


def test_a_new_coach_gets_a_new_draft_and_past_records_stay_until_the_learner_shares_them(cast, monkeypatch):
    told = listen(monkeypatch, "on_reassign")
    signed = agreements.accept(agreements.draft(cast.enrolment), by=cast.leo)
    enrolments.share_past(cast.enrolment, by=cast.leo, share=True)
    enrolment = enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert told == [([(enrolment, cast.ana)], cast.ada)]
    assert (enrolment.coach, enrolment.shares_past_with_new_coach) == (cast.cole, False)
    assert Agreement.objects.get(pk=signed.pk).status == "ended"
    draft = enrolment.agreements.get(status="draft")
    assert draft.coach == cast.cole
    assert enrolments.share_past(enrolment, by=cast.leo, share=True).shares_past_with_new_coach is True


def test_the_same_coach_again_changes_nothing(cast, monkeypatch):
    told = listen(monkeypatch, "on_reassign")
    draft = agreements.draft(cast.enrolment)
    enrolments.reassign(cast.enrolment, coach=cast.ana, by=cast.ada)
    assert (told, list(cast.enrolment.agreements.all())) == ([], [draft])


def test_only_the_learner_shares_the_past(cast):
    for other in (cast.ana, cast.lia, cast.ada):
        with pytest.raises(NotAllowed):
            enrolments.share_past(cast.enrolment, by=other, share=True)


def test_ending_ends_the_agreement_and_tells_the_apps_above(cast, monkeypatch):
    told = listen(monkeypatch, "on_enrolment_end")
    agreements.draft(cast.enrolment)
    enrolment = enrolments.end(cast.enrolment, by=cast.ada)
    assert (enrolment.ended_on, told) == (TODAY, [([enrolment], cast.ada)])
    assert Agreement.objects.get().status == "ended"
    for late in (
        lambda: enrolments.end(cast.enrolment, by=cast.ada),
        lambda: enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada),
        lambda: enrolments.share_past(cast.enrolment, by=cast.leo, share=True),
    ):
        with pytest.raises(WrongState, match="has ended"):
            late()


def test_an_enrolment_that_has_not_begun_ends_on_its_first_day(cast):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(starts_on=dt.date(2026, 5, 4))
    assert enrolments.end(cast.enrolment, by=cast.ada).ended_on == dt.date(2026, 5, 4)


def test_a_substitute_plans_for_a_time(cast):
    last = TODAY + dt.timedelta(days=13)
    named = enrolments.name_substitute(cast.enrolment, by=cast.ada, coach=cast.cole, starts_on=TODAY, ends_on=last)
    for day, found in ((TODAY, True), (last, True), (last + dt.timedelta(days=1), False)):
        assert Enrolment.objects.planned_by(cast.cole, on=day).filter(pk=cast.enrolment.pk).exists() is found
    enrolments.remove_substitute(named, by=cast.ada)
    assert not Enrolment.objects.planned_by(cast.cole, on=TODAY).filter(pk=cast.enrolment.pk).exists()


def test_a_substitute_named_twice_stands_in_once(cast):
    days = {"coach": cast.cole, "starts_on": TODAY, "ends_on": TODAY}
    first = enrolments.name_substitute(cast.enrolment, by=cast.ada, **days)
    assert enrolments.name_substitute(cast.enrolment, by=cast.ada, **days) == first
    assert cast.enrolment.substitutes.count() == 1


def test_a_substitute_is_another_coach_for_days_in_order(cast):
    days = {"starts_on": TODAY, "ends_on": TODAY}
    with pytest.raises(Invalid, match="is the coach already") as refusal:
        enrolments.name_substitute(cast.enrolment, by=cast.ada, coach=cast.ana, **days)
    assert refusal.value.field == "coach"
    with pytest.raises(Invalid, match="before the first day") as refusal:
        enrolments.name_substitute(
            cast.enrolment, by=cast.ada, coach=cast.cole, starts_on=TODAY, ends_on=TODAY - dt.timedelta(days=1)
        )
    assert refusal.value.field == "ends_on"


def test_one_tap_freezes_what_was_agreed(cast):
    signed = agreements.accept(agreements.draft(cast.enrolment), by=cast.leo)
    assert (signed.status, signed.signed_at.date()) == ("signed", timezone.now().date())
    assert signed.review_on == TODAY + dt.timedelta(days=42)
    with pytest.raises(WrongState, match="not open any more"):
        agreements.accept(signed, by=cast.leo)


def test_a_text_that_changed_while_it_was_read_is_not_agreed_to(cast):
    read = agreements.draft(cast.enrolment)
    clauses = replace(agreements.clauses_of(read), confidential="Managers read along")
    agreements.revise(cast.program, by=cast.ada, clauses=clauses, review_after_days=30)
    with pytest.raises(WrongState, match="read it again"):
        agreements.accept(read, by=cast.leo, version=read.version)
    now = Agreement.objects.get(pk=read.pk)
    assert (now.status, now.confidential) == ("draft", "Managers read along")
    assert agreements.accept(now, by=cast.leo, version=now.version).confidential == "Managers read along"


def test_two_taps_agree_once(cast):
    draft = agreements.draft(cast.enrolment)
    stale = Agreement.objects.get(pk=draft.pk)
    first = agreements.accept(draft, by=cast.leo)
    with pytest.raises(WrongState):
        agreements.accept(stale, by=cast.leo)
    assert Agreement.objects.get(pk=draft.pk).signed_at == first.signed_at


def test_nobody_accepts_for_the_learner(cast):
    draft = agreements.draft(cast.enrolment)
    for other in (cast.ana, cast.lia, cast.ada):
        with pytest.raises(NotAllowed):
            agreements.accept(draft, by=other)


def test_a_new_default_reaches_drafts_and_leaves_signatures_alone(cast):
    agreements.accept(agreements.draft(cast.enrolment), by=cast.leo)
    agreements.draft(cast.lia_enrolment)
    clauses = replace(agreements.clauses_of(cast.program.agreement_text), purpose="Another purpose")
    text = agreements.revise(cast.program, by=cast.ada, clauses=clauses, review_after_days=30)
    assert (text.name, text.version, text.review_after_days) == ("Default", 2, 30)
    purposes = dict(Agreement.objects.values_list("learner__name", "purpose"))
    assert purposes == {"Leo Marin": "Practise one skill", "Lia Chen": "Another purpose"}
    assert agreements.revise(cast.program, by=cast.ada, clauses=clauses, review_after_days=30) == text
    assert AgreementText.objects.count() == 2
    with pytest.raises(NotAllowed):
        agreements.revise(cast.program, by=cast.ana, clauses=clauses, review_after_days=10)
