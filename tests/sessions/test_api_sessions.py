"""The loop over the API: plan, run, rate sealed, reveal, close, reflect, reply, follow up."""

import datetime as dt

import pytest
from django.utils import timezone

from coachhub.errors import Invalid
from programs.models import Blueprint
from sessions.domain import codes
from sessions.models import Message, MicroSession, Prompt
from tests.api_steps import Caller
from tests.sessions.plan_steps import parcel
from tests.sessions.rate_steps import both, levels
from tests.sessions.run_steps import LINES

KEY = "0b7f4a52-6f0e-4b3a-9d58-0d1f4c3b2a10"


@pytest.fixture
def ana(cast):
    return Caller(cast.ana)


@pytest.fixture
def leo(cast):
    return Caller(cast.leo)


def in_hours(hours: float) -> str:
    return (timezone.now() + dt.timedelta(hours=hours)).isoformat()


def scores(micro, *values):
    return {"scores": [{"criterion": pk, "level": level} for pk, level in levels(micro, *values).items()]}


def plan(ana, cast, **fields):
    given = {"enrolment": cast.enrolment.pk, "scheduled_for": in_hours(2), "focus": cast.criteria[0].behaviour_id}
    return ana.post("micro-sessions/", given | fields)


def test_the_whole_loop(cast, ana, leo):
    pk = plan(ana, cast).json()["id"]
    path, micro = f"micro-sessions/{pk}/", MicroSession.objects.get(pk=pk)
    assert ana.post(f"{path}start/").json()["status"] == "running"
    assert ana.post(f"{path}phase/", {"phase": "rate"}).json()["phase"] == "rate"
    ana.put(f"{path}rating/", scores(micro, 3))
    leo.put(f"{path}rating/", scores(micro, 2, 3, None))
    leo.post(f"{path}rating/hand-in/")
    for kind, line in LINES.items():
        written = ana.put(f"{path}feedback/{kind}/", {"line": line, "version": 0}).json()[kind]
        assert written["behaviour"] == micro.focus_id
    assert ana.post(f"{path}finish/").json()["status"] == "closing"
    refused = ana.post(f"{path}close/")
    assert (refused.status_code, refused.json()["missing"]) == (409, ["plan"])
    words = {"what_changed": "I let her finish.", "cue": "a complaint starts", "will": "name it", "confidence": "very"}
    leo.post(f"{path}reflection/share/", words | {"version": 0, "plan_version": 0})
    closed = ana.post(f"{path}close/").json()
    assert (closed["status"], closed["revealed_at"] is not None) == ("closed", True)
    assert ana.post(f"{path}reflection/replies/", {"kind": "thanks"}).json()["replies"][0]["kind"] == "thanks"
    prompt = leo.get("prompts/").json()["results"][0]
    assert (prompt["plan"]["cue"], prompt["status"]) == ("a complaint starts", "planned")
    answered = leo.post(f"prompts/{prompt['id']}/answer/", {"answer": "harder", "note": "She laughed."}).json()
    assert (answered["answer"], answered["note"]) == ("harder", "She laughed.")
    assert ana.get(f"prompts/{prompt['id']}/").json()["answer"] == "harder"
    assert Prompt.objects.filter(follow_up__plan__micro=micro).count() == 2


def test_a_planned_session_tells_the_learner_once(cast, ana):
    first = plan(ana, cast, scheduled_for="2099-03-05T14:10:00+01:00")
    assert first.json()["errors"] == {"scheduled_for": ["This is more than a year away. Check the date."]}
    when = in_hours(3)
    answers = [plan(ana, cast, scheduled_for=when) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 422]
    assert answers[1].json()["errors"] == {
        "scheduled_for": ["A session is already planned at this time. Choose another."]
    }
    assert Message.objects.filter(kind="schedule").count() == 1


def test_the_same_plan_with_the_same_key_is_one_session(cast, ana):
    given = {"enrolment": cast.enrolment.pk, "scheduled_for": in_hours(2), "focus": cast.criteria[0].behaviour_id}
    answers = [ana.post("micro-sessions/", given, Idempotency_Key=KEY) for _ in range(3)]
    assert len({each.json()["id"] for each in answers}) == MicroSession.objects.count() == 1


