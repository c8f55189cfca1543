"""The run page: each phase, saving as one types and taps, with and without JavaScript, at a constant cost."""

import datetime as dt
import re
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from programs.models import Blueprint
from sessions.domain import feedback, notes, plans, replies, running, ticks
from sessions.models import Feedback, ImprovementPlan, MicroSession, Phase, PrivateNote, Prompt, Reply, Status, Tick
from tests.sessions.run_steps import closed, complete, rate, reflect, write_lines, write_plan

MONDAY = dt.datetime(2026, 1, 12, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def micro(clock, cast):
    return running.start(cast.plan(), by=cast.ana)


@pytest.fixture
def ana(client, cast):
    return client.as_(cast.ana)


def url(name: str, *args) -> str:
    return reverse(f"coach:{name}", args=args)


def in_phase(micro, phase: str):
    return running.go_to(micro, by=micro.coach, phase=phase)


def words(response) -> str:
    """The page's text, tags and repeated spaces gone."""
    body = re.sub(r"(?s)<(script|style|template).*?</\1>", " ", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()


# -- the head -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "seconds"), [(10, [80, 240, 160, 120]), (15, [120, 360, 240, 180]), (20, [160, 480, 320, 240])]
)
def test_phases_scale_to_the_planned_minutes(clock, cast, ana, minutes, seconds):
    micro = running.start(cast.plan(minutes_planned=minutes), by=cast.ana)
    page = ana.get(url("micro-run", micro.pk))
    assert [step.seconds for step in page.context["steps"]] == seconds
    assert sum(seconds) == minutes * 60


def test_the_head_says_phase_time_and_what_is_left(clock, micro, ana, cast):
    clock.shift(120)
    in_phase(micro, "practice")
    clock.shift(252)
    page = ana.get(url("micro-run", micro.pk))
    step = page.context["step"]
    assert (step.phase, step.clock, page.context["number"], page.context["minutes_left"]) == (
        Phase.PRACTICE, "4:12", 2, 9,
    )  # fmt: skip
    assert [each.state for each in page.context["steps"]] == ["done", "now", "ahead", "ahead"]


def test_after_its_time_the_page_goes_on(clock, micro, ana):
    clock.shift(16 * 60)
    page = ana.get(url("micro-run", micro.pk))
    assert (page.context["minutes_left"], "over time" in words(page)) == (-1, True)


@pytest.mark.parametrize("state", ["planned", "cancelled", "missed"])
def test_before_and_without_a_session_there_is_its_plan(cast, ana, state):
    more = {} if state == "planned" else {f"{state}_at": timezone.now()}
    micro = cast.plan(status=state, **more)
    assert ana.get(url("micro-run", micro.pk)).url == url("micro-show", micro.pk)
    assert ana.get(url("micro-close", micro.pk)).url == url("micro-show", micro.pk)


def test_after_the_end_there_is_the_finish_page_and_before_it_the_run_page(cast, ana):
    assert ana.get(url("micro-run", cast.held().pk)).url == url("micro-close", MicroSession.objects.get().pk)
    micro = running.start(cast.plan(), by=cast.ana)
    assert ana.get(url("micro-close", micro.pk)).url == url("micro-run", micro.pk)


# -- start and goal -------------------------------------------------------------------------------


def test_a_start_leads_to_the_run_page(cast, ana):
    micro = cast.plan()
    response = ana.post(url("micro-start", micro.pk))
    micro.refresh_from_db()
    assert (response.url, micro.status) == (url("micro-run", micro.pk), Status.RUNNING)


def test_a_get_starts_nothing(cast, ana):
    micro = cast.plan()
    assert ana.get(url("micro-start", micro.pk)).status_code == 405
    micro.refresh_from_db()
    assert micro.status == Status.PLANNED


def test_the_start_of_the_next_session_can_be_undone_from_its_page(clock, micro, cast, ana):
    clock.shift(20 * 60)
    following = running.start(cast.plan(), by=cast.ana)
    page = ana.get(url("micro-run", following.pk))
    assert page.context["just_ended"].pk == micro.pk
    assert "Leo Marin: ended after 15 min. Finish it from Today." in words(page)
    assert ana.post(url("micro-finish-undo", micro.pk)).url == url("micro-run", micro.pk)
    clock.shift(13)
    assert ana.get(url("micro-run", running.start(following, by=cast.ana).pk)).context["just_ended"].pk == micro.pk
    clock.shift(13)
    assert ana.get(url("micro-run", following.pk)).context["just_ended"] is None


def test_what_an_earlier_start_ended_is_not_told_again(clock, micro, cast, ana):
    clock.shift(20 * 60)
    following = running.start(cast.plan(), by=cast.ana)
    clock.shift(5 * 60)
    running.finish(following, by=cast.ana)
    third = running.start(cast.plan(), by=cast.ana)
    assert ana.get(url("micro-run", third.pk)).context["just_ended"] is None


def test_the_goal_step_shows_the_last_plan_its_answer_and_what_to_talk_about(clock, micro, cast, ana):
    closed(micro)
    rate(micro, cast.leo, submit=True)
    Prompt.objects.update(
        status="answered", answer="harder", asked_at=MONDAY, answered_at=MONDAY, note="When they talk over me."
    )
    micro.refresh_from_db()
    replies.reply(reflect(micro), by=cast.ana, kind="next_time")
    clock.shift(dt.timedelta(days=3))
    page = ana.get(url("micro-run", running.start(cast.plan(), by=cast.ana).pk))
    text = words(page)
    assert page.context["last"].plan.pk == plans.plan_of(micro).pk
    assert [topic.reflection.micro for topic in page.context["topics"]] == [micro]
    for line in (
        "“When the voice rises, I will say what I heard.”",
        "1 of 1 chances · Yes, harder than planned, Mon 12 Jan",
        "“When they talk over me.”",
        "“She stopped repeating herself.”",
        "“What do you want to get out of these 15 minutes?”",
        "Success today: Names the feeling once",
    ):
        assert line in text


def test_the_question_is_the_blueprints_own_where_it_has_one(micro, cast, ana):
    MicroSession.objects.update(blueprint=cast.pillar.blueprints.first())
    assert words(ana.get(url("micro-run", micro.pk))).count("What do you want to get out of these 15 minutes?") == 1


def test_the_goal_saves_itself(micro, ana):
    answer = ana.htmx(url("micro-goal", micro.pk), {"learner_goal": "Stay calm when they shout."})
    micro.refresh_from_db()
    assert (answer.status_code, micro.learner_goal) == (200, "Stay calm when they shout.")


def versions(answer) -> dict[str, str]:
    return {"version": re.search(r'name="version" value="([0-9]+)"', answer.content.decode())[1]}


@pytest.mark.parametrize(("part", "field"), [("micro-goal", "learner_goal"), ("note-write", "text")])
def test_a_goal_or_note_of_another_page_is_not_overwritten_unseen(micro, ana, part, field):
    first = ana.htmx(url(part, micro.pk), {field: "Said on one page.", "version": "0"})
    stale = ana.htmx(url(part, micro.pk), {field: "Said on another.", "version": "0"})
    assert (first.status_code, stale.status_code) == (200, 409)
    assert "Said on one page." in words(stale)
    again = ana.htmx(url(part, micro.pk), {field: "Said on one page.", "version": "0"})
    taken = ana.htmx(url(part, micro.pk), {field: "Both.", **versions(first)})
    assert (again.status_code, taken.status_code, versions(again) == versions(first)) == (200, 200, True)


def test_without_javascript_a_button_saves_it(micro, ana):
    assert ana.post(url("micro-goal", micro.pk), {"learner_goal": "Stay calm."}).url == url("micro-run", micro.pk)
    assert MicroSession.objects.get().learner_goal == "Stay calm."


def test_a_goal_that_is_too_long_comes_back_in_its_field(micro, ana):
    page = ana.post(url("micro-goal", micro.pk), {"learner_goal": "x" * 601})
    form = page.context["goal_form"]
    assert (page.status_code, form.errors["learner_goal"], form["learner_goal"].value()) == (
        422, ["At most 600 characters fit here."], "x" * 601,
    )  # fmt: skip
    part = ana.htmx(url("micro-goal", micro.pk), {"learner_goal": "x" * 601})
    assert (part.status_code, words(part)) == (
        422, "At most 600 characters fit here. Not saved yet. What you typed is still here.",
    )  # fmt: skip


# -- phases ---------------------------------------------------------------------------------------


def test_another_phase_is_a_part_for_htmx_and_a_redirect_for_a_form(micro, ana):
    part = ana.htmx(url("micro-phase", micro.pk), {"phase": "plan"})
    assert (part.status_code, part.content.strip().startswith(b'<div id="run"'), part.context["number"]) == (
        200,
        True,
        4,
    )
    assert ana.post(url("micro-phase", micro.pk), {"phase": "goal"}).url == url("micro-run", micro.pk)
    assert MicroSession.objects.get().phase == Phase.GOAL


def test_an_unknown_phase_is_refused_with_a_sentence(micro, ana):
    assert ana.post(url("micro-phase", micro.pk), {"phase": "warm-up"}).status_code == 422
    assert MicroSession.objects.get().phase == Phase.GOAL


# -- practice: taps and notes ---------------------------------------------------------------------


def tap(micro, **more) -> dict:
    return {"behaviour": micro.focus_id, "tap": "saw", "form_key": str(uuid4())} | more


def test_the_focus_comes_first_with_its_counts(micro, cast, ana):
    second = cast.criteria[1].behaviour
    MicroSession.objects.update(focus=second)
    ticks.add(micro, by=cast.ana, behaviour=second, kind="chance", key=uuid4())
    in_phase(micro, "practice")
    tallies = ana.get(url("micro-run", micro.pk)).context["tallies"]
    assert [(each.behaviour.key, each.count.saw, each.count.chance, each.is_focus) for each in tallies] == [
        ("pauses", 0, 1, True), ("names-feeling", 0, 0, False), ("confirms-next-step", 0, 0, False),
    ]  # fmt: skip


def test_a_tap_counts_once_however_often_it_arrives(micro, ana):
    data = tap(micro)
    assert [ana.htmx(url("micro-tick", micro.pk), data).status_code for _ in range(3)] == [204] * 3
    assert Tick.objects.counted().count() == 1


def test_a_tap_is_taken_back_by_its_key_and_the_last_one_by_the_key_on_the_page(micro, ana):
    first, second = tap(micro), tap(micro)
    for data in (first, second):
        ana.htmx(url("micro-tick", micro.pk), data)
    undo = {"behaviour": micro.focus_id, "undo": first["form_key"], "form_key": str(uuid4())}
    last = {"behaviour": micro.focus_id, "undo": "last", "last": second["form_key"]}
    for data in (undo, undo, last, last):
        assert ana.htmx(url("micro-tick", micro.pk), data).status_code == 204
    assert (Tick.objects.counted().count(), Tick.objects.count()) == (0, 2)


def test_without_javascript_a_tap_leads_back_to_its_behaviour(micro, ana):
    response = ana.post(url("micro-tick", micro.pk), tap(micro))
    assert response.url == f"{url('micro-run', micro.pk)}#tally-{micro.focus_id}"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"behaviour": "x"}, 422), ({"behaviour": "999999"}, 404), ({"tap": "liked"}, 422), ({"form_key": ""}, 422),
        ({"form_key": "x"}, 422), ({"undo": "x"}, 422), ({"undo": "last"}, 422),
    ],
)  # fmt: skip
def test_a_tap_that_makes_no_sense_is_refused(micro, ana, change, status):
    assert ana.htmx(url("micro-tick", micro.pk), tap(micro, **change)).status_code == status
    assert Tick.objects.count() == 0


