"""Goes the rounds of reminders: reads changes, looks at deadlines, sends; again and again, whatever fails.

What operators watch: kaoda_changes_read_timestamp_seconds stands still when the status service cannot be read.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.due import Event
from bot.ports import Clock, Notify, ReminderStore, StatusError, StoreError
from bot.reminders import Reminders

MOST_SECONDS = 600.0  # between two rounds, however often the service fails
KEEP = dt.timedelta(days=400)  # ids: longer than the changes of one year's exam are told
DEADLINES = "deadlines"
TIDY_EVERY = dt.timedelta(days=1)
log = logging.getLogger("kaoda")


class Counts:
    """What became of reminders, and when changes were last read. Labels are from closed sets."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the metrics; a registry takes them once."""
        self._reminders = Counter("kaoda_reminders", "Reminders by outcome.", ("event", "outcome"), registry=registry)
        self._failures = Counter("kaoda_rounds_failed", "Rounds that failed.", ("step", "cause"), registry=registry)
        self._read = Gauge(
            "kaoda_changes_read_timestamp_seconds", "When changes were last read to the end.", registry=registry
        )

    def reminder(self, event: Event, outcome: str) -> None:
        """Count a reminder that was sent, shown, refused, put off, or is in doubt."""
        self._reminders.labels(event.value, outcome).inc()

    def failed(self, step: str, cause: str) -> None:
        """Count a round of which a step failed."""
        self._failures.labels(step, cause).inc()

    def read(self) -> None:
        """Changes were read to the end."""
        self._read.set_to_current_time()


class Rounds:
    """One task a process; several processes may go the rounds at once."""

    def __init__(
        self,
        *,
        reminders: Reminders,
        store: ReminderStore,
        channels: Mapping[str, Notify],
        counts: Counts,
        clock: Clock,
        seconds: float,
    ) -> None:
        """`channels` are those that can send by themselves; `seconds` pass between two rounds."""
        self._reminders, self._store, self._channels = reminders, store, channels
        self._counts, self._clock, self._seconds = counts, clock, seconds
        self._pause, self._tidied = seconds, clock() - TIDY_EVERY

    async def go(self) -> None:
        """Go until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(self._pause)

    async def once(self) -> bool:
        """One round; False where a step failed. The others are taken all the same, and the next round comes later.

        But for deadlines: there one candidate's record may be what fails, for days, and everybody else's changes go on.
        """
        asked: list[float] = []
        steps = {
            "changes": self._read,
            DEADLINES: self._reminders.sweep,
            "send": lambda: self._reminders.send(self._channels),
            "tidy": self._tidy,
        }
        done = {name: await self._step(name, step, asked if name != DEADLINES else []) for name, step in steps.items()}
        if all(each for name, each in done.items() if name != DEADLINES):
            self._pause = self._seconds
        else:
            self._pause = min(MOST_SECONDS, max(2 * self._pause, *asked, 0.0))
        return all(done.values())

    async def _read(self) -> int:
        count = await self._reminders.read_changes()
        self._counts.read()
        return count

    async def _tidy(self) -> int:
        now = self._clock()
        if now - self._tidied >= TIDY_EVERY:
            await self._store.tidy(now - KEEP)
            self._tidied = now
        return 0

    async def _step(self, name: str, step: Callable[[], Awaitable[int]], asked: list[float]) -> bool:
        try:
            count = await step()
        except StatusError as error:
            asked.append(error.retry_after or 0.0)
            self._fail(name, error.cause)
            return False
        except StoreError:
            self._fail(name, "store")
            return False
        except Exception as error:  # the rounds go on whatever one of them met
            self._fail(name, type(error).__name__)
            return False
        if count:
            log.info("reminders step=%s count=%d", name, count)
        return True

    def _fail(self, step: str, cause: str) -> None:
        self._counts.failed(step, cause)
        log.warning("reminders_failed step=%s cause=%s", step, cause)
