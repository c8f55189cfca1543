"""`python -m bench.inside b1_pages`: one benchmark in this process; each result is a line of JSON."""

import dataclasses
import importlib
import json
import os
import sys

import django


def main(module: str) -> None:
    """Measure, and print results as they come."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    for result in importlib.import_module(f"bench.{module}").measure():
        print(json.dumps(dataclasses.asdict(result)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
