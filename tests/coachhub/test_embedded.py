"""The embedded servers, for real: their own PostgreSQL, Valkey and data directories."""

import errno
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from coachhub import embedded
from coachhub.embedded import EmbeddedError, place
from coachhub.embedded.errors import explain
from coachhub.embedded.postgres import Postgres
from coachhub.embedded.valkey import Valkey

pytestmark = pytest.mark.servers
STOPPED = {"Postgres": False, "Valkey": False}
RUNNING = {"Postgres": True, "Valkey": True}


@pytest.fixture(scope="module")
def home():
    """A directory that the database's own user can reach, which pytest's are not."""
    with tempfile.TemporaryDirectory(prefix="embedded-") as path:
        Path(path).chmod(0o755)
        yield Path(path)


@pytest.fixture(scope="module")
def shared(home):
    return home / "data"


@pytest.fixture(scope="module")
def long(home):
    return home / ("long" * 30)


@pytest.fixture
def data(shared):
    """A data directory in which nothing runs, before and after."""
    assert embedded.status(shared) == STOPPED
    yield shared
    assert embedded.status(shared) == STOPPED


def query(urls, sql):
    with psycopg.connect(urls["DATABASE_URL"]) as db:
        return db.execute(sql).fetchone()


def client(url):
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0))


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def command(data, action, *arguments):
    return [sys.executable, "-m", "coachhub.embedded", action, "--data-dir", str(data), *arguments]


def run(data, *arguments):
    return subprocess.run(command(data, *arguments), capture_output=True, text=True)


def end_both(data):
    """Valkey as by the kernel; PostgreSQL so that it leaves no pid file behind."""
    ended = [Postgres(place.find(data)).process(), Valkey(place.find(data)).process()]
    ended[0].terminate()
    ended[1].kill()
    assert psutil.wait_procs(ended, timeout=30)[1] == []


@contextmanager
def watched(data, urls):
    """A watch while the block runs; its last look has ended afterwards."""
    watch = embedded.Watch(data, urls)
    watching = threading.Thread(target=watch.run, daemon=True)
    watching.start()
    try:
        yield
    finally:
        watch.over.set()
        watching.join(timeout=30)
    assert not watching.is_alive()


def test_rows_and_queued_work_outlive_a_restart(data):
    with embedded.servers(data) as urls:
        with psycopg.connect(urls["DATABASE_URL"]) as db:
            db.execute("CREATE TABLE kept AS SELECT 'a row' AS what")
        client(urls["REDIS_URL"]).rpush("queue", "a task")
    with embedded.servers(data) as urls:
        assert query(urls, "SELECT what FROM kept") == ("a row",)
        assert client(urls["REDIS_URL"]).lrange("queue", 0, -1) == [b"a task"]


def test_the_database_speaks_utf8_in_utc_to_a_role_that_is_no_superuser(data):
    settings = ("is_superuser", "server_encoding", "timezone", "listen_addresses")
    wanted = ", ".join(f"current_setting('{name}')" for name in settings)
    with embedded.servers(data, fast=True) as urls:
        row = query(urls, f"SELECT current_user, lower('ÉCOLE'), upper('straße'), {wanted}")
    assert row == ("coachhub", "école", "STRASSE", "off", "UTF8", "UTC", "")


def test_the_databases_log_tells_what_failed_and_quotes_nobody(data):
    """Nor does one that was asked for more, by its own settings, before it was started this time."""
    with embedded.servers(data, fast=True) as urls, psycopg.connect(urls["DATABASE_URL"], autocommit=True) as db:
        db.execute("CREATE TABLE said (words text PRIMARY KEY CHECK (length(words) > 20))")
    with (data / "postgres/postgresql.conf").open("a") as settings:
        settings.write("log_statement = all\nlog_min_duration_statement = 0\nlog_error_verbosity = verbose\n")
    with embedded.servers(data, fast=True) as urls, psycopg.connect(urls["DATABASE_URL"], autocommit=True) as db:
        for words in ("Leo wept", "Leo wept, and then he laughed", "Leo wept, and then he laughed"):
            with suppress(psycopg.IntegrityError):
                db.execute("INSERT INTO said VALUES (%s)", [words])
        with suppress(psycopg.errors.UndefinedTable):
            db.execute("SELECT 'Leo wept' FROM nowhere")
    log = (data / "postgres/log").read_text()
    assert re.findall(r"ERROR: +(.*)", log) == [
        'new row for relation "said" violates check constraint "said_words_check"',
        'duplicate key value violates unique constraint "said_pkey"',
        'relation "nowhere" does not exist at character 24',
    ]
    assert "Leo" not in log


