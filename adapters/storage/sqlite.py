"""The embedded store: SQLite through sqlite-utils, one thread with the connection, a transaction a function.

An acknowledged turn survives the end of the process at any moment (write-ahead log). A damaged file is never overwritten.
"""

import asyncio
import datetime as dt
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from adapters.storage.memory import decode_reply, encode_reply, not_helpful
from bot.messages import Feedback, Reply
from bot.ports import StoreError, Turn

T = TypeVar("T")


def _first_tables(db: Database) -> None:
    db.table("conversation").create(
        {"channel": str, "user": str, "data": bytes, "at": str}, pk=("channel", "user"), not_null={"data", "at"}
    )
    db.table("conversation").create_index(["at"])
    db.table("reply").create(
        {"channel": str, "user": str, "message_id": str, "id": str, "body": bytes, "at": str},
        pk=("channel", "user", "message_id"),
        not_null={"id", "body", "at"},
    )
    db.table("reply").create_index(["id"])
    db.table("reply").create_index(["at"])
    db.table("gap").create({"id": int, "question": str, "reason": str, "region": str, "topic": str, "at": str}, pk="id")
    db.table("feedback").create(
        {"reply_id": str, "channel": str, "user": str, "helpful": int, "comment": str, "at": str}, pk="reply_id"
    )


MIGRATIONS: tuple[tuple[str, Callable[[Database], None]], ...] = (("001_first_tables", _first_tables),)


class SqliteStore:
    """Fulfils bot.ports.Store."""

    def __init__(self, path: Path, keep_days: int) -> None:
        """Name the file; `open` makes it or reads it."""
        self._path, self._keep_days = path, keep_days
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite")
        self._db: Database | None = None

    async def open(self, now: dt.datetime) -> None:
        """Open the file, bring its tables up to date and forget what has expired. Raises StoreError."""
        await self._run(lambda: self._open(now))

    def _open(self, now: dt.datetime) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=5, isolation_level=None)
        try:
            faults = [row[0] for row in connection.execute("pragma quick_check(1)")]
            if faults != ["ok"]:
                raise sqlite3.DatabaseError(faults[0])
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=normal")
            self._db = Database(connection)
            self._migrate(self._db)
            self._forget(self._db, now)
        except BaseException:
            connection.close()
            self._db = None
            raise

    def _migrate(self, db: Database) -> None:
        with _transaction(db):
            db.execute("create table if not exists migration (name text primary key)")
            done = {row[0] for row in db.execute("select name from migration")}
            for name, migrate in MIGRATIONS:
                if name not in done:
                    migrate(db)
                    db.execute("insert into migration values (?)", [name])

    async def forget(self, now: dt.datetime) -> None:
        """Forget what has expired. Raises StoreError."""
        await self._run(lambda: self._forget(self._database(), now))

    def _forget(self, db: Database, now: dt.datetime) -> None:
        before = (now - dt.timedelta(days=self._keep_days)).astimezone(dt.UTC).isoformat()
        with _transaction(db):
            for table in ("conversation", "reply"):
                db.execute(f"delete from {table} where at < ?", [before])  # noqa: S608  # names are literals above

    async def conversation(self, channel: str, user: str) -> bytes | None:
        """The conversation of a user, or None. Raises StoreError."""
        query = "select data from conversation where channel = ? and user = ?"
        row = await self._run(lambda: self._database().execute(query, [channel, user]).fetchone())
        return bytes(row[0]) if row else None

    async def reply_to(self, channel: str, user: str, message_id: str) -> Reply | None:
        """The reply already given to a message, or None. Raises StoreError."""
        query = "select body from reply where channel = ? and user = ? and message_id = ?"
        row = await self._run(lambda: self._database().execute(query, [channel, user, message_id]).fetchone())
        return decode_reply(row[0]) if row else None

    async def keep(self, turn: Turn) -> None:
        """Keep a turn, whole or not at all. Raises StoreError."""
        await self._run(lambda: self._keep(turn))

    def _keep(self, turn: Turn) -> None:
        at = turn.at.astimezone(dt.UTC).isoformat()
        db = self._database()
        key = [turn.channel, turn.user, turn.message_id]
        known = "select 1 from reply where channel = ? and user = ? and message_id = ?"
        with _transaction(db):
            if db.execute(known, key).fetchone():
                return
            db.execute(
                "insert or replace into conversation (channel, user, data, at) values (?, ?, ?, ?)",
                [turn.channel, turn.user, turn.conversation, at],
            )
            db.execute(
                "insert into reply (channel, user, message_id, id, body, at) values (?, ?, ?, ?, ?, ?)",
                [turn.channel, turn.user, turn.message_id, turn.reply.id, encode_reply(turn.reply), at],
            )
            for gap in turn.gaps:
                db.execute(
                    "insert into gap (question, reason, region, topic, at) values (?, ?, ?, ?, ?)",
                    [gap.question, gap.reason, gap.region, gap.topic, gap.at.astimezone(dt.UTC).isoformat()],
                )

    async def rate(self, feedback: Feedback, gap_at: dt.datetime) -> bool:
        """Keep a feedback; False where no such reply was given to that user. Raises StoreError."""
        return await self._run(lambda: self._rate(feedback, gap_at))

    def _rate(self, feedback: Feedback, gap_at: dt.datetime) -> bool:
        db = self._database()
        query = "select body from reply where id = ? and channel = ? and user = ?"
        row = db.execute(query, [feedback.reply_id, feedback.channel, feedback.user]).fetchone()
        if row is None:
            return False
        at = gap_at.astimezone(dt.UTC).isoformat()
        with _transaction(db):
            db.execute(
                "insert or replace into feedback values (?, ?, ?, ?, ?, ?)",
                [feedback.reply_id, feedback.channel, feedback.user, feedback.helpful, feedback.comment, at],
            )
            if not feedback.helpful:
                gap = not_helpful(feedback, decode_reply(row[0]), gap_at)
                db.execute(
                    "insert into gap (question, reason, region, topic, at) values (?, ?, ?, ?, ?)",
                    [gap.question, gap.reason, gap.region, gap.topic, at],
                )
        return True

    async def check(self) -> None:
        """Raise StoreError unless the file can be read."""
        await self._run(lambda: self._database().execute("select count(*) from migration").fetchone())

    async def close(self) -> None:
        """Finish what is queued, close the file and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _database(self) -> Database:
        if self._db is None:
            raise StoreError(f"the database {self._path} is not open")
        return self._db

    async def _run(self, work: Callable[[], T]) -> T:
        """Run on the one thread that owns the connection; SQLite's errors become StoreError."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (sqlite3.Error, OSError, RuntimeError) as error:  # RuntimeError: the thread has ended
            raise StoreError(
                f"the database {self._path} cannot be used: {error}. Nothing was changed. If it is damaged, move it aside "
                f"together with its -wal and -shm files, put a backup in its place, and start again"
            ) from error


class _transaction:  # noqa: N801  # reads as a statement: with _transaction(db)
    """Begin at once, so that a second process waits; commit at the end, roll back on any error."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("begin immediate")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._db.execute("commit")
        finally:
            if self._db.conn.in_transaction:
                self._db.execute("rollback")
