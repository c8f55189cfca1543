"""Text encrypted at rest: AES-256-GCM with a key id, bound to its row by associated data."""

import base64
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The key is gone, or the bytes do not belong to this row."""


def encrypt(text: str, *, row: str) -> bytes:
    """`key id | 0x00 | nonce | ciphertext` under the newest key; `row` must be given again to read."""
    key_id, key = newest(), _keys()[newest()]
    nonce = os.urandom(NONCE_BYTES)
    return key_id.encode() + b"\0" + nonce + AESGCM(key).encrypt(nonce, text.encode(), row.encode())


def decrypt(sealed: bytes, *, row: str) -> str:
    """The text of `encrypt`. Raises CannotDecrypt for a lost key, altered bytes or another row."""
    key_id, _, rest = bytes(sealed).partition(b"\0")
    key = _keys().get(key_id.decode(errors="replace"))
    if key is None:
        raise CannotDecrypt(f"no key named {key_id!r} in FIELD_KEYS")
    try:
        return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], row.encode()).decode()
    except InvalidTag as error:
        raise CannotDecrypt("the bytes do not belong to this row") from error


def key_in_use(sealed: bytes) -> str:
    """The id of the key that sealed these bytes, for rotation."""
    return bytes(sealed).partition(b"\0")[0].decode(errors="replace")


def newest() -> str:
    """The id of the key that seals from now on."""
    return next(iter(_keys()))


def known() -> frozenset[str]:
    """The ids of all keys that open."""
    return frozenset(_keys())


def _keys() -> dict[str, bytes]:
    return _parse(settings.FIELD_KEYS)


@cache
def _parse(pairs: str) -> dict[str, bytes]:
    """`id:base64,id:base64`, newest first. Raises ImproperlyConfigured for anything else."""
    keys = {}
    for pair in pairs.split(","):
        key_id, _, encoded = pair.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not key_id or len(key) != 32:
            raise ImproperlyConfigured("FIELD_KEYS must be id:base64 pairs of 32-byte keys, newest first.")
        keys[key_id] = key
    return keys
