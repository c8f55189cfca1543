"""The demo organization: a contact centre with half a year of history, told relative to today. Deterministic."""

from coachhub.demo.build import ACCOUNTS, NAME, build, exists

__all__ = ["ACCOUNTS", "NAME", "build", "exists"]
