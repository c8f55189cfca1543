"""docs/data.md says what is stored: each text that somebody writes has a word in the row of its table."""

import re
from pathlib import Path

from django.apps import apps
from django.db import models

PAGE = Path(__file__).parents[2] / "docs/data.md"
APPS = ("programs", "coaching", "metrics")
NO_WORDS = {
    "key", "slug", "timezone", "prefix", "token_hash", "code_hash", "link_hash", "content_hash", "asked", "location",
    "channel", "identity", "group_identity", "counts", "memory", "memory_before",
}  # fmt: skip
"""Hashes, keys and names that code alone writes and reads."""
SAYS = {
    "programs_user": {"email": "e-mail address", "password": "password"},
    "programs_member": {"name": "name", "external_id": "personnel number", "holiday_region": "public holidays"},
    "programs_apitoken": {"name": "name"},
    "programs_cohort": {"name": "names of their cohorts"},
    "programs_agreement": {
        "purpose": "purpose", "confidential": "confidential", "feedback_style": "feedback style",
        "success_measure": "success measure",
    },
    "programs_organization": {
        "name": "settings", "holiday_region": "settings", "sponsor_name": "sponsor’s name",
        "sponsor_statement": "statement",
    },
    "programs_peopleimport": {
        "file_name": "names", "content": "files", "shown": "reports", "report": "reports", "rejects": "reports",
        "trouble": "reports",
    },
    "coaching_microsession": {
        "success_criterion": "success criterion", "reference": "reference", "difficulty_reason": "its reason",
        "demonstration": "demonstration", "job_aid": "job aid", "constraint": "constraint",
        "move_asked_note": "wish to move", "cancel_note": "cancellation", "learner_goal": "goal",
        "phase_seconds": "how long each phase took",
    },
    "coaching_micromove": {"move_asked_note": "wish to move"},
    "coaching_message": {"address": "e-mail address"},
    "coaching_delivery": {"reason": "reason"},
    "coaching_heartbeat": {"name": "worker"},
    "coaching_feedback": {
        "line": "lines", "did": "what was done", "how": "how", "impact": "impact", "next_step": "next step",
    },
    "coaching_improvementplan": {"cue": "when", "will": "what", "measure": "measure"},
    "coaching_prompt": {"question": "questions", "note": "notes", "cancelled_because": "why one was not asked"},
    "coaching_privatenote": {"sealed": "private notes"},
    "coaching_reflection": {"what_changed": "what changed", "why_it_matters": "why it matters"},
    "coaching_reply": {"text": "replies"},
    "metrics_group": {"name": "groups", "holds": "groups", "people": "groups"},
    "metrics_figure": {"text": "figures"},
    "metrics_decision": {
        "group_name": "decisions", "insight": "insight", "what": "what changes", "told_to_learners": "told",
        "outcome_note": "what was seen",
    },
}  # fmt: skip


def written() -> dict[str, set[str]]:
    """Table → its fields that hold text, lists or files, without those that offer choices."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    found: dict[str, set[str]] = {}
    for model in (model for app in APPS for model in apps.get_app_config(app).get_models()):
        if not hasattr(model, "pgh_tracked_model"):
            texts = {each.name for each in model._meta.concrete_fields if isinstance(each, kinds) and not each.choices}
            found[model._meta.db_table] = texts - NO_WORDS
    return {table: texts for table, texts in found.items() if texts}


def rows() -> dict[str, str]:
    """Table → the line of the page that names it."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return {table: line for line in lines for table in re.findall(r"`([a-z]+_[a-z_]+)`", line)}


def test_each_text_that_is_stored_has_a_word_in_the_row_of_its_table():
    page, library = rows(), {table for table, line in rows().items() if "the library" in line}
    wanted = {table: texts for table, texts in written().items() if table not in library - SAYS.keys()}
    assert {table: set(words) for table, words in SAYS.items()} == wanted
    silent = [(table, word) for table, words in SAYS.items() for word in words.values() if word not in page[table]]
    assert silent == []


def test_the_library_is_one_row_with_its_texts():
    assert {"programs_pillar", "programs_blueprint", "programs_level"} <= {
        table for table, line in rows().items() if "the library with its texts" in line
    }


def test_nothing_is_said_to_be_erased_while_nothing_erases():
    assert "until erased" not in PAGE.read_text()
