"""Cut Tabler's stylesheet down to the families that CoachHub uses.

Usage: python docs/vendor/lean_tabler.py tabler.min.css static/vendor/tabler/tabler.lean.css

A rule stays when every class in its selector belongs to KEEP; variables stay when a kept rule
reads them. Tabler's own colour themes go: colours come from the tokens in static/css/base.css.
The result sits in `@layer tabler`, so any rule of CoachHub wins without specificity games.
"""

import re
import sys
from pathlib import Path

SIZES = r"(?:0|1|2|3|4|5|6|auto)"
BREAKPOINT = r"(?:-(?:md|lg))?"
KEEP = re.compile(
    "|".join(
        (
            # layout and utilities
            rf"row|row-cols{BREAKPOINT}-\d|col{BREAKPOINT}(?:-(?:\d+|auto))?|g[xy]?{BREAKPOINT}-\d",
            rf"[mp][tbsexy]?{BREAKPOINT}-{SIZES}|(?:row-|column-)?gap{BREAKPOINT}-{SIZES}",
            rf"d{BREAKPOINT}-(?:none|inline|inline-block|block|grid|flex|inline-flex)|d-print-\w+",
            rf"(?:flex|justify-content|align-(?:items|self|content)|order){BREAKPOINT}-[a-z0-9-]+",
            rf"text{BREAKPOINT}-(?:start|center|end)|text-(?:nowrap|wrap|break|truncate|reset)",
            r"text-(?:muted|secondary|body|primary|danger|decoration-\w+)",
            r"[wh]-(?:100|auto)|mw-100|fw-\w+|fs-[1-6]|lh-\w+|h[1-6]|lead|small|mark",
            r"position-(?:relative|absolute|sticky)|overflow-(?:auto|hidden)|opacity-\d+",
            r"visually-hidden(?:-focusable)?|stretched-link|list-unstyled|list-inline(?:-item)?",
            r"initialism|blockquote(?:-footer)?|float-(?:start|end)|clearfix|vr|hstack|vstack",
            r"border(?:-0|-(?:top|bottom|start|end)(?:-0)?)?|rounded(?:-\w+)?",
            # components whose shape is kept and whose colours are CoachHub's
            r"btn(?:-(?:primary|outline-primary|link|sm|lg|icon|list|group|close))?|btn-check",
            r"form-(?:label|control|select|check|check-input|check-label|hint|text|control-sm)",
            r"input-group(?:-text)?",
            r"table(?:-(?:sm|hover|bordered|borderless|responsive|striped))?|badge",
            r"spinner-border(?:-sm)?|breadcrumb(?:-item)?|list-group(?:-item)?|active|disabled|show",
        )
    )
)
THEME = re.compile(r"\[data-(?:bs-|theme)|\.theme-")
AT_KEPT = ("@media", "@supports")


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
        if THEME.search(selector) or "[dir=" in selector:
            continue
        if all(KEEP.fullmatch(name) for name in re.findall(r"\.([\w-]+)", selector)):
            kept.append(selector)
    return kept


def lean(css: str) -> list[tuple[str, str]]:
    """The kept blocks, media queries cut inside too."""
    out: list[tuple[str, str]] = []
    for head, body in blocks(css):
        if head.startswith("@"):
            if head.startswith(AT_KEPT) and "reduced-motion" not in head:
                inner = "".join(f"{h}{{{b}}}" for h, b in lean(body))
                if inner:
                    out.append((head, inner))
            elif head.startswith("@keyframes spinner-border"):
                out.append((head, body))
        elif selectors := kept_selectors(head):
            out.append((",".join(selectors), body))
    return out


def drop_unread_variables(css: str) -> str:
    """Remove custom properties that nothing reads, until nothing changes."""
    while True:
        read = set(re.findall(r"var\((--[\w-]+)", css))
        slim = re.sub(
            r"(?<=[{;])(--[\w-]+):[^;{}]*(?:;|(?=}))",
            lambda found, read=read: found[0] if found[1] in read else "",
            css,
        )
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
