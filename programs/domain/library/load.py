"""Loads one file or a whole folder; every problem of every file comes out together."""

from pathlib import Path

from pydantic import ValidationError

from programs.domain.library.checks import problems_across
from programs.domain.library.document import Document, Place
from programs.domain.library.errors import LibraryError, LibraryErrors
from programs.domain.library.format import PillarFile
from programs.domain.library.reading import read
from programs.domain.library.sentences import problems_inside


def load_file(path: Path) -> PillarFile:
    """One pillar. Raises LibraryErrors with everything that is wrong in the file."""
    return _loaded([path])[0]


def load_directory(path: Path) -> list[PillarFile]:
    """All pillars of a folder (*.yaml, *.yml; no subfolders), by file name.

    Raises LibraryErrors with everything that is wrong in all files, a pillar key used by two files
    and a folder without files included. Hidden files are passed by.
    """
    if not path.is_dir():
        raise LibraryErrors([LibraryError(str(path), None, "there is no such folder.")])
    files = [file for file in sorted(path.iterdir()) if _is_library_file(file)]
    if not files:
        raise LibraryErrors([LibraryError(str(path), None, "the folder holds no .yaml file.")])
    return _loaded(files)


def _is_library_file(file: Path) -> bool:
    return file.suffix.lower() in {".yaml", ".yml"} and not file.name.startswith(".") and not file.is_dir()


def _loaded(files: list[Path]) -> list[PillarFile]:
    documents = [read(file) for file in files]
    pillars = [_parse(document) for document in documents]
    _refuse_shared_pillar_keys(documents)
    errors = [
        LibraryError(document.file, line, sentence)
        for document in documents
        for line, sentence in dict.fromkeys(document.problems)
    ]
    if errors:
        raise LibraryErrors(errors)
    return [pillar for pillar in pillars if pillar is not None]


def _parse(document: Document) -> PillarFile | None:
    """The file's content; what is wrong with it is added to the document's problems."""
    data = document.data
    if data is None:
        return None
    if not isinstance(data, dict):
        document.problems.append((1, "the file must begin with “pillar:” and its keys below it."))
        return None
    document.add(problems_across(data))
    try:
        pillar = PillarFile.model_validate(data)
    except ValidationError as error:
        document.add(problems_inside(error, data))
        return None
    pillar._document = document
    return pillar


def _refuse_shared_pillar_keys(documents: list[Document]) -> None:
    first: dict[str, Document] = {}
    place: Place = ("pillar", "key")
    for document in documents:
        key = document.text_at(place)
        if key in first:
            other = first[key]
            sentence = f"the pillar key “{key}” is used already in {other.file}, line {other.line_of(place)}."
            document.add([(place, sentence)])
        elif key:
            first[key] = document
