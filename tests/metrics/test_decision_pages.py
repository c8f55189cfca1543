"""The pages of decisions."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from metrics.domain import decisions
from metrics.domain.release import publish
from metrics.models import Decision, Release
from tests.metrics.decision_steps import decide, figure_of
from tests.metrics.town import weeks

SENTENCE = "From Monday you practise on your own calls."


@pytest.fixture
def mia(client, town):
    return client.as_(town.mia)


@pytest.fixture
def queue(town):
    return figure_of("North", "queue")


def sent(page, **fields):
    """The form as the page offers it, with changes."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (values | fields).items() if value is not None}


def test_a_figure_leads_to_a_form_with_the_figure_in_it(mia, queue):
    page = mia.get(reverse("insights:decision-new", args=[queue.pk]))
    form = page.context["form"]
    assert form["insight"].value() == (
        "De-escalating a complaint · North, 27 Apr – 21 Jun."
        " Moved because of the queue: 20 % → 30 % → 40 %, a clear rise."
    )
    assert (form["adjustment"].value(), str(form["check_on"].value())) == ("cadence", "2026-10-12")
    assert "owner" not in form.fields


def test_saving_leads_to_the_decision(mia, queue):
    url = reverse("insights:decision-new", args=[queue.pk])
    data = sent(mia.get(url), what="Two fixed slots a week", told_to_learners=SENTENCE)
    first, again = mia.post(url, data), mia.post(url, data)
    made = Decision.objects.get()
    assert (first.url, again.url) == (made.get_absolute_url(), made.get_absolute_url())
    assert (made.what, made.told_to_learners, made.shared_at) == ("Two fixed slots a week", SENTENCE, None)


def runs_already(page):
    return re.findall(r'Runs already: <a href="([^"]*)">(.*?)</a> (\(.*?\))</p>', page.content.decode())


def test_back_and_save_again_is_the_same_decision_and_the_form_names_what_runs(mia, town, queue):
    """Going back opens the form anew, with another key."""
    url = reverse("insights:decision-new", args=[queue.pk])
    page = mia.get(url)
    assert runs_already(page) == []
    first = mia.post(url, sent(page, what="Two fixed slots a week"))
    again = mia.get(url)
    assert runs_already(again) == [(first.url, "“Two fixed slots a week”", "(you, 29 Jun)")]
    assert mia.post(url, sent(again, what="Two fixed slots a week")).url == first.url
    assert mia.post(url, sent(again, what="Three slots")).url != first.url
    assert runs_already(mia.get(reverse("insights:decision-new", args=[figure_of("North", "kept").pk]))) == []


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(mia, queue):
    url = reverse("insights:decision-new", args=[queue.pk])
    page = mia.post(url, sent(mia.get(url), check_on="2026-07-01", what="Two fixed slots"))
    assert page.status_code == 422
    assert page.context["form"].errors == {"check_on": ["The first figures after a full block come on 12 Oct."]}
    assert page.context["form"]["what"].value() == "Two fixed slots"


def test_another_manager_of_the_group_may_own_it(client, town):
    town.manage("North", town.sam)
    Release.objects.all().delete()
    publish(town.organization)
    url = reverse("insights:decision-new", args=[figure_of("North", "queue").pk])
    mia = client.as_(town.mia)
    page = mia.get(url)
    assert [str(member) for member in page.context["form"].fields["owner"].queryset] == ["Mia", "Sam Other"]
    mia.post(url, sent(page, what="Two fixed slots", owner=town.sam.pk))
    assert Decision.objects.get().owner == town.sam


def test_the_page_shows_learners_words_before_they_are_told(mia, town, queue):
    made = decide(town, queue, told_to_learners=SENTENCE)
    assert f'<blockquote class="goal">{SENTENCE}</blockquote>' in mia.get(made.get_absolute_url()).content.decode()
    mia.post(reverse("insights:decision-share", args=[made.pk]), {"version": 1})
    assert "Learners were told on 29 Jun" in mia.get(made.get_absolute_url()).content.decode()
    mia.post(reverse("insights:decision-take-back", args=[made.pk]))
    made.refresh_from_db()
    assert made.shared_at is None


