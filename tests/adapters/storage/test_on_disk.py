"""What only the store on disk has to keep: its word through crashes, damage and closed folders."""

# ruff: noqa: ASYNC240  # nothing else runs while a test looks at a file

import contextlib
import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from turns import KEEP_DAYS, NOW, ROOT, Kept, feedback, gap, opened, turn

from adapters.storage.sqlite import SqliteStore
from bot.ports import StoreError


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
    assert len(Kept(again, path).gaps()) == 2
    assert await again.rate(feedback(kept.reply.id, helpful=True), NOW) is True
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