def test_an_action_with_a_key_is_answered_as_at_first(cast, ana):
    micro = cast.plan()
    given = {"to": in_hours(5), "reason": "queue"}
    answers = [ana.post(f"micro-sessions/{micro.pk}/move/", given, Idempotency_Key=KEY) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert (answers[0].json(), micro.moves.count()) == (answers[1].json(), 1)


def test_texts_that_are_left_out_come_from_the_library(cast, ana):
    answer = plan(ana, cast, blueprint=cast.pillar.blueprints.first().pk).json()
    assert answer["success_criterion"] == cast.criteria[0].behaviour.success
    assert answer["minutes_planned"] == cast.program.minutes


def test_their_work_takes_no_people_from_a_case(cast, ana):
    planned = plan(ana, cast, blueprint=parcel(cast).pk, practise_on="case").json()
    of_the_case = ("Tomasz shouts.\nSay what he feels.", "Not a word about the parcel.", "Listen\nBreathe")
    assert texts(planned) == of_the_case
    changed = ana.patch(f"micro-sessions/{planned['id']}/", {"practise_on": "work", "version": planned["version"]})
    assert texts(changed.json()) == ("", "", "Listen\nBreathe")


@pytest.mark.parametrize("to", ["work", "case"])
def test_another_case_leaves_nothing_of_the_first_behind(cast, ana, to):
    planned = plan(ana, cast, blueprint=parcel(cast).pk, practise_on="case", constraint="Two minutes.").json()
    path = f"micro-sessions/{planned['id']}/"
    other = ana.patch(path, {"blueprint": Blueprint.objects.get(key="case-2").pk, "practise_on": to, "version": 1})
    assert texts(other.json()) == ("", "Two minutes.", "")
    first = ana.patch(path, {"blueprint": planned["prepared"]["blueprint"], "version": 2, "constraint": ""}).json()
    assert texts(first)[2] == "Listen\nBreathe"
    none = ana.patch(path, {"blueprint": None, "practise_on": "work", "version": 3}).json()
    assert (texts(none), none["prepared"]["blueprint"]) == (("", "", ""), None)


def test_a_library_case_needs_the_case(cast, ana):
    answer = plan(ana, cast, practise_on="case")
    said = {"blueprint": ["Choose the case, or practise on something else."]}
    assert (answer.status_code, answer.json()["errors"]) == (422, said)
    assert MicroSession.objects.count() == 0


def test_another_focus_brings_its_own_success(cast, ana):
    planned = plan(ana, cast).json()
    other = cast.criteria[1].behaviour
    changed = ana.patch(f"micro-sessions/{planned['id']}/", {"focus": other.pk, "version": 1}).json()
    assert changed["success_criterion"] == other.success


def texts(answer) -> tuple[str, ...]:
    return tuple(answer["prepared"][name] for name in ("demonstration", "constraint", "job_aid"))


def test_a_proposal_can_be_planned_as_it_is(cast, ana):
    proposal = ana.get(f"enrolments/{cast.enrolment.pk}/proposal/").json()
    given = {name: proposal[name] for name in ("enrolment", "scheduled_for", "minutes_planned", "blueprint")}
    assert ana.post("micro-sessions/", given | {"focus": proposal["focus"]["id"]}).status_code == 201


def test_what_a_coach_prepared_is_shown_to_the_coach_alone(cast, ana, leo):
    path = f"micro-sessions/{cast.plan(difficulty=3, difficulty_reason='Two weak sessions').pk}/"
    assert ana.get(path).json()["prepared"]["difficulty_reason"] == "Two weak sessions"
    assert leo.get(path).json()["prepared"] is None
    assert "Two weak sessions" not in leo.get("micro-sessions/").content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=planned", [1]),
        ("status=closing", [0]),
        ("scheduled_from=2026-01-01T00:00:00Z", [1, 0]),
        ("enrolment={cast.lia_enrolment.pk}", []),
    ],
)
def test_sessions_are_filtered_newest_first(cast, ana, query, expected):
    made = [cast.held().pk, cast.plan().pk]
    found = [each["id"] for each in ana.get(f"micro-sessions/?{query.format(cast=cast)}").json()["results"]]
    assert found == [made[place] for place in expected]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_any_moment_may_bound_a_list(cast, ana, moment):
    assert ana.get(f"micro-sessions/?scheduled_to={moment.replace('+', '%2B')}").status_code == 200


@pytest.mark.parametrize("moment", ["2026-03-05T14:10:00", "1999-01-01T00:00:00Z", "today", 5, None])
def test_an_instant_has_an_offset_and_a_year_that_makes_sense(cast, ana, moment):
    response = plan(ana, cast, scheduled_for=moment)
    assert (response.status_code, list(response.json()["errors"])) == (422, ["scheduled_for"])


