"""My learners, one enrolment over time, the CSV, the week's page and logging, as pages."""

import csv
import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.models import Agreement, Cohort, Enrolment, Program, Substitute, UsualSlot
from sessions.cards.coach import coach_cards
from sessions.domain import plans, schedule
from sessions.domain.coach_day import coach_day
from sessions.models import FollowUp, Message, MicroSession, Prompt, Reflection
from tests.conftest import make_member, make_pillar
from tests.sessions.plan_steps import (
    DAY,
    HOUR,
    THURSDAY_SLOT,
    TUESDAY,
    on_tuesday,  # noqa: F401 (a fixture)
    plan,
    rated,
    revealed,
)
from tests.sessions.rate_steps import both

LIST = reverse("coach:enrolment-list")
WEEK = reverse("coach:week-plan")
BERLIN = ZoneInfo("Europe/Berlin")


def learner(cast, name, program=None, **fields):
    """One more learner of Ana, with a usual slot."""
    program = program or cast.program
    cohort = Cohort.objects.filter(program=program).first() or Cohort.objects.create(
        organization=cast.organization, program=program, name="N", starts_on=TUESDAY.date()
    )
    enrolment = Enrolment.objects.create(
        organization=cast.organization, cohort=cohort, program=program, pillar=program.pillar, coach=cast.ana,
        learner=make_member(cast.organization, name, "learner"), **({"starts_on": TUESDAY.date()} | fields),
    )  # fmt: skip
    UsualSlot.objects.create(enrolment=enrolment, weekday=4, starts_at=dt.time(9), timezone="Europe/Berlin")
    return enrolment


def rows(client, cast, query=""):
    return [line.row for line in client.as_(cast.ana).get(LIST + query).context["rows"]]


def names(found):
    return [row.learner for row in found]


def in_the_file(browser, learner):
    """Their line of the CSV file, by column."""
    text = browser.get(reverse("coach:enrolment-download")).content.decode("utf-8-sig")
    return next(line for line in csv.DictReader(io.StringIO(text)) if line["Learner"] == learner)


# My learners


def test_a_line_says_focus_wait_next_level_and_what_is_open(client, cast):
    micro = revealed(cast, {0: 3}, days_ago=5)
    MicroSession.objects.filter(pk=micro.pk).update(status="closed", closed_at=TUESDAY)
    Reflection.objects.create(micro=micro, what_changed="She calmed down", saved_at=TUESDAY)
    coming = schedule.ask_to_move(plan(cast, details={"focus": cast.criteria[1].behaviour}), by=cast.leo)
    (row,) = rows(client, cast)
    assert (row.days, row.coming.pk, row.focus_name, row.unread) == (5, coming.pk, "Pauses before answering", 1)
    assert (row.level.value, row.level.meets, row.level.behaviour) == (3, True, cast.criteria[0].behaviour.name)
    assert (row.overdue, row.next_slot) == (False, None)


@pytest.mark.parametrize(
    ("hours", "days", "words"), [(5, 0, "today"), (13, 1, "yesterday"), (13 + 24 * 11, 12, "12 days ago")]
)
def test_days_are_counted_in_the_readers_calendar(client, cast, clock, hours, days, words):
    """At noon in Berlin; Today and the list count alike."""
    ended = TUESDAY.replace(hour=11) - dt.timedelta(hours=hours)
    clock.move_to(TUESDAY.replace(hour=11))
    cast.held(status="closed", started_at=ended - dt.timedelta(minutes=15), ended_at=ended, closed_at=ended)
    (row,) = [row for row in rows(client, cast) if row.pk == cast.enrolment.pk]
    assert (row.days, row.last_in_words) == (days, words)
    waiting = [card for card in coach_cards(cast.ana, coach_day(cast.ana)) if card.kind == "waiting"]
    assert [str(card.lines[0]) for card in waiting] == (["12 days since a session · De-escalation"] if days > 9 else [])


