"""Entries as forms: their fields, how each is typed in, and what is wrong with what was typed. Knows no rendering."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from bot.messages import Named


class Layer(StrEnum):
    """What is looked at."""

    PUBLISHED = "published"
    DRAFTS = "drafts"
    """The published edition with all drafts that can be read; those that cannot are named in `library.Shelf.unreadable`."""


class FieldKind(StrEnum):
    """How a field of a row is typed in."""

    TEXT = "text"
    LONG = "long"
    """Several lines."""
    NUMBER = "number"
    DAY = "day"
    """2024-01-29"""
    DAYS = "days"
    """Several days, a comma between."""
    WORDS = "words"
    """Several words, a comma between."""
    CHOICE = "choice"
    CHOICES = "choices"
    REGION = "region"
    REGIONS = "regions"
    CLAUSE = "clause"
    QUOTE = "quote"
    """Words of the clause, exactly."""
    LINES = "lines"
    """Several texts, one a line."""
    YES = "yes"
    """`yes`, or empty."""
    TOPIC = "topic"
    TOPICS = "topics"
    """Several topics' ids, a comma between."""
    SOURCES = "sources"
    """Clauses with their words: a pair a line, a tab between, line breaks inside words as \\n."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field of an entry. Its Chinese name stands in the pages' words under its own name."""

    name: str
    kind: FieldKind
    is_needed: bool = False
    choices: tuple[Named, ...] = ()
    """What may be chosen; for a text only what others have there."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a field as it was typed."""

    field: str
    why: str
    """A word of a closed set; the pages' words say it with its remedy (`faults`)."""
    what: str = ""
    """What is at fault, where there are several."""


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """A form as it was read."""

    fields: dict[str, Any]
    """What to give to `Editing.set_fields`: only what differs from the text that the form was made of."""
    faults: tuple[Fault, ...] = ()


class ClauseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A clause with what rests on it."""

    id: str
    label: str
    text: str = ""
    heading: bool = False
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    full_text: str = ""
    """What quotes are compared with."""
    not_for_candidates: str = ""
    oddities: tuple[tuple[str, str], ...] = ()
    """Passages that read oddly, with a note each."""
    used_by: tuple[tuple[str, str], ...] = ()
    """Keys of the entries that cite it, and how they are called."""

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet what is done with it: the gates refuse it."""
        return not (self.used_by or self.not_for_candidates or self.heading)


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An uploaded notice, split as a first proposal."""

    clauses: tuple[ClauseLine, ...] = ()
    trouble: str = ""
    """Why it cannot be read: too_big, not_text, not_docx, old_doc, pdf, empty."""


class Forms(Protocol):
    """Makes entries into forms and what was typed into fields. Each method raises bot.ports.StoreError."""

    async def fields(self, kind: str, layer: Layer) -> tuple[Field, ...]:
        """The fields of a kind of entry (bot.staff.editing.Kind) that is edited in a form; none for the others."""

    async def show(self, kind: str, text: str) -> dict[str, str] | None:
        """An entry's fields as they are typed; None where the text is no entry of that kind."""

    async def read(self, kind: str, typed: Mapping[str, str], text: str, layer: Layer) -> Typed:
        """A form that was sent, on top of the text that it was made of (empty: a new entry)."""

    async def read_clauses(self, typed: Sequence[ClauseLine], text: str) -> Typed:
        """The clauses of a notice, as its form gives them; faults are named `clause` with the clause's id."""

    async def clauses(self, text: str) -> tuple[ClauseLine, ...]:
        """The clauses of a notice's text; none where it is no notice."""

    async def upload(self, data: bytes, *, mend: bool) -> Upload:
        """Split an uploaded file; `mend` joins lines that a PDF broke."""
