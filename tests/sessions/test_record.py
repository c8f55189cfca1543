"""The learner's own record: what is shared, how each behaviour goes, and the file to take along."""

import csv
import datetime as dt
import io
import re
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from programs.cells import harmless, plain
from programs.models import Member
from sessions.domain import overview, ratings, record
from sessions.domain.chances import Chances
from sessions.domain.trajectories import TRAJECTORY_SESSIONS, Point, Trajectory
from sessions.models import FollowUp, Prompt
from sessions.views.sparks import ROW, TOP, sparks_of
from tests.sessions.rate_steps import (
    both,
    coach_side,
    hand_in,
    held_days_ago,
    opened_by_deadline,
    reflect,
    reply,
    write_plan,
)

RECORD, DOWNLOAD = reverse("learn:record"), reverse("learn:record-download")


def shared(cast, days=1, own=(2, 3, 3), coach=(3, 3, 1)):
    """A session with everything on both sides, revealed."""
    micro = held_days_ago(cast, days)
    coach_side(micro)
    reflect(micro)
    return both(micro, own=own, coach=coach)


def answered(cast, micro, *answers) -> FollowUp:
    """Prompts of the session's plan with these answers."""
    follow_up = FollowUp.objects.create(
        organization=cast.organization, plan=micro.improvement_plan, enrolment=cast.enrolment, learner=cast.leo,
        rule_version=1, starts_at=timezone.now(),
    )  # fmt: skip
    for number, answer in enumerate(answers):
        Prompt.objects.create(
            follow_up=follow_up, sequence=number, question="Did a chance come?", due_at=timezone.now(),
            status="answered", answer=answer, answered_at=timezone.now(), asked_at=timezone.now(),
        )  # fmt: skip
    return follow_up


def rows(client, member) -> list[dict[str, str]]:
    text = client.as_(member).get(DOWNLOAD).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


BEGAN = dt.datetime(2025, 8, 20, 9, 0, tzinfo=dt.UTC)


def trajectory(*gaps):
    """Own level 4, the other so many levels below; None was not compared."""
    points = tuple(Point(1, BEGAN, 4, None if gap is None else 4 - gap, gap) for gap in gaps)
    return Trajectory(1, "Pauses", 3, points)


def paths_of(member):
    held = overview.sessions_of(member)
    return overview.overview_of([], held, learner=member).paths


def line_of(micro):
    """As the learner's list shows it."""
    held = [each for each in overview.sessions_of(micro.learner) if each.pk == micro.pk]
    return overview.overview_of(held, [], learner=micro.learner).lines[0]


def test_an_empty_record_teaches(cast, client):
    page = client.as_(cast.leo).get(RECORD)
    assert (page.context["lines"], page.context["paths"]) == ((), [])


def test_after_the_reveal_everything_shared_is_there(cast):
    micro = shared(cast)
    reply(micro, kind="words", text="Keep it up.")
    entry = record.entry_of(micro, learner=cast.leo)
    assert entry.reveal.sentence.startswith("Same on 1 of 3.")
    assert [item.line for item in entry.feedback] == ["Named it twice.", "Wait longer."]
    assert (entry.plan.sentence, entry.reflection.confidence) == (
        "When the voice rises, I will say what I heard.",
        "fairly",
    )
    assert ([each.text for each in entry.replies], len(entry.new_replies)) == (["Keep it up."], 1)


def test_before_the_reveal_only_the_own_side_is_there(cast):
    micro = held_days_ago(cast, 0)
    coach_side(micro)
    hand_in(micro, cast.ana, 3, 3, 3)
    write_plan(micro)
    entry = record.entry_of(micro, learner=cast.leo)
    assert (entry.reveal, entry.feedback, entry.replies, entry.rating) == (None, (), (), None)
    assert entry.plan.cue == "the voice rises"


@pytest.mark.parametrize("who", ["ana", "lia"])
def test_it_holds_own_sessions_only(cast, who):
    shared(cast)
    assert (list(record.sessions_of(getattr(cast, who))), overview.sessions_of(getattr(cast, who))) == ([], [])


def test_a_line_shows_the_coachs_side_after_the_reveal_only(cast):
    micro = held_days_ago(cast, 0)
    coach_side(micro)
    hand_in(micro, cast.ana, 3, 3, 3)
    line = line_of(micro)
    assert (line.rated, line.reveal, line.plan, line.answered) == (False, None, "", False)
    hand_in(micro, cast.leo, 3, 3, 2)
    line = line_of(micro)
    assert (line.rated, line.reveal.summary) == (True, "Same on 2 of 3")