@pytest.mark.parametrize(("starts_in", "asked"), [(0, True), (1, False)])
def test_whom_the_coach_has_not_met_waits_from_the_first_day(cast, starts_in, asked):
    Enrolment.objects.update(starts_on=TUESDAY.date() + dt.timedelta(days=starts_in))
    found = [card for card in coach_cards(cast.ana, coach_day(cast.ana)) if card.kind == "waiting"]
    assert [(card.title, card.lines) for card in found] == (
        [("Leo Marin", ("No session with you yet · De-escalation",))] if asked else []
    )
    plan(cast)
    assert "waiting" not in {card.kind for card in coach_cards(cast.ana, coach_day(cast.ana))}


def test_a_planned_session_whose_time_has_come_is_open(client, cast, clock):
    plan(cast)
    clock.move_to(THURSDAY_SLOT)
    assert rows(client, cast)[0].overdue
    assert "not started" in client.as_(cast.ana).get(LIST).content.decode()


def test_without_a_plan_the_next_usual_slot_is_shown(client, cast):
    (row,) = rows(client, cast)
    assert (row.coming, row.next_slot, row.last_at, row.level, row.focus_name) == (None, THURSDAY_SLOT, None, None, "")


def test_a_line_is_printed_with_its_words_and_its_next_step(client, cast, clock):
    """First nothing is planned, then the time of what is planned has come and the learner asks to move it."""
    plan_url = reverse("coach:micro-plan", args=[cast.enrolment.pk])
    revealed(cast, {0: 3}, days_ago=5)

    def printed():
        (line,) = client.as_(cast.ana).get(LIST).context["rows"]
        pills = [(pill.url, pill.text) for pill in line.pills]
        return line.last, line.level, line.next, line.next_url, line.plan_url, pills

    finish = (reverse("coach:micro-close", args=[MicroSession.objects.get().pk]), "finish 8 Jan")
    assert printed() == ("5 days ago", "3 · meets", "usual slot Thu 15 Jan, 14:10", "", plan_url, [finish])
    url = schedule.ask_to_move(plan(cast), by=cast.leo).get_absolute_url()
    clock.move_to(THURSDAY_SLOT)
    late = [finish, (url, "not started"), (url, "asks to move")]
    assert printed() == ("7 days ago", "3 · meets", "Thu 15 Jan, 14:10", url, "", late)


def test_only_the_longest_wait_first_is_announced(client, cast):
    said = [
        "who waits longest" in client.as_(cast.ana).get(LIST + query).content.decode() for query in ("", "?sort=name")
    ]
    assert said == [True, False]


def test_the_longest_wait_stands_first_and_sorting_by_name_is_a_choice(client, cast):
    revealed(cast, {0: 3}, days_ago=2)
    learner(cast, "Zoe Adams", starts_on=TUESDAY.date() - 9 * DAY)
    learner(cast, "Ben Ito")
    assert names(rows(client, cast)) == ["Zoe Adams", "Leo Marin", "Ben Ito"]
    assert names(rows(client, cast, "?sort=name")) == ["Ben Ito", "Leo Marin", "Zoe Adams"]
    assert names(rows(client, cast, "?sort=karma&program=x")) == ["Zoe Adams", "Leo Marin", "Ben Ito"]


def test_the_list_is_filtered_by_program(client, cast):
    program = Program.objects.create(organization=cast.organization, pillar=make_pillar(key="other"), name="Other")
    learner(cast, "Ben Ito", program)
    assert names(rows(client, cast, f"?program={program.pk}")) == ["Ben Ito"]


def test_the_level_of_a_sealed_session_is_the_coachs_own(client, cast):
    micro = cast.held()
    rated(cast, micro, {0: 2, 1: 2, 2: 2}, by=cast.leo)
    assert rows(client, cast)[0].level is None
    rated(cast, micro, {0: 4})
    assert rows(client, cast)[0].level.value == 4


def test_nobody_elses_learners_and_no_ended_enrolment_are_listed(client, cast):
    assert names(line.row for line in client.as_(cast.cole).get(LIST).context["rows"]) == ["Lia Chen"]
    assert client.as_(cast.olga).get(LIST).context["rows"] == []
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(ended_on=TUESDAY.date())
    page = client.as_(cast.ana).get(LIST)
    assert (page.context["rows"], [pk for pk, *_said in page.context["ended"]]) == ([], [cast.enrolment.pk])


