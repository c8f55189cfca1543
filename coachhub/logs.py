"""Structured logs: one JSON object a line, with the request id and never any content."""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")
LONG_PART = re.compile(r"(?<=/)[^/\s?]{20,}")  # of a path that Django writes: the token of a link
EXTRA = ("member", "method", "path", "status", "ms", "task")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One JSON object; an exception is given without its text, which may hold content."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": LONG_PART.sub("…", record.getMessage()),
        }
        if request_id.get():
            entry["request"] = request_id.get()
        entry |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            entry |= where(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False, default=str)


def where(error: BaseException) -> dict[str, object]:
    """The exception's type and the frames it passed, newest last; never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__qualname__,
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }
