"""What `make run` installs is all that web, worker and beat need: nothing that development tools bring along."""

import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
START = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in UNINSTALLED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

UNINSTALLED = set(sys.argv[1:])
sys.meta_path.insert(0, Missing())

import django
django.setup()
import coachhub.api_urls, coachhub.urls, coachhub.wsgi, granian.cli, honcho.manager
import coachhub.embedded.__main__, coachhub.launch.__main__
from celery.apps import beat, worker
from celery.concurrency import thread
from kombu.transport import redis
from coachhub.celery import app
app.loader.import_default_modules()
app.finalize()
"""


def uninstalled() -> set[str]:
    """Modules that only the development tools bring."""
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    names = {
        module: {re.sub(r"[-_.]+", "-", name).lower() for name in distributions}
        for module, distributions in packages_distributions().items()
    }
    return {module for module, distributions in names.items() if not distributions & locked}


def test_everything_starts_with_what_is_locked_for_running():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "coachhub.settings"}
    command = [sys.executable, "-c", START, *uninstalled()]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "pytest" in uninstalled()
