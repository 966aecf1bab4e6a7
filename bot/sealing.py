"""Encrypts what is kept, and makes keyed hashes of what must be found again without being kept. Knows no store."""

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12  # as AES-GCM wants it; random, so that 2**32 values may be sealed with one key
MARK_BYTES = 16


class BrokenSeal(Exception):  # noqa: N818  # said as a statement
    """Sealed with another key, for another place, or changed since. Look for the backup of the key."""


class Sealer:
    """AES-256-GCM and HMAC-SHA-256, each with a key of its own derived from one secret key."""

    def __init__(self, key: bytes) -> None:
        """`key` is 32 random bytes. Raises ValueError for another length."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._cipher = AESGCM(_derived(key, b"kaoda sealing 1"))
        self._mark_key = _derived(key, b"kaoda marks 1")

    def __repr__(self) -> str:
        """Without keys."""
        return "Sealer()"

    def seal(self, plain: bytes, place: str) -> bytes:
        """The bytes encrypted; they open only for the same place, e.g. a row's key."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed for that place. Raises BrokenSeal."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise BrokenSeal("the seal does not open") from None

    def mark(self, purpose: str, *texts: str) -> str:
        """A keyed hash: the same texts for the same purpose have the same one, and it leads back to none of them."""
        told = b"".join(len(part).to_bytes(4, "big") + part for part in (each.encode() for each in (purpose, *texts)))
        return hmac.digest(self._mark_key, told, "sha256")[:MARK_BYTES].hex()


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use).derive(key)
