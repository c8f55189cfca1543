"""Planning once per form, editing with a version, usual slots, the private note."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from coachhub.errors import Invalid, NotAllowed, Stale, WrongState
from programs.models import Behaviour, Blueprint, Enrolment, Substitute, UsualSlot
from sessions.domain import notes, planning, running, slots
from sessions.models import Message, MicroSession, PrivateNote, Reflection, Reply
from tests.conftest import make_pillar
from tests.sessions.plan_steps import DAY, HOUR, THURSDAY_SLOT, TUESDAY, content, parcel, plan


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


def next_time(cast, **fields) -> Reply:
    """A reflection that the coach wants to talk about next time."""
    reflection = Reflection.objects.create(micro=cast.held(), saved_at=TUESDAY, what_changed="She calmed down")
    return Reply.objects.create(**{"reflection": reflection, "coach": cast.ana, "kind": "next_time"} | fields)


def refused(cast, **fields) -> Invalid:
    with pytest.raises(Invalid) as caught:
        plan(cast, **fields)
    assert MicroSession.objects.count() == 0
    return caught.value


def test_a_planned_session_copies_its_people_and_tells_the_learner(cast):
    micro = plan(cast)
    assert (micro.coach, micro.learner, micro.status, micro.scheduled_for) == (
        cast.ana,
        cast.leo,
        "planned",
        THURSDAY_SLOT,
    )
    message = Message.objects.get()
    assert (message.recipient, message.kind, message.micro, message.sequence) == (cast.leo, "schedule", micro, 0)


def test_what_is_left_empty_comes_from_the_behaviour_and_the_case(cast):
    case = Blueprint.objects.get(key="case-1")
    micro = plan(cast, details={"blueprint": case})
    assert (micro.success_criterion, micro.job_aid) == (cast.criteria[0].behaviour.success, "\n".join(case.job_aid))


OF_THE_PARCEL = ("Tomasz shouts.\nSay what he feels.", "Not a word about the parcel.", "Listen\nBreathe")


def prepared(micro) -> tuple[str, str, str]:
    return micro.demonstration, micro.constraint, micro.job_aid


@pytest.mark.parametrize(
    ("practise_on", "texts"),
    [("work", ("", "", "Listen\nBreathe")), ("case", OF_THE_PARCEL), ("role_play", OF_THE_PARCEL)],
)
def test_a_case_lends_what_speaks_of_its_people_only_to_who_practises_on_it(cast, practise_on, texts):
    micro = plan(cast, details={"blueprint": parcel(cast), "practise_on": practise_on})
    assert (prepared(micro), micro.blueprint.opening) == (texts, "What do you want to get out of these 15 minutes?")


def test_a_coachs_own_words_stay_with_the_learners_work(cast):
    own = {"demonstration": "Let me show you.", "constraint": "Two minutes.", "job_aid": "Wait"}
    micro = plan(cast, details={"blueprint": parcel(cast)} | own)
    assert prepared(micro) == ("Let me show you.", "Two minutes.", "Wait")


def test_turning_to_their_work_leaves_the_people_of_the_case_behind_and_turning_back_brings_them(cast):
    case = parcel(cast)
    micro = plan(cast, details={"blueprint": case, "practise_on": "case"})
    shown = {"demonstration": micro.demonstration.replace("\n", "\r\n"), "constraint": micro.constraint}
    micro = edit(cast, micro, blueprint=case, practise_on="work", **shown)
    assert prepared(micro) == ("", "", "Listen\nBreathe")
    assert prepared(edit(cast, micro, 2, blueprint=case, practise_on="role_play")) == OF_THE_PARCEL


def test_the_same_form_twice_is_one_session_and_one_message(cast):
    key = uuid4()
    assert plan(cast, form_key=key) == plan(cast, form_key=key)
    assert (MicroSession.objects.count(), Message.objects.count()) == (1, 1)


def test_another_form_under_the_same_key_is_refused(cast):
    key = uuid4()
    plan(cast, form_key=key)
    with pytest.raises(WrongState, match="This form was saved before"):
        plan(cast, form_key=key, details={"minutes_planned": 20})
    with pytest.raises(WrongState):
        plan(cast, form_key=key, note="She wants to talk about the queue.")
    assert MicroSession.objects.get().minutes_planned == 15


def test_other_topics_under_the_same_key_are_refused(cast):
    key, (first, second) = uuid4(), [next_time(cast), next_time(cast)]
    micro = plan(cast, form_key=key, taken_up=[first.pk])
    for others in ([first.pk, second.pk], [second.pk], []):
        with pytest.raises(WrongState, match="This form was saved before"):
            plan(cast, form_key=key, taken_up=others)
    assert list(micro.topics.all()) == [first]
    theirs = next_time(cast, coach=cast.cole)
    assert plan(cast, form_key=key, taken_up=[first.pk, theirs.pk]) == micro


def test_what_came_to_the_session_afterwards_does_not_make_it_another_form(cast):
    key = uuid4()
    micro = plan(cast, form_key=key)
    with time_machine.travel(TUESDAY + HOUR, tick=False):
        later = next_time(cast, taken_up_in=micro)
        assert plan(cast, form_key=key) == micro
    waiting, now = next_time(cast), uuid4()
    started = running.start(plan(cast, None, form_key=now), by=cast.ana)
    assert plan(cast, None, form_key=now) == started
    assert (list(micro.topics.all()), list(started.topics.all())) == ([later], [waiting])


def test_a_key_used_by_somebody_else_gives_away_nothing(cast):
    key = uuid4()
    plan(cast, form_key=key)
    with pytest.raises(WrongState, match=r"^This form was saved before\. "):
        plan(cast, form_key=key, enrolment=cast.lia_enrolment, by=cast.cole)


@pytest.mark.django_db(transaction=True)
def test_two_submits_at_once_are_one_session(cast):
    key = uuid4()

    def submit(_n):
        try:
            return plan(cast, form_key=key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(submit, range(2)))
    assert made[0] == made[1] == MicroSession.objects.get().pk


def test_two_forms_for_the_same_time_are_refused_beside_the_field(cast):
    plan(cast)
    with pytest.raises(Invalid, match="already planned at this time") as caught:
        plan(cast)
    assert caught.value.field == "when"


def test_a_time_that_has_passed_is_refused(cast):
    error = refused(cast, at=TUESDAY - HOUR)
    assert (error.field, str(error)) == ("when", "This time has passed. If the session took place, log it instead.")


def test_more_than_a_year_ahead_is_refused(cast):
    assert refused(cast, at=TUESDAY + 400 * DAY).field == "when"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"minutes_planned": 9}, "minutes_planned"),
        ({"minutes_planned": 21}, "minutes_planned"),
        ({"difficulty": 5}, "difficulty"),
        ({"practise_on": "karaoke"}, "practise_on"),
        ({"practise_on": "case", "blueprint": None}, "blueprint"),
        ({"reference": "x" * 100_000}, "reference"),
        ({"demonstration": "x" * 100_000}, "demonstration"),
        ({"success_criterion": "a\x00b"}, "success_criterion"),
    ],
)
def test_a_value_that_does_not_fit_names_its_field(cast, fields, field):
    assert refused(cast, details=fields).field == field


def test_a_focus_of_another_pillar_is_refused(cast):
    other = make_pillar(cast.organization, "other")
    assert refused(cast, details={"focus": Behaviour.objects.filter(pillar=other).first()}).field == "focus"


def test_a_case_of_another_organization_is_refused(cast):
    case = Blueprint.objects.get(key="case-1")
    case.pk, case.organization = None, cast.olga.organization
    case.save(force_insert=True)
    assert refused(cast, details={"blueprint": case}).field == "blueprint"


def test_only_the_coach_of_the_enrolment_plans(cast):
    for outsider in (cast.cole, cast.leo, cast.ada, cast.mia, cast.olga):
        with pytest.raises(NotAllowed):
            plan(cast, by=outsider)
    assert MicroSession.objects.count() == 0


def test_nothing_is_planned_in_an_ended_enrolment(cast):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(ended_on=TUESDAY.date())
    cast.enrolment.refresh_from_db()
    with pytest.raises(WrongState, match="has ended"):
        plan(cast)


def test_nothing_is_planned_with_somebody_who_has_left(cast):
    cast.enrolment.learner.deactivated_at = TUESDAY
    with pytest.raises(WrongState, match="has left"):
        plan(cast)


def substitute(cast, starts_on, ends_on):
    return Substitute.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, coach=cast.cole, named_by=cast.ada,
        starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip


def test_a_substitute_plans_on_the_days_named_and_coaches_that_session(cast):
    substitute(cast, dt.date(2026, 1, 15), dt.date(2026, 1, 15))
    assert plan(cast, by=cast.cole).coach == cast.cole
    with pytest.raises(NotAllowed, match="You stand in on other days"):
        plan(cast, THURSDAY_SLOT + DAY, by=cast.cole)


def test_start_at_once_is_planned_for_now_and_tells_nobody(cast):
    key = uuid4()
    micro = plan(cast, None, form_key=key)
    assert (micro.scheduled_for, Message.objects.count()) == (TUESDAY, 0)
    with time_machine.travel(TUESDAY + dt.timedelta(seconds=3), tick=False):
        assert plan(cast, None, form_key=key) == micro


# Editing


def edit(cast, micro, version=1, **fields):
    extra = {name: fields.pop(name) for name in ("by", "note") if name in fields}
    details = content(cast, **fields)
    return planning.edit(micro, version=version, details=details, **({"by": cast.ana} | extra))


def test_an_edit_saves_and_raises_the_version(cast):
    micro = edit(cast, plan(cast), reference="Call 4711, minute 3")
    assert (micro.reference, micro.version) == ("Call 4711, minute 3", 2)
    assert Message.objects.count() == 1


def test_the_same_edit_again_changes_nothing(cast):
    micro = edit(cast, plan(cast), job_aid="One\nTwo")
    assert edit(cast, micro, job_aid="One\r\nTwo").version == 2


def test_a_longer_session_corrects_the_calendar_entry(cast):
    micro = edit(cast, plan(cast), minutes_planned=20)
    assert (micro.schedule_sequence, list(Message.objects.order_by("sequence").values_list("sequence", flat=True))) == (
        1,
        [0, 1],
    )


def test_an_edit_of_an_older_version_shows_both_texts(cast):
    micro = plan(cast)
    edit(cast, micro, reference="Call 1")
    with pytest.raises(Stale) as caught:
        edit(cast, MicroSession.objects.get(pk=micro.pk), reference="Call 2")
    assert (caught.value.theirs, caught.value.yours) == ("reference: Call 1", "reference: Call 2")
    assert MicroSession.objects.get().reference == "Call 1"


def test_a_started_session_is_not_edited(cast):
    micro = running.start(plan(cast), by=cast.ana)
    with pytest.raises(WrongState, match="no longer planned"):
        edit(cast, micro, version=micro.version, reference="x")


def test_only_its_coach_edits_a_session(cast):
    with pytest.raises(NotAllowed):
        edit(cast, plan(cast), by=cast.leo)


# The private note


def test_the_note_is_read_by_its_coach_alone(cast):
    micro = plan(cast, note="He looked tired.")
    assert [notes.read(micro, by=each) for each in (cast.ana, cast.leo, cast.cole, cast.ada, cast.mia)] == [
        "He looked tired.",
        "",
        "",
        "",
        "",
    ]


def test_the_note_is_not_readable_in_the_database(cast):
    plan(cast, note="He looked tired.")
    assert b"tired" not in bytes(PrivateNote.objects.get().sealed)


def test_a_note_is_replaced_and_an_empty_one_removed(cast):
    micro = plan(cast, note="First")
    notes.write(micro, by=cast.ana, text="Second")
    assert notes.read(micro, by=cast.ana) == "Second"
    notes.write(micro, by=cast.ana, text="  ")
    assert PrivateNote.objects.count() == 0


def test_nobody_else_writes_a_note(cast):
    micro = plan(cast)
    for outsider in (cast.leo, cast.cole, cast.ada):
        with pytest.raises(NotAllowed):
            notes.write(micro, by=outsider, text="x")


def test_a_note_of_a_hundred_thousand_characters_is_refused(cast):
    with pytest.raises(Invalid, match="at most 4000") as caught:
        notes.write(plan(cast), by=cast.ana, text="x" * 100_000)
    assert caught.value.field == "note"


# Usual slots


def test_a_usual_slot_is_a_wall_time_in_the_learners_zone(cast):
    cast.leo.timezone = "Asia/Kolkata"
    cast.leo.save()
    slot = slots.add(cast.enrolment, by=cast.ana, weekday=0, starts_at=dt.time(9, 30, 12))
    assert (slot.weekday, slot.starts_at, slot.timezone) == (0, dt.time(9, 30), "Asia/Kolkata")


def test_the_same_slot_twice_is_one(cast):
    first = slots.add(cast.enrolment, by=cast.ana, weekday=3, starts_at=dt.time(14, 10))
    assert (first, UsualSlot.objects.count()) == (UsualSlot.objects.get(), 1)


def test_an_enrolment_takes_five_slots(cast):
    for hour in range(9, 13):
        slots.add(cast.enrolment, by=cast.ana, weekday=1, starts_at=dt.time(hour))
    with pytest.raises(Invalid, match="at most 5"):
        slots.add(cast.enrolment, by=cast.ana, weekday=1, starts_at=dt.time(16))


def test_a_day_that_does_not_exist_is_refused(cast):
    with pytest.raises(Invalid, match="day of the week"):
        slots.add(cast.enrolment, by=cast.ana, weekday=7, starts_at=dt.time(9))


def test_a_removed_slot_leaves_what_is_planned(cast):
    micro = plan(cast)
    slots.remove(UsualSlot.objects.get(), by=cast.ana)
    assert (UsualSlot.objects.count(), MicroSession.objects.get()) == (0, micro)


def test_only_the_coach_sets_slots_not_a_substitute(cast):
    substitute(cast, dt.date(2026, 1, 12), dt.date(2026, 1, 30))
    for outsider in (cast.cole, cast.leo, cast.ada):
        with pytest.raises(NotAllowed):
            slots.add(cast.enrolment, by=outsider, weekday=1, starts_at=dt.time(9))
        with pytest.raises(NotAllowed):
            slots.remove(UsualSlot.objects.get(), by=outsider)


def test_a_slot_in_the_spring_gap_is_the_next_valid_minute(cast):
    slot = UsualSlot(weekday=6, starts_at=dt.time(2, 30), timezone="Europe/Berlin")
    assert slots.instants([slot], first=dt.date(2026, 3, 29), days=7) == [dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC)]
