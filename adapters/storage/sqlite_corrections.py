"""Reviews and corrections in the SQLite file of the store. A step is one transaction: of two processes one does it."""

import datetime as dt
import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlite_utils import Database

from adapters.storage.database import SqliteFile
from adapters.storage.edition_tables import log
from adapters.storage.journal_rows import ALIKE, COLUMNS, FROM, JOINED, line_of
from adapters.storage.reading import Reading
from adapters.storage.reminder_rows import text_of
from bot.staff.corrections import Candidate, Found, Offered, Review, ReviewState, Told
from bot.staff.people import Done

REVIEWS = "select edition, state, at, cursor, looked_at from review"
TALLY = """select t.id, t.topic, t.region,
    (select question from journal where id = (select min(line) from correction where told = t.id and state <> 'void')),
    t.before, t.after, count(distinct who),
    count(distinct case when c.state <> 'found' then who end),
    count(distinct case when c.state = 'shown' then who end)
    from told t join correction c on c.told = t.id where t.edition = ? and c.state <> 'void'
    group by t.id order by 7 desc, t.id limit ?"""
CANDIDATES = f"""select {COLUMNS}, t.after from {JOINED}
    left join correction c on c.id = (select max(id) from correction where line = journal.id and state = 'shown')
    left join told t on t.id = c.told
    where journal.id > ? and journal.edition < ? and journal.kind = 'answer' and journal.said is not null and journal.who <> ''
    order by journal.id limit ?"""  # noqa: S608  # names of columns
OF_CORRECTION = f"{FROM} where journal.id = (select line from correction where id = ?)"  # noqa: S608  # likewise
WAITS = "state in ('offered', 'waiting')"
MOST_LINES = 50  # of a group that are named
FIRST_LINES = "select line from correction where told = ? and state <> 'void' order by line limit ?"


