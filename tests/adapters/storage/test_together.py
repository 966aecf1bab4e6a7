"""Functions that reach the database's thread together share a transaction, and each is whole by itself."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database
from turns import opened

from bot.ports import StoreError


def put(key: str):
    def work(db: Database) -> str:
        db.execute("insert into shared (key, value, until) values (?, x'', 1)", [key])
        return key

    return work


def spoil(db: Database) -> None:
    """Writes, then fails."""
    db.execute("insert into shared (key, value, until) values ('spoilt', x'', 1)")
    db.execute("insert into nowhere values (1)")


def stumble(db: Database) -> None:
    db.execute("insert into shared (key, value, until) values ('stumbled', x'', 1)")
    raise KeyError("ours")


def keys(db: Database) -> set[str]:
    return {row[0] for row in db.execute("select key from shared")}


async def test_everybody_gets_his_own_result(path: Path) -> None:
    store = await opened(path)
    found = await asyncio.gather(*(store.file.run(put(f"k{number}")) for number in range(200)))
    assert found == [f"k{number}" for number in range(200)]
    assert await store.file.read(keys) == set(found)
    await store.close()


async def test_what_fails_is_taken_back_alone(path: Path) -> None:
    """The others of its transaction are kept; the database's errors are StoreErrors, ours stay ours."""
    store = await opened(path)
    works = [put("a"), spoil, put("b"), stumble, put("c")]
    found = await asyncio.gather(*(store.file.run(work) for work in works), return_exceptions=True)
    assert [found[0], found[2], found[4]] == ["a", "b", "c"]
    assert isinstance(found[1], StoreError)
    assert isinstance(found[1].__cause__, sqlite3.OperationalError)
    assert isinstance(found[3], KeyError)
    assert await store.file.read(keys) == {"a", "b", "c"}
    with pytest.raises(StoreError):
        await store.file.run(spoil)
    assert await store.file.read(keys) == {"a", "b", "c"}
    await store.close()


async def test_who_waits_no_more_harms_nobody(path: Path) -> None:
    """A cancelled caller; his function is done all the same."""
    store = await opened(path)
    first, second = asyncio.create_task(store.file.run(put("a"))), asyncio.create_task(store.file.run(put("b")))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == "b"
    assert await store.file.read(keys) == {"a", "b"}
    await store.close()


async def test_closing_lets_what_was_asked_for_be_done(path: Path) -> None:
    """Also what waits for the thread to come back; afterwards there is nothing to use."""
    store = await opened(path)
    running = asyncio.create_task(store.file.run(put("a")))
    await asyncio.sleep(0.01)
    waiting = [asyncio.create_task(store.file.run(put(f"k{number}"))) for number in range(3)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(running, *waiting) == ["a", "k0", "k1", "k2"]
    with pytest.raises(StoreError):
        await store.file.read(keys)
    again = await opened(path)
    assert await again.file.read(keys) == {"a", "k0", "k1", "k2"}
    await again.close()


async def test_reading_waits_for_no_other_process(path: Path) -> None:
    """Whoever writes at the moment, conversations can be read."""
    store, other = await opened(path), sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    assert await asyncio.wait_for(store.file.read(keys), 1) == set()
    other.execute("rollback")
    other.close()
    await store.close()