CHANGED = "This has changed since you opened the page. Nothing was lost."


def shown(page):
    """What `version` is in all of the page's forms, and its alerts."""
    text = page.content.decode()
    alerts = re.findall(r'role="alert">.*?<div>(.*?)</div>', text)
    return sorted(set(re.findall(r'name="version" value="(\d+)"', text))), alerts


def test_a_sentence_that_the_manager_has_not_read_is_shown_and_not_told(mia, town, queue):
    made = decide(town, queue, owner=town.sam, told_to_learners=SENTENCE)
    share = reverse("insights:decision-share", args=[made.pk])
    assert shown(mia.get(made.get_absolute_url())) == (["1"], [])
    other = "From Monday you practise in pairs."
    decisions.edit(made, by=town.sam, version=1, terms=terms_of(made, told_to_learners=other))
    for version in ({"version": 1}, {"version": "x"}, {}):
        page = mia.post(share, version)
        assert (page.status_code, shown(page)) == (409, (["2"], [CHANGED]))
        assert f'<blockquote class="goal">{other}</blockquote>' in page.content.decode()
        assert Decision.objects.get().shared_at is None
    assert mia.post(share, {"version": 2}).status_code == 302
    assert Decision.objects.get().shared_at is not None


def test_a_closing_that_the_manager_has_not_read_is_shown_and_not_undone(mia, town, queue):
    made = decide(town, queue, owner=town.sam)
    reopen = reverse("insights:decision-reopen", args=[made.pk])
    decisions.close(made, by=town.mia, outcome="keep")
    assert shown(mia.get(made.get_absolute_url())) == (["2"], [])
    decisions.close(made, by=town.sam, outcome="drop", note="Nobody used it", version=2)
    page = mia.post(reopen, {"version": 2})
    assert (page.status_code, shown(page), page.context["story"].note) == (409, (["3"], [CHANGED]), "Nobody used it")
    assert Decision.objects.get().outcome == "drop"
    assert mia.post(reopen, {"version": 3}).status_code == 302
    assert Decision.objects.get().outcome == ""


def told_part(page):
    """The words of the page's part on what learners are told."""
    part = page.content.decode().partition('aria-labelledby="told">')[2].partition("</section>")[0]
    return " ".join(re.sub("<[^>]*>", " ", part).split())


WAITS = "Saved; nobody has been told yet. They will read this on Today for two weeks:"


@pytest.mark.parametrize(
    ("fields", "own", "others", "closed"),
    [
        (
            {"told_to_learners": SENTENCE},
            f"Tell the learners {WAITS} {SENTENCE} Tell the learners",
            "The learners They have not been told yet.",
            "The learners They were told nothing.",
        ),
        (
            {},
            "Tell the learners Saved. Say in one sentence what changes for them. Write the sentence",
            "The learners They have not been told yet.",
            "The learners They were told nothing.",
        ),
        (
            {"adjustment": "leave"},
            "Tell the learners Nothing changes for them, so there is nothing they must be told.",
            "The learners Nothing changes for them, so there is nothing they must be told.",
            "The learners Nothing changes for them, so there is nothing they must be told.",
        ),
    ],
)
def test_that_learners_will_be_told_is_said_only_to_who_can_tell_them(client, town, queue, fields, own, others, closed):
    queue.group.viewers.add(town.sam)
    made = decide(town, queue, **fields)

    def read(member):
        return told_part(client.as_(member).get(made.get_absolute_url()))

    assert (read(town.mia), read(town.sam)) == (own, others)
    decisions.close(made, by=town.mia, outcome="drop")
    assert (read(town.mia), read(town.sam)) == (closed, closed)


