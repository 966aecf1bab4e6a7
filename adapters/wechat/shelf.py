"""What waits for a user: answers that came too late to be the reply, and the rest of long ones. Shared by all processes."""

import time
from collections.abc import Callable

import msgspec

from bot.ports import KeyValue

KEEP_SECONDS = 600.0  # that an answer waits
MOST_WAITING = 5  # answers for one user; the oldest goes
MOST_TRIES = 20  # to change what others change too


class Waiting(msgspec.Struct, frozen=True, array_like=True):
    """An answer that waits, or will when it is computed."""

    key: str
    """Of the push that asked."""
    until: float
    parts: tuple[str, ...] = ()
    """Empty while it is being computed."""


_decoder = msgspec.json.Decoder(tuple[Waiting, ...])
_parts = msgspec.json.Decoder(tuple[str, ...])


class Shelf:
    """The waiting answers of each user in the order in which they were asked for."""

    def __init__(self, values: KeyValue, now: Callable[[], float] = time.time) -> None:
        """`now` is the machine's time."""
        self._values, self._now = values, now

    async def put(self, user: str, key: str, parts: tuple[str, ...] = ()) -> None:
        """Keep an answer, or its place where it has no parts yet. Raises StoreError."""

        def change(waiting: tuple[Waiting, ...]) -> tuple[Waiting, ...]:
            new = Waiting(key, self._now() + KEEP_SECONDS, parts)
            if any(each.key == key for each in waiting):
                return tuple(new if each.key == key else each for each in waiting)
            return (*waiting, new)[-MOST_WAITING:]

        await self._change(user, change)

    async def remove(self, user: str, key: str) -> None:
        """Take an answer away: it was given. Raises StoreError."""
        await self._change(user, lambda waiting: tuple(each for each in waiting if each.key != key))

    async def waiting(self, user: str) -> tuple[Waiting, ...]:
        """What waits, the first asked first; places of what is being computed among them. Raises StoreError."""
        return self._current(await self._values.get(_shelf(user)))

    async def rest(self, user: str) -> tuple[str, ...]:
        """What follows the part shown last. Raises StoreError."""
        kept = await self._values.get(_rest(user))
        return _parts.decode(kept) if kept else ()

    async def put_rest(self, user: str, parts: tuple[str, ...]) -> None:
        """Keep what follows; nothing follows where there are none. Raises StoreError."""
        if parts:
            await self._values.put(_rest(user), msgspec.json.encode(parts), KEEP_SECONDS)
        else:
            await self._values.drop(_rest(user))

    async def forget(self, user: str) -> None:
        """Forget everything of a user. Raises StoreError."""
        await self._values.drop(of_user(user))

    async def _change(self, user: str, change: Callable[[tuple[Waiting, ...]], tuple[Waiting, ...]]) -> None:
        for _ in range(MOST_TRIES):
            before = await self._values.get(_shelf(user))
            after = change(self._current(before))
            encoded = msgspec.json.encode(after) if after else None
            if encoded == before or await self._values.swap(_shelf(user), before, encoded, KEEP_SECONDS):
                return

    def _current(self, kept: bytes | None) -> tuple[Waiting, ...]:
        now = self._now()
        return tuple(each for each in _decoder.decode(kept) if each.until > now) if kept else ()


def of_user(user: str) -> str:
    """What the key of everything that is kept of a user begins with; a user's id holds no colon."""
    return f"wechat:{user}:"


def _shelf(user: str) -> str:
    return of_user(user) + "waiting"


def _rest(user: str) -> str:
    return of_user(user) + "rest"