def test_who_coaches_no_more_finds_the_sessions_that_they_held_and_nothing_since(client, cast):
    """Neither what is ahead nor what the new coach held; who has held none finds nobody."""
    micro = revealed(cast, {0: 3}, days_ago=5)
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(coach=cast.cole, shares_past_with_new_coach=True)
    revealed(cast, {0: 1}, days_ago=2, coach=cast.cole)
    plan(cast, by=cast.cole, enrolment=Enrolment.objects.get(pk=cast.enrolment.pk))
    began = TUESDAY - 5 * DAY - dt.timedelta(minutes=15)
    found = {who.name: list(client.as_(who).get(LIST).context["met"]) for who in (cast.ana, cast.cole, cast.olga)}
    assert list(found.values()) == [[(cast.enrolment.pk, "Leo Marin", "Calm calls", began)], [], []]
    page = client.as_(cast.ana).get(cast.enrolment.get_absolute_url())
    assert [entry.url for entry in page.context["entries"]] == [micro.get_absolute_url()]
    assert [name in page.context for name in ("planned", "next_slot", "sparks", "slots")] == [False] * 4
    session = client.as_(cast.ana).get(micro.get_absolute_url()).content.decode()
    assert session.count(cast.enrolment.get_absolute_url()) == 1


@pytest.mark.parametrize(("held", "status"), [(False, 404), (True, 200)])
def test_a_substitute_reads_the_sessions_that_they_held_and_those_alone(client, cast, held, status):
    Substitute.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, coach=cast.cole, named_by=cast.ada,
        starts_on=TUESDAY.date() - DAY, ends_on=TUESDAY.date(),
    )  # fmt: skip
    revealed(cast, {0: 2}, days_ago=3)
    theirs = [revealed(cast, {0: 2}, days_ago=1, coach=cast.cole)] if held else []
    page = client.as_(cast.cole).get(cast.enrolment.get_absolute_url())
    assert page.status_code == status
    assert [entry.told.micro.pk for entry in page.context.get("entries", ())] == [micro.pk for micro in theirs]


def test_a_substitute_sees_the_line_apart_and_plans_from_it(client, cast):
    Substitute.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, coach=cast.cole, named_by=cast.ada,
        starts_on=TUESDAY.date(), ends_on=TUESDAY.date() + DAY,
    )  # fmt: skip
    revealed(cast, {0: 2}, days_ago=3)
    context = client.as_(cast.cole).get(LIST).context
    (line,) = context["standing_in"]
    assert (line.row.pk, line.row.until, line.row.level.value) == (cast.enrolment.pk, TUESDAY.date() + DAY, 2)
    assert names(line.row for line in context["rows"]) == ["Lia Chen"]


def test_without_learners_the_page_says_what_to_expect(client, cast):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(coach=cast.cole)
    assert "An administrator assigns learners to you" in client.as_(cast.ana).get(LIST).content.decode()


# CSV


def lines(client, cast, query=""):
    response = client.as_(cast.ana).get(reverse("coach:enrolment-download") + query)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_csv_has_the_same_lines(client, cast):
    revealed(cast, {0: 3}, days_ago=5)
    head, line = lines(client, cast)
    found = dict(zip(head, line, strict=True))
    assert (found["Learner"], found["Days since"], found["Last level"], found["Next usual slot"]) == (
        "Leo Marin",
        "5",
        "3",
        "2026-01-15 14:10",
    )


def test_a_name_that_a_spreadsheet_would_run_is_harmless_in_the_csv(client, cast):
    cast.leo.name = "=HYPERLINK(1)"
    cast.leo.save()
    assert lines(client, cast)[1][0] == "'=HYPERLINK(1)"


def test_the_csv_holds_own_rows_only(client, cast):
    assert [line[0] for line in lines(client, cast)[1:]] == ["Leo Marin"]


# One enrolment


def test_a_coach_reads_that_the_cohort_has_ended_while_the_two_go_on(client, cast):
    said = "Cohort North ended on 12 Jan 2026. The two of you go on until an administrator says otherwise."
    shown = []
    for ends_on in (None, TUESDAY.date(), TUESDAY.date() - DAY):
        Cohort.objects.filter(pk=cast.cohort.pk).update(ends_on=ends_on)
        shown.append(said in client.as_(cast.ana).get(cast.enrolment.get_absolute_url()).content.decode())
    assert shown == [False, False, True]


