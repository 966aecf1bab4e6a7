"""Changes fields of one entry's TOML: lines, comments and order of what is not touched stay as they are. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Array, InlineTable, Item, Table

WIDTH = 150  # characters of a line of a long list


def set_fields(text: str, kind: str, fields: Mapping[str, Any]) -> str:
    """The entry with these fields; None takes a field out. An empty text begins a new entry.

    `kind` as knowledge.entries has it. Raises tomlkit.exceptions.TOMLKitError where the text is no TOML.
    """
    if not text.strip():
        return new(kind, fields)
    document = tomlkit.parse(text)
    _update(_row(document, kind), fields)
    return tomlkit.dumps(document)


def new(kind: str, fields: Mapping[str, Any]) -> str:
    """The text of an entry with these fields."""
    lines = [f"{name} = {_item(value).as_string()}\n" for name, value in fields.items() if value is not None]
    if kind in ("notice", "file", "head"):
        document = tomlkit.document()
        _update(document, fields)
        return tomlkit.dumps(document)
    header = "topic.answer" if kind == "answer" else kind
    return "".join([f"[[{header}]]\n", *lines])


def _row(document: tomlkit.TOMLDocument, kind: str) -> Container | Table:
    """The table that an entry's fields stand in."""
    if kind in ("notice", "file", "head"):
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
            _update_list(table, name, stands, value)
        elif stands is None or _plain(stands) != _plain(value):
            table[name] = _like(stands, value)


ROWS = frozenset({"clause", "oddity"})  # written as [[clause]], not in brackets


def _update_rows(rows: AoT, values: Sequence[Mapping[str, Any]]) -> None:
    """The rows of an array of tables, by place: fields that a value lacks are taken out."""
    while len(rows) > len(values):
        del rows[len(rows) - 1]
    for number, value in enumerate(values):
        if number == len(rows):
            rows.append(tomlkit.table())
        gone = {name: None for name in rows[number] if name not in value}
        _update(rows[number], {**gone, **value})


def _update_list(table: Any, name: str, stands: Array, value: Sequence[Any]) -> None:
    if _plain(stands) == _plain(value):
        return
    is_long = "\n" in stands.as_string()
    table[name] = _list(value, is_long=is_long)


def _like(stands: Any, value: Any) -> Item:
    """A value as an item, a text in the quotes that its predecessor has where it can be."""
    if (
        isinstance(value, str)
        and isinstance(stands, Item)
        and stands.as_string().startswith("'''")
        and "'''" not in value
    ):
        return tomlkit.string(value, literal=True, multiline=True)
    return _item(value)


def _item(value: Any) -> Item:
    """A value as it is written in content."""
    if isinstance(value, str):
        is_long = "\n" in value and "'''" not in value and not value.startswith("\n")
        return tomlkit.string(value, literal=True, multiline=True) if is_long else tomlkit.string(value)
    if isinstance(value, Mapping):
        inline = tomlkit.inline_table()
        for name, each in value.items():
            if each is not None:
                inline[name] = _item(each)
        return inline
    if isinstance(value, Sequence):
        return _list(value, is_long=_are_tables(value))
    found: Item = tomlkit.item(value)
    return found


def _list(value: Sequence[Any], *, is_long: bool) -> Array:
    """A list on one line, or on lines of their own for tables and of at most WIDTH characters for words."""
    texts = [_item(each).as_string() for each in value]
    if not is_long or not texts:
        return _array(f"[{', '.join(texts)}]")
    lines, line = [], "  "
    for number, text in enumerate(texts):
        if number and (_are_tables(value) or len(line) + len(text) > WIDTH):
            lines.append(line.rstrip())
            line = "  "
        line += f"{text}, "
    lines.append(line.rstrip())
    return _array("[\n" + "\n".join(lines) + "\n]")


def _array(text: str) -> Array:
    found = tomlkit.parse(f"x = {text}")["x"]
    if not isinstance(found, Array):
        raise TypeError(text)
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
