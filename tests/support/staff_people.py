"""People of the console over a real SQLite file: real argon2, at a cost that a test can bear."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.storage.database import SqliteFile
from adapters.storage.memory_shared import MemoryKeyValue
from adapters.storage.sqlite_staff import SqliteStaff
from bot.desk.lockout import Lockout
from bot.desk.passwords import Passwords
from bot.desk.people import People
from bot.staff.people import Done, Person, Role
from bot.views import RegionView

PASSWORD = "tianqing-luoyu"
LESHAN = RegionView(id="CN-5111", name="乐山市", path="四川乐山")
SHANGHAI = RegionView(id="CN-31", name="上海市", path="上海")
BY_TEXT = {"乐山": LESHAN, "四川乐山": LESHAN, "CN-5111": LESHAN, "上海": SHANGHAI, "CN-31": SHANGHAI}


class Regions:
    """Two regions, of what a Reader gives."""

    def region(self, text: str) -> RegionView | None:
        return BY_TEXT.get(text)


class House:
    """People, their store and a clock that the test moves."""

    def __init__(self, file: SqliteFile) -> None:
        self.file = file
        self.ahead = dt.timedelta()
        self.store = SqliteStaff(file)
        self.passwords = Passwords(time_cost=1, memory_kib=64)
        values = MemoryKeyValue(self.now)
        self.people = People(
            store=self.store,
            lockout=Lockout(values, lambda: self.now().timestamp()),
            reader=Regions(),  # type: ignore[arg-type]  # all that it asks of a Reader
            clock=self.now,
            passwords=self.passwords,
        )

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead

    async def add(self, name: str, role: Role, regions: tuple[str, ...] = (), password: str = PASSWORD) -> Person:
        """An account whose owner has his own password already."""
        person = Person(name=name, role=role, regions=regions, made=self.now())
        done = Done(at=self.now(), who="system", deed="person_added", object=name)
        assert await self.store.add(person, await self.passwords.hash(password), done)
        return person

    async def deeds(self, about: str = "") -> list[str]:
        """What the log says, newest first."""
        return [done.deed for _, done in await self.people.done(about=about)]


@asynccontextmanager
async def house(path: Path) -> AsyncIterator[House]:
    """An open house; `path` is the database's."""
    file = SqliteFile(path)
    await file.open()
    try:
        yield House(file)
    finally:
        await file.close()
