"""The run page's last phase: the plan that saves itself, the finish and its undo."""

import pytest

from sessions.domain import plans, running
from sessions.models import ImprovementPlan, MicroSession, Status
from tests.sessions.run_steps import (
    anas_browser,  # noqa: F401 (a fixture)
    complete,
    in_phase,
    running_micro,  # noqa: F401 (a fixture)
    stopped_clock,  # noqa: F401 (a fixture)
    url,
    words,
    write_plan,
)

# -- plan and finish ------------------------------------------------------------------------------


def test_the_plan_step_has_its_defaults_and_says_what_is_missing(micro, cast, ana):
    page = ana.get(url("micro-run", in_phase(micro, "plan").pk))
    form = page.context["plan_form"]
    assert (form["measure"].value(), form["version"].value()) == ("Names the feeling once", 0)
    assert form["next_touchpoint"].value() == "2026-01-15T13:10:00+00:00"
    assert [label for _value, label in form.fields["next_touchpoint"].widget.choices] == [
        "Thu 15 Jan, 14:10", "Thu 22 Jan, 14:10", "Thu 29 Jan, 14:10", "Not fixed yet",
    ]  # fmt: skip
    assert "Still missing: your rating, Keep, Change, the plan." in words(page)
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
