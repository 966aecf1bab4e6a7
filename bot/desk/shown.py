"""Entries as pages show them: an answer as it is told in its region, a row as it is typed, a notice with its clauses. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.desk import clauses, typed
from bot.desk.fields import named
from bot.desk.layers import Layered
from bot.desk.proofread import unfilled
from bot.messages import Named
from bot.staff.library import AnswerLine, Citing, FactRow, NoticePage
from knowledge.entries import Entry
from knowledge.model import Knowledge
from knowledge.render import Context, Details, RenderError, fill

FIRST = 60  # characters by which an entry is found


def filled(text: str, context: Context) -> str:
    """The text; empty where a placeholder has no row."""
    try:
        return fill(text, context)
    except RenderError:
        return ""


def answer(layered: Layered, entry: Entry) -> AnswerLine | None:
    """An answer as it is told in its own region; None where it cannot be read."""
    fields, knowledge = entry.fields, layered.knowledge
    try:
        exams, region, text = tuple(fields["exams"]), str(fields["region"]), str(fields["text"])
        year = int(fields["year"])
    except (KeyError, TypeError, ValueError):
        return None
    of_year = knowledge if year == knowledge.year else knowledge.in_year(year)
    context = Context(knowledge=of_year, exam=exams[0] if exams else "", region=region, details=Details())
    trouble = unfilled(text, context) if region in knowledge.gazetteer else text
    names = {each.id: each.short for each in knowledge.exams.values()}
    return AnswerLine(
        key=entry.key,
        exams=tuple(Named(id=each, name=names.get(each, each)) for each in exams),
        region=named(knowledge, region),
        year=year,
        text=text,
        filled=trouble or fill(text, context),
        is_filled=not trouble,
        sources=tuple(_citing(knowledge, each) for each in fields.get("sources", ())),
        if_listed=str(fields.get("if_listed", "")),
        if_not_listed=str(fields.get("if_not_listed", "")),
        unstated=bool(fields.get("unstated")),
        is_draft=entry.key in layered.drafted,
    )


def _citing(knowledge: Knowledge, source: Mapping[str, Any]) -> Citing:
    clause, quote = str(source.get("clause", "")), str(source.get("quote", ""))
    try:
        is_found = quote in knowledge.clause(clause)[1].full_text
    except KeyError:
        is_found = False
    return Citing(clause=clause, quote=quote, is_found=is_found)


def row(layered: Layered, entry: Entry) -> FactRow:
    """A row as it is typed."""
    region = entry.fields.get("region")
    return FactRow(
        key=entry.key,
        values=typed.show(entry.kind, entry.fields, layered.knowledge),
        region=named(layered.knowledge, str(region)).name if region else "",
        is_draft=entry.key in layered.drafted,
    )


def notice(layered: Layered, entry: Entry, *, with_clauses: bool) -> NoticePage | None:
    """A notice; None where it has no year."""
    fields = entry.fields
    if not isinstance(fields.get("year"), int):
        return None
    found = clauses.of_fields(fields)
    uses = clauses.used(layered, str(fields.get("id", "")))
    lines = tuple(clauses.with_uses(each, uses.get(each.id, ())) for each in found)
    text = {name: str(fields.get(name, "")) for name in ("id", "title", "short", "issuer", "number", "published_on")}
    return NoticePage(
        key=entry.key,
        **text,
        repost=bool(fields.get("repost")),
        exams=tuple(fields.get("exams", ())),
        region=named(layered.knowledge, str(fields.get("region", ""))),
        year=fields["year"],
        note=str(fields.get("note", "")),
        clauses=lines if with_clauses else (),
        count=len(lines),
        open=sum(each.is_open for each in lines),
        is_draft=entry.key in layered.drafted,
    )


def first(text: str) -> str:
    """How an entry begins."""
    return " ".join(text.split())[:FIRST]
