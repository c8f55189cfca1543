"""The learner's one flow: rate, reflect, plan; finished now, later, or in two steps while the session runs."""

import datetime as dt
import re
from dataclasses import asdict
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape

from coachhub.errors import Invalid, NotAllowed, Stale, WrongState
from programs.domain.agreements import clauses_of
from programs.models import Agreement
from sessions.domain import plans, ratings, reflections
from sessions.models import Feedback, FollowUp, ImprovementPlan, MicroSession, Prompt, Rating, Reflection
from tests.sessions.rate_steps import (
    both,
    coach_side,
    fresh,
    hand_in,
    held_days_ago,
    levels,
    opened_by_deadline,
    reflect,
    reply,
    taps,
    write_plan,
)  # fmt: skip

WORDS = {"what_changed": "She stopped.", "why_it_matters": "Calmer.", "confidence": "very"}
PLAN = {"cue": "the voice rises", "will": "say what I heard"}
SEEN = {"version": 0, "plan_version": 0}


def page_of(micro) -> str:
    return reverse("learn:rating-edit", args=[micro.pk])


def draft_of(micro) -> str:
    return f"{reverse('learn:reflection-draft', args=[micro.pk])}?version=0&plan=0"


def running(cast):
    return cast.plan(status="running", started_at=timezone.now())


def test_nothing_is_preselected(cast, client):
    page = client.as_(cast.leo).get(page_of(cast.held()))
    assert [scale.chosen for scale in page.context["scales"]] == [None, None, None]
    assert page.context["form"]["confidence"].value() == ""


def test_one_save_hands_in_shares_and_plans(cast, client):
    micro = cast.held()
    page = client.as_(cast.leo).post(page_of(micro), taps(micro, 2, 3, 0) | WORDS | PLAN | SEEN)
    assert page.url == reverse("learn:micro-show", args=[micro.pk])
    reflection, plan = Reflection.objects.get(micro=micro), ImprovementPlan.objects.get(micro=micro)
    assert Rating.objects.get(rater=cast.leo).submitted_at is not None
    assert {name: getattr(reflection, name) for name in WORDS} == WORDS
    assert (reflection.saved_at is not None, plan.sentence) == (True, "When the voice rises, I will say what I heard.")


def test_finish_later_keeps_everything_and_shares_nothing(cast, client):
    micro = cast.held()
    leo = client.as_(cast.leo)
    page = leo.post(page_of(micro), taps(micro, 2) | WORDS | {"cue": "the voice rises", "later": "1"} | SEEN)
    assert page.url == reverse("today")
    assert [str(message) for message in get_messages(page.wsgi_request)] == ["Kept. You can finish it from Today."]
    assert Rating.objects.get(rater=cast.leo).submitted_at is None
    reflection = Reflection.objects.get(micro=micro)
    assert (reflection.what_changed, reflection.saved_at) == ("She stopped.", None)
    again = leo.get(page_of(micro)).context
    assert ([scale.chosen for scale in again["scales"]], again["form"]["cue"].value()) == (
        [2, None, None], "the voice rises",
    )  # fmt: skip


def test_without_a_plan_the_rating_goes_in_and_the_words_are_kept_as_a_draft(cast, client):
    micro = cast.held()
    page = client.as_(cast.leo).post(page_of(micro), taps(micro, 2, 3, 0) | WORDS | {"cue": "", "will": ""} | SEEN)
    assert page.status_code == 422
    assert page.context["form"].errors == {
        "cue": ["When will you try it? A moment you will notice."],
        "will": ["What will you do then? One thing that can be seen or heard."],
    }
    assert Rating.objects.get(rater=cast.leo).submitted_at is not None
    assert Reflection.objects.get(micro=micro).what_changed == "She stopped."


def test_with_a_criterion_open_the_words_are_saved_and_the_criterion_is_named(cast, client):
    micro = cast.held()
    page = client.as_(cast.leo).post(page_of(micro), taps(micro, 2, 3) | WORDS | PLAN | SEEN)
    assert page.status_code == 422
    assert [str(each.sentence) for each in page.context["problems"]] == [
        "Still to rate: “Confirms the next step and its time”. 0 stands for “not seen”."
    ]
    assert page.context["problems"][0].anchor == f"scale-{page.context['scales'][2].pk}"
    assert Reflection.objects.get(micro=micro).saved_at is not None


