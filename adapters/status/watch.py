"""Counts the calls of the status service and tells when one of its operations is given up. Labels are from closed sets."""

import logging

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_logger = logging.getLogger(__name__)
QUIET = frozenset({"ok", "not_verified", "unknown", "left"})  # nothing for an operator to look at
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)  # s


class Watch:
    """What operators watch; nothing here knows whom a call was about."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register; a registry takes them once."""
        self._calls = Counter(
            "kaoda_status_calls", "Questions to the status service.", ("operation", "result"), registry=registry
        )
        self._seconds = Histogram(
            "kaoda_status_seconds",
            "How long a question to the status service took, with its retries.",
            ("operation",),
            buckets=BUCKETS,
            registry=registry,
        )
        self._open = Gauge(
            "kaoda_status_given_up", "1 while an operation is not called.", ("operation",), registry=registry
        )
        self._last_known = Counter("kaoda_status_last_known", "Answers with the last known state.", registry=registry)

    def asked(self, operation: str, result: str, seconds: float) -> None:
        """Count a question that was sent; `result` is ok, not_verified, left (who asked went away) or a cause."""
        self._calls.labels(operation, result).inc()
        self._seconds.labels(operation).observe(seconds)
        if result not in QUIET:
            _logger.warning("status_failed operation=%s cause=%s seconds=%.2f", operation, result, seconds)

    def spared(self, operation: str) -> None:
        """Count a question that was not sent, for the service is given up or asked us to wait."""
        self._calls.labels(operation, "spared").inc()

    def gave_up(self, operation: str, cause: str, seconds: float) -> None:
        """An operation is not called for so many seconds."""
        self._open.labels(operation).set(1)
        _logger.error("status_given_up operation=%s cause=%s seconds=%.0f", operation, cause, seconds)

    def recovered(self, operation: str) -> None:
        """An operation is called again."""
        self._open.labels(operation).set(0)
        _logger.info("status_recovered operation=%s", operation)

    def told_last_known(self) -> None:
        """The last known state was told instead of the present one."""
        self._last_known.inc()
