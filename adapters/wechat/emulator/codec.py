"""Signing and encrypting from the platform's specification alone, so that it can judge what other code does.

SHA-1 over the sorted parts; AES-256-CBC, key = base64(EncodingAESKey + "="), IV = key[:16]; the plaintext is framed as
16 random bytes, the length in 4 bytes, the message, the AppID, and PKCS#7 padding to blocks of 32 bytes.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32  # bytes; of the padding, not of AES
RANDOM = 16  # bytes in front
HEAD = RANDOM + 4


class CodecError(ValueError):
    """The ciphertext is not one of this account. The text says what is wrong."""


def sign(*parts: str) -> str:
    """The platform's signature over its parts, whatever their order."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8"), usedforsecurity=False).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compare signatures in constant time."""
    return hmac.compare_digest(one.encode("utf-8"), other.encode("utf-8"))


class Codec:
    """Encrypts and decrypts for one account."""

    def __init__(self, encoding_aes_key: str, app_id: str) -> None:
        """Take the 43 characters of the key. Raises CodecError."""
        try:
            key = base64.b64decode(encoding_aes_key + "=", validate=True)
        except (binascii.Error, ValueError) as error:
            raise CodecError("the EncodingAESKey is not base64") from error
        if len(key) != 32:
            raise CodecError("the EncodingAESKey is not 43 characters long")
        self._cipher = Cipher(AES(key), CBC(key[:16]))
        self._app_id = app_id.encode("utf-8")

    def encrypt(self, message: bytes, *, app_id: bytes | None = None) -> str:
        """The ciphertext in base64; another AppID for what must be refused."""
        owner = self._app_id if app_id is None else app_id
        return self.encrypt_framed(secrets.token_bytes(RANDOM) + struct.pack(">I", len(message)) + message + owner)

    def encrypt_framed(self, framed: bytes) -> str:
        """Pad and encrypt what has its frame, right or wrong."""
        missing = BLOCK - len(framed) % BLOCK
        return self.encrypt_padded(framed + bytes([missing]) * missing)

    def encrypt_padded(self, padded: bytes) -> str:
        """Encrypt what has its padding, right or wrong; its length must be a multiple of 16."""
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode("ascii")

    def decrypt(self, encrypted: str) -> bytes:
        """The message. Raises CodecError."""
        try:
            data = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as error:
            raise CodecError("not base64") from error
        if not data or len(data) % BLOCK:
            raise CodecError("not whole blocks of 32 bytes")
        decryptor = self._cipher.decryptor()
        framed = _unpadded(decryptor.update(data) + decryptor.finalize())
        if len(framed) < HEAD:
            raise CodecError("too short for its frame")
        (length,) = struct.unpack(">I", framed[RANDOM:HEAD])
        if length > len(framed) - HEAD:
            raise CodecError("its length field is larger than what is there")
        if framed[HEAD + length :] != self._app_id:
            raise CodecError("not this AppID")
        return framed[HEAD : HEAD + length]


def _unpadded(data: bytes) -> bytes:
    count = data[-1]
    if not 1 <= count <= BLOCK or data[-count:] != bytes([count]) * count:
        raise CodecError("the padding is wrong")
    return data[:-count]
