"""Rules of the whole project that no single test would notice."""

import re
import subprocess
from pathlib import Path

import pghistory
import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).parents[2]
APPS = ("programs", "sessions", "metrics")
CODE = [path for app in (*APPS, "coachhub") for path in sorted((ROOT / app).rglob("*.py"))]
OUTER = [path for path in CODE if {"views", "api", "pages"} & set(path.parts)]
WORDS_ABOUT_A_PERSON = (models.TextField, models.JSONField, models.BinaryField)
EVERY_ROW = re.compile(r"\.objects\.(get|all|filter|exclude)\(|_base_manager|get_object_or_404\([A-Z]\w+, ")
NAMED_TEXT = {
    *("name", "short", "key", "slug", "timezone", "holiday_region", "status", "phase", "practise_on", "sponsor_name"),
    *("group_identity", "group_name", "measure", "adjustment", "outcome", "reason", "language"),
}


def tracked_files() -> list[str]:
    return subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.parametrize("path", OUTER, ids=lambda path: str(path.relative_to(ROOT)))
def test_views_and_api_reach_rows_through_a_door(path):
    """`Model.objects.visible_to(member)` and its sisters, never `.objects.get` or `.all()`."""
    assert EVERY_ROW.findall(path.read_text()) == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small(path):
    assert "migrations" in path.parts or len(path.read_text().splitlines()) <= 500


def history_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]


def confines(condition: object, field: str) -> bool:
    """Whether a row can meet the condition only with listed values in that field."""
    if isinstance(condition, tuple):
        return condition[0] in (field, f"{field}__in")
    some_or_all = all if condition.connector == models.Q.OR else any
    return not condition.negated and some_or_all(confines(each, field) for each in condition.children)


def test_the_database_knows_every_choice():
    """Choices are words for people; what a column may hold is said by a CHECK."""
    loose = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ("programs", "coaching", "metrics") and model not in history_models()
        for field in model._meta.local_fields
        if field.choices
        and not any(
            isinstance(each, models.CheckConstraint) and confines(each.condition, field.name)
            for each in model._meta.constraints
        )
    ]
    assert loose == []


def test_history_holds_no_words_scores_or_tokens():
    """Event tables outlive an erasure, so nothing that somebody wrote or scored may be copied into them."""
    kept = []
    for model in history_models():
        for field in model._meta.get_fields():
            free_char = isinstance(field, models.CharField) and not field.choices and field.name not in NAMED_TEXT
            risky = (
                isinstance(field, WORDS_ABOUT_A_PERSON) or free_char or "token" in field.name or "score" in field.name
            )
            if risky and not field.is_relation and not field.name.startswith("pgh_"):
                kept.append(f"{model.__name__}.{field.name}")
    assert kept == []


def test_the_page_on_data_names_every_table():
    """docs/data.md is what data protection goes by: each table stands there, history tables as one kind."""
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", (ROOT / "docs/data.md").read_text()))
    history = {model._meta.db_table for model in history_models()}
    stored = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    of_django = {"auth_group", "auth_group_permissions", "auth_permission", "django_content_type"}  # nothing of ours
    assert stored - of_django - {"pghistory_events"} - named == history  # that one is a query, no table
    assert all(table.endswith("event") for table in history)
    assert named - stored == set()


def test_tests_are_no_packages():
    assert [name for name in tracked_files() if name.startswith("tests/") and name.endswith("__init__.py")] == []


def test_no_index_host_is_named_anywhere():
    hosts = ["py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "deb." + "debian.org"]
    text = [name for name in tracked_files() if not name.endswith((".png", ".woff2", ".ico"))]
    named = [name for name in text if any(host in (ROOT / name).read_text(errors="ignore") for host in hosts)]
    assert named == []


def test_no_placeholder_was_left():
    left = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError|lorem ipsum", re.IGNORECASE)
    own = [path for path in CODE if left.search(path.read_text())]
    assert own == []