def buttons(page) -> list[str]:
    form = page.content.decode().partition('class="flow-form"')[2].partition("</form>")[0]
    return re.findall(r"<button[^>]*>([^<]+)</button>", form)


def test_the_button_says_that_it_hands_in_until_the_rating_is_in(cast, client):
    micro = cast.held()
    leo = client.as_(cast.leo)
    assert buttons(leo.get(page_of(micro))) == ["Hand in and save", "Finish later"]
    refused = leo.post(page_of(micro), taps(micro, 2, 3) | WORDS | PLAN | SEEN)
    assert buttons(refused) == ["Hand in and save", "Finish later"]
    assert [scale.chosen for scale in refused.context["scales"]] == [2, 3, None]
    assert {name: refused.context["form"][name].value() for name in WORDS | PLAN} == WORDS | PLAN
    hand_in(micro, cast.leo, 2, 3, 3)
    assert buttons(leo.get(page_of(micro))) == ["Save"]


def told_after_saving(client, cast, micro) -> list[str]:
    seen = {"version": Reflection.objects.get(micro=micro).version, "plan_version": plans.draft_of(micro).version}
    page = client.as_(cast.leo).post(page_of(micro), WORDS | PLAN | seen)
    return [str(message) for message in get_messages(page.wsgi_request)]


def test_who_has_saved_hears_what_comes_next(cast, client):
    micro = both(cast.held())
    reflect(micro)
    micro = fresh(micro)
    assert told_after_saving(client, cast, micro) == ["Saved. Ana Silva reads it. You are done here."]
    now = timezone.now()
    follow_up = FollowUp.objects.create(
        organization=cast.organization, plan=micro.improvement_plan, enrolment=cast.enrolment, learner=cast.leo,
        rule_version=1, starts_at=now,
    )  # fmt: skip
    prompt = Prompt.objects.create(follow_up=follow_up, sequence=1, question="Did a chance come?", due_at=now)
    waits = "Saved. Ana Silva reads it. A question about your plan waits on Today."
    assert told_after_saving(client, cast, micro) == [waits]
    prompt.due_at = now + dt.timedelta(days=2)
    prompt.save()
    day = date_format(timezone.localtime(prompt.due_at), "l j F")
    assert told_after_saving(client, cast, micro) == [f"Saved. Ana Silva reads it. We ask how your plan goes on {day}."]


def test_who_saves_first_hears_that_the_coach_reads_it_once_both_ratings_are_in(cast, client):
    """By the ratings as they are after this very post."""
    sealed, opens = held_days_ago(cast, 1), cast.held()
    hand_in(opens, cast.ana, 3, 3, 3)
    for micro, when in ((sealed, " once both ratings are in"), (opens, "")):
        page = client.as_(cast.leo).post(page_of(micro), taps(micro, 2, 3, 0) | WORDS | PLAN | SEEN)
        told = [str(message) for message in get_messages(page.wsgi_request)]
        assert told == [f"Saved. Ana Silva reads it{when}. You are done here."]


def said(page) -> list[tuple[str, str]]:
    block = page.content.decode().partition('<section class="said"')[2].partition("</section>")[0]
    return re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", block)


def test_the_coachs_two_lines_stand_over_the_words_once_both_are_in(cast, client, django_assert_num_queries):
    micro = cast.held()
    coach_side(micro)
    leo = client.as_(cast.leo)
    for by in (cast.ana, cast.leo):
        sealed = leo.get(page_of(micro))
        assert (said(sealed), sealed.context["said"]) == ([], [])
        hand_in(micro, by, 3, 3, 3)
    with django_assert_num_queries(13):
        page = leo.get(page_of(micro))
    assert said(page) == [("Keep", "Named it twice."), ("Change", "Wait longer.")]
    html = page.content.decode()
    assert html.index('id="said-title"') < html.index('id="reflect-title"')


