"""Counts failures to sign in, per name and per address: five lock either for 15 minutes, five more for twice as long, and so on.

A name is locked everywhere but where its owner has signed in before: there its failures are counted by themselves, so that
nobody who knows a name can keep its owner out from elsewhere.

An attempt is counted before it is made and taken back where it succeeds, so that a hundred at once are no more than five.
"""

import hashlib
import math
import time
from collections.abc import Callable

import msgspec

from bot.ports import KeyValue

MOST_FAILURES = 5
FIRST_LOCK = 15 * 60.0  # s, since the last failure
LONGEST_LOCK = 24 * 3600.0  # s
REMEMBERED = 24 * 3600.0  # s after the last failure or lock, so that the next lock is longer
KNOWN = 90 * 24 * 3600.0  # s since somebody signed in from an address
TRIES = 32  # of a swap; each that is lost was won by somebody who counted


class Count(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of a name or an address."""

    failures: int
    """Since the last lock ended."""
    locks: int
    """How many there were; each is twice as long as the one before."""
    last: float
    """When it was counted last, in seconds since the epoch."""


class Lockout:
    """The counters, shared by all processes."""

    def __init__(self, values: KeyValue, now: Callable[[], float] = time.time) -> None:
        """`now` is the machine's time in seconds since the epoch."""
        self._values, self._now = values, now

    async def begin(self, subjects: tuple[str, ...]) -> int:
        """Count an attempt of each; where one is locked none is counted, and its seconds are told. Raises StoreError."""
        for number, subject in enumerate(subjects):
            seconds = await self._count(subject)
            if seconds:
                await self.take_back(subjects[:number])
                return seconds
        return 0

    async def take_back(self, subjects: tuple[str, ...]) -> None:
        """The attempt was no failure after all. Raises StoreError."""
        for subject in subjects:
            await self._change(subject, _one_less)

    async def forget(self, subject: str) -> None:
        """Nothing is held against it any more: somebody signed in, or was given a new password. Raises StoreError."""
        await self._change(subject, lambda _: None)

    async def know(self, name: str, address: str) -> None:
        """Somebody signed in from there: failures elsewhere do not lock him out here. Raises StoreError."""
        await self._values.put(_known(name, address), b"1", KNOWN)

    async def subject(self, name: str, address: str) -> str:
        """What failures of a name at an address are counted under. Raises StoreError."""
        is_known = await self._values.get(_known(name, address)) is not None
        return f"{name} at {address}" if is_known else name

    async def is_news(self, subject: str, seconds: int) -> bool:
        """Whether a lock was not told yet, and is hereby for so long. Raises StoreError."""
        return await self._values.add(f"staff:told:{_key(subject)}", b"1", seconds) is None

    async def _count(self, subject: str) -> int:
        """Count an attempt; the seconds of the lock where it is locked and stays as it is."""
        for _ in range(TRIES):
            kept, count = await self._read(subject)
            now = self._now()
            if seconds := _locked(count, now):
                return seconds
            if count.failures >= MOST_FAILURES:  # the lock is over
                count = Count(0, count.locks + 1, now)
            counted = Count(count.failures + 1, count.locks, now)
            if await self._swap(subject, kept, counted):
                return 0
        return 1

    async def _change(self, subject: str, change: Callable[[Count], Count | None]) -> None:
        for _ in range(TRIES):
            kept, count = await self._read(subject)
            if kept is None or await self._swap(subject, kept, change(count)):
                return

    async def _read(self, subject: str) -> tuple[bytes | None, Count]:
        kept = await self._values.get(_key(subject))
        return kept, Count(0, 0, 0.0) if kept is None else msgspec.json.decode(kept, type=Count)

    async def _swap(self, subject: str, old: bytes | None, new: Count | None) -> bool:
        kept = None if new is None else msgspec.json.encode(new)
        seconds = REMEMBERED + (_lock_of(new) if new else 0.0)
        return await self._values.swap(_key(subject), old, kept, seconds)


def _one_less(count: Count) -> Count | None:
    failures = max(0, count.failures - 1)
    return Count(failures, count.locks, count.last) if failures or count.locks else None


def _lock_of(count: Count) -> float:
    return min(LONGEST_LOCK, FIRST_LOCK * 2.0**count.locks) if count.failures >= MOST_FAILURES else 0.0


def _locked(count: Count, now: float) -> int:
    """For how many seconds; 0: it is not."""
    return max(0, math.ceil(count.last + _lock_of(count) - now)) if _lock_of(count) else 0


def _known(name: str, address: str) -> str:
    return f"staff:known:{_key(f'{name} at {address}')}"


def _key(subject: str) -> str:
    return f"staff:failures:{hashlib.sha256(subject.encode()).hexdigest()}"