def timeline(client, cast):
    return client.as_(cast.ana).get(cast.enrolment.get_absolute_url()).context


def test_the_timeline_tells_sessions_moves_plans_and_chances(client, cast):
    micro = revealed(cast, {0: 3}, days_ago=3)
    written = plans.write(micro, by=cast.ana, version=0, cue="the voice rises", will="say what I heard")
    follow_up = FollowUp.objects.create(
        organization=cast.organization, plan=written, enrolment=cast.enrolment, learner=cast.leo, rule_version=1,
        starts_at=TUESDAY,
    )  # fmt: skip
    for n, answer in enumerate(("as_planned", "harder", "not_this_time", "no_chance")):
        Prompt.objects.create(
            follow_up=follow_up, sequence=n, question="?", due_at=TUESDAY, status="answered", answer=answer,
            asked_at=TUESDAY, answered_at=TUESDAY,
        )  # fmt: skip
    moved = schedule.move(plan(cast), by=cast.ana, to=THURSDAY_SLOT + DAY, reason="queue")
    context = timeline(client, cast)
    (entry,) = context["entries"]
    assert (entry.told.micro.pk, entry.plan, entry.chances) == (micro.pk, written.sentence, "2 of 3 chances")
    assert (entry.told.focus_line.own.level, context["planned"]) == (3, [moved])


@pytest.mark.parametrize(
    ("answers", "words"),
    [(["harder"], "1 of 1 chance"), (["not_this_time"], "0 of 1 chance"), (["harder"] * 2, "2 of 2 chances")],
)
def test_one_chance_is_one(client, cast, answers, words):
    micro = revealed(cast, {0: 3}, days_ago=3)
    written = plans.write(micro, by=cast.ana, version=0, cue="the voice rises", will="say what I heard")
    follow_up = FollowUp.objects.create(
        organization=cast.organization, plan=written, enrolment=cast.enrolment, learner=cast.leo, rule_version=1,
        starts_at=TUESDAY,
    )  # fmt: skip
    for n, answer in enumerate(answers):
        Prompt.objects.create(
            follow_up=follow_up, sequence=n, question="?", due_at=TUESDAY, status="answered", answer=answer,
            asked_at=TUESDAY, answered_at=TUESDAY,
        )  # fmt: skip
    assert [entry.chances for entry in timeline(client, cast)["entries"]] == [words]


def test_a_session_is_printed_with_its_words(client, cast):
    written = revealed(cast, {0: 3}, days_ago=3)
    plans.write(written, by=cast.ana, version=0, cue="the voice rises", will="say what I heard")
    missed = schedule.move(plan(cast), by=cast.ana, to=THURSDAY_SLOT + DAY, reason="queue")
    MicroSession.objects.filter(pk=missed.pk).update(status="missed", missed_at=TUESDAY)
    printed = [
        (entry.when, entry.state, entry.css, entry.moves, entry.levels, entry.plan, entry.chances)
        for entry in timeline(client, cast)["entries"]
    ]
    sentence = "When the voice rises, I will say what I heard."
    levels = "Level: you 3, Leo Marin – · Not rated by Leo Marin"
    moves = ["moved from Thu 15 Jan, 14:10: queue"]
    assert printed == [
        ("Fri 16 Jan 2026, 14:10", "Missed", "", moves, "", "", ""),
        ("Sat 10 Jan 2026, 09:45 · 15 min", "To finish", "now", [], levels, sentence, "no chance reported"),
    ]