def test_a_note_is_kept_encrypted_and_for_its_coach_alone(micro, cast, ana):
    assert ana.htmx(url("note-write", micro.pk), {"text": "Breathes before answering."}).status_code == 200
    assert ana.get(url("micro-run", micro.pk)).context["note_form"]["text"].value() == "Breathes before answering."
    assert b"Breathes" not in bytes(PrivateNote.objects.get().sealed)
    assert notes.read(micro, by=cast.leo) == ""


def test_a_note_that_is_too_long_comes_back(micro, ana):
    page = ana.post(url("note-write", micro.pk), {"text": "x" * 4001})
    assert (page.status_code, page.context["note_form"]["text"].value()) == (422, "x" * 4001)


# -- rate + talk ----------------------------------------------------------------------------------


def test_the_learner_comes_first(micro, cast, ana):
    text = words(ana.get(url("micro-run", in_phase(micro, "rate").pk)))
    assert "Leo Marin first. Say nothing yet." in text
    assert "Waiting for their rating." in text


def look_of(html: str, label: str) -> str:
    """The class that says how loud the button with this label is."""
    return re.search(rf'<button class="btn (btn-[a-z-]+)[^>]*>(?:<svg.*?</svg>)?{re.escape(label)}', html)[1]


def looks_of_the_rate_step(ana, micro) -> tuple[list[str], list[str]]:
    """Of handing in and of going on: in the whole page, and in the part that htmx gets."""
    whole = ana.get(url("micro-run", micro.pk)).content.decode()
    part = ana.htmx(url("micro-phase", micro.pk), {"phase": "rate"}).content.decode()
    in_words = "Save the change" if "Your rating is in" in whole else "Hand in my rating"
    return tuple([look_of(html, label) for html in (whole, part)] for label in (in_words, "Next: Plan"))


