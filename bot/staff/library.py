"""What the console's editing pages show of the knowledge, as frozen values, and the port that gives them. Knows no rendering.

Everything is shown as it would be told: of the published edition, or with the drafts on top of it (`Layer`).
"""

import datetime as dt
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.messages import Named, Reply
from bot.staff.forms import ClauseLine, Field, Layer


class CellState(StrEnum):
    """What a topic says in one region."""

    OWN = "own"
    INHERITED = "inherited"
    """From a region around it."""
    UNSTATED = "unstated"
    """An answer that says that the notice does not say it."""
    HOLE = "hole"
    """Nothing is said there."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One topic in one region, for one exam."""

    region: str
    state: CellState
    source: Named | None = None
    """The region whose answer holds; None for a hole."""
    key: str = ""
    """Of the answer that holds."""
    is_conditional: bool = False
    """Whether it holds because the region is, or is not, on a closed list."""


class TopicLine(msgspec.Struct, frozen=True, kw_only=True):
    """A topic in lists."""

    id: str
    title: str
    kind: str
    stage: str
    phrasings: int
    answers: int
    regions: tuple[str, ...]
    """Names of the regions that have an answer of their own."""
    is_draft: bool = False
    hit: str = ""
    """The phrasing or answer in which the searched words stand, where it is not the title."""


class MatrixRow(msgspec.Struct, frozen=True, kw_only=True):
    """A topic over all regions of a matrix."""

    topic: TopicLine
    cells: tuple[Cell, ...]


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """Topics × regions for one exam."""

    exam: Named
    exams: tuple[Named, ...]
    regions: tuple[Named, ...]
    rows: tuple[MatrixRow, ...]
    holes: int


class Citing(msgspec.Struct, frozen=True, kw_only=True):
    """A clause and the words of it that an answer or fact rests on."""

    clause: str
    """notice#clause"""
    quote: str
    is_found: bool = True
    """Whether the words stand in the clause."""


class AnswerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of a topic."""

    key: str
    exams: tuple[Named, ...]
    region: Named
    year: int
    text: str
    """With its placeholders."""
    filled: str
    """As it is told in its region; or why it cannot be filled."""
    is_filled: bool = True
    sources: tuple[Citing, ...] = ()
    if_listed: str = ""
    if_not_listed: str = ""
    unstated: bool = False
    is_draft: bool = False


class TopicPage(msgspec.Struct, frozen=True, kw_only=True):
    """A topic with all that belongs to it."""

    key: str
    line: TopicLine
    window: str = ""
    history: bool = False
    for_history: str = ""
    for_moved: str = ""
    requires: tuple[str, ...] = ()
    related: tuple[Named, ...] = ()
    phrasings: tuple[str, ...] = ()
    answers: tuple[AnswerLine, ...] = ()
    cells: tuple[tuple[Named, tuple[Cell, ...]], ...] = ()
    """The topic's row of the matrix, for each exam that has an answer."""


class Placeholder(msgspec.Struct, frozen=True, kw_only=True):
    """A placeholder that may be put into an answer of some scope."""

    code: str
    """As it is typed: {window:payment}."""
    now: str
    """What it becomes in that scope; empty where it has no row there."""


class FactRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a fact table, every value as it is typed into its field."""

    key: str
    values: dict[str, str]
    region: str = ""
    """The name that people read."""
    is_draft: bool = False


class FactTable(msgspec.Struct, frozen=True, kw_only=True):
    """All rows of a kind."""

    kind: str
    """window, fee, site, specialty, list, sitting, contact"""
    file: str
    fields: tuple[Field, ...]
    rows: tuple[FactRow, ...]


class NoticePage(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as staff work on it."""

    key: str
    id: str
    title: str
    short: str
    issuer: str
    number: str = ""
    published_on: str = ""
    repost: bool = False
    exams: tuple[str, ...]
    region: Named
    year: int
    note: str = ""
    clauses: tuple[ClauseLine, ...] = ()
    count: int = 0
    """How many clauses it has."""
    open: int = 0
    """How many of them nobody has said yet what is done with."""
    is_draft: bool = False


class TextLine(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that is edited as TOML."""

    key: str
    file: str
    first: str
    """How it begins, to be found by."""
    is_draft: bool = False


class PreviewAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be previewed."""

    topic: str
    region: str = ""
    """A region by id or name; empty: unknown."""
    exam: str = ""
    at: dt.datetime | None = None
    """At which moment; None: now, as candidates are answered."""
    layer: Layer = Layer.DRAFTS


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a candidate would see."""

    at: dt.datetime
    reply: Reply | None = None
    """For the web page."""
    wechat: tuple[str, ...] = ()
    """The messages one after another, with their markup."""
    trouble: str = ""
    """Why nothing can be shown; one of the words under `trouble` of the pages' words."""
    detail: str = ""


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A draft that cannot be read."""

    key: str
    file: str
    problem: str


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """What the choices of all forms are made of."""

    edition: int
    year: int
    exams: tuple[Named, ...]
    regions: tuple[Named, ...]
    """Those that anything speaks of, the nation first."""
    topics: tuple[Named, ...]
    notices: tuple[Named, ...]
    windows: tuple[str, ...]
    lists: tuple[str, ...]
    unreadable: tuple[Unreadable, ...] = ()


class Library(Protocol):
    """Shows the knowledge to staff. Each method raises bot.ports.StoreError."""

    async def shelf(self, layer: Layer) -> Shelf:
        """What there is to choose from."""

    async def topics(self, search: str, layer: Layer) -> tuple[TopicLine, ...]:
        """The topics whose title, id, phrasing or answer holds all the words; all for an empty search."""

    async def matrix(self, exam: str, search: str, layer: Layer) -> Matrix:
        """Topics × regions; the usual exam where that one is unknown."""

    async def topic(self, topic: str, layer: Layer) -> TopicPage | None:
        """A topic, or None."""

    async def placeholders(self, exam: str, region: str, layer: Layer) -> tuple[Placeholder, ...]:
        """What may be put into an answer of a scope."""

    async def facts(self, kind: str, layer: Layer) -> FactTable | None:
        """A fact table, or None."""

    async def notices(self, layer: Layer) -> tuple[NoticePage, ...]:
        """All notices without their clauses."""

    async def notice(self, notice: str, layer: Layer) -> NoticePage | None:
        """A notice with its clauses."""

    async def texts(self, search: str, layer: Layer) -> tuple[TextLine, ...]:
        """The entries that are edited as TOML: phrases, lexicon, status, regions, exams."""

    async def regions(self, search: str, limit: int) -> tuple[Named, ...]:
        """The regions that a name or id may mean."""

    async def preview(self, asked: PreviewAsked) -> Preview:
        """A topic as the channels show it."""
