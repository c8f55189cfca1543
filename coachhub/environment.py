"""Helpers for settings: where data lives, what production refuses, how EMAIL_URL is read."""

import os
import shutil
from pathlib import Path

import dj_email_url
from django.core.exceptions import ImproperlyConfigured

AT_ONCE = 3  # seconds that a mail server may take while somebody waits
LEAST_SPACE = 32 * 1024**2  # bytes: two segments of PostgreSQL's log, without which it stops


def data_dir(base: Path) -> Path:
    """`DATA_DIR`, or `.data` beside manage.py. Not created here."""
    return Path(os.environ.get("DATA_DIR", base / ".data")).resolve()


def tightest(*paths: Path) -> Path:
    """The one whose disk has the least space."""
    return min(paths, key=free_space)


def free_space(path: Path) -> int:
    """Bytes free on the disk that holds `path`, which need not exist."""
    existing = next(place for place in (path, *path.parents) if place.exists())
    return shutil.disk_usage(existing).free


def require_production_values(
    *, debug: bool, demo: bool, secret_key: str, field_keys: str, defaults: tuple[str, str]
) -> None:
    """Refuse to start in production with debug, demo mode or a key that is public. Raises ImproperlyConfigured."""
    if debug:
        raise ImproperlyConfigured("PRODUCTION=1 and DEBUG=1 do not go together: unset DEBUG.")
    if demo:
        raise ImproperlyConfigured("PRODUCTION=1 and DEMO=1 do not go together: demo mode signs anybody in.")
    if secret_key == defaults[0] or len(secret_key) < 50:
        raise ImproperlyConfigured("Set SECRET_KEY (or SECRET_KEY_FILE) to at least 50 random characters.")
    if field_keys == defaults[1]:
        raise ImproperlyConfigured("Set FIELD_KEYS (or FIELD_KEYS_FILE) to id:base64 of 32 random bytes.")


def mailers(url: str, *, mailbox: Path) -> dict[str, dict[str, object]]:
    """Django's MAILERS from `smtp://user:password@host:port/?tls=1`; empty keeps mail in the folder `mailbox`.

    "at_once" is the same server for mail that somebody waits for on a page: it is given up after seconds.
    """
    if not url:
        folder: dict[str, object] = {"BACKEND": "coachhub.mailbox.FolderBackend", "OPTIONS": {"folder": mailbox}}
        return {"default": folder, "at_once": folder}
    parsed = dj_email_url.parse(url)
    if "EMAIL_BACKEND" not in parsed:
        raise ImproperlyConfigured("EMAIL_URL must begin with smtp:// or submission://.")
    backend = {"BACKEND": parsed["EMAIL_BACKEND"]}
    if not parsed["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
        return {"default": backend, "at_once": backend}
    options = {
        "host": parsed["EMAIL_HOST"],
        "port": parsed["EMAIL_PORT"],
        "username": parsed["EMAIL_HOST_USER"] or "",
        "password": parsed["EMAIL_HOST_PASSWORD"] or "",
        "use_tls": parsed["EMAIL_USE_TLS"],
        "use_ssl": parsed["EMAIL_USE_SSL"],
        "timeout": parsed["EMAIL_TIMEOUT"] or 20,
    }
    in_a_hurry = options | {"timeout": min(options["timeout"], AT_ONCE)}
    return {"default": backend | {"OPTIONS": options}, "at_once": backend | {"OPTIONS": in_a_hurry}}
