"""Reminders in the SQLite file of the store. Every step is one transaction, so that of two processes one does it."""

import datetime as dt
from collections.abc import Iterable

from sqlite_utils import Database

from adapters.storage.database import SqliteFile
from adapters.storage.reminder_rows import (
    COLUMNS,
    OF_SUBSCRIPTION,
    WAITING,
    due_of,
    row_of_due,
    row_of_subscription,
    subscription_of,
    text_of,
)
from bot.due import Due, Event, Subscription, Told
from bot.ports import ShownElsewhereError

CURSOR = "changes"
KEEP = f"insert or ignore into reminder ({', '.join(COLUMNS)}) values ({', '.join('?' * len(COLUMNS))})"  # noqa: S608  # names of columns
SUBSCRIBED = "select 1 from subscription where channel = ? and user = ?"
SETTLE = "update reminder set status = ?, settled = ?, body = x'' where id = ?"
UNSEEN = "channel = ? and user = ? and status in ('due', 'waiting')"


class SqliteReminders:
    """Fulfils bot.ports.ReminderStore."""

    def __init__(self, file: SqliteFile) -> None:
        """Take the file, which whoever made it opens and closes."""
        self._file = file

    async def subscribe(self, subscription: Subscription) -> None:
        """Keep what a user asked for. Raises StoreError."""
        row = row_of_subscription(subscription)
        query = f"insert or replace into subscription ({OF_SUBSCRIPTION}) values (?, ?, ?, ?, ?)"  # noqa: S608  # names of columns

        def work(db: Database) -> None:
            db.execute(query, row)

        await self._file.run(work)

    async def unsubscribe(self, channel: str, user: str) -> bool:
        """Forget what a user asked for and every reminder of his. Raises StoreError."""

        def work(db: Database) -> bool:
            was = db.execute(SUBSCRIBED, [channel, user]).fetchone() is not None
            forget(db, channel, user)
            return was

        return await self._file.run(work)

    async def subscription(self, channel: str, user: str) -> Subscription | None:
        """What a user asked for. Raises StoreError."""
        query = f"select {OF_SUBSCRIPTION} from subscription where channel = ? and user = ?"  # noqa: S608  # likewise
        row = await self._file.read(lambda db: db.execute(query, [channel, user]).fetchone())
        return subscription_of(row) if row else None

    async def subscriptions(self, after: tuple[str, str], limit: int) -> tuple[Subscription, ...]:
        """Those after a channel and user. Raises StoreError."""
        query = (
            f"select {OF_SUBSCRIPTION} from subscription where (channel, user) > (?, ?) order by channel, user limit ?"  # noqa: S608  # likewise
        )
        rows = await self._file.read(lambda db: db.execute(query, [*after, limit]).fetchall())
        return tuple(map(subscription_of, rows))

    async def cursor(self) -> str:
        """How far the changes were read. Raises StoreError."""
        query = "select place from reading where name = ?"
        row = await self._file.read(lambda db: db.execute(query, [CURSOR]).fetchone())
        return str(row[0]) if row else ""

    async def receive(self, old: str, new: str, due: tuple[Due, ...]) -> None:
        """Keep reminders and go on from a cursor to the next. Raises StoreError."""

        def work(db: Database) -> None:
            _keep(db, due)
            db.execute("insert or ignore into reading (name, place) values (?, '')", [CURSOR])
            db.execute("update reading set place = ? where name = ? and place = ?", [new, CURSOR, old])

        await self._file.run(work)

    async def sweep(self, subscription: Subscription, due: tuple[Due, ...]) -> None:
        """Keep reminders, and that a user's deadlines were looked at. Raises StoreError."""
        query = "update subscription set swept_until = max(swept_until, ?) where channel = ? and user = ?"
        until = text_of(subscription.swept_until)

        def work(db: Database) -> None:
            _keep(db, due)
            db.execute(query, [until, subscription.channel, subscription.user])

        await self._file.run(work)

    async def settle_stage(self, channel: str, user: str, subject: str) -> None:
        """A stage is done: its deadline reminders that were not shown are void. Raises StoreError."""
        query = f"delete from reminder where {UNSEEN} and event = ? and subject = ?"  # noqa: S608  # a literal

        def work(db: Database) -> None:
            db.execute(query, [channel, user, Event.DEADLINE.value, subject])

        await self._file.run(work)

    async def claim(self, channel: str, now: dt.datetime, lease: dt.timedelta) -> Due | None:
        """Take the oldest reminder that is to be sent now. Raises StoreError."""
        moment, died = text_of(now), text_of(now - lease)
        query = f"""select {", ".join(COLUMNS)} from reminder
            where channel = ? and status = 'due' and again <= ? and expires > ? order by again, at, id limit 1"""  # noqa: S608  # likewise

        def work(db: Database) -> Due | None:
            db.execute(
                "update reminder set status = ?, settled = ?, body = x'' where status = 'sending' and again <= ?",
                [Told.IN_DOUBT.value, moment, died],
            )
            row = db.execute(query, [channel, moment, moment]).fetchone()
            if row is None:
                return None
            found = due_of(row)
            db.execute("update reminder set status = 'sending', again = ? where id = ?", [moment, found.id])
            return found

        return await self._file.run(work)

    async def told(self, due_id: str, outcome: Told, now: dt.datetime, again: dt.datetime) -> None:
        """What became of a claimed reminder. Raises StoreError."""
        moment, later = text_of(now), text_of(again)

        def work(db: Database) -> None:
            if outcome is Told.LATER or outcome is Told.REFUSED:
                status = "due" if outcome is Told.LATER else "waiting"
                query = "update reminder set status = ?, again = ? where id = ? and status = 'sending'"
                db.execute(query, [status, later, due_id])
            else:
                db.execute(SETTLE, [outcome.value, moment, due_id])

        await self._file.run(work)

    async def waiting(self, channel: str, user: str, now: dt.datetime) -> tuple[Due, ...]:
        """What a user has not been shown yet. Raises StoreError."""
        moment = text_of(now)
        return await self._file.read(lambda db: waiting(db, channel, user, moment))

    async def take(self, channel: str, user: str, now: dt.datetime) -> tuple[Due, ...]:
        """What a user has not been shown yet; from now on it counts as shown. Raises StoreError."""
        moment = text_of(now)

        def work(db: Database) -> tuple[Due, ...]:
            found = waiting(db, channel, user, moment)
            show(db, [each.id for each in found], moment)
            return found

        return await self._file.run(work)

    async def tidy(self, before: dt.datetime) -> None:
        """Forget the ids of what was settled before that, and what expired unseen. Raises StoreError."""
        moment = text_of(before)

        def work(db: Database) -> None:
            db.execute("delete from reminder where settled < ? and settled <> ''", [moment])
            db.execute("delete from reminder where expires < ? and settled = ''", [moment])

        await self._file.run(work)


