"""The emulated time: as fast as is wanted, and it can jump. Only the rules look at it; pushes carry the real time."""

import asyncio
import time


class Clock:
    """Seconds since 1970 that pass `speed` times as fast as real ones."""

    def __init__(self, speed: float = 1.0) -> None:
        """Start at the real time; a speed of 50 makes a second last 20 ms."""
        self._speed = speed
        self._start = time.monotonic()
        self._base = time.time()

    def now(self) -> float:
        """The emulated time."""
        return self._base + (time.monotonic() - self._start) * self._speed

    def real(self, seconds: float) -> float:
        """How long emulated seconds really last."""
        return seconds / self._speed

    def advance(self, seconds: float) -> None:
        """Jump: tokens expire, windows close; nothing that waits is woken."""
        self._base += seconds

    async def sleep(self, seconds: float) -> None:
        """Wait for emulated seconds."""
        await asyncio.sleep(self.real(seconds))
