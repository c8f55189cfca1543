"""Database triggers for what crosses tables and no CHECK can see. Names read as the rule."""

import pgtrigger
from django.db import models


class Refuse(pgtrigger.Trigger):
    """Refuse a row when `unless` (SQL over NEW and OLD) is not true; `rule` is the error's text."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def __init__(self, *, name: str, rule: str, unless: str) -> None:
        self.rule = rule
        self.unless = unless
        super().__init__(name=name)

    def get_func(self, model: models.Model) -> str:
        rule = self.rule.replace("'", "''")
        return f"""
            IF NOT COALESCE(({self.unless}), FALSE) THEN
                RAISE EXCEPTION '{rule}' USING ERRCODE = 'check_violation', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NEW;
        """


def in_one_organization(**columns: str) -> Refuse:
    """Every named column (`learner_id="programs_member"`) points at a row of NEW.organization_id, or is null.

    Looked up by its key alone: with statistics that lag behind, the planner would read a whole organization.
    """
    tests = " AND ".join(
        f"(NEW.{column} IS NULL OR NEW.organization_id IS NOT DISTINCT FROM"
        f" (SELECT t.organization_id FROM {table} t WHERE t.id = NEW.{column}))"
        for column, table in columns.items()
    )
    return Refuse(name="in_one_organization", rule="all of it belongs to one organization", unless=tests)


def frozen(name: str = "frozen", *, unless: str = "FALSE") -> pgtrigger.Trigger:
    """Published rows are never updated or deleted, unless the SQL condition over OLD holds."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF {unless} THEN
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'published, therefore frozen' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
        """,
    )
