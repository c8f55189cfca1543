"""PostgreSQL, driven by its own initdb and pg_ctl."""

import os
import pwd
import shlex
import shutil
import signal
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from coachhub.embedded.errors import EmbeddedError, ToolFailed
from coachhub.embedded.server import Server

VERSION = "18"  # as in `software.postgres`, and written by initdb
PORT = 5432  # only part of the socket's name
PID_FILE = "postmaster.pid"
SOCKET = f".s.PGSQL.{PORT}"
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# Its log tells what failed and never the row, the statement or the parameters: people's words stand in them.
WITHOUT_CONTENT = {
    "log_error_verbosity": "terse",  # without "Failing row contains (…)" and the statements of a deadlock
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_parameter_max_length": "0",
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
}
# For tests: what a crash would lose is made again anyway, and nothing is large or old enough to be tidied up.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1d",
    "autovacuum": "off",
    "track_counts": "off",
    "update_process_title": "off",
    "max_parallel_workers_per_gather": "0",
    "shared_buffers": "256MB",
}
# Text behaves as in Python, lower() included, whatever locales the machine has.
INITDB = (
    "--username=postgres",
    "--auth-local=peer",
    "--auth-host=reject",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=PG_UNICODE_FAST",
)


class Postgres(Server):
    """A PostgreSQL with the database `coachhub`, owned by a role of that name that is no superuser."""

    name = "Postgres"
    program = "postgres"
    proof = PID_FILE
    stop_signal = signal.SIGINT
    patience = 60

    def start(self, *, fast: bool, at: str = "") -> str:
        """`fast` may lose the data with the power."""
        if not self.runs():
            settings = SETTINGS | WITHOUT_CONTENT | (FAST if fast else {})
            if at:
                self._start_again(Path(str(conninfo_to_dict(at)["host"])), settings)
            else:
                self._start_anew(settings)
        self._provision()
        return f"postgresql://coachhub@/coachhub?host={quote(str(self._sockets()))}&port={PORT}"

    def stop(self) -> None:
        """Stop it, open transactions rolled back; killed if it does not go."""
        sockets = self.directory
        with suppress(OSError, IndexError):
            sockets = self._sockets()
        super().stop()
        self._remove(sockets)

    def _start_again(self, sockets: Path, settings: Mapping[str, str]) -> None:
        self._name_us(sockets)
        self._launch(sockets, settings)

    def _start_anew(self, settings: Mapping[str, str]) -> None:
        self._create()
        self._check_version()
        self._forget_the_dead()
        sockets = self._new_sockets()
        try:
            self._launch(sockets, settings)
        except EmbeddedError:
            self._remove(sockets)
            raise

    def _create(self) -> None:
        if self.directory.exists():
            return
        new = self.directory.with_suffix(".new")  # an interrupted initdb must not pass for a database
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self.place.own(new)
        try:
            self.place.run(self.place.software.postgres / "initdb", *INITDB, "-D", new)
        except ToolFailed as error:
            raise self.failure(str(error)) from None
        me = pwd.getpwuid(os.geteuid()).pw_name
        (new / "pg_hba.conf").write_text("local all all peer map=coachhub\n")
        (new / "pg_ident.conf").write_text(f'coachhub "{me}" postgres\ncoachhub "{me}" coachhub\n')
        new.rename(self.directory)

    def _check_version(self) -> None:
        made = (self.directory / "PG_VERSION").read_text().strip()
        if made != VERSION:
            raise EmbeddedError(
                f"The database in {self.directory} was made by PostgreSQL {made} and this is {VERSION}: run the "
                "version of CoachHub that made it, or set DATA_DIR to another directory."
            )

    def _forget_the_dead(self) -> None:
        """What kill -9 left of the last run."""
        with suppress(OSError, IndexError):
            old_sockets = self._sockets()
            self._name_us(old_sockets)
            self._remove(old_sockets)

    def _name_us(self, sockets: Path) -> None:
        """After kill -9 the old pid may by now be another program's, and PostgreSQL would give way to it.

        Its files are kept, since they also guard against processes of the old server that still write;
        but they name us, the grandparent of the new server, whom it knows not to be a rival.
        """
        for path in (self.directory / PID_FILE, sockets / f"{SOCKET}.lock"):
            if path.exists():
                path.write_text("\n".join([str(os.getpid()), *path.read_text().split("\n")[1:]]))

    def _new_sockets(self) -> Path:
        # The kernel allows 103 to 107 bytes; to clients a comma would mean a list of hosts.
        if len(os.fsencode(self.directory / SOCKET)) <= 100 and "," not in str(self.directory):
            return self.directory
        sockets = Path(tempfile.mkdtemp(prefix="coachhub-"))
        self.place.own(sockets)
        return sockets

    def _launch(self, sockets: Path, settings: Mapping[str, str]) -> None:
        self.log.unlink(missing_ok=True)
        settings = {**settings, "unix_socket_directories": f'"{sockets}"'}
        options = shlex.join(part for item in settings.items() for part in ("-c", "=".join(item)))
        try:
            pg_ctl = self.place.software.postgres / "pg_ctl"
            self.place.run(pg_ctl, "start", "-w", "-D", self.directory, "-l", self.log, "-o", options)
        except ToolFailed as error:
            raise self.failure(str(error)) from None

    def _sockets(self) -> Path:
        return Path((self.directory / PID_FILE).read_text().splitlines()[4])

    def _remove(self, sockets: Path) -> None:
        if sockets.name.startswith("coachhub-") and sockets != self.directory:
            shutil.rmtree(sockets, ignore_errors=True)

    def _provision(self) -> None:
        host = str(self._sockets())
        try:
            with psycopg.connect(host=host, port=PORT, user="postgres", dbname="postgres", autocommit=True) as db:
                if not db.execute("SELECT FROM pg_roles WHERE rolname = 'coachhub'").rowcount:
                    db.execute("CREATE ROLE coachhub LOGIN CREATEDB")
                if not db.execute("SELECT FROM pg_database WHERE datname = 'coachhub'").rowcount:
                    db.execute("CREATE DATABASE coachhub OWNER coachhub")
        except psycopg.Error as error:
            raise self.failure(str(error)) from None
