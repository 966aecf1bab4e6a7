"""What was told, put together: the journal, its replay, corrections after a publication, and the numbers."""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from adapters.storage.database import SqliteFile
from adapters.storage.reading import Reading
from adapters.storage.sqlite_corrections import SqliteCorrections
from adapters.storage.sqlite_journal import SqliteJournal
from adapters.storage.sqlite_reminders import SqliteReminders
from bot.desk.corrections import Corrections, keep_looking
from bot.desk.journal import Journal
from bot.desk.minds import Minds
from bot.desk.numbers import Numbers
from bot.journalling import Journalling
from bot.mind import Mind
from bot.ports import Clock, Notify, StoreError
from bot.sealing import Sealer

SECONDS = 2.0  # between two looks for editions and offered corrections
TIDY_SECONDS = 86_400.0
log = logging.getLogger("kaoda")


class Record:
    """The parts, over the file of the store."""

    def __init__(
        self,
        *,
        file: SqliteFile,
        sealer: Sealer,
        mind: Callable[[], Mind],
        minds: Minds,
        clock: Clock,
        public_url: str,
        days: int,
    ) -> None:
        """`mind` gives the running one, `minds` those of other editions; a line is kept for `days`."""
        self._file, self._clock, self._days = file, clock, days
        self._reading = Reading(file.path)
        self._store = SqliteJournal(file, self._reading)
        journalling = Journalling(sealer)
        self.journal = Journal(
            store=self._store, journalling=journalling, minds=minds, mind=mind, public_url=public_url
        )
        self.corrections = Corrections(
            store=SqliteCorrections(file, self._reading),
            journalling=journalling,
            mind=mind,
            clock=clock,
            public_url=public_url,
        )
        self.numbers = Numbers(self._store, mind, clock)

    @asynccontextmanager
    async def running(self, channels: Mapping[str, Notify]) -> AsyncIterator[None]:
        """Look for what has to be corrected meanwhile, and forget old lines; `channels` can send by themselves."""
        looking = keep_looking(self.corrections, channels, SqliteReminders(self._file), SECONDS)
        tasks = {asyncio.create_task(looking), asyncio.create_task(self._tidy())}
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Close what reads; before the file is closed."""
        await self._reading.close()

    async def _tidy(self) -> None:
        while True:
            try:
                await self._store.tidy(self._clock() - dt.timedelta(days=self._days))
            except StoreError as error:
                log.warning("tidying_the_journal_failed error=%s", type(error.__cause__).__name__)
            await asyncio.sleep(TIDY_SECONDS)
