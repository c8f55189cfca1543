"""`<data>/env`: KEY=value lines that settings read when the environment does not have them."""

import os
import tempfile
from pathlib import Path


def read_env(data: Path) -> dict[str, str]:
    """The lines of `<data>/env`; empty when there is none."""
    try:
        lines = (data / "env").read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def write_env(data: Path, **values: str | None) -> None:
    """Set lines of `<data>/env`, or remove those that are None; the file goes with its last line."""
    lines = {key: value for key, value in (read_env(data) | values).items() if value is not None}
    if lines:
        write_private(data / "env", "".join(f"{key}={value}\n" for key, value in lines.items()))
    else:
        (data / "env").unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step with one that only we can read."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
