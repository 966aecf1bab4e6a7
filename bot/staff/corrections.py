"""Who was told what is no longer so, and how it is corrected. Values, what the store gives, and what the pages call."""

import datetime as dt
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.staff.journal import Line
from bot.staff.people import Done, Person


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One reply that an edition made another, with how many were told the old one."""

    group: int
    """By which it is offered."""
    topic: str
    region: str
    """An id."""
    question: str
    """Of one of those who were told."""
    before: str
    """The text that was told."""
    after: str
    """What the edition says instead, at the moment at which it was told."""
    lines: tuple[int, ...]
    """Numbers of lines of the journal, the oldest first; as many as a page shows."""
    people: int
    """Who were told it; a question that somebody asked twice counts once."""
    offered: int
    """To how many of them the correction is offered, those who have been told it among them."""
    told: int
    """How many of them were shown it."""


class ReviewState(StrEnum):
    """How far the search behind a publication is."""

    RUNNING = "running"
    DONE = "done"
    OVERTAKEN = "overtaken"
    """Another edition was published meanwhile: who was told what is no longer so stands there."""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """The search for who was told something else than an edition says."""

    edition: int
    state: ReviewState
    at: dt.datetime
    """When it was begun."""
    cursor: int = 0
    """The last line of the journal that was looked at."""
    looked_at: int = 0
    """Replies that were decided again so far."""
    groups: int = 0
    people: int = 0
    told: tuple[Told, ...] = ()


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A line that a review looks at."""

    line: Line
    told: str
    """What this user was told last about it: the reply, or the correction that was shown since."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A line to which the edition says something else."""

    line: Line
    before: str
    after: str


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A correction that a user has not been told yet."""

    number: int
    line: Line


class CorrectionStore(Protocol):
    """Reviews and corrections. Each method raises bot.ports.StoreError."""

    async def begin(self, edition: int, now: dt.datetime, lease: dt.timedelta) -> Review | None:
        """Take the review of an edition, or go on with it; those of older ones are overtaken. One that is done comes as it is.

        None where another process took it less than `lease` ago.
        """

    async def candidates(self, edition: int, after: int, limit: int) -> tuple[Candidate, ...]:
        """Answers of older editions after a line, oldest first."""

    async def found(self, review: Review, looked: tuple[int, ...], found: tuple[Found, ...], now: dt.datetime) -> None:
        """Keep what was found in the lines that were looked at, and how far the review is.

        What was found for these lines by an older review, and was not told yet, is void: this one knows better.
        """

    async def reviews(self, limit: int) -> tuple[Review, ...]:
        """The newest first, without what was told."""

    async def review(self, edition: int, groups: int) -> Review | None:
        """One of them, with as many groups as a page shows; those with most people first."""

    async def offer(self, edition: int, groups: tuple[int, ...], done: Done) -> int:
        """Offer what was found (empty: all of it) to whom it was not offered yet; how many people."""

    async def is_any_offered(self) -> bool:
        """Whether any correction waits to be told. Cheap: it is asked every few seconds."""

    async def offered(self, who: str) -> tuple[Offered, ...]:
        """What waits to be told to a user, by his mark; showing is kept with the turn that does it."""

    async def to_be_sent(self) -> frozenset[str]:
        """The marks of users who have a correction that nobody tried to send."""

    async def take(self, who: str, now: dt.datetime, lease: dt.timedelta) -> Offered | None:
        """Take a correction that word is to be sent of: nobody else gets it.

        Who took one longer ago than `lease` and never told what became of it has died in between: it is not sent again.
        """

    async def tried(self, number: int, again: dt.datetime | None) -> None:
        """What became of sending word of it: try again from a moment on, or (None) never. It waits for the next reply still."""


class Corrections(Protocol):
    """What the pages on corrections call. Each raises bot.ports.StoreError."""

    async def reviews(self) -> tuple[Review, ...]:
        """The newest first, without what was told."""

    async def review(self, edition: int) -> Review | None:
        """One of them; None where that edition made no difference to anybody yet, or is not there."""

    async def offer(self, person: Person, edition: int, groups: tuple[int, ...] = ()) -> int:
        """Offer the correction to all who were told those (empty: any of that edition); how many people.

        It is told with the next reply, once; word of it is sent to those who asked for messages.
        """
