"""The order in which everything starts."""

import os
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from coachhub import embedded
from coachhub.environment import data_dir
from coachhub.launch import LaunchError, checks, environment, site

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run CoachHub until a signal comes; returns the exit status, 1 after a sentence that says what is wrong."""
    embedded.leave_on_signal()
    data = data_dir(ROOT)
    try:
        port = checks.read_port(os.environ.get("PORT", "8000"))
        address = f"http://127.0.0.1:{port}"
        checks.require_space(checks.space_for(data), *environment.places(data))
        if not site.leftovers(data):
            checks.require_free_port(port)  # before anything is made
        with environment.backing_servers(data) as urls, checks.only_launch(data, address):
            site.stop_leftovers(data)  # they may hold the port
            checks.require_free_port(port)
            variables = {**os.environ, "PORT": str(port), **urls, **environment.settings(data)}
            with environment.known_port(data, port), environment.watched(data, urls) as watching:
                welcome = prepare(variables)
                checks.note_prepared(data)
                announcing = partial(_announce, port, welcome, address)
                site.run(ROOT, data, variables, meanwhile=[announcing, *watching])
        print(f"CoachHub has stopped. Its data stay in {data}.")
        return 0
    except (LaunchError, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1


def prepare(variables: Mapping[str, str]) -> str:
    """Bring the database up to date in a process of its own; returns how to sign in. Raises LaunchError."""
    command = [sys.executable, "-m", "coachhub.launch.prepare"]
    done = subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True)
    if done.returncode < 0:
        stopped = f"Preparing was stopped by signal {-done.returncode}"
        raise LaunchError(f"{stopped}, by somebody or since memory was short: free some and run this again.")
    if done.returncode:
        sys.exit(1)  # it has said why
    return done.stdout.strip("\n")


def _announce(port: int, welcome: str, address: str) -> None:
    if site.wait_until_ready(port):
        # One write, so that no line of the site comes between.
        sys.stdout.write(f"\n{welcome}\n\nCoachHub is ready. Ctrl-C stops it.\n{address}\n")
        sys.stdout.flush()
    else:
        print("CoachHub does not answer yet: the lines above say why.", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
