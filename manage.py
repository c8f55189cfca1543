#!/usr/bin/env python
"""CoachHub's management commands."""

import os
import sys


def main() -> None:
    """Run one; a database that is away is told in a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coachhub.settings")
    os.environ.setdefault("DATABASE_POOL", "0")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError:
        from coachhub.launch.prepare import reach_database

        reach_database()
        raise


if __name__ == "__main__":
    main()
