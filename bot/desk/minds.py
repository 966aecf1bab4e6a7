"""The mind of any edition: the running one where it is that, else one that is made for a while."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot.mind import Mind, think
from bot.staff.stores import EditionStore
from knowledge.content import load_texts


class Minds:
    """Keeps one old mind, the last that was asked for; a mind takes some 100 MB."""

    def __init__(self, editions: EditionStore, mind: Callable[[], Mind], cache: Path) -> None:
        """`mind` gives the running one; `cache` keeps what is slow to learn."""
        self._editions, self._mind, self._cache = editions, mind, cache
        self._old: Mind | None = None
        self._lock = asyncio.Lock()

    async def of(self, edition: int) -> Mind | None:
        """None where the store has no such edition. Raises StoreError, and ContentError where it can no longer be read."""
        running = self._mind()
        if running.edition == edition:
            return running
        async with self._lock:
            if self._old is None or self._old.edition != edition:
                try:
                    texts = await self._editions.texts(edition)
                except KeyError:
                    return None
                self._old = None  # two would be one too many
                made = await asyncio.to_thread(lambda: think(load_texts(texts), self._cache))
                self._old = replace(made, edition=edition)
            return self._old
