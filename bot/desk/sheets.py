"""The content as tables that people fill in with a spreadsheet: one row an entry, every cell a text. Pure; knows no file format.

A row carries its entry's key and a mark made of what stood in it, so that an import knows which rows were touched, and whether
somebody else changed the entry since. Cells are as bot.desk.typed has them, with names beside ids.
"""

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.desk import typed
from bot.desk.fields import SPECS, fields_of
from bot.staff.exchange import Table
from bot.staff.forms import Field, FieldKind
from knowledge.entries import Entry
from knowledge.model import Knowledge
from knowledge.region import NATION

KINDS = {
    Table.WINDOWS: "window",
    Table.FEES: "fee",
    Table.SITES: "site",
    Table.SPECIALTIES: "specialty",
    Table.CONTACTS: "contact",
    Table.LISTS: "list",
    Table.SITTINGS: "sitting",
    Table.TOPICS: "topic",
    Table.ANSWERS: "answer",
    Table.PHRASINGS: "topic",
}
FILE_OF_WORDS = Path(__file__).parent / "tables.toml"
KEY, MARK, DELETE, TOPIC, TITLE, PHRASING, FILE = "key", "mark", "delete", "topic", "title", "phrasing", "file"
PHRASINGS = "phrasings"  # the field of a topic that has a sheet of its own
NAMED = (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.TOPIC, FieldKind.TOPICS)
MARK_LENGTH = 10  # hexadecimal digits: two rows in a billion look alike
Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table with its rows in the order of the content."""

    table: Table
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@cache
def told() -> dict[str, Any]:
    """What sheets and columns are called, and what an import says, in Chinese, from tables.toml beside this file."""
    return tomllib.loads(FILE_OF_WORDS.read_text("utf-8"))


def columns_of(table: Table) -> tuple[str, ...]:
    """The names of a sheet's columns."""
    if table is Table.PHRASINGS:
        return (TOPIC, TITLE, PHRASING, MARK)
    fields = tuple(name for name, _, _ in SPECS[KINDS[table]] if name != PHRASINGS)
    more = {Table.ANSWERS: (TOPIC,), Table.TOPICS: (FILE,)}.get(table, ())
    return (KEY, *more, *fields, DELETE, MARK)


def header_of(table: Table, column: str) -> str:
    """What a column is called: the kind's own word, or the one for all."""
    own: Mapping[str, str] = told()["columns_of"].get(KINDS[table], {})
    return own.get(column) or str(told()["columns"][column])


def name_of(table: Table) -> str:
    """What a sheet is called."""
    name: str = told()["sheets"][table.value]
    return name


def sheet(table: Table, entries: Iterable[Entry], knowledge: Knowledge) -> Sheet:
    """A table of the entries that there are."""
    kind = KINDS[table]
    found = [entry for entry in entries if entry.kind == kind]
    labels = labels_of(kind, knowledge)
    if table is Table.PHRASINGS:
        rows = [row for entry in found for row in _phrasings(entry)]
    else:
        rows = [_row(table, entry, labels, knowledge) for entry in found]
    return Sheet(table=table, columns=columns_of(table), rows=tuple(rows))


def _row(table: Table, entry: Entry, labels: "Labels", knowledge: Knowledge) -> Row:
    shown = typed_of(entry, knowledge)
    row = {name: labels.shown(name, text) for name, text in shown.items()}
    more = {TOPIC: entry.topic} if table is Table.ANSWERS else {}
    more |= {FILE: entry.file} if table is Table.TOPICS else {}
    return {KEY: entry.key, **more, **row, DELETE: "", MARK: mark(shown)}


def _phrasings(entry: Entry) -> Iterable[Row]:
    said = said_in(entry)
    topic, title = str(entry.fields.get("id", "")), str(entry.fields.get("title", ""))
    return [{TOPIC: topic, TITLE: title, PHRASING: each, MARK: mark_of(said)} for each in said]


def typed_of(entry: Entry, knowledge: Knowledge) -> Row:
    """An entry's cells, ids as they are and without blanks at their ends; phrasings are not among them."""
    shown = typed.show(entry.kind, entry.fields, knowledge)
    return {name: trimmed(text) for name, text in shown.items() if name != PHRASINGS}


def said_in(entry: Entry) -> list[str]:
    """A topic's phrasings as their cells have them."""
    return [trimmed(str(each)) for each in entry.fields.get(PHRASINGS, ())]


