"""Content files as entries that are edited one by one: cutting a file, joining it again without changing a byte, applying edits.

An entry is a topic without its answers, an answer, a row, a notice, or a whole file (docs/content.md). Comment lines directly
above a header belong to the entry below them; blank lines to the one above. Knows no store and nobody who edits.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from knowledge.content import ContentError, parse
from knowledge.cutting import pieces

ROWS = {  # file → the table of its rows
    "exams.toml": "exam",
    "facts/windows.toml": "window",
    "facts/fees.toml": "fee",
    "facts/sites.toml": "site",
    "facts/specialties.toml": "specialty",
    "facts/lists.toml": "list",
    "facts/timetables.toml": "sitting",
    "facts/contacts.toml": "contact",
}
FILE_OF = {table: file for file, table in ROWS.items()}
WHOLE = ("lexicon.toml", "phrases.toml", "regions.toml", "status.toml")  # files that are one entry each
ANSWER = "topic.answer"
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.toml", re.ASCII)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a file."""

    key: str
    """Unique over all content: see `key_of`."""
    kind: str
    """topic, answer, window, fee, site, specialty, list, sitting, contact, exam, notice, file, head."""
    file: str
    text: str
    """Verbatim."""
    fields: Mapping[str, Any]
    """The same as plain values."""
    topic: str = ""
    """Of an answer: its topic."""


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """The next text of an entry."""

    key: str
    file: str
    text: str
    """Empty: it is deleted."""
    topic: str = ""
    """Of a new answer: its topic."""


def may_hold(file: str) -> bool:
    """Whether a new entry may go to a file of that name: one of rows, or a notice's or topics' directly in its folder."""
    folder, _, name = file.rpartition("/")
    return file in ROWS or (folder in ("notices", "topics") and bool(NAME.fullmatch(name)))


def tables_of(file: str) -> tuple[str, ...]:
    """The headers at which a file is cut; none for a file that is one entry."""
    if file.startswith("topics/"):
        return ("topic", ANSWER)
    return (ROWS[file],) if file in ROWS else ()


def cut(file: str, text: str) -> tuple[Entry, ...]:
    """The entries of a file, whose texts joined are the file. Raises knowledge.content.ContentError."""
    if file.startswith("notices/"):
        fields = parse(file, text)
        return (Entry(key=f"notice:{fields.get('id', '')}", kind="notice", file=file, text=text, fields=fields),)
    tables = tables_of(file)
    if not tables:
        return (Entry(key=f"file:{file}", kind="file", file=file, text=text, fields=parse(file, text)),)
    parse(file, text)  # whose pieces can be read each by itself need not be readable as a whole
    found: list[Entry] = []
    taken: set[str] = set()
    topic = ""
    for table, piece in pieces(text, tables):
        if table == "topic":
            topic = ""
        entry = _entry(file, table, piece, topic)
        if entry.kind == "topic":
            topic = str(entry.fields.get("id", ""))
        entry = msgspec.structs.replace(entry, key=_free(entry.key, taken))
        taken.add(entry.key)
        found.append(entry)
    return tuple(found)


def read(file: str, text: str, topic: str = "") -> Entry:
    """One entry from its text alone, as it would stand in that file. Raises ContentError and NotOneEntryError."""
    if not tables_of(file):
        return cut(file, text)[0]
    found = [(table, piece) for table, piece in pieces(text, tables_of(file)) if table or tomllib.loads(piece)]
    if len(found) != 1:
        raise NotOneEntryError(len(found))
    return _entry(file, found[0][0], text, topic)


class NotOneEntryError(Exception):
    """A text is to be one entry and holds none or several. Save each by itself."""

    def __init__(self, count: int) -> None:
        """How many there are."""
        super().__init__(count)
        self.count = count


def _entry(file: str, table: str, piece: str, topic: str) -> Entry:
    if not table:
        return Entry(key=f"head:{file}", kind="head", file=file, text=piece, fields=parse(file, piece))
    kind = table.rpartition(".")[2]
    fields = _only_row(file, table, piece)
    if kind == "answer":
        return Entry(key=key_of(kind, fields, topic), kind=kind, file=file, text=piece, fields=fields, topic=topic)
    return Entry(key=key_of(kind, fields), kind=kind, file=file, text=piece, fields=fields)