def show(db: Database, ids: Iterable[str], moment: str) -> None:
    """Within a transaction: these are shown now. Raises ShownElsewhereError where one of them no longer waits."""
    query = (
        "update reminder set status = 'shown', settled = ?, body = x'' where id = ? and status in ('due', 'waiting')"
    )
    for each in ids:
        if db.execute(query, [moment, each]).rowcount != 1:
            raise ShownElsewhereError(each)


def forget(db: Database, channel: str, user: str) -> None:
    """Within a transaction: forget what a user asked for and every reminder of his."""
    for table in ("subscription", "reminder"):
        db.execute(f"delete from {table} where channel = ? and user = ?", [channel, user])  # noqa: S608  # literals above


def _keep(db: Database, due: tuple[Due, ...]) -> None:
    """Within a transaction: an older one on the same subject that was not shown gives way."""
    for each in due:
        if not db.execute(SUBSCRIBED, [each.channel, each.user]).fetchone():
            continue
        if db.execute(KEEP, row_of_due(each)).rowcount == 1:
            db.execute(
                f"update reminder set status = 'replaced', settled = ?, body = x'' "  # noqa: S608  # a literal
                f"where {UNSEEN} and event = ? and subject = ? and id <> ?",
                [text_of(each.at), each.channel, each.user, each.event.value, each.subject, each.id],
            )


def waiting(db: Database, channel: str, user: str, moment: str) -> tuple[Due, ...]:
    """What a user has not been shown yet, oldest first."""
    return tuple(map(due_of, db.execute(WAITING, [channel, user, moment]).fetchall()))
