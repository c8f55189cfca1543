"""`make run`, for real: servers, web, worker and beat, and nothing of them left afterwards."""

import http.client
import itertools
import os
import pty
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from coachhub import embedded
from coachhub.embedded import place
from coachhub.embedded.postgres import Postgres
from coachhub.embedded.valkey import Valkey
from coachhub.launch import LaunchError, checks, environment, prepare
from coachhub.launch import __main__ as launching
from coachhub.launch.site import MARK, stop_leftovers, wait_until_ready

pytestmark = pytest.mark.servers
OF_THE_TESTS = {"DATABASE_URL", "DATABASE_DIR", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
READY_STATE = (200, '{"database": "ok", "migrations": "ok", "broker": "ok", "disk": "ok"}')
READY = "CoachHub is ready. Ctrl-C stops it.\n"
RUN_SITE = """
import sys
from pathlib import Path
from coachhub.launch import site
root = Path(sys.argv[1])
site.run(root, root, {"PATH": "/usr/bin:/bin"}, meanwhile=[lambda: print("up", flush=True)])
"""


@pytest.fixture
def data():
    with tempfile.TemporaryDirectory(prefix="launch-") as path:
        Path(path).chmod(0o755)
        yield Path(path) / "data"


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def left_behind(data):
    """Processes of this data directory: servers name it in their command line, the site in its environment."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        marked = (process.info["environ"] or {}).get(MARK) == str(data)
        if marked or any(f"{data}/" in word for word in process.info["cmdline"] or []):
            found.append(process)
    return found


@pytest.fixture
def launch(data, port):
    """Start CoachHub on an empty data directory; what a failed test leaves running is stopped."""
    started = []

    def start():
        clean = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
        variables = clean | {"DATA_DIR": str(data), "PORT": str(port), "DEMO": "0"}
        command = [sys.executable, "-m", "coachhub.launch"]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, env=variables, stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    patience = threading.Timer(300, lambda: [process.terminate() for process in started])
    patience.start()
    yield start
    patience.cancel()
    for process in started:
        process.terminate()
        process.communicate()


def beside(data, *command):
    """What a command prints that is told nothing but where the data are."""
    clean = {name: value for name, value in os.environ.items() if name not in (*OF_THE_TESTS, "PORT")}
    done = [sys.executable, "manage.py", *command]
    return subprocess.run(done, env=clean | {"DATA_DIR": str(data)}, capture_output=True, text=True).stdout


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def kill_both_servers(data):
    """Valkey, and PostgreSQL with all its processes, as the kernel does when memory is short."""
    for server in (Valkey(place.find(data)), Postgres(place.find(data))):
        server.process().kill()


def lines_until_the_address(process, address):
    return list(itertools.takewhile(lambda line: line != f"{address}\n", process.stdout))


def test_what_starts_the_site_loads_nothing_of_it():
    """Half of the launcher's own time went into Celery, which it never used."""
    loaded = "import coachhub.launch.__main__, sys; print({'celery', 'django.conf', 'kombu'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True).stdout == "set()\n"


def test_it_starts_heals_refuses_a_second_start_and_stops_with_nothing_left(launch, data, port):
    address = f"http://127.0.0.1:{port}"
    first = launch()
    assert lines_until_the_address(first, address)[-1:] == [READY], first.communicate()
    assert get(port, "/readyz") == READY_STATE
    running = str([process.cmdline() for process in left_behind(data)])
    assert [name for name in ("granian", "worker", "beat", "postgres", "valkey") if name not in running] == []
    assert f"{address}/accounts/invitation/" in beside(data, "create_organization", "A company", "--admin=a@x.example")

    second = launch()
    assert second.communicate() == ("", f"CoachHub runs already, at {address}: open that, or stop it first.\n")
    assert second.returncode == 1

    kill_both_servers(data)
    said = sorted(first.stderr.readline() for _ in range(2))
    assert said == ["Postgres ended by itself and runs again.\n", "Valkey ended by itself and runs again.\n"]
    assert get(port, "/readyz") == READY_STATE

    first.kill()  # what it started goes on, on the same port: the next start is not to be kept from it
    third = launch()
    assert lines_until_the_address(third, address)[-1:] == [READY], third.communicate()

    assert checks.space_for(data) == checks.SPACE
    third.send_signal(signal.SIGTERM)
    third.communicate()
    assert third.returncode == 0
    assert left_behind(data) == []
    assert set(embedded.read_env(data)) == {"SECRET_KEY", "FIELD_KEYS"}


@pytest.fixture
def site(tmp_path):
    """Start a site of simple programs in a directory of its own; nothing of it survives the test."""

    @contextmanager
    def start(procfile):
        (tmp_path / "Procfile").write_text(procfile)
        command = [sys.executable, "-c", RUN_SITE, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            yield process, tmp_path

    yield start
    stop_leftovers(tmp_path)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_first_moment_stops_every_process(site, number):
    with site("web: exec sleep 60\nworker: sleep 60 & sleep 60\n") as (process, root):
        process.stdout.readline()
        process.send_signal(number)
        process.communicate()
    assert process.returncode == 0
    assert left_behind(root) == []


def test_a_closed_terminal_stops_every_process_although_make_waits_without_a_word(tmp_path):
    (tmp_path / "Procfile").write_text("web: echo started; exec sleep 60\n")
    like_make = ["sh", "-c", 'trap : HUP; "$@"', "sh", sys.executable, "-c", RUN_SITE, str(tmp_path)]
    leader, terminal = pty.fork()
    if leader == 0:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.execvp("sh", like_make)  # noqa: S606
    with os.fdopen(terminal) as screen:
        assert any("started" in line for line in screen)
    os.waitpid(leader, 0)
    assert left_behind(tmp_path) == []


def test_a_process_that_ends_takes_the_others_along_and_is_named(site):
    with site("web: exit 3\nworker: exec sleep 60\n") as (process, root):
        assert "system | web stopped (rc=3)" in process.stdout.read()
    assert process.returncode == 1
    assert left_behind(root) == []


def test_what_a_killed_launch_left_is_stopped_by_the_next(site):
    with site("web: echo started; exec sleep 60\n") as (process, root):
        assert any("started" in line for line in process.stdout)
        process.kill()
        process.stdout.close()
        assert [left.name() for left in left_behind(root)] == ["sleep"]
        stop_leftovers(root)
    assert left_behind(root) == []


def test_a_port_in_use_is_said_with_its_user_and_another_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(LaunchError) as refused:
            checks.require_free_port(port)
    name = psutil.Process().name()
    assert str(refused.value) == (
        f"Port {port} is in use by {name} (pid {os.getpid()}): stop what uses it, "
        f"or choose another with `PORT={port + 1} make run`."
    )


def test_a_port_in_use_is_refused_before_anything_is_made(launch, data, port):
    with socket.create_server(("127.0.0.1", port)):
        refused = launch()
        said = refused.communicate()[1]
    assert (refused.returncode, said.count("\n"), data.exists()) == (1, 1, False)
    assert said.startswith(f"Port {port} is in use")


def test_what_fails_for_want_of_room_is_said_as_that(monkeypatch):
    monkeypatch.setattr(prepare, "LEAST_SPACE", 2**60)
    with pytest.raises(SystemExit) as ended, prepare.step("Making the demo"):
        raise RuntimeError("couldn't get a connection after 5.00 sec")
    assert ended.value.code == f"The disk that holds {prepare.DATA} is full: free some space and run this again."


def test_a_full_disk_of_a_database_that_lives_elsewhere_is_named(monkeypatch):
    monkeypatch.setenv("DATABASE_DIR", "/proc")  # has no room at all
    with pytest.raises(SystemExit) as ended, prepare.step("Making the demo"):
        raise RuntimeError("couldn't get a connection after 5.00 sec")
    assert ended.value.code == "The disk that holds /proc is full: free some space and run this again."


def test_a_preparation_that_is_killed_is_said_as_that(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import os\nos.kill(os.getpid(), 9)\n")  # run by Python as it starts
    with pytest.raises(LaunchError) as ended:
        launching.prepare(os.environ | {"PYTHONPATH": str(tmp_path)})
    assert str(ended.value) == (
        "Preparing was stopped by signal 9, by somebody or since memory was short: free some and run this again."
    )


def test_a_database_of_ones_own_that_does_not_answer_is_said_in_one_sentence(port, tmp_path):
    done = without_database(port, tmp_path, "-m", "coachhub.launch.prepare")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("The database does not answer (connection failed: ")
    assert done.stderr.endswith("Connection refused): start it, or put DATABASE_URL right.\n")


def test_who_types_a_command_reads_the_same(port, tmp_path):
    done = without_database(port, tmp_path, "manage.py", "create_organization", "Ours", "--admin", "a@b.example")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("The database does not answer (connection failed: ")


def without_database(port, data, *command):
    own = {"DATABASE_URL": f"postgresql://127.0.0.1:{port}/coachhub", "DATA_DIR": str(data)}
    started = [sys.executable, *command]
    return subprocess.run(started, cwd=Path(__file__).parents[2], env=os.environ | own, capture_output=True, text=True)


@pytest.mark.parametrize("text", ["", "web", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(text):
    with pytest.raises(LaunchError, match="is no port: give a number"):
        checks.read_port(text)


def test_too_little_disk_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(LaunchError, match=r"has \d+ MB free and CoachHub needs 1099511627776: free some space"):
        checks.require_space(2**60, tmp_path / "not" / "yet")
    with pytest.raises(LaunchError, match="The disk that holds /proc has 0 MB free"):
        checks.require_space(1, tmp_path, Path("/proc"))
    checks.require_space(1, tmp_path / "not" / "yet")
    assert list(tmp_path.iterdir()) == []


def test_a_first_start_that_failed_half_way_needs_as_much_room_again(tmp_path):
    with checks.only_launch(tmp_path, "http://127.0.0.1:1"):
        assert checks.space_for(tmp_path) == checks.NEW
    assert checks.space_for(tmp_path) == checks.NEW
    checks.note_prepared(tmp_path)
    assert checks.space_for(tmp_path) == checks.SPACE


def test_keys_are_made_once_and_kept_for_us_alone(tmp_path, monkeypatch):
    for name in ("SECRET_KEY", "FIELD_KEYS", "DEMO"):
        monkeypatch.delenv(name, raising=False)
    first, second = environment.settings(tmp_path), environment.settings(tmp_path)
    assert first == second
    assert (len(first["SECRET_KEY"]) > 50, first["DEMO"]) == (True, "1")
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600


def test_ones_own_settings_and_servers_are_used(tmp_path, monkeypatch):
    for name in ("SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "REDIS_URL", "PRODUCTION"):
        monkeypatch.setenv(name, "mine")
    assert {"SECRET_KEY", "FIELD_KEYS", "DEMO"}.isdisjoint(environment.settings(tmp_path))
    with environment.backing_servers(tmp_path) as urls:
        assert urls == {}
    assert list(tmp_path.iterdir()) == []


def test_half_of_ones_own_servers_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mine")
    monkeypatch.delenv("REDIS_URL", raising=False)
    with pytest.raises(LaunchError, match="Only DATABASE_URL is set"), environment.backing_servers(tmp_path):
        pass


def test_a_site_that_does_not_come_is_not_waited_for_for_ever(port):
    assert wait_until_ready(port, seconds=0.3) is False
