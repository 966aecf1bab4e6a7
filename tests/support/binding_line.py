"""The status stub, its client and accounts over it, as the service puts them together; time is moved by hand."""

import datetime as dt
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry

from adapters.status.client import client
from adapters.status.stub.server import Stub
from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_accounts import SqliteAccounts
from adapters.storage.sqlite_shared import SqliteKeyValue
from bot.accounts import PATH, Accounts
from bot.binding import Form
from bot.sealed import SealedValues
from bot.sealing import Sealer

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
KEY = bytes(range(32))


class Passing:
    """The machine's time, with what a test lets pass."""

    def __init__(self) -> None:
        self.later = 0.0

    def __call__(self) -> float:
        return time.time() + self.later

    def clock(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self(), dt.UTC)


class Bench:
    """Accounts over a real file and a real stub."""

    def __init__(self, stub: Stub, accounts: Accounts, store: SqliteAccounts, passing: Passing, path: Path) -> None:
        self.stub, self.accounts, self.store, self.passing, self.path = stub, accounts, store, passing, path

    def form(self, number: int = 0, **changes: object) -> Form:
        """The form of the stub's candidate of that number, rightly filled in but for the changes."""
        found = self.stub.register.candidates[number]
        right = {"registration_no": found.registration_no, "id_number": found.id_number, "name": found.name}
        return Form(**{**right, "consent": True, **changes})  # type: ignore[arg-type]  # a table of keywords

    def id_of(self, number: int = 0) -> str:
        return self.stub.register.candidates[number].id

    async def token(self, channel: str = "wechat", user: str = "u1") -> str:
        return (await self.accounts.link(channel, user)).removeprefix(PATH)

    async def events(self) -> list[str]:
        return [row.event.value for row in await self.store.audited()]


@asynccontextmanager
async def benched(path: Path, *, key: bytes = KEY, least_seconds: float = 0.0) -> AsyncIterator[Bench]:
    """All of it; closed at the end."""
    passing, file = Passing(), SqliteFile(path)
    await file.open()
    sealer = Sealer(key)
    values = SealedValues(SqliteKeyValue(file, passing.clock), sealer)
    store = SqliteAccounts(file)
    try:
        async with Stub() as stub, client(stub.address, stub.token, lambda: NOW, CollectorRegistry()) as status:
            accounts = Accounts(
                status=status,
                store=store,
                values=values,
                sealer=sealer,
                clock=lambda: NOW,
                now=passing,
                least_seconds=least_seconds,
            )
            yield Bench(stub, accounts, store, passing, path)
    finally:
        await file.close()
