"""The project's settings as in production without TLS, and one more page: an empty one."""

from coachhub.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