def test_only_we_can_connect(data):
    with embedded.servers(data, fast=True) as urls:
        assert mode(data / "postgres") == mode(data / "postgres/.s.PGSQL.5432") == 0o700
        assert (data / "postgres/pg_hba.conf").read_text() == "local all all peer map=coachhub\n"
        assert mode(data / "valkey/valkey.conf") == 0o600
        host = urls["REDIS_URL"].rpartition("@")[2]
        with pytest.raises(redis.AuthenticationError):
            client(f"redis://{host}").ping()


def test_env_holds_both_urls_for_us_alone_and_only_while_the_servers_run(data):
    embedded.write_env(data, SECRET_KEY="kept")
    with embedded.servers(data, fast=True) as urls:
        assert embedded.read_env(data) == {"SECRET_KEY": "kept", **urls}
        assert mode(data / "env") == 0o600
    assert embedded.read_env(data) == {"SECRET_KEY": "kept"}


def test_servers_are_shared_and_the_last_one_out_stops_them(data):
    with embedded.servers(data, fast=True) as first:
        with embedded.servers(data, fast=True) as second:
            assert second == first
        assert embedded.status(data) == RUNNING
        with pytest.raises(EmbeddedError, match="Another process uses the servers"):
            embedded.stop(data)


@pytest.mark.parametrize("pid_is_now_another_programs", [False, True])
def test_servers_start_again_after_kill_9(data, pid_is_now_another_programs):
    pid_file = data / "postgres/postmaster.pid"
    embedded.keep(data)
    for server in (Postgres(place.find(data)), Valkey(place.find(data))):
        server.process().kill()
    if pid_is_now_another_programs:
        pid_file.write_text("\n".join([str(os.getpid()), *pid_file.read_text().split("\n")[1:]]))
    with embedded.servers(data) as urls:
        assert query(urls, "SELECT 1") == (1,)
        assert client(urls["REDIS_URL"]).ping()


def test_what_ends_while_it_is_watched_runs_again_where_it_was(data, capfd):
    with embedded.servers(data) as urls:
        with watched(data, urls):
            end_both(data)
            deadline = time.monotonic() + 30
            while embedded.status(data) != RUNNING and time.monotonic() < deadline:
                time.sleep(0.05)
        assert query(urls, "SELECT 1") == (1,)
        assert client(urls["REDIS_URL"]).ping()
    said = {f"{name} ended by itself and runs again." for name in RUNNING}
    assert set(capfd.readouterr().err.splitlines()) == said


def test_what_a_killed_run_left_is_taken_over_and_stopped(data):
    killed = run(data, "with", "--fast", "--", "sh", "-c", "kill -9 $PPID")
    assert killed.returncode == -signal.SIGKILL
    assert embedded.status(data) == RUNNING
    with embedded.servers(data) as urls:
        assert query(urls, "SELECT 1") == (1,)


def test_servers_whose_files_were_deleted_give_way_to_new_ones(data):
    embedded.keep(data, fast=True)
    shutil.rmtree(data)
    with embedded.servers(data, fast=True) as urls:
        assert query(urls, "SELECT 1") == (1,)
        assert client(urls["REDIS_URL"]).ping()


def test_what_ended_while_others_use_it_comes_back_where_they_find_it(long):
    with embedded.servers(long, fast=True) as urls:
        end_both(long)
        with embedded.servers(long, fast=True) as of_a_second_command:
            assert of_a_second_command == urls
        assert query(urls, "SELECT 1") == (1,)
        assert client(urls["REDIS_URL"]).ping()


def test_a_long_path_gets_a_short_socket_that_goes_with_the_server(long):
    with embedded.servers(long, fast=True) as urls:
        sockets = Path(psycopg.conninfo.conninfo_to_dict(urls["DATABASE_URL"])["host"])
        assert query(urls, "SELECT 1") == (1,)
        assert (sockets.parent, mode(sockets)) == (Path(tempfile.gettempdir()), 0o700)
    assert not sockets.exists()


