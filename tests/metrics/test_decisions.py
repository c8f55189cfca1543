"""Decisions: from a figure, told to learners, compared and closed."""

import datetime as dt
from uuid import uuid4

import pytest

from coachhub.errors import Invalid, NotAllowed, Stale, WrongState
from metrics.domain import decisions
from metrics.domain.checks import first_check
from metrics.domain.comparing import State, compare
from metrics.domain.release import publish
from metrics.models import Block, Decision, Release
from programs.domain import members
from programs.domain.known import SavedMeanwhile
from tests.conftest import make_member
from tests.metrics.decision_steps import decide, figure_of, terms
from tests.metrics.town import weeks
from tests.racing import raced

NEXT_CHECK = dt.date(2026, 10, 12)  # the running block ends 16 August, the first full one after 29 June 11 October


@pytest.fixture
def queue(town):
    return figure_of("North", "queue")


def compared(town, decision):
    made_on = decision.created_at.date()
    return compare(decision.group_identity, decision.measure, made_on=made_on, member=town.mia)


def test_a_decision_keeps_what_it_was_made_from(town, queue):
    made = decisions.make(queue, by=town.mia, terms=terms(town), form_key=uuid4())
    assert (made.group_name, made.measure, made.owner, made.made_by) == (
        "De-escalating a complaint · North", "queue", town.mia, town.mia,
    )  # fmt: skip
    assert [cohort.name for cohort in made.cohorts.all()] == ["North"]


def test_the_same_form_sent_twice_is_one_decision(town, queue):
    key = uuid4()
    made = [decisions.make(queue, by=town.mia, terms=terms(town), form_key=key) for _ in range(2)]
    assert (made[0], Decision.objects.count()) == (made[1], 1)


def test_the_terms_of_an_open_decision_of_ones_own_about_the_same_figure_are_that_decision(town, queue):
    queue.group.viewers.add(town.sam)
    own, sams = terms(town, owner=town.mia), terms(town, owner=town.sam)

    def made(figure=queue, by=town.mia, asked=own):
        return decisions.make(figure, by=by, terms=asked, form_key=uuid4())

    first = made()
    assert made() == first
    others = [made(figure=figure_of("North", "level")), made(asked=sams), made(by=town.sam)]
    decisions.close(first, by=town.mia, outcome="keep")
    assert len({first, *others, made()}) == 5


def test_another_text_under_the_key_of_a_saved_form_is_refused_not_dropped(town, queue):
    key = uuid4()
    decisions.make(queue, by=town.mia, terms=terms(town), form_key=key)
    with pytest.raises(WrongState):
        decisions.make(queue, by=town.mia, terms=terms(town, what="Something else"), form_key=key)
    with pytest.raises(WrongState):
        decisions.make(figure_of("North", "level"), by=town.mia, terms=terms(town), form_key=key)


def test_somebody_elses_form_key_gives_nothing_away(town, queue):
    town.manage("North", town.sam)
    Release.objects.all().delete()
    publish(town.organization)
    key = uuid4()
    decisions.make(figure_of("North", "queue"), by=town.mia, terms=terms(town), form_key=key)
    with pytest.raises(WrongState):
        decisions.make(figure_of("North", "queue"), by=town.sam, terms=terms(town, owner=town.sam), form_key=key)


def test_nobody_decides_on_a_figure_that_is_not_published_to_them(town, queue):
    for by, figure in ((town.sam, queue), (town.mia, figure_of("North", "applied")), (town.coach, queue)):
        with pytest.raises(NotAllowed):
            decisions.make(figure, by=by, terms=terms(town, owner=by), form_key=uuid4())


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"what": ""}, "what"),
        ({"check_on": NEXT_CHECK - dt.timedelta(days=1)}, "check_on"),
        ({"check_on": dt.date(9999, 12, 31)}, "check_on"),
        ({"owner": "sam"}, "owner"),
    ],
)
def test_terms_that_do_not_hold_are_refused_at_their_field(town, queue, fields, field):
    if "owner" in fields:
        fields = {"owner": town.sam}
    with pytest.raises(Invalid) as refused:
        decisions.make(queue, by=town.mia, terms=terms(town, **fields), form_key=uuid4())
    assert refused.value.field == field


