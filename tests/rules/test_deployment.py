"""docker-compose.yml, Dockerfile and docs/env.example say what the code needs: checked by reading them, never built."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from coachhub.embedded.postgres import WITHOUT_CONTENT

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("web", "worker", "beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
STAGES = [stage.splitlines() for stage in re.split(r"^(?=FROM )", DOCKERFILE, flags=re.MULTILINE)[1:]]
SECRET = re.compile(r"SECRET|PASSWORD|KEYS|TOKEN|_URL")


def said(stage: list[str], word: str) -> list[str]:
    """What stands after each instruction of that name."""
    return [line.removeprefix(f"{word} ").strip() for line in stage if line.startswith(f"{word} ")]


def words(command: str | list[str]) -> list[str]:
    """A command in either spelling."""
    return shlex.split(command) if isinstance(command, str) else list(command)


def test_the_services_are_those_of_one_machine():
    assert set(SERVICES) == {*OURS, "postgres", "valkey", "proxy"}
    images = {name: SERVICES[name]["image"] for name in SERVICES}
    assert (images["postgres"], images["valkey"]) == ("postgres:18", "valkey/valkey:9")
    assert [SERVICES[name]["build"] for name in OURS] == ["."] * 3


def test_the_proxy_alone_is_reached_from_outside_and_speaks_tls():
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "proxy": ["80:80", "443:443"]
    }
    assert words(SERVICES["proxy"]["command"])[:2] == ["caddy", "reverse-proxy"]
    assert all("network_mode" not in service and "privileged" not in service for service in SERVICES.values())


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_comes_back_and_has_a_health_check(name):
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert name == "web" or SERVICES[name]["healthcheck"]["test"]
    assert said(STAGES[-1], "HEALTHCHECK")


def test_the_database_logs_as_little_as_the_embedded_one():
    program, *settings = SERVICES["postgres"]["command"]
    assert (program, settings) == ("postgres", [f"-c{name}={value}" for name, value in WITHOUT_CONTENT.items()])


def test_what_is_waited_for_is_there_and_can_be_healthy():
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            assert (how["condition"], other in SERVICES) == ("service_healthy", True)


def test_data_live_in_declared_volumes():
    mounts = [volume for service in SERVICES.values() for volume in service["volumes"]]
    assert {mount.split(":")[0] for mount in mounts} == set(COMPOSE["volumes"])
    assert "postgres:/var/lib/postgresql" in mounts  # where version 18 keeps them, not in data/ below it


def test_secrets_come_from_files_alone():
    given = set()
    for service in SERVICES.values():
        files = {name: value for name, value in service.get("environment", {}).items() if SECRET.search(name)}
        assert all(name.endswith("_FILE") for name in files if name != "SITE_URL")
        assert {f"/run/secrets/{each}" for each in service.get("secrets", ())} >= {
            value for name, value in files.items() if name != "SITE_URL"
        }
        given |= set(service.get("secrets", ()))
    assert given == set(COMPOSE["secrets"])
    kept_out = {line.rstrip("/") for line in (ROOT / ".dockerignore").read_text().split()}
    assert kept_out >= {".env", "secrets", ".git", ".data", ".venv"}
    ignored = subprocess.run(["git", "check-ignore", ".env", "secrets/secret_key"], cwd=ROOT, capture_output=True)
    assert ignored.stdout.split() == [b".env", b"secrets/secret_key"]


def test_our_processes_start_as_in_the_procfile():
    procfile = dict(line.split(": exec ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    web = json.loads(said(STAGES[-1], "CMD")[0])
    assert sorted(web) == sorted(
        {"${HOST:-127.0.0.1}": "0.0.0.0", "${PORT:-8000}": "8000"}.get(word, word)  # noqa: S104 (inside the container)
        for word in words(procfile["web"])
    )
    for name in ("worker", "beat"):
        assert words(SERVICES[name]["command"]) == words(procfile[name])
    assert [(Path(sys.executable).parent / words(procfile[name])[0]).exists() for name in OURS] == [True] * 3
    locked = (ROOT / "requirements.txt").read_text()
    assert [bool(re.search(rf"^{name}==", locked, re.MULTILINE)) for name in ("granian", "celery")] == [True, True]


@pytest.mark.parametrize("name", ["docker-compose.yml", "Dockerfile", "README.md"])
def test_commands_that_are_named_exist(name):
    named = set(re.findall(r"manage\.py (\w+)", (ROOT / name).read_text()))
    assert named - set(get_commands()) == set()


def test_the_image_is_built_in_one_stage_and_run_in_another_by_nobody_special():
    build, run = STAGES
    assert build[0].split() == ["FROM", "python:3.13-slim", "AS", "build"]
    assert run[0].split()[1] == "python:3.13-slim"
    assert (ROOT / ".python-version").read_text().startswith("3.13")
    assert said(run, "USER") == ["coachhub"]
    assert run.index("USER coachhub") < next(place for place, line in enumerate(run) if line.startswith("CMD"))
    assert all(line.startswith("--from=build") for line in said(run, "COPY"))
    assert "pip" not in "".join(said(run, "RUN"))
    assert any("--require-hashes -r requirements.txt" in line for line in said(build, "RUN"))


def test_what_the_image_copies_is_there():
    for stage in STAGES:
        for line in said(stage, "COPY"):
            sources = line.split()[:-1]
            if not line.startswith("--from"):
                assert [source for source in sources if not (ROOT / source).exists()] == []


def test_no_secret_stays_in_the_image():
    kept = " ".join(line for stage in STAGES for word in ("ENV", "ARG", "LABEL") for line in said(stage, word))
    assert SECRET.findall(kept) == []


def test_the_example_names_every_setting_and_no_other():
    settings = (ROOT / "coachhub/settings.py").read_text()
    of_embedded_servers = {"DATABASE_DIR"}
    read = set(re.findall(r"""\benv\.\w+\(\s*["'](\w+)["']""", settings)) - of_embedded_servers | {"DATA_DIR"}
    named = re.findall(r"^#? ?([A-Z_]+)=", (ROOT / "docs/env.example").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(read | {"SITE_NAME"})


def test_the_services_are_given_settings_that_are_read():
    named = (ROOT / "docs/env.example").read_text()
    for name in OURS:
        given = {key.removesuffix("_FILE") for key in SERVICES[name]["environment"]}
        assert [key for key in given if f"{key}=" not in named] == []
    in_image = re.findall(r"([A-Z_]+)=", " ".join(said(STAGES[-1], "ENV")))
    assert {"PRODUCTION", "DATA_DIR", "STATIC_ROOT"} <= set(in_image)
