"""Counts failed proofs of identity, so that nobody can try numbers out. Knows no HTTP."""

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_TRIES = 10  # failures of one 网报号 …
PERIOD = 600.0  # … within so many seconds
MOST_NUMBERS = 10_000  # those that failed longest ago are forgotten


class Tries:
    """Failures by registration number."""

    def __init__(
        self, most: int = MOST_TRIES, period: float = PERIOD, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Start without any."""
        self._most, self._period, self._now = most, period, now
        self._failed: OrderedDict[str, list[float]] = OrderedDict()

    def wait(self, registration_no: str) -> float:
        """Seconds until another try is allowed; 0 where it is now."""
        since = self._now() - self._period
        recent = [at for at in self._failed.get(registration_no, ()) if at > since]
        return recent[-self._most] - since if len(recent) >= self._most else 0.0

    def failed(self, registration_no: str) -> None:
        """Count a failure."""
        recent = self._failed.setdefault(registration_no, [])
        recent.append(self._now())
        del recent[: -self._most]
        self._failed.move_to_end(registration_no)
        if len(self._failed) > MOST_NUMBERS:
            self._failed.popitem(last=False)

    def succeeded(self, registration_no: str) -> None:
        """Forget the failures."""
        self._failed.pop(registration_no, None)