def test_the_page_looks_for_the_coachs_lines_until_both_are_there_or_the_session_is_closed(cast, client):
    """What it brings in stands apart from all that is typed."""

    def looks() -> bool:
        head = leo.get(page_of(micro)).content.decode().partition('<div id="said"')[2].partition(">")[0]
        return 'hx-trigger="every 15s" hx-select="#said"' in head

    leo, micro = client.as_(cast.leo), running(cast)
    hand_in(micro, cast.leo, 3, 3, 3)
    found = [looks()]
    hand_in(micro, cast.ana, 3, 3, 3)
    found.append(looks())
    coach_side(micro, change="")
    found.append(looks())
    now = timezone.now()
    rows = MicroSession.objects.filter(pk=micro.pk)
    rows.update(status="closed", ended_at=now, closed_at=now, minutes_actual=15, opens_at=now + dt.timedelta(days=3))
    found.append(looks())
    rows.update(status="closing", closed_at=None)
    found.append(looks())
    Feedback.objects.update(line="Wait longer.")
    assert [*found, looks()] == [False, True, True, False, True, False]


def test_without_lines_nothing_is_said(cast, client):
    micro = both(cast.held())
    coach_side(micro, keep="", change="Wait longer.")
    assert said(client.as_(cast.leo).get(page_of(micro))) == [("Change", "Wait longer.")]


def test_while_it_runs_the_rating_goes_in_alone(cast, client):
    micro = running(cast)
    leo = client.as_(cast.leo)
    assert leo.get(page_of(micro)).context["reflects"] is False
    assert leo.post(page_of(micro), taps(micro, 2, 3, 0) | {"rating": "1"}).url == page_of(micro)
    after = leo.get(page_of(micro)).context
    assert (after["reflects"], after["waits"], after["rating"].submitted_at is None) == (True, True, False)


def test_the_page_stops_asking_once_both_are_in(cast, client):
    micro = both(running(cast))
    context = client.as_(cast.leo).get(page_of(micro)).context
    assert (context["waits"], context["reveal"].sentence[:7]) == (False, "Same on")


def test_a_planned_session_leads_to_its_page(cast, client):
    micro = cast.plan()
    assert client.as_(cast.leo).get(page_of(micro)).url == reverse("learn:micro-show", args=[micro.pk])


def test_each_tap_is_saved_without_a_page(cast, client):
    micro = cast.held()
    answer = client.as_(cast.leo).htmx(reverse("learn:rating-score", args=[micro.pk]), taps(micro, 2, 0))
    assert (answer.status_code, answer.content) == (204, b"")
    assert list(ratings.scores_of(ratings.rating_of(micro, by=cast.leo)).values()) == [2, None]


@pytest.mark.parametrize("value", ["5", "x", "-1", "", "²"])
def test_a_tap_that_is_no_level_is_refused(cast, client, value):
    micro = cast.held()
    name = next(iter(taps(micro, 1)))
    answer = client.as_(cast.leo).htmx(reverse("learn:rating-score", args=[micro.pk]), {name: value})
    assert (answer.status_code, Rating.objects.count()) == (422, 0)


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


def test_changing_after_the_reveal_is_a_step_of_its_own(cast, client):
    micro = both(cast.held())
    leo = client.as_(cast.leo)
    refused = leo.post(page_of(micro), taps(micro, 4, 4, 4) | WORDS | PLAN | SEEN)
    assert [str(each.sentence) for each in refused.context["problems"]] == [str(ratings.RatingsAreOpen.sentence)]
    leo.post(reverse("learn:rating-change", args=[micro.pk]))
    assert leo.htmx(reverse("learn:rating-score", args=[micro.pk]), taps(micro, 4)).status_code == 204
    rating = Rating.objects.get(rater=cast.leo)
    assert (rating.late, ratings.scores_of(rating)) == (True, levels(micro, 4, 3, 3))


def test_a_late_learner_still_rates_and_reflects(cast, client):
    micro = opened_by_deadline(cast.held())
    page = client.as_(cast.leo).post(page_of(micro), taps(micro, 2, 3, 0) | WORDS | PLAN | SEEN)
    assert (page.status_code, Rating.objects.get(rater=cast.leo).late) == (302, True)


