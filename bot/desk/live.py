"""The newest edition in this process: it looks several times a second whether there is a newer one, and swaps the mind whole."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.desk import shipping
from bot.desk.building import mark_of, mind_of
from bot.mind import Mind
from bot.ports import Clock
from bot.staff.stores import EditionStore

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
        self._ahead: tuple[str, Mind] | None = None  # of what was announced
        self._known = ""  # the mark of what was announced last, whose mind is made or being made

    async def begin(self, given: Mind | None = None) -> Mind:
        """The mind of the newest edition; of the shipped content at the first start, which becomes the first edition.

        With `given` nothing is built before something is published: it is taken for the newest edition's.
        Raises ContentError, NotBuiltError and StoreError.
        """
        edition = await shipping.bring(self._store, self._clock)
        if given is None:
            given = await mind_of(await self._store.texts(edition), self.cache, edition)
        self._known = await self._store.announced()  # that was before
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

    async def prepare(self, texts: Mapping[str, str], edition: int) -> Mind:
        """The mind of what is about to be published; other processes make theirs meanwhile.

        Raises ContentError, NotBuiltError and StoreError.
        """
        self._known = mark_of(texts)
        await self._store.announce(self._known, texts)
        return await mind_of(texts, self.cache, edition)

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
                await self._look()
            except Exception as error:  # whatever one edition meets, the next one has to come through
                log.error("edition_not_live error=%s", type(error).__name__)  # a store's text may hold a path
                await asyncio.sleep(AGAIN)

    async def _look(self) -> None:
        """Make ready for what is announced; answer with what is published."""
        edition = await self._store.current()
        if edition > self.edition:
            texts = await self._store.texts(edition)
            mark, ahead = self._ahead or ("", None)
            made = replace(ahead, edition=edition) if ahead and mark == mark_of(texts) else None
            self.adopt(made or await mind_of(texts, self.cache, edition))
            self._ahead = None
        elif (mark := await self._store.announced()) and mark != self._known:
            self._known = mark
            texts = await self._store.announced_texts()
            if mark == mark_of(texts):
                self._ahead = mark, await mind_of(texts, self.cache)


def _nobody(mind: Mind) -> None:
    """Nobody answers yet."""
