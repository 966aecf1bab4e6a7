"""One contract over both homes of short-lived values: in memory and in the store's SQLite file."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from turns import NOW, opened

from adapters.storage.memory_shared import MemoryKeyValue
from adapters.storage.sqlite_shared import SqliteKeyValue
from bot.ports import KeyValue, StoreError


@dataclass
class Hands:
    """A clock that goes when it is told to."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


@dataclass
class Shared:
    """A place for values, its clock, and a second process's view of it."""

    values: KeyValue
    beside: KeyValue
    clock: Hands = field(default_factory=Hands)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture(params=["memory", "sqlite"])
async def shared(request: pytest.FixtureRequest, path: Path, clock: Hands) -> AsyncIterator[Shared]:
    """At most ten values; on disk the other view has a connection of its own, as another process has."""
    if request.param == "memory":
        values = MemoryKeyValue(clock, most=10)
        yield Shared(values, values, clock)
        return
    here, there = await opened(path), await opened(path)
    yield Shared(
        SqliteKeyValue(here.file, clock, most=10, tidy_every=1),
        SqliteKeyValue(there.file, clock, most=10, tidy_every=1),
        clock,
    )
    await here.close()
    await there.close()


async def test_what_was_put_is_there_until_it_expires(shared: Shared) -> None:
    """To the second; byte for byte, whatever the bytes."""
    assert await shared.values.get("k") is None
    await shared.values.put("k", b"\x00\xff\xe4", 60)
    shared.clock.pass_by(59.9)
    assert await shared.beside.get("k") == b"\x00\xff\xe4"
    shared.clock.pass_by(0.1)
    assert await shared.beside.get("k") is None


async def test_an_empty_value_is_a_value(shared: Shared) -> None:
    await shared.values.put("k", b"", 60)
    assert await shared.values.get("k") == b""
    assert await shared.beside.add("k", b"other", 60) == b""


async def test_the_first_to_add_wins(shared: Shared) -> None:
    """The others are given what is there; once it has expired, the next may."""
    assert await shared.values.add("k", b"first", 60) is None
    assert await shared.beside.add("k", b"second", 60) == b"first"
    shared.clock.pass_by(60)
    assert await shared.beside.add("k", b"third", 60) is None
    assert await shared.values.get("k") == b"third"


async def test_of_many_at_once_one_adds(shared: Shared) -> None:
    """From both sides; the losers all see the winner's value."""
    places = [shared.values, shared.beside] * 10
    seen = await asyncio.gather(*(each.add("k", str(n).encode(), 60) for n, each in enumerate(places)))
    assert seen.count(None) == 1
    assert set(seen) - {None} == {str(seen.index(None)).encode()}


async def test_a_swap_needs_what_was_there(shared: Shared) -> None:
    """None stands for nothing there, on either side; what has expired is not there."""
    assert await shared.values.swap("k", b"x", b"a", 60) is False
    assert await shared.values.swap("k", None, b"a", 60) is True
    assert await shared.beside.swap("k", None, b"b", 60) is False
    assert await shared.beside.swap("k", b"a", b"b", 60) is True
    assert await shared.values.swap("k", b"b", None, 60) is True
    assert await shared.values.get("k") is None
    await shared.values.put("k", b"c", 5)
    shared.clock.pass_by(5)
    assert await shared.values.swap("k", b"c", b"d", 60) is False
    assert await shared.values.swap("k", None, b"d", 60) is True


async def test_of_many_swaps_at_once_each_counts(shared: Shared) -> None:
    """A counter in steps of compare-and-set loses nothing."""

    async def count(values: KeyValue) -> None:
        while True:
            before = await values.get("n")
            if await values.swap("n", before, str(int(before or b"0") + 1).encode(), 60):
                return

    await asyncio.gather(*(count(each) for each in [shared.values, shared.beside] * 8))
    assert await shared.values.get("n") == b"16"


async def test_dropping_takes_all_that_begins_so(shared: Shared) -> None:
    """And nothing else; signs that mean something to a database are only characters."""
    for key in ("u:a", "u:a:1", "u:a:\U0010fffe", "u:b", "u:%", "u:_x", "U:A"):
        await shared.values.put(key, b"v", 60)
    await shared.beside.drop("u:a")
    kept = [
        key for key in ("u:a", "u:a:1", "u:a:\U0010fffe", "u:b", "u:%", "u:_x", "U:A") if await shared.values.get(key)
    ]
    assert kept == ["u:b", "u:%", "u:_x", "U:A"]
    await shared.values.drop("u:%")
    await shared.values.drop("u:_")
    assert await shared.values.get("u:b") == b"v"
    assert await shared.values.get("u:%") is None


async def test_what_is_too_much_goes_by_when_it_expires(shared: Shared) -> None:
    """What would have expired first goes first: an access token of two hours outlives answers of ten minutes."""
    await shared.values.put("token", b"t", 7200)
    for number in range(40):
        await shared.values.put(f"answer:{number}", b"a", 600 + number)
    left = [number for number in range(40) if await shared.values.get(f"answer:{number}")]
    assert await shared.values.get("token") == b"t"
    assert 0 < len(left) <= 10
    assert left == list(range(40 - len(left), 40))


async def test_what_has_expired_makes_room(shared: Shared) -> None:
    for number in range(10):
        await shared.values.put(f"old:{number}", b"a", 5)
    shared.clock.pass_by(6)
    for number in range(9):
        await shared.values.put(f"new:{number}", b"a", 1)
    assert [n for n in range(9) if not await shared.values.get(f"new:{n}")] == []


async def test_values_survive_closing_and_opening(path: Path, clock: Hands) -> None:
    """The dedup keys and pending answers of a service outlive its process."""
    first = await opened(path)
    await SqliteKeyValue(first.file, clock).put("k", b"v", 600)
    await first.close()
    again = await opened(path)
    assert await SqliteKeyValue(again.file, clock).get("k") == b"v"
    await again.close()


async def test_a_closed_file_is_an_error(path: Path, clock: Hands) -> None:
    store = await opened(path)
    values = SqliteKeyValue(store.file, clock)
    await store.close()
    with pytest.raises(StoreError):
        await values.get("k")


async def test_values_that_are_too_large_together_are_halved(
    path: Path, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes are bounded too."""
    monkeypatch.setattr("adapters.storage.sqlite_shared.MOST_BYTES", 5_000)
    store = await opened(path)
    values = SqliteKeyValue(store.file, clock, tidy_every=1)
    for number in range(20):
        await values.put(f"k:{number}", b"x" * 1000, 60 + number)
    kept = [number for number in range(20) if await values.get(f"k:{number}")]
    assert 1 <= len(kept) <= 5
    assert kept[-1] == 19
    await store.close()
