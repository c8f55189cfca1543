"""Valkey: broker and cache in one."""

import secrets
import signal
import socket
import time
from contextlib import suppress

from coachhub.embedded.errors import ToolFailed
from coachhub.embedded.server import Server
from coachhub.embedded.urlfile import write_private

# When memory is short, cached values go and queued work stays; a failed snapshot or a full disk
# neither refuses writes nor keeps it from stopping.
CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{directory}"
daemonize yes
logfile log
set-proc-title no
save {save}
stop-writes-on-bgsave-error no
shutdown-on-sigterm default force
maxmemory 256mb
maxmemory-policy volatile-lru
"""


class Valkey(Server):
    """A Valkey on a free loopback port, with a new password at each start unless others know the old one."""

    name = "Valkey"
    program = "valkey-server"
    proof = "valkey.conf"
    stop_signal = signal.SIGTERM
    patience = 10

    def start(self, *, fast: bool, at: str = "") -> str:
        """`fast` keeps nothing on disk."""
        if not self.runs() and not (self._begin() if at else self._start_anew(fast=fast)):
            raise self.failure()
        return self._url()

    def _start_anew(self, *, fast: bool) -> bool:
        """With a second try, since another program may take the free port before Valkey does."""
        return self._launch(fast=fast) or self._launch(fast=fast)

    def _launch(self, *, fast: bool) -> bool:
        self.directory.mkdir(mode=0o700, exist_ok=True)
        self.place.own(self.directory)
        config = self.directory / self.proof
        text = CONFIG.format(
            port=_free_port(),
            password=secrets.token_urlsafe(32),
            directory=self.directory,
            save='""' if fast else "60 1",
        )
        write_private(config, text)
        self.place.own(config)
        return self._begin()

    def _begin(self) -> bool:
        """With the settings that are there; whether it answers."""
        self.log.unlink(missing_ok=True)
        try:
            self.place.run(self.place.software.valkey, self.directory / self.proof)
        except ToolFailed as error:
            raise self.failure(str(error)) from None
        return self._answers()

    def _answers(self) -> bool:
        config = self._config()
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", int(config["port"])), timeout=1) as line:
                line.sendall(f"AUTH {config['requirepass']}\r\nPING\r\n".encode())
                with line.makefile("rb") as replies:
                    if [replies.readline(), replies.readline()] == [b"+OK\r\n", b"+PONG\r\n"]:
                        return True
            time.sleep(0.05)
        return False

    def _url(self) -> str:
        config = self._config()
        return f"redis://:{config['requirepass']}@127.0.0.1:{config['port']}/0"

    def _config(self) -> dict[str, str]:
        lines = (self.directory / self.proof).read_text().splitlines()
        return dict(line.split(" ", 1) for line in lines)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