def test_a_rating_that_waits_for_the_coachs_is_in_and_sealed(cast, client):
    micro = held_days_ago(cast, 0)
    hand_in(micro, cast.leo, 3, 3, 3)
    line = line_of(micro)
    assert (line.rated, line.reveal) == (True, None)
    assert "</svg>Sealed</span>" in client.as_(cast.leo).get(RECORD).content.decode()


def test_a_line_tells_of_the_plan_and_of_an_answer_until_it_is_read(cast):
    micro = shared(cast)
    answer = reply(micro, kind="words", text="Keep it up.")
    line = line_of(micro)
    assert (line.plan, line.answered) == ("When the voice rises, I will say what I heard.", True)
    type(answer).objects.update(seen_at=timezone.now())
    assert not line_of(micro).answered


def test_a_path_shows_levels_of_both_oldest_first(cast):
    shared(cast, days=8, own=(1, 2, 2), coach=(2, 2, 2))
    shared(cast, days=1, own=(3, 2, None), coach=(3, 3, 2))
    path = paths_of(cast.leo)[0]
    assert [(each.name, [(p.own, p.other, p.gap) for p in each.points]) for each in path.trajectories] == [
        ("Names the feeling before offering a fix", [(1, 2, -1), (3, 3, 0)]),
        ("Pauses before answering", [(2, 2, 0), (2, 3, -1)]),
        ("Confirms the next step and its time", [(2, 2, 0), (None, 2, None)]),
    ]
    assert (path.sessions, path.coach) == (2, "Ana Silva")


def test_late_levels_stand_in_no_trajectory(cast):
    micro = held_days_ago(cast, 1)
    hand_in(micro, cast.ana, 3, 3, 3)
    hand_in(opened_by_deadline(micro), cast.leo, 1, 1, 1)
    trajectories = paths_of(cast.leo)[0].trajectories
    assert [(point.own, point.other) for each in trajectories for point in each.points] == [(None, 3)] * 3


def test_a_changed_rating_leaves_the_trajectory(cast):
    micro = shared(cast)
    ratings.change(micro, by=cast.leo)
    points = [point for each in paths_of(cast.leo)[0].trajectories for point in each.points]
    assert {point.own for point in points} == {None}


TRENDS = {
    (2,): "",
    (None, 2): "",
    (0, 0): "You two saw the same, then and now.",
    (1, 1): "Still 1 level apart.",
    (2, -2): "Still 2 levels apart.",
    (1, 2, 0): "1 level apart before, now the same.",
    (0, None, 2): "The same before, now 2 levels apart.",
    (3, 1): "Closer than before: 3 levels apart, now 1 level.",
    (-1, 2): "Further apart than before: 1 level, now 2 levels.",
    (2, 2, 1, 2, 1, 0, 1, 0): "Closer than before: 1.8 levels apart, now 0.5 levels.",
    (0, 0, 1, 0, 2, 1, 2, 2): "Further apart than before: 0.3 levels, now 1.8 levels.",
    (0, 0, 0, 0, 0, 0, 0, 2): "Mostly the same, then and now.",  # the last one is odd
    (2, 0, 0, 0, 0, 0, 0, 0): "Mostly the same, then and now.",  # the first one is
    (1, 1, 1, 1, 1, 1, 1, 3): "Still 1.3 levels apart.",
    (2, 2, 2, 2, 2, 0): "Still 1.7 levels apart.",
    (0, 2, 2, 0, 2, 0): "Closer than before: 1.3 levels apart, now 0.7 levels.",
    (1, 1, 1, 2): "Still 1.3 levels apart.",  # half a level is not clear yet
}


@pytest.mark.parametrize("gaps", TRENDS, ids=str)
def test_the_gaps_trend_is_told_in_words(gaps):
    assert trajectory(*gaps).trend == TRENDS[gaps]


SEEN = {
    (None,): "",
    (1,): "Level 3, seen once.",
    (1, 1): "Level 3 on 20 Aug 2025 and last time.",
    (2, 0): "Level 2 on 20 Aug 2025, 4 last time.",
}


@pytest.mark.parametrize("gaps", SEEN, ids=str)
def test_what_the_other_one_saw_is_told_in_words(gaps):
    assert trajectory(*gaps).seen == SEEN[gaps]


def test_a_first_day_of_this_year_is_told_without_the_year():
    with time_machine.travel(BEGAN, tick=False):
        assert trajectory(2, 0).seen == "Level 2 on 20 Aug, 4 last time."


def test_a_drawing_leaves_out_what_a_side_did_not_see():
    spark = sparks_of([trajectory(0, None, 3)])[0]
    assert (len(spark.own), len(spark.other), spark.own_line) == (3, 2, "68,12 102,12 136,12")
    assert (spark.other_line, spark.meets, spark.width) == ("68,12 136,66", 30, 144)


