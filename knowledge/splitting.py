"""Splits an uploaded notice into clauses, as a first proposal that staff review. Pure; no character of the text is changed."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.notice import Clause, Table

Rows = tuple[tuple[str, ...], ...]
Block = str | Rows
"""A paragraph, or a table by rows."""
QUESTION = 3  # the level of numbers, 1、2、3, that questions of a Q&A have
FIRST = 1  # the level of 一、二、三


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """splitting.toml, its patterns compiled."""

    levels: tuple[re.Pattern[str], ...]
    words: dict[str, Any]

    def level(self, text: str) -> tuple[int, str] | None:
        """Which level of number a paragraph begins with, and the number as it is written."""
        for level, pattern in enumerate(self.levels):
            if found := pattern.match(text):
                return level, found[0].strip() if level == FIRST + 1 else found[1]
        return None

    def has(self, name: str, text: str) -> bool:
        """Whether a text has what the pattern of that name describes."""
        return bool(re.search(self.words[name], text))

    def number(self, written: str) -> str:
        """三 and （十二） in digits."""
        bare = written.strip("()（） ")
        if bare.isdigit():
            return bare
        tens, ten, ones = bare.rpartition(self.words["ten"])
        digits = self.words["digits"]
        value = digits.index(ones) if ones else 0
        return str(value + (10 * (digits.index(tens) if tens else 1) if ten else 0))


@cache
def _marks() -> Marks:
    words = tomllib.loads((Path(__file__).parent / "splitting.toml").read_text("utf-8"))
    return Marks(levels=tuple(re.compile(each) for each in words["levels"]), words=words)


@dataclass(slots=True)
class _Splitter:
    """Where the reading stands: the numbers above, the heading without one, and the clauses so far."""

    marks: Marks
    path: dict[int, str] = field(default_factory=dict)
    section: str = ""
    sections: int = 0
    clauses: list[Clause] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    form: str = ""
    """The clause that is a form's fields, if the reading is in one."""

    def add(
        self, *, label: str, number: str, text: str = "", table: Table | None = None, heading: bool = False
    ) -> None:
        """One more clause, under an id that nobody has."""
        base = f"h{number}" if heading else number
        name = next(each for each in (base + suffix for suffix in ("", *_SUFFIXES)) if each not in self.used)
        self.used.add(name)
        self.clauses.append(Clause(id=name, label=label, text=text, table=table, heading=heading))

    def go_on(self, text: str) -> None:
        """The paragraph belongs to the clause before it."""
        last = self.clauses[-1]
        self.clauses[-1] = _with(last, text=f"{last.text}\n{text}")

    @property
    def label(self) -> str:
        """Where we are, as people cite it: 二（二）1, 网上报名 12."""
        words = self.marks.words
        told = ""
        for level, written in sorted(self.path.items()):
            joint = words["mark"] if told and level == QUESTION and FIRST + 1 not in self.path else ""
            told += joint + written
        if self.section:
            return f"{self.section} {told}".strip()
        return told or words["opening"]

    @property
    def number(self) -> str:
        """The same for an id: 2.2.1, s1.12."""
        numbers = [self.marks.number(written) for _, written in sorted(self.path.items())]
        section = [f"s{self.sections}"] if self.section else []
        return ".".join([*section, *numbers]) or "head"


_SUFFIXES = tuple("bcdefghijklmnopqrstuvwxyz") + tuple(f"b{n}" for n in range(2, 1000))


def split(blocks: Sequence[Block]) -> tuple[Clause, ...]:
    """Clauses in order: headings apart, one clause a numbered part, a question with its answer, tables with their sentence."""
    reading = _Splitter(_marks())
    rest = [each if isinstance(each, tuple) else each.strip() for each in blocks]
    rest = [each for each in rest if each]
    tail = _closing(rest, reading.marks)
    for place, block in enumerate(rest[: len(rest) - tail]):
        if isinstance(block, tuple):
            _table(reading, block)
        else:
            _paragraph(reading, block, is_last=place == len(rest) - 1)
    if tail:
        words = reading.marks.words
        reading.path, reading.section = {}, ""
        reading.add(label=words["closing"], number="sign", text="\n".join(map(str, rest[-tail:])))
    return tuple(reading.clauses)


def _closing(blocks: Sequence[Block], marks: Marks) -> int:
    """How many of the last paragraphs are the signature: who, and a day."""
    if not blocks or not isinstance(blocks[-1], str) or not marks.has("date", blocks[-1]):
        return 0
    count = 1
    for block in reversed(blocks[:-1]):
        if not isinstance(block, str) or len(block) > marks.words["longest_heading"] or marks.has("ends", block):
            break
        if marks.level(block) or count == 4:
            break
        count += 1
    return count


