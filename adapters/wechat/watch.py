"""Counts the calls of the platform's API and raises alarms. Labels are from closed sets."""

import logging
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter

_logger = logging.getLogger(__name__)


class Alarm(StrEnum):
    """What somebody has to look at; docs/wechat.md says what to do at each."""

    TOKEN = "token"  # noqa: S105  # a word, no token
    """No access token can be fetched."""
    DEAD_TOKEN = "dead_token"  # noqa: S105  # a word, no token
    """The platform refuses the token that it has just given."""
    QUOTA = "quota"
    """A quota of the API is used up."""
    PERMISSION = "permission"
    """The account may not send customer-service messages."""


class Watch:
    """Fulfils what operators watch: two counters and one log line an alarm."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the counters; a registry takes them once."""
        self._calls = Counter(
            "kaoda_wechat_api_calls", "Calls of the platform's API.", ("path", "result"), registry=registry
        )
        self._alarms = Counter("kaoda_wechat_api_alarms", "Alarms of the API client.", ("alarm",), registry=registry)
        for alarm in Alarm:
            self._alarms.labels(alarm.value)  # 0 from the start: a rule can watch it rise

    def called(self, path: str, result: str) -> None:
        """Count a call. `path` is one of the client's own."""
        self._calls.labels(path, result).inc()
        _logger.debug("wechat_api path=%s result=%s", path, result)

    def alarm(self, alarm: Alarm, reason: Exception) -> None:
        """Count and log; the reason is an error of `errors`, which holds nothing secret."""
        self._alarms.labels(alarm.value).inc()
        _logger.error("wechat_alarm alarm=%s reason=%s", alarm.value, reason)
