"""The newest edition in this process: it looks several times a second whether there is a newer one, and swaps the mind whole."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.desk import shipping
from bot.desk.building import NotBuiltError, mind_of
from bot.mind import Mind
from bot.ports import Clock, StoreError
from bot.staff.stores import EditionStore
from knowledge.content import ContentError

log = logging.getLogger("kaoda")
LOOK = 0.2  # s between two looks
AGAIN = 5.0  # s after one that failed


class Live:
    """The mind that answers in this process. A turn that is running ends on the mind that it began with."""

    def __init__(self, *, store: EditionStore, cache: Path, clock: Clock) -> None:
        """`cache` is a folder for what is slow to make."""
        self._store, self.cache, self._clock = store, cache, clock
        self._swap: Callable[[Mind], None] = _nobody
        self.mind: Mind | None = None

    async def begin(self, given: Mind | None = None) -> Mind:
        """The mind of the newest edition; of the shipped content at the first start, which becomes the first edition.

        With `given` nothing is built before something is published: it is taken for the newest edition's.
        Raises ContentError, NotBuiltError and StoreError.
        """
        edition = await shipping.bring(self._store, self._clock)
        if given is None:
            given = await mind_of(await self._store.texts(edition), self.cache, edition)
        self.mind = replace(given, edition=edition)
        return self.mind

    @property
    def edition(self) -> int:
        """The edition that answers here."""
        return self.mind.edition if self.mind else 0

    def adopt(self, mind: Mind) -> None:
        """Answer with this mind from now on, unless a newer one answers already."""
        if mind.edition > self.edition:
            self.mind = mind
            self._swap(mind)
            log.info("edition_live edition=%d", mind.edition)

    @asynccontextmanager
    async def watching(self, swap: Callable[[Mind], None]) -> AsyncIterator[None]:
        """Look for newer editions meanwhile; `swap` is given each new mind."""
        self._swap = swap
        if self.mind is not None:
            swap(self.mind)
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            try:
                edition = await self._store.current()
                if edition > self.edition:
                    self.adopt(await mind_of(await self._store.texts(edition), self.cache, edition))
            except (ContentError, NotBuiltError, StoreError, OSError) as error:
                log.error("edition_not_live error=%s", type(error).__name__)  # a store's text may hold a path
                await asyncio.sleep(AGAIN)


def _nobody(mind: Mind) -> None:
    """Nobody answers yet."""