def test_until_the_own_rating_is_in_handing_it_in_is_the_next_step(micro, cast, ana):
    in_phase(micro, "rate")
    rate(micro, cast.ana)
    assert looks_of_the_rate_step(ana, micro) == (["btn-primary"] * 2, ["btn-outline-primary"] * 2)
    rate(micro, cast.ana, submit=True)
    assert looks_of_the_rate_step(ana, micro) == (["btn-outline-primary"] * 2, ["btn-primary"] * 2)


@pytest.mark.parametrize(("phase", "following"), [("goal", "Practice"), ("practice", "Rate + talk")])
def test_in_the_other_phases_the_next_one_is_the_next_step(micro, ana, phase, following):
    html = ana.get(url("micro-run", in_phase(micro, phase).pk)).content.decode()
    assert look_of(html, f"Next: {following}") == "btn-primary"


def test_the_coach_is_told_that_the_focus_is_enough(micro, cast, ana):
    in_phase(micro, "rate")
    assert "Your rating The focus is enough. Rate the rest if you saw it." in words(ana.get(url("micro-run", micro.pk)))
    focus = next(each for each in cast.criteria if each.behaviour_id == micro.focus_id)
    ana.post(url("rating-submit", micro.pk), {f"level-{focus.pk}": 3})
    page = words(ana.get(url("micro-run", micro.pk)))
    assert ("Your rating is in" in page, "The focus is enough" in page) == (True, False)


