"""Cuts a TOML text at the headers of its tables; the pieces joined are the text, byte for byte. Pure; knows no content."""

import re
from collections.abc import Iterable, Iterator

TOKEN = re.compile(  # what may hide a bracket at the beginning of a line, and brackets
    r'"""(?:[^\\"]|\\[\s\S]|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[\]{}\n]"
)
HEADER = re.compile(r"[ \t]*\[\[[ \t]*([A-Za-z0-9_.\- \t]+?)[ \t]*\]\]")


def pieces(text: str, tables: Iterable[str]) -> list[tuple[str, str]]:
    """(table, text) of a file's pieces in order, joined they are the file; what stands before the first header is of "" ."""
    wanted, places = frozenset(tables), [(0, "")]
    for start, table in _headers(text):
        if table in wanted:
            places.append((_with_comments(text, start, places[-1][0]), table))
    ends = [start for start, _ in places[1:]] + [len(text)]
    found = [(table, text[start:end]) for (start, table), end in zip(places, ends, strict=True)]
    return [(table, piece) for table, piece in found if table or piece]


def _headers(text: str) -> Iterator[tuple[int, str]]:
    """Where [[table]] headers begin: brackets at the beginning of a line that are in no string, comment or value."""
    depth, line, end = 0, 0, 0
    for token in TOKEN.finditer(text):
        if token.start() < end:
            continue
        mark = token[0]
        if mark == "\n":
            line = token.end()
        elif mark == "[" and not depth and not text[line : token.start()].strip(" \t"):
            header = HEADER.match(text, line)
            if header:
                yield line, re.sub(r"[ \t]", "", header[1])
            end = text.find("]]" if header else "]", token.start()) + (2 if header else 1)
        elif mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1


def _with_comments(text: str, start: int, least: int) -> int:
    """Where the comment lines directly above a place begin."""
    while start > least:
        above = text.rfind("\n", 0, start - 1) + 1
        if above < least or not text[above:start].lstrip(" \t").startswith("#"):
            break
        start = above
    return start
