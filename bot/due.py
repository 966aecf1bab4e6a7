"""Reminders that a user asked for, as they are kept until they are shown. Values only.

A reminder has its id before it is sent, and an id is kept once: whatever is read twice is shown once.
"""

import datetime as dt
from enum import StrEnum

import msgspec


class Event(StrEnum):
    """What a user may ask to be reminded of."""

    CHANGE = "state_changed"
    """The state of a stage of his registration has changed."""
    DEADLINE = "deadline"
    """A stage that is not done ends in three days, or tomorrow."""


EVERY_EVENT = tuple(Event)


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """What one user asked to be reminded of."""

    channel: str
    user: str
    events: tuple[Event, ...]
    since: dt.datetime
    """What happened before it was asked for is not told."""
    swept_until: dt.datetime
    """Up to when deadlines have been looked at."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a reminder tells."""

    stage: str
    """By the service's name: payment."""
    state: str
    """What the service said: rejected."""
    exam: str = ""
    """By its name, as the region; empty where it is not known."""
    region: str = ""
    consequence: str = ""
    """What follows from missing it, in the notice's words."""
    deadline: dt.datetime | None = None
    half: str = ""
    """上午 where the region's window ends at noon of that day."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """One reminder."""

    id: str
    """A digest; so is the subject."""
    channel: str
    user: str
    event: Event
    subject: str
    """What it is about: an older reminder on the same subject that was not shown gives way to it."""
    about: About
    at: dt.datetime
    """When it came to be."""
    expires: dt.datetime
    """From then on it would be no news, or too late."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One reminder as it is kept. Nothing in it says who the candidate is."""

    id: str
    channel: str
    user: str
    event: Event
    subject: str
    body: bytes
    """What it tells, encrypted; forgotten once it was shown."""
    at: dt.datetime
    expires: dt.datetime


class Told(StrEnum):
    """What became of an attempt to send a reminder."""

    SENT = "sent"
    REFUSED = "refused"
    """That user gets none by the channel: it waits for the next message."""
    LATER = "later"
    """Nothing was sent; it is tried again."""
    IN_DOUBT = "in_doubt"
    """It may have been sent; it is not sent again."""