def steps_of(client, decision):
    """Whether telling comes first on the page, what it asks for, and the kinds of cards on Today."""
    page = client.get(decision.get_absolute_url())
    asked = [
        word for word in ("Write the sentence", "Tell the learners</button>", "Undo") if word in page.content.decode()
    ]
    return page.context["tell_first"], asked, [card.kind for card in client.get("/").context["queue"].cards]


def test_each_step_shows_the_next_one(mia, town, queue):
    """Saved, then told, then checked; a sentence that is written and not sent waits on Today."""
    made = decide(town, queue, check_on=weeks(52))
    assert steps_of(mia, made) == (True, ["Write the sentence"], ["figures", "release"])
    Decision.objects.update(told_to_learners=SENTENCE)
    assert steps_of(mia, made) == (True, ["Tell the learners</button>"], ["tell", "figures", "release"])
    assert "not told yet" in mia.get(reverse("insights:decision-list")).content.decode()
    decisions.share(made := Decision.objects.get(), by=town.mia)
    assert steps_of(mia, made) == (True, ["Undo"], ["figures", "release"])
    assert "Today asks you then to compare and close." in mia.get(made.get_absolute_url()).content.decode()
    Decision.objects.update(check_on=weeks(20), told_to_learners="", shared_at=None)
    assert steps_of(mia, made) == (False, ["Write the sentence"], ["check", "figures", "release"])


@pytest.mark.parametrize(("check_on", "leads_on"), [(52, True), (20, False)])
def test_once_learners_are_told_the_next_figure_is_one_link_away_unless_this_one_is_to_be_closed(
    mia, town, queue, check_on, leads_on
):
    made = decide(town, queue, check_on=weeks(check_on), told_to_learners=SENTENCE)
    page = mia.post(reverse("insights:decision-share", args=[made.pk]), {"version": 1}, follow=True)
    part = page.content.decode().partition('aria-labelledby="told">')[2].partition("</section>")[0]
    assert re.findall(r'<a [^>]*href="([^"]*)"', part) == ([reverse("insights:home")] if leads_on else [])


def test_a_change_leads_on_to_the_next_decision(mia, town, queue):
    made = decide(town, queue, made_on=weeks(8))
    anew = reverse("insights:decision-new", args=[queue.pk])
    for outcome, is_there in (("keep", False), ("change", True)):
        closed = decisions.close(Decision.objects.get(), by=town.mia, outcome=outcome)
        assert (f'href="{anew}"' in mia.get(made.get_absolute_url()).content.decode()) is is_there
        decisions.reopen(closed, by=town.mia)


def test_compare_and_close(mia, town, queue):
    made = decide(town, queue, made_on=weeks(8))
    page = mia.get(made.get_absolute_url())
    assert page.context["comparison"].main.course == "20 % → 40 %"
    url = reverse("insights:decision-close", args=[made.pk])
    refused = mia.post(url, sent(page, outcome_note="Hm"))
    assert (refused.status_code, refused.context["form"]["outcome_note"].value()) == (422, "Hm")
    mia.post(url, sent(refused, outcome="change", outcome_note="Not enough"))
    made.refresh_from_db()
    assert (made.outcome, made.outcome_note) == ("change", "Not enough")
    assert mia.get(made.get_absolute_url()).context["story"].may_reopen


def close_first(client, decision, *by, **fields):
    """By each of them in turn, on the page."""
    url = reverse("insights:decision-close", args=[decision.pk])
    for version, member in enumerate(by, start=1):
        client.as_(member).post(url, {"outcome": "keep", "outcome_note": "It helped", "version": version} | fields)
    return url