def _only_row(file: str, table: str, piece: str) -> dict[str, Any]:
    """The row that a piece is. Another one below a header in quotes, [["window"]], would go with it unseen: ContentError."""
    found: Any = parse(file, piece)
    for name in table.split("."):
        is_alone = isinstance(found, dict) and set(found) == {name}
        found = found[name] if is_alone else None
    if not isinstance(found, list) or len(found) != 1 or (table == "topic" and "answer" in found[0]):
        problem, remedy = "another row stands within this one", "write each row below a [[header]] without quotes"
        raise ContentError(Path(file).name, table, problem, remedy)
    row: dict[str, Any] = found[0]
    return row


def key_of(kind: str, fields: Mapping[str, Any], topic: str = "") -> str:
    """How an entry is called: its kind, and the fields by which its like are told apart."""

    def words(*names: str) -> str:
        values = [fields.get(name, "") for name in names]
        texts = ["+".join(map(str, value)) if isinstance(value, list) else str(value) for value in values]
        return "/".join(text for text in texts if text)

    scope = words("exams", "region", "year")
    match kind:
        case "answer":
            listed = [f"/{sign}{fields[name]}" for name, sign in CONDITIONS.items() if fields.get(name)]
            return f"answer:{topic}/{scope}{''.join(listed)}"
        case "window":
            return f"window:{words('name')}/{scope}"
        case "fee":
            return "/".join(filter(None, [f"fee:{scope}", words("levels", "mode", "specialties")]))
        case "sitting":
            return f"sitting:{scope}/{words('paper', 'subject', 'mode')}"
        case "contact":
            return f"contact:{scope}/{words('name')}"
        case "site":
            return f"site:{words('id', 'year')}"
        case "list":
            return f"list:{words('name', 'year')}"
        case "specialty":
            return f"specialty:{words('source', 'no')}"
        case _:
            return f"{kind}:{words('id')}"


CONDITIONS = {"if_listed": "on-", "if_not_listed": "off-"}


def _free(key: str, taken: set[str]) -> str:
    """The key, numbered where its like stand before it."""
    found, number = key, 1
    while found in taken:
        number += 1
        found = f"{key}~{number}"
    return found


def index(texts: Mapping[str, str]) -> dict[str, Entry]:
    """Key → entry of all content, in the order of files. Raises knowledge.content.ContentError."""
    found: dict[str, Entry] = {}
    for file in sorted(texts):
        for entry in cut(file, texts[file]):
            key = _free(entry.key, set(found)) if entry.key in found else entry.key
            found[key] = entry if key == entry.key else msgspec.structs.replace(entry, key=key)
    return found


def apply(texts: Mapping[str, str], edits: Iterable[Edit]) -> dict[str, str]:
    """File → text with the edits made. A new answer follows its topic's last one, a new row or topic its file's last one.

    A file of which nothing is left is gone. Raises knowledge.content.ContentError.
    """
    after = dict(texts)
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.file, []).append(edit)
    for file, each in by_file.items():
        text = _applied(file, after.get(file, ""), each)
        if text.strip():
            after[file] = text
        else:
            after.pop(file, None)
    return dict(sorted(after.items()))


def _applied(file: str, text: str, edits: list[Edit]) -> str:
    entries = cut(file, text) if text else ()
    changed = {edit.key: edit.text for edit in edits}
    out = [(entry.topic or _id(entry), changed.pop(entry.key, entry.text)) for entry in entries]
    fresh = sorted((edit for edit in edits if edit.key in changed), key=lambda edit: bool(edit.topic))  # topics first
    for edit in fresh:
        if edit.key.startswith("head:"):
            out.insert(0, ("", edit.text))
        elif edit.topic:
            place = max((number for number, (topic, _) in enumerate(out) if topic == edit.topic), default=len(out) - 1)
            out.insert(place + 1, (edit.topic, edit.text))
        else:
            out.append((edit.key.partition(":")[2], _apart(edit.text, out)))
    return _joined([piece for _, piece in out if piece])


def _apart(text: str, out: list[tuple[str, str]]) -> str:
    """A new row or topic, with a blank line before it."""
    before = next((piece for _, piece in reversed(out) if piece), "\n\n")
    return text if not text or before.endswith("\n\n") else f"\n{text}"


def renamed(entry: Entry, key: str) -> Entry:
    """The entry under another key: that of the draft whose text it is."""
    return msgspec.structs.replace(entry, key=key)


def _id(entry: Entry) -> str:
    return str(entry.fields.get("id", "")) if entry.kind == "topic" else ""


def _joined(texts: list[str]) -> str:
    """The texts in a row; one that does not end its line gets an end, so that the next header begins a line."""
    ended = [text if text.endswith("\n") else f"{text}\n" for text in texts[:-1]]
    return "".join([*ended, *texts[-1:]])