def test_a_drawing_of_many_sessions_is_no_wider_than_a_phone():
    spark = sparks_of([trajectory(*[0] * TRAJECTORY_SESSIONS)])[0]
    assert (spark.width, spark.own[-1]) == (318, (310, 12))


def test_the_levels_named_beside_a_drawing_stand_where_it_draws_them(cast, client):
    """The page draws the four numbers once and for all; a dot of that level has the same height."""
    shared(cast)
    page = client.as_(cast.leo).get(reverse("learn:record")).content.decode()
    named = re.findall(r'<text x="50" y="(\d+)">(\d)</text>', page)[:4]
    assert named == [(str(TOP + (4 - level) * ROW), str(level)) for level in (4, 3, 2, 1)]
    assert '<text x="39" y="30">meets</text>' in page


def test_a_drawings_table_leads_to_its_sessions(cast):
    micro = shared(cast, own=(2, None, 3), coach=(3, 3, None))
    rows = [row for spark in sparks_of(paths_of(cast.leo)[0].trajectories, coach="Ana Silva") for row in spark.rows]
    day = f"{timezone.localtime(micro.started_at):%-d %b}"
    page = reverse("learn:micro-show", args=[micro.pk])
    assert rows == [(page, day, "2", "3"), (page, day, "–", "3"), (page, day, "3", "–")]


def test_a_drawing_says_from_when_to_when(cast, client):
    for day, month in ((3, 2), (9, 3)):
        started = dt.datetime(2026, month, day, 10, 0, tzinfo=dt.UTC)
        both(cast.held(started_at=started, ended_at=started + dt.timedelta(minutes=15)))
    page = client.as_(cast.leo).get(reverse("learn:record")).content.decode()
    assert page.count('<p class="ends num" aria-hidden="true"><span>3 Feb</span><span>9 Mar</span></p>') == 3


def test_chances_are_counted_and_no_chance_is_none(cast):
    micro = shared(cast)
    answered(cast, micro, "as_planned", "harder", "not_this_time", "no_chance", "naturally")
    assert record.entry_of(micro, learner=cast.leo).chances == Chances(applied=3, came=4)
    assert line_of(micro).chances.sentence == "Applied in 3 of 4 chances."
    assert paths_of(cast.leo)[0].chances == Chances(applied=3, came=4)


def test_the_file_has_a_line_per_behaviour(cast, client):
    shared(cast)
    found = rows(client, cast.leo)
    assert [(row["Behaviour"], row["Own level"], row["Coach's level"], row["Late"]) for row in found] == [
        ("Names the feeling before offering a fix", "2", "3", ""),
        ("Pauses before answering", "3", "3", ""),
        ("Confirms the next step and its time", "3", "1", ""),
    ]
    assert {(row["Keep"], row["Change"], row["I will"]) for row in found} == {
        ("Named it twice.", "Wait longer.", "say what I heard")
    }


def test_a_sealed_session_is_one_line_without_levels(cast, client):
    micro = held_days_ago(cast, 0)
    coach_side(micro)
    hand_in(micro, cast.ana, 3, 3, 3)
    row = rows(client, cast.leo)[0]
    assert {row[name] for name in ("Behaviour", "Own level", "Coach's level", "Keep", "Change")} == {""}


def test_the_file_names_who_was_late(cast, client):
    micro = held_days_ago(cast, 1)
    hand_in(micro, cast.ana, 3, 3, 3)
    hand_in(opened_by_deadline(micro), cast.leo, 1, 1, 1)
    assert {row["Late"] for row in rows(client, cast.leo)} == {"self"}


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("x;=2", "x;'=2"),
        ("x\t+2;@y", "x\t'+2;'@y"),
        ('x; "=2"', 'x;\' "=2"'),
        ("x\n=2", "x\n'=2"),
        ('"=2"', '\'"=2"'),
    ],
)
def test_no_part_of_a_cell_is_a_formula_where_a_spreadsheet_splits_elsewhere(cell, kept):
    assert (harmless(cell), plain(kept)) == (kept, cell)


def test_quotation_marks_keep_the_separator_of_the_file_inside_its_cell():
    assert (harmless("Hello, =1"), harmless("x;=1", ";"), harmless("x,=1", ";")) == ("Hello, =1", "x;=1", "x,'=1")


@pytest.mark.parametrize("words", ["She said: =1", "It's 1; it's 2", "'so'; 'so'", "keep;change", "a-b;c"])
def test_words_stay_as_they_are(words):
    assert (harmless(words), plain(words)) == (words, words)


