"""Short-lived values in memory: for tests, and where one process is all there is."""

from bot.ports import Clock


class MemoryKeyValue:
    """Fulfils bot.ports.KeyValue within one process."""

    def __init__(self, clock: Clock, *, most: int = 50_000) -> None:
        """Start empty; of more than `most` values those that expire first are dropped."""
        self._clock, self._most = clock, most
        self._values: dict[str, tuple[bytes, float]] = {}

    async def get(self, key: str) -> bytes | None:
        """The value, or None where there is none or it has expired."""
        return self._current(key)

    async def add(self, key: str, value: bytes, seconds: float) -> bytes | None:
        """Keep a value unless one is there: None if it was kept, else the one there."""
        found = self._current(key)
        if found is None:
            self._keep(key, value, seconds)
        return found

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value, whatever was there."""
        self._keep(key, value, seconds)

    async def swap(self, key: str, old: bytes | None, new: bytes | None, seconds: float) -> bool:
        """Replace `old` by `new` (None: nothing there) and tell whether `old` was what was there."""
        if self._current(key) != old:
            return False
        if new is None:
            self._values.pop(key, None)
        else:
            self._keep(key, new, seconds)
        return True

    async def drop(self, prefix: str) -> None:
        """Forget every value whose key begins so."""
        self._values = {key: kept for key, kept in self._values.items() if not key.startswith(prefix)}

    def _now(self) -> float:
        return self._clock().timestamp()

    def _current(self, key: str) -> bytes | None:
        value, until = self._values.get(key, (None, 0.0))
        return value if until > self._now() else None

    def _keep(self, key: str, value: bytes, seconds: float) -> None:
        now = self._now()
        self._values[key] = value, now + seconds
        if len(self._values) > self._most:
            lasting = sorted(self._values.items(), key=lambda each: -each[1][1])[: self._most * 9 // 10]
            self._values = {key: kept for key, kept in lasting if kept[1] > now}
