"""What can go wrong with the servers, said in one sentence."""

import errno
from pathlib import Path


class EmbeddedError(Exception):
    """One sentence for the person at the terminal: what is wrong and what to do about it."""


class DiskFull(EmbeddedError):
    """There is no room for a server's files."""


class ToolFailed(Exception):
    """A server's own tool ended with an error; the argument is what it printed."""


def disk_full(path: Path) -> DiskFull:
    return DiskFull(f"The disk that holds {path} is full: free some space and run this again.")


def explain(error: OSError, path: Path) -> EmbeddedError:
    """The sentence for a file operation at or below `path` that failed."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full(path)
    where = error.filename or path
    return EmbeddedError(
        f"{where} cannot be used ({error.strerror}): make it writable for you, or set DATA_DIR to a directory that is."
    )
