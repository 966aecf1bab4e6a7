"""The ledger of customer-service messages: how many may still follow what a user did last. Shared by all processes."""

import time
from collections.abc import Callable

import msgspec

from adapters.wechat.outbound import Trigger
from bot.ports import KeyValue

HOUR, MINUTE = 3600.0, 60.0  # s
ALLOWED = {
    Trigger.MESSAGE: (5, 48 * HOUR),
    Trigger.MENU: (3, MINUTE),
    Trigger.FOLLOW: (3, MINUTE),
    Trigger.SCAN: (3, MINUTE),
}
"""Messages and seconds. The last thing done counts alone: that is the narrowest reading of the platform's rule."""
SLACK = 2.0  # s by which a window is closed early: the message has to arrive within it
TYPING_WITHIN = 30.0  # s after what a user did [45080]
TRIES = 20  # of a compare-and-set; each failed one means that another process took a message


class Entry(msgspec.Struct, frozen=True):
    """What may still be sent to a user."""

    left: int
    since: float
    """When the user did it, in seconds since 1970."""
    until: float


class Ledger:
    """Counts before sending, so that two processes cannot both send the last message. StoreError passes through."""

    def __init__(self, values: KeyValue, now: Callable[[], float] = time.time) -> None:
        """`now` is the real time: the platform's windows do not follow a fixed clock."""
        self._values, self._now = values, now

    async def note(self, openid: str, trigger: Trigger) -> None:
        """The user did something: the count starts anew."""
        count, seconds = ALLOWED[trigger]
        now = self._now()
        entry = Entry(left=count, since=now, until=now + seconds - SLACK)
        await self._values.put(_key(openid), msgspec.json.encode(entry), seconds)

    async def left(self, openid: str) -> int:
        """How many may be sent now."""
        entry = _entry(await self._values.get(_key(openid)))
        return entry.left if entry and self._now() < entry.until else 0

    async def take(self, openid: str, count: int) -> bool:
        """Take so many, all or none."""
        for _ in range(TRIES):
            kept = await self._values.get(_key(openid))
            entry, now = _entry(kept), self._now()
            if entry is None or now >= entry.until or entry.left < count:
                return False
            taken = msgspec.structs.replace(entry, left=entry.left - count)
            if await self._values.swap(_key(openid), kept, msgspec.json.encode(taken), entry.until - now):
                return True
        return False

    async def is_recent(self, openid: str) -> bool:
        """Whether the user did something so lately that typing may be shown."""
        entry = _entry(await self._values.get(_key(openid)))
        return entry is not None and self._now() < min(entry.until, entry.since + TYPING_WITHIN - SLACK)

    async def close(self, openid: str) -> None:
        """The platform says that nothing more may be sent, until the user does something."""
        await self._values.swap(_key(openid), await self._values.get(_key(openid)), None, 0.0)

    async def forget(self, openid: str) -> None:
        """Forget a user."""
        await self._values.drop(_key(openid))


def _key(openid: str) -> str:
    return f"wechat:quota:{openid}."  # the point: dropping a user drops no other whose id begins so


def _entry(kept: bytes | None) -> Entry | None:
    """An entry; None where there is none that can be read."""
    try:
        return msgspec.json.decode(kept, type=Entry) if kept else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
