"""Clauses in a form, and the steps of a review: join with the one before, part at a blank line, take out, add. Pure."""

import re

import msgspec

from adapters.web.console.pages import Fields
from bot.staff.forms import ClauseLine

STEP = re.compile(r"(join|part|out|add)-(\d{1,4})")
MOST = 2000  # clauses of a form


def read(fields: Fields) -> tuple[ClauseLine, ...]:
    """The clauses in the order of the form."""
    count = min(_number(_text(fields, "clauses")), MOST)
    return tuple(_clause(fields, number) for number in range(count) if f"clause_text-{number}" in fields)


def _clause(fields: Fields, number: int) -> ClauseLine:
    def text(name: str) -> str:
        return _text(fields, f"clause_{name}-{number}")

    rows = [tuple(cell.strip() for cell in line.split("\t")) for line in text("table").split("\n") if line.strip()]
    oddities = [line.partition("\t") for line in text("oddities").split("\n") if line.strip()]
    return ClauseLine(
        id=text("id").strip(),
        label=text("label").strip(),
        text=text("text").strip("\n"),
        heading=text("heading") == "yes",
        header=rows[0] if rows else (),
        rows=tuple(rows[1:]),
        not_for_candidates=text("reason").strip(),
        oddities=tuple((passage.strip(), note.strip()) for passage, _, note in oddities),
    )


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def table_text(clause: ClauseLine) -> str:
    """A table as it is typed: cells with tabs between them, a row a line."""
    return "\n".join("\t".join(row) for row in (clause.header, *clause.rows)) if clause.header else ""


def after(step: str, clauses: tuple[ClauseLine, ...]) -> tuple[ClauseLine, ...]:
    """The clauses after a step; a step that cannot be done changes nothing."""
    found = STEP.fullmatch(step)
    if not found:
        return clauses
    what, place = found[1], int(found[2])
    if what == "add":
        return (*clauses[:place], ClauseLine(id="", label="", text=""), *clauses[place:])
    if place >= len(clauses):
        return clauses
    if what == "out":
        return (*clauses[:place], *clauses[place + 1 :])
    if what == "join":
        return _joined(place, clauses)
    return _parted(place, clauses)


def _joined(place: int, clauses: tuple[ClauseLine, ...]) -> tuple[ClauseLine, ...]:
    before, this = (clauses[place - 1], clauses[place]) if place else (None, None)
    if before is None or this is None or (before.header and this.header):
        return clauses
    text = "\n".join(filter(None, (before.text, this.text)))
    table = before if before.header else this
    joined = msgspec.structs.replace(
        before,
        text=text,
        header=table.header,
        rows=table.rows,
        heading=before.heading and this.heading,
        oddities=(*before.oddities, *this.oddities),
    )
    return (*clauses[: place - 1], joined, *clauses[place + 1 :])


def _parted(place: int, clauses: tuple[ClauseLine, ...]) -> tuple[ClauseLine, ...]:
    """At the first blank line; without one at the first line's end."""
    this = clauses[place]
    first, found, rest = this.text.partition("\n\n")
    if not found:
        first, found, rest = this.text.partition("\n")
    if not rest.strip():
        return clauses
    ids = {each.id for each in clauses}
    name = next(f"{this.id}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz" if f"{this.id}{letter}" not in ids)
    one = msgspec.structs.replace(this, text=first.strip("\n"), header=(), rows=(), oddities=_within(this, first))
    two = msgspec.structs.replace(this, id=name, text=rest.strip("\n"), heading=False, oddities=_within(this, rest))
    return (*clauses[:place], one, two, *clauses[place + 1 :])


def _within(clause: ClauseLine, text: str) -> tuple[tuple[str, str], ...]:
    return tuple(each for each in clause.oddities if each[0] in text)
