"""One thread that does what it is given, in order. An executor does the same at twice the cost of handing it over."""

import threading
from collections.abc import Callable
from queue import SimpleQueue

Work = Callable[[], None]


class Worker:
    """The thread starts at the first work and ends with `close`, or with the process."""

    def __init__(self, name: str) -> None:
        """Name the thread."""
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._is_closed = False

    def do(self, work: Work) -> None:
        """Queue a function that raises nothing. Raises RuntimeError once closed."""
        if self._is_closed:
            raise RuntimeError(f"the thread {self._thread.name} has ended")
        if self._thread.ident is None:
            self._thread.start()
        self._queue.put(work)

    def close(self) -> None:
        """End the thread after what is queued; waits for nothing."""
        self._is_closed = True
        self._queue.put(None)

    def _run(self) -> None:
        while (work := self._queue.get()) is not None:
            work()
