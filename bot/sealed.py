"""Short-lived values that are encrypted where they are kept: late answers and one-time links tell of a candidate."""

from bot.ports import KeyValue, StoreError
from bot.sealing import BrokenSeal, Sealer

PREFIX = "sealed:"


class SealedValues:
    """Fulfils bot.ports.KeyValue over another one."""

    def __init__(self, values: KeyValue, sealer: Sealer) -> None:
        """Keys stay as they are, so that a prefix can be dropped: nothing personal may be in them."""
        self._values, self._sealer = values, sealer

    async def get(self, key: str) -> bytes | None:
        """The value, or None where there is none or it has expired. Raises StoreError."""
        return self._opened(key, await self._values.get(PREFIX + key))

    async def add(self, key: str, value: bytes, seconds: float) -> bytes | None:
        """Keep a value unless one is there: None if it was kept, else the one there. Raises StoreError."""
        return self._opened(key, await self._values.add(PREFIX + key, self._sealer.seal(value, key), seconds))

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value, whatever was there. Raises StoreError."""
        await self._values.put(PREFIX + key, self._sealer.seal(value, key), seconds)

    async def swap(self, key: str, old: bytes | None, new: bytes | None, seconds: float) -> bool:
        """Replace `old` by `new` (None: nothing there) and tell whether `old` was what was there. Raises StoreError."""
        there = await self._values.get(PREFIX + key)
        if self._opened(key, there) != old:
            return False
        sealed = None if new is None else self._sealer.seal(new, key)
        return await self._values.swap(PREFIX + key, there, sealed, seconds)

    async def drop(self, prefix: str) -> None:
        """Forget every value whose key begins so. Raises StoreError."""
        await self._values.drop(PREFIX + prefix)

    def _opened(self, key: str, sealed: bytes | None) -> bytes | None:
        try:
            return None if sealed is None else self._sealer.open(sealed, key)
        except BrokenSeal as error:
            raise StoreError(
                "a kept value does not open with this key; give back the key, or empty the cache"
            ) from error
