"""From YAML text to plain text, lists and groups, with the line of each.

All values stay text ("No", "15", "2026-01-01"): what a field means is the format's business, so no
word is turned into a truth value or a date behind the author's back. What YAML would swallow in
silence (a key written twice, the rest of a line after "#") is reported instead.
"""

import re

import yaml
from yaml.error import MarkedYAMLError
from yaml.events import AliasEvent, CollectionStartEvent, ScalarEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from programs.domain.library.document import Document, Place, Plain
from programs.domain.library.syntax import sentence_for

MAX_DEPTH = 12
MAX_VALUES = 5_000  # the largest shipped file holds about 400


def fill(document: Document, text: str) -> None:
    """Put the data, the lines and the problems of a YAML text into the document."""
    loader = None
    try:
        loader = _Loader(text, document)
        node = loader.get_single_node()
    except (ReaderError, MarkedYAMLError) as error:
        line, sentence = sentence_for(error, text)
        opened = loader.quotes_closed_on.get(line) if loader else None
        if opened:
            sentence = f"a quotation mark opens here and is closed only on line {line}."
        document.problems.append((opened or line, sentence))
        return
    if node is None:
        document.problems.append((1, "the file is empty."))
        return
    document.data = _Values(document, text).plain(node, ())


class _Loader(yaml.SafeLoader):
    """Builds nodes only; refuses the YAML that no author of a library needs, and reads on."""

    def __init__(self, text: str, document: Document) -> None:
        super().__init__(text)
        self.document = document
        self.depth = 0
        self.values = 0
        self.quotes_closed_on: dict[int, int] = {}  # last line → first line, if they differ

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            self._refuse("*", event)
            marks = event.start_mark, event.end_mark
            return ScalarNode("tag:yaml.org,2002:str", "*", *marks, "'")  # type: ignore[arg-type]
        self._strip(event)
        if isinstance(event, ScalarEvent):
            self._note_long_quote(event)
        self.values += 1
        if self.depth == MAX_DEPTH or self.values > MAX_VALUES:
            problem = "too deep" if self.depth == MAX_DEPTH else "too many values"
            raise MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _strip(self, event: ScalarEvent | CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._refuse("&", event)
            event.anchor = None
        if event.tag is not None:
            self._refuse("!", event)
            event.tag = None

    def _note_long_quote(self, event: ScalarEvent) -> None:
        start, end = event.start_mark, event.end_mark
        if event.style in ("'", '"') and start and end and start.line < end.line:
            self.quotes_closed_on[end.line + 1] = start.line + 1

    def _refuse(self, sign: str, event: yaml.Event) -> None:
        sentence = f"text that begins with “{sign}” must stand in quotes."
        line = event.start_mark.line + 1 if event.start_mark else 1
        self.document.problems.append((line, sentence))


class _Values:
    """Turns nodes into plain values and fills the document's lines on the way."""

    def __init__(self, document: Document, text: str) -> None:
        self.document = document
        self.source = text.split("\n")

    def plain(self, node: Node, place: Place) -> Plain:
        self.document.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, SequenceNode):
            return [self.plain(item, (*place, n)) for n, item in enumerate(node.value)]
        if isinstance(node, MappingNode):
            return self._group(node, place)
        return self._text(node)

    def _group(self, node: MappingNode, place: Place) -> dict[str, Plain]:
        group: dict[str, Plain] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self._problem(line, "a key must be one word followed by a colon.")
                continue
            key = str(key_node.value)
            if key in group:
                first = self.document.lines[(*place, key)]
                self._problem(line, f"“{key}” stands here twice, first on line {first}; keep one.")
                continue
            self.document.lines[(*place, key)] = line
            group[key] = self.plain(value_node, (*place, key))
        return group

    def _text(self, node: Node) -> str:
        value = str(node.value)
        style = node.style if isinstance(node, ScalarNode) else None
        if style is None:
            self._refuse_lost_text(node)
        if style == "|":  # a line break inside a paragraph never matters, as with ">"
            return "\n".join(part.replace("\n", " ") for part in re.split(r"\n[ ]*\n", value))
        return value

    def _refuse_lost_text(self, node: Node) -> None:
        end = node.end_mark
        rest = self.source[end.line][end.column :].strip()
        if rest.startswith("#"):
            sentence = (
                f"“{rest[:40]}” would be left out, because “#” starts a comment;"
                " put the text in quotes, or the comment on a line of its own."
            )
            self._problem(end.line + 1, sentence)

    def _problem(self, line: int, sentence: str) -> None:
        self.document.problems.append((line, sentence))
