"""Numbers that people look at; bot.desk.numbers fulfils the protocol that the page calls. Values only."""

import datetime as dt
from typing import Protocol

import msgspec

from bot.staff.gaps import Deadline


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many questions of one day (in Beijing), channel, region and topic had a reply of one kind."""

    day: dt.date
    channel: str
    kind: str
    region: str
    topic: str
    questions: int
    helpful: int
    """Replies that were rated so."""
    unhelpful: int


class NumberStore(Protocol):
    """Gives the counts."""

    async def counts(self, since: dt.datetime, until: dt.datetime) -> tuple[Count, ...]:
        """By day, channel, kind, region and topic. Raises bot.ports.StoreError."""


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How questions about one region or topic went; or those of a day."""

    id: str
    """Of the region or topic; a day as 2023-12-05."""
    name: str
    questions: int
    answered: int
    """Answers, small talk and own states."""
    asked_back: int
    fell_back: int
    helpful: int
    unhelpful: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows for some days, today the last of them."""

    days: tuple[Share, ...]
    """Every day, the oldest first."""
    channels: tuple[tuple[str, tuple[int, ...]], ...]
    """Channel → questions of each of those days."""
    regions: tuple[Share, ...]
    """The most asked about first; at most as many as a chart shows."""
    topics: tuple[Share, ...]
    gaps: tuple[Share, ...]
    """Topics with questions that were not answered, the most first; an empty id where no topic was near."""
    whole: Share
    deadlines: tuple[Deadline, ...]
    """The nearest first."""


class Numbers(Protocol):
    """What the page of numbers calls."""

    async def figures(self, days: int) -> Figures:
        """The figures of the last days, at most a year. Raises bot.ports.StoreError."""
