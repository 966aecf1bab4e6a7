"""Answers that come too late to be the reply: said to be on their way, sent or kept to be picked up, never lost."""

import logging

from adapters.wechat.answering import ANSWERED, placeholder
from adapters.wechat.counting import Counts
from adapters.wechat.outbound import Outbound
from adapters.wechat.pushes import Push
from adapters.wechat.render import tail_of
from adapters.wechat.seen import Said, Seen
from adapters.wechat.shelf import Shelf
from adapters.wechat.words import Words
from bot.ports import StoreError

MOST_SENT = 5  # customer-service messages for one answer
MOST_REMEMBERED = 10_000  # users
_logger = logging.getLogger(__name__)


class Late:
    """What happens to a push whose answer was not there in time."""

    def __init__(self, *, outbound: Outbound, shelf: Shelf, seen: Seen, counts: Counts, words: Words) -> None:
        """Take what sends, and where answers are kept."""
        self._outbound, self._shelf, self._seen, self._counts, self._words = outbound, shelf, seen, counts, words
        self._unaware: dict[str, None] = {}

    async def instead(self, push: Push) -> str:
        """What to answer in time: nothing where the answer can be sent afterwards, else where to get it."""
        if push.what not in ANSWERED or await self._outbound.can_send(push.user):
            return ""
        try:
            await self._shelf.put(push.user, push.key)
        except StoreError as error:
            _logger.error("wechat_store_failed what=place error=%s", type(error.__cause__).__name__)
        return placeholder(self._words, self._words.texts.placeholder)

    async def deliver(self, push: Push, said: Said, instead: str) -> Said:
        """Send an answer where the user was told nothing, else keep it; what a repetition is answered from now on."""
        if not said.parts:
            return said
        left = said.parts if instead else await self._send(push.user, said.parts)
        if left:
            how = "kept" if await self.keep(push, left, is_told=bool(instead)) else "lost"
        else:
            how = "sent"
            said = Said(parts=said.parts, outcome=said.outcome, is_sent=True)
            try:
                await self._seen.keep(push.user, push.key, said)
            except StoreError as error:
                _logger.error("wechat_store_failed what=sent error=%s", type(error.__cause__).__name__)
        self._counts.late(how)
        return said

    async def keep(self, push: Push, parts: tuple[str, ...], *, is_told: bool) -> bool:
        """Keep an answer to be picked up; who was not told so is told with the next reply. False where it cannot be kept."""
        try:
            await self._shelf.put(push.user, push.key, parts)
        except StoreError as error:
            _logger.error("wechat_store_failed what=late error=%s", type(error.__cause__).__name__)
            return False
        if not is_told:
            self._unaware[push.user] = None
            while len(self._unaware) > MOST_REMEMBERED:
                del self._unaware[next(iter(self._unaware))]
        return True

    async def given(self, push: Push) -> None:
        """An answer that was kept was the reply to a repetition after all: nothing waits."""
        self.make_aware(push.user)
        try:
            await self._shelf.remove(push.user, push.key)
        except StoreError as error:
            _logger.error("wechat_store_failed what=given error=%s", type(error.__cause__).__name__)

    def make_aware(self, user: str) -> bool:
        """Whether an answer waits of which the user does not know; from now on he does."""
        return self._unaware.pop(user, "") is None

    async def _send(self, user: str, parts: tuple[str, ...]) -> tuple[str, ...]:
        """Send the parts one after the other; those that were not sent."""
        tail = tail_of(self._words)
        for number, part in enumerate(parts):
            if number >= MOST_SENT or not await self._outbound.send_text(user, part.removesuffix(tail)):
                return parts[number:]
        return ()