def test_the_page_learns_that_they_have_rated_and_nothing_else(micro, cast, ana):
    before = state_of(ana, micro)
    rate(micro, cast.leo, level=1)
    assert state_of(ana, micro) == before
    rate(micro, cast.leo, level=1, submit=True)
    low = state_of(ana, micro)
    rate(micro, cast.leo, level=4)
    assert state_of(ana, micro) == low
    assert words(ana.get(url("micro-rated", micro.pk))) == "Leo Marin has rated. Your turn, then both open."


def state_of(ana, micro) -> bytes:
    return without_tokens(ana.get(url("micro-rated", micro.pk)).content)


def test_it_asks_again_by_itself_until_both_are_open(micro, cast, ana):
    rate(micro, cast.leo, submit=True)
    assert 'hx-trigger="every 4s"' in ana.get(url("micro-rated", micro.pk)).content.decode()
    rate(micro, cast.ana, submit=True)
    page = ana.get(url("micro-rated", micro.pk))
    assert "hx-trigger" not in page.content.decode()
    assert "Same on all 3." in words(page)


def test_nothing_of_the_rate_step_tells_a_sealed_rating(micro, cast, ana):
    in_phase(micro, "rate")
    page = ana.get(url("micro-run", micro.pk)).content
    rate(micro, cast.leo, level=1)
    again = ana.get(url("micro-run", micro.pk)).content
    assert without_tokens(again) == without_tokens(page)


def without_tokens(page: bytes) -> bytes:
    """Without what differs in every answer."""
    return re.sub(rb'(csrfmiddlewaretoken" value=|"X-CSRFToken": |nonce=)"[^"]+"', b"", page)


