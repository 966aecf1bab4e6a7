"""The staff's console, put together: editions and drafts, accounts, checks and publications, and the pages over them."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_editions import SqliteEditions
from adapters.storage.sqlite_staff import SqliteStaff
from adapters.web.console.app import Parts, make_console
from bot.desk.editing import Editor
from bot.desk.live import Live
from bot.desk.lockout import Lockout
from bot.desk.minds import Minds
from bot.desk.people import People
from bot.mind import Mind
from bot.ports import Clock, KeyValue
from bot.reader import KnowledgeReader
from bot.responder import Responder
from bot.settings import Settings


class Console:
    """The parts, over the file of the store."""

    def __init__(self, *, settings: Settings, file: SqliteFile, values: KeyValue, clock: Clock) -> None:
        """`values` are shared by all processes; `clock` is what candidates are answered by."""
        self._settings, self._clock = settings, clock
        cache: Path = settings.data_dir / "cache"
        self.editions = SqliteEditions(file)
        self.live = Live(store=self.editions, cache=cache, clock=now)
        self.minds = Minds(self.editions, self.mind, cache)
        self.reader = KnowledgeReader(lambda: self.mind().knowledge, clock)
        self.people = People(store=SqliteStaff(file), lockout=Lockout(values), reader=self.reader, clock=now)
        self.editing = Editor(store=self.editions, knowledge=lambda: self.mind().knowledge, clock=now)

    def mind(self) -> Mind:
        """The running mind."""
        if self.live.mind is None:
            raise RuntimeError("the console was asked for the mind before `begin`")
        return self.live.mind

    async def begin(self, given: Mind | None = None) -> Mind:
        """The mind to answer with first. Raises ContentError, NotBuiltError and StoreError."""
        return await self.live.begin(given)

    def application(self) -> web.Application:
        """The pages, to be mounted at /console."""
        https = self._settings.public_url.startswith("https:")
        return make_console(Parts(staff=self.people), https=https, proxies=self._settings.trusted_proxies)

    @asynccontextmanager
    async def running(self, responder: Responder) -> AsyncIterator[None]:
        """Keep the newest edition live meanwhile."""

        def swap(mind: Mind) -> None:
            responder.mind = mind

        async with self.live.watching(swap):
            yield


def now() -> dt.datetime:
    """The machine's time, whatever the fixed clock says: editions, drafts and the staff's log are of the real world."""
    return dt.datetime.now(dt.UTC)
