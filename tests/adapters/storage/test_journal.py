"""The journal: a line with each turn, read back as it was, gone with its user; long reads hold up no turn."""

import asyncio
import contextlib
import datetime as dt
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from turns import NOW, feedback, opened, reply, turn

from adapters.storage.reading import Reading
from adapters.storage.sqlite import SqliteStore
from adapters.storage.sqlite_accounts import SqliteAccounts
from adapters.storage.sqlite_journal import SqliteJournal
from bot.binding import Audited, Binding, Event
from bot.journalled import Journalled
from bot.messages import Reply
from bot.ports import StoreError, Turn
from bot.staff.journal import Line, Sought

DAY = dt.timedelta(days=1)


class Kept:
    """The store with its journal."""

    def __init__(self, store: SqliteStore, path: Path) -> None:
        self.store, self.path, self.reading = store, path, Reading(path)
        self.journal = SqliteJournal(store.file, self.reading)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query).fetchall()

    async def ids(self, **sought: object) -> list[int]:
        return [each.id for each in await self.journal.lines(Sought(**sought))]  # type: ignore[arg-type]  # a table of keywords


@pytest.fixture
async def kept(path: Path) -> AsyncIterator[Kept]:
    store = await opened(path)
    found = Kept(store, path)
    yield found
    await found.reading.close()
    await store.close()


def told(text: str = "2024年1月29日至2月8日。") -> Reply:
    return msgspec.structs.replace(reply(text=text), id="")


def journalled(who: str = "a" * 32, text: str = "2024年1月29日至2月8日。", **more: object) -> Journalled:
    given = {
        "edition": 3,
        "kind": "answer",
        "topic": "payment_window",
        "region": "CN-31",
        "exam": "health",
        "question": "什么时候缴费",
        "is_exact": True,
        "before": b"\x00sealed\xff",
        "reply": msgspec.json.encode(told(text)),
    }
    return Journalled(who=who, **{**given, **more})  # type: ignore[arg-type]  # likewise


def journal_turn(message_id: str = "m1", line: Journalled | None = None, **more: object) -> Turn:
    return turn(message_id, journalled=line or journalled(), **more)


async def test_a_line_comes_back_as_it_was_kept(kept: Kept) -> None:
    await kept.store.keep(journal_turn())
    expected = Line(
        id=1,
        at=NOW,
        channel="web",
        who="a" * 32,
        edition=3,
        kind="answer",
        topic="payment_window",
        region="CN-31",
        exam="health",
        question="什么时候缴费",
        is_exact=True,
        reply=told(),
        helpful=None,
        before=b"\x00sealed\xff",
        reply_id="web-u1-m1",
    )
    assert await kept.journal.line(1) == expected
    assert await kept.journal.lines(Sought()) == (expected,)
    assert await kept.journal.line(2) is None


async def test_a_turn_of_a_known_message_has_no_second_line(kept: Kept) -> None:
    await kept.store.keep(journal_turn())
    await kept.store.keep(journal_turn())
    assert await kept.ids() == [1]


async def test_a_turn_that_fails_leaves_no_line(kept: Kept) -> None:
    """In the same transaction as the reply."""
    with contextlib.closing(sqlite3.connect(kept.path)) as other:
        other.execute("alter table conversation rename to elsewhere")
    with pytest.raises(StoreError):
        await kept.store.keep(journal_turn())
    assert kept.rows("select count(*) from journal") == [(0,)]


async def test_what_is_told_often_is_kept_once(kept: Kept) -> None:
    for number in range(5):
        await kept.store.keep(journal_turn(f"m{number}"))
    await kept.store.keep(journal_turn("m9", journalled(text="别的")))
    assert kept.rows("select count(*) from said") == [(2,)]
    assert [each.reply.text for each in await kept.journal.lines(Sought(limit=2)) if each.reply] == [
        "别的",
        told().text,
    ]


async def test_a_reply_on_somebodys_own_state_is_not_kept(kept: Kept) -> None:
    line = Journalled(who="a", edition=1, kind="status", topic="own_status")
    await kept.store.keep(journal_turn("m1", line))
    found = await kept.journal.line(1)
    assert found is not None
    assert (found.reply, found.question, found.before) == (None, "", b"")


async def test_a_rating_is_seen_in_the_journal(kept: Kept) -> None:
    """The latest one."""
    await kept.store.keep(journal_turn())
    for helpful in (False, True):
        assert await kept.store.rate(feedback("web-u1-m1", helpful=helpful), NOW)
        found = await kept.journal.line(1)
        assert found is not None
        assert found.helpful is helpful