def test_who_closes_second_sees_the_others_outcome_and_keeps_the_own_words(mia, client, town, queue):
    made = decide(town, queue, owner=town.sam)
    url = close_first(client, made, town.sam)
    page = mia.post(url, {"outcome": "drop", "outcome_note": "Nobody used it", "version": "1"})
    assert (page.status_code, page.context["stale"].theirs) == (409, "Keep. It helped")
    assert "Sam Other closed this before you:" in page.content.decode()
    assert sent(page) == {"outcome": "drop", "outcome_note": "Nobody used it", "version": "2"}
    assert mia.post(url, sent(page)).status_code == 302
    made.refresh_from_db()
    assert (made.outcome, made.outcome_note) == ("drop", "Nobody used it")


def test_who_closes_second_without_an_outcome_sees_the_others_and_keeps_the_own_words(mia, client, town, queue, clock):
    made = decide(town, queue, owner=town.sam)
    url = close_first(client, made, town.sam)
    page = mia.post(url, {"outcome_note": "Nobody used it"})
    text = page.content.decode()
    assert (page.status_code, page.context["stale"].theirs) == (409, "Keep. It helped")
    assert "Sam Other closed this before you:" in text
    assert reverse("insights:decision-reopen", args=[made.pk]) not in text
    assert (sent(page), list(page.context["form"].errors)) == (
        {"outcome_note": "Nobody used it", "version": "2"}, ["outcome"],
    )  # fmt: skip
    assert "Nobody used it</textarea>" in text
    assert mia.post(url, sent(page, outcome="drop")).status_code == 302
    assert Decision.objects.get().outcome_note == "Nobody used it"
    clock.shift(dt.timedelta(minutes=11))
    late = mia.post(url, {"outcome_note": "Too late"})
    assert '<blockquote class="goal">Too late</blockquote>' in late.content.decode()


def test_the_history_says_whose_closing_stands_there(mia, client, town, queue):
    """The last one of this version: the reader's own from another page, the other's over it, or of who left."""
    made = decide(town, queue, owner=town.sam)

    def told(url):
        page = mia.post(url, {"outcome": "drop", "version": "1"}).content.decode()
        return page.partition("<strong>")[2].partition("</strong>")[0]

    assert told(close_first(client, made, town.mia)) == "You have closed this before:"
    other = {"outcome_note": "It did not", "version": 2}
    assert told(close_first(client, made, town.sam, **other)) == "Sam Other closed this before you:"
    Decision.objects.update(owner=town.mia)
    assert told(reverse("insights:decision-close", args=[made.pk])) == "This was closed before:"


def test_terms_that_were_changed_meanwhile_are_read_before_they_are_closed(mia, town, queue):
    made = decide(town, queue, owner=town.sam, check_on=None)
    page, url = mia.get(made.get_absolute_url()), reverse("insights:decision-close", args=[made.pk])
    decisions.edit(made, by=town.sam, version=1, terms=terms_of(made, what="Longer practice"))
    again = mia.post(url, sent(page, outcome="drop", outcome_note="Nobody used it"))
    assert (again.status_code, shown(again)[1], again.context["story"].what) == (409, [CHANGED], "Longer practice")
    assert Decision.objects.get().closed_at is None
    mia.post(url, sent(again))
    assert Decision.objects.get().outcome_note == "Nobody used it"


def test_an_edit_of_a_decision_that_was_closed_meanwhile_is_not_lost(mia, town, queue):
    made = decide(town, queue, check_on=None)
    url = reverse("insights:decision-edit", args=[made.pk])
    data = sent(mia.get(url), what="Longer practice")
    decisions.close(made, by=town.mia, outcome="drop")
    page = mia.post(url, data)
    assert (page.status_code, page.context["form"].non_field_errors()) == (422, ["This decision is closed."])
    assert page.context["form"]["what"].value() == "Longer practice"


def test_what_was_seen_is_there_again_after_undo(mia, town, queue):
    made = decide(town, queue)
    decisions.close(made, by=town.mia, outcome="keep", note="It helped")
    mia.post(reverse("insights:decision-reopen", args=[made.pk]), {"version": 2})
    assert mia.get(made.get_absolute_url()).context["form"]["outcome_note"].value() == "It helped"


