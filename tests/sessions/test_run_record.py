"""Ticks and feedback lines: kept once, as they happen, sealed from the learner until the reveal."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, Stale, WrongState
from sessions.domain import feedback, plans, running, ticks
from sessions.domain.feedback import Suggestion
from sessions.domain.ticks import TickCount
from sessions.models import Feedback, Tick
from tests.conftest import make_pillar
from tests.sessions.run_steps import at_once, closed, complete, rate


@pytest.fixture
def micro(cast):
    return running.start(cast.plan(), by=cast.ana)


def tap(micro, behaviour, kind="saw", **more):
    return ticks.add(micro, by=micro.coach, behaviour=behaviour, kind=kind, **({"key": uuid4()} | more))


# -- ticks ----------------------------------------------------------------------------------------


def test_taps_are_counted_by_behaviour_and_kind(micro, cast):
    naming, pausing, _confirming = [criterion.behaviour for criterion in cast.criteria]
    tap(micro, naming), tap(micro, naming), tap(micro, naming, "chance")
    last = tap(micro, pausing, "chance")
    counts = ticks.counts(micro, by=cast.ana)
    assert (counts[naming.pk].saw, counts[naming.pk].chance, counts[naming.pk].chances) == (2, 1, 3)
    assert counts[pausing.pk] == TickCount(saw=0, chance=1, last_kind="chance", last_key=last.key)
    assert len(counts) == 2


def test_the_same_key_counts_once(micro, cast):
    key = uuid4()
    first = tap(micro, micro.focus, key=key)
    assert tap(micro, micro.focus, key=key) == first
    assert Tick.objects.count() == 1


def test_a_key_of_another_session_is_refused(micro, cast):
    tick = tap(micro, micro.focus)
    other = running.start(cast.plan(enrolment=cast.lia_enrolment), by=cast.cole)
    with pytest.raises(WrongState, match="counted elsewhere"):
        tap(other, other.focus, key=tick.key)


def test_another_tap_under_a_used_key_is_refused_not_dropped(micro, cast):
    tick = tap(micro, micro.focus, kind="saw")
    with pytest.raises(WrongState, match="counted elsewhere"):
        tap(micro, micro.focus, kind="chance", key=tick.key)


def test_a_tap_taken_back_no_longer_counts(micro, cast):
    first, second = tap(micro, micro.focus), tap(micro, micro.focus)
    ticks.undo(micro, by=cast.ana, key=second.key)
    ticks.undo(micro, by=cast.ana, key=second.key)
    assert ticks.counts(micro, by=cast.ana)[micro.focus_id] == TickCount(1, 0, "saw", first.key)


def test_undoing_what_is_not_there_changes_nothing(micro, cast):
    tap(micro, micro.focus)
    ticks.undo(micro, by=cast.ana, key=uuid4())
    assert Tick.objects.counted().count() == 1


def test_a_tap_names_a_behaviour_of_the_rubric(micro):
    stranger = make_pillar(key="other").behaviours.first()
    with pytest.raises(Invalid) as error:
        tap(micro, stranger)
    assert error.value.field == "behaviour"


def test_a_tap_is_of_a_known_kind(micro):
    with pytest.raises(Invalid) as error:
        tap(micro, micro.focus, "liked")
    assert error.value.field == "kind"


def test_the_database_knows_the_kinds_too(micro):
    with pytest.raises(IntegrityError, match="tick_kind_is_known"), transaction.atomic():
        Tick.objects.create(micro=micro, behaviour=micro.focus, kind="liked", at=timezone.now())


def test_only_the_coach_taps(micro, cast):
    for member in (cast.leo, cast.cole):
        with pytest.raises(NotAllowed):
            ticks.add(micro, by=member, behaviour=micro.focus, kind="saw", key=uuid4())
        with pytest.raises(NotAllowed):
            ticks.undo(micro, by=member, key=uuid4())


def test_taps_that_arrive_after_the_end_still_count(micro, cast):
    running.finish(micro, by=cast.ana)
    tap(micro, micro.focus)
    assert Tick.objects.count() == 1


def test_a_closed_record_takes_no_taps(micro, cast):
    closed(micro)
    with pytest.raises(WrongState):
        tap(micro, micro.focus)
    with pytest.raises(WrongState):
        ticks.undo(micro, by=cast.ana, key=uuid4())


def test_taps_are_sealed_from_the_learner_until_the_reveal(micro, cast):
    tap(micro, micro.focus)
    assert ticks.counts(micro, by=cast.leo) == {}
    rate(micro, cast.ana, submit=True)
    assert ticks.counts(micro, by=cast.leo) == {}
    rate(micro, cast.leo, submit=True)
    micro.refresh_from_db()
    assert ticks.counts(micro, by=cast.leo)[micro.focus_id].saw == 1
    assert ticks.counts(micro, by=cast.mia) == {}


# -- feedback -------------------------------------------------------------------------------------


def test_a_line_is_saved_and_its_folded_parts_beside_it(micro, cast):
    item = feedback.write(micro, by=cast.ana, kind="keep", version=0, line="  You named it. ")
    item = feedback.write(micro, by=cast.ana, kind="keep", version=item.version, impact="She slowed down.")
    assert (item.line, item.impact, item.how, item.version) == ("You named it.", "She slowed down.", "", 2)
    assert Feedback.objects.count() == 1


def test_the_same_line_again_changes_nothing(micro, cast):
    first = feedback.write(micro, by=cast.ana, kind="change", version=0, line="Wait.")
    assert feedback.write(micro, by=cast.ana, kind="change", version=0, line="Wait.") == first
    assert Feedback.objects.get().version == 1


def test_an_older_page_does_not_overwrite_a_newer_one(micro, cast):
    feedback.write(micro, by=cast.ana, kind="keep", version=0, line="From the phone.")
    with pytest.raises(Stale) as error:
        feedback.write(micro, by=cast.ana, kind="keep", version=0, line="From the desk.")
    assert (error.value.theirs, error.value.yours) == ("From the phone.", "From the desk.")
    assert Feedback.objects.get().line == "From the phone."


@pytest.mark.parametrize(("field", "text"), [("line", "x" * 301), ("impact", "x" * 601), ("how", "\x00")])
def test_a_text_fits_its_field(micro, cast, field, text):
    with pytest.raises(Invalid) as error:
        feedback.write(micro, by=cast.ana, kind="keep", version=0, **{field: text})
    assert error.value.field == field


def test_feedback_is_to_keep_or_to_change(micro, cast):
    with pytest.raises(Invalid) as error:
        feedback.write(micro, by=cast.ana, kind="praise", version=0, line="Well done.")
    assert error.value.field == "kind"


def test_only_the_coach_writes_feedback(micro, cast):
    with pytest.raises(NotAllowed):
        feedback.write(micro, by=cast.leo, kind="keep", version=0, line="I did well.")


def test_a_closed_record_takes_no_feedback(micro, cast):
    closed(micro)
    with pytest.raises(WrongState):
        feedback.write(micro, by=cast.ana, kind="keep", version=1, line="One more thing.")


def test_a_session_that_has_not_begun_takes_none(cast):
    with pytest.raises(WrongState):
        feedback.write(cast.plan(), by=cast.ana, kind="keep", version=0, line="Early.")


def test_feedback_is_sealed_from_the_learner_until_the_reveal(micro, cast):
    item = feedback.write(micro, by=cast.ana, kind="keep", version=0, line="You named it.")
    assert feedback.items_of(micro, by=cast.ana) == {"keep": item}
    assert feedback.items_of(micro, by=cast.leo) == {}
    rate(micro, cast.ana, submit=True), rate(micro, cast.leo, submit=True)
    assert feedback.items_of(micro, by=cast.leo) == {"keep": item}
    assert feedback.items_of(micro, by=cast.mia) == {}


def test_an_item_speaks_of_the_focus_until_a_tap_begins_its_line(micro, cast):
    item = feedback.write(micro, by=cast.ana, kind="keep", version=0, line="You named it.")
    assert item.behaviour == micro.focus
    other = cast.criteria[1].behaviour
    item = feedback.write(micro, by=cast.ana, kind="keep", version=1, line="You paused.", behaviour=other.pk)
    item = feedback.write(micro, by=cast.ana, kind="keep", version=2, line="You paused twice.")
    assert (item.behaviour, item.version) == (other, 3)
    assert feedback.write(micro, by=cast.ana, kind="keep", version=0, behaviour=other.pk).version == 3


def test_an_item_speaks_of_no_behaviour_of_another_rubric(micro, cast):
    with pytest.raises(Invalid, match="Choose a behaviour of this session"):
        feedback.write(micro, by=cast.ana, kind="keep", version=0, line="You paused.", behaviour=2**40)


# -- lines to begin with --------------------------------------------------------------------------


def test_taps_suggest_a_keep_line_most_seen_first(micro, cast):
    naming, pausing, confirming = [criterion.behaviour for criterion in cast.criteria]
    counts = {naming.pk: TickCount(saw=1), pausing.pk: TickCount(saw=3), confirming.pk: TickCount(chance=2)}
    assert feedback.keep_suggestions(counts, {each.pk: each.name for each in (naming, pausing, confirming)}) == [
        ("3 times: pauses before answering", pausing.pk),
        ("Once: names the feeling before offering a fix", naming.pk),
    ]


def test_unused_chances_suggest_a_change_line(cast):
    naming, pausing, confirming = [criterion.behaviour for criterion in cast.criteria]
    counts = {naming.pk: TickCount(saw=3, chance=1), confirming.pk: TickCount(chance=2)}
    assert feedback.change_suggestions(
        counts, {each.pk: each.name for each in (naming, pausing, confirming)}, above={}
    ) == [
        ("Next chance: confirms the next step and its time", confirming.pk),
        ("Next chance: names the feeling before offering a fix", naming.pk),
    ]


def test_the_level_above_the_coachs_own_suggests_a_change_line_after_the_chances(cast):
    naming, pausing, confirming = [criterion.behaviour for criterion in cast.criteria]
    names = {each.pk: each.name for each in (naming, pausing, confirming)}
    next_level = Suggestion("Next: names it and checks that it is right", naming.pk)
    above = {naming.pk: "Names it and checks that it is right"}
    assert feedback.change_suggestions({}, names, above=above) == [next_level]
    counts = {pausing.pk: TickCount(chance=1), confirming.pk: TickCount(chance=2)}
    assert [each.behaviour for each in feedback.change_suggestions(counts, names, above=above)] == [
        confirming.pk, pausing.pk,
    ]  # fmt: skip
    del counts[pausing.pk]
    assert feedback.change_suggestions(counts, names, above=above)[1:] == [next_level]


def test_without_taps_nothing_is_suggested(cast):
    behaviours = {criterion.behaviour_id: criterion.behaviour.name for criterion in cast.criteria}
    assert (feedback.keep_suggestions({}, behaviours), feedback.change_suggestions({}, behaviours, above={})) == (
        [],
        [],
    )


# -- at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_same_tap_twice_at_once_counts_once(micro):
    key = uuid4()
    first, second = at_once(*[lambda: tap(micro, micro.focus, key=key)] * 2)
    assert (first == second, Tick.objects.count()) == (True, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_first_lines_at_once_one_is_kept_and_the_other_told(micro, cast):
    def write(line):
        return lambda: feedback.write(micro, by=cast.ana, kind="keep", version=0, line=line)

    results = at_once(write("From the phone."), write("From the desk."))
    assert sorted(type(result).__name__ for result in results) == ["Feedback", "Stale"]
    assert Feedback.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_coach_and_learner_writing_the_plan_at_once_one_is_told(micro, cast):
    def write(member):
        return lambda: plans.write(micro, by=member, version=0, cue=f"{member} is asked")

    results = at_once(write(cast.ana), write(cast.leo))
    assert sorted(type(result).__name__ for result in results) == ["ImprovementPlan", "Stale"]


@pytest.mark.django_db(transaction=True)
def test_a_line_that_meets_the_close_is_kept_or_refused_never_lost(micro, cast):
    complete(micro)
    running.finish(running.go_to(micro, by=cast.ana, phase="plan"), by=cast.ana)
    running.undo_finish(micro, by=cast.ana)

    def write():
        return feedback.write(micro, by=cast.ana, kind="keep", version=1, line="At the last moment.")

    _closed, written = at_once(lambda: running.finish(micro, by=cast.ana), write)
    kept = Feedback.objects.get(kind="keep").line == "At the last moment."
    assert (kept, isinstance(written, WrongState)) in {(True, False), (False, True)}
