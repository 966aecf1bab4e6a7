"""Gaps as staff work through them."""

import contextlib
import datetime as dt
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from turns import NOW, feedback, gap, opened, reply, turn

from adapters.storage.sqlite import SqliteStore
from adapters.storage.sqlite_gaps import SqliteGaps
from bot.ports import StoreError
from bot.staff.gaps import GapState, Settled
from bot.staff.people import Done

LATER = NOW + dt.timedelta(hours=1)
DONE = Done(at=LATER, who="李编辑", deed="gap_settled", object="gap:1")


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    store = await opened(path)
    yield store
    await store.close()


@pytest.fixture
async def gaps(store: SqliteStore) -> SqliteGaps:
    """With three gaps, an hour between each and the next."""
    for number, question in enumerate(("能退费吗", "分数线多少", "能退费吗")):
        at = NOW + dt.timedelta(hours=number)
        more = msgspec.structs.replace(
            gap(question), exam="health", channel="wechat", confidence=0.5, why="best", at=at
        )
        await store.keep(turn(f"m{number}", gaps=(more,), at=at))
    return SqliteGaps(store.file)


def settled(state: GapState = GapState.DONE, **more: str) -> Settled:
    return Settled(state=state, by="李编辑", at=LATER, **more)


def log_of(path: Path) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("select who, deed, object from staff_log order by id").fetchall()


async def test_gaps_come_newest_first_with_all_that_is_known(gaps: SqliteGaps) -> None:
    found = await gaps.gaps(GapState.OPEN, limit=10)
    assert [each.question for each in found] == ["能退费吗", "分数线多少", "能退费吗"]
    first = found[-1]
    assert (first.reason, first.region, first.exam, first.topic) == ("fallback", "CN-31", "health", "refund")
    assert (first.channel, first.confidence, first.why, first.at) == ("wechat", 0.5, "best", NOW)
    assert (first.state, first.by, first.settled) == (GapState.OPEN, "", None)


async def test_gaps_are_limited_and_since_a_moment(gaps: SqliteGaps) -> None:
    assert len(await gaps.gaps(GapState.OPEN, limit=2)) == 2
    assert len(await gaps.gaps(None, since=NOW + dt.timedelta(minutes=30), limit=10)) == 2


async def test_a_settled_gap_says_by_whom_and_when(gaps: SqliteGaps, path: Path) -> None:
    """It leaves the list of open ones and stands in that of its state; the audit log has a line of it."""
    ids = [each.id for each in await gaps.gaps(GapState.OPEN, limit=10) if each.question == "能退费吗"]
    told = settled(GapState.PHRASING, note="补问法", entry="topic:refund")
    assert await gaps.settle(tuple(ids), told, DONE) == 2
    assert [each.question for each in await gaps.gaps(GapState.OPEN, limit=10)] == ["分数线多少"]
    found = await gaps.gap(ids[0])
    assert found is not None
    assert (found.state, found.by, found.settled) == (GapState.PHRASING, "李编辑", LATER)
    assert (found.note, found.entry) == ("补问法", "topic:refund")
    assert await gaps.counts() == {
        GapState.OPEN: 1,
        GapState.PHRASING: 2,
        GapState.ENTRY: 0,
        GapState.OUT_OF_SCOPE: 0,
        GapState.DONE: 0,
    }
    assert log_of(path) == [("李编辑", "gap_settled", "gap:1")]


async def test_a_gap_that_is_settled_already_is_not_settled_again(gaps: SqliteGaps, path: Path) -> None:
    """Two people at once: the second changes nothing, and the log does not say that he did."""
    assert await gaps.settle((1, 1, 99), settled(), DONE) == 1
    assert await gaps.settle((1,), settled(), DONE) == 0
    assert len(log_of(path)) == 1


async def test_a_gap_can_be_opened_again(gaps: SqliteGaps) -> None:
    await gaps.settle((1,), settled(), DONE)
    assert await gaps.settle((1,), settled(GapState.OPEN), DONE) == 1
    found = await gaps.gap(1)
    assert found is not None
    assert (found.state, found.by, found.settled) == (GapState.OPEN, "", None)


async def test_there_is_no_such_gap(gaps: SqliteGaps) -> None:
    assert await gaps.gap(99) is None


async def test_a_rating_does_not_undo_the_work_on_its_gap(store: SqliteStore) -> None:
    """Rated low, settled by staff, rated low again: it stays settled, and is no second gap."""
    gaps = SqliteGaps(store.file)
    await store.keep(turn(reply=reply("r1")))
    await store.rate(feedback("r1", helpful=False), NOW)
    await gaps.settle((1,), settled(), DONE)
    await store.rate(feedback("r1", helpful=False), NOW)
    await store.rate(feedback("r1", helpful=True), NOW)
    assert [each.state for each in await gaps.gaps(None, limit=10)] == [GapState.DONE]


async def test_a_log_that_cannot_be_written_settles_nothing(gaps: SqliteGaps, path: Path) -> None:
    """One transaction: nothing is done that the audit log does not know."""
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("alter table staff_log rename to elsewhere")
    with pytest.raises(StoreError):
        await gaps.settle((1,), settled(), DONE)
    assert [each.state for each in await gaps.gaps(None, limit=10)] == [GapState.OPEN] * 3


async def test_settled_gaps_are_forgotten_after_a_while(gaps: SqliteGaps, store: SqliteStore) -> None:
    """What is open stays, however old it is."""
    await gaps.settle((1,), settled(), DONE)
    await store.forget(LATER + dt.timedelta(days=29))
    assert len(await gaps.gaps(None, limit=10)) == 3
    await store.forget(LATER + dt.timedelta(days=31))
    assert [each.id for each in await gaps.gaps(None, limit=10)] == [3, 2]


async def test_a_rating_finds_its_question_by_an_index(store: SqliteStore) -> None:
    """The journal has millions of lines."""
    query = "explain query plan select question from journal where reply_id = ?"
    (plan,) = await store.file.read(lambda db: db.execute(query, ["r1"]).fetchall())
    assert "INDEX" in plan[-1]
