"""Structured logs: one JSON object a line, with the request id and never any content."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime

from celery import current_task

request_id: ContextVar[str] = ContextVar("request_id", default="")
LONG_PART = re.compile(r"(?<=/)[^/\s?]{20,}")  # of a path that Django writes: the token of a link
EXTRA = ("member", "method", "path", "status", "ms")
UNTOLD = "an error, told without its text"
SHORTEST = 3  # characters of a text that is looked for in a message: a number alone is none
SPEAKS_OF_REQUESTS = "django.security."  # a strange host, too many fields: texts of Django's, without content


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One JSON object; an exception is given without its text, which may hold content."""
        error = record.exc_info[1] if record.exc_info else None
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": LONG_PART.sub("…", message(record)),
        }
        if request_id.get():
            entry["request"] = request_id.get()
        if task := task_of(record):
            entry["task"] = task
        entry |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        if error:
            entry |= where(error)
        return json.dumps(entry, ensure_ascii=False, default=str)


def message(record: logging.LogRecord) -> str:
    """What the record says: its exceptions by their types alone, and nothing when it quotes one in another way."""
    if record.name == "celery.app.trace" and hasattr(record, "data"):
        return f"task {record.data['description']}"
    args = record.args
    told = (
        {key: named(arg) for key, arg in args.items()} if isinstance(args, Mapping) else tuple(map(named, args or ()))
    )
    text = str(named(record.msg))
    text = (text % told if told else text).partition("Traceback (most recent call last)")[0].rstrip()
    quotes = not str(record.name).startswith(SPEAKS_OF_REQUESTS) and any(line in text for line in texts(record))
    return UNTOLD if quotes else text


def named(value: object) -> object:
    return type(value).__qualname__ if isinstance(value, BaseException) else value


def texts(record: logging.LogRecord) -> Iterator[str]:
    """Each line of what the exceptions say that the record is about, also as Python quotes it."""
    for error in chain(record.exc_info[1] if record.exc_info else None, sys.exception()):
        said = "\n".join([str(error), *(arg for arg in error.args if isinstance(arg, str))])
        for line in map(str.strip, said.splitlines()):
            if len(line) >= SHORTEST:
                yield from {line, repr(line)[1:-1]}


def chain(*errors: BaseException | None) -> Iterator[BaseException]:
    """These exceptions, those they came from and those they are made of, each once."""
    left, seen = [*errors], set[int]()
    while left:
        error = left.pop()
        if error is not None and id(error) not in seen:
            seen.add(id(error))
            yield error
            left += [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]


def task_of(record: logging.LogRecord) -> str:
    """The name of the background task that the record is from, or ""."""
    data = getattr(record, "data", None)
    named_there = data.get("name") if isinstance(data, Mapping) else None
    return str(named_there or getattr(current_task, "name", None) or "")


def where(error: BaseException) -> dict[str, object]:
    """The exception's type, the constraint it broke and the frames it passed, newest last; never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    found: dict[str, object] = {
        "error": type(error).__qualname__,
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }
    for each in chain(error):
        if constraint := getattr(getattr(each, "diag", None), "constraint_name", None):
            found["constraint"] = constraint
    return found