def test_taps_propose_lines_and_nothing_is_chosen(micro, cast, ana):
    for kind in ("saw", "saw", "chance"):
        ticks.add(micro, by=cast.ana, behaviour=micro.focus, kind=kind, key=uuid4())
    page = ana.get(url("micro-run", in_phase(micro, "rate").pk))
    assert page.context["keep_suggestions"] == ["2 times: names the feeling before offering a fix"]
    assert page.context["change_suggestions"] == ["Next chance: names the feeling before offering a fix"]
    assert page.context["keep_form"]["line"].value() is None
    assert {scale.chosen for scale in page.context["scales"]} == {None}


@pytest.mark.parametrize(("own_opening", "told"), [(True, "said"), (False, "wants")])
def test_the_answer_to_the_opening_question_is_named_for_what_it_is(micro, ana, own_opening, told):
    blueprint = Blueprint.objects.exclude(opening="").first() if own_opening else None
    MicroSession.objects.filter(pk=micro.pk).update(blueprint=blueprint)
    running.write_goal(micro, by=micro.coach, text="He left", version=0)
    page = ana.get(url("micro-run", in_phase(micro, "rate").pk))
    assert f"{micro.learner.name} {told}: He left" in words(page)


def test_the_learner_has_no_door_to_lines_and_taps_before_the_reveal(micro, cast, client):
    write_lines(micro)
    leo = client.as_(cast.leo)
    for name in ("micro-run", "micro-rated", "micro-missing", "micro-close"):
        assert leo.get(url(name, micro.pk)).status_code == 404
    assert list(Feedback.objects.visible_to(cast.leo)) == []


def test_a_line_saves_itself_and_says_its_version(micro, ana):
    answer = ana.htmx(url("feedback-write", micro.pk, "keep"), {"line": "You named it.", "version": "0"})
    assert answer.content.decode() == '<input type="hidden" name="version" value="1">'
    ana.htmx(url("feedback-write", micro.pk, "keep"), {"impact": "She slowed down.", "version": "1"})
    assert list(Feedback.objects.values_list("line", "impact", "version")) == [("You named it.", "She slowed down.", 2)]


