"""The channels there are, by kind: every package beside this file that has a `channel` module."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from sessions import delivery
from sessions.delivery.base import Channel


@cache
def channels() -> dict[str, type[Channel]]:
    """Channel classes by kind. Raises ValueError when two share one."""
    found: dict[str, type[Channel]] = {}
    for module in iter_modules(delivery.__path__):
        if not module.ispkg:
            continue
        channel: type[Channel] = import_module(f"{delivery.__name__}.{module.name}.channel").CHANNEL
        if channel.kind in found:
            raise ValueError(f"Two channels are called {channel.kind!r}.")
        found[channel.kind] = channel
    return found
