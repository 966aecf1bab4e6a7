"""Values of editing and publishing: drafts, editions, what a publication changed and what its check found.

An *edition* is the whole content at one moment: file → text, as in knowledge/content. What is published is the newest one.
An *entry* is a piece of a file that is edited by itself (one topic, one row, one notice); knowledge.entries cuts and joins
files without changing a byte. A *draft* is the next text of one entry. A *publication* turns drafts into the next edition.
"""

import datetime as dt
from enum import StrEnum

import msgspec


class DraftState(StrEnum):
    """How far a draft is."""

    OPEN = "open"
    """May be published."""
    UNVERIFIED = "unverified"
    """Copied from another year or region: not to be published before somebody has verified it against a notice."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """The next text of one entry. There is at most one draft of an entry; nobody but staff sees it."""

    key: str
    """Of the entry: `topic:payment_window`, `window:payment/health/CN-5111/2024`, `notice:leshan-2024`."""
    file: str
    """Where it stands: `facts/windows.toml`."""
    before: str
    """The published text that it was begun on; empty for a new entry."""
    text: str
    """The new text, verbatim TOML; empty where the entry is to be deleted."""
    version: int
    """Counts from 1; whoever saves names the version that he saw."""
    state: DraftState = DraftState.OPEN
    authors: tuple[str, ...]
    """Everybody who has saved it, oldest first."""
    at: dt.datetime
    note: str = ""
    """Why, in the author's words."""


class PublicationKind(StrEnum):
    """How an edition came about."""

    IMPORT = "import"
    """The shipped content at the first start, or an import from a folder."""
    PUBLISH = "publish"
    ROLLBACK = "rollback"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a publication did to one entry."""

    key: str
    file: str
    before: str
    after: str
    authors: tuple[str, ...] = ()


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """An edition with how it came about."""

    edition: int
    """Counts from 1."""
    at: dt.datetime
    by: str
    kind: PublicationKind
    note: str = ""
    override: str = ""
    """The reason for which an admin did without a second person or over the gates; empty otherwise."""
    changes: tuple[Change, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a gate found, with its remedy."""

    file: str
    entry: str
    problem: str
    remedy: str
    key: str = ""
    """Of the entry to open, where it is known."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a question is answered, as far as it is compared."""

    kind: str
    topic: str
    text: str


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled question that is answered differently after a publication."""

    turns: tuple[str, ...]
    region: str
    before: Said
    after: Said
    faults_before: tuple[str, ...] = ()
    faults_after: tuple[str, ...] = ()
    """Against its label; empty: right."""
    follows: bool = False
    """It was right, and is so again by its label with the figures that the publication changes."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a check of drafts found. It may be published where `findings` is empty."""

    base: int
    """The edition that it was checked against."""
    drafts: tuple[tuple[str, int], ...]
    """Keys and versions of what was checked: another version has to be checked again."""
    findings: tuple[Finding, ...] = ()
    differences: tuple[Difference, ...] = ()
    """Those that become wrong first, then those that become right, those that follow, the rest; some hundred at most."""
    differing: int = 0
    """How many labelled questions are answered differently."""
    is_usable: bool = True
    """Whether it can be read at all; what cannot is not published for any reason."""
    questions: int = 0
    """How many labelled questions were played."""
    right_before: int = 0
    right_after: int = 0
    """With those that follow."""
    follow: int = 0
    """How many are right by a label that the publication carries."""
    at: dt.datetime


class ScheduleState(StrEnum):
    """What became of a scheduled publication."""

    PLANNED = "planned"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Scheduled(msgspec.Struct, frozen=True, kw_only=True):
    """A publication that is to happen by itself."""

    id: int
    due: dt.datetime
    by: str
    drafts: tuple[tuple[str, int], ...]
    note: str = ""
    override: str = ""
    state: ScheduleState = ScheduleState.PLANNED
    outcome: str = ""
    """The edition that it made, or why it failed, in Chinese."""
