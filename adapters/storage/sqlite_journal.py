"""The journal in the SQLite file of the store, read on a connection of its own. Turns write it: journal_rows."""

import datetime as dt
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from sqlite_utils import Database

from adapters.storage.database import SqliteFile
from adapters.storage.journal_rows import FROM, line_of
from adapters.storage.reading import Reading
from adapters.storage.reminder_rows import text_of
from bot.staff.journal import Line, Sought
from bot.staff.numbers import Count

EXACT = ("channel", "topic", "kind", "edition", "who", "helpful")
AT_ONCE = 2000  # lines deleted in one transaction: turns go on in between
COUNTS = """select date(j.at, '+8 hours'), j.channel, kind, region, topic, count(*), total(helpful), count(helpful)
    from journal j left join feedback f on f.reply_id = j.reply_id where j.at >= ? and j.at < ?
    group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5"""


class SqliteJournal:
    """Fulfils bot.staff.journal.JournalStore and bot.staff.numbers.NumberStore."""

    def __init__(self, file: SqliteFile, reading: Reading) -> None:
        """Whoever made them opens and closes them."""
        self._file, self._reading = file, reading

    async def lines(self, sought: Sought) -> tuple[Line, ...]:
        """The newest first. Raises StoreError."""
        where, given = _conditions(sought)
        query = f"{FROM} where {where} order by journal.id desc limit ?"
        rows = await self._reading.read(lambda db: db.execute(query, [*given, sought.limit]).fetchall())
        return tuple(map(line_of, rows))

    async def line(self, number: int) -> Line | None:
        """One of them. Raises StoreError."""
        row = await self._reading.read(lambda db: db.execute(f"{FROM} where journal.id = ?", [number]).fetchone())
        return line_of(row) if row else None

    async def counts(self, since: dt.datetime, until: dt.datetime) -> tuple[Count, ...]:
        """By day in Beijing, channel, kind, region and topic. Raises StoreError."""

        def work(db: sqlite3.Connection) -> list[Sequence[Any]]:
            return db.execute(COUNTS, [text_of(since), text_of(until)]).fetchall()

        return tuple(_count(*row) for row in await self._reading.read(work))

    async def tidy(self, before: dt.datetime) -> int:
        """Delete the lines that are older, and the replies that no line has any more. Raises StoreError."""
        moment, deleted = text_of(before), 0
        query = "delete from journal where id in (select id from journal where at < ? order by at limit ?)"

        def work(db: Database) -> int:
            return int(db.execute(query, [moment, AT_ONCE]).rowcount)

        while count := await self._file.run(work):
            deleted += count
        last, unused = await self._reading.read(_unused)
        for begin in range(0, len(unused), AT_ONCE):
            await self._file.run(_dropping(unused[begin : begin + AT_ONCE], last))
        return deleted


def _unused(db: sqlite3.Connection) -> tuple[int, list[bytes]]:
    """The newest line, and the replies that up to it no line has."""
    last = db.execute("select coalesce(max(id), 0) from journal").fetchone()[0]
    query = "select digest from said where digest not in (select said from journal where said is not null)"
    return last, [row[0] for row in db.execute(query)]


def _dropping(digests: list[bytes], last: int) -> Callable[[Database], None]:
    """Deletes replies, except those that were told again since that line."""
    query = "delete from said where digest = ? and digest not in (select said from journal where id > ? and said is not null)"

    def work(db: Database) -> None:
        for each in digests:
            db.execute(query, [each, last])

    return work


def _conditions(sought: Sought) -> tuple[str, list[object]]:
    """What comes after `where`, and what is filled in."""
    found: list[str] = ["1"]
    given: list[object] = []
    for name in EXACT:
        value = getattr(sought, name)
        if value not in ("", 0, None) or value is False:
            found.append(f"{'feedback' if name == 'helpful' else 'journal'}.{name} = ?")
            given.append(value)
    for name, sign, moment in (("at", ">=", sought.since), ("at", "<", sought.until)):
        if moment is not None:
            found.append(f"journal.{name} {sign} ?")
            given.append(text_of(moment))
    if sought.before:
        found.append("journal.id < ?")
        given.append(sought.before)
    if sought.region:  # ids of what lies within begin with it: CN-51, CN-5111
        found.append("(journal.region = ? or journal.region like ? || '%')")
        given += [sought.region, sought.region]
    if sought.words:
        found.append("(instr(question, ?) or instr(cast(body as text), ?))")
        given += [sought.words, sought.words]
    return " and ".join(found), given


def _count(
    day: str, channel: str, kind: str, region: str, topic: str, questions: int, good: float, rated: int
) -> Count:
    helpful = int(good)
    return Count(
        day=dt.date.fromisoformat(day),
        channel=channel,
        kind=kind,
        region=region,
        topic=topic,
        questions=questions,
        helpful=helpful,
        unhelpful=rated - helpful,
    )
