"""Planned publications in the SQLite file of the store; a plan that is due is claimed by one process at a time."""

import datetime as dt

import msgspec
from sqlite_utils import Database

from adapters.storage.database import SqliteFile
from adapters.storage.edition_tables import log
from bot.staff.editions import Scheduled, ScheduleState
from bot.staff.people import Done

PLANS = (
    "select id, body from plan order by case when state = 'planned' then due end is null, "
    "case when state = 'planned' then due end, due desc"
)
encode = msgspec.json.encode


class SqlitePlans:
    """The part of bot.staff.stores.EditionStore that is about plans."""

    def __init__(self, file: SqliteFile) -> None:
        """Whoever made the file opens and closes it."""
        self._file = file

    async def schedule(self, plan: Scheduled, done: Done) -> Scheduled:
        """Keep a plan; its id is given. Raises StoreError."""
        insert = "insert into plan (due, state, leased, body) values (?, ?, '', ?)"

        def work(db: Database) -> Scheduled:
            given = db.execute(insert, [_utc(plan.due), plan.state, encode(plan)]).lastrowid
            log(db, msgspec.structs.replace(done, object=done.object or str(given)))
            return msgspec.structs.replace(plan, id=int(given or 0))

        return await self._file.run(work)

    async def schedules(self) -> tuple[Scheduled, ...]:
        """The plans, those to come first. Raises StoreError."""
        rows = await self._file.read(lambda db: db.execute(PLANS).fetchall())
        return tuple(_plan(row) for row in rows)

    async def claim_due(self, now: dt.datetime, lease: dt.timedelta) -> Scheduled | None:
        """Take the oldest plan that is due; for `lease` no other process gets it. Raises StoreError."""
        query = (
            "select id, body from plan where state = 'planned' and due <= ? and leased <= ? order by due, id limit 1"
        )

        def work(db: Database) -> Scheduled | None:
            row = db.execute(query, [_utc(now), _utc(now)]).fetchone()
            if row:
                db.execute("update plan set leased = ? where id = ?", [_utc(now + lease), row[0]])
            return _plan(row) if row else None

        return await self._file.run(work)

    async def settle(self, plan: int, state: ScheduleState, outcome: str, done: Done) -> bool:
        """What became of a plan; False where it was settled already. Raises StoreError."""

        def work(db: Database) -> bool:
            row = db.execute("select id, body from plan where id = ? and state = 'planned'", [plan]).fetchone()
            if not row:
                return False
            settled = msgspec.structs.replace(_plan(row), state=state, outcome=outcome)
            db.execute("update plan set state = ?, body = ? where id = ?", [state, encode(settled), plan])
            log(db, done)
            return True

        return await self._file.run(work)


def _plan(row: tuple[int, bytes]) -> Scheduled:
    return msgspec.structs.replace(msgspec.json.decode(row[1], type=Scheduled), id=row[0])


def _utc(moment: dt.datetime) -> str:
    """Moments as texts that sort."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")
