"""A responder over a real store that journals, minds of several editions, and what staff do with the journal."""

import datetime as dt
import sqlite3
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

from adapters.storage.reading import Reading
from adapters.storage.sqlite import SqliteStore
from adapters.storage.sqlite_corrections import SqliteCorrections
from adapters.storage.sqlite_journal import SqliteJournal
from bot.desk.corrections import Corrections
from bot.desk.journal import Journal
from bot.desk.preview import with_knowledge
from bot.journalling import Journalling
from bot.messages import Message, Reply
from bot.mind import Mind
from bot.responder import Responder
from bot.sealing import Sealer
from bot.staff.people import Person, Role
from knowledge.content import load_texts, read_folder

BEIJING = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2023, 12, 5, 9, tzinfo=BEIJING)
KEY = bytes(range(32))
PUBLISHER = Person(name="fabu", role=Role.PUBLISHER, made=NOW)
OLD_END, NEW_END = "2月8日", "2月18日"
OLD = "end = 2024-02-08"
WINDOWS = "facts/windows.toml"


def with_end(texts: dict[str, str], end: str = "2024-02-18") -> dict[str, str]:
    """Content in which 乐山's payment ends on another day."""
    text = texts[WINDOWS]
    at = text.rindex(OLD, 0, text.index('source = "leshan-2024#3"'))
    return texts | {WINDOWS: text[:at] + f"end = {end}" + text[at + len(OLD) :]}


def corrected(mind: Mind, edition: int) -> Mind:
    """An edition of such content."""
    return replace(with_knowledge(mind, load_texts(with_end(read_folder()))), edition=edition)


class Editions:
    """Fulfils what the desk asks for minds, from a table."""

    def __init__(self) -> None:
        self.known: dict[int, Mind] = {}

    async def of(self, edition: int) -> Mind | None:
        return self.known.get(edition)


class World:
    """Everything; `mind` is what is live, `now` what the clock says."""

    def __init__(self, store: SqliteStore, mind: Mind, path: Path, key: bytes = KEY) -> None:
        self.now = NOW
        self.path, self.store, self.reading = path, store, Reading(path)
        self.sealer = Sealer(key)
        self.journalling = Journalling(self.sealer)
        self.rows = SqliteCorrections(store.file, self.reading)
        self.corrections = Corrections(
            store=self.rows,
            journalling=self.journalling,
            mind=lambda: self.responder.mind,
            clock=lambda: self.now,
            settled=0,
        )
        self.editions = Editions()
        self.responder = Responder(mind, store, lambda: self.now, sealer=self.sealer, corrections=self.corrections)
        self.publish(replace(mind, edition=1))
        self.lines = SqliteJournal(store.file, self.reading)
        self.journal = Journal(
            store=self.lines,
            journalling=self.journalling,
            minds=self.editions,  # type: ignore[arg-type]  # the same shape
            mind=lambda: self.responder.mind,
        )

    def publish(self, mind: Mind) -> None:
        self.editions.known[mind.edition] = mind
        self.responder.mind = mind

    async def say(self, text: str, user: str = "u1", channel: str = "web", **more: str) -> Reply:
        message = Message(id=uuid.uuid4().hex, channel=channel, user=user, text=text, **more)
        return await self.responder.respond(message)

    def query(self, text: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(text).fetchall()

    def raw(self) -> bytes:
        """Every byte of the database."""
        return b"".join(each.read_bytes() for each in self.path.parent.glob(self.path.name + "*"))


@asynccontextmanager
async def journalling(mind: Mind, folder: Path) -> AsyncIterator[World]:
    path = folder / "kaoda.sqlite"
    store = SqliteStore(path, 30)
    await store.open(NOW)
    world = World(store, mind, path)
    try:
        yield world
    finally:
        await world.reading.close()
        await store.close()