def test_an_edit_of_an_older_version_shows_both(cast, ana):
    path = f"micro-sessions/{cast.plan().pk}/"
    ana.patch(path, {"version": 1, "reference": "REF 1"})
    stale = ana.patch(path, {"version": 1, "reference": "REF 2"}).json()
    assert (stale["status"], stale["theirs"], stale["yours"]) == (409, "reference: REF 1", "reference: REF 2")
    assert list(ana.patch(path, {"reference": "REF 3"}).json()["errors"]) == ["version"]


def test_a_goal_that_somebody_changed_meanwhile_is_not_overwritten(cast, ana):
    path = f"micro-sessions/{plan(ana, cast).json()['id']}/"
    seen = ana.post(f"{path}start/").json()["goal_version"]
    missing = ana.post(f"{path}goal/", {"text": "Stay calm."})
    assert (seen, missing.status_code, list(missing.json()["errors"])) == (0, 422, ["goal_version"])
    saved = ana.post(f"{path}goal/", {"text": "Stay calm.", "goal_version": seen}).json()
    stale = ana.post(f"{path}goal/", {"text": "Listen.", "goal_version": seen}).json()
    assert (stale["type"], stale["status"]) == ("urn:coachhub:problem:stale", 409)
    assert (stale["theirs"], stale["yours"]) == ("Stay calm.", "Listen.")
    again = ana.post(f"{path}goal/", {"text": "Stay calm.", "goal_version": seen})
    assert (again.status_code, again.json()["goal_version"]) == (200, saved["goal_version"])
    changed = ana.post(f"{path}goal/", {"text": "Listen.", "goal_version": saved["goal_version"]}).json()
    assert (changed["learner_goal"], MicroSession.objects.get().learner_goal) == ("Listen.", "Listen.")


def test_a_plan_saved_by_the_other_one_is_not_overwritten(cast, ana, leo):
    path = f"micro-sessions/{cast.held().pk}/plan/"
    assert leo.put(path, {"cue": "a call", "will": "pause", "version": 0}).json()["version"] == 1
    assert ana.put(path, {"cue": "a complaint", "version": 0}).status_code == 409
    assert ana.get(path).json()["cue"] == "a call"


def test_a_logged_session_asks_the_learner_to_rate(cast, ana):
    given = {
        "enrolment": cast.enrolment.pk,
        "held_at": in_hours(-1),
        "minutes": 14,
        "focus": cast.criteria[0].behaviour_id,
    }
    answer = ana.post("micro-sessions/log/", given).json()
    assert (answer["status"], answer["logged"], answer["minutes_actual"]) == ("closing", True, 14)
    assert Message.objects.filter(kind="rate", micro=answer["id"]).count() == 1


def test_a_tick_sent_twice_counts_once(cast, ana):
    now = timezone.now()
    micro = cast.plan(status="running", started_at=now, phase_started_at=now)
    path, tap = f"micro-sessions/{micro.pk}/ticks/", {"behaviour": micro.focus_id, "kind": "saw", "key": KEY}
    ana.post(path, tap)
    assert ana.post(path, tap).json()["behaviours"] == [{"behaviour": micro.focus_id, "saw": 1, "chance": 0}]
    assert (ana.delete(f"{path}{KEY}/").status_code, ana.get(path).json()["behaviours"]) == (204, [])


def test_an_incomplete_rating_is_refused_beside_the_scores(cast, leo):
    micro = cast.held()
    leo.put(f"micro-sessions/{micro.pk}/rating/", scores(micro, ..., 3))
    response = leo.post(f"micro-sessions/{micro.pk}/rating/hand-in/")
    assert (response.status_code, list(response.json()["errors"])) == (422, ["scores"])


def test_a_revealed_rating_stays_unless_it_is_marked_late(cast, leo):
    micro = both(cast.held())
    path = f"micro-sessions/{micro.pk}/rating/"
    assert leo.put(path, scores(micro, 4)).status_code == 409
    assert leo.post(f"{path}change/").json()["late"] is True
    assert leo.put(path, scores(micro, 4)).json()["reveal"]["own_late"] is True


def test_reflections_wait_unread_until_they_are_answered(cast, ana, leo):
    micro = both(cast.held())
    words = {"what_changed": "I paused.", "cue": "a call", "will": "pause", "version": 0, "plan_version": 0}
    leo.post(f"micro-sessions/{micro.pk}/reflection/share/", words)
    assert [each["session"] for each in ana.get("reflections/?unread=true").json()["results"]] == [micro.pk]
    ana.post(f"micro-sessions/{micro.pk}/reflection/read/")
    assert ana.get("reflections/?unread=true").json()["results"] == []
    assert [each["session"] for each in ana.get("reflections/?unread=false").json()["results"]] == [micro.pk]


