"""Bindings and the audit log in the SQLite file of the store, on its thread. Triggers keep the log append-only."""

import datetime as dt

from sqlite_utils import Database

from adapters.storage.database import SqliteFile
from bot.binding import Audited, Binding, Event

BINDINGS = "select channel, user, mark, sealed, at from account where"
BIND = (  # a row that stays is no row that was deleted: what hangs on it stays too
    "insert into account (channel, user, mark, sealed, at) values (?, ?, ?, ?, ?) on conflict (channel, user) "
    "do update set sealed = excluded.sealed, at = excluded.at"
)
NOTE = "insert into audit (at, event, channel, who, candidate) values (?, ?, ?, ?, ?)"


class SqliteAccounts:
    """Fulfils bot.ports.AccountStore."""

    def __init__(self, file: SqliteFile) -> None:
        """Whoever made the file opens and closes it."""
        self._file = file

    async def key_check(self, fresh: bytes | None) -> bytes | None:
        """What was sealed with the first key; without one `fresh` is kept. Raises StoreError."""

        def work(db: Database) -> bytes | None:
            if fresh is not None:
                db.execute("insert or ignore into key_check (id, sealed) values (1, ?)", [fresh])
            row = db.execute("select sealed from key_check where id = 1").fetchone()
            return bytes(row[0]) if row else None

        return await self._file.run(work)

    async def binding(self, channel: str, user: str) -> Binding | None:
        """The binding of a user, or None. Raises StoreError."""
        query = f"{BINDINGS} channel = ? and user = ?"
        row = await self._file.read(lambda db: db.execute(query, [channel, user]).fetchone())
        return _binding(row) if row else None

    async def bound(self, *, mark: str = "", channel: str = "") -> tuple[Binding, ...]:
        """All bindings of that candidate or channel, oldest first. Raises StoreError."""
        query = f"{BINDINGS} (? = '' or mark = ?) and (? = '' or channel = ?) order by at, channel, user"
        given = [mark, mark, channel, channel]
        rows = await self._file.read(lambda db: db.execute(query, given).fetchall())
        return tuple(_binding(row) for row in rows)

    async def bind(self, binding: Binding, rows: tuple[Audited, ...]) -> bool:
        """Bind; other users of the channel lose that candidate. False where the user has another one. Raises StoreError."""
        key = [binding.channel, binding.user]

        def work(db: Database) -> bool:
            found = db.execute("select mark from account where channel = ? and user = ?", key).fetchone()
            if found and found[0] != binding.mark:
                return False
            others = "delete from account where channel = ? and mark = ? and user <> ?"
            db.execute(others, [binding.channel, binding.mark, binding.user])
            db.execute(BIND, [*key, binding.mark, binding.sealed, _text(binding.at)])
            for row in rows:
                db.execute(NOTE, _values(row))
            return True

        return await self._file.run(work)

    async def unbind(self, channel: str, user: str, row: Audited) -> bool:
        """Delete a binding; False, and no log line, where there is none. Raises StoreError."""

        def work(db: Database) -> bool:
            done = db.execute("delete from account where channel = ? and user = ?", [channel, user])
            if not done.rowcount:
                return False
            db.execute(NOTE, _values(row))
            return True

        return await self._file.run(work)

    async def note(self, row: Audited) -> None:
        """Add a line to the audit log. Raises StoreError."""

        def work(db: Database) -> None:
            db.execute(NOTE, _values(row))

        await self._file.run(work)

    async def audited(self) -> tuple[Audited, ...]:
        """The audit log, oldest first. Raises StoreError."""
        query = "select at, event, channel, who, candidate from audit order by id"
        rows = await self._file.read(lambda db: db.execute(query).fetchall())
        return tuple(
            Audited(at=dt.datetime.fromisoformat(at), event=Event(event), channel=channel, who=who, candidate=candidate)
            for at, event, channel, who, candidate in rows
        )


def _text(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat()


def _binding(row: tuple[str, str, str, bytes, str]) -> Binding:
    channel, user, mark, sealed, at = row
    return Binding(channel=channel, user=user, mark=mark, sealed=bytes(sealed), at=dt.datetime.fromisoformat(at))


def _values(row: Audited) -> list[str]:
    return [_text(row.at), row.event.value, row.channel, row.who, row.candidate]
