"""One contract over every store, and what only the one on disk has to keep: its word through crashes."""

# ruff: noqa: ASYNC240  # nothing else runs while a test looks at a file

import contextlib
import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from adapters.storage.memory import MemoryStore
from adapters.storage.sqlite import SqliteStore
from bot.messages import Citation, Feedback, Gap, Kind, Named, Option, Reply
from bot.ports import StoreError, Turn

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
KEEP_DAYS = 30
ROOT = Path(__file__).parents[3]


def reply(reply_id: str = "r1", text: str = "2024年1月29日至2月8日。") -> Reply:
    """A reply with every field filled."""
    return Reply(
        id=reply_id,
        kind=Kind.ANSWER,
        text=text,
        options=(Option(label="1. 缴费", send="什么时候缴费"),),
        sources=(Citation(notice="n", title="《须知》", clause="一（二）", quote="“缴费”", url="/notices/n#1"),),
        topic="payment_window",
        region=Named(id="CN-31", name="上海"),
        exam=Named(id="health", name="卫生资格考试"),
        confidence=0.75,
    )


def turn(message_id: str = "m1", user: str = "u1", channel: str = "web", **more: object) -> Turn:
    """A turn of a user; the conversation names him."""
    given = {
        "reply": reply(f"{channel}-{user}-{message_id}"),
        "conversation": f'{{"region":"{channel} {user} {message_id} 上海"}}'.encode(),
        "gaps": (),
        "at": NOW,
        **more,
    }
    return Turn(message_id=message_id, channel=channel, user=user, **given)  # type: ignore[arg-type]  # a table of keywords


def gap(question: str = "能退费吗") -> Gap:
    return Gap(question=question, reason="fallback", region="CN-31", topic="refund", at=NOW)


def feedback(reply_id: str, *, helpful: bool, user: str = "u1", channel: str = "web", comment: str = "") -> Feedback:
    return Feedback(user=user, channel=channel, reply_id=reply_id, helpful=helpful, comment=comment)


class Kept:
    """A store, and what staff would see of it."""

    def __init__(self, store: MemoryStore | SqliteStore, path: Path) -> None:
        self.store, self._path = store, path

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(self._path)) as connection:
            return connection.execute(query).fetchall()

    def gaps(self) -> list[tuple[object, ...]]:
        if isinstance(self.store, MemoryStore):
            return [(each.question, each.reason, each.region, each.topic) for each in self.store.gaps]
        return self._rows("select question, reason, region, topic from gap order by id")

    def feedback(self) -> list[tuple[object, ...]]:
        if isinstance(self.store, MemoryStore):
            return [(each.reply_id, int(each.helpful), each.comment) for each in self.store.feedback]
        return self._rows("select reply_id, helpful, comment from feedback")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "kaoda.sqlite"


@pytest.fixture(params=["memory", "sqlite"])
async def kept(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Kept]:
    """Each test of the contract runs over both."""
    store = MemoryStore() if request.param == "memory" else await opened(path)
    yield Kept(store, path)
    await store.close()


async def opened(path: Path, now: dt.datetime = NOW) -> SqliteStore:
    store = SqliteStore(path, KEEP_DAYS)
    try:
        await store.open(now)
    except BaseException:
        await store.close()
        raise
    return store


# --- the contract ----------------------------------------------------------------------------------------------------


async def test_a_store_starts_empty(kept: Kept) -> None:
    assert await kept.store.conversation("web", "u1") is None
    assert await kept.store.reply_to("web", "u1", "m1") is None
    assert kept.gaps() == []
    await kept.store.check()


async def test_a_conversation_comes_back_as_it_was_kept(kept: Kept) -> None:
    """Byte for byte; the latest turn's."""
    first, second = turn("m1"), turn("m2", conversation=b'{"a":"\xe4\xb8\x8a\\u0000"}\x00\xff')
    await kept.store.keep(first)
    assert await kept.store.conversation("web", "u1") == first.conversation
    await kept.store.keep(second)
    assert await kept.store.conversation("web", "u1") == second.conversation


async def test_the_same_message_has_the_same_reply(kept: Kept) -> None:
    """With every field of it; earlier messages keep theirs."""
    first, second = turn("m1"), turn("m2")
    await kept.store.keep(first)
    await kept.store.keep(second)
    assert await kept.store.reply_to("web", "u1", "m1") == first.reply
    assert await kept.store.reply_to("web", "u1", "m2") == second.reply
    assert await kept.store.reply_to("web", "u1", "m3") is None


