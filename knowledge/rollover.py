"""Copies the answers and facts of one year for another, without anything that may be old in it. Pure, over entries.

A copy has the scope and the words of the old entry. Days, hours of a last day, amounts, phones, sources and quotes are taken
out, and every year that is written in an answer is marked, so that a copy passes no gate before somebody has compared it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from knowledge.edit import set_fields
from knowledge.entries import Entry, key_of
from knowledge.figures import MARK

KINDS = ("answer", "window", "fee", "site", "list", "sitting", "contact")
YEARS = re.compile(r"(?<!\d)20\d\d(?!\d)")
END = "〗"
EMPTIED: Mapping[str, Mapping[str, Any]] = {  # what a copy does not have of the row that it was made from
    "answer": {"sources": []},
    "window": {"start": None, "end": None, "days": None, "half": None, "source": "", "quote": ""},
    "fee": {"amount": 0, "source": "", "quote": ""},
    "site": {"start": None, "end": None, "half": None, "phone": "", "note": None, "source": "", "quote": ""},
    "list": {"source": "", "quote": ""},
    "sitting": {"days": [], "source": "", "quote": ""},
    "contact": {"phone": "", "source": "", "quote": ""},
}


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of another year."""

    key: str
    file: str
    text: str
    topic: str
    before: str
    """The key of the entry that it was made from."""


def copies(index: Mapping[str, Entry], source: int, target: int, within: Callable[[str], bool]) -> Iterator[Copy]:
    """The copies of what `index` has of the year `source`, of the regions that are `within`; not those that are there.

    A closed list is the nation's. What rests on no notice has no year.
    """
    taken = set(index)
    timeless = {
        entry.key.partition(":")[2] for entry in index.values() if entry.fields.get("kind") in ("smalltalk", "status")
    }
    for entry in index.values():
        if entry.kind not in KINDS or entry.fields.get("year") != source or entry.topic in timeless:
            continue
        if not within(str(entry.fields.get("region", "CN"))):
            continue
        key = counterpart(entry, target)
        if key not in taken:
            taken.add(key)
            yield Copy(key=key, file=entry.file, text=copied(entry, target), topic=entry.topic, before=entry.key)


def counterpart(entry: Entry, year: int) -> str:
    """The key of the same entry of another year; the number that tells its like apart stays."""
    _, sign, number = entry.key.rpartition("~")
    return key_of(entry.kind, {**entry.fields, "year": year}, entry.topic) + (
        f"~{number}" if sign and number.isdigit() else ""
    )


def copied(entry: Entry, year: int) -> str:
    """The text of an entry's copy."""
    fields: dict[str, Any] = {
        name: value
        for name, value in EMPTIED[entry.kind].items()
        if value is not None or entry.fields.get(name) is not None
    }
    if entry.kind == "answer":
        fields["text"] = marked(str(entry.fields.get("text", "")))
    text = set_fields(entry.text, entry.kind, {"year": year, **fields})
    return text if text.endswith("\n") else f"{text}\n"


def marked(text: str) -> str:
    """The text with every year in a mark: 〖2024〗年."""
    return YEARS.sub(lambda found: f"{MARK}{found[0]}{END}", text)


def years_of(index: Mapping[str, Entry]) -> tuple[int, ...]:
    """The years that answers and rows are of, the latest first."""
    found = {entry.fields.get("year") for entry in index.values() if entry.kind in KINDS}
    return tuple(sorted((year for year in found if isinstance(year, int)), reverse=True))
