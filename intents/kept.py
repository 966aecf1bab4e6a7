"""Keeps what is slow to make in a folder, under a digest of what it was made from. It can always be made again."""

import logging
import os
from collections.abc import Callable
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

T = TypeVar("T")

log = logging.getLogger("kaoda")
DIGEST = 32  # bytes
MAKERS = ("jieba", "numpy", "opencc", "pypinyin")  # libraries whose new version may make something else
_CODE = Path(__file__).parent
_source_encoder = msgspec.msgpack.Encoder(order="deterministic")  # a set in another order is the same source
_value_encoder = msgspec.msgpack.Encoder(enc_hook=lambda array: (array.dtype.str, array.tobytes()))


def kept(file: Path, kind: type[T], source: object, make: Callable[[], T]) -> T:
    """What `make` gives for a source: read from the file if that holds it for this source and this code, else written.

    A file that is missing, stale or broken is written anew; a folder that cannot be written costs only time.
    """
    key = digest(source)
    try:
        stored = file.read_bytes()
        if stored.startswith(key):
            return msgspec.msgpack.decode(stored[DIGEST:], type=kind, dec_hook=_array)
    except (OSError, msgspec.DecodeError) as error:
        log.debug("nothing is kept in %s error=%s", file.name, type(error).__name__)
    value = make()
    write(file, key + _value_encoder.encode(value))
    return value


def digest(source: object) -> bytes:
    """What changes with the source, with the code of this package and with the libraries that it makes things with."""
    found = blake2b("".join(map(version, MAKERS)).encode(), digest_size=DIGEST)
    for code in sorted(_CODE.glob("*.py")):
        found.update(code.read_bytes())
    found.update(_source_encoder.encode(source))
    return found.digest()


def write(file: Path, data: bytes) -> None:
    """Replace a file whole, so that nobody reads half of it; a folder that cannot be written is only noted."""
    new = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(data)
        new.replace(file)
    except OSError as error:
        log.warning("%s cannot be kept, so every start takes longer error=%s", file.name, error.strerror)


def _array(_: Any, stored: Any) -> Any:
    """An array of numbers as it was encoded. Raises ValueError, which the decoder turns into its own error."""
    name, data = stored
    return np.frombuffer(data, dtype=name)