async def test_a_reply_of_few_fields_comes_back(kept: Kept) -> None:
    bare = Reply(id="r", kind=Kind.FALLBACK, text="")
    await kept.store.keep(turn(reply=bare))
    assert await kept.store.reply_to("web", "u1", "m1") == bare


async def test_a_second_turn_of_the_same_message_changes_nothing(kept: Kept) -> None:
    """“The same id again is the same message and gets the same reply”: nothing is replaced or added."""
    first = turn("m1", gaps=(gap(),))
    await kept.store.keep(first)
    await kept.store.keep(turn("m1", reply=reply("other", "别的"), conversation=b"{}", gaps=(gap("别的"),)))
    assert await kept.store.reply_to("web", "u1", "m1") == first.reply
    assert await kept.store.conversation("web", "u1") == first.conversation
    assert len(kept.gaps()) == 1


@pytest.mark.parametrize(
    ("channel", "user"), [("web", "u2"), ("wechat", "u1"), ("", ""), ("web", "u1 "), ("WEB", "u1")]
)
async def test_users_and_channels_do_not_see_each_other(kept: Kept, channel: str, user: str) -> None:
    """The same message id of another user, and the same user id of another channel, are others."""
    await kept.store.keep(turn("m1", "u1", "web", gaps=(gap(),)))
    assert await kept.store.conversation(channel, user) is None
    assert await kept.store.reply_to(channel, user, "m1") is None
    other = turn("m1", user, channel)
    await kept.store.keep(other)
    assert await kept.store.reply_to(channel, user, "m1") == other.reply
    assert await kept.store.reply_to("web", "u1", "m1") == turn("m1", "u1", "web").reply


async def test_gaps_are_kept_with_their_turn(kept: Kept) -> None:
    await kept.store.keep(turn("m1", gaps=(gap("一"), gap("二"))))
    await kept.store.keep(turn("m2"))
    assert kept.gaps() == [("一", "fallback", "CN-31", "refund"), ("二", "fallback", "CN-31", "refund")]


async def test_a_helpful_reply_leaves_no_gap(kept: Kept) -> None:
    await kept.store.keep(turn(reply=reply("r1")))
    assert await kept.store.rate(feedback("r1", helpful=True, comment="好"), NOW) is True
    assert kept.feedback() == [("r1", 1, "好")]
    assert kept.gaps() == []


async def test_an_unhelpful_reply_leaves_a_gap(kept: Kept) -> None:
    """With the reply's region and topic, so that staff find what to mend."""
    await kept.store.keep(turn(reply=reply("r1")))
    assert await kept.store.rate(feedback("r1", helpful=False, comment="没有电话"), NOW) is True
    assert kept.gaps() == [("没有电话", "not_helpful", "CN-31", "payment_window")]


async def test_an_unhelpful_reply_without_topic_leaves_a_gap(kept: Kept) -> None:
    await kept.store.keep(turn(reply=Reply(id="r1", kind=Kind.FALLBACK, text="")))
    assert await kept.store.rate(feedback("r1", helpful=False), NOW) is True
    assert kept.gaps() == [("", "not_helpful", "", "")]


async def test_the_latest_feedback_on_a_reply_counts(kept: Kept) -> None:
    await kept.store.keep(turn(reply=reply("r1")))
    await kept.store.keep(turn("m2", reply=reply("r2")))
    await kept.store.rate(feedback("r2", helpful=True), NOW)
    await kept.store.rate(feedback("r1", helpful=False), NOW)
    await kept.store.rate(feedback("r1", helpful=True), NOW)
    assert sorted(kept.feedback()) == [("r1", 1, ""), ("r2", 1, "")]


@pytest.mark.parametrize(
    ("reply_id", "user", "channel"), [("r2", "u1", "web"), ("r1", "u2", "web"), ("r1", "u1", "wechat")]
)
async def test_nobody_rates_a_reply_that_he_was_not_given(kept: Kept, reply_id: str, user: str, channel: str) -> None:
    """Nothing is kept of it, neither feedback nor gap."""
    await kept.store.keep(turn(reply=reply("r1")))
    await kept.store.keep(turn("m1", "u2", "wechat", reply=reply("r9")))
    assert await kept.store.rate(feedback(reply_id, helpful=False, user=user, channel=channel), NOW) is False
    assert kept.feedback() == []
    assert kept.gaps() == []


