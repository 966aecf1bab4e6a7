"""Notices as staff work on them: their clauses with what rests on each, read from a form or proposed for an upload. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bot.desk.layers import Layered
from bot.desk.typed import ID
from bot.staff.forms import ClauseLine, Fault, Typed, Upload
from knowledge import documents, splitting
from knowledge.notice import Clause, Table

Uses = Mapping[str, tuple[tuple[str, str], ...]]
"""Clause's id → keys and titles of what rests on it."""


def line_of(clause: Clause) -> ClauseLine:
    """A clause to show."""
    table = clause.table
    return ClauseLine(
        id=clause.id,
        label=clause.label,
        text=clause.text,
        heading=clause.heading,
        header=table.header if table else (),
        rows=table.rows if table else (),
        full_text=clause.full_text,
        not_for_candidates=clause.not_for_candidates,
        oddities=tuple((each.passage, each.note) for each in clause.oddity),
    )


def with_uses(clause: ClauseLine, used_by: tuple[tuple[str, str], ...]) -> ClauseLine:
    """A clause with what rests on it."""
    return msgspec.structs.replace(clause, used_by=used_by)


def used(layered: Layered, notice: str) -> Uses:
    """What rests on the clauses of a notice."""
    found = {}
    for clause, keys in layered.uses.items():
        if clause.partition("#")[0] == notice:
            found[clause.partition("#")[2]] = tuple((key, _title(layered, key)) for key in keys)
    return found


def _title(layered: Layered, key: str) -> str:
    entry = layered.entries[key]
    topic = layered.knowledge.topics.get(entry.topic) if entry.topic else None
    return topic.title if topic else str(entry.fields.get("name") or entry.fields.get("paper") or "")


def of_fields(fields: Mapping[str, Any]) -> tuple[ClauseLine, ...]:
    """The clauses of a notice as it stands in its file; none where they cannot be read."""
    try:
        return tuple(line_of(each) for each in msgspec.convert(fields.get("clause", []), tuple[Clause, ...]))
    except msgspec.ValidationError:
        return ()


def read(typed: Sequence[ClauseLine], stands: Mapping[str, Any]) -> Typed:
    """The clauses as a form gives them; without a change none are given."""
    faults = [fault for clause in typed for fault in _faults(clause)]
    ids = [clause.id for clause in typed]
    faults += [Fault(field="clause", why="clause_twice", what=each) for each in sorted(set(ids)) if ids.count(each) > 1]
    if not typed:
        faults.append(Fault(field="clause", why="no_clause"))
    clauses = [_fields(clause) for clause in typed]
    before = [_fields(clause) for clause in of_fields(stands)]
    return Typed(fields={} if clauses == before else {"clause": clauses}, faults=tuple(faults))


def _faults(clause: ClauseLine) -> list[Fault]:
    found = []
    if not ID.fullmatch(clause.id):
        found.append(Fault(field="clause", why="clause_id", what=clause.id or clause.text[:20]))
    if not clause.label:
        found.append(Fault(field="clause", why="clause_label", what=clause.id))
    if not clause.text and not clause.rows:
        found.append(Fault(field="clause", why="clause_empty", what=clause.id))
    if clause.rows and any(len(row) != len(clause.header) for row in clause.rows):
        found.append(Fault(field="clause", why="clause_table", what=clause.id))
    full = Clause(
        id=clause.id, label=clause.label, text=clause.text, table=Table(header=clause.header, rows=clause.rows)
    )
    for passage, _ in clause.oddities:
        if passage not in full.full_text:
            found.append(Fault(field="clause", why="clause_oddity", what=f"{clause.id} {passage}"))
    return found


def _fields(clause: ClauseLine) -> dict[str, Any]:
    """A clause as it stands in a file: what is empty is left out."""
    fields: dict[str, Any] = {"id": clause.id, "label": clause.label}
    if clause.heading:
        fields["heading"] = True
    if clause.text:
        fields["text"] = clause.text
    if clause.header:
        fields["table"] = {"header": list(clause.header), "rows": [list(row) for row in clause.rows]}
    if clause.not_for_candidates:
        fields["not_for_candidates"] = clause.not_for_candidates
    if clause.oddities:
        fields["oddity"] = [{"passage": passage, "note": note} for passage, note in clause.oddities]
    return fields


def upload(data: bytes, *, mend: bool) -> Upload:
    """A file split as a first proposal."""
    try:
        blocks = documents.read(data, mend=mend)
    except documents.DocumentError as error:
        return Upload(trouble=error.why)
    return Upload(clauses=tuple(line_of(each) for each in splitting.split(blocks)))
