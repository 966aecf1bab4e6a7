"""Which pushes were seen, and what they were answered: a repetition is not computed again, on whatever process it comes.

A process claims a push before it computes the answer; a claim that is not renewed (its process has died) falls to the next.
What the dialogue answers is kept there, under the push's key; only what it would not say again is kept here.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import msgspec

from adapters.wechat.shelf import of_user
from bot.ports import KeyValue

KEEP_SECONDS = 660.0  # the freshness of a push and a minute more
CLAIM_SECONDS = 6.0  # a claim lives without being renewed
RENEW_SECONDS = 2.0
LOOK_SECONDS = 0.1  # between looks at another process's claim


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a push is answered."""

    parts: tuple[str, ...] = ()
    """The first is the reply, the others follow when asked for; nothing is said where there are none."""
    outcome: str = "silent"
    """answered, fixed, silent …, from a closed set: for counting."""
    is_sent: bool = False
    """It went out as a customer-service message: the reply to a repetition stays silent."""
    is_given: bool = False
    """It is the dialogue's reply and nothing else: asked again, the dialogue says the same."""


_decoder = msgspec.json.Decoder(Said)
_CLAIM = b"?"


class Seen:
    """Claims and answers over values that all processes share."""

    def __init__(self, values: KeyValue) -> None:
        """Take where they are kept."""
        self._values = values
        self._claim = _CLAIM + secrets.token_hex(8).encode()

    async def claim(self, user: str, key: str, given: Callable[[], Awaitable[Said | None]]) -> Said | None:
        """None once the push is ours to answer, else what it was answered. Waits for another process. Raises StoreError.

        `given` is what the dialogue has answered to it.
        """
        while True:
            found = await self._values.add(_name(user, key), self._claim, CLAIM_SECONDS)
            if found is None:
                return None
            if not found.startswith(_CLAIM):
                return _decoder.decode(found)
            if said := await given():
                return said
            if found == self._claim:  # what this process had begun has ended without an answer
                return None
            await asyncio.sleep(LOOK_SECONDS)

    async def is_lost(self, user: str, key: str) -> bool:
        """Whether nobody computes the answer any more, and it is not there: a process died. Raises StoreError."""
        return await self._values.get(_name(user, key)) is None

    async def renew(self, user: str, key: str) -> None:
        """Keep a claim while its answer is being computed. Raises StoreError."""
        await self._values.swap(_name(user, key), self._claim, self._claim, CLAIM_SECONDS)

    async def keep(self, user: str, key: str, said: Said) -> None:
        """Keep what a push was answered, for its repetitions. Raises StoreError."""
        await self._values.put(_name(user, key), msgspec.json.encode(said), KEEP_SECONDS)

    async def let_go(self, user: str, key: str) -> None:
        """Give a claim back: there is no answer, and the next attempt may find one. Raises StoreError."""
        await self._values.swap(_name(user, key), self._claim, None, CLAIM_SECONDS)


def _name(user: str, key: str) -> str:
    return f"{of_user(user)}seen:{key}"
