"""Minds beside the one that answers: of an older edition (the journal's replay), or with drafts (previews and trying)."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from bot.desk.building import mind_of
from bot.desk.drafting import with_drafts
from bot.mind import Mind
from bot.staff.editions import DraftState
from bot.staff.stores import EditionStore

MOST = 2  # minds kept; some 50 to 100 MB each
Key = tuple[int, tuple[tuple[str, int], ...]]


class Minds:
    """Makes minds one at a time and keeps the last few."""

    def __init__(self, editions: EditionStore, mind: Callable[[], Mind], cache: Path) -> None:
        """`mind` gives the running one; `cache` keeps what is slow to learn."""
        self._editions, self._mind, self._cache = editions, mind, cache
        self._kept: OrderedDict[Key, Mind] = OrderedDict()
        self._lock = asyncio.Lock()

    async def of(self, edition: int) -> Mind | None:
        """None where the store has no such edition. Raises StoreError, NotBuiltError, ContentError."""
        running = self._mind()
        return running if running.edition == edition else await self._made((edition, ()))

    async def drafted(self, keys: tuple[str, ...] | None = None) -> Mind:
        """The newest edition with these drafts (None: with all that are verified) as if they were published.

        Raises ContentError where they cannot be read together, NotBuiltError and StoreError.
        """
        drafts = [
            each
            for each in await self._editions.drafts()
            if (each.state is DraftState.OPEN if keys is None else each.key in keys)
        ]
        versions = tuple((each.key, each.version) for each in drafts)
        edition = await self._editions.current()
        found = await (self._made((edition, versions)) if versions else self.of(edition))
        return found or self._mind()

    async def _made(self, key: Key) -> Mind | None:
        async with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            edition, versions = key
            try:
                texts = await self._editions.texts(edition)
            except KeyError:
                return None
            if versions:
                wanted = dict(versions)
                drafts = [each for each in await self._editions.drafts() if wanted.get(each.key) == each.version]
                texts = await asyncio.to_thread(with_drafts, texts, drafts)
            while len(self._kept) >= MOST:  # first: one more at a time would be one too many
                self._kept.popitem(last=False)
            found = self._kept[key] = await mind_of(texts, self._cache, edition)
            return found
