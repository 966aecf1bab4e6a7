"""Gaps in the SQLite file, as staff work through them."""

import datetime as dt

from sqlite_utils import Database

from adapters.storage.database import SqliteFile
from adapters.storage.edition_tables import log
from adapters.storage.gap_rows import COLUMNS, gap_of, text_of
from bot.staff.gaps import GapState, KeptGap, Settled
from bot.staff.people import Done

SELECT = "select " + ", ".join(COLUMNS) + " from gap"  # noqa: S608  # names of our own


class SqliteGaps:
    """Fulfils bot.staff.gaps.GapStore."""

    def __init__(self, file: SqliteFile) -> None:
        """Take the file, which whoever made it opens and closes."""
        self._file = file

    async def gaps(
        self, state: GapState | None, *, since: dt.datetime | None = None, limit: int
    ) -> tuple[KeptGap, ...]:
        """Those of a state, the newest first. Raises StoreError."""
        query = f"{SELECT} where (? is null or state = ?) and at >= ? order by id desc limit ?"
        known = state.value if state else None
        values = [known, known, text_of(since) if since else "", limit]
        rows = await self._file.read(lambda db: db.execute(query, values).fetchall())
        return tuple(map(gap_of, rows))

    async def gap(self, gap: int) -> KeptGap | None:
        """One of them. Raises StoreError."""
        row = await self._file.read(lambda db: db.execute(SELECT + " where id = ?", [gap]).fetchone())
        return gap_of(row) if row else None

    async def counts(self) -> dict[GapState, int]:
        """How many there are of each state. Raises StoreError."""
        rows = await self._file.read(lambda db: db.execute("select state, count(*) from gap group by state").fetchall())
        return {state: dict(rows).get(state.value, 0) for state in GapState}

    async def settle(self, gaps: tuple[int, ...], settled: Settled, done: Done) -> int:
        """Settle those that are in another state. Raises StoreError."""
        return await self._file.run(lambda db: _settle(db, gaps, settled, done))


def _settle(db: Database, gaps: tuple[int, ...], settled: Settled, done: Done) -> int:
    is_open = settled.state is GapState.OPEN
    row = {
        "state": settled.state.value,
        "by": "" if is_open else settled.by,
        "settled": "" if is_open else text_of(settled.at),
        "note": settled.note,
        "entry": settled.entry,
    }
    sets = ", ".join(f'"{name}" = :{name}' for name in row)
    changed = 0
    for gap in dict.fromkeys(gaps):
        query = f"update gap set {sets} where id = :id and state <> :state"  # noqa: S608  # names are literals above
        changed += db.execute(query, {**row, "id": gap}).rowcount
    if changed:
        log(db, done)
    return changed