def _paragraph(reading: _Splitter, text: str, *, is_last: bool) -> None:
    marks, last = reading.marks, reading.clauses[-1] if reading.clauses else None
    found = marks.level(text)
    is_short = len(text) <= marks.words["longest_heading"] and not marks.has("sentence", text)
    is_title = is_short and not is_last and not any(marks.has(each, text) for each in ("spoken", "goes_on", "date"))
    if last is not None and last.id.startswith("annex") and (found is None or found[0] == QUESTION) and is_short:
        reading.go_on(text)
    elif found is not None:
        level, written = found
        reading.path = {each: number for each, number in reading.path.items() if each < level} | {level: written}
        if level <= FIRST:
            reading.section = ""
        heading = level < QUESTION and is_title and not marks.has("ends", text.rstrip("）)"))
        reading.add(label=reading.label, number=reading.number, text=text, heading=heading)
    elif last is not None and (re.match(marks.words["item"], text) or _continues(marks, last)):
        reading.go_on(text)
    elif re.match(marks.words["annexed"], text):
        reading.path, reading.section = {}, ""
        reading.add(label=marks.words["annexes"], number="annex", text=text)
    elif re.match(marks.words["annex"], text):
        _section(reading, text)
    elif is_title and not marks.has("ends", text) and last is not None:
        _title(reading, text)
    else:
        reading.add(label=reading.label, number=reading.number, text=text)


def _title(reading: _Splitter, text: str) -> None:
    """A short line without a number: a heading; but three in a row are the fields of a form, which stay together."""
    before = [each.heading and each.id.startswith("h.") for each in reading.clauses[-2:]]
    if before == [True, True] or reading.clauses[-1].id == reading.form:
        reading.go_on(text)
        reading.clauses[-1] = _with(reading.clauses[-1], heading=False)
        reading.form = reading.clauses[-1].id
    else:
        _section(reading, text)


def _section(reading: _Splitter, text: str) -> None:
    """A heading without a number: what follows is cited under its words."""
    reading.path = {}
    reading.section, reading.sections = text, reading.sections + 1
    reading.add(label=text, number=f".{reading.number}", text=text, heading=True)


def _continues(marks: Marks, last: Clause) -> bool:
    """Whether what has no number of its own belongs to the clause before: an answer to its question, a list after a colon."""
    if last.heading:
        return False
    first = last.text.partition("\n")[0]
    numbered = marks.level(first)
    asks = numbered is not None and numbered[0] == QUESTION and marks.has("asks", first)
    return asks or marks.has("goes_on", last.text)


def _table(reading: _Splitter, rows: Rows) -> None:
    """A table goes with the sentence that announces it, or stands by itself."""
    width = max(map(len, rows))
    cells = tuple((*row, *[""] * (width - len(row))) for row in rows)
    table = Table(header=cells[0], rows=cells[1:])
    last, marks = reading.clauses[-1] if reading.clauses else None, reading.marks
    if last is not None and last.table is None:
        is_caption = last.heading and marks.has("caption", last.text)
        if is_caption or (not last.heading and marks.has("goes_on", last.text)):
            reading.clauses[-1] = _with(last, table=table, heading=False)
            return
    label = reading.label if reading.clauses else ""
    reading.add(label=f"{label}{marks.words['table']}", number=f"{reading.number}t", table=table)


def _with(clause: Clause, **changes: Any) -> Clause:
    values = {name: getattr(clause, name) for name in clause.__struct_fields__}
    return Clause(**(values | changes))


def joined(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines copied out of a PDF as paragraphs: a full line that ends in the middle of a sentence goes on in the next."""
    marks = _marks()
    width = max(map(len, lines), default=0)
    found: list[str] = []
    is_open = False
    for line in (each.strip() for each in lines):
        starts = marks.level(line) or re.match(marks.words["item"], line)
        if found and is_open and line and not starts:
            found[-1] += line
        elif line:
            found.append(line)
        is_open = bool(line) and len(line) >= 0.8 * width and not marks.has("sentence", line[-1:])
    return tuple(found)


def counted(number: int) -> str:
    """A number as notices count: 一, 十二, 三十."""
    words = _marks().words
    tens, ones = divmod(number, 10)
    head = (words["digits"][tens % 10] if tens > 1 else "") + words["ten"] if tens else ""
    return head + (words["digits"][ones] if ones or not tens else "")


def blocks_of(text: str, *, mend: bool = False) -> tuple[Block, ...]:
    """The paragraphs of a plain text; lines with tabs between their cells make a table. `mend` joins broken lines."""
    found: list[Block] = []
    lines: list[str] = []
    rows: list[tuple[str, ...]] = []

    def flush() -> None:
        if len(rows) > 1:
            found.append(tuple(rows))
        else:
            lines.extend(" ".join(row) for row in rows)
        rows.clear()

    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        cells = tuple(cell.strip() for cell in line.strip("\n").split("\t"))
        if len(cells) > 1 and any(cells):
            if not rows:
                found.extend(joined(lines) if mend else lines)
                lines.clear()
            rows.append(cells)
            continue
        flush()
        lines.append(line)
    found.extend(joined(lines) if mend else lines)
    return tuple(each for each in found if (each.strip() if isinstance(each, str) else each))