def test_the_coach_sees_how_each_behaviour_goes(client, cast):
    """Both levels of each revealed session, the coach's told in words, each session leading to its page."""
    micros = [
        both(cast.held(), own=(1, 2, 2), coach=(2, 2, None)),
        both(cast.held(), own=(3, 2, None), coach=(3, 3, 2)),
    ]
    for micro, days in zip(micros, (9, 2), strict=True):
        began = TUESDAY - days * DAY
        times = {"scheduled_for": began, "started_at": began, "ended_at": began + dt.timedelta(minutes=15)}
        MicroSession.objects.filter(pk=micro.pk).update(**times)
    first, second = (micro.get_absolute_url() for micro in micros)
    assert [(spark.trajectory.name, spark.seen, spark.rows) for spark in timeline(client, cast)["sparks"]] == [
        (
            "Names the feeling before offering a fix",
            "Seen by you: Level 2 on 4 Jan, 3 last time.",
            ((first, "4 Jan", "2", "1"), (second, "11 Jan", "3", "3")),
        ),
        (
            "Pauses before answering",
            "Seen by you: Level 2 on 4 Jan, 3 last time.",
            ((first, "4 Jan", "2", "2"), (second, "11 Jan", "3", "2")),
        ),
        (
            "Confirms the next step and its time",
            "Seen by you: Level 2, seen once.",
            ((first, "4 Jan", "–", "2"), (second, "11 Jan", "2", "–")),
        ),
    ]


def test_the_timeline_shows_nothing_of_the_learner_before_the_reveal(client, cast):
    micro = cast.held()
    rated(cast, micro, {0: 1, 1: 1, 2: 1}, by=cast.leo)
    Reflection.objects.create(micro=micro, what_changed="A secret so far", saved_at=timezone.now())
    context = timeline(client, cast)
    (entry,) = context["entries"]
    assert (entry.told.reveal, entry.levels, context["sparks"]) == (None, "", [])
    page = client.as_(cast.ana).get(cast.enrolment.get_absolute_url()).content.decode()
    assert ("ratings still sealed" in page, "A secret so far" in page) == (True, False)


def test_a_former_coachs_sessions_come_along_only_if_the_learner_says_so(client, cast):
    micro = revealed(cast, {0: 3}, days_ago=3)
    MicroSession.objects.filter(pk=micro.pk).update(status="closed", closed_at=TUESDAY)
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(coach=cast.cole)
    url = cast.enrolment.get_absolute_url()
    assert client.as_(cast.cole).get(url).context["entries"] == []
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(shares_past_with_new_coach=True)
    context = client.as_(cast.cole).get(url).context
    (entry,) = context["entries"]
    assert (entry.told.mine, entry.told.reveal, entry.url, context["sparks"]) == (False, None, "", [])
    assert client.as_(cast.cole).get(micro.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(("shares", "known"), [(False, False), (True, True)])
def test_when_a_former_coachs_session_was_is_known_only_if_the_learner_says_so(client, cast, shares, known):
    """In My learners, in its file and order, and on Today."""
    days = 12
    revealed(cast, {0: 3}, days_ago=days)
    fields = {"coach": cast.cole, "starts_on": TUESDAY.date() - 40 * DAY, "shares_past_with_new_coach": shares}
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(**fields)
    Enrolment.objects.filter(pk=cast.lia_enrolment.pk).update(starts_on=TUESDAY.date() - 20 * DAY)
    found = client.as_(cast.cole).get(LIST).context["rows"]
    last = {line.row.learner: line.last for line in found}
    assert (names(line.row for line in found)[0], last["Leo Marin"]) == (
        ("Lia Chen", "12 days ago") if known else ("Leo Marin", "none yet")
    )
    line = in_the_file(client.as_(cast.cole), "Leo Marin")
    assert (line["Last session"], line["Days since"]) == (("2026-01-01 10:00", "12") if known else ("", "40"))
    first = next(card for card in coach_cards(cast.cole, coach_day(cast.cole)) if card.kind == "waiting")
    assert (first.title, str(first.lines[0])) == (
        "Lia Chen" if known else "Leo Marin",
        "No session with you yet · De-escalation",
    )


def test_when_the_coach_met_the_learner_is_not_told_to_a_substitute(client, cast):
    """Nor once the learner lets a new coach know it: plan and last levels, nothing else."""
    revealed(cast, {0: 3}, days_ago=12)
    Substitute.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, coach=cast.cole, named_by=cast.ada,
        starts_on=TUESDAY.date(), ends_on=TUESDAY.date(),
    )  # fmt: skip
    for shares in (False, True):
        Enrolment.objects.filter(pk=cast.enrolment.pk).update(shares_past_with_new_coach=shares)
        line = in_the_file(client.as_(cast.cole), "Leo Marin")
        assert (line["Last session"], line["Last level"]) == ("", "3")


