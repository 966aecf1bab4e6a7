"""What the fields of an entry have to agree on: clause and quote, scope and notice, days and quote, text and placeholders. Pure.

The gates say the same of the whole content before it is published; here the author is told while typing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.staff.forms import Fault
from knowledge.figures import strange_days, strange_phones
from knowledge.literals import literals_in
from knowledge.model import Knowledge
from knowledge.region import NATION, full_name
from knowledge.render import PLACEHOLDER, Context, Details, RenderError, fill

Values = Mapping[str, Any]


def faults(kind: str, values: Values, knowledge: Knowledge) -> list[Fault]:
    """What is wrong with values that were read; each proof looks only at what is there, in the year that they are of."""
    year = values.get("year")
    if isinstance(year, int) and year != knowledge.year:
        knowledge = knowledge.in_year(year)
    return [fault for proof in PROOFS.get(kind, (_cited, _days, _figures)) for fault in proof(values, knowledge)]


def _cited(values: Values, knowledge: Knowledge) -> Iterator[Fault]:
    """The quote stands in the clause, and the notice holds in the row's year, region and exams."""
    source, quote = values.get("source"), values.get("quote")
    if not source:
        return
    _, clause = knowledge.clause(source)
    if quote and quote not in clause.full_text:
        yield Fault(field="quote", why="not_in_clause", what=clause.label)
    yield from _scope(values, (source,), knowledge)


def _sources(values: Values, knowledge: Knowledge) -> Iterator[Fault]:
    yield from _scope(values, tuple(each["clause"] for each in values.get("sources") or ()), knowledge)


def _scope(values: Values, clauses: tuple[str, ...], knowledge: Knowledge) -> Iterator[Fault]:
    told: set[str] = set()
    for reference in clauses:
        notice, _ = knowledge.clause(reference)
        region, year, exams = values.get("region"), values.get("year"), values.get("exams") or ()
        if year and year != notice.year and "year" not in told:
            told.add("year")
            yield Fault(field="year", why="year_of_notice", what=f"{notice.short} {notice.year}")
        if region and not knowledge.gazetteer.contains(notice.region, region) and "region" not in told:
            told.add("region")
            where = full_name(knowledge.gazetteer, notice.region)
            yield Fault(field="region", why="region_of_notice", what=f"{notice.short} {where}")
        if set(exams) - set(notice.exams) and "exams" not in told:
            told.add("exams")
            yield Fault(field="exams", why="exams_of_notice", what=notice.short)


def _days(values: Values, _: Knowledge) -> Iterator[Fault]:
    """They are in order, and those that the quote gives."""
    days = values.get("days") or [day for day in (values.get("start"), values.get("end")) if day]
    dated = "days" if values.get("days") else "end"
    days = [day for day in days if not isinstance(day, str)]  # a sitting's start is an hour
    if days != sorted(days):
        yield Fault(field=dated, why="ends_before")
    quote, year = values.get("quote"), values.get("year")
    if not (quote and year):
        return
    for day in strange_days(days, quote, year):
        named = next((name for name in ("start", "end") if values.get(name) == day), "days")
        yield Fault(field=named, why="not_quoted", what=day.isoformat())


def _window(values: Values, _: Knowledge) -> Iterator[Fault]:
    if not any(values.get(name) for name in ("start", "end", "days")):
        yield Fault(field="start", why="no_day")


def _answer(values: Values, knowledge: Knowledge) -> Iterator[Fault]:
    """Nothing is typed that comes from rows, and every placeholder is filled in the answer's scope."""
    text, region = values.get("text") or "", values.get("region")
    for found in literals_in(text):
        yield Fault(field="text", why="literal", what=found)
    if not region:
        return
    for exam in values.get("exams") or ():
        trouble = unfilled(text, Context(knowledge=knowledge, exam=exam, region=region, details=Details()))
        if trouble and region != NATION:  # a national answer is told in regions; the gates try them all
            yield Fault(field="text", why="unfilled", what=trouble)
            return
    if set(PLACEHOLDER.sub("", text)) & {"{", "}"}:
        yield Fault(field="text", why="brace")


def unfilled(text: str, context: Context) -> str:
    """The first placeholder that cannot be filled in a scope; empty where all can."""
    for found in PLACEHOLDER.finditer(text):
        try:
            fill(found[0], context)
        except RenderError:
            return found[0]
    return ""


def _topic(values: Values, _: Knowledge) -> Iterator[Fault]:
    """It is not related to itself, nor instead of itself."""
    own = values.get("id")
    if own in (values.get("related") or ()):
        yield Fault(field="related", why="itself")
    for name in ("for_history", "for_moved"):
        if own and values.get(name) == own:
            yield Fault(field=name, why="itself")


def _figures(values: Values, knowledge: Knowledge) -> Iterator[Fault]:
    """An amount stands in the quote, a phone in the clause."""
    amount, quote = values.get("amount"), values.get("quote")
    if amount is not None and quote and not re.search(rf"(?<!\d){amount}(?!\d)", quote):
        yield Fault(field="amount", why="not_quoted", what=str(amount))
    if values.get("phone") and values.get("source"):
        _, clause = knowledge.clause(values["source"])
        for each in strange_phones(values["phone"], clause.full_text):
            yield Fault(field="phone", why="not_in_clause", what=each)


def _specialty(values: Values, knowledge: Knowledge) -> Iterator[Fault]:
    """Every cell stands in the row of that number of the clause's table."""
    source = values.get("source")
    if not source:
        return
    _, clause = knowledge.clause(source)
    rows = clause.table.rows if clause.table else ()
    cells = next((cells for cells in rows if cells[0] == str(values.get("no"))), None)
    if cells is None:
        yield Fault(field="no", why="no_table_row", what=clause.label)
        return
    for name in ("name", "code", "category", "range", "remark"):
        if values.get(name) and values[name] not in cells:
            yield Fault(field=name, why="not_in_row", what=clause.label)


Proof = Callable[[Values, Knowledge], Iterator[Fault]]
PROOFS: dict[str, tuple[Proof, ...]] = {
    "topic": (_topic,),
    "answer": (_sources, _answer),
    "window": (_cited, _window, _days),
    "specialty": (_specialty,),
    "notice": (),
}
"""Kind of entry → its proofs; for the other rows clause and days."""