def test_a_stale_line_gets_both_texts_and_changes_nothing(micro, cast, ana):
    feedback.write(micro, by=cast.ana, kind="keep", version=0, line="From the phone <b>")
    answer = ana.htmx(url("feedback-write", micro.pk, "keep"), {"line": "From the desk", "version": "0"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<p>From the phone &lt;b&gt;</p>" in page
    assert 'data-version="1"' in page
    assert '<textarea name="line">From the phone &lt;b&gt;</textarea>' in page
    assert Feedback.objects.get().line == "From the phone <b>"


def test_without_javascript_a_stale_line_is_shown_beside_the_other(micro, cast, ana):
    feedback.write(micro, by=cast.ana, kind="keep", version=0, line="From the phone")
    page = ana.post(url("feedback-write", micro.pk, "keep"), {"line": "From the desk", "version": "0"})
    assert page.status_code == 409
    assert "From the phone" in words(page)
    assert "From the desk" in words(page)


def test_there_are_two_kinds_of_feedback(micro, ana):
    assert ana.htmx(url("feedback-write", micro.pk, "praise"), {"line": "Well done."}).status_code == 422


def test_line_breaks_of_a_browser_count_as_one_character(micro, ana):
    text = "a\r\n" * 100
    ana.post(url("feedback-write", micro.pk, "keep"), {"line": text, "version": "0"})
    assert Feedback.objects.get().line == ("a\n" * 100).strip()


# -- plan and finish ------------------------------------------------------------------------------


def test_the_plan_step_has_its_defaults_and_says_what_is_missing(micro, cast, ana):
    page = ana.get(url("micro-run", in_phase(micro, "plan").pk))
    form = page.context["plan_form"]
    assert (form["measure"].value(), form["version"].value()) == ("Names the feeling once", 0)
    assert form["next_touchpoint"].value() == "2026-01-15T13:10:00+00:00"
    assert [label for _value, label in form.fields["next_touchpoint"].widget.choices] == [
        "Thu 15 Jan, 14:10", "Thu 22 Jan, 14:10", "Thu 29 Jan, 14:10", "Not fixed yet",
    ]  # fmt: skip
    assert "Still missing: your rating of the focus, one line to keep, one line to change, the plan." in words(page)
    assert ImprovementPlan.objects.count() == 0


def test_the_plan_saves_itself_field_by_field(micro, ana):
    for version, data in enumerate([{"cue": "the voice rises"}, {"will": "wait"}, {"next_touchpoint": ""}]):
        answer = ana.htmx(url("improvement-plan-write", micro.pk), data | {"version": str(version)})
        assert answer.content.decode() == f'<input type="hidden" name="version" value="{version + 1}">'
    plan = ImprovementPlan.objects.get()
    assert (plan.cue, plan.will, plan.measure, plan.next_touchpoint) == (
        "the voice rises", "wait", "Names the feeling once", None,
    )  # fmt: skip


@pytest.mark.parametrize("at", ["soon", "2026-01-15T13:10", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_touchpoint_that_is_no_time_is_refused(micro, ana, at):
    answer = ana.htmx(url("improvement-plan-write", micro.pk), {"next_touchpoint": at, "version": "0"})
    assert (answer.status_code, ImprovementPlan.objects.count()) == (422, 0)


def test_the_learners_words_meet_the_coachs_without_loss(micro, cast, ana):
    write_plan(micro, cast.leo)
    answer = ana.htmx(url("improvement-plan-write", micro.pk), {"cue": "she shouts", "version": "0"})
    assert answer.status_code == 409
    assert "When the voice rises, I will say what I heard." in words(answer)
    assert plans.plan_of(micro).cue == "the voice rises"


def test_the_finish_leads_to_what_is_missing(micro, ana):
    assert ana.post(url("micro-finish", micro.pk)).url == url("micro-close", micro.pk)
    assert MicroSession.objects.get().status == Status.CLOSING


def test_a_complete_session_is_done_with_its_finish(micro, ana):
    complete(micro)
    assert ana.post(url("micro-finish", micro.pk), follow=True).context["closed"] is True


def test_an_undo_leads_back_into_the_session(micro, cast, ana):
    running.finish(micro, by=cast.ana)
    assert ana.htmx(url("micro-finish-undo", micro.pk)).headers["HX-Redirect"] == url("micro-run", micro.pk)
    assert MicroSession.objects.get().status == Status.RUNNING


def test_an_undo_too_late_says_so_and_changes_nothing(micro, clock, cast, ana):
    running.finish(micro, by=cast.ana)
    clock.shift(20)
    page = ana.post(url("micro-finish-undo", micro.pk))
    assert (page.status_code, MicroSession.objects.get().status) == (409, Status.CLOSING)


# -- cost -----------------------------------------------------------------------------------------

QUERIES = {"goal": 9, "practice": 7, "rate": 11, "plan": 10}


def add_rows(micro, cast, days: int):
    """A tap per behaviour, an earlier session with its answered plan, a topic, a usual slot."""
    for criterion in cast.criteria:
        ticks.add(micro, by=cast.ana, behaviour=criterion.behaviour, kind="saw", key=uuid4())
    start = MONDAY - dt.timedelta(days=days)
    held = cast.held(revealed_at=timezone.now(), started_at=start, ended_at=start + dt.timedelta(minutes=15))
    ImprovementPlan.objects.create(micro=held, cue="the voice rises", will="wait", written_by=cast.leo)
    Reply.objects.create(reflection=reflect(held), coach=cast.ana, kind="next_time", taken_up_in=micro)
    cast.enrolment.usual_slots.create(weekday=days, starts_at=dt.time(9), timezone="Europe/Berlin")


@pytest.mark.parametrize("phase", list(QUERIES))
def test_a_phase_costs_the_same_with_one_and_with_three_rows(micro, clock, cast, ana, phase, django_assert_num_queries):
    in_phase(micro, phase)
    rate(micro, cast.ana)
    write_lines(micro)
    add_rows(micro, cast, 1)
    clock.shift(60)  # the undo of the start has passed
    ana.get(url("micro-run", micro.pk))
    with django_assert_num_queries(QUERIES[phase]):
        ana.get(url("micro-run", micro.pk))
    add_rows(micro, cast, 2)
    add_rows(micro, cast, 3)
    with django_assert_num_queries(QUERIES[phase]):
        ana.get(url("micro-run", micro.pk))