def test_a_substitute_knows_of_the_sessions_that_they_held_themselves(cast):
    """A wish from before such a session has been talked about, so Today has to know of it."""
    Substitute.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, coach=cast.cole, named_by=cast.ada,
        starts_on=TUESDAY.date() - DAY, ends_on=TUESDAY.date(),
    )  # fmt: skip
    found = {each.pk: each for each in coach_day(cast.cole).enrolments}
    assert found[cast.enrolment.pk].met is False
    held = cast.held(coach=cast.cole, ended_at=TUESDAY - DAY, started_at=TUESDAY - DAY - dt.timedelta(minutes=15))
    found = {each.pk: each for each in coach_day(cast.cole).enrolments}
    assert (found[cast.enrolment.pk].met, found[cast.enrolment.pk].since) == (True, held.ended_at)


def test_the_agreement_shows_its_state(client, cast):
    assert timeline(client, cast)["agreement"] is None
    agreement = Agreement.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, learner=cast.leo, coach=cast.ana, status="signed",
        purpose="p", confidential="c", feedback_style="f", success_measure="s", signed_at=TUESDAY,
    )  # fmt: skip
    assert timeline(client, cast)["agreement"] == agreement
    assert "Agreed" in client.as_(cast.ana).get(cast.enrolment.get_absolute_url()).content.decode()


def test_the_private_note_is_on_no_shared_page(client, cast):
    plan(cast, note="Looked tired")
    for who in (cast.ana, cast.leo):
        for page in (cast.enrolment.get_absolute_url(), LIST, reverse("learn:record")):
            assert b"Looked tired" not in client.as_(who).get(page).content


# The week


def test_next_week_is_proposed_and_accepted_in_one_click(client, cast):
    learner(cast, "Ben Ito")
    ana = client.as_(cast.ana)
    page = ana.get(WEEK)
    values = [line.value for day in page.context["days"] for line in day.lines]
    assert (page.context["week"].monday, len(values)) == (dt.date(2026, 1, 19), 2)
    response = ana.post(f"{WEEK}?week=2026-01-19", {"take": values}, follow=True)
    assert list(response.context["messages"]) == []
    assert "2 sessions accepted. Nobody is told before " in " ".join(response.content.decode().split())
    assert (MicroSession.objects.count(), Message.objects.count()) == (2, 2)
    assert response.context["week"].items == []


def test_an_accepted_week_is_taken_back_while_nobody_knows_of_it(client, cast, clock):
    ana, undo = client.as_(cast.ana), f"{reverse('coach:week-undo')}?week=2026-01-19"
    value = ana.get(WEEK).context["days"][0].lines[0].value
    ana.post(f"{WEEK}?week=2026-01-19", {"take": [value]})
    back = ana.post(undo, follow=True)
    assert str(list(back.context["messages"])[-1]) == "1 session taken back. Nobody was told."
    assert ([line.value for day in back.context["days"] for line in day.lines], back.context["undo"]) == ([value], None)
    assert ana.post(undo).status_code == 409


def test_what_is_unticked_is_not_planned(client, cast):
    learner(cast, "Ben Ito")
    ana = client.as_(cast.ana)
    first = ana.get(WEEK).context["days"][0].lines[0].value
    ana.post(f"{WEEK}?week=2026-01-19", {"take": [first]})
    ana.post(f"{WEEK}?week=2026-01-19", {"take": [first]})
    assert [micro.learner for micro in MicroSession.objects.select_related("learner")] == [cast.leo]


@pytest.mark.parametrize("take", ["", "x", "1@", "@", "1@2026", "9" * 40 + "@2026-01-22T13:10:00+00:00", "\x00"])
def test_nonsense_plans_nothing(client, cast, take):
    assert client.as_(cast.ana).post(f"{WEEK}?week=2026-01-19", {"take": take}).status_code == 302
    assert MicroSession.objects.count() == 0


@pytest.mark.parametrize("week", ["yesterday", "2026-01-05", "2027-01-04", "0001-01-01", "9999-12-31"])
def test_a_week_that_cannot_be_planned_is_not_there(client, cast, week):
    assert client.as_(cast.ana).get(f"{WEEK}?week={week}").status_code == 404