class SqliteCorrections:
    """Fulfils bot.staff.corrections.CorrectionStore."""

    def __init__(self, file: SqliteFile, reading: Reading) -> None:
        """Whoever made them opens and closes them."""
        self._file, self._reading = file, reading

    async def begin(self, edition: int, now: dt.datetime, lease: dt.timedelta) -> Review | None:
        """Take the review of an edition, or go on with it. Raises StoreError."""
        moment, died = text_of(now), text_of(now - lease)

        def work(db: Database) -> Review | None:
            overtaken = "update review set state = 'overtaken' where edition < ? and state = 'running'"
            db.execute(overtaken, [edition])
            db.execute("insert or ignore into review values (?, 'running', ?, '', 0, 0)", [edition, moment])
            take = "update review set taken = ? where edition = ? and state = 'running' and taken <= ?"
            is_taken = db.execute(take, [moment, edition, died]).rowcount == 1
            found = _review(db.execute(f"{REVIEWS} where edition = ?", [edition]).fetchone())
            return found if is_taken or found.state is not ReviewState.RUNNING else None

        return await self._file.run(work)

    async def candidates(self, edition: int, after: int, limit: int) -> tuple[Candidate, ...]:
        """Answers of older editions after a line, oldest first. Raises StoreError."""
        rows = await self._reading.read(lambda db: db.execute(CANDIDATES, [after, edition, limit]).fetchall())
        lines = ((line_of(row[:-1]), row[-1]) for row in rows)
        return tuple(
            Candidate(line=line, told=line.reply.text if corrected is None else corrected)
            for line, corrected in lines
            if line.reply is not None
        )

    async def found(self, review: Review, looked: tuple[int, ...], found: tuple[Found, ...], now: dt.datetime) -> None:
        """Keep what was found, and how far the review is. Raises StoreError."""
        moment = text_of(now)

        def work(db: Database) -> None:
            void = "update correction set state = 'void' where line = ? and state in ('found', 'offered', 'waiting')"
            for line in looked:
                db.execute(void, [line])
            for each in found:
                _keep(db, review.edition, each)
            db.execute(
                "update review set state = ?, cursor = ?, looked_at = ?, taken = ? where edition = ? and state = 'running'",
                [review.state.value, review.cursor, review.looked_at, moment, review.edition],
            )

        await self._file.run(work)

    async def reviews(self, limit: int) -> tuple[Review, ...]:
        """The newest first, without what was told. Raises StoreError."""

        def work(db: sqlite3.Connection) -> tuple[Review, ...]:
            rows = db.execute(f"{REVIEWS} order by edition desc limit ?", [limit]).fetchall()
            return tuple(_counted(db, _review(row)) for row in rows)

        return await self._reading.read(work)

    async def review(self, edition: int, groups: int) -> Review | None:
        """One of them, with what was told. Raises StoreError."""

        def work(db: sqlite3.Connection) -> Review | None:
            row = db.execute(f"{REVIEWS} where edition = ?", [edition]).fetchone()
            if row is None:
                return None
            told = tuple(_told(db, each) for each in db.execute(TALLY, [edition, groups]).fetchall())
            return msgspec.structs.replace(_counted(db, _review(row)), told=told)

        return await self._reading.read(work)

    async def offer(self, edition: int, groups: tuple[int, ...], done: Done) -> int:
        """Offer what was found to whom it was not offered yet; how many people. Raises StoreError."""

        def work(db: Database) -> int:
            query = "select id from told where edition = ?"
            chosen = [row[0] for row in db.execute(query, [edition]) if not groups or row[0] in groups]
            people: set[str] = set()
            for group in chosen:
                which = "from correction where told = ? and state = 'found'"
                people |= {row[0] for row in db.execute(f"select distinct who {which}", [group])}
                db.execute("update correction set state = 'offered' where told = ? and state = 'found'", [group])
            if people:
                log(db, msgspec.structs.replace(done, detail=str(len(people))))
            return len(people)

        return await self._file.run(work)

    async def is_any_offered(self) -> bool:
        """Whether any correction waits to be told. Raises StoreError."""
        query = f"select 1 from correction where {WAITS} limit 1"  # noqa: S608  # a literal
        return await self._file.read(lambda db: db.execute(query).fetchone()) is not None

    async def offered(self, who: str) -> tuple[Offered, ...]:
        """What waits to be told to a user, one of each group, oldest first. Raises StoreError."""
        query = f"select min(id), told from correction where who = ? and {WAITS} group by told order by 1"  # noqa: S608  # likewise

        def work(db: Database) -> tuple[Offered, ...]:
            return tuple(_offered(db, row[0]) for row in db.execute(query, [who]).fetchall())

        return await self._file.read(work)

    async def to_be_sent(self) -> frozenset[str]:
        """The marks of users who have a correction that nobody tried to send. Raises StoreError."""
        query = "select distinct who from correction where state = 'offered'"
        return frozenset(row[0] for row in await self._file.read(lambda db: db.execute(query).fetchall()))

    async def take(self, who: str, now: dt.datetime, lease: dt.timedelta) -> Offered | None:
        """Take a correction that word is to be sent of. Raises StoreError."""
        moment, died = text_of(now), text_of(now - lease)

        def work(db: Database) -> Offered | None:
            lost = "update correction set state = 'waiting' where who = ? and state = 'sending' and taken <= ?"
            db.execute(lost, [who, died])
            first = "select id from correction where who = ? and state = 'offered' and taken <= ? order by id limit 1"
            row = db.execute(first, [who, moment]).fetchone()
            if row is None:
                return None
            db.execute("update correction set state = 'sending', taken = ? where id = ?", [moment, row[0]])
            return _offered(db, row[0])

        return await self._file.run(work)

    async def tried(self, number: int, again: dt.datetime | None) -> None:
        """What became of sending word of it; it is one word for all of its group. Raises StoreError."""
        state, moment = ("waiting", "") if again is None else ("offered", text_of(again))

        def work(db: Database) -> None:
            query = "update correction set state = ?, taken = ? where id = ? and state = 'sending'"
            if db.execute(query, [state, moment, number]).rowcount == 1:
                db.execute(ALIKE.replace("state = 'shown'", "state = ?, taken = ?", 1), [state, moment, number, number])

        await self._file.run(work)


def _keep(db: Database, edition: int, found: Found) -> None:
    line = found.line
    group = [edition, line.topic, line.region, found.before, found.after]
    db.execute(
        "insert or ignore into told (edition, topic, region, before, after) values (?, ?, ?, ?, ?)",
        group,
    )
    which = "edition = ? and topic = ? and region = ? and before = ? and after = ?"
    told = db.execute(f"select id from told where {which}", group).fetchone()[0]  # noqa: S608  # a literal
    db.execute(
        "insert or ignore into correction (line, told, who, state, taken) values (?, ?, ?, 'found', '')",
        [line.id, told, line.who],
    )


def _offered(db: Database, number: int) -> Offered:
    return Offered(number=number, line=line_of(db.execute(OF_CORRECTION, [number]).fetchone()))


def _review(row: Sequence[Any]) -> Review:
    edition, state, at, cursor, looked = row
    return Review(
        edition=edition,
        state=ReviewState(state),
        at=dt.datetime.fromisoformat(at),
        cursor=cursor,
        looked_at=looked,
    )


def _counted(db: sqlite3.Connection, review: Review) -> Review:
    query = """select count(distinct told), count(distinct who) from correction
        where told in (select id from told where edition = ?) and state <> 'void'"""
    groups, people = db.execute(query, [review.edition]).fetchone()
    return msgspec.structs.replace(review, groups=groups, people=people)


def _told(db: sqlite3.Connection, row: Sequence[Any]) -> Told:
    group, topic, region, question, before, after, people, offered, told = row
    return Told(
        group=group,
        topic=topic,
        region=region,
        question=question,
        before=before,
        after=after,
        lines=tuple(each[0] for each in db.execute(FIRST_LINES, [group, MOST_LINES])),
        people=people,
        offered=offered,
        told=told,
    )
