"""A second connection to the file of the store, for long reads: they hold up no turn. It changes nothing."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from bot.ports import StoreError

T = TypeVar("T")
PATIENCE = 5.0  # s, for the file to be free


class Reading:
    """One thread with a connection that only reads; it sees what was committed before each read."""

    def __init__(self, path: Path) -> None:
        """Name the file, which somebody else has opened and keeps up to date."""
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-reading")
        self._connection: sqlite3.Connection | None = None

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Read on the thread. Raises StoreError."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, work)
        except (sqlite3.Error, OSError, RuntimeError) as error:
            raise StoreError(f"the database {self._path} cannot be read: {error}. Nothing was changed") from error

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            address = f"{self._path.absolute().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)
        return work(self._connection)

    async def close(self) -> None:
        """End what is read, and the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