def test_leave_as_it_is_counts_and_needs_no_words(town, queue):
    made = decisions.leave(queue, by=town.mia, insight="Queue 40 %", form_key=uuid4())
    assert (made.adjustment, made.what, made.check_on, made.shared_at) == ("leave", "", NEXT_CHECK, None)


@pytest.mark.parametrize(
    ("decided_on", "check_on"),
    [
        (dt.date(2026, 6, 22), dt.date(2026, 8, 17)),  # the first day of the running block: it is a full one
        (dt.date(2026, 6, 23), NEXT_CHECK),
        (dt.date(2026, 8, 16), NEXT_CHECK),
        (dt.date(2026, 8, 18), dt.date(2026, 12, 7)),
    ],
)
def test_the_check_is_the_first_release_after_a_full_block(town, decided_on, check_on):
    assert first_check(town.organization, decided_on) == check_on


def test_without_any_block_the_check_is_in_eight_weeks(town):
    Release.objects.all().delete()
    Block.objects.all().delete()
    assert first_check(town.organization, dt.date(2026, 6, 22)) == dt.date(2026, 8, 17)


def test_an_edit_raises_the_version_and_a_stale_one_shows_both_texts(town, queue):
    made = decide(town, queue)
    edited = decisions.edit(made, by=town.mia, terms=terms(town, what="Shorter practice"), version=1)
    assert (edited.what, edited.version) == ("Shorter practice", 2)
    with pytest.raises(Stale) as stale:
        decisions.edit(made, by=town.mia, terms=terms(town, what="Longer practice"), version=1)
    assert (stale.value.theirs, stale.value.yours) == ("Shorter practice", "Longer practice")


