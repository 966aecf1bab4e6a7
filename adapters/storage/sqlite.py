"""The embedded store: conversations, replies, feedback and gaps in one SQLite file."""

import datetime as dt
from pathlib import Path

from sqlite_utils import Database

from adapters.storage import journal_rows
from adapters.storage.database import SqliteFile
from adapters.storage.gap_rows import add_gap, forget_settled, rate_gap
from adapters.storage.memory import decode_reply, encode_reply, not_helpful
from adapters.storage.reminder_rows import text_of
from adapters.storage.sqlite_reminders import forget, show, waiting
from bot.messages import Feedback, Reply
from bot.ports import Start, Turn

START = """select
    (select body from reply where channel = ?1 and user = ?2 and message_id = ?3),
    (select data from conversation where channel = ?1 and user = ?2),
    exists (select 1 from reminder where channel = ?1 and user = ?2 and status in ('due', 'waiting') and expires > ?4)"""
KEEP_REPLY = "insert or ignore into reply (channel, user, message_id, id, body, at) values (?, ?, ?, ?, ?, ?)"


class SqliteStore:
    """Fulfils bot.ports.Store."""

    def __init__(self, path: Path, keep_days: int) -> None:
        """Name the file; `open` makes it or reads it."""
        self.file = SqliteFile(path)
        """Shared with what else is kept in it, for as long as this store is open."""
        self._keep_days = keep_days

    async def open(self, now: dt.datetime) -> None:
        """Open the file, bring its tables up to date and forget what has expired. Raises StoreError."""
        await self.file.open()
        await self.forget(now)

    async def forget(self, now: dt.datetime) -> None:
        """Forget what has expired. Raises StoreError."""
        before = (now - dt.timedelta(days=self._keep_days)).astimezone(dt.UTC).isoformat()

        def work(db: Database) -> None:
            for table in ("conversation", "reply"):
                db.execute(f"delete from {table} where at < ?", [before])  # noqa: S608  # names are literals above
            forget_settled(db, before)

        await self.file.run(work)

    async def forget_user(self, channel: str, user: str, who: str = "") -> None:
        """Forget one user: conversation, replies, feedback, reminders, lines of his mark in the journal. Raises StoreError."""

        def work(db: Database) -> None:
            for table in ("conversation", "reply", "feedback"):
                db.execute(f"delete from {table} where channel = ? and user = ?", [channel, user])  # noqa: S608  # likewise
            forget(db, channel, user)
            journal_rows.forget(db, who)

        await self.file.run(work)

    async def conversation(self, channel: str, user: str) -> bytes | None:
        """The conversation of a user, or None. Raises StoreError."""
        return await self.file.read(lambda db: _conversation(db, channel, user))

    async def reply_to(self, channel: str, user: str, message_id: str) -> Reply | None:
        """The reply already given to a message, or None. Raises StoreError."""
        return await self.file.read(lambda db: _reply(db, channel, user, message_id))

    async def start(self, channel: str, user: str, message_id: str, now: dt.datetime) -> Start:
        """What the turn of a message starts from. Raises StoreError."""
        moment = text_of(now)

        def work(db: Database) -> Start:
            reply, conversation, is_due = db.execute(START, [channel, user, message_id, moment]).fetchone()
            return Start(
                reply=decode_reply(reply) if reply else None,
                conversation=bytes(conversation) if conversation is not None else None,
                due=waiting(db, channel, user, moment) if is_due else (),
            )

        return await self.file.read(work)

    async def keep(self, turn: Turn) -> None:
        """Keep a turn, whole or not at all. Raises StoreError and ShownElsewhereError."""
        await self.file.run(lambda db: _keep(db, turn))

    async def rate(self, feedback: Feedback, gap_at: dt.datetime) -> bool:
        """Keep a feedback; False where no such reply was given to that user. Raises StoreError."""
        return await self.file.run(lambda db: _rate(db, feedback, gap_at))

    async def check(self) -> None:
        """Raise StoreError unless the file can be read."""
        await self.file.read(lambda db: db.execute("select count(*) from migration").fetchone())

    async def close(self) -> None:
        """Finish what is queued and close the file."""
        await self.file.close()


def _conversation(db: Database, channel: str, user: str) -> bytes | None:
    row = db.execute("select data from conversation where channel = ? and user = ?", [channel, user]).fetchone()
    return bytes(row[0]) if row else None


def _reply(db: Database, channel: str, user: str, message_id: str) -> Reply | None:
    query = "select body from reply where channel = ? and user = ? and message_id = ?"
    row = db.execute(query, [channel, user, message_id]).fetchone()
    return decode_reply(row[0]) if row else None


def _keep(db: Database, turn: Turn) -> None:
    at = text_of(turn.at)
    key = [turn.channel, turn.user, turn.message_id]
    reply = [*key, turn.reply.id, encode_reply(turn.reply), at]
    if db.execute(KEEP_REPLY, reply).rowcount == 0:  # it was answered already
        return
    show(db, turn.reminders, at)
    journal_rows.write(db, turn, at)
    db.execute(
        "insert or replace into conversation (channel, user, data, at) values (?, ?, ?, ?)",
        [turn.channel, turn.user, turn.conversation, at],
    )
    for gap in turn.gaps:
        add_gap(db, gap)


def _rate(db: Database, feedback: Feedback, gap_at: dt.datetime) -> bool:
    query = "select body from reply where channel = ? and user = ? and id = ?"
    row = db.execute(query, [feedback.channel, feedback.user, feedback.reply_id]).fetchone()
    if row is None:
        return False
    at = gap_at.astimezone(dt.UTC).isoformat()
    db.execute(
        "insert or replace into feedback values (?, ?, ?, ?, ?, ?)",
        [feedback.reply_id, feedback.channel, feedback.user, feedback.helpful, feedback.comment, at],
    )
    asked = db.execute("select question from journal where reply_id = ?", [feedback.reply_id]).fetchone()
    question = asked[0] if asked else ""
    gap = None if feedback.helpful else not_helpful(feedback, decode_reply(row[0]), gap_at, question)
    rate_gap(db, feedback.reply_id, gap)
    return True
