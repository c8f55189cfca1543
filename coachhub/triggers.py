"""Database triggers for what crosses tables and no CHECK can see. Names read as the rule."""

import pgtrigger
from django.db import models


def update_of(*columns: str) -> pgtrigger.Operation:
    """An UPDATE that names one of the columns."""
    return pgtrigger.UpdateOf(*columns)  # type: ignore[no-untyped-call]


class Refuse(pgtrigger.Trigger):
    """Refuse a row when `unless` (SQL over NEW and OLD) is not true; `rule` is the error's text.

    It is asked at each insert and update, unless `operation` or `only` (SQL, cheaper than a call) say less. `first` is
    done before: what it locks, `unless` then sees as it stands.
    """

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def __init__(
        self,
        *,
        name: str,
        rule: str,
        unless: str,
        operation: pgtrigger.Operation | None = None,
        only: str = "",
        first: str = "",
    ) -> None:
        self.rule = rule
        self.unless = unless
        self.first = first
        super().__init__(name=name, operation=operation, condition=pgtrigger.Condition(only) if only else None)

    def get_func(self, model: models.Model) -> str:
        rule = self.rule.replace("'", "''")
        first = f"\n            {self.first};" if self.first else ""
        row = "COALESCE(NEW, OLD)" if "DELETE" in str(self.operation) else "NEW"
        return f"""{first}
            IF NOT COALESCE(({self.unless}), FALSE) THEN
                RAISE EXCEPTION '{rule}' USING ERRCODE = 'check_violation', CONSTRAINT = '{self.name}';
            END IF;
            RETURN {row};
        """


def stays(*columns: str, name: str, rule: str) -> Refuse:
    """These columns are written once: what other rows rest on is not swapped under them."""
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return Refuse(name=name, rule=rule, unless="FALSE", operation=update_of(*columns), only=changed)


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
