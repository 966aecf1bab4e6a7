"""One turn at a time for each user: who writes twice at once is answered in order."""

import asyncio

Key = tuple[str, str]


class Turns:
    """Locks by channel and user; each is there only while somebody has it or waits for it."""

    def __init__(self) -> None:
        """Nobody's turn yet."""
        self._locks: dict[Key, tuple[asyncio.Lock, int]] = {}

    def of(self, channel: str, user: str) -> "_Turn":
        """Entered, it is that user's turn."""
        return _Turn(self._locks, (channel, user))


class _Turn:
    """A context manager written out: a generator's costs three times as much, at every message."""

    __slots__ = ("_key", "_lock", "_locks")

    def __init__(self, locks: dict[Key, tuple[asyncio.Lock, int]], key: Key) -> None:
        self._locks, self._key = locks, key

    async def __aenter__(self) -> None:
        self._lock, waiting = self._locks.get(self._key) or (asyncio.Lock(), 0)
        self._locks[self._key] = self._lock, waiting + 1
        try:
            await self._lock.acquire()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()
        self._leave()

    def _leave(self) -> None:
        lock, waiting = self._locks[self._key]
        if waiting == 1:
            del self._locks[self._key]
        else:
            self._locks[self._key] = lock, waiting - 1
