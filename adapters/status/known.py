"""The last known state of candidates, for when the service does not answer.

In memory alone, bounded and for a day: it is personal data (who was rejected, for what, with which scores) that must not lie
around on disk, in backups or in a shared store, and it is worth little after a restart, when the service is asked anew.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from bot.registration import Status

MOST = 10_000  # candidates; those that were asked for longest ago are forgotten
KEPT = 86_400.0  # s


class LastKnown:
    """States by candidate id."""

    def __init__(self, most: int = MOST, kept: float = KEPT, now: Callable[[], float] = time.monotonic) -> None:
        """Start without any."""
        self._most, self._kept, self._now = most, kept, now
        self._states: OrderedDict[str, tuple[Status, float]] = OrderedDict()
        self.forgotten = 0
        """How often somebody was forgotten: who asks meanwhile must not bring anybody back."""

    def __len__(self) -> int:
        """How many states are held."""
        return len(self._states)

    def keep(self, candidate_id: str, status: Status) -> None:
        """Keep a state instead of the one before; those that have expired go."""
        now = self._now()
        self._states.pop(candidate_id, None)
        self._states[candidate_id] = (status, now + self._kept)
        while self._states:
            oldest = next(iter(self._states))
            if len(self._states) <= self._most and self._states[oldest][1] > now:
                break
            del self._states[oldest]

    def get(self, candidate_id: str) -> Status | None:
        """The last known state, marked as such, or None."""
        status, until = self._states.get(candidate_id, (None, 0.0))
        if status is None or until <= self._now():
            self._states.pop(candidate_id, None)
            return None
        return msgspec.structs.replace(status, is_last_known=True)

    def forget(self, candidate_id: str) -> None:
        """Forget one candidate's state."""
        self._states.pop(candidate_id, None)
        self.forgotten += 1
