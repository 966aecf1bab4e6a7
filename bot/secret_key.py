"""The secret key: from the settings, or made on the first run and kept in the data folder for its owner's eyes only."""

import os
import re
import secrets
from pathlib import Path

from bot.ports import AccountStore
from bot.sealing import KEY_BYTES, BrokenSeal, Sealer
from bot.settings import SettingsError

FILE = "secret.key"
MODE = 0o600
KNOWN = b"kaoda"
PLACE = "key_check"


async def sealer_of(given: str, folder: Path, store: AccountStore) -> tuple[Sealer, Path | None]:
    """What seals and opens, and the file of a key that was made just now. Raises SettingsError and StoreError.

    A key that does not fit what was encrypted with another is refused, and none is made where one is missing.
    """
    file, made = folder / FILE, None
    is_known = await store.key_check(None) is not None
    if given:
        key = _key_of(given, "KAODA_SECRET_KEY")
    elif file.is_file():
        key = _key_of(file.read_text("ascii", "replace"), str(file))
    elif is_known:
        raise SettingsError(
            f"the key by which the bindings are encrypted is missing: neither KAODA_SECRET_KEY nor {file} is there; "
            f"put the backup of {FILE} back. Without it nobody can read the bindings"
        )
    else:
        key, made = _made(file), file
    sealer = Sealer(key)
    check = await store.key_check(sealer.seal(KNOWN, PLACE))
    try:
        if check is not None:
            sealer.open(check, PLACE)
    except BrokenSeal as error:
        source = "KAODA_SECRET_KEY" if given else str(file)
        raise SettingsError(
            f"{source} is not the key by which the bindings in this data folder were encrypted; "
            f"give the service the key that it had before, from its backup. Nothing was changed"
        ) from error
    return sealer, made


def _key_of(text: str, source: str) -> bytes:
    """64 hexadecimal digits as bytes; what stands there instead is never shown."""
    if not re.fullmatch(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}", text.strip()):
        raise SettingsError(f"{source} is no key: it has to be {2 * KEY_BYTES} hexadecimal digits")
    return bytes.fromhex(text.strip())


def _made(file: Path) -> bytes:
    """A fresh key, on the disk before it is used. Of two processes that start at once the first one's key counts."""
    key = secrets.token_bytes(KEY_BYTES)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w") as out:
            out.write(key.hex() + "\n")
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError:
        return _key_of(file.read_text("ascii", "replace"), str(file))
    return key
