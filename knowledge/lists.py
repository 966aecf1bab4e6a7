"""Lists in TOML texts: new ones as content writes them, and old ones in which only what changed is touched. Pure."""

from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import tomlkit
from tomlkit.items import Array

WIDTH = 150  # characters of a line of a long list
MARGIN = "  "


def written(texts: Sequence[str], *, is_long: bool, each_alone: bool) -> str:
    """A list on one line, or on lines of their own: for each item, or of at most WIDTH characters."""
    if not is_long or not texts:
        return f"[{', '.join(texts)}]"
    lines, line = [], MARGIN
    for number, text in enumerate(texts):
        if number and (each_alone or len(line) + len(text) > WIDTH):
            lines.append(line.rstrip())
            line = MARGIN
        line += f"{text}, "
    lines.append(line.rstrip())
    return "[\n" + "\n".join(lines) + "\n]"


def array(text: str) -> Array:
    """The list of a text."""
    found = tomlkit.parse(f"x = {text}")["x"]
    if not isinstance(found, Array):
        raise TypeError(text)
    return found


def spliced(stands: Array, value: Sequence[Any], write: Callable[[Any], str]) -> Array:
    """The list with another value: items that stay keep their lines, comments and breaks."""
    text = stands.as_string()
    items = _items(stands, text)
    if items is None or not items:
        return _anew(stands, value, write)
    is_long, each_alone = "\n" in text, _are_tables(value)
    out: list[list[str]] = [["", text[: items[0][0]]]]  # what stands, and what follows it up to the next
    old = stands.unwrap()
    for deed, start, end, begin, stop in SequenceMatcher(
        None, _marks(old), _marks(value), autojunk=False
    ).get_opcodes():
        if deed == "equal":
            out += [[text[items[n][0] : items[n][1]], _tail(text, items, n)] for n in range(start, end)]
            continue
        for number in range(start, end):
            _dropped(out, _tail(text, items, number))
        for each in value[begin:stop]:
            _added(out, write(each), is_long=is_long, each_alone=each_alone)
    found = "".join(item + tail for item, tail in out)
    try:
        again = array(found)
    except (tomlkit.exceptions.TOMLKitError, TypeError):
        return _anew(stands, value, write)
    return again if again.unwrap() == [*value] else _anew(stands, value, write)


def _items(stands: Array, text: str) -> list[tuple[int, int]] | None:
    """Where each item of a list stands in its text; None where it cannot be told."""
    found, at = [], 1
    for item in stands:
        own = item.as_string() if hasattr(item, "as_string") else str(item).lower()
        place = text.find(own, at)
        if place < 0:
            return None
        at = place + len(own)
        found.append((place, at))
    return found


def _tail(text: str, items: list[tuple[int, int]], number: int) -> str:
    return text[items[number][1] : items[number + 1][0] if number + 1 < len(items) else len(text)]


def _dropped(out: list[list[str]], tail: str) -> None:
    """An item is gone: its line break stays where the one before has none, and so does the end of the list."""
    if tail.rstrip().endswith("]"):
        is_first = len(out) == 1
        out[-1][1] = f"[{tail.lstrip(', ')}" if is_first else tail
    elif "\n" in tail and "\n" not in out[-1][1]:
        out[-1][1] = tail


def _added(out: list[list[str]], text: str, *, is_long: bool, each_alone: bool) -> None:
    """One more item after the last of `out`."""
    if len(out) == 1:
        before = out[0][1]
        out[0][1], tail = (before, f",\n{MARGIN}" if is_long and each_alone else ", ")
        out.append([text, tail])
        return
    line = "".join(item + tail for item, tail in out).rpartition("\n")[2]
    tail = out[-1][1]
    is_end = tail.rstrip().endswith("]")
    breaks = is_long and (each_alone or len(line) + len(text) > WIDTH)
    if is_end:
        out[-1][1] = f",\n{MARGIN}" if breaks else ", "
        out.append([text, tail])
    else:
        out.append([text, ", " if not each_alone or not is_long else f",\n{MARGIN}"])


def _anew(stands: Array, value: Sequence[Any], write: Callable[[Any], str]) -> Array:
    is_long = "\n" in stands.as_string() or _are_tables(value)
    return array(written([write(each) for each in value], is_long=is_long, each_alone=_are_tables(value)))


def _marks(value: Sequence[Any]) -> list[str]:
    """What items are compared by."""
    return [repr(each) for each in value]


def _are_tables(value: Sequence[Any]) -> bool:
    return bool(value) and isinstance(value[0], Mapping)
