"""A learner's first screen and the agreement, as the two people see them."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from programs import cards
from programs.domain import agreements, enrolments, members
from programs.models import Agreement, Cohort, Enrolment, Member, Organization, Program
from tests.conftest import make_pillar


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def draft(cast):
    return agreements.draft(cast.enrolment)


def another_cohort(cast) -> Cohort:
    """Of another pillar, so that Leo may learn there too."""
    shared = {"organization": cast.organization}
    pillar = make_pillar(cast.organization, "feedback")
    program = Program.objects.create(
        name="Feedback", pillar=pillar, agreement_text=cast.program.agreement_text, **shared
    )
    return Cohort.objects.create(program=program, name="N", starts_on=cast.cohort.starts_on, **shared)


def test_the_first_screen_names_the_coach_and_the_sponsor(cast, client):
    Organization.objects.filter(pk=cast.organization.pk).update(
        sponsor_name="Priya Rao", sponsor_statement="Not used for pay.", sponsor_signed_on="2026-01-06"
    )
    page = client.as_(cast.leo).get(reverse("learn:welcome")).content.decode()
    assert "<h2>Ana Silva and you</h2>" in page
    assert "<h2>Priya Rao, 6 January 2026</h2>" in page
    assert "Not used for pay." in page


def test_the_first_screen_says_of_each_coach_what_they_alone_read(cast, client):
    cohort, leo = another_cohort(cast), client.as_(cast.leo)
    one = "What you write, rate and plan is read by the two of you."
    several = "What you write, rate and plan with one of them is read by that one and you."
    assert [said in leo.get(reverse("learn:welcome")).content.decode() for said in (one, several)] == [True, False]
    enrolments.enrol(cohort, learner=cast.leo, coach=cast.cole, by=cast.ada)
    page = leo.get(reverse("learn:welcome")).content.decode()
    assert [said in page for said in ("<h2>Your coaches and you: Ana Silva, Cole Berg</h2>", one, several)] == [
        True, False, True,
    ]  # fmt: skip


def test_the_first_screen_names_the_size_from_which_figures_are_shown(cast, client):
    page = client.as_(cast.leo).get(reverse("learn:welcome")).content.decode()
    assert "Who learns here, and figures of at least 6 people together" in page


def test_without_a_signature_the_first_screen_says_so(cast, client):
    page = client.as_(cast.leo).get(reverse("learn:welcome")).content.decode()
    assert "<h2>No sponsor has signed yet</h2>" in page


def test_the_first_screen_is_seen_once_and_blocks_nothing(cast, client):
    Member.objects.filter(pk=cast.leo.pk).update(welcomed_at=None)
    leo = client.as_(cast.leo)
    assert leo.get(reverse("design:pillar-list")).status_code == 200
    assert [card.kind for card in cards.cards(Member.objects.get(pk=cast.leo.pk))] == ["welcome"]
    leo.get(reverse("learn:welcome"))
    assert Member.objects.get(pk=cast.leo.pk).welcomed_at is None
    leo.post(reverse("learn:welcome"))
    first = Member.objects.get(pk=cast.leo.pk).welcomed_at
    leo.post(reverse("learn:welcome"))
    assert Member.objects.get(pk=cast.leo.pk).welcomed_at == first
    assert cards.cards(Member.objects.get(pk=cast.leo.pk)) == []


def test_who_waits_for_a_coach_is_told_where_to_hear_of_one(cast, client):
    assert cards.cards(cast.leo) == []
    Enrolment.objects.filter(learner=cast.leo).update(coach=None)
    [found] = cards.cards(cast.leo)
    assert (found.kind, found.title, found.lines, found.to_do) == (
        "no-coach", "You will hear here who coaches you.", ("De-escalation",), False,
    )  # fmt: skip
    page = client.as_(cast.leo).get(reverse("today")).content.decode()
    assert "Nothing to do now." in page
    assert "You will hear here who coaches you." in page
    Enrolment.objects.filter(learner=cast.leo).update(ended_on=dt.date(2026, 1, 20))
    assert cards.cards(cast.leo) == []


def test_both_read_the_agreement_and_only_the_learner_has_the_button(cast, client, draft):
    learner = client.as_(cast.leo).get(reverse("learn:agreement-show", args=[draft.pk]))
    coach = client.as_(cast.ana).get(reverse("coach:agreement-show", args=[draft.pk]))
    assert (learner.context["can_accept"], coach.context["can_accept"]) == (True, False)
    assert "What you say stays here" in coach.content.decode()


def test_one_tap_agrees_and_goes_back_to_where_it_was(cast, client, draft):
    leo, url = client.as_(cast.leo), reverse("learn:agreement-accept", args=[draft.pk])
    page = leo.get(reverse("learn:agreement-show", args=[draft.pk])).content.decode()
    assert f'name="version" value="{draft.version}"' in page
    assert leo.post(url, {"version": draft.version + 1}).status_code == 409
    assert leo.post(url, {"version": draft.version, "next": "/learn/record/"}).url == "/learn/record/"
    assert Agreement.objects.get(pk=draft.pk).status == "signed"
    page = leo.get(reverse("learn:agreement-show", args=[draft.pk]))
    assert page.context["can_accept"] is False
    assert leo.post(url).status_code == 409


def test_a_form_cannot_send_the_learner_elsewhere(cast, client, draft):
    url = reverse("learn:agreement-accept", args=[draft.pk])
    assert client.as_(cast.leo).post(url, {"next": "https://evil.example/"}).url == reverse("today")


def test_the_learner_is_asked_about_the_past_where_somebody_else_held_a_session(cast, client, draft):
    """Not after a coach who held none, and nobody else's than the new coach's own."""
    cast.held()
    asked = []
    for holds in (False, True):
        enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
        if holds:
            cast.held(coach=cast.cole)
        enrolments.reassign(cast.enrolment, coach=cast.ana, by=cast.ada)
        url = reverse("learn:agreement-show", args=[Agreement.objects.get(status="draft").pk])
        page = client.as_(cast.leo).get(url)
        asked.append((page.context["past_coaches"], "May Ana Silva see what came before?" in page.content.decode()))
    assert asked == [([], False), (["Cole Berg"], True)]


def test_after_a_change_of_coach_the_learner_decides_about_the_past(cast, client, draft):
    cast.held()
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    agreement = Agreement.objects.get(enrolment=cast.enrolment, status="draft")
    leo = client.as_(cast.leo)
    assert [card.kind for card in cards.cards(cast.leo)] == ["new-coach"]
    page = leo.get(reverse("learn:agreement-show", args=[agreement.pk]))
    assert page.context["past_coaches"] == ["Ana Silva"]
    share = reverse("learn:enrolment-share-past", args=[cast.enrolment.pk])
    assert "May Cole Berg see what came before?" in page.content.decode()
    answer = leo.post(share, {"share": "yes"})
    assert said(answer) == ["Cole Berg sees when you met, your plans and last levels."]
    assert Enrolment.objects.get(pk=cast.enrolment.pk).shares_past_with_new_coach is True
    assert said(leo.post(share, {"share": "no"}))[-1] == "Cole Berg sees nothing of what came before."
    assert Enrolment.objects.get(pk=cast.enrolment.pk).shares_past_with_new_coach is False
    assert client.as_(cast.cole).get(reverse("coach:agreement-show", args=[agreement.pk])).context["past_coaches"] == []


def test_two_new_coaches_are_one_card_with_the_way_to_both(cast, draft):
    second = enrolments.enrol(another_cohort(cast), learner=cast.leo, coach=cast.cole, by=cast.ada)
    mia = members.change(cast.mia, by=cast.ada, roles=["coach", "manager"])
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    enrolments.reassign(second, coach=mia, by=cast.ada)
    (card,) = [card for card in cards.cards(cast.leo) if card.kind == "new-coach"]
    drafts = Agreement.objects.filter(status="draft", learner=cast.leo).order_by("pk")
    assert (card.title, card.count) == ("Cole Berg coaches you now", 2)
    assert [(str(each.label), each.url) for each in card.actions] == [
        (label, reverse("learn:agreement-show", args=[each.pk]))
        for label, each in zip(["Read and decide", "Decide about Mia Novak"], drafts, strict=True)
    ]


def test_the_old_agreement_stays_readable_for_the_old_pair(cast, client, draft):
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    assert client.as_(cast.ana).get(reverse("coach:agreement-show", args=[draft.pk])).status_code == 200
    assert client.as_(cast.cole).get(reverse("coach:agreement-show", args=[draft.pk])).status_code == 404


def test_administrators_see_on_today_who_waits(cast):
    assert cards.cards(cast.ada) == []
    enrolments.reassign(cast.enrolment, coach=None, by=cast.ada)
    Member.objects.filter(pk=cast.lia.pk).update(invited_at=None, joined_at=None)
    found = {card.kind: (card.title, card.count, card.actions[0].url) for card in cards.cards(cast.ada)}
    assert found == {
        "without-coach": ("1 learner without a coach", 1, reverse("manage:enrolment-without-coach")),
        "not-invited": ("1 person not invited yet", 1, reverse("manage:member-list") + "?state=new"),
    }


def test_administrators_are_told_of_cohorts_that_have_ended_while_somebody_learns_there(cast):
    south = another_cohort(cast)
    enrolments.enrol(south, learner=cast.leo, by=cast.ada, coach=cast.ana)
    today = timezone.localdate()
    Cohort.objects.filter(pk=south.pk).update(ends_on=today - dt.timedelta(days=1))
    Cohort.objects.filter(pk=cast.cohort.pk).update(ends_on=today)
    assert [card.kind for card in cards.cards(cast.ada)] == ["cohort-over"]
    Cohort.objects.filter(pk=cast.cohort.pk).update(ends_on=today - dt.timedelta(days=2))
    (card,) = cards.cards(cast.ada)
    day = date_format(today - dt.timedelta(days=2), "D j M")
    assert (card.title, card.lines, card.count) == (f"Cohort North ended on {day}", ("2 learners go on there.",), 2)
    assert card.actions[0].url == cast.cohort.get_absolute_url()
    Enrolment.objects.filter(cohort=cast.cohort).update(ended_on=today)
    assert [card.lines for card in cards.cards(cast.ada)] == [("1 learner goes on there.",)]
    Enrolment.objects.update(ended_on=today)
    assert cards.cards(cast.ada) == []


def test_who_is_deactivated_has_no_cards(cast):
    Member.objects.filter(pk=cast.leo.pk).update(welcomed_at=None, deactivated_at=timezone.now())
    assert cards.cards(Member.objects.get(pk=cast.leo.pk)) == []
