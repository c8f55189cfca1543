"""What tests of programs have in common."""

import signal

import pytest

from coachhub.embedded.signals import STOPPING


@pytest.fixture
def heard():
    """Programs that a test starts hear every signal, also where the tests run under nohup or as a shell's job."""
    ignored = [number for number in STOPPING if signal.getsignal(number) == signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
