"""Counts what comes in and how it is answered. Labels are from closed sets; nothing of a user is in them."""

from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Histogram

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 3.5, 4.0, 4.5)  # s; 5 is the platform's limit


class Counts:
    """The webhook's metrics."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the metrics; a registry takes them once."""
        pushes = Counter("kaoda_wechat_pushes", "Pushes by kind and outcome.", ("kind", "outcome"), registry=registry)
        self._pushes = lru_cache(pushes.labels)  # of closed sets; looking them up costs more than counting
        self._rejected = Counter(
            "kaoda_wechat_rejected", "Requests rejected, by reason.", ("reason",), registry=registry
        )
        self._seconds = Histogram(
            "kaoda_wechat_reply_seconds", "From a push's first byte to its reply.", buckets=BUCKETS, registry=registry
        )
        self._late = Counter("kaoda_wechat_late", "Late answers, by how they were given.", ("how",), registry=registry)

    def answered(self, kind: str, outcome: str, seconds: float) -> None:
        """An attempt of a push was answered."""
        self._pushes(kind, outcome).inc()
        self._seconds.observe(seconds)

    def rejected(self, reason: str) -> None:
        """A request was not one of the platform's."""
        self._rejected.labels(reason).inc()

    def late(self, how: str) -> None:
        """A late answer was sent, kept for pick-up, or lost."""
        self._late.labels(how).inc()
