"""A session's own page: what each state offers and shows; cancelling and taking it back."""

import pytest

from programs.domain import enrolments, members
from sessions.domain import schedule
from sessions.models import MicroSession
from tests.sessions.plan_steps import (
    DAY,
    HOUR,
    THURSDAY_SLOT,
    TUESDAY,
    on_tuesday,  # noqa: F401 (a fixture)
    plan,
    revealed,
    show,
)
from tests.sessions.run_steps import url


def test_a_planned_session_offers_start_move_edit_and_cancel(client, cast):
    micro = plan(cast)
    page = show(client, cast, micro).content.decode()
    offered = [name for name in ("micro-start", "micro-move", "micro-edit", "micro-cancel", "micro-missed",
                                 "micro-took-place") if url(name, micro.pk) in page]  # fmt: skip
    assert offered == ["micro-start", "micro-move", "micro-edit", "micro-cancel"]


def test_once_its_time_has_come_it_can_be_missed_or_have_taken_place(client, cast, clock):
    micro = plan(cast)
    clock.move_to(THURSDAY_SLOT + HOUR)
    page = show(client, cast, micro).content.decode()
    assert url("micro-missed", micro.pk) in page
    assert url("micro-took-place", micro.pk) in page


@pytest.mark.parametrize(
    ("status", "name"), [("running", "micro-run"), ("closing", "micro-close"), ("cancelled", "micro-plan")]
)
def test_each_state_offers_its_next_step(client, cast, status, name):
    make = {
        "running": lambda: cast.plan(status="running", started_at=TUESDAY),
        "closing": cast.held,
        "cancelled": lambda: cast.plan(status="cancelled", cancelled_at=TUESDAY),
    }
    micro = make[status]()
    target = url(name, cast.enrolment.pk if name == "micro-plan" else micro.pk)
    assert f'class="btn btn-primary" href="{target}"' in show(client, cast, micro).content.decode()


def test_a_cancelled_session_tells_its_time_apart_from_when_it_was_cancelled(client, cast):
    micro = cast.plan(when=TUESDAY + 2 * DAY, status="cancelled", cancelled_at=TUESDAY, cancel_note="Training")
    page = " ".join(show(client, cast, micro).content.decode().split())
    assert "<p>It was planned for Thu 15 Jan, 10:00.</p>" in page
    assert "Cancelled on Tue 13 Jan, 10:00 · “Training”" in page


def test_a_sealed_session_shows_the_coach_nothing_of_the_learners_rating(client, cast):
    micro = cast.held()
    page = show(client, cast, micro)
    assert page.context["entry"].reveal is None
    assert "Ratings are sealed" in page.content.decode()


def test_after_the_reveal_both_views_stand_side_by_side(client, cast):
    micro = revealed(cast, {0: 3, 1: 2}, days_ago=2)
    reveal = show(client, cast, micro).context["entry"].reveal
    assert [(line.own.level, line.other.level) for line in reveal.lines] == [(3, None), (2, None), (None, None)]


def test_the_learners_own_time_is_shown_where_it_differs(client, cast):
    cast.leo.timezone = "Asia/Kolkata"
    cast.leo.save()
    assert show(client, cast, plan(cast)).context["there"] == "Thu 15 Jan, 18:40 for Leo Marin"


def test_words_of_people_are_harmless_on_the_page(client, cast):
    micro = plan(cast, details={"reference": "<b>{{7*7}}</b>"})
    page = show(client, cast, micro).content.decode()
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in page


# Cancelling, missed, taking it back


def test_a_cancelled_session_can_be_taken_back(client, cast):
    micro = plan(cast)
    ana = client.as_(cast.ana)
    ana.post(url("micro-cancel", micro.pk), {"note": "Training"})
    page = ana.get(micro.get_absolute_url())
    assert (page.context["micro"].status, page.context["micro"].cancel_note) == ("cancelled", "Training")
    assert url("micro-restore", micro.pk) in page.content.decode()
    ana.post(url("micro-restore", micro.pk))
    assert MicroSession.objects.get().status == "planned"


def test_cancelling_twice_tells_the_learner_once(client, cast):
    micro = plan(cast)
    ana = client.as_(cast.ana)
    for _n in range(2):
        assert ana.post(url("micro-cancel", micro.pk), {"note": ""}).status_code == 302
    assert micro.messages.count() == 2  # planned, cancelled


def test_a_note_that_is_too_long_cancels_nothing(client, cast):
    micro = plan(cast)
    response = client.as_(cast.ana).post(url("micro-cancel", micro.pk), {"note": "x" * 100_000})
    assert (response.status_code, MicroSession.objects.get().status) == (422, "planned")
    assert list(response.context["form"].errors) == ["note"]


def test_an_undo_bar_sent_by_htmx_shows_the_page_anew(client, cast):
    micro = schedule.cancel(plan(cast), by=cast.ana)
    response = client.as_(cast.ana).htmx(url("micro-restore", micro.pk))
    assert (response.status_code, response["HX-Redirect"]) == (200, micro.get_absolute_url())


# What no longer works is not offered


@pytest.mark.parametrize("go", ["reassigned", "ended"])
def test_who_can_plan_no_more_is_offered_no_other_session_and_no_undo(client, cast, go):
    micro = schedule.cancel(plan(cast), by=cast.ana)
    if go == "ended":
        enrolments.end(cast.enrolment, by=cast.ada)
    else:
        enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    page = show(client, cast, micro)
    assert (page.context["can_plan"], page.context["undo"]) == (False, None)
    assert "Plan another" not in page.content.decode()


def test_a_former_coach_says_what_happened_and_cannot_move_it(client, cast, clock):
    micro = plan(cast)
    clock.move_to(THURSDAY_SLOT + HOUR)
    assert url("micro-move", micro.pk) in show(client, cast, micro).content.decode()
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    page, ana = show(client, cast, micro).content.decode(), client.as_(cast.ana)
    assert [url(name, micro.pk) in page for name in ("micro-move", "micro-took-place")] == [False, True]
    assert url("micro-move", micro.pk) not in ana.get(url("micro-edit", micro.pk)).content.decode()
    assert ana.get(url("micro-move", micro.pk)).status_code == 403
    assert ana.get(url("micro-cancel", micro.pk)).status_code == 200


def test_who_coaches_no_more_goes_back_to_today(client, cast):
    micro = cast.held()
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    members.change(cast.ana, by=cast.ada, roles=["manager"])
    assert '<a class="back" href="/">' in show(client, cast, micro).content.decode()
