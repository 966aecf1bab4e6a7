"""One SQLite file: one thread with the connection, a transaction a function, named migrations.

What is committed survives the end of the process at any moment (write-ahead log). A damaged file is never overwritten.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from adapters.storage.migrations import MIGRATIONS
from bot.ports import StoreError

T = TypeVar("T")


class SqliteFile:
    """The file that the stores of a process share; whoever made it opens and closes it."""

    def __init__(self, path: Path) -> None:
        """Name the file; `open` makes it or reads it."""
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite")
        self._db: Database | None = None

    async def open(self) -> None:
        """Open the file and bring its tables up to date. Raises StoreError."""
        await self._on_thread(self._open)

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=5, isolation_level=None)
        try:
            faults = [row[0] for row in connection.execute("pragma quick_check(1)")]
            if faults != ["ok"]:
                raise sqlite3.DatabaseError(faults[0])
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=normal")
            self._db = Database(connection)
            with transaction(self._db):
                _migrate(self._db)
        except BaseException:
            connection.close()
            self._db = None
            raise

    async def run(self, work: Callable[[Database], T]) -> T:
        """Run on the one thread that owns the connection; SQLite's errors become StoreError."""
        return await self._on_thread(lambda: work(self._opened()))

    async def close(self) -> None:
        """Finish what is queued, close the file and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _opened(self) -> Database:
        if self._db is None:
            raise StoreError(f"the database {self._path} is not open")
        return self._db

    async def _on_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (sqlite3.Error, OSError, RuntimeError) as error:  # RuntimeError: the thread has ended
            raise StoreError(
                f"the database {self._path} cannot be used: {error}. Nothing was changed. If it is damaged, move it aside "
                f"together with its -wal and -shm files, put a backup in its place, and start again"
            ) from error


def _migrate(db: Database) -> None:
    db.execute("create table if not exists migration (name text primary key)")
    done = {row[0] for row in db.execute("select name from migration")}
    for name, migrate in MIGRATIONS:
        if name not in done:
            migrate(db)
            db.execute("insert into migration values (?)", [name])


class transaction:  # noqa: N801  # reads as a statement: with transaction(db)
    """Begin at once, so that a second process waits; commit at the end, roll back on any error."""

    def __init__(self, db: Database) -> None:
        """Take the database of the function that runs on its thread."""
        self._db = db

    def __enter__(self) -> None:
        """Begin."""
        self._db.execute("begin immediate")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Commit or roll back."""
        try:
            if kind is None:
                self._db.execute("commit")
        finally:
            if self._db.conn.in_transaction:
                self._db.execute("rollback")
