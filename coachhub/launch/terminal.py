"""The terminal we were started from."""

import os
import select
import signal
from contextlib import suppress
from pathlib import Path


def hang_up_with_it() -> None:
    """Send us SIGHUP once our terminal is closed. For a thread; without a terminal it ends at once.

    The kernel tells the session leader alone. A shell passes it on by ending; make, which leads when a terminal or
    ssh runs nothing but `make run`, waits for us without a word.
    """
    with suppress(OSError), Path("/dev/tty").open() as terminal:
        closed = select.poll()
        closed.register(terminal, 0)  # a hang-up is told unasked
        closed.poll()
        os.kill(os.getpid(), signal.SIGHUP)
