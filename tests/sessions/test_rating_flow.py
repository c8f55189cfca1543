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

from programs.domain.agreements import clauses_of
from programs.models import Agreement
from sessions.domain import plans, ratings
from sessions.models import Feedback, FollowUp, ImprovementPlan, MicroSession, Prompt, Rating, Reflection, Score
from tests.sessions.rate_steps import (
    PLAN,
    SEEN,
    WORDS,
    both,
    coach_side,
    fresh,
    hand_in,
    held_days_ago,
    levels,
    opened_by_deadline,
    page_of,
    reflect,
    taps,
)


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


def test_with_the_focus_open_the_words_are_saved_and_the_focus_is_named(cast, client):
    micro = cast.held()
    page = client.as_(cast.leo).post(page_of(micro), taps(micro, ..., 3) | WORDS | PLAN | SEEN)
    assert page.status_code == 422
    assert [str(each.sentence) for each in page.context["problems"]] == [
        "Still to rate: “Names the feeling before offering a fix”. 0 is an answer too."
    ]
    assert page.context["problems"][0].anchor == f"scale-{page.context['scales'][0].pk}"
    assert Reflection.objects.get(micro=micro).saved_at is not None


def buttons(page) -> list[str]:
    form = page.content.decode().partition('class="flow-form"')[2].partition("</form>")[0]
    return re.findall(r"<button[^>]*>([^<]+)</button>", form)


def test_the_button_says_that_it_hands_in_until_the_rating_is_in(cast, client):
    micro = cast.held()
    leo = client.as_(cast.leo)
    assert buttons(leo.get(page_of(micro))) == ["Hand in and save", "Finish later"]
    refused = leo.post(page_of(micro), taps(micro, ..., 3) | WORDS | PLAN | SEEN)
    assert buttons(refused) == ["Hand in and save", "Finish later"]
    assert [scale.chosen for scale in refused.context["scales"]] == [None, 3, None]
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
    day = date_format(timezone.localtime(prompt.due_at, ZoneInfo(cast.leo.timezone)), "l j F")
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
    block = page.content.decode().partition('<section class="said goal"')[2].partition("</section>")[0]
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
    ended = {"ended_at": now, "minutes_actual": 15, "opens_at": now + dt.timedelta(days=3)}
    rows.update(status="closing", **ended)
    rows.update(status="closed", closed_at=now)
    found.append(looks())
    rows.update(status="running", closed_at=None, **dict.fromkeys(ended))
    rows.update(status="closing", **ended)
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


@pytest.mark.parametrize("name", ["level-x", "level-", "level-1\0", "level-²", "level-999999"])
def test_a_tap_for_no_criterion_is_refused(cast, client, name):
    answer = client.as_(cast.leo).htmx(reverse("learn:rating-score", args=[cast.held().pk]), {name: "1"})
    assert (answer.status_code, Score.objects.count()) == (422, 0)


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


def test_the_page_of_a_micro_session_is_its_learners(cast, client):
    micro = MicroSession.objects.get(pk=cast.held(enrolment=cast.lia_enrolment).pk)
    assert client.as_(cast.leo).get(page_of(micro)).status_code == 404