async def test_quotes_in_ids_are_only_characters(kept: Kept) -> None:
    """Whatever a client sends as its id."""
    evil = "x'; drop table reply; --"
    await kept.store.keep(turn(evil, evil, evil))
    assert await kept.store.reply_to(evil, evil, evil) is not None
    assert await kept.store.reply_to("web", "u1", "m1") is None


# --- only on disk ----------------------------------------------------------------------------------------------------


async def test_everything_survives_closing_and_opening(path: Path) -> None:
    """The folder was made; reply, conversation, gap and feedback are all there."""
    kept = turn("m1", gaps=(gap(),))
    first = await opened(path)
    await first.keep(kept)
    await first.rate(feedback(kept.reply.id, helpful=False), NOW)
    await first.close()
    again = await opened(path)
    assert await again.conversation("web", "u1") == kept.conversation
    assert await again.reply_to("web", "u1", "m1") == kept.reply
    assert await again.rate(feedback(kept.reply.id, helpful=True), NOW) is True
    assert len(Kept(again, path).gaps()) == 2
    assert Kept(again, path).feedback() == [(kept.reply.id, 1, "")]
    await again.close()


async def test_a_turn_that_fails_is_kept_not_at_all(path: Path) -> None:
    """One transaction: the conversation is not changed where the reply could not be written."""
    store = await opened(path)
    first = turn("m1")
    await store.keep(first)
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("alter table gap rename to elsewhere")
    with pytest.raises(StoreError):
        await store.keep(turn("m2", conversation=b"{}", gaps=(gap(),)))
    assert await store.conversation("web", "u1") == first.conversation
    assert await store.reply_to("web", "u1", "m2") is None
    await store.keep(turn("m2"))
    assert await store.reply_to("web", "u1", "m2") is not None
    await store.close()


