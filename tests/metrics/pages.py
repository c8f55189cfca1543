"""What a page says, without what differs from one rendering to the next."""

import csv
import io
import re
from html.parser import HTMLParser

RANDOM = [
    (re.compile(r'(name="(?:csrfmiddlewaretoken|form_key)" value=")[^"]+'), r"\1"),
    (re.compile(r'("X-CSRFToken": ")[^"]+'), r"\1"),
    (re.compile(r"/(figures|groups|releases|decisions)/\d+"), r"/\1/0"),
    (re.compile(r'(figure-|data-member=")\d+'), r"\1"),
    (re.compile(r'nonce="[^"]*"'), ""),
]


def normalised(response) -> str:
    """Without tokens, form keys and the numbers of rows."""
    text = response.content.decode()
    for pattern, kept in RANDOM:
        text = pattern.sub(kept, text)
    return text


class Tables(HTMLParser):
    """Rows of cells as a person reads them; words for screen readers alone are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.cell: list[str] | None = None
        self.hidden = 0
        self.open: list[bool] = []

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.cell = []
        if tag in ("span", "a"):
            skipped = any(word in (dict(attrs).get("class") or "") for word in ("visually-hidden", "d-block"))
            self.open.append(skipped)
            self.hidden += skipped

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            self.rows[-1].append(" ".join("".join(self.cell).split()))
            self.cell = None
        if tag in ("span", "a") and self.open:
            self.hidden -= self.open.pop()

    def handle_data(self, data):
        if self.cell is not None and not self.hidden:
            self.cell.append(data)


def table_of(response) -> list[list[str]]:
    """The rows of the page's tables."""
    parser = Tables()
    parser.feed(response.content.decode())
    return [row for row in parser.rows if row]


def csv_of(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