def test_an_open_agreement_is_offered_and_blocks_nothing(cast, client):
    micro = cast.held()
    draft = Agreement.objects.create(
        organization=cast.organization,
        enrolment=cast.enrolment,
        learner=cast.leo,
        coach=cast.ana,
        **asdict(clauses_of(cast.program.agreement_text)),
    )
    leo = client.as_(cast.leo)
    assert leo.get(page_of(micro)).context["agreement"] == draft
    assert leo.post(page_of(micro), taps(micro, 2, 3, 0) | WORDS | PLAN | SEEN).status_code == 302


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


def test_the_coachs_page_costs_what_it_should(cast, client, django_assert_num_queries):
    micro = cast.held()
    ana = client.as_(cast.ana)
    with django_assert_num_queries(7):
        ana.get(reverse("coach:rating-edit", args=[micro.pk]))


def test_the_coach_hands_in_and_goes_back_to_the_run_page(cast, client):
    micro = cast.held()
    address = reverse("coach:rating-submit", args=[micro.pk])
    ana = client.as_(cast.ana)
    assert ana.post(address, taps(micro, 3) | {"next": "/coach/sessions/1/run/"}).url == "/coach/sessions/1/run/"
    assert ana.post(address, {"next": "https://elsewhere.example/"}).url == reverse(
        "coach:rating-edit", args=[micro.pk]
    )


def heading(page) -> str:
    return re.search(r"<h1>(.*?)</h1>", page.content.decode())[1]


def test_the_coachs_page_says_whether_the_session_is_ahead_or_was_held(cast, client):
    ahead, ana = cast.plan(), client.as_(cast.ana)
    page = ana.get(reverse("coach:rating-edit", args=[ahead.pk]))
    when = date_format(ahead.scheduled_for.astimezone(ZoneInfo("Europe/Berlin")), "D j M, H:i")
    told = f"The session is planned for {when}: rate what you have seen or heard already."
    assert (heading(page), told in page.content.decode()) == ("Rate Leo Marin beforehand", True)
    page = ana.get(reverse("coach:rating-edit", args=[cast.held().pk]))
    assert (heading(page), "is planned for" in page.content.decode()) == ("How did Leo Marin do?", False)


def test_the_focus_is_enough_is_said_until_the_coachs_rating_is_in(cast, client):
    micro, ana, line = cast.held(), client.as_(cast.ana), "The focus is enough. Rate the rest if you saw it."
    address = reverse("coach:rating-edit", args=[micro.pk])
    before = line in ana.get(address).content.decode()
    hand_in(micro, cast.ana, 3)
    assert (before, line in ana.get(address).content.decode()) == (True, False)


@pytest.mark.parametrize("state", ["cancelled", "missed"])
def test_of_a_session_that_did_not_take_place_there_is_no_rating_page(cast, client, state):
    micro = cast.plan(status=state, **{f"{state}_at": timezone.now()})
    page = client.as_(cast.ana).get(reverse("coach:rating-edit", args=[micro.pk]))
    assert (page.status_code, page.url) == (302, micro.get_absolute_url())


def test_the_coach_without_the_focus_sees_which_one_is_missing(cast, client):
    micro = cast.held()
    page = client.as_(cast.ana).post(reverse("coach:rating-submit", args=[micro.pk]), {})
    assert (page.status_code, page.context["problems"][0].anchor) == (422, f"scale-{page.context['scales'][0].pk}")


def test_the_coach_sees_that_the_learner_is_in_and_nothing_more(cast, client):
    micro = cast.held()
    hand_in(micro, cast.leo, 1, 4, None)
    context = client.as_(cast.ana).get(reverse("coach:rating-edit", args=[micro.pk])).context
    assert (context["handed"].learner, context["reveal"]) == (True, None)
    assert [scale.chosen for scale in context["scales"]] == [None, None, None]


def test_the_page_of_a_micro_session_is_its_learners(cast, client):
    micro = MicroSession.objects.get(pk=cast.held(enrolment=cast.lia_enrolment).pk)
    assert client.as_(cast.leo).get(page_of(micro)).status_code == 404
