"""Where the servers of one data directory live, and whom they run as."""

import hashlib
import os
import pwd
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from coachhub.embedded.errors import EmbeddedError, ToolFailed
from coachhub.embedded.wheels import Software, copied, installed

SYSTEM_USER = "coachhub-db"  # for the servers when we are root, which PostgreSQL refuses to be
ASIDE = Path("/var/lib/coachhub")
NOBODY = 65534


class Identity(TypedDict, total=False):
    """How subprocess is told to become the servers' owner; empty when that is ourselves."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Place:
    """`data` is ours (locks, env), `home` the servers'."""

    data: Path
    home: Path
    software: Software
    owner: pwd.struct_passwd

    def run(self, *command: str | Path) -> None:
        """Run a tool as the servers' owner, out of reach of our terminal's Ctrl-C. Raises ToolFailed."""
        with tempfile.TemporaryFile() as output:  # a pipe would stay open for as long as the server
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.home,
                umask=0o077,
                start_new_session=True,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                **_identity(self.owner),
            )
            if done.returncode:
                output.seek(0)
                raise ToolFailed(output.read().decode(errors="replace").strip())

    def own(self, path: Path) -> None:
        """Give `path` to the servers' owner."""
        os.chown(path, self.owner.pw_uid, self.owner.pw_gid)


def home(data: Path) -> Path:
    """Where the servers of a data directory live, or will at their first start; makes nothing."""
    try:
        identity = _identity(pwd.getpwnam(SYSTEM_USER))
    except KeyError:  # the one to be made will reach what anybody does
        identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    return _home(data.resolve(), identity)


def find(data: Path) -> Place:
    """The place of a data directory, which is created. Raises EmbeddedError, OSError.

    As root the servers run as an unprivileged user. What that user cannot reach (a checkout below
    /root) is not opened: a directory below /var/lib/coachhub is used instead.
    """
    if set('"$`\\') & set(str(data)):  # pg_ctl hands the path to a shell, between double quotes
        raise EmbeddedError(f'PostgreSQL cannot work in {data}: set DATA_DIR to a path without " $ ` and \\.')
    owner = _owner()
    _make(data, owner)
    home, software = _home(data, _identity(owner)), installed()
    _refuse_another_owner(home / "postgres", owner)
    if home != data:
        _make(home, owner)
    probes = ("-x", software.postgres / "initdb", "-a", "-x", software.valkey)
    if not _test(_identity(owner), *probes):
        _make(home, owner)
        software = copied(home)
    return Place(data, home, software, owner)


def _owner() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        try:
            return pwd.getpwuid(os.geteuid())
        except KeyError:
            raise EmbeddedError(
                f"User id {os.geteuid()} has no name on this machine, which PostgreSQL needs: add it to "
                "/etc/passwd, or set DATABASE_URL and REDIS_URL to servers of your own."
            ) from None
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        try:
            subprocess.run(["useradd", *options, SYSTEM_USER], capture_output=True, check=True)
            return pwd.getpwnam(SYSTEM_USER)
        except (OSError, subprocess.CalledProcessError):
            raise EmbeddedError(
                f"PostgreSQL does not run as root, and the user {SYSTEM_USER} could not be made: "
                "run this as an ordinary user, or make that user first."
            ) from None


def _home(data: Path, identity: Identity) -> Path:
    if os.geteuid() != 0:
        return data
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:8]
    aside = ASIDE / f"{data.parent.name}-{mark}"
    for home in (data, aside):  # where the data are, they stay
        if (home / "postgres").exists():
            return home
    there = next(path for path in (data, *data.parents) if path.exists())  # what is made below it, its user may pass
    return data if _test(identity, "-x", there) else aside


def _make(path: Path, owner: pwd.struct_passwd) -> None:
    """Make a directory for us alone, through which the servers' owner may pass; never change an old one."""
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(path, 0, owner.pw_gid)
            path.chmod(0o710)


def _refuse_another_owner(path: Path, owner: pwd.struct_passwd) -> None:
    if path.exists() and (uid := path.stat().st_uid) != owner.pw_uid:
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            name = str(uid)
        name = "root" if name == SYSTEM_USER else name
        raise EmbeddedError(f"{path} was made by {name}: run this as {name}, or set DATA_DIR to another directory.")


def _identity(owner: pwd.struct_passwd) -> Identity:
    if os.geteuid() != 0:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _test(identity: Identity, *condition: str | Path) -> bool:
    """Whether test(1) says yes when the servers' owner asks: modes and ACLs of all parents count."""
    command = ["/bin/sh", "-c", 'test "$@"', "sh", *map(str, condition)]
    return subprocess.run(command, cwd="/", **identity).returncode == 0
