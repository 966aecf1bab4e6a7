"""How two texts differ, line by line, and within lines that were changed. Pure."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

AROUND = 3  # unchanged lines shown around a change
LONGEST = 2000  # characters of a line whose words are compared
MOST_PAIRS = 4_000_000  # of characters that are compared for one page: a second at the worst
MANY = 1000  # lines; of more the commonest (blank ones) are no anchors: comparing each with each took half a minute


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison."""

    sign: str
    """same, gone, new, or cut: lines that are the same and left out."""
    parts: tuple[tuple[str, bool], ...]
    """Its text in pieces, each with whether it was changed."""


def lines(before: str, after: str) -> tuple[Line, ...]:
    """The comparison, with a few unchanged lines around each change."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    is_long, left = max(len(old), len(new)) > MANY, MOST_PAIRS
    groups = difflib.SequenceMatcher(None, old, new, autojunk=is_long).get_grouped_opcodes(AROUND)
    for number, group in enumerate(groups):
        if number:
            found.append(Line("cut", ()))
        for tag, i, j, k, m in group:
            if tag == "equal":
                found += [Line("same", ((line, False),)) for line in old[i:j]]
            else:
                left -= sum(len(one) * len(other) for one, other in zip(old[i:j], new[k:m], strict=False))
                found += _changed(old[i:j], new[k:m], in_words=left >= 0)
    return tuple(found)


def _changed(old: list[str], new: list[str], *, in_words: bool) -> Iterator[Line]:
    if len(old) == len(new) and in_words:
        for before, after in zip(old, new, strict=True):
            gone, come = _parts(before, after)
            yield Line("gone", gone)
            yield Line("new", come)
        return
    yield from (Line("gone", ((line, False),)) for line in old)
    yield from (Line("new", ((line, False),)) for line in new)


Parts = tuple[tuple[str, bool], ...]


def _parts(before: str, after: str) -> tuple[Parts, Parts]:
    if max(len(before), len(after)) > LONGEST:
        return ((before, True),), ((after, True),)
    gone: list[tuple[str, bool]] = []
    come: list[tuple[str, bool]] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if i < j:
            gone.append((before[i:j], tag != "equal"))
        if k < m:
            come.append((after[k:m], tag != "equal"))
    return tuple(gone), tuple(come)
