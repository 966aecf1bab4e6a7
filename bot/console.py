"""The staff's console, put together: editions and drafts, accounts, checks and publications, and the pages over them."""

import asyncio
import datetime as dt
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_editions import SqliteEditions
from adapters.storage.sqlite_gaps import SqliteGaps
from adapters.storage.sqlite_staff import SqliteStaff
from adapters.web.console.app import Parts, make_console
from adapters.wechat.render import parts_of
from adapters.wechat.words import read_words
from bot.desk import shipping
from bot.desk.checking import Checks
from bot.desk.editing import Editor
from bot.desk.exchange import Exchanger
from bot.desk.forms import KnowledgeForms
from bot.desk.gaps import GapWork
from bot.desk.gaps import Sources as GapSources
from bot.desk.layers import Layers
from bot.desk.library import KnowledgeLibrary
from bot.desk.live import Live
from bot.desk.lockout import Lockout
from bot.desk.minds import Minds
from bot.desk.people import People
from bot.desk.plans import Plans
from bot.desk.publishing import Publisher
from bot.desk.trial import Setting as TrialSetting
from bot.desk.trial import TrialRoom
from bot.desk.years import YearsDesk
from bot.messages import Reply
from bot.mind import Mind
from bot.ports import Clock, KeyValue
from bot.reader import KnowledgeReader
from bot.record import Record
from bot.responder import Responder
from bot.settings import Settings
from bot.staff.people import Person
from knowledge.model import Knowledge


class Console:
    """The parts, over the file of the store."""

    def __init__(self, *, settings: Settings, file: SqliteFile, values: KeyValue, clock: Clock) -> None:
        """`values` are shared by all processes; `clock` is what candidates are answered by."""
        self._settings, self._clock = settings, clock
        cache: Path = settings.data_dir / "cache"
        self.editions = SqliteEditions(file)
        self.live = Live(store=self.editions, cache=cache, clock=now)
        self.minds = Minds(self.editions, self.mind, cache)
        self.knowledge: Callable[[], Knowledge] = lambda: self.mind().knowledge
        """Of the newest edition; what answers no question may read it without making a mind."""
        self.reader = KnowledgeReader(lambda: self.knowledge(), clock)
        self.people = People(store=SqliteStaff(file), lockout=Lockout(values), reader=self.reader, clock=now)
        self.editing = Editor(store=self.editions, knowledge=lambda: self.knowledge(), clock=now)
        self.checks = Checks(cache=cache, labelled=settings.labelled, clock=now)
        self.publishing = Publisher(
            store=self.editions, contents=self.editing.contents, checks=self.checks, live=self.live, clock=now
        )
        self.layers = Layers(self.editions, self.mind)
        self.library = KnowledgeLibrary(self.layers, self.mind, wechat_view(), clock, public_url=settings.public_url)
        self.exchange = Exchanger(store=self.editions, layers=self.layers, contents=self.editing.contents, clock=now)
        self.years = YearsDesk(
            store=self.editions, layers=self.layers, contents=self.editing.contents, editor=self.editing, clock=now
        )
        self.gaps = GapWork(
            GapSources(
                gaps=SqliteGaps(file),
                editions=self.editions,
                editing=self.editing,
                mind=self.mind,
                labelled=settings.labelled,
                cache=cache,
                clock=clock,
                real=now,
            )
        )
        self.trial = TrialRoom(
            TrialSetting(
                editions=self.editions,
                layers=self.layers,
                minds=self.minds,
                mind=self.mind,
                wechat=wechat_view(),
                public_url=settings.public_url,
                clock=clock,
            )
        )
        self._plans = Plans(store=self.editions, publisher=self.publishing, person=self.person, clock=now)

    def mind(self) -> Mind:
        """The running mind."""
        if self.live.mind is None:
            raise RuntimeError("the console was asked for the mind before `begin`")
        return self.live.mind

    async def person(self, name: str) -> Person | None:
        """An account by its name, or the operator. Raises StoreError."""
        if name == shipping.SYSTEM:
            return shipping.operator(now())
        return next((each for each in await self.people.people() if each.name == name), None)

    async def begin(self, given: Mind | None = None) -> Mind:
        """The mind to answer with first. Raises ContentError, NotBuiltError and StoreError."""
        return await self.live.begin(given)

    def application(self, record: Record) -> web.Application:
        """The pages, to be mounted at /console; `record` has what was told."""
        https = self._settings.public_url.startswith("https:")
        parts = Parts(
            staff=self.people,
            editing=self.editing,
            forms=KnowledgeForms(self.layers),
            library=self.library,
            publishing=self.publishing,
            gaps=self.gaps,
            trial=self.trial,
            exchange=self.exchange,
            years=self.years,
            journal=record.journal,
            corrections=record.corrections,
            numbers=record.numbers,
        )
        return make_console(parts, https=https, proxies=self._settings.trusted_proxies)

    @asynccontextmanager
    async def running(self, responder: Responder) -> AsyncIterator[None]:
        """Keep the newest edition live meanwhile, and carry out what is planned."""

        def swap(mind: Mind) -> None:
            if mind is not responder.mind:
                responder.mind = mind
                gc.freeze()  # as at the start: looking through the new mind again and again would hold up answers

        async with self.live.watching(swap):
            task = asyncio.create_task(self._plans.go())
            try:
                yield
            finally:
                task.cancel()
                await asyncio.wait({task})
                await self.close()

    async def close(self) -> None:
        """End checks and imports that still run."""
        await self.checks.close()
        await self.exchange.close()


def now() -> dt.datetime:
    """The machine's time, whatever the fixed clock says: editions, drafts and the staff's log are of the real world."""
    return dt.datetime.now(dt.UTC)


def wechat_view() -> Callable[[Reply], tuple[str, ...]]:
    """A reply as the texts that WeChat would show, each within its limit."""
    words = read_words()
    return lambda reply: parts_of(reply, words)
