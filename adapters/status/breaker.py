"""A circuit breaker: an operation that fails again and again is left alone for a while, then tried by one. Knows no HTTP.

closed --(n failures in a row, or the service says when to come back)--> open --(time is up)--> half open: one probe
half open --(it succeeds)--> closed; --(it fails)--> open, for twice as long.
"""

import time
from collections.abc import Callable

from adapters.status.watch import Watch
from bot.ports import StatusError

FAILURES = 5  # in a row
FIRST_PAUSE = 5.0  # s
LONGEST_PAUSE = 60.0  # s that we wait of ourselves
LONGEST_WISH = 3600.0  # s that we wait because the service says so


class Breaker:
    """The breaker of one operation."""

    def __init__(self, operation: str, watch: Watch, now: Callable[[], float] = time.monotonic) -> None:
        """Start closed."""
        self._operation, self._watch, self._now = operation, watch, now
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._until: float | None = None
        """None while closed."""
        self._is_probing = False
        self._cause = "down"

    def enter(self) -> bool:
        """Ask to call; whether this call is the probe. Raises StatusError where nothing is called now."""
        if self._until is None:
            return False
        left = self._until - self._now()
        if left > 0 or self._is_probing:
            self._watch.spared(self._operation)
            raise StatusError(self._cause, left if left > 0 else None)
        self._is_probing = True
        return True

    def succeeded(self, *, is_probe: bool) -> None:
        """The service answered, if only that it knows nothing."""
        if self._until is not None and not is_probe:
            return  # it was sent before the breaker opened, and says nothing of now
        self._failures, self._pause, self._is_probing = 0, FIRST_PAUSE, False
        if self._until is not None:
            self._until = None
            self._watch.recovered(self._operation)

    def failed(self, cause: str, *, is_probe: bool) -> None:
        """The service did not answer as it should."""
        if self._until is not None and not is_probe:
            return
        self._failures += 1
        if is_probe or self._failures >= FAILURES:
            self._open(cause, self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def hold(self, cause: str, seconds: float) -> None:
        """The service says when to come back: not before."""
        self._open(cause, min(seconds, LONGEST_WISH))

    def left(self, *, is_probe: bool) -> None:
        """Who called went away before there was an answer: the next may probe."""
        if is_probe:
            self._is_probing = False

    def _open(self, cause: str, seconds: float) -> None:
        self._failures, self._is_probing = 0, False
        until = self._now() + seconds
        if self._until is None or until > self._until:
            self._until, self._cause = until, cause
            self._watch.gave_up(self._operation, cause, seconds)
