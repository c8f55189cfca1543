"""`python -m coachhub.embedded with|start|stop|status`: the servers for a command, or by hand."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from coachhub import embedded
from coachhub.environment import data_dir

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run the command line; returns the exit status."""
    options = _parser().parse_args()
    data: Path = options.data_dir
    try:
        if options.action == "with":
            return _with(data, options.command, fast=options.fast)
        if options.action == "start":
            embedded.keep(data, fast=options.fast)
        if options.action == "stop":
            embedded.stop(data)
        return _status(data) if options.action == "status" else 0
    except embedded.EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m coachhub.embedded", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data-dir", type=Path, default=data_dir(ROOT), help="default: DATA_DIR, or .data")
    shared.add_argument("--fast", action="store_true", help="for tests: may lose data with the power")
    run = actions.add_parser("with", parents=[shared], help="run COMMAND with both URLs in its environment")
    run.add_argument("command", nargs="+", metavar="COMMAND", help="after --")
    for name, text in (
        ("start", "start both and leave them running"),
        ("stop", "stop both"),
        ("status", "say which run; status 3 unless both do"),
    ):
        actions.add_parser(name, parents=[shared], help=text)
    return parser


def _with(data: Path, command: list[str], *, fast: bool) -> int:
    embedded.leave_on_signal()
    with embedded.servers(data, fast=fast) as urls:
        try:
            status = _run(command, {**os.environ, **urls})
        except OSError as error:
            print(f"{command[0]} cannot be run: {error.strerror}.", file=sys.stderr)
            return 127
    return status if status >= 0 else 128 - status


def _run(command: list[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end, handing on each signal that asks us to stop."""
    child: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def hand_on(number: int, frame: FrameType | None) -> None:
        if child is None:
            early.append(number)
        elif number != signal.SIGINT or not _in_foreground():
            child.send_signal(number)

    embedded.on_stopping(hand_on)
    child = subprocess.Popen(command, env=environment)
    for number in early:
        child.send_signal(number)
    return child.wait()


def _in_foreground() -> bool:
    """Whether a terminal has already sent its Ctrl-C to the command too."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:
        return False


def _status(data: Path) -> int:
    running = embedded.status(data)
    for name, runs in running.items():
        print(f"{name}: {'running' if runs else 'stopped'}")
    return 0 if all(running.values()) else 3


if __name__ == "__main__":
    sys.exit(main())
