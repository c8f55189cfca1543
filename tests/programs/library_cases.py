"""A small right library file, and what is said when it is changed into a wrong one."""

from pathlib import Path

import pytest

from programs.domain.library import LibraryErrors, load_file

SAMPLE = (Path(__file__).parent / "library_sample.yaml").read_text(encoding="utf-8")


def errors_of(folder: Path, content: str | bytes) -> list[str]:
    raw = content.encode() if isinstance(content, str) else content
    (folder / "asking.yaml").write_bytes(raw)
    with pytest.raises(LibraryErrors) as caught:
        load_file(folder / "asking.yaml")
    return [str(error) for error in caught.value.errors]


def changed(old: str, new: str) -> str:
    assert SAMPLE.count(old) >= 1
    return SAMPLE.replace(old, new, 1)