def test_prompts_are_paused_stopped_and_started(cast, leo):
    assert leo.post("me/prompts/pause/").json()["prompts_paused_until"] is not None
    assert leo.post("me/prompts/stop/").json()["prompts_stopped_at"] is not None
    me = leo.post("me/prompts/start/").json()
    assert (me["prompts_paused_until"], me["prompts_stopped_at"]) == (None, None)


def test_a_coach_sets_usual_slots_on_the_learners_clock(cast, ana):
    answer = ana.post(f"enrolments/{cast.enrolment.pk}/slots/", {"weekday": 1, "starts_at": "09:30"}).json()
    slots = [(each["weekday"], each["starts_at"], each["timezone"]) for each in answer["usual_slots"]]
    assert slots == [(1, "09:30", "Europe/Berlin"), (3, "14:10", "Europe/Berlin")]


def test_a_week_is_proposed_accepted_once_and_taken_back(cast, ana):
    found = ana.get("week/").json()
    [only] = found["proposals"]
    slot = {name: only[name] for name in ("enrolment", "scheduled_for")}
    given = {"day": found["monday"], "take": [slot, slot | {"enrolment": 10**9}]}
    assert (only["learner"]["name"], only["clash"], only["taken"], found["told_at"]) == ("Leo Marin", "", True, None)
    first, again = (ana.post("week/accept/", given, Idempotency_Key=KEY) for _ in range(2))
    assert (first.status_code, again.json()) == (200, first.json())
    assert ([each["scheduled_for"] for each in first.json()["planned"]], first.json()["untold"]) == (
        [only["scheduled_for"]], 1,
    )  # fmt: skip
    assert (first.json()["proposals"], MicroSession.objects.count()) == ([], 1)
    assert ana.post("week/take-back/", {"day": found["monday"]}).json() == found
    assert ana.post("week/take-back/", {"day": found["monday"]}).status_code == 409


@pytest.mark.parametrize("weeks", [-2, 28])
def test_a_week_that_is_over_or_far_is_not_proposed(cast, ana, weeks):
    day = str(timezone.localdate() + dt.timedelta(weeks=weeks))
    take = [{"enrolment": cast.enrolment.pk, "scheduled_for": in_hours(1)}]
    answers = [ana.get(f"week/?day={day}"), ana.post("week/accept/", {"day": day, "take": take})]
    assert [each.status_code for each in answers] == [409, 409]
    assert answers[0].json()["detail"] == "Weeks are planned from this one to 26 weeks ahead."


def test_a_code_opens_the_learners_rating_until_there_is_a_newer_one(cast, ana, leo):
    path = f"micro-sessions/{cast.held().pk}/code/"
    first, second = ana.post(path), ana.post(path)
    assert first["Cache-Control"] == "no-store"
    with pytest.raises(Invalid):
        codes.open_code(first.json()["code"], address="1.2.3.4")
    found = second.json()
    assert codes.open_code(found["code"], address="1.2.3.4") == codes.open_link(found["link"].split("/")[-2])
    assert leo.post(path).status_code == 404


def test_record_and_timeline_tell_what_was_shared(cast, ana, leo):
    micro = both(cast.held(), own=(2, 3, 3), coach=(3, 3, 1))
    sealed = cast.held(started_at=micro.started_at - dt.timedelta(days=1))
    timeline = f"enrolments/{cast.enrolment.pk}/timeline/"
    for caller, path, own in ((leo, "me/record/", 2), (ana, timeline, 3)):
        newer, older = caller.get(path).json()["results"]
        assert (newer["session"], newer["reveal"], older["session"]) == (sealed.pk, None, micro.pk)
        assert next(each["own"] for each in older["reveal"]["lines"]) == own
        assert [each["session"] for each in caller.get(f"{path}?limit=1").json()["results"]] == [sealed.pk]
    [path] = leo.get("me/trajectories/").json()["paths"]
    theirs = ana.get(f"enrolments/{cast.enrolment.pk}/trajectories/").json()["trajectories"]
    points = [[(each["session"], each["own"], each["other"]) for each in line["points"]] for line in theirs]
    assert points == [[(micro.pk, 3, 2)], [(micro.pk, 3, 3)], [(micro.pk, 1, 3)]]
    assert (path["sessions"], path["chances"]["came"], len(path["trajectories"])) == (2, 0, 3)
