"""Rows that came back from a spreadsheet → edits of entries, or what does not fit, by row and column. Pure.

Phrasings, of which many rows make one topic, are bot.desk.said.

A row in which nothing was touched is no edit, whatever has become of its entry since. A touched row whose entry somebody else
has changed since the export is a misfit, never an overwriting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.desk import sheets, typed
from bot.desk.fields import fields_of
from bot.desk.proofread import faults
from bot.desk.sheets import DELETE, FILE, KEY, KINDS, MARK, PHRASINGS, TOPIC, Labels, Row, mark
from bot.staff.exchange import Table
from knowledge.edit import new, set_fields
from knowledge.entries import FILE_OF, Edit, Entry, key_of
from knowledge.model import Knowledge

SCOPE = frozenset({"exams", "region", "year"})
PREPARED = {
    False: SCOPE,
    True: SCOPE | {"name", "stage"},
}  # what a row that nobody has filled in may have; of windows more


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A table as it was read from a file."""

    table: Table
    columns: tuple[str, ...]
    """In the order of the file; "" for one without a header."""
    rows: tuple[tuple[int, Row], ...]
    """Each with its number in the file; a row has the file's columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What does not fit: a word of `misfits` in tables.toml, with what is at fault."""

    table: Table
    row: int
    """0: the whole sheet."""
    column: str
    why: str
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """What an import is compared with: the newest content with all drafts."""

    entries: Mapping[str, Entry]
    knowledge: Knowledge
    """Of the same, for choices and proofs."""
    files: frozenset[str]


@dataclass(slots=True)
class Taken:
    """What an import comes to."""

    edits: dict[str, Edit] = field(default_factory=dict)
    topics: dict[str, tuple[int, str, dict[str, Any]]] = field(default_factory=dict)
    """New topics by id: row, file and fields; their phrasings are still to come."""
    faults: list[Fault] = field(default_factory=list)


class Reader:
    """Reads the rows of one table, phrasings excepted."""

    def __init__(self, incoming: Incoming, stands: Stands, taken: Taken) -> None:
        """Take the table, what it is compared with, and where edits and misfits go."""
        self._incoming, self._stands, self._taken = incoming, stands, taken
        self._table = incoming.table
        self._kind = KINDS[incoming.table]
        self._fields = fields_of(self._kind, stands.knowledge)
        self._typed = tuple(each for each in self._fields if each.name != PHRASINGS)
        self._labels = sheets.labels_of(self._kind, stands.knowledge)
        self._seen: set[str] = set()
        self._is_deleted: str = self._labels.yes

    def take(self, number: int, row: Row) -> None:
        """One row: an edit, misfits, or nothing."""
        key = row.get(KEY, "").strip()
        given = _cells(row, self._labels)
        asked = row.get(DELETE, "").strip()
        if asked not in ("", self._is_deleted):
            self._fault(number, DELETE, "bad_delete", asked)
        elif key:
            self._take_known(number, row, key, given, is_deleted=bool(asked))
        elif any(text for name, text in given.items() if name not in PREPARED[self._table is Table.WINDOWS]):
            self._take_new(number, row, given)

    def _take_known(self, number: int, row: Row, key: str, given: Row, *, is_deleted: bool) -> None:
        entry = self._stands.entries.get(key)
        if key in self._seen:
            self._fault(number, KEY, "key_twice", key)
            return
        self._seen.add(key)
        if entry is None or entry.kind != self._kind:
            self._fault(number, KEY, "unknown_key", key)
            return
        now = sheets.typed_of(entry, self._stands.knowledge)
        wanted = {**now, **given}
        exported = row.get(MARK, "").strip()
        if not is_deleted and (wanted == now or mark(wanted) == exported):
            return
        if len(exported) != sheets.MARK_LENGTH:
            self._fault(number, MARK, "no_mark")
        elif exported != mark(now):
            self._fault(number, KEY, "meanwhile")
        elif is_deleted:
            self._delete(entry)
        else:
            values = self._read(number, wanted)
            if values is not None and self._table is Table.TOPICS and values["id"] != entry.fields["id"]:
                self._fault(number, "id", "id_changed")
            elif values is not None:
                text = set_fields(entry.text, self._kind, typed.changed(values, entry.fields))
                self._taken.edits[key] = Edit(key=key, file=entry.file, text=text, topic=entry.topic)

    def _delete(self, entry: Entry) -> None:
        """A topic goes with its answers."""
        gone = [entry]
        if entry.kind == "topic":
            gone += [each for each in self._stands.entries.values() if each.topic == entry.fields.get("id")]
        for each in gone:
            self._taken.edits[each.key] = Edit(key=each.key, file=each.file, text="", topic=each.topic)

    def _take_new(self, number: int, row: Row, given: Row) -> None:
        values = self._read(number, given)
        if values is None:
            return
        fields = {name: value for name, value in values.items() if value not in (None, "", False)}
        if self._table is Table.TOPICS:
            self._take_new_topic(number, row, fields)
            return
        topic = row.get(TOPIC, "").strip() if self._table is Table.ANSWERS else ""
        file = self._file_of(topic) if topic else FILE_OF.get(self._kind, "")
        if not file:
            self._fault(number, TOPIC, "no_topic", topic)
            return
        key = key_of(self._kind, fields, topic)
        if key in self._stands.entries or key in self._taken.edits:
            self._fault(number, KEY, "exists", key)
            return
        self._taken.edits[key] = Edit(key=key, file=file, text=f"{new(self._kind, fields)}\n", topic=topic)

    def _take_new_topic(self, number: int, row: Row, fields: dict[str, Any]) -> None:
        topic, file = str(fields["id"]), row.get(FILE, "").strip()
        if f"topic:{topic}" in self._stands.entries or topic in self._taken.topics:
            self._fault(number, "id", "exists", topic)
        elif file not in self._stands.files or not file.startswith("topics/"):
            self._fault(number, FILE, "no_file", file)
        else:
            self._taken.topics[topic] = number, file, fields

    def _file_of(self, topic: str) -> str:
        if topic in self._taken.topics:
            return self._taken.topics[topic][1]
        entry = self._stands.entries.get(f"topic:{topic}")
        return entry.file if entry else ""

    def _read(self, number: int, wanted: Row) -> dict[str, Any] | None:
        """The values of a row; None, and misfits, where it cannot be read or disagrees with itself or its clause."""
        known = self._stands.knowledge
        values, wrong = typed.read(self._kind, self._typed, wanted, known)
        wrong += faults(self._kind, values, known)
        for each in wrong:
            self._fault(number, each.field, each.why, each.what or wanted.get(each.field, ""))
        return None if wrong else values

    def _fault(self, number: int, column: str, why: str, what: str = "") -> None:
        self._taken.faults.append(Fault(table=self._table, row=number, column=column, why=why, what=what))


def _cells(row: Row, labels: Labels) -> Row:
    """The cells that are fields, as bot.desk.typed reads them."""
    return {name: labels.read(name, text) for name, text in row.items() if labels.has(name)}
