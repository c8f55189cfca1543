"""The learner's words beside the rating: drafts, two pages at once, limits, and the plan's own page."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from coachhub.errors import Invalid, NotAllowed, Stale, WrongState
from sessions.domain import plans, reflections
from sessions.models import ImprovementPlan, Reflection
from tests.sessions.rate_steps import (
    PLAN,
    SEEN,
    WORDS,
    both,
    coach_side,
    fresh,
    hand_in,
    held_days_ago,
    page_of,
    reflect,
    reply,
    taps,
    write_plan,
)


def draft_of(micro) -> str:
    return f"{reverse('learn:reflection-draft', args=[micro.pk])}?version=0&plan=0"


def test_each_field_is_kept_as_it_is_typed(cast, client):
    micro = cast.held()
    leo = client.as_(cast.leo)
    for name, value in {"what_changed": "She", "cue": "the voice rises", "will": "say"}.items():
        assert leo.htmx(draft_of(micro), {name: value}).status_code == 204
    assert Reflection.objects.get(micro=micro).what_changed == "She"
    assert ImprovementPlan.objects.get(micro=micro).sentence == "When the voice rises, I will say."


def test_a_draft_of_the_own_words_never_meets_itself(cast, client):
    """Ten autosaves move the plan's version; the page's own last save still goes through."""
    micro = cast.held()
    leo = client.as_(cast.leo)
    for text in ("t", "th", "the"):
        leo.htmx(draft_of(micro), {"cue": text})
    assert leo.post(page_of(micro), taps(micro, 2, 3, 0) | WORDS | PLAN | SEEN).status_code == 302


def test_the_coachs_words_are_never_overwritten_unseen(cast, client):
    micro = cast.held()
    leo = client.as_(cast.leo)
    write_plan(micro, cast.ana, cue="a complaint starts", will="breathe")
    page = leo.post(page_of(micro), taps(micro, 2, 3, 0) | WORDS | PLAN | SEEN)
    assert page.status_code == 409
    assert page.context["stale"].theirs == "When a complaint starts, I will breathe."
    assert ImprovementPlan.objects.get(micro=micro).cue == "a complaint starts"
    shown = page.context["form"]
    again = taps(micro, 2, 3, 0) | WORDS | PLAN | {name: shown[name].value() for name in SEEN}
    assert leo.post(page_of(micro), again).status_code == 302
    assert ImprovementPlan.objects.get(micro=micro).cue == "the voice rises"


def test_a_reflection_saved_in_another_tab_is_not_overwritten(cast):
    micro = cast.held()
    reflect(micro, what_changed="First tab")
    with pytest.raises(Stale) as stale:
        reflections.save(micro, by=cast.leo, what_changed="Second tab", **PLAN, version=0, plan_version=1)
    assert (stale.value.theirs, stale.value.yours) == ("First tab", "Second tab")


def test_the_same_save_twice_is_one(cast):
    micro = cast.held()
    first = reflect(micro)
    again = reflections.save(
        micro, by=cast.leo, what_changed=first.what_changed, confidence="fairly", **PLAN, version=0, plan_version=0
    )
    assert (again.version, again.saved_at) == (first.version, first.saved_at)


def test_a_line_break_in_the_plan_becomes_a_space(cast, client):
    micro = cast.held()
    sent = taps(micro, 2, 3, 0) | WORDS | PLAN | SEEN | {"cue": "the\r\nvoice  rises"}
    client.as_(cast.leo).post(page_of(micro), sent)
    assert ImprovementPlan.objects.get(micro=micro).cue == "the voice rises"


@pytest.mark.parametrize(("name", "most"), [("what_changed", 2000), ("cue", 200), ("will", 300)])
def test_too_long_is_said_beside_its_field_and_kept_on_the_page(cast, client, name, most):
    micro = cast.held()
    page = client.as_(cast.leo).post(
        page_of(micro), taps(micro, 2, 3, 0) | WORDS | PLAN | SEEN | {name: "x" * (most + 1)}
    )
    assert (page.status_code, list(page.context["form"].errors)) == (422, [name])
    assert page.context["form"][name].value() == "x" * (most + 1)


def test_an_unknown_confidence_is_refused(cast):
    with pytest.raises(Invalid) as refused:
        reflect(cast.held(), confidence="certainly")
    assert refused.value.field == "confidence"


def test_a_newer_plan_takes_the_fields_of_a_closed_session_away(cast, client):
    old = held_days_ago(cast, 7, status="closed", closed_at=timezone.now())
    write_plan(cast.held())
    page = client.as_(cast.leo).get(page_of(old))
    assert "cue" not in page.context["form"].fields
    saved = client.as_(cast.leo).post(page_of(old), taps(old, 2, 3, 0) | WORDS | {"version": 0})
    assert (saved.status_code, Reflection.objects.get(micro=old).saved_at is not None) == (302, True)


def test_the_reflection_closes_a_session_that_missed_only_the_plan(cast):
    micro = cast.held()
    coach_side(micro)
    hand_in(micro, cast.ana, 3, 3, 3)
    reflect(micro)
    assert fresh(micro).status == "closed"


def test_the_coach_reads_it_after_the_reveal_only(cast):
    micro = cast.held()
    reflect(micro)
    assert list(Reflection.objects.unread_by(cast.ana)) == []
    both(micro)
    assert [each.what_changed for each in Reflection.objects.unread_by(cast.ana)] == ["She stopped repeating herself."]


@pytest.mark.parametrize("who", ["ana", "cole", "lia", "mia", "ada", "olga"])
def test_nobody_else_writes_it(cast, who):
    micro = cast.held()
    by = getattr(cast, who)
    with pytest.raises(NotAllowed):
        reflections.save(micro, by=by, what_changed="x", **PLAN, version=0, plan_version=0)
    with pytest.raises(NotAllowed):
        reflections.keep_draft(micro, by=by, fields={"what_changed": "x"}, version=0, plan_version=0)
    with pytest.raises(NotAllowed):
        reflections.confirm_met(micro, by=by)


def test_yes_we_met_counts_once(cast, client):
    micro = cast.held()
    leo = client.as_(cast.leo)
    leo.post(reverse("learn:micro-confirm-met", args=[micro.pk]))
    first = fresh(micro).met_confirmed_at
    leo.post(reverse("learn:micro-confirm-met", args=[micro.pk]))
    assert (first is not None, fresh(micro).met_confirmed_at) == (True, first)


def test_one_cannot_have_met_in_a_session_that_is_still_ahead(cast):
    with pytest.raises(WrongState):
        reflections.confirm_met(cast.plan(), by=cast.leo)


def test_replies_are_seen_by_a_post_never_by_looking(cast, client):
    micro = both(cast.held())
    reflect(micro)
    answer = reply(micro)
    leo = client.as_(cast.leo)
    leo.get(reverse("learn:micro-show", args=[micro.pk]))
    answer.refresh_from_db()
    assert answer.seen_at is None
    assert leo.htmx(reverse("learn:reply-see", args=[micro.pk])).status_code == 204
    answer.refresh_from_db()
    assert answer.seen_at is not None


def test_the_plan_has_a_page_of_its_own(cast, client):
    micro = cast.held()
    write_plan(micro)
    leo = client.as_(cast.leo)
    address = reverse("learn:plan-edit", args=[micro.pk])
    form = leo.get(address).context["form"]
    assert (form["cue"].value(), form["measure"].value()) == ("the voice rises", "Names the feeling once")
    sent = {"cue": "she sighs", "will": "ask once", "measure": "", "plan_version": form["plan_version"].value()}
    assert leo.post(address, sent).url == reverse("learn:micro-show", args=[micro.pk])
    plan = plans.plan_of(micro)
    assert (plan.sentence, plan.measure) == ("When she sighs, I will ask once.", "")


@pytest.mark.parametrize(("confidence", "says_nothing"), [("", True), ("fairly", False)])
def test_a_reflection_of_the_plan_alone_is_no_empty_box(cast, client, confidence, says_nothing):
    micro = both(cast.held())
    reflect(micro, what_changed="", confidence=confidence)
    page = client.as_(cast.leo).get(reverse("learn:micro-show", args=[micro.pk])).content.decode()
    assert ("Nothing written yet." in page) is says_nothing


def test_a_plan_without_words_is_refused_beside_its_field(cast, client):
    micro = cast.held()
    page = client.as_(cast.leo).post(reverse("learn:plan-edit", args=[micro.pk]), {"cue": " ", "will": "x"})
    assert (page.status_code, page.context["form"].errors) == (
        422, {"cue": ["When will you try it? A moment you will notice."]},
    )  # fmt: skip


def test_a_plan_that_the_coach_changed_meanwhile_shows_both(cast, client):
    micro = cast.held()
    write_plan(micro, cast.ana, cue="a complaint starts", will="breathe")
    sent = {"cue": "she sighs", "will": "ask once", "plan_version": 0}
    page = client.as_(cast.leo).post(reverse("learn:plan-edit", args=[micro.pk]), sent)
    assert (page.status_code, page.context["stale"].theirs) == (409, "When a complaint starts, I will breathe.")
    assert str(page.context["form"]["plan_version"].value()) == str(plans.plan_of(micro).version)


def test_a_plan_cannot_be_written_before_the_session(cast, client):
    micro = cast.plan()
    assert client.as_(cast.leo).get(reverse("learn:plan-edit", args=[micro.pk])).status_code == 409


PLANTED = ["<b>x</b>", "{{7*7}}", "=1+1", "<img src=x onerror=alert(1)>"]


@pytest.mark.parametrize("text", PLANTED)
@pytest.mark.parametrize("name", ["learn:rating-edit", "learn:micro-show", "learn:plan-edit"])
def test_planted_text_comes_out_as_text(cast, client, text, name):
    micro = both(cast.held())
    reflect(micro, what_changed=text, why_it_matters=text, cue=text, will=text)
    html = client.as_(cast.leo).get(reverse(name, args=[micro.pk])).content.decode()
    assert (escape(text) in html, text in html) == (True, escape(text) == text)
