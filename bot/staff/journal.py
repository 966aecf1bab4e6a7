"""The journal as staff read it: what was told, and its replay. Values, what the store gives, and what the pages call."""

import datetime as dt
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.messages import Named, Reply


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
    before: tuple[tuple[str, str], ...] = ()
    """What was known before it, as people read it: region, exam, page_region, topics, asked → its value."""


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

    def topic(self, topic: str) -> str:
        """A topic's title; its id where there is no such topic any more."""

    def region(self, region: str) -> str:
        """A region as people read it: 四川乐山; its id where it is not known."""

    def topics(self) -> tuple[Named, ...]:
        """All topics, to choose from."""
