"""Collect the Tabler icons that CoachHub uses into one SVG sprite.

Usage: python docs/vendor/icons.py node_modules/@tabler/icons/icons static/img/icons.svg

A symbol is named for what it means in CoachHub (left), so that a page never depends on Tabler's
own name (right). A new icon is a new row here and one run of the command.
"""

import re
import sys
from pathlib import Path

ICONS = {
    # places
    "home": "home",
    "users": "users",
    "books": "books",
    "book": "book",
    "user": "user",
    "chart": "chart-bar",
    "trend": "chart-line",
    "settings": "settings",
    "calendar": "calendar",
    "calendar-plus": "calendar-plus",
    "clock": "clock",
    "history": "history",
    "organization": "building",
    "decision": "arrows-split-2",
    "flag": "flag",
    "target": "target",
    "star": "star",
    "idea": "bulb",
    # actions
    "play": "player-play",
    "check": "check",
    "x": "x",
    "plus": "plus",
    "minus": "minus",
    "undo": "arrow-back-up",
    "pencil": "pencil",
    "trash": "trash",
    "copy": "copy",
    "download": "download",
    "upload": "upload",
    "search": "search",
    "filter": "filter",
    "refresh": "refresh",
    "repeat": "repeat",
    "switch": "switch-horizontal",
    "print": "printer",
    "link": "link",
    "external": "external-link",
    "logout": "logout",
    "user-plus": "user-plus",
    "dots": "dots",
    "hand-over": "arrows-exchange",
    # arrows
    "chevron-right": "chevron-right",
    "chevron-left": "chevron-left",
    "chevron-down": "chevron-down",
    "chevron-up": "chevron-up",
    "arrow-right": "arrow-right",
    "arrow-left": "arrow-left",
    # privacy
    "lock": "lock",
    "lock-open": "lock-open",
    "eye": "eye",
    "eye-off": "eye-off",
    "key": "key",
    "shield": "shield-lock",
    # messages and states
    "message": "message-2",
    "mail": "mail",
    "bell": "bell",
    "phone": "device-mobile",
    "computer": "device-desktop",
    "qr": "qrcode",
    "alert": "alert-triangle",
    "info": "info-circle",
    "done": "circle-check",
    "offline": "cloud-off",
    "list": "list-check",
    "sun": "sun",
    "moon": "moon",
}


def symbol(name: str, svg: str) -> str:
    """One <symbol> with the drawing of a Tabler icon, without its empty frame."""
    paths = re.findall(r"<(?:path|circle|rect|line|polyline)\b[^>]*?/>", svg)
    drawing = "".join(path.replace(" />", "/>") for path in paths if 'd="M0 0h24v24H0z"' not in path)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>'


def main(source: str, target: str) -> None:
    symbols = [
        symbol(name, (Path(source) / "outline" / f"{tabler}.svg").read_text(encoding="utf-8"))
        for name, tabler in sorted(ICONS.items())
    ]
    Path(target).write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(*sys.argv[1:3])
