"""Notices and their clauses: the source documents, word for word. Knows nothing of answers."""

import msgspec


class Oddity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A passage that reads oddly in the source: recorded for staff, never mended."""

    passage: str
    note: str


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table inside a clause; every cell is text."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Clause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An addressable piece of a notice, with its exact text."""

    id: str
    label: str
    """Where it stands in the notice, as people cite it: 二（一）, 网上报名 12."""
    text: str = ""
    heading: bool = False
    table: Table | None = None
    not_for_candidates: str = ""
    """Why no answer uses this clause; empty where answers do."""
    oddity: tuple[Oddity, ...] = ()

    @property
    def full_text(self) -> str:
        """The text that quotes are checked against: the paragraphs, then each table row with its cells joined by a space."""
        rows = () if self.table is None else (self.table.header, *self.table.rows)
        return "\n".join([self.text, *(" ".join(row) for row in rows)])


class Notice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source document: who issued it, for which exams, region and year, and its clauses."""

    id: str
    title: str
    short: str
    """The title of the source line: no dates in it."""
    issuer: str
    number: str = ""
    published_on: str = ""
    repost: bool = False
    exams: tuple[str, ...]
    region: str
    year: int
    note: str = ""
    """For staff: what was left out of the source and why."""
    clause: tuple[Clause, ...]

    def find(self, clause_id: str) -> Clause | None:
        """The clause of that id, or None."""
        return next((clause for clause in self.clause if clause.id == clause_id), None)