def test_a_stale_edit_comes_back_with_both_texts_and_may_be_sent_again(mia, town, queue):
    made = decide(town, queue, check_on=None)
    url = reverse("insights:decision-edit", args=[made.pk])
    data = sent(mia.get(url), what="Longer practice")
    decisions.edit(made, by=town.mia, version=1, terms=terms_of(made, what="Shorter practice"))
    page = mia.post(url, data)
    assert (page.status_code, page.context["stale"].theirs) == (409, "Shorter practice")
    assert page.context["form"]["what"].value() == "Longer practice"
    mia.post(url, sent(page))
    made.refresh_from_db()
    assert (made.what, made.version) == ("Longer practice", 3)


def told_on_today(client, town):
    """What the card of a learner in North says of decisions, as it is read."""
    page = client.as_(town.enrolments["North"][0].learner).get("/").content.decode()
    card = page.partition('data-kind="told">')[2].partition("</article>")[0]
    return " ".join(re.sub("<[^>]*>", " ", card).split())


def test_learners_read_every_sentence_of_two_weeks_the_newest_first(client, town, queue, clock):
    for sentence in ("You meet early.", "You meet twice.", SENTENCE):
        decisions.share(decide(town, queue, what=sentence, told_to_learners=sentence), by=town.mia)
        clock.shift(dt.timedelta(days=1))
    newest = f"What was decided for your group Mia, 1 Jul “{SENTENCE}” “You meet twice.” Mia, 30 Jun"
    assert told_on_today(client, town) == f"{newest} “You meet early.” Mia, 29 Jun"
    clock.shift(dt.timedelta(days=12))
    assert told_on_today(client, town) == newest
    clock.shift(dt.timedelta(days=2))
    assert told_on_today(client, town) == ""


def terms_of(decision, **fields):
    names = decisions.Terms.__slots__
    return decisions.Terms(**{name: getattr(decision, name) for name in names} | fields)


def test_another_manager_reads_but_has_no_buttons(client, town, queue):
    queue.group.viewers.add(town.sam)
    made = decide(town, queue)
    page = client.as_(town.sam).get(made.get_absolute_url())
    story = page.context["story"]
    assert (story.owner, story.may_change, story.may_take_back, story.may_reopen) == ("Mia", False, False, False)


@pytest.mark.parametrize("action", ["edit", "close"])
def test_another_manager_is_refused_whether_or_not_what_they_sent_is_valid(client, town, queue, action):
    queue.group.viewers.add(town.sam)
    made = decide(town, queue, check_on=None)
    url = reverse(f"insights:decision-{action}", args=[made.pk])
    valid = (
        {"outcome": "drop", "version": 1}
        if action == "close"
        else sent(client.as_(town.mia).get(url), what="Longer practice")
    )
    refused = [client.as_(town.sam).post(url, data) for data in (valid, {})]
    assert [(page.status_code, str(page.context["error"].sentence)) for page in refused] == [
        (403, "Only its owner changes a decision.")
    ] * 2
    assert client.as_(town.sam).get(url).status_code == (403 if action == "edit" else 405)
    made.refresh_from_db()
    assert (made.what, made.closed_at) == ("Use own calls", None)


def test_the_list_has_running_ones_by_check_date_and_closed_ones(mia, town, queue):
    first, second = decide(town, queue, what="One"), decide(town, queue, what="Two", check_on=weeks(60))
    decisions.close(first, by=town.mia, outcome="drop")
    third = decide(town, queue, what="Three", check_on=weeks(50))
    page = mia.get(reverse("insights:decision-list"))
    assert [story.pk for story in page.context["standing"]] == [third.pk, second.pk]
    line = "Moved because of the queue · De-escalating a complaint · North · you, 29 Jun"
    assert page.content.decode().count(line) == 3
    assert [(story.name, story.outcome) for story in page.context["closed"]] == [("One", "Drop")]
