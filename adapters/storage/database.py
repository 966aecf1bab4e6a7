"""One SQLite file: one thread with the connection, functions in transactions, named migrations.

What is committed survives the end of the process at any moment (write-ahead log). A damaged file is never overwritten.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sqlite_utils import Database

from adapters.storage.migrations import MIGRATIONS
from adapters.storage.worker import Worker
from bot.ports import StoreError

LONGEST_LOG = 4000  # pages (16 MB) before it is written back; what changes often is then written back once
T = TypeVar("T")


class _Job(NamedTuple):
    """Something to do with the database, and who waits for it."""

    work: Callable[[Database], Any]
    writes: bool
    future: asyncio.Future[Any]


class SqliteFile:
    """The file that the stores of a process share; whoever made it opens and closes it."""

    def __init__(self, path: Path) -> None:
        """Name the file; `open` makes it or reads it."""
        self.path = path
        self._thread = Worker("sqlite")
        self._db: Database | None = None
        self._queue: list[_Job] = []
        self._is_sending = False

    async def open(self) -> None:
        """Open the file and bring its tables up to date. Raises StoreError."""
        await self._alone(self._open)

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=5, isolation_level=None)
        try:
            faults = [row[0] for row in connection.execute("pragma quick_check(1)")]
            if faults != ["ok"]:
                raise sqlite3.DatabaseError(faults[0])
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=normal")
            connection.execute(f"pragma wal_autocheckpoint={LONGEST_LOG}")
            self._db = Database(connection)
            with transaction(self._db):
                _migrate(self._db)
        except BaseException:
            connection.close()
            self._db = None
            raise

    async def run(self, work: Callable[[Database], T]) -> T:
        """Run on the one thread that owns the connection, in a transaction: whole or not at all. Raises StoreError.

        What has gathered while the thread was busy shares a transaction, and each of it is whole by itself: under load a
        commit for every one would cost more than the work.
        """
        result: T = await self._enqueue(work, writes=True)
        return result

    async def read(self, work: Callable[[Database], T]) -> T:
        """Run what changes nothing: it waits for no other process. Raises StoreError."""
        result: T = await self._enqueue(work, writes=False)
        return result

    def _enqueue(self, work: Callable[[Database], T], *, writes: bool) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._queue.append(_Job(work, writes, future))
        if not self._is_sending:
            self._is_sending = True
            loop.call_soon(self._send, loop)  # with what others ask for in the same turn of the loop
        return future

    async def _alone(self, work: Callable[[], None]) -> None:
        """Do something on the thread that is no function of the open database. Raises StoreError."""
        loop = asyncio.get_running_loop()
        job = _Job(lambda _: None, writes=False, future=loop.create_future())

        def run() -> None:
            result = None
            try:
                work()
            except Exception as error:
                result = error
            loop.call_soon_threadsafe(self._hand_over, [job], [result])

        self._thread.do(run)
        await job.future

    def _send(self, loop: asyncio.AbstractEventLoop) -> None:
        """Send the thread what is queued. The next to come wait until it is back, and go together."""
        jobs, self._queue = self._queue, []
        try:
            self._thread.do(partial(self._do, loop, jobs))
        except RuntimeError as error:  # the thread has ended
            self._is_sending = False
            self._hand_over(jobs, [OSError(str(error))] * len(jobs))

    def _do(self, loop: asyncio.AbstractEventLoop, jobs: list[_Job]) -> None:
        """On the thread."""
        try:
            results = self._together(jobs)
        except Exception as error:  # nothing of it was committed
            results = [error] * len(jobs)
        loop.call_soon_threadsafe(self._receive, loop, jobs, results)

    def _receive(self, loop: asyncio.AbstractEventLoop, jobs: list[_Job], results: list[Any]) -> None:
        if self._queue:
            self._send(loop)
        else:
            self._is_sending = False
        self._hand_over(jobs, results)

    def _together(self, jobs: list[_Job]) -> list[Any]:
        db = self._opened()
        if not any(job.writes for job in jobs):
            return [_tried(db, job) for job in jobs]
        if len(jobs) > 1:
            try:
                with transaction(db):
                    return [job.work(db) for job in jobs]
            except Exception:  # all of it is taken back; now each by itself, so that only what fails fails
                with transaction(db):
                    return [_tried(db, job) for job in jobs]
        with transaction(db):
            return [jobs[0].work(db)]

    def _hand_over(self, jobs: list[_Job], results: list[Any]) -> None:
        for job, result in zip(jobs, results, strict=True):
            future = job.future
            if future.done():
                continue  # nobody waits any more
            if not isinstance(result, Exception):
                future.set_result(result)
            elif isinstance(result, sqlite3.Error | OSError):
                error = self._unusable(result)
                error.__cause__ = result
                future.set_exception(error)
            else:
                future.set_exception(result)

    async def close(self) -> None:
        """Finish what is queued, close the file and end the thread."""
        if self._db is not None:
            await self.read(lambda _: None)  # what was asked for before comes before
            await self._alone(self._close)
        self._thread.close()

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _opened(self) -> Database:
        if self._db is None:
            raise StoreError(f"the database {self.path} is not open")
        return self._db

    def _unusable(self, error: Exception) -> StoreError:
        return StoreError(
            f"the database {self.path} cannot be used: {error}. Nothing was changed. If it is damaged, move it aside "
            f"together with its -wal and -shm files, put a backup in its place, and start again"
        )


def _tried(db: Database, job: _Job) -> Any:
    """The result of one of several, or its error: what fails is taken back without the others."""
    if not job.writes:
        try:
            return job.work(db)
        except Exception as error:
            return error
    db.execute("savepoint one")
    try:
        result = job.work(db)
    except Exception as error:
        db.execute("rollback to one")
        result = error
    db.execute("release one")
    return result


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
