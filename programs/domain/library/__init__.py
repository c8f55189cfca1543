"""The library: pillars with rubric, blueprints and questions, kept in files that people edit.

`programs/library/README.md` explains the files to their authors. Pure Python: what is read here
becomes rows in `publishing`.
"""

from programs.domain.library.errors import LibraryError, LibraryErrors
from programs.domain.library.format import (
    Behaviour,
    Blueprint,
    Criterion,
    Pillar,
    PillarFile,
    Question,
    Rubric,
)
from programs.domain.library.load import load_directory, load_file

__all__ = [
    "Behaviour",
    "Blueprint",
    "Criterion",
    "LibraryError",
    "LibraryErrors",
    "Pillar",
    "PillarFile",
    "Question",
    "Rubric",
    "load_directory",
    "load_file",
]