def test_only_the_owner_and_who_made_it_act_on_a_decision(town, queue):
    made = decide(town, queue)
    for act in (
        lambda: decisions.share(made, by=town.sam),
        lambda: decisions.close(made, by=town.sam, outcome="keep"),
        lambda: decisions.edit(made, by=town.sam, terms=terms(town), version=1),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_who_manages_since_the_release_reads_decisions_from_the_next_one_on(town, queue):
    """A decision tells its figure in words, and the group was large enough for the viewers of its release."""
    decide(town, queue)
    town.manage("North", town.sam)
    assert list(Decision.objects.visible_to(town.sam)) == []
    Release.objects.all().delete()
    publish(town.organization)
    made = decide(town, figure_of("North", "queue"))
    assert list(Decision.objects.visible_to(town.sam)) == [made]


def test_a_manager_of_other_cohorts_does_not_see_it(town, queue):
    decide(town, queue)
    nina = make_member(town.organization, "Nina New", "manager")
    assert [list(Decision.objects.visible_to(who)) for who in (town.sam, nina, town.coach)] == [[], [], []]


def test_learners_of_its_cohorts_are_told_and_only_they(town, queue):
    made = decide(town, queue, told_to_learners="From Monday you practise on your own calls.")
    north, south = town.enrolments["North"][0].learner, town.enrolments["South"][0].learner
    assert list(Decision.objects.shared_with(north)) == []
    decisions.share(made, by=town.mia)
    assert (list(Decision.objects.shared_with(north)), list(Decision.objects.shared_with(south))) == ([made], [])


def test_who_learns_there_no_more_is_not_told(town, queue):
    decisions.share(decide(town, queue, told_to_learners="You practise on your own calls."), by=town.mia)
    ended = town.enrolments["North"][0]
    town.leave([ended], weeks(10))
    assert list(Decision.objects.shared_with(ended.learner)) == []


def test_nothing_is_told_without_a_sentence(town, queue):
    with pytest.raises(WrongState):
        decisions.share(decide(town, queue), by=town.mia)


def test_the_sentence_may_change_but_not_vanish_once_it_was_told(town, queue):
    made = decide(town, queue, told_to_learners="You practise on your own calls.")
    shared = decisions.share(made, by=town.mia)
    with pytest.raises(Invalid) as refused:
        decisions.edit(shared, by=town.mia, terms=terms(town), version=1)
    assert refused.value.field == "told_to_learners"


@pytest.mark.django_db(transaction=True)
def test_the_sentence_does_not_vanish_while_somebody_tells_it(cast):
    made = Decision.objects.create(
        organization=cast.organization, group_identity="x", group_name="x", measure="queue", insight="x",
        adjustment="leave", owner=cast.mia, made_by=cast.mia, check_on=NEXT_CHECK, told_to_learners="We meet early.",
    )  # fmt: skip
    emptied = decisions.Terms("x", "leave", "", cast.mia, NEXT_CHECK)

    def empty():
        with pytest.raises(Invalid) as refused:
            decisions.edit(made, by=cast.mia, terms=emptied, version=1)
        return refused.value.field

    assert raced(lambda: decisions.share(made, by=cast.mia), empty) == "told_to_learners"
    made.refresh_from_db()
    assert (made.told_to_learners, made.shared_at is None) == ("We meet early.", False)


def test_telling_is_not_taken_back_once_somebody_has_closed_the_decision(town, queue):
    made = decide(town, queue, told_to_learners="You practise on your own calls.")
    shared = decisions.share(made, by=town.mia)
    decisions.close(made, by=town.mia, outcome="keep")
    with pytest.raises(WrongState):
        decisions.take_back(shared, by=town.mia)
    assert Decision.objects.get(pk=made.pk).shared_at is not None


def test_telling_can_be_taken_back_for_ten_minutes(town, queue, clock):
    made = decide(town, queue, told_to_learners="You practise on your own calls.")
    shared = decisions.share(made, by=town.mia)
    assert decisions.take_back(shared, by=town.mia).shared_at is None
    shared = decisions.share(made, by=town.mia)
    clock.shift(dt.timedelta(minutes=11))
    with pytest.raises(WrongState):
        decisions.take_back(shared, by=town.mia)


def test_sharing_twice_keeps_the_first_time(town, queue, clock):
    made = decide(town, queue, told_to_learners="You practise on your own calls.")
    first = decisions.share(made, by=town.mia).shared_at
    clock.shift(dt.timedelta(minutes=1))
    assert decisions.share(made, by=town.mia).shared_at == first


def test_a_closed_decision_stays_closed_after_ten_minutes(town, queue, clock):
    made = decide(town, queue)
    closed = decisions.close(made, by=town.mia, outcome="keep", note="It helped")
    assert (closed.outcome, closed.outcome_note) == ("keep", "It helped")
    reopened = decisions.reopen(closed, by=town.mia)
    assert (reopened.closed_at, reopened.outcome, reopened.outcome_note) == (None, "", "It helped")
    closed = decisions.close(reopened, by=town.mia, outcome="drop")
    clock.shift(dt.timedelta(minutes=11))
    with pytest.raises(WrongState):
        decisions.reopen(closed, by=town.mia)


def test_of_two_who_close_in_the_same_instant_the_second_is_told(town, queue, clock):
    """Both have read it open. Who has seen the other's outcome may put the own one there, for ten minutes."""
    made = decide(town, queue, owner=town.sam)
    decisions.close(made, by=town.sam, outcome="keep", note="It helped")
    for version in (None, 1):
        with pytest.raises(Stale) as stale:
            decisions.close(made, by=town.mia, outcome="drop", version=version)
        assert (stale.value.theirs, stale.value.yours) == ("Keep. It helped", "Drop.")
    assert decisions.close(made, by=town.sam, outcome="keep", note="It helped").version == 2
    closed = decisions.close(made, by=town.mia, outcome="drop", version=2)
    assert (closed.outcome, closed.outcome_note, closed.version) == ("drop", "", 3)
    clock.shift(dt.timedelta(minutes=11))
    with pytest.raises(Stale):
        decisions.close(closed, by=town.sam, outcome="keep", version=3)


def test_what_somebody_changed_in_the_same_instant_is_neither_told_nor_reopened(town, queue):
    made = decide(town, queue, told_to_learners="Sessions move to the morning.")
    decisions.edit(made, by=town.mia, terms=terms(town, told_to_learners="They stay."), version=1)
    with pytest.raises(SavedMeanwhile):
        decisions.share(made, by=town.mia)
    made.refresh_from_db()
    closed = decisions.close(made, by=town.mia, outcome="keep")
    decisions.close(made, by=town.mia, outcome="drop", version=closed.version)
    with pytest.raises(SavedMeanwhile):
        decisions.reopen(closed, by=town.mia)
    closed.refresh_from_db()
    assert (closed.outcome, closed.shared_at) == ("drop", None)


def test_what_somebody_told_in_other_words_is_not_taken_for_ones_own(town, queue):
    """Told already, it stays told; who read another sentence hears so."""
    made = decide(town, queue, told_to_learners="Sessions move to the morning.")
    edited = decisions.edit(made, by=town.mia, terms=terms(town, told_to_learners="They stay."), version=1)
    decisions.share(edited, by=town.mia, version=2)
    with pytest.raises(SavedMeanwhile):
        decisions.share(made, by=town.mia, version=1)
    assert decisions.share(edited, by=town.mia, version=2).told_to_learners == "They stay."


def test_before_and_after_are_of_the_same_group(town, queue):
    made = decide(town, queue, made_on=weeks(8))
    found = compared(town, made)
    assert (found.state, found.main.course, found.main.verdict) == (State.READY, "20 % → 40 %", "a clear rise")
    assert (str(found.before), str(found.after)) == ("5 Jan – 1 Mar", "27 Apr – 21 Jun")
    assert found.others[0].course == "2.00 → 3.00"


def test_until_a_full_block_was_released_there_is_nothing_to_compare(town, queue):
    assert compared(town, decide(town, queue)).state == State.WAITING
    assert compared(town, decide(town, queue, made_on=weeks(16) + dt.timedelta(days=1))).state == State.WAITING


def test_another_grouping_cannot_be_compared(town, queue):
    made = decide(town, queue, made_on=weeks(8))
    Decision.objects.filter(pk=made.pk).update(group_identity="cohorts:20250101:1")
    made.refresh_from_db()
    assert compared(town, made).state == State.REGROUPED


def test_an_open_decision_of_a_manager_who_leaves_goes_to_another_who_may_open_it(town):
    """It would hide its figure for ever: nobody else could compare and close it."""
    ada = make_member(town.organization, "Ada Admin", "admin")
    queue, level, alone = figure_of("North", "queue"), figure_of("North", "level"), figure_of("South", "level")
    noa = make_member(town.organization, "Noa New", "manager")
    town.manage("North", noa)
    queue.group.viewers.add(noa)
    mias, closed = decide(town, queue), decide(town, level)
    decisions.close(closed, by=town.mia, outcome="keep")
    sams = decide(town, alone, by=town.sam, owner=town.sam)
    members.deactivate_all([town.mia, town.sam], by=ada)
    owners = dict(Decision.objects.values_list("pk", "owner__name"))
    assert owners == {mias.pk: "Noa New", closed.pk: town.mia.name, sams.pk: "Sam Other"}
    mias.refresh_from_db()
    assert decisions.close(mias, by=noa, outcome="drop").outcome == "drop"


def test_an_open_decision_of_who_leaves_goes_to_who_made_it_before_others(town):
    """Mia, who joined before Sam and may open it too, would be the first of the rest."""
    ada, noa = make_member(town.organization, "Ada Admin", "admin"), make_member(town.organization, "Noa", "manager")
    level = figure_of("South", "level")
    level.group.viewers.add(town.mia, noa)
    made = decide(town, level, by=town.sam, owner=noa)
    members.deactivate_all([noa], by=ada)
    made.refresh_from_db()
    assert (town.mia.pk < town.sam.pk, made.owner) == (True, town.sam)


def test_an_open_decision_of_who_is_a_manager_no_more_goes_on_too(town):
    ada = make_member(town.organization, "Ada Admin", "admin")
    made, noa = decide(town, figure_of("North", "queue")), make_member(town.organization, "Noa New", "manager")
    made.group.viewers.add(noa)
    members.change(town.mia, by=ada, roles=["manager", "learner"])
    members.change(town.mia, by=ada, roles=["manager"])
    made.refresh_from_db()
    assert made.owner == town.mia
    members.change(town.mia, by=ada, roles=["learner"])
    made.refresh_from_db()
    assert made.owner == noa
    assert decisions.close(made, by=noa, outcome="keep").outcome == "keep"