@pytest.mark.parametrize(
    ("sought", "ids"),
    [
        ({}, [4, 3, 2, 1]),
        ({"limit": 2}, [4, 3]),
        ({"before": 3}, [2, 1]),
        ({"channel": "wechat"}, [4]),
        ({"topic": "fee"}, [2]),
        ({"kind": "fallback"}, [3]),
        ({"edition": 4}, [3]),
        ({"who": "b"}, [2]),
        ({"region": "CN-51"}, [4, 2]),
        ({"region": "CN-5111"}, [2]),
        ({"words": "多少"}, [2]),
        ({"words": "75元"}, [2]),
        ({"words": "%"}, []),
        ({"helpful": False}, [1]),
        ({"helpful": True}, []),
        ({"since": NOW + DAY}, [4, 3]),
        ({"until": NOW + DAY}, [2, 1]),
        ({"since": NOW + DAY, "until": NOW + 2 * DAY, "kind": "answer"}, []),
    ],
    ids=str,
)
async def test_lines_are_found(kept: Kept, sought: dict[str, object], ids: list[int]) -> None:
    await kept.store.keep(journal_turn("m1"))
    fee = journalled("b", "75元", topic="fee", region="CN-5111", question="多少钱")
    await kept.store.keep(journal_turn("m2", fee))
    await kept.store.keep(journal_turn("m3", journalled("c", kind="fallback", edition=4), at=NOW + DAY))
    await kept.store.keep(journal_turn("m4", journalled("c", region="CN-51"), channel="wechat", at=NOW + 2 * DAY))
    await kept.store.rate(feedback("web-u1-m1", helpful=False), NOW)
    assert await kept.ids(**sought) == ids


async def test_who_is_forgotten_is_in_the_journal_no_longer(kept: Kept) -> None:
    """The empty mark is nobody's: those lines stay."""
    await kept.store.keep(journal_turn("m1", journalled("a")))
    await kept.store.keep(journal_turn("m2", journalled("b")))
    await kept.store.keep(journal_turn("m3", journalled("")))
    await kept.store.forget_user("web", "u1", "a")
    assert await kept.ids() == [3, 2]
    await kept.store.forget_user("web", "u1")
    assert await kept.ids() == [3, 2]


@pytest.mark.parametrize(("event", "left"), [(Event.UNBOUND, [2]), (Event.EXPIRED, [2, 1])])
async def test_who_unbinds_is_in_the_journal_no_longer(kept: Kept, event: Event, left: list[int]) -> None:
    """With the binding, in its transaction. A binding that ends for itself takes nothing along."""
    accounts = SqliteAccounts(kept.store.file)
    await kept.store.keep(journal_turn("m1", journalled("a")))
    await kept.store.keep(journal_turn("m2", journalled("b")))
    await accounts.bind(Binding(channel="web", user="u1", mark="m", sealed=b"s", at=NOW), ())
    assert await accounts.unbind("web", "u1", Audited(at=NOW, event=event, channel="web", who="a"))
    assert await kept.ids() == left


async def test_old_lines_are_deleted_with_what_nobody_else_was_told(kept: Kept) -> None:
    """The moment itself stays."""
    await kept.store.keep(journal_turn("m1", journalled(text="旧的"), at=NOW - dt.timedelta(microseconds=1)))
    await kept.store.keep(journal_turn("m2", at=NOW - DAY))
    await kept.store.keep(journal_turn("m3", at=NOW))
    assert await kept.journal.tidy(NOW) == 2
    assert await kept.ids() == [3]
    assert kept.rows("select count(*) from said") == [(1,)]


async def test_counts_are_by_day_in_beijing(kept: Kept) -> None:
    evening = dt.datetime(2023, 12, 5, 16, 30, tzinfo=dt.UTC)  # the 6th in Beijing
    await kept.store.keep(journal_turn("m1"))
    await kept.store.keep(journal_turn("m2"))
    await kept.store.keep(journal_turn("m3", at=evening))
    await kept.store.keep(journal_turn("m4", journalled(kind="clarify")))
    await kept.store.rate(feedback("web-u1-m1", helpful=True), NOW)
    await kept.store.rate(feedback("web-u1-m2", helpful=False), NOW)
    found = await kept.journal.counts(NOW - DAY, NOW + DAY)
    assert [(each.day.day, each.kind, each.questions, each.helpful, each.unhelpful) for each in found] == [
        (5, "answer", 2, 1, 1),
        (5, "clarify", 1, 0, 0),
        (6, "answer", 1, 0, 0),
    ]
    assert await kept.journal.counts(evening, evening) == ()


async def test_a_long_read_holds_up_no_turn(kept: Kept) -> None:
    """It has a connection and a thread of its own."""
    await kept.store.keep(journal_turn("m1"))
    query = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000) select count(*) from n"
    long = asyncio.create_task(kept.reading.read(lambda db: db.execute(query).fetchone()[0]))
    await asyncio.sleep(0.02)
    await asyncio.wait_for(kept.store.keep(journal_turn("m2")), 5)
    assert not long.done()
    assert await long == 3_000_000
    assert await kept.ids() == [2, 1]
