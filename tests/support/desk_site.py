"""The desk over a real store with the shipped content: what tests of editing and publishing share."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from learnt import used

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_editions import SqliteEditions
from bot.desk.checking import Checks
from bot.desk.editing import Editor
from bot.desk.live import Live
from bot.desk.publishing import Publisher
from bot.mind import Mind
from bot.staff.people import Person, Role

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
LI, WANG, ZHAO = (
    Person(name="li", role=Role.EDITOR, made=NOW),
    Person(name="wang", role=Role.PUBLISHER, made=NOW),
    Person(name="zhao", role=Role.ADMIN, made=NOW),
)
LESHAN = Person(name="leshan", role=Role.EDITOR, regions=("CN-5111",), made=NOW)
VIEWER = Person(name="viewer", role=Role.VIEWER, made=NOW)
WINDOW = "window:payment/health/CN-5111/2024"
PAYMENT = "topic:payment_window"


class Clock:
    """A time that tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass(kw_only=True)
class Desk:
    """The parts that the console puts together."""

    file: SqliteFile
    store: SqliteEditions
    live: Live
    editing: Editor
    publishing: Publisher
    clock: Clock


@asynccontextmanager
async def desk(
    folder: Path, mind: Mind | None, labelled: Path | None = None, cache: Path | None = None
) -> AsyncIterator[Desk]:
    """The desk in a folder; `mind` is that of the shipped content. With a `cache` of several tests each learns once."""
    cache = cache or used(folder) / "cache"
    file, clock = SqliteFile(folder / "kaoda.sqlite3"), Clock()
    await file.open()
    store = SqliteEditions(file)
    live = Live(store=store, cache=cache, clock=clock)
    await live.begin(mind)
    checks = Checks(cache=cache, labelled=labelled, clock=clock)

    def knowledge():
        return live.mind.knowledge

    editing = Editor(store=store, knowledge=knowledge, clock=clock)
    publishing = Publisher(store=store, contents=editing.contents, checks=checks, live=live, clock=clock)
    try:
        yield Desk(file=file, store=store, live=live, editing=editing, publishing=publishing, clock=clock)
    finally:
        await checks.close()
        await file.close()
