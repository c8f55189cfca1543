"""Settings in processes of their own: what production refuses, and with which sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from coachhub.celery import app
from coachhub.checks import connections_are_reused

ROOT = Path(__file__).parents[2]
GOOD = {
    "PRODUCTION": "1",
    "SECRET_KEY": "0123456789abcdefghij" * 3,
    "FIELD_KEYS": "k1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
    "EMAIL_URL": "smtp://mail.example:587/?tls=1",
    "ALLOWED_HOSTS": "coach.example",
    "SITE_URL": "https://coach.example",
}


def check(tmp_path, *options, **changes):
    variables = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)} | GOOD | changes
    command = [sys.executable, "manage.py", "check", *options]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"DEBUG": "1"}, "PRODUCTION=1 and DEBUG=1 do not go together: unset DEBUG."),
        ({"DEMO": "1"}, "PRODUCTION=1 and DEMO=1 do not go together: demo mode signs anybody in."),
        ({"SECRET_KEY": "short"}, "Set SECRET_KEY (or SECRET_KEY_FILE) to at least 50 random characters."),
        ({"FIELD_KEYS": "dev:Y29hY2hodWItZGV2ZWxvcG1lbnQta2V5LTMyLWJ5dGU="}, "Set FIELD_KEYS (or FIELD_KEYS_FILE)"),
        ({"EMAIL_URL": "http://mail"}, "EMAIL_URL must begin with smtp:// or submission://."),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR."),
    ],
)
def test_production_refuses(tmp_path, changes, sentence):
    done = check(tmp_path, **changes)
    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[-1]


def test_production_settings_pass_the_deployment_check_without_a_warning(tmp_path):
    done = check(tmp_path, "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


def test_mail_in_a_folder_is_a_deployment_warning(tmp_path):
    done = check(tmp_path, "--deploy", "--fail-level", "WARNING", EMAIL_URL="")
    assert "coachhub.W001" in done.stderr


@pytest.mark.parametrize(("size", "complaints"), [(4, ["coachhub.E001"]), (0, [])])
def test_a_missing_pool_is_an_error_unless_none_was_wished_for_as_by_commands(monkeypatch, size, complaints):
    """`manage.py migrate` asks the checks of the database, and has no pool."""
    monkeypatch.setattr(settings, "POOL", size)
    monkeypatch.setitem(settings.DATABASES["default"], "CONN_MAX_AGE", 0)
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", {})
    assert [each.id for each in connections_are_reused(None)] == complaints


def test_secrets_come_from_files(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("0123456789abcdefghij" * 3 + "\n")
    done = check(tmp_path, SECRET_KEY="", SECRET_KEY_FILE=str(secret))
    assert done.returncode == 0


def test_where_the_embedded_database_lives_is_read_beside_the_site(tmp_path):
    (tmp_path / "env").write_text("DATABASE_DIR=/elsewhere\n")
    variables = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", "from coachhub import settings; print(settings.DATABASE_DIR)"]
    assert subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True).stdout == "/elsewhere\n"


def test_every_task_of_ours_is_rung_by_beat():
    """What is due stands in the database; what beat does not name is done when somebody happens to ring, or never."""
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith(("celery.", "tests."))}
    assert ours == set(settings.CELERY_BEAT_SCHEDULE)