def test_planted_text_is_harmless_in_the_file(cast, client):
    micro = held_days_ago(cast, 1)
    reflect(micro, what_changed="=HYPERLINK(1)", cue="@cue", will="+will")
    row = rows(client, cast.leo)[0]
    assert (row["What changed"], row["When"], row["I will"]) == ("'=HYPERLINK(1)", "'@cue", "'+will")


def test_a_planned_session_shows_what_is_ahead(cast, client):
    micro = cast.plan()
    context = client.as_(cast.leo).get(reverse("learn:micro-show", args=[micro.pk])).context
    assert (context["can_confirm"], context["minutes"], context["last"]) == (False, 15, None)


def test_the_next_session_shows_the_plan_that_holds_until_then(cast, client):
    shared(cast)
    context = client.as_(cast.leo).get(reverse("learn:micro-show", args=[cast.plan().pk])).context
    assert context["last"].plan.sentence == "When the voice rises, I will say what I heard."


def asked_about(cast, micro, **fields):
    """The plan of this session has one open question."""
    follow_up = answered(cast, micro)
    return Prompt.objects.create(follow_up=follow_up, sequence=9, question="Did a chance come?", **fields)


def next_question_on(client, cast, micro):
    page = client.as_(cast.leo).get(reverse("learn:micro-show", args=[micro.pk]))
    return page.context["next_question"], page.content.decode()


def test_the_plan_says_when_it_is_asked_about_next(cast, client):
    micro = shared(cast)
    assert next_question_on(client, cast, micro)[0] is None
    prompt = asked_about(cast, micro, due_at=timezone.now() + dt.timedelta(days=3))
    asked, page = next_question_on(client, cast, micro)
    assert (asked.pk, asked.is_due) == (prompt.pk, False)
    due = timezone.localtime(prompt.due_at, ZoneInfo(cast.leo.timezone))
    assert f"We ask how it goes on {due:%A %-d %B}." in page
    Prompt.objects.update(late=True)
    assert f"We ask how it goes on {due:%A %-d %B}, after your days off." in next_question_on(client, cast, micro)[1]


@pytest.mark.parametrize("fields", [{}, {"status": "asked", "asked_at": BEGAN}], ids=["planned", "asked"])
def test_a_question_that_waits_is_answered_from_its_session(cast, client, fields):
    micro = shared(cast)
    prompt = asked_about(cast, micro, due_at=timezone.now() - dt.timedelta(hours=1), **fields)
    asked, page = next_question_on(client, cast, micro)
    assert (asked.is_due, reverse("learn:prompt-answer", args=[prompt.pk]) in page) == (True, True)


@pytest.mark.parametrize("wish", [
    {"prompts_stopped_at": BEGAN}, {"prompts_paused_until": dt.date(2999, 1, 1)},
], ids=str)  # fmt: skip
def test_nobody_is_told_of_a_question_they_do_not_want(cast, client, wish):
    micro = shared(cast)
    asked_about(cast, micro, due_at=timezone.now() + dt.timedelta(days=3))
    Member.objects.filter(pk=cast.leo.pk).update(**wish)
    assert next_question_on(client, cast, micro)[0] is None


@pytest.mark.parametrize("status", ["cancelled", "missed"])
def test_a_session_that_did_not_take_place_says_so(cast, client, status):
    micro = cast.plan(status=status, **{f"{status}_at": timezone.now()})
    page = client.as_(cast.leo).get(reverse("learn:micro-show", args=[micro.pk]))
    words = {"cancelled": "This session was cancelled.", "missed": "This session did not take place."}
    assert words[status] in page.content.decode()


def test_what_the_coach_wrote_of_a_cancellation_is_there_for_its_learner(cast, client):
    micro = cast.plan(status="cancelled", cancelled_at=timezone.now(), cancel_note="Stuck <in> the queue")
    page = client.as_(cast.leo).get(reverse("learn:micro-show", args=[micro.pk]))
    assert "This session was cancelled. “Stuck &lt;in&gt; the queue”" in page.content.decode()


def test_taps_of_the_practice_are_there_after_the_reveal_only(cast, client):
    micro = held_days_ago(cast, 0)
    coach_side(micro)
    address = reverse("learn:micro-show", args=[micro.pk])
    leo = client.as_(cast.leo)
    assert leo.get(address).context["practice"] == []
    both(micro)
    practice = leo.get(address).context["practice"]
    assert [(name, count.saw, count.chances) for name, count in practice][:1] == [
        ("Names the feeling before offering a fix", 1, 1)
    ]


def test_long_records_come_in_pages(cast, client):
    for days in range(11):
        held_days_ago(cast, days)
    leo = client.as_(cast.leo)
    first, second = leo.get(RECORD), leo.get(f"{RECORD}?page=2")
    assert (len(first.context["lines"]), len(second.context["lines"])) == (10, 1)
    assert second.context["paths"] == []
