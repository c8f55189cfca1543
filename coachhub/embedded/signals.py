"""Being told to stop, without half-started or half-stopped servers."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, kill, a closed terminal


@contextmanager
def held() -> Iterator[None]:
    """Hold these signals back while the block runs; the first that came is delivered after it."""
    came: list[int] = []
    before = {number: signal.signal(number, lambda n, _: came.append(n)) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


def leave_on_signal() -> None:
    """Let the first such signal end the program with 128 + its number, through every `finally`."""

    def leave(number: int, frame: FrameType | None) -> None:
        for each in STOPPING:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    on_stopping(leave)


def on_stopping(handler: Callable[[int, FrameType | None], None]) -> None:
    """Handle these signals, except those we were told to ignore (nohup, a job in the background)."""
    for number in STOPPING:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)
