"""The journal as staff read it: what was told, its replay, and who was told what is no longer so.

Values, what the store has to give, and what the console's pages call; bot.desk.journal and bot.desk.corrections fulfil it.
"""

import datetime as dt
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.messages import Reply
from bot.staff.people import Person


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One turn in the journal."""

    id: int
    """Counts up with time."""
    at: dt.datetime
    channel: str
    who: str
    """A keyed mark: the same user has the same one, and it leads back to nobody. Empty: not to be told any more."""
    edition: int
    kind: str
    topic: str
    region: str
    """An id; so is the exam."""
    exam: str
    question: str
    """Personal numbers and names masked; empty where the reply told of somebody's own state."""
    is_exact: bool
    """Whether its replay has to be the same byte for byte."""
    reply: Reply | None
    """What was told, without its id; None where it told of somebody's own state."""
    helpful: bool | None
    before: bytes
    """The conversation before it, encrypted."""
    reply_id: str


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines are looked for; what is empty or None does not matter."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    """Before this moment."""
    channel: str = ""
    region: str = ""
    """This one and those within."""
    topic: str = ""
    kind: str = ""
    edition: int = 0
    who: str = ""
    words: str = ""
    """That stand in the question or in the reply."""
    helpful: bool | None = None
    before: int = 0
    """Lines older than this one."""
    limit: int = 50


class Outcome(StrEnum):
    """How a replay compares with what was told."""

    SAME = "same"
    """Byte for byte."""
    DIFFERENT = "different"
    OWN_STATE = "own_state"
    """Nothing of it was kept: it told of somebody's own state."""
    NO_EDITION = "no_edition"
    """That edition is not in the store."""
    UNREADABLE = "unreadable"
    """The conversation before it does not open with the key of now: put the backup of the key back."""


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """A line with what an edition says to it at that moment."""

    line: Line
    edition: int
    outcome: Outcome
    said: Reply | None = None
    """Without its id; None where it could not be decided again."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The lines with one reply that a publication made another: candidates who were told the old thing."""

    group: int
    """By which it is offered; a number of its own in the whole journal."""
    topic: str
    region: str
    before: str
    """The text that was told."""
    after: str
    """What the new edition says to the first of them, at that moment."""
    question: str
    """Of the first of them."""
    lines: tuple[int, ...]
    """Their ids, the oldest first; no more than a page shows."""
    people: int
    offered: int
    """To how many the correction is offered, shown and sent ones among them."""
    shown: int
    sent: int


class ReviewState(StrEnum):
    """How far the search behind a publication is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """Who was told something else before an edition was published."""

    edition: int
    state: ReviewState
    looked_at: int
    """Lines that were decided again so far."""
    told: tuple[Told, ...] = ()


class JournalStore(Protocol):
    """Lines of the journal. They are written with their turns; each method raises bot.ports.StoreError."""

    async def lines(self, sought: Sought) -> tuple[Line, ...]:
        """The newest first."""

    async def line(self, number: int) -> Line | None:
        """One of them; None where it was deleted, or never was."""

    async def tidy(self, before: dt.datetime) -> int:
        """Delete the lines that are older; how many."""


class Journal(Protocol):
    """What the pages of the journal call. Each raises bot.ports.StoreError."""

    async def lines(self, sought: Sought) -> tuple[Line, ...]:
        """The newest first. A region is named by id or name; an unknown one has no lines."""

    async def line(self, number: int) -> Line | None:
        """One of them; None where it was deleted, or never was."""

    async def replay(self, number: int, edition: int = 0) -> Replayed | None:
        """Decide it again at its moment with its own edition (0) or another one; None where there is no such line."""


class Corrections(Protocol):
    """What the pages on corrections call. Each raises bot.ports.StoreError."""

    async def reviews(self) -> tuple[Review, ...]:
        """The newest publications first, without what was told."""

    async def review(self, edition: int) -> Review | None:
        """One of them."""

    async def offer(self, person: Person, edition: int, groups: tuple[int, ...] = ()) -> int:
        """Offer the correction to all who were told those (empty: any of that edition): to how many it was not offered yet.

        It is shown with the next reply, or sent where they asked for messages. Who was offered it is never offered it again.
        """