def trimmed(text: str) -> str:
    """A text as it comes back from a spreadsheet: one kind of line break, no blanks at its ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def mark(shown: Mapping[str, str]) -> str:
    """Equal for rows in which the same stands."""
    return mark_of(f"{name}={text}" for name, text in sorted(shown.items()))


def mark_of(texts: Iterable[str]) -> str:
    """Equal for the same texts in the same order."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:MARK_LENGTH]


def labels_of(kind: str, knowledge: Knowledge) -> "Labels":
    """The names in the cells of a kind."""
    return Labels(fields_of(kind, knowledge), knowledge.gazetteer[NATION].short)


class Labels:
    """Ids with the names that people read, 网上缴费（payment）, and back."""

    def __init__(self, fields: Iterable[Field], nation: str) -> None:
        """Take the fields with what may be chosen in them, and what the nation is called."""
        self._nation = nation
        self._fields = {field.name: field for field in fields}
        self._names = {
            field.name: {each.id: each.name for each in field.choices if each.name and each.name != each.id}
            for field in self._fields.values()
            if field.kind in NAMED
        }
        self.yes: str = told()["exchange"]["yes"]

    def has(self, name: str) -> bool:
        """Whether there is a field of that name."""
        return name in self._fields

    def choices(self, name: str) -> tuple[str, ...]:
        """What may be chosen in a field, as it is shown; none where anything may be typed."""
        field = self._fields.get(name)
        if field is not None and field.kind is FieldKind.YES:
            return (self.yes,)
        if field is None or field.kind not in NAMED:
            return ()
        return tuple(self._label(name, each.id) for each in field.choices)

    def shown(self, name: str, text: str) -> str:
        """A cell as people read it."""
        kind = self._kind(name)
        if not text or kind is None:
            return text
        if kind is FieldKind.YES:
            return self.yes if text == "yes" else text
        if kind is FieldKind.SOURCES:
            return text.replace("\t", "｜")
        if kind is FieldKind.REGION and text == NATION:
            return self._nation
        if kind in NAMED:
            return "；".join(self._label(name, each) for each in text.split(", "))
        return text

    def read(self, name: str, text: str) -> str:
        """A cell as bot.desk.typed reads it."""
        kind, text = self._kind(name), trimmed(text)
        if not text or kind is None:
            return text
        if kind is FieldKind.YES:
            return "yes" if text in (self.yes, "yes") else text
        if kind is FieldKind.REGION and text == self._nation:
            return NATION
        if kind is FieldKind.SOURCES:
            return "\n".join(line if "\t" in line else line.replace("｜", "\t", 1) for line in text.split("\n"))
        if kind in NAMED:
            parts = [each.strip() for each in text.replace(";", "；").replace("\n", "；").split("；")]
            return ", ".join(self._id(name, each) for each in parts if each)
        return _canonical(kind, name, text)

    def _kind(self, name: str) -> FieldKind | None:
        field = self._fields.get(name)
        return field.kind if field else None

    def _label(self, name: str, value: str) -> str:
        label = self._names[name].get(value)
        return f"{label}（{value}）" if label else value

    def _id(self, name: str, label: str) -> str:
        """The id in a label's brackets; else the one that has this name alone."""
        names = self._names[name]
        inner = label.rpartition("（")[2].removesuffix("）")
        if label.endswith("）") and names.get(inner) == label[: -len(inner) - 2]:
            return inner
        ids = [each for each, called in names.items() if called == label]
        return ids[0] if len(ids) == 1 else label


def _canonical(kind: FieldKind, name: str, text: str) -> str:
    """What a spreadsheet made of a text, undone: 2024/1/29, 9:00:00, 69 for the code 069, 5.0."""
    if kind in (FieldKind.DAY, FieldKind.NUMBER):
        try:
            if kind is FieldKind.NUMBER:
                return str(int(float(text))) if float(text) == int(float(text)) else text
            year, month, day = map(int, re.findall(r"\d+", text)[:3])
            return dt.date(year, month, day).isoformat()
        except (ValueError, OverflowError):
            return text
    if name in ("start", "end") and text.count(":") == 2:
        return text.removesuffix(":00")
    if name == "code" and text.isascii() and text.isdigit():
        return text.zfill(3)
    return text
