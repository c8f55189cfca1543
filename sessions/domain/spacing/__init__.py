"""Pacing of follow-up prompts: pure functions over small frozen values (SCIENCE.md section 1)."""

from sessions.domain.calendar import NoWorkingDay, WorkingCalendar
from sessions.domain.spacing.day import DuePrompt, PlannedMessage, Schedule, plan_day
from sessions.domain.spacing.gap import best_gap_days, max_gap_days
from sessions.domain.spacing.memory import Memory, MemoryDict, retrievability, review
from sessions.domain.spacing.rules import (
    DEFAULT_RULES,
    RULE_VERSION,
    Answer,
    Outcome,
    SpacingRules,
)
from sessions.domain.spacing.steps import (
    Flag,
    FollowUpState,
    NextStep,
    StepKind,
    after_answer,
    after_missed,
    after_too_late,
)
from sessions.domain.spacing.times import PromptTime, answer_deadline, first_prompt, is_too_late, prompt_for

__all__ = [
    "DEFAULT_RULES",
    "RULE_VERSION",
    "Answer",
    "DuePrompt",
    "Flag",
    "FollowUpState",
    "Memory",
    "MemoryDict",
    "NextStep",
    "NoWorkingDay",
    "Outcome",
    "PlannedMessage",
    "PromptTime",
    "Schedule",
    "SpacingRules",
    "StepKind",
    "WorkingCalendar",
    "after_answer",
    "after_missed",
    "after_too_late",
    "answer_deadline",
    "best_gap_days",
    "first_prompt",
    "is_too_late",
    "max_gap_days",
    "plan_day",
    "prompt_for",
    "retrievability",
    "review",
]
