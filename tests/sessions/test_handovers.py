"""Sessions ahead follow the coach; what has taken place stays with who held it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from programs import registry
from programs.domain import agreements, ahead, enrolments, members
from programs.models import Substitute
from sessions.cards.coach import coach_cards
from sessions.domain import codes, notes, ratings, visibility
from sessions.domain.coach_day import coach_day
from sessions.domain.times import day_and_time
from sessions.models import Message, MicroSession, PrivateNote, Rating, RatingCode
from tests.sessions.prompt_steps import followed, prompt_of
from tests.sessions.rate_steps import both, hand_in, held_days_ago, levels, reflect, reply, write_plan

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def as_in_a_request_of_ada(cast):
    """Days are hers, also between midnight there and midnight in UTC."""
    with timezone.override(cast.ada.timezone):
        yield


def again(micro):
    return MicroSession.objects.get(pk=micro.pk)


def draft(micro, by, *values):
    return ratings.score_all(micro, by=by, levels=levels(micro, *values))


def begun(micro):
    """Held, and both may rate."""
    now = timezone.now()
    ended = {"started_at": now - HOUR, "ended_at": now, "minutes_actual": 15, "opens_at": now + DAY}
    MicroSession.objects.filter(pk=micro.pk).update(status="closing", **ended)
    return again(micro)


def told(micro):
    return Message.objects.filter(micro=micro, kind="schedule").count()


def test_sessions_ahead_move_to_the_new_coach_and_the_learner_is_told(cast):
    micro = cast.plan()
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert (again(micro).coach, again(micro).status, again(micro).schedule_sequence) == (cast.cole, "planned", 1)
    assert told(micro) == 1


def test_what_was_held_or_was_to_be_held_stays_with_the_former_coach(cast):
    held, passed = cast.held(), cast.plan(when=timezone.now() - HOUR)
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert [again(micro).coach for micro in (held, passed)] == [cast.ana, cast.ana]


@pytest.mark.parametrize("rate", [hand_in, draft])
def test_a_rating_given_beforehand_waits_and_is_there_again_with_its_coach(cast, rate):
    """Whether or not who held the session meanwhile rated it too; theirs waits in its turn."""
    micro = cast.plan()
    first = rate(micro, cast.ana, 3, None, 1)
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    now = again(micro)
    assert visibility.who_is_in(now) == visibility.Handed(coach=False, learner=False)
    assert ratings.scores_of(ratings.rating_of(now, by=cast.cole)) == {}
    second = rate(now, cast.cole, 2)
    enrolments.reassign(cast.enrolment, coach=cast.ana, by=cast.ada)
    back = ratings.rating_of(again(micro), by=cast.ana)
    assert (back, back.submitted_at, back.role) == (first, first.submitted_at, "coach")
    assert ratings.scores_of(back) == levels(micro, 3, None, 1)
    assert list(Rating.objects.filter(role="aside")) == [second]


def test_a_rating_that_was_set_aside_is_read_by_its_rater_alone(cast, client):
    """Not after the reveal either, and not by who held, learned or manages; of what came later it tells nothing."""
    micro = cast.plan()
    hand_in(micro, cast.ana, 4, None)
    notes.write(micro, by=cast.ana, text="Heard the call.")
    bare = client.as_(cast.ana).get(reverse("coach:enrolment-list")).context["has_kept"]
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    hers = client.as_(cast.ana)
    [before] = hers.get(reverse("coach:rating-kept")).context["kept"]
    opened = both(begun(again(micro)), own=(1, 1, 1), coach=(1, 1, 1))
    kept = hers.get(reverse("coach:rating-kept")).context["kept"]
    assert (kept, before.learner, before.handed_in, before.note) == ([before], "Leo Marin", True, "Heard the call.")
    assert [line.level for line in before.chosen] == [4, None]
    seen = {who: list(Rating.objects.visible_to(who).filter(role="aside")) for who in (cast.cole, cast.leo, cast.mia)}
    assert seen == {cast.cole: [], cast.leo: [], cast.mia: []}
    assert visibility.reveal_of(opened, by=cast.cole).own.levels == levels(micro, 1, 1, 1)
    shown = [client.as_(who).get(reverse("coach:enrolment-list")).context["has_kept"] for who in (cast.ana, cast.cole)]
    assert (bare, shown) == (False, [True, False])


def test_what_was_set_aside_goes_with_who_is_erased(cast):
    first, second = cast.plan(), cast.plan(timezone.now() + DAY, enrolment=cast.lia_enrolment, coach=cast.cole)
    hand_in(first, cast.ana, 3)
    hand_in(second, cast.cole, 3)
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    enrolments.reassign(cast.lia_enrolment, coach=cast.ana, by=cast.ada)
    both(begun(again(first)))
    registry.on_erase(cast.lia)
    assert [rating.rater for rating in Rating.objects.filter(role="aside")] == [cast.ana]
    registry.on_erase(cast.ana)
    assert not Rating.objects.filter(role="aside").exists()


def test_a_private_note_stays_with_who_wrote_it(cast):
    micro = cast.plan()
    notes.write(micro, by=cast.ana, text="mine")
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert [note.coach for note in PrivateNote.objects.filter(micro=micro)] == [cast.ana]


def test_without_a_coach_sessions_ahead_are_cancelled(cast):
    micro = cast.plan()
    enrolments.reassign(cast.enrolment, coach=None, by=cast.ada)
    assert (again(micro).status, again(micro).cancel_note) == ("cancelled", "Nobody coaches you at the moment.")
    assert told(micro) == 1


def test_the_end_of_an_enrolment_cancels_what_was_ahead(cast):
    ahead, held = cast.plan(), cast.held()
    enrolments.end(cast.enrolment, by=cast.ada)
    assert [again(micro).status for micro in (ahead, held)] == ["cancelled", "closing"]


def test_an_administrator_reads_beforehand_how_much_would_end(cast, client):
    """What the coach of now holds moves or is cancelled with them; all of it, with the enrolment."""
    show, leo, ana = (
        reverse("manage:enrolment-show", args=[cast.enrolment.pk]), cast.leo.get_absolute_url(),
        cast.ana.get_absolute_url(),
    )  # fmt: skip
    pages = [client.as_(cast.ada).get(url).content.decode() for url in (show, leo, ana)]
    for page, words in zip(
        pages, ("planned with Ana Silva.", "No question is open.", "planned with Ana Silva."), strict=True
    ):
        assert words in page
    cast.plan()
    cast.plan(timezone.now() + DAY)
    cast.plan(timezone.now() + 2 * DAY, status="cancelled", cancelled_at=timezone.now())
    cast.plan(when=timezone.now() - HOUR)
    name(cast, first=3)
    cast.plan(timezone.now() + 4 * DAY, coach=cast.cole)
    prompt_of(followed(cast))
    counts = client.as_(cast.ada).get(show).context["ahead"]
    assert counts == ahead.Ahead(sessions=3, with_coach=2, questions=1)
    pages = [client.as_(cast.ada).get(url).content.decode() for url in (show, leo, ana)]
    assert "2 planned sessions move along, and Leo Marin is told." in pages[0]
    assert "3 planned sessions are cancelled, and Leo Marin is told. 1 open question ends." in pages[0]
    assert "3 planned sessions are cancelled. 1 open question ends." in pages[1]
    assert "2 sessions planned with Ana Silva are cancelled, unless a substitute is named for their days." in pages[2]


def name(cast, first=0, last=7, **fields):
    """Cole stands in for Ana, from and until so many days from today."""
    today = timezone.localdate()
    fields = {"coach": cast.cole, "starts_on": today + DAY * first, "ends_on": today + DAY * last} | fields
    return enrolments.name_substitute(cast.enrolment, by=cast.ada, **fields)


@pytest.fixture
def substituted(cast):
    return name(cast), cast.plan(coach=cast.cole)


def test_what_is_planned_while_a_substitute_is_named_goes_to_them_and_the_learner_is_told(cast):
    earlier, within, later = (cast.plan(timezone.now() + DAY * days) for days in (1, 3, 9))
    running = cast.held(status="running", ended_at=None, minutes_actual=None, opens_at=None)
    name(cast, first=2)
    assert [again(micro).coach for micro in (earlier, within, later, running)] == [
        cast.ana, cast.cole, cast.ana, cast.ana,
    ]  # fmt: skip
    assert [told(micro) for micro in (earlier, within, later)] == [0, 1, 0]
    assert again(within).schedule_sequence == 1


def test_the_days_of_a_substitute_are_counted_where_the_learner_is(cast):
    type(cast.leo).objects.filter(pk=cast.leo.pk).update(timezone="Pacific/Auckland")
    at = dt.datetime(2030, 3, 4, 20, tzinfo=dt.UTC)  # the 5th in Auckland
    micro = cast.plan(at)
    named = name(cast, starts_on=at.date(), ends_on=at.date())
    assert again(micro).coach == cast.ana
    enrolments.remove_substitute(named, by=cast.ada)
    name(cast, starts_on=at.date() + DAY, ends_on=at.date() + DAY)
    assert again(micro).coach == cast.cole


def test_the_substitute_opens_and_starts_the_session_and_finds_the_learner(cast, client):
    micro, cole, ana = cast.plan(), client.as_(cast.cole), client.as_(cast.ana)
    page = reverse("coach:micro-show", args=[micro.pk])
    assert (cole.get(page).status_code, ana.get(page).status_code) == (404, 200)
    name(cast)
    assert (cole.get(page).status_code, ana.get(page).status_code) == (200, 404)
    assert [line.row.pk for line in cole.get(reverse("coach:enrolment-list")).context["standing_in"]] == [
        cast.enrolment.pk
    ]
    assert cole.post(reverse("coach:micro-start", args=[micro.pk])).status_code == 302
    assert again(micro).status == "running"


def test_today_tells_the_substitute_for_whom_they_stand_in(cast, client):
    cast.plan(timezone.now() + DAY)
    name(cast)
    page = client.as_(cast.cole).get(reverse("today"))
    [card] = [card for card in page.context["queue"].cards if card.kind == "stands-in"]
    until = date_format(timezone.localdate() + DAY * 7, "D j M")
    assert (card.title, card.lines) == ("Leo Marin", (f"You stand in until {until} · De-escalation",))
    assert page.context["day"].learners == 2
    assert "stands-in" not in {card.kind for card in client.as_(cast.ana).get(reverse("today")).context["queue"].cards}


def test_today_tells_a_coach_for_a_week_whom_they_got_from_another_one_until_they_have_met(cast):
    now = timezone.now()
    agreements.draft(cast.enrolment)
    at = cast.plan(now + DAY).scheduled_for
    cast.plan(now + DAY * 3)

    def told(member):
        return [
            (card.title, card.lines, card.to_do)
            for card in coach_cards(member, coach_day(member))
            if card.kind == "taken-over"
        ]

    assert (told(cast.ana), told(cast.cole)) == ([], [])
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    since = date_format(timezone.localdate(), "D j M")
    lines = (f"Yours to coach since {since} · De-escalation", f"Next session: {day_and_time(at)}")
    assert (told(cast.ana), told(cast.cole)) == ([], [("Leo Marin", lines, False)])
    with time_machine.travel(now + DAY * 8):
        assert told(cast.cole) == []
    cast.held(coach=cast.cole, ended_at=timezone.now())
    assert told(cast.cole) == []


def test_a_substitute_is_not_shown_what_was_to_be_talked_about(cast, client):
    past = both(held_days_ago(cast, 3))
    reflect(past)
    topic = reply(past, kind="next_time")
    micro = cast.plan()
    type(topic).objects.filter(pk=topic.pk).update(taken_up_in=micro)
    named = name(cast)
    page = client.as_(cast.cole).get(reverse("coach:micro-show", args=[micro.pk]))
    assert page.context["topics"] == []
    assert "She stopped repeating herself" not in page.content.decode()
    enrolments.remove_substitute(named, by=cast.ada)
    page = client.as_(cast.ana).get(reverse("coach:micro-show", args=[micro.pk]))
    assert page.context["topics"] == [topic]


def test_of_the_past_a_substitute_sees_the_plan_and_nothing_else(cast, client):
    past = both(held_days_ago(cast, 3))
    write_plan(past)
    micro = cast.plan()
    name(cast)
    cole = client.as_(cast.cole)
    plan, went = cole.get(reverse("coach:micro-show", args=[micro.pk])).context["last"]
    assert (plan.sentence, went) == ("When the voice rises, I will say what I heard.", None)
    assert cole.get(reverse("coach:micro-show", args=[past.pk])).status_code == 404
    assert cole.get(cast.enrolment.get_absolute_url()).status_code == 404


def test_two_sessions_at_once_are_named_to_the_administrator(cast, client):
    at = timezone.now() + DAY
    cast.plan(at)
    cast.plan(at + dt.timedelta(minutes=10), enrolment=cast.lia_enrolment)
    cast.plan(at + DAY)
    named = name(cast)
    page = client.as_(cast.ada).get(reverse("manage:enrolment-show", args=[cast.enrolment.pk]))
    assert page.context["substitutes"] == [(named, [at])]
    when = date_format(timezone.localtime(at, ZoneInfo(cast.ada.timezone)), "D j M, H:i")
    assert f"Two sessions at once, {when}. Cole Berg can move one." in page.content.decode()


def test_of_two_substitutes_for_a_day_the_first_holds_it_until_taken_back(cast):
    members.change(cast.mia, by=cast.ada, roles=["coach", "manager"])
    micro, first = cast.plan(timezone.now() + DAY), name(cast)
    name(cast, coach=type(cast.mia).objects.get(pk=cast.mia.pk))
    assert again(micro).coach == cast.cole
    enrolments.remove_substitute(first, by=cast.ada)
    assert again(micro).coach == cast.mia


def test_who_is_named_twice_keeps_the_sessions_of_the_days_that_are_left(cast):
    soon, later = cast.plan(timezone.now() + DAY), cast.plan(timezone.now() + DAY * 10)
    first = name(cast)
    name(cast, first=8, last=14)
    enrolments.remove_substitute(first, by=cast.ada)
    assert [again(micro).coach for micro in (soon, later)] == [cast.ana, cast.cole]
    assert told(later) == 1


def test_the_days_on_which_somebody_stood_in_are_remembered(cast):
    named = name(cast)
    Substitute.objects.filter(pk=named.pk).update(starts_on=timezone.localdate() - DAY * 3)
    enrolments.remove_substitute(named, by=cast.ada)
    named.refresh_from_db()
    assert named.ends_on == timezone.localdate() - DAY


@pytest.mark.parametrize("go", ["role", "leave"])
def test_a_substitute_who_coaches_no_more_stands_in_for_nobody(cast, go):
    micro, late = cast.plan(timezone.now() + DAY), cast.plan(timezone.now() + HOUR)
    name(cast)
    enrolments.reassign(cast.lia_enrolment, coach=cast.ana, by=cast.ada)
    MicroSession.objects.filter(pk=late.pk).update(scheduled_for=timezone.now() - HOUR)
    if go == "role":
        members.change(cast.cole, by=cast.ada, roles=["learner"])
    else:
        members.deactivate(cast.cole, by=cast.ada)
    assert (again(micro).coach, again(micro).status, again(late).status) == (cast.ana, "planned", "missed")
    assert not Substitute.objects.filter(ends_on__gte=timezone.localdate()).exists()


def test_a_session_whose_time_has_passed_is_missed_when_its_coach_leaves(cast):
    passed, moved_on = cast.plan(timezone.now() - HOUR), cast.plan(timezone.now() + HOUR)
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert (again(passed).coach, again(passed).status) == (cast.ana, "planned")
    members.deactivate(cast.ana, by=cast.ada)
    assert (again(passed).status, again(passed).missed_at is not None) == ("missed", True)
    assert (again(moved_on).status, again(moved_on).coach) == ("planned", cast.cole)


def test_other_roles_change_nothing_for_a_coach(cast):
    members.change(cast.cole, by=cast.ada, roles=["coach", "manager"])
    micro = cast.plan(timezone.now() - HOUR, enrolment=cast.lia_enrolment)
    members.change(cast.cole, by=cast.ada, roles=["coach"])
    assert again(micro).status == "planned"


def test_an_open_code_closes_when_the_learner_leaves(cast, client):
    micro = cast.held(status="running", ended_at=None, minutes_actual=None, opens_at=None)
    codes.make(micro, by=cast.ana)
    other = codes.make(cast.held(enrolment=cast.lia_enrolment, coach=cast.cole), by=cast.cole)
    members.deactivate(cast.leo, by=cast.ada)
    assert list(RatingCode.objects.filter(closed_at=None)) == [codes.open_code(other.code, address="::1")]


def test_a_substitutes_sessions_go_back_when_the_substitute_is_taken_back(cast, substituted):
    named, micro = substituted
    enrolments.remove_substitute(named, by=cast.ada)
    assert again(micro).coach == cast.ana


def test_a_substitutes_sessions_go_back_when_the_substitute_leaves(cast, substituted):
    _named, micro = substituted
    members.deactivate(cast.cole, by=cast.ada)
    assert (again(micro).coach, again(micro).status) == (cast.ana, "planned")


def test_a_change_of_the_usual_coach_leaves_the_substitutes_sessions(cast, substituted):
    _named, micro = substituted
    members.change(cast.mia, by=cast.ada, roles=["coach", "manager"])
    enrolments.reassign(cast.enrolment, coach=type(cast.mia).objects.get(pk=cast.mia.pk), by=cast.ada)
    assert again(micro).coach == cast.cole


def test_a_substitute_who_becomes_the_coach_stands_in_no_more(cast, substituted):
    """So that what is planned on those days moves along to the next coach."""
    _named, micro = substituted
    members.change(cast.mia, by=cast.ada, roles=["coach", "manager"])
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert not Substitute.objects.exists()
    mia = type(cast.mia).objects.get(pk=cast.mia.pk)
    enrolments.reassign(cast.enrolment, coach=mia, by=cast.ada)
    assert again(micro).coach == mia


def test_a_deactivated_learner_hears_nothing_more(cast):
    micro = cast.plan()
    members.deactivate(cast.leo, by=cast.ada)
    assert again(micro).status == "cancelled"
    assert {delivery.state for message in micro.messages.all() for delivery in message.deliveries.all()} == {
        "cancelled"
    }
