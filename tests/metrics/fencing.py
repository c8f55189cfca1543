"""Which tables a step reads or writes."""

import re

from django.db import connection

ASKING = {"django_session", "programs_apitoken", "programs_user", "programs_member", "programs_organization"}
"""The reader's own login or token and membership; of other members the names of those who may own a decision."""
PLANNED = {"programs_cohortmanager", "programs_cohort", "programs_program", "programs_agreementtext"}
"""What is planned for the reader's own cohorts, as somebody has set it up: nothing about what anybody did."""
TABLE = re.compile(r'(?:FROM|JOIN|INTO|UPDATE)\s+\(*"(\w+)"')


class Fence:
    """Collects the tables that statements name."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute, sql, params, many, context):
        self.tables |= set(TABLE.findall(sql))
        return execute(sql, params, many, context)


def read(step) -> tuple:
    """What the step gave, and the tables that it read or wrote."""
    fence = Fence()
    with connection.execute_wrapper(fence):
        return step(), fence.tables
