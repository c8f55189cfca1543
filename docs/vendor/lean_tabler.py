"""Cut Tabler's stylesheet down to the families that CoachHub uses.

Usage: python docs/vendor/lean_tabler.py tabler.min.css static/vendor/tabler/tabler.lean.css

A rule stays when every class in its selector belongs to KEEP; variables stay when a kept rule
reads them. Tabler's own colour themes go: colours come from the tokens in static/css/base.css.
The result sits in `@layer tabler`, so any rule of CoachHub wins without specificity games.
"""

import re
import sys
from pathlib import Path

SIZES = r"(?:0|1|2|3|4|5|auto)"
MEDIUM = r"(?:-md)?"
KEEP = re.compile(
    "|".join(
        (
            rf"row|col{MEDIUM}(?:-(?:\d+|auto))?|g[xy]?-\d",
            rf"[mp][tbsexy]?{MEDIUM}-{SIZES}|gap-{SIZES}",
            rf"d{MEDIUM}-(?:none|inline|inline-block|block|grid|flex|inline-flex)|d-print-\w+",
            rf"flex{MEDIUM}-(?:row|column|wrap|nowrap|fill)|flex-(?:grow|shrink)-\d",
            rf"(?:justify-content|align-(?:items|self)){MEDIUM}-(?:start|center|end|between|stretch|baseline)",
            rf"text{MEDIUM}-(?:start|center|end)|text-(?:nowrap|wrap|break|truncate|reset)",
            r"[wh]-100|w-auto|fw-(?:bold|semibold|medium|normal)|small|h[1-4]",
            r"position-relative|overflow-(?:auto|hidden)",
            r"visually-hidden(?:-focusable)?|list-unstyled|list-inline(?:-item)?",
        )
    )
)
# Tabler's own themes, right-to-left fixes and the widgets of plugins that are not here
FOREIGN = re.compile(r"\[(?:data-|dir=|class[*^])|\.theme-|:host|file-selector")
AT_KEPT = re.compile(r"@media ?(?:print|\(min-width: ?768px\))$|@supports")


def blocks(css: str) -> list[tuple[str, str]]:
    """Split a stylesheet into (prelude, body) pairs at the outermost braces."""
    found, depth, start, head = [], 0, 0, ""
    for at, char in enumerate(css):
        if char == "{":
            if depth == 0:
                head, start = css[start:at].strip(), at + 1
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                found.append((head, css[start:at]))
                start = at + 1
    return found


def kept_selectors(prelude: str) -> list[str]:
    """Those selectors of a comma list whose classes are all in KEEP."""
    kept = []
    for selector in re.split(r",(?![^(]*\))", prelude):
        if FOREIGN.search(selector):
            continue
        if all(KEEP.fullmatch(name) for name in re.findall(r"\.([\w-]+)", selector)):
            kept.append(selector)
    return kept


def lean(css: str) -> list[tuple[str, str]]:
    """The kept blocks, media queries cut inside too."""
    out: list[tuple[str, str]] = []
    for head, body in blocks(css):
        if head.startswith("@"):
            if AT_KEPT.match(head):
                inner = "".join(f"{h}{{{b}}}" for h, b in lean(body))
                if inner:
                    out.append((head, inner))
        elif selectors := kept_selectors(head):
            out.append((",".join(selectors), body))
    return out


def drop_unread_variables(css: str) -> str:
    """Remove custom properties that nothing reads, until nothing changes."""
    while True:
        read = set(re.findall(r"var\((--[\w-]+)", css))
        slim = css
        for name in set(re.findall(r"(?<=[{;])(--[\w-]+):", css)) - read:
            slim = re.sub(rf"(?<=[{{;]){name}:[^;{{}}]*(?:;|(?=}}))", "", slim)
        slim = re.sub(r"(?<=[{}])[^{}]+\{\}", "", slim)
        if slim == css:
            return css
        css = slim


def main(source: str, target: str) -> None:
    text = Path(source).read_text(encoding="utf-8").removeprefix("\ufeff")
    text = re.sub(r'@charset "[^"]*";', "", text)
    licence = re.search(r"/\*!.*?\*/", text, re.DOTALL)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    body = drop_unread_variables("".join(f"{h}{{{b}}}\n" for h, b in lean(text)))
    notice = licence[0] if licence else ""
    Path(target).write_text(f"{notice}\n@layer tabler{{\n{body}}}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
