"""Staff accounts, sessions and their audit log in the SQLite file of the store, on its thread."""

import datetime as dt
import json

from sqlite_utils import Database

from adapters.storage.database import SqliteFile
from adapters.storage.edition_tables import log
from bot.staff.people import Done, Person, Role
from bot.staff.stores import LastAdminError

PEOPLE = "select name, role, regions, is_active, made, must_change, password from person"
SESSION = (
    "select person.name, role, regions, is_active, made, must_change, seen from session "
    "join person on person.name = session.name where mark = ? and until > ? and seen > ? and is_active"
)
SEEN_EVERY = dt.timedelta(minutes=1)  # that a session is in use is noted no oftener: reading a page need not write
LINES = (
    "select id, at, who, deed, object, detail from staff_log "
    "where (? = 0 or id < ?) and (? = '' or who = ? or object = ?) order by id desc limit ?"
)


class SqliteStaff:
    """Fulfils bot.staff.stores.StaffStore."""

    def __init__(self, file: SqliteFile) -> None:
        """Whoever made the file opens and closes it."""
        self._file = file

    async def people(self) -> tuple[Person, ...]:
        """All accounts, by name."""
        rows = await self._file.read(lambda db: db.execute(f"{PEOPLE} order by name").fetchall())
        return tuple(_person(row[:-1]) for row in rows)

    async def person(self, name: str) -> tuple[Person, str] | None:
        """An account and the hash of its password."""
        query = f"{PEOPLE} where name = ?"
        row = await self._file.read(lambda db: db.execute(query, [name]).fetchone())
        return (_person(row[:-1]), row[-1]) if row else None

    async def add(self, person: Person, password_hash: str, done: Done) -> bool:
        """Keep an account; False where the name was ever used."""

        def work(db: Database) -> bool:
            made = db.execute(
                "insert or ignore into person (name, role, regions, is_active, made, must_change, password) "
                "values (?, ?, ?, ?, ?, ?, ?)",
                [*_values(person), password_hash],
            )
            if made.rowcount:
                log(db, done)
            return bool(made.rowcount)

        return await self._file.run(work)

    async def change(self, person: Person, password_hash: str | None, done: Done) -> None:
        """Keep an account as it is now; its sessions end where role, state or password changed. Raises LastAdminError."""

        def work(db: Database) -> None:
            was = db.execute("select role, is_active from person where name = ?", [person.name]).fetchone()
            db.execute(
                "update person set role = ?, regions = ?, is_active = ?, made = ?, must_change = ?, "
                "password = coalesce(?, password) where name = ?",
                [*_values(person)[1:], password_hash, person.name],
            )
            admins = "select count(*) from person where role = 'admin' and is_active"
            if was == (Role.ADMIN.value, 1) and not db.execute(admins).fetchone()[0]:
                raise LastAdminError
            if password_hash is not None or was != (person.role.value, int(person.is_active)):
                db.execute("delete from session where name = ?", [person.name])
            log(db, done)

        await self._file.run(work)

    async def open_session(self, mark: str, name: str, until: dt.datetime, done: Done) -> None:
        """Keep a session by the hash of its secret; those that are over are forgotten."""

        def work(db: Database) -> None:
            db.execute("delete from session where until <= ?", [text(done.at)])
            db.execute(
                "insert into session (mark, name, until, seen) values (?, ?, ?, ?)",
                [mark, name, text(until), text(done.at)],
            )
            log(db, done)

        await self._file.run(work)

    async def session(self, mark: str, now: dt.datetime, idle: dt.timedelta) -> Person | None:
        """Whose session it is, which is hereby seen; None where it is over, idle, or the account is not active."""
        row = await self._file.read(lambda db: db.execute(SESSION, [mark, text(now), text(now - idle)]).fetchone())
        if row is None:
            return None
        if row[-1] < text(now - SEEN_EVERY):
            seen = "update session set seen = max(seen, ?) where mark = ?"
            await self._file.run(lambda db: db.execute(seen, [text(now), mark]).rowcount)
        return _person(row[:-1])

    async def close_session(self, mark: str, done: Done | None) -> None:
        """End a session."""

        def work(db: Database) -> None:
            ended = db.execute("delete from session where mark = ?", [mark]).rowcount
            if ended and done is not None:
                log(db, done)

        await self._file.run(work)

    async def note(self, done: Done) -> None:
        """Add a line to the audit log."""
        await self._file.run(lambda db: log(db, done))

    async def done(self, *, before: int = 0, limit: int = 100, about: str = "") -> tuple[tuple[int, Done], ...]:
        """Lines with their numbers, the newest first, those before a number (0: all); `about` an object or a person."""
        given = [before, before, about, about, about, limit]
        rows = await self._file.read(lambda db: db.execute(LINES, given).fetchall())
        return tuple(
            (number, Done(at=dt.datetime.fromisoformat(at), who=who, deed=deed, object=what, detail=detail))
            for number, at, who, deed, what, detail in rows
        )


def text(at: dt.datetime) -> str:
    """A moment as it is kept and compared: in UTC, always as long."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _values(person: Person) -> list[str | int]:
    regions = json.dumps(person.regions)
    return [
        person.name,
        person.role.value,
        regions,
        int(person.is_active),
        text(person.made),
        int(person.must_change),
    ]


def _person(row: tuple[str, str, str, int, str, int]) -> Person:
    name, role, regions, is_active, made, must_change = row
    return Person(
        name=name,
        role=Role(role),
        regions=tuple(json.loads(regions)),
        is_active=bool(is_active),
        made=dt.datetime.fromisoformat(made),
        must_change=bool(must_change),
    )