CHILD = """
import asyncio, sys
from pathlib import Path
import msgspec
from adapters.storage.sqlite import SqliteStore
from bot.ports import Turn

async def main():
    turns = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Turn])
    store = SqliteStore(Path(sys.argv[1]), 30)
    await store.open(turns[0].at)
    for turn in turns:
        await store.keep(turn)
        print(turn.message_id, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_an_acknowledged_turn_survives_kill_9(path: Path) -> None:
    """A real process, killed at once after its word: nothing of what it acknowledged is lost, and the file is sound."""
    turns = [turn(f"m{number}", gaps=(gap(),)) for number in range(5)]
    child = subprocess.Popen(  # noqa: S603, ASYNC220  # our own source; nothing else runs meanwhile
        [sys.executable, "-c", CHILD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(msgspec.json.encode(turns))
        child.stdin.close()
        acknowledged = [child.stdout.readline().decode().strip() for _ in turns]
        os.kill(child.pid, signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert acknowledged == [each.message_id for each in turns]
    store = await opened(path)
    assert [await store.reply_to("web", "u1", each.message_id) for each in turns] == [each.reply for each in turns]
    assert await store.conversation("web", "u1") == turns[-1].conversation
    assert len(Kept(store, path).gaps()) == 5
    await store.close()


@pytest.mark.parametrize(
    ("age", "stays"),
    [
        (dt.timedelta(0), True),
        (dt.timedelta(days=KEEP_DAYS), True),
        (dt.timedelta(days=KEEP_DAYS, microseconds=1), False),
        (dt.timedelta(days=KEEP_DAYS, seconds=1), False),
        (dt.timedelta(days=400), False),
    ],
)
async def test_what_has_expired_is_forgotten_on_opening(path: Path, age: dt.timedelta, stays: bool) -> None:
    """Conversations and replies; gaps stay until staff have worked through them."""
    first = await opened(path)
    await first.keep(turn("m1", gaps=(gap(),), at=NOW - age))
    await first.close()
    again = await opened(path, NOW)
    assert (await again.conversation("web", "u1") is not None) is stays
    assert (await again.reply_to("web", "u1", "m1") is not None) is stays
    assert len(Kept(again, path).gaps()) == 1
    await again.close()


async def test_a_conversation_that_goes_on_is_not_forgotten(path: Path) -> None:
    """Days count from its last message, in whatever offset the moments are."""
    first = await opened(path)
    await first.keep(turn("m1", at=NOW - dt.timedelta(days=KEEP_DAYS + 5)))
    await first.keep(turn("m2", at=(NOW - dt.timedelta(days=KEEP_DAYS - 1)).astimezone(dt.UTC)))
    await first.close()
    again = await opened(path, NOW.astimezone(dt.UTC))
    assert await again.conversation("web", "u1") == turn("m2").conversation
    assert await again.reply_to("web", "u1", "m1") is None
    assert await again.reply_to("web", "u1", "m2") is not None
    await again.close()


async def full(path: Path) -> bytes:
    """A closed database of some pages."""
    store = await opened(path)
    for number in range(40):
        await store.keep(turn(f"m{number}", conversation=b'"' + b"x" * 300 + b'"', gaps=(gap("问" * 100),)))
    await store.close()
    return path.read_bytes()


async def assert_refused_and_unchanged(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        await opened(path)
    assert str(path) in str(caught.value)
    assert "put a backup in its place" in str(caught.value)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes("这是别的文件".encode() * 100)
    await assert_refused_and_unchanged(path)


async def test_a_database_cut_short_is_refused_and_left_as_it_is(path: Path) -> None:
    sound = await full(path)
    path.write_bytes(sound[: len(sound) // 2])
    await assert_refused_and_unchanged(path)


PAGE = 4096
DAMAGED = (
    ("the header", 0, 100),
    ("the schema", 100, PAGE),
    ("the table of migrations", PAGE, 2 * PAGE),
    ("the table of conversations", 3 * PAGE, 4 * PAGE),
    ("the index of replies", 7 * PAGE, 8 * PAGE),
    ("replies", -4 * PAGE, -3 * PAGE),
)


@pytest.mark.parametrize(("start", "end"), [pytest.param(start, end, id=name) for name, start, end in DAMAGED])
async def test_a_damaged_database_is_refused_and_left_as_it_is(path: Path, start: int, end: int) -> None:
    """Wherever the damage is; the first bytes of a page are left, so that it still looks like one."""
    sound = await full(path)
    start, end = start % len(sound), end % len(sound) or len(sound)
    path.write_bytes(sound[: start + 8] + b"\xa5" * (end - start - 8) + sound[end:])
    with contextlib.closing(sqlite3.connect(path)) as connection, contextlib.suppress(sqlite3.DatabaseError):
        assert connection.execute("pragma quick_check").fetchall() != [("ok",)]
    await assert_refused_and_unchanged(path)


async def test_a_file_in_place_of_the_folder_is_an_error(path: Path) -> None:
    path.parent.write_text("")
    with pytest.raises(StoreError, match=r"data/kaoda\.sqlite cannot be used"):
        await opened(path)
    assert path.parent.read_text() == ""


async def test_a_folder_in_place_of_the_file_is_an_error(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match=r"data/kaoda\.sqlite cannot be used"):
        await opened(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root ignores modes; the next test has a folder closed to root too")
async def test_a_read_only_folder_is_an_error(path: Path) -> None:
    path.parent.mkdir(mode=0o555)
    with pytest.raises(StoreError, match=r"data/kaoda\.sqlite cannot be used"):
        await opened(path)


async def test_a_folder_that_nobody_may_write_to_is_an_error() -> None:
    """Not even root makes a folder in /proc."""
    with pytest.raises(StoreError, match=r"/proc/kaoda/x\.sqlite cannot be used"):
        await opened(Path("/proc/kaoda/x.sqlite"))


async def test_a_database_that_another_process_holds_is_an_error(path: Path) -> None:
    """After five seconds of waiting, and nothing is changed."""
    await (await opened(path)).close()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.raises(StoreError, match="locked"):
            await opened(path)
        other.execute("rollback")
    store = await opened(path)
    await store.keep(turn())
    await store.close()


async def test_a_store_that_is_not_open_says_so(path: Path) -> None:
    """And after closing, the log has been taken into the file."""
    store = SqliteStore(path, KEEP_DAYS)
    with pytest.raises(StoreError, match="is not open"):
        await store.check()
    await store.open(NOW)
    await store.check()
    await store.close()
    assert not path.with_name(path.name + "-wal").exists()
