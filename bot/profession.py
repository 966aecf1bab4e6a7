"""Which specialties a doctor, a technician or a nurse sits, where her words name several. Pure."""

from bot.turn import Turn
from knowledge.fact import Specialty
from knowledge.model import Knowledge


def of_profession(turn: Turn, rows: list[Specialty]) -> list[Specialty]:
    """Those of the rows that a doctor, a technician or a nurse sits, where the text says which she is."""
    text = turn.understanding.text
    is_technician, is_doctor = bool(turn.mind.technicians.search(text)), bool(turn.mind.doctors.search(text))
    if is_technician:
        rows = rows + _techniques(turn.knowledge, rows)
    if is_technician != is_doctor:
        rows = [row for row in rows if bool(row.category) != is_technician] or rows
    chinese = turn.knowledge.phrases["chinese_medicine"]
    if turn.mind.western.search(text) and chinese not in text:
        rows = [row for row in rows if row.category != chinese] or rows
    if turn.mind.nurses.search(text) and not is_doctor and not is_technician:
        rows = _nursing(turn.knowledge, rows)
    return rows


def _nursing(knowledge: Knowledge, rows: list[Specialty]) -> list[Specialty]:
    """A nurse's specialties among the rows, else those of the same field (儿科学: 儿科护理), else all that nurses have."""
    nursing = knowledge.phrases["nursing"]
    every = [row for row in knowledge.facts.specialties if nursing in row.name]
    fields = {row.name.removesuffix(knowledge.phrases["specialty_suffix"]) for row in rows}
    of_field = [row for row in every if row.name.removesuffix(nursing) in fields]
    return [row for row in rows if nursing in row.name] or of_field or every


def _techniques(knowledge: Knowledge, rows: list[Specialty]) -> list[Specialty]:
    """The technicians' specialties beside doctors' of the same field: 核医学 and 核医学技术."""
    fields = {row.name.removesuffix(knowledge.phrases["specialty_suffix"]) for row in rows if row.category}
    known = {row.no for row in rows}
    return [
        row
        for row in knowledge.facts.specialties
        if row.no not in known and not row.category and any(row.name.startswith(each) for each in fields)
    ]
