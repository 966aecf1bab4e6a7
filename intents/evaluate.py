"""Judges replies against labelled questions: right, unsure (asked back or passed), or wrong (told what it should not)."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

import msgspec

_SILENT = re.compile(r"[^\w√]|_|[至到]")
_RANGE_MARK = re.compile(r"[—–―‐−~～至到]+")
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_FIRST = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号]?")
_NEXT = re.compile(r"[-、,，和及与](?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})(?:[日号]|(?=[-、,，和及与]))")


class Outcome(StrEnum):
    """How a reply did."""

    RIGHT = "right"
    UNSURE = "unsure"
    WRONG = "wrong"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled question: what is typed, and what the last reply must and must not say."""

    id: str
    turns: tuple[str, ...]
    region: str = ""
    kind: tuple[str, ...]
    """Reply kinds that are right."""
    all: tuple[str | tuple[str, ...], ...] = ()
    """Facts that must be in the text; of a tuple, one of them."""
    dates: tuple[str, ...] = ()
    """Days that must be stated, MM-DD or YYYY-MM-DD."""
    none: tuple[str, ...] = ()
    not_dates: tuple[str, ...] = ()
    seed: str = ""
    clause: str = ""
    tags: tuple[str, ...] = ()


def read(text: str) -> tuple[Case, ...]:
    """Cases, one JSON object a line. Raises msgspec.ValidationError and msgspec.DecodeError."""
    return tuple(msgspec.json.decode(line, type=Case) for line in text.splitlines() if line.strip())


def plain(text: str) -> str:
    """The form in which facts are compared: no width, case, white space or punctuation."""
    return _SILENT.sub("", unicodedata.normalize("NFKC", text).lower())


def days(text: str) -> frozenset[tuple[int, int, int]]:
    """The days that a text names, as (year or 0, month, day); of 1月29日至2月8日 both, of 4月13、14日 both."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    found = {(int(y), int(m), int(d)) for y, m, d in _ISO.findall(text)}
    text = _RANGE_MARK.sub("-", _ISO.sub(" ", text))
    end = 0
    while first := _FIRST.search(text, end):
        year, month, day = int(first[1] or 0), int(first[2]), int(first[3])
        found.add((year, month, day))
        end = first.end()
        while following := _NEXT.match(text, end):
            year, month, day = int(following[1] or year), int(following[2] or month), int(following[3])
            found.add((year, month, day))
            end = following.end()
    return frozenset(found)


def names_day(found: frozenset[tuple[int, int, int]], wanted: str) -> bool:
    """Whether a day stands among those found; a year that either side leaves out fits any."""
    *year, month, day = map(int, wanted.split("-"))
    return any((m, d) == (month, day) and (not year or y in (0, year[0])) for y, m, d in found)


def faults(case: Case, kind: str, text: str) -> tuple[str, ...]:
    """What is wrong with the last reply; empty where nothing is."""
    said, stated, found = plain(text), days(text), []
    if kind not in case.kind:
        found.append(f"kind {kind}, not {'/'.join(case.kind)}")
    if kind in ("answer", "status") or "answer" not in case.kind:
        for wanted in case.all:
            choices: Sequence[str] = (wanted,) if isinstance(wanted, str) else wanted
            if not any(plain(each) in said for each in choices):
                found.append(f"does not say {choices[0]}")
        found += [f"does not name {each}" for each in case.dates if not names_day(stated, each)]
    found += [f"must not say {each}" for each in case.none if plain(each) in said]
    found += [f"must not name {each}" for each in case.not_dates if names_day(stated, each)]
    return tuple(found)


def outcome(kind: str, found: Sequence[str]) -> Outcome:
    """What the faults make of a reply: one that told something is wrong, one that asked or passed is unsure."""
    if not found:
        return Outcome.RIGHT
    told = kind in ("answer", "status") or any(each.startswith("must not") for each in found)
    return Outcome.WRONG if told else Outcome.UNSURE