def test_any_day_names_its_week(client, cast):
    context = client.as_(cast.ana).get(f"{WEEK}?week=2026-01-15").context
    assert (context["week"].monday, context["previous"], context["following"]) == (
        dt.date(2026, 1, 12),
        None,
        dt.date(2026, 1, 19),
    )


def test_without_slots_the_week_says_what_to_do(client, cast):
    UsualSlot.objects.all().delete()
    page = client.as_(cast.ana).get(WEEK).content.decode()
    assert ("Nothing to propose" in page, "1 learner without a usual slot" in page) == (True, True)


# Logging


def log_url(cast):
    return reverse("coach:micro-log", args=[cast.enrolment.pk])


def as_it_comes(client, cast, **changes):
    form = client.as_(cast.ana).get(log_url(cast)).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    held_at = timezone.localtime(form.initial["held_at"], BERLIN)
    return values | {"held_at": f"{held_at:%Y-%m-%dT%H:%M}"} | changes


def test_a_session_is_logged_with_three_required_fields(client, cast):
    form = client.as_(cast.ana).get(log_url(cast)).context["form"]
    required = [name for name, field in form.fields.items() if field.required and not field.widget.is_hidden]
    shown_first = list(form.fields)[:3]
    assert shown_first == ["held_at", "minutes", "focus"]
    assert set(required) - {"held_at", "minutes", "focus"} == {"practise_on", "difficulty"}  # filled in, folded


def test_a_library_case_without_the_case_is_said_in_the_open_fold(client, cast):
    given = as_it_comes(client, cast, practise_on="case", blueprint="")
    form = client.as_(cast.ana).post(log_url(cast), given).context["form"]
    assert (list(form.errors), form.fold_is_open) == (["blueprint"], True)


def test_logging_leads_to_what_is_left_to_do(client, cast):
    response = client.as_(cast.ana).post(log_url(cast), as_it_comes(client, cast))
    micro = MicroSession.objects.get()
    assert response.url == reverse("coach:micro-close", args=[micro.pk])
    assert (micro.status, micro.logged, micro.started_at) == ("closing", True, TUESDAY - dt.timedelta(minutes=15))


def test_the_last_usual_slot_is_the_first_guess(client, cast, clock):
    clock.move_to(THURSDAY_SLOT + DAY)
    form = client.as_(cast.ana).get(log_url(cast)).context["form"]
    assert form.initial["held_at"] == THURSDAY_SLOT


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_at": ""}, "held_at"),
        ({"held_at": "2026-01-13T11:00"}, "held_at"),
        ({"held_at": "2006-01-13T11:00"}, "held_at"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "181"}, "minutes"),
        ({"minutes": ""}, "minutes"),
        ({"focus": ""}, "focus"),
        ({"job_aid": "x" * 100_000}, "job_aid"),
    ],
)
def test_a_bad_value_is_said_at_its_field(client, cast, changes, field):
    response = client.as_(cast.ana).post(log_url(cast), as_it_comes(client, cast, **changes))
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert MicroSession.objects.count() == 0


def test_logging_twice_is_one_session(client, cast):
    values = as_it_comes(client, cast)
    ana = client.as_(cast.ana)
    assert ana.post(log_url(cast), values).url == ana.post(log_url(cast), values).url
    assert MicroSession.objects.count() == 1


def test_a_planned_session_took_place(client, cast, clock):
    micro = plan(cast)
    clock.move_to(THURSDAY_SLOT + HOUR)
    url = reverse("coach:micro-took-place", args=[micro.pk])
    form = client.as_(cast.ana).get(url).context["form"]
    assert (form.initial["held_at"], form.initial["minutes"]) == (THURSDAY_SLOT, 15)
    response = client.as_(cast.ana).post(url, {"held_at": "2026-01-15T14:12", "minutes": "18"})
    assert response.url == reverse("coach:micro-close", args=[micro.pk])
    assert MicroSession.objects.get().minutes_actual == 18


def test_choosing_a_learner_lists_own_ones_by_name(client, cast):
    learner(cast, "Ben Ito")
    page = client.as_(cast.ana).get(reverse("coach:micro-log-choose"))
    assert [each.learner.name for each in page.context["page"]] == ["Ben Ito", "Leo Marin"]
