"""Whom the service does not want to be asked for until when (429 with Retry-After). Knows neither names nor numbers."""

from collections import OrderedDict
from collections.abc import Callable

MOST = 10_000  # at once; the oldest are forgotten
LONGEST = 3600.0  # s


class Waits:
    """Waits by operation and subject. Subjects are kept as hashes of this process, so that memory holds no numbers."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Start without any."""
        self._now = now
        self._until: OrderedDict[int, float] = OrderedDict()

    def wait(self, operation: str, subject: str, seconds: float) -> None:
        """Do not ask for the subject so long."""
        key = hash((operation, subject))
        self._until.pop(key, None)
        self._until[key] = self._now() + min(seconds, LONGEST)
        if len(self._until) > MOST:
            self._until.popitem(last=False)

    def left(self, operation: str, subject: str) -> float:
        """Seconds still to wait; 0 where it may be asked."""
        key = hash((operation, subject))
        left = self._until.get(key, 0.0) - self._now()
        if left <= 0:
            self._until.pop(key, None)
        return max(0.0, left)
