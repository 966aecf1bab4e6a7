"""The console's parts for commands: over the data folder, whether the service runs beside them or not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import TypeVar

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_shared import SqliteKeyValue
from bot.app import DATABASE, clock_of
from bot.console import Console, now
from bot.desk import shipping
from bot.settings import read
from knowledge.content import load_texts

T = TypeVar("T")


def run(work: Callable[[Console], Awaitable[T]], *, thinks: bool = False) -> T:
    """Do something with the parts. Only with `thinks` they can answer questions: that takes some seconds."""

    async def go() -> T:
        async with parts(thinks=thinks) as console:
            return await work(console)

    return asyncio.run(go())


@asynccontextmanager
async def parts(*, thinks: bool = False) -> AsyncIterator[Console]:
    """The parts; at the first use the shipped content is the first edition. Raises StoreError and ContentError."""
    settings = read()
    file = SqliteFile(settings.data_dir / DATABASE)
    await file.open()
    try:
        console = Console(settings=settings, file=file, values=SqliteKeyValue(file, now), clock=clock_of(settings))
        await shipping.bring(console.editions, now)
        if thinks:
            await console.begin()
        else:
            texts = await console.editions.texts(await console.editions.current())
            console.knowledge = cache(lambda: load_texts(texts))
        try:
            yield console
        finally:
            await console.close()
    finally:
        await file.close()
