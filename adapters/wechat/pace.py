"""How long a push may wait for its answer: less while many answers are late. Knows nothing of what is asked."""

from collections import deque
from collections.abc import Callable

REPLY_SECONDS = 3.5  # the platform gives up at 5 and resends; 4 is promised, loop lag and encryption included
HURRIED_SECONDS = 1.0  # while the breaker is open
LATE_PER_MINUTE = 20  # late answers that open it
MINUTE = 60.0  # s


class Pace:
    """Counts late answers; a breaker that closes by itself as they grow old."""

    def __init__(
        self, now: Callable[[], float], seconds: float = REPLY_SECONDS, most_late: int = LATE_PER_MINUTE
    ) -> None:
        """`now` in seconds that never go back; `seconds` is what a push has when all is well."""
        self._now, self._seconds, self._most_late = now, seconds, most_late
        self._late: deque[float] = deque(maxlen=most_late + 1)

    def late(self) -> None:
        """An answer did not come in time."""
        self._late.append(self._now())

    def is_hurried(self) -> bool:
        """Whether too many answers were late in the last minute."""
        while self._late and self._now() - self._late[0] > MINUTE:
            self._late.popleft()
        return len(self._late) > self._most_late

    def seconds(self) -> float:
        """What a push has now."""
        return min(HURRIED_SECONDS, self._seconds) if self.is_hurried() else self._seconds
