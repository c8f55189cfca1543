"""The demo organization: a contact centre with half a year of history, told relative to today. Deterministic."""

from coachhub.demo.build import ACCOUNTS, NAME, STORIES, build, exists

__all__ = ["ACCOUNTS", "NAME", "STORIES", "build", "exists"]
