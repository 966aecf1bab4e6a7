"""Counts failed attempts to bind, per user and per registration number: five lock either for an hour.

An attempt is counted before it is made and taken back unless it failed, so that a hundred at once are no more than five.
"""

import math
import time
from collections.abc import Callable

import msgspec

from bot.ports import KeyValue

MOST_FAILURES = 5
LOCK_SECONDS = 3600.0  # since the last failure
TRIES = 32  # of a swap; each that is lost was won by somebody who counted


class Count(msgspec.Struct, frozen=True, array_like=True):
    """Failures, attempts under way included, and until when they count, in seconds since the epoch."""

    failures: int
    until: float


class Attempts:
    """The counters; their keys are keyed hashes, so that no number is kept."""

    def __init__(self, values: KeyValue, now: Callable[[], float] = time.time) -> None:
        """`values` are shared by all processes; `now` is the machine's time."""
        self._values, self._now = values, now

    async def locked(self, subject: str) -> int:
        """For how many seconds a subject is locked still; 0: it is not. Raises StoreError."""
        return self._seconds(await self._count(subject))

    async def begin(self, subjects: tuple[str, ...]) -> int:
        """Count an attempt of each; where one is locked none is counted, and its seconds are told. Raises StoreError."""
        for number, subject in enumerate(subjects):
            seconds = await self._change(subject, 1)
            if seconds:
                await self.take_back(subjects[:number])
                return seconds
        return 0

    async def take_back(self, subjects: tuple[str, ...]) -> None:
        """The attempt did not fail after all. Raises StoreError."""
        for subject in subjects:
            await self._change(subject, -1)

    async def _count(self, subject: str) -> Count | None:
        kept = await self._values.get(_key(subject))
        return None if kept is None else msgspec.json.decode(kept, type=Count)

    async def _change(self, subject: str, by: int) -> int:
        """Add to a counter; the seconds of its lock where it is locked and stays as it is."""
        for _ in range(TRIES):
            count = await self._count(subject)
            if by > 0 and (seconds := self._seconds(count)):
                return seconds
            failures = max(0, (count.failures if count else 0) + by)
            until = self._now() + LOCK_SECONDS if by > 0 or count is None else count.until
            old = None if count is None else msgspec.json.encode(count)
            new = msgspec.json.encode(Count(failures, until)) if failures else None
            if old == new or await self._values.swap(_key(subject), old, new, max(1.0, until - self._now())):
                return 0
        return 1

    def _seconds(self, count: Count | None) -> int:
        if count is None or count.failures < MOST_FAILURES:
            return 0
        return max(1, math.ceil(count.until - self._now()))


def _key(subject: str) -> str:
    return f"bind:failures:{subject}"
