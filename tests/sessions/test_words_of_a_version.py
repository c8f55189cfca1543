"""A rubric version keeps its words: what was rated is called as it was then, what comes next as it is now."""

import re
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from coachhub.errors import Invalid
from programs.domain import tokens
from programs.models import Criterion, Level, Rubric
from sessions.domain import codes, overview, planning, ratings, so_far, ticks
from sessions.models import ImprovementPlan, MicroSession, Phase
from tests.addresses import addresses, answering
from tests.conftest import BEHAVIOURS
from tests.sessions.plan_steps import content, on_tuesday, plan  # noqa: F401 (every test on a Tuesday)
from tests.sessions.prompt_steps import followed, prompt_of
from tests.sessions.rate_steps import both, coach_side, held_days_ago, reflect

pytestmark = pytest.mark.django_db
NEW = re.compile("anew ", re.IGNORECASE)
OLD = re.compile("|".join(f"(?<!anew ){name}" for name in BEHAVIOURS.values()), re.IGNORECASE)


def reword(cast) -> Rubric:
    """Version 2 says everything of each behaviour in other words, as the loader writes it."""
    rubric = Rubric.objects.create(pillar=cast.pillar, version=2, content_hash="y")
    for each in cast.pillar.behaviours.all():
        for word, text in each.words.items():
            setattr(each, word, f"Anew {text}")
        each.save()
        criterion = Criterion.objects.create(rubric=rubric, behaviour=each, position=each.position, **each.words)
        Level.objects.bulk_create(Level(criterion=criterion, value=n, anchor=f"Anew {n}") for n in (1, 2, 3, 4))
    Rubric.objects.filter(pk=rubric.pk).update(published_at=timezone.now())
    return rubric


def called(client, cast, who: str, numbers: dict) -> tuple[set[str], set[str]]:
    """Names of the pages, files and calls that say the old words, and of those that say the new ones."""
    member = {"coach": cast.ana, "learner": cast.leo}[who]
    visitor, token = client.as_(member), tokens.make(by=member, name="sweep", scope="read")[1]
    bearer, names, old, new = {"Authorization": f"Bearer {token}"}, answering(who, "get"), set(), set()
    for name, url in addresses(numbers):
        if name in names:
            text = visitor.get(url, headers=bearer if name.startswith("api:") else {}).content.decode()
            old |= {name} if OLD.search(text) else set()
            new |= {name} if NEW.search(text) else set()
    return old, new


LIBRARY = {
    *("api:pillar", "api:pillar-list", "api:rubric-list"),
    *("design:blueprint-show", "design:pillar-list", "design:pillar-show"),
}
ALL = {"today", "design:rubric-show", "api:micro", "api:micro-list", "api:rating", "api:rubric", "api:rubric-list"}
RATED = {
    "coach": ALL | {
        *("coach:enrolment-download", "coach:enrolment-list", "coach:enrolment-show", "coach:micro-close"),
        *("coach:micro-edit", "coach:micro-rated", "coach:micro-run", "coach:micro-show", "coach:rating-edit"),
        "coach:reflection-list",
    },
    "learner": ALL | {
        *("learn:micro-show", "learn:prompt-answer", "learn:rating-edit", "learn:record", "learn:record-download"),
    },
}  # fmt: skip
NEXT = {
    "coach": LIBRARY | {"api:proposal", "api:week", "coach:micro-log", "coach:micro-plan", "coach:week-plan"},
    "learner": LIBRARY,
}


@pytest.mark.parametrize("who", ["coach", "learner"])
def test_everything_calls_a_session_as_the_version_that_it_is_rated_by(cast, client, who):
    """The list of rubrics has both versions; nothing but what teaches and plans has the new words."""
    shown = held_days_ago(cast, 2)
    coach_side(shown)
    reflect(shown)
    both(shown)
    micros = [shown, cast.held(), cast.plan(), cast.plan(status="running", started_at=timezone.now())]
    prompt = prompt_of(followed(cast))
    ImprovementPlan.objects.filter(follow_up=prompt.follow_up).update(cue="", will="")  # it asks about the focus
    numbers = {
        "prompt": [prompt.pk],
        "enrolment|slot|micro-(plan|log)$|proposal": [cast.enrolment.pk],
        "micro|rating|hand-over|plan|ticks": [micro.pk for micro in micros],
        "rubric": [cast.rubric.pk],
        "pillar": [cast.pillar.pk],
        "blueprint": [cast.pillar.blueprints.first().pk],
        "": [0],
    }
    reword(cast)
    old, new = called(client, cast, who, numbers)
    assert (RATED[who] - old, new - NEXT[who], LIBRARY - new) == (set(), set(), set())


def test_each_phase_of_a_running_session_says_its_own_words(cast, client):
    running = cast.plan(status="running", started_at=timezone.now())
    ticks.add(running, by=cast.ana, behaviour=running.focus, kind="saw", key=UUID(int=1))
    reword(cast)
    for phase in Phase:
        MicroSession.objects.update(phase=phase)
        page = client.as_(cast.ana).get(reverse("coach:micro-run", args=[running.pk])).content.decode()
        assert (phase, bool(OLD.search(page)), bool(NEW.search(page))) == (phase, True, False)


def test_whoever_rates_by_code_reads_the_own_words_of_the_version(cast, client):
    code = codes.make(cast.held(), by=cast.ana).code
    reword(cast)
    client.post(reverse("learn:code-enter"), {"code": code})
    page = client.get(reverse("learn:code-rate")).content.decode()
    assert (OLD.findall(page)[:1], NEW.search(page)) == (["Names the feeling before offering a fix"], None)


def test_who_forgets_the_focus_is_told_its_old_name(cast):
    micro = cast.held()
    reword(cast)
    with pytest.raises(Invalid, match="“Names the feeling before offering a fix”"):
        ratings.submit(micro, by=cast.leo)


def test_a_new_session_takes_the_newest_words(cast):
    newest = reword(cast)
    micro = plan(cast)
    assert (micro.rubric, str(micro.focus_criterion)) == (newest, "Anew Names the feeling before offering a fix")
    assert micro.success_criterion == "Anew Names the feeling before offering a fix, once in a complaint"


def test_an_edited_session_keeps_to_its_own_version(cast):
    """Its success criterion follows the focus in the words of the version it was planned with."""
    micro, pauses = plan(cast), cast.criteria[1].behaviour
    reword(cast)
    details = content(cast, focus=pauses, success_criterion=micro.success_criterion)
    edited = planning.edit(micro, by=cast.ana, details=details, version=micro.version)
    assert (str(edited.focus_criterion), edited.success_criterion) == (
        "Pauses before answering", "Pauses before answering, once in a complaint",
    )  # fmt: skip


def test_a_trajectory_over_versions_has_the_newest_words_though_an_older_version_was_rated_later(cast):
    later, numbers = held_days_ago(cast, 1), (2, 3, 3)
    reword(cast)
    both(held_days_ago(cast, 2), numbers, numbers)
    both(later, numbers, numbers)
    names = [f"Anew {name}" for name in BEHAVIOURS.values()]
    [path] = overview.overview_of([], overview.sessions_of(cast.leo), learner=cast.leo).paths
    told = so_far.told(so_far.past(cast.enrolment, by=cast.ana), cast.enrolment, by=cast.ana)
    for found in (path.trajectories, so_far.trajectories(told)):
        assert [(each.name, len(each.points)) for each in found] == [(name, 2) for name in names]
