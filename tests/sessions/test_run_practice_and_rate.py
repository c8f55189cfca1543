"""The run page while they practise and rate: taps, notes, both ratings, lines; with and without JavaScript."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from programs.domain import members
from sessions.domain import feedback, notes, running, ticks
from sessions.models import Feedback, MicroSession, PrivateNote, Tick
from tests.sessions.run_steps import (
    anas_browser,  # noqa: F401 (a fixture)
    in_phase,
    rate,
    running_micro,  # noqa: F401 (a fixture)
    stopped_clock,  # noqa: F401 (a fixture)
    url,
    words,
    write_lines,
)

# -- practice: taps and notes ---------------------------------------------------------------------


def tap(micro, **more) -> dict:
    return {"behaviour": micro.focus_id, "tap": "saw", "form_key": str(uuid4())} | more


def test_the_focus_comes_first_with_its_counts(micro, cast, ana):
    second = cast.criteria[1].behaviour
    MicroSession.objects.update(focus=second)
    ticks.add(micro, by=cast.ana, behaviour=second, kind="chance", key=uuid4())
    in_phase(micro, "practice")
    tallies = ana.get(url("micro-run", micro.pk)).context["tallies"]
    assert [(each.criterion.behaviour.key, each.count.saw, each.count.chance, each.is_focus) for each in tallies] == [
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


@pytest.mark.parametrize("status", ["planned", "missed", "cancelled"])
@pytest.mark.parametrize("data", [{"text": "x" * 4001}, {"text": "a\0b"}, {"text": "Breathes.", "version": -1}])
def test_a_note_that_cannot_be_kept_comes_back_too_where_no_session_was_held(cast, ana, status, data):
    micro = cast.plan()
    MicroSession.objects.filter(pk=micro.pk).update(
        status=status, **({} if status == "planned" else {f"{status}_at": timezone.now()})
    )
    page = ana.post(url("note-write", micro.pk), data)
    assert (page.status_code, page.context["note_form"]["text"].value()) == (422, data["text"])
    assert "sessions/micro/show.html" in [each.name for each in page.templates]


def test_two_notes_on_a_planned_session_are_both_shown(cast, ana):
    micro = cast.plan()
    ana.htmx(url("note-write", micro.pk), {"text": "First."})
    page = ana.htmx(url("note-write", micro.pk), {"text": "Second.", "version": 0})
    assert (page.status_code, "First." in page.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("name", "args", "data"),
    [
        ("micro-minutes", [], {"minutes": 0}),
        ("micro-goal", [], {"learner_goal": "Breathe", "version": -1}),
        ("feedback-write", ["keep"], {"line": "Breathe", "version": -1}),
        ("improvement-plan-write", [], {"cue": "It rings", "version": -1}),
    ],
)
def test_nothing_but_a_note_is_taken_before_a_session(cast, ana, name, args, data):
    address = url(name, cast.plan().pk, *args)
    answers = ana.post(address, data), ana.htmx(address, data)
    assert [each.status_code for each in answers] == [409, 409 if name == "micro-minutes" else 422]


# -- rate + talk ----------------------------------------------------------------------------------


def test_the_learner_comes_first(micro, cast, ana):
    text = words(ana.get(url("micro-run", in_phase(micro, "rate").pk)))
    assert "Leo Marin first. Say nothing yet." in text
    assert "Waiting for their rating." in text


def test_no_rating_is_asked_of_who_has_left(micro, cast, ana):
    micro = in_phase(micro, "rate")
    members.deactivate(cast.leo, by=cast.ada)
    page = ana.get(url("micro-run", micro.pk))
    assert "Leo Marin is no longer a member here. You rate alone." in words(page)
    assert [url(name, micro.pk) in page.content.decode() for name in ("code-make", "hand-over")] == [False, False]


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
    assert page.context["keep_suggestions"] == [("2 times: names the feeling before offering a fix", micro.focus_id)]
    assert page.context["change_suggestions"] == [
        ("Next chance: names the feeling before offering a fix", micro.focus_id)
    ]
    assert page.context["keep_form"]["line"].value() is None
    assert {scale.chosen for scale in page.context["scales"]} == {None}


def test_what_the_learner_wants_stands_beside_the_rating(micro, ana):
    running.write_goal(micro, by=micro.coach, text="He left", version=0)
    page = ana.get(url("micro-run", in_phase(micro, "rate").pk))
    assert f"{micro.learner.name} wants: He left" in words(page)


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
