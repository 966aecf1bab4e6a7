"""Three texts of one thing: what both changed of a common base, line by line, and where both changed the same lines. Pure."""

from dataclasses import dataclass
from difflib import SequenceMatcher

MINE, BETWEEN, THEIRS = "<<<<<<<", "=======", ">>>>>>>"  # lines around a place that somebody has to decide
MANY = 1000  # lines; of more the commonest (blank ones) are no anchors: comparing each with each took half a minute


@dataclass(frozen=True, slots=True)
class Merged:
    """The text with both changes."""

    text: str
    is_clean: bool
    """Whether no place is left to decide."""


def merge(base: str, theirs: str, mine: str) -> Merged:
    """Both changes of `base`; lines that both changed differently stand one after the other between marks."""
    old, other, own = (text.splitlines(keepends=True) for text in (base, theirs, mine))
    out: list[str] = []
    is_clean = True
    at = [0, 0, 0]  # in old, other, own
    for ends in [*_common(old, other, own), (len(old), len(other), len(own), 0)]:
        was, has, want = (lines[start:end] for lines, start, end in zip((old, other, own), at, ends, strict=False))
        if has == want or was == want:
            out += has
        elif was == has:
            out += want
        elif lines := _by_line(was, has, want):
            out += lines
        else:
            is_clean = False
            out += [f"{MINE}\n", *_ended(want), f"{BETWEEN}\n", *_ended(has), f"{THEIRS}\n"]
        out += old[ends[0] : ends[0] + ends[3]]
        at = [end + ends[3] for end in ends[:3]]
    return Merged("".join(out), is_clean)


def _by_line(was: list[str], has: list[str], want: list[str]) -> list[str]:
    """Lines that follow each other and were changed one by one side and one by the other: fields of a row. Else none."""
    if not len(was) == len(has) == len(want):
        return []
    lines = [
        (mine if line == theirs else theirs, line in (theirs, mine))
        for line, theirs, mine in zip(was, has, want, strict=True)
    ]
    return [line for line, _ in lines] if all(is_one for _, is_one in lines) else []


def _common(old: list[str], other: list[str], own: list[str]) -> list[tuple[int, int, int, int]]:
    """The runs of lines that all three have: where each begins in old, other and own, and how long it is."""
    found = []
    is_long = max(map(len, (old, other, own))) > MANY
    mine = SequenceMatcher(None, old, own, autojunk=is_long).get_matching_blocks()
    for a, b, size in SequenceMatcher(None, old, other, autojunk=is_long).get_matching_blocks():
        for c, d, length in mine:
            start, end = max(a, c), min(a + size, c + length)
            if start < end:
                found.append((start, b + start - a, d + start - c, end - start))
    return found


def _ended(lines: list[str]) -> list[str]:
    return [line if line.endswith("\n") else f"{line}\n" for line in lines]
