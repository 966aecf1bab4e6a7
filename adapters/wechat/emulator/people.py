"""The users of the account: who follows, what they did last, and how many messages that still allows."""

import secrets
from dataclasses import dataclass, field
from enum import StrEnum

HOUR = 3600.0
TYPING_WITHIN = 30.0  # s since the last interaction
TYPING_LASTS = 15.0  # s


class Trigger(StrEnum):
    """What allows customer-service messages."""

    MESSAGE = "message"
    MENU = "menu"
    FOLLOW = "follow"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Quota:
    """How many messages may follow within how long."""

    count: int
    seconds: float


MINUTE_QUOTA = Quota(3, 60.0)
QUOTAS = {
    Trigger.MESSAGE: Quota(5, 48 * HOUR),
    Trigger.MENU: MINUTE_QUOTA,
    Trigger.FOLLOW: MINUTE_QUOTA,
    Trigger.SCAN: MINUTE_QUOTA,
}


@dataclass(slots=True)
class Person:
    """One user."""

    openid: str
    is_following: bool = True
    trigger: Trigger | None = None
    """What was done last."""
    triggered_at: float = 0.0
    sent: int = 0
    """Customer-service messages since then."""
    typing_until: float = 0.0
    consents: set[str] = field(default_factory=set)
    """Templates that the user agreed to be sent once."""

    def did(self, trigger: Trigger, now: float) -> None:
        """The user did something that allows messages."""
        self.trigger, self.triggered_at, self.sent = trigger, now, 0

    def has_window(self, now: float) -> bool:
        """Whether what was done last still allows messages at all."""
        if not self.is_following or self.trigger is None:
            return False
        return now - self.triggered_at <= QUOTAS[self.trigger].seconds

    def has_quota(self) -> bool:
        """Whether one more message is allowed."""
        return self.trigger is not None and self.sent < QUOTAS[self.trigger].count


class People:
    """All users, by openid."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._people: dict[str, Person] = {}

    def add(self, openid: str = "", *, is_following: bool = True) -> Person:
        """A new user, with a random openid unless one is given."""
        person = Person(openid or "o" + secrets.token_urlsafe(20)[:27], is_following)
        self._people[person.openid] = person
        return person

    def get(self, openid: str) -> Person | None:
        """The user, or None."""
        return self._people.get(openid)
