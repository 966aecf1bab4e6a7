"""Changes fields of one entry's TOML: lines, comments and order of what is not touched stay as they are. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Array, InlineTable, Item, Table

from knowledge import lists

WHOLE = frozenset({"notice", "file", "head"})  # kinds of entries whose fields stand at the top of their text
ROWS = frozenset({"clause", "oddity"})  # written as [[clause]], not in brackets


def set_fields(text: str, kind: str, fields: Mapping[str, Any]) -> str:
    """The entry with these fields; None takes a field out. An empty text begins a new entry.

    `kind` as knowledge.entries has it. Raises tomlkit.exceptions.TOMLKitError where the text is no TOML, and
    ValueError where other fields or lines would change too.
    """
    if not text.strip():
        return new(kind, fields)
    document = tomlkit.parse(text)
    if tomlkit.dumps(document) != text:  # tables of two kinds by turns, as in status.toml, would change places
        raise ValueError(kind)
    expected = {name: value for name, value in (_values(text, kind) | _plain(fields)).items() if value is not None}
    _update(_row(document, kind), fields)
    found = tomlkit.dumps(document)
    if _values(found, kind) != expected:
        raise ValueError(kind)
    return found


def _values(text: str, kind: str) -> dict[str, Any]:
    """What an entry says, read by the parser that reads content."""
    values: Any = tomllib.loads(text)
    found: dict[str, Any] = (
        values if kind in WHOLE else values["topic"]["answer"][0] if kind == "answer" else values[kind][0]
    )
    return found


def new(kind: str, fields: Mapping[str, Any]) -> str:
    """The text of an entry with these fields."""
    lines = [f"{name} = {_item(value).as_string()}\n" for name, value in fields.items() if value is not None]
    if kind in WHOLE:
        document = tomlkit.document()
        _update(document, fields)
        return tomlkit.dumps(document)
    header = "topic.answer" if kind == "answer" else kind
    return "".join([f"[[{header}]]\n", *lines])


def _row(document: tomlkit.TOMLDocument, kind: str) -> Container | Table:
    """The table that an entry's fields stand in."""
    if kind in WHOLE:
        return document
    if kind == "answer":
        found: Any = document["topic"]
        row: Table = found["answer"][0]
        return row
    rows: Any = document[kind]
    own: Table = rows[0]
    return own


def _update(table: Container | Table | InlineTable, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        stands = table.get(name)
        if value is None:
            table.pop(name, None)
        elif isinstance(stands, AoT) and _are_tables(value):
            _update_rows(stands, value)
        elif stands is None and _are_tables(value) and not isinstance(table, InlineTable) and name in ROWS:
            rows = tomlkit.aot()
            _update_rows(rows, value)
            table[name] = rows
        elif isinstance(stands, Array) and isinstance(value, Sequence) and not isinstance(value, str):
            if _plain(stands) != _plain(value):
                table[name] = lists.spliced(stands, _plain(value), lambda each: _item(each).as_string())
        elif stands is None or _plain(stands) != _plain(value):
            table[name] = _like(stands, value)


def _update_rows(rows: AoT, values: Sequence[Mapping[str, Any]]) -> None:
    """The rows of an array of tables, by place: fields that a value lacks are taken out."""
    while len(rows) > len(values):
        del rows[len(rows) - 1]
    for number, value in enumerate(values):
        if number == len(rows):
            rows.append(tomlkit.table())
        gone = {name: None for name in rows[number] if name not in value}
        _update(rows[number], {**gone, **value})


def _like(stands: Any, value: Any) -> Item:
    """A value as an item, a text in the quotes that its predecessor has where it can be."""
    if (
        isinstance(value, str)
        and isinstance(stands, Item)
        and stands.as_string().startswith("'''")
        and _is_literal(value)
    ):
        return tomlkit.string(value, literal=True, multiline=True)
    return _item(value)


def _is_literal(text: str) -> bool:
    """Whether a text can stand between ''' as it is."""
    has_quotes = "'''" in text or text.endswith("'")
    return (
        not has_quotes
        and not text.startswith("\n")
        and all(each in "\n\t" or (each >= " " and each != "\x7f") for each in text)
    )


def _item(value: Any) -> Item:
    """A value as it is written in content."""
    if isinstance(value, str):
        is_long = "\n" in value and _is_literal(value)
        return tomlkit.string(value, literal=True, multiline=True) if is_long else tomlkit.string(value)
    if isinstance(value, Mapping):
        inline = tomlkit.inline_table()
        for name, each in value.items():
            if each is not None:
                inline[name] = _item(each)
        return inline
    if isinstance(value, Sequence):
        texts = [_item(each).as_string() for each in value]
        return lists.array(lists.written(texts, is_long=_are_tables(value), each_alone=_are_tables(value)))
    found: Item = tomlkit.item(value)
    return found


def _are_tables(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and bool(value) and isinstance(value[0], Mapping)


def _plain(value: Any) -> Any:
    """Values as they compare: tuples are lists."""
    if isinstance(value, Item):
        return value.unwrap()
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value
