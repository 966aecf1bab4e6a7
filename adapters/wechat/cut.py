"""Cuts a text into messages that the platform takes: at a paragraph, else a sentence, else a character."""

import re
import unicodedata
from collections.abc import Iterator

LINK = re.compile(r"<a\b[^>]*>.*?</a>", re.DOTALL)
PARAGRAPH = re.compile(r"\n+")
SENTENCE = re.compile(r"[。！？；!?;][”’」』）)]*")
JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")  # what belongs to the character before it; a joiner also binds the next
JOINER = "\u200d"
FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))  # letters that make a flag two by two


def cut(text: str, most: int) -> tuple[str, ...]:
    """Pieces of at most `most` bytes of UTF-8 (64 or more), none empty; together the text but for space at the cuts."""
    pieces = []
    rest = text.strip()
    while len(rest.encode()) > most:
        at = _place(rest, most)
        pieces.append(rest[:at].strip())
        rest = rest[at:].strip()
    return tuple(piece for piece in (*pieces, rest) if piece)


def _place(text: str, most: int) -> int:
    """Where to cut: the last good place within the bytes; a paragraph or sentence only in their second half."""
    end = _fitting(text, most)
    links = [match.span() for match in LINK.finditer(text)]
    for pattern in (PARAGRAPH, SENTENCE):
        places = [each for each in _ends(pattern, text, end) if len(text[:each].encode()) * 2 > most]
        places = [each for each in places if not _is_inside(each, links)]
        if places:
            return places[-1]
    whole = next((at for at in range(end, 0, -1) if not _is_inside(at, links) and not _is_bound(text, at)), 0)
    return whole or end  # a link or character longer than a message: there is no good place


def _fitting(text: str, most: int) -> int:
    """How many characters fit."""
    return len(text.encode()[:most].decode(errors="ignore"))


def _ends(pattern: re.Pattern[str], text: str, end: int) -> Iterator[int]:
    return (match.end() for match in pattern.finditer(text) if match.end() <= end)


def _is_inside(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < at < stop for start, stop in spans)


def _is_bound(text: str, at: int) -> bool:
    """Whether the character at a place belongs to the one before it: marks, modifiers, joined emoji, pairs of flags."""
    after = text[at] if at < len(text) else ""
    if not after:
        return False
    if (
        text[at - 1] == JOINER
        or after in JOINERS
        or unicodedata.combining(after)
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    ):
        return True
    flags = len(text[:at]) - len(text[:at].rstrip(FLAGS)) if after in FLAGS else 0
    return flags % 2 == 1
