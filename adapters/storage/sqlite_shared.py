"""Short-lived values in the SQLite file of the store, on its thread: shared by all processes that open the file."""

from sqlite_utils import Database

from adapters.storage.database import SqliteFile
from bot.ports import Clock

TIDY_EVERY = 500  # writes of this process
MOST_BYTES = 64 * 1024 * 1024
CURRENT = "select value from shared where key = ? and until > ?"
ADD = """insert into shared (key, value, until) values (?, ?, ?)
    on conflict (key) do update set value = excluded.value, until = excluded.until where shared.until <= ?"""
KEEP = "insert or replace into shared (key, value, until) values (?, ?, ?)"
LAST = "\U0010ffff"


class SqliteKeyValue:
    """Fulfils bot.ports.KeyValue. The clock is the machine's: what processes share cannot wait for a fixed one."""

    def __init__(self, file: SqliteFile, clock: Clock, *, most: int = 50_000, tidy_every: int = TIDY_EVERY) -> None:
        """Of more than `most` values, or 64 MiB, those that expire first are dropped; seen to every so many writes."""
        self._file, self._clock, self._most, self._tidy_every = file, clock, most, tidy_every
        self._writes = 0

    async def get(self, key: str) -> bytes | None:
        """The value, or None where there is none or it has expired. Raises StoreError."""
        now = self._now()
        return await self._file.read(lambda db: _current(db, key, now))

    async def add(self, key: str, value: bytes, seconds: float) -> bytes | None:
        """Keep a value unless one is there: None if it was kept, else the one there. Raises StoreError."""
        now = self._now()

        def work(db: Database) -> bytes | None:
            if db.execute(ADD, [key, value, now + seconds, now]).rowcount == 0:
                return _current(db, key, now)
            self._tidy(db, now)
            return None

        return await self._file.run(work)

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value, whatever was there. Raises StoreError."""
        now = self._now()

        def work(db: Database) -> None:
            db.execute(KEEP, [key, value, now + seconds])
            self._tidy(db, now)

        await self._file.run(work)

    async def swap(self, key: str, old: bytes | None, new: bytes | None, seconds: float) -> bool:
        """Replace `old` by `new` (None: nothing there) and tell whether `old` was what was there. Raises StoreError."""
        now = self._now()

        def work(db: Database) -> bool:
            if _current(db, key, now) != old:
                return False
            if new is None:
                db.execute("delete from shared where key = ?", [key])
            else:
                db.execute(KEEP, [key, new, now + seconds])
                self._tidy(db, now)
            return True

        return await self._file.run(work)

    async def drop(self, prefix: str) -> None:
        """Forget every value whose key begins so. Raises StoreError."""

        def work(db: Database) -> None:
            db.execute("delete from shared where key >= ? and key < ?", [prefix, prefix + LAST])

        await self._file.run(work)

    def _now(self) -> float:
        return self._clock().timestamp()

    def _tidy(self, db: Database, now: float) -> None:
        """Every so many writes: what has expired goes, then what is too much."""
        self._writes += 1
        if self._writes % self._tidy_every:
            return
        db.execute("delete from shared where until <= ?", [now])
        count, size = db.execute("select count(*), total(length(value)) from shared").fetchone()
        surplus = count - self._most * 9 // 10 if count > self._most else 0
        if size > MOST_BYTES:
            surplus = max(surplus, count // 2)
        if surplus > 0:
            db.execute("delete from shared where key in (select key from shared order by until limit ?)", [surplus])


def _current(db: Database, key: str, now: float) -> bytes | None:
    row = db.execute(CURRENT, [key, now]).fetchone()
    return bytes(row[0]) if row else None