def test_a_directory_that_the_databases_user_cannot_pass_stays_closed(home):
    private = home / "private"
    private.mkdir(mode=0o700)
    aside = embedded.home(private / "data")
    assert list(private.iterdir()) == []
    with embedded.servers(private / "data", fast=True) as urls:
        assert query(urls, "SELECT 1") == (1,)
        assert (Path(urls["DATABASE_DIR"]), (aside / "postgres").is_dir()) == (aside, True)
    assert mode(private) == 0o700
    shutil.rmtree(aside)


def test_with_gives_the_command_both_urls_and_returns_its_status(data):
    done = run(data, "with", "--fast", "--", "sh", "-c", 'echo "$DATABASE_URL $REDIS_URL"; exit 7')
    assert (done.returncode, done.stderr) == (7, "")
    assert [url.partition(":")[0] for url in done.stdout.split()] == ["postgresql", "redis"]


def test_with_says_which_command_cannot_be_run(data):
    done = run(data, "with", "--fast", "--", "/no/such/command")
    assert (done.returncode, done.stderr) == (127, "/no/such/command cannot be run: No such file or directory.\n")


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_with_hands_signals_on_and_stops_the_servers(data, number):
    shell = ["sh", "-c", "trap 'exit 5' INT TERM; echo up; while :; do sleep 0.1; done"]
    wrapped = command(data, "with", "--fast", "--", *shell)
    with subprocess.Popen(wrapped, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        process.stdout.readline()
        process.send_signal(number)
    assert process.returncode == 5


def test_a_signal_while_the_servers_start_leaves_nothing_behind(data):
    with subprocess.Popen(command(data, "with", "--fast", "--", "sleep", "60")) as process:
        while process.poll() is None and not (data / "postgres/postmaster.pid").exists():
            time.sleep(0.001)
        process.terminate()
    assert process.returncode == 128 + signal.SIGTERM


def test_start_keeps_the_servers_until_stop(data):
    assert run(data, "start", "--fast").returncode == 0
    with embedded.servers(data):
        pass
    shown = run(data, "status")
    assert (shown.returncode, shown.stdout) == (0, "Postgres: running\nValkey: running\n")
    assert run(data, "stop").returncode == 0
    assert run(data, "status").returncode == 3


def test_a_server_that_does_not_start_says_why_in_one_sentence(data):
    with embedded.servers(data, fast=True):
        pass
    written = (data / "postgres/PG_VERSION").read_text()
    (data / "postgres/PG_VERSION").write_text("12\n")
    of_another_version = run(data, "with", "--", "true")
    (data / "postgres/PG_VERSION").write_text(written)
    settings = (data / "postgres/postgresql.conf").read_text()
    (data / "postgres/postgresql.conf").write_text("work_mem = much\n")
    broken = run(data, "with", "--", "true")
    (data / "postgres/postgresql.conf").write_text(settings)
    assert [done.returncode for done in (of_another_version, broken)] == [1, 1]
    assert of_another_version.stderr == (
        f"The database in {data}/postgres was made by PostgreSQL 12 and this is 18: run the version of CoachHub that "
        "made it, or set DATA_DIR to another directory.\n"
    )
    assert broken.stderr == (
        f'Postgres does not start (configuration file "{data}/postgres/postgresql.conf" contains errors): '
        f"put that right, or look in {data}/postgres/log.\n"
    )


def test_a_data_directory_that_cannot_be_made_is_said_in_one_sentence(home):
    (home / "file").touch()
    with pytest.raises(EmbeddedError, match=r"file cannot be used \(.*set DATA_DIR to a directory that is"):
        embedded.keep(home / "file" / "data")


def test_a_full_disk_is_called_a_full_disk(home):
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(home))
    assert str(explain(full, home)) == f"The disk that holds {home} is full: free some space and run this again."


def test_a_database_that_another_user_made_is_left_alone(home):
    (home / "theirs").mkdir()
    (home / "theirs/postgres").symlink_to("/usr")
    with pytest.raises(EmbeddedError, match="theirs/postgres was made by root: run this as root"):
        embedded.keep(home / "theirs")
