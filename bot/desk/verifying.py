"""An unverified entry as a form, and what somebody typed who compared it with a notice. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.desk import checklists, sheets, typed
from bot.desk.fields import fields_of, named
from bot.desk.layers import Layered
from bot.desk.misfits import misfit
from bot.desk.naming import name_of
from bot.desk.proofread import faults
from bot.desk.sheets import told
from bot.messages import Named
from bot.staff.editing import Kind
from bot.staff.editions import Draft, Finding
from bot.staff.years import Clause, Verifying
from knowledge.entries import Entry
from knowledge.figures import MARK
from knowledge.model import Knowledge
from knowledge.region import NATION


def shown(draft: Draft, entry: Entry, layer: Layered) -> Verifying:
    """The entry with what it was copied from, and the clauses of the notices that hold for it."""
    known, year = layer.knowledge, int(entry.fields.get("year", 0))
    before = checklists.before_of(entry, layer, year)
    region = str(entry.fields.get("region", NATION))
    return Verifying(
        draft=draft,
        kind=Kind(entry.kind),
        name=name_of(entry, known),
        region=named(known, region) if region in known.gazetteer else Named(id=region, name=region),
        fields=typed.show(entry.kind, entry.fields, known),
        before=typed.show(before.kind, before.fields, known) if before else {},
        clauses=tuple(_clauses(known, region, year, tuple(entry.fields.get("exams", ())))),
    )


def _clauses(known: Knowledge, region: str, year: int, exams: tuple[str, ...]) -> Iterator[Clause]:
    for notice in checklists.notices_of(known, region, year):
        if not set(exams) - set(notice.exams):
            for clause in notice.clause:
                if not clause.heading:
                    yield Clause(
                        id=f"{notice.id}#{clause.id}", label=clause.label, notice=notice.short, text=clause.full_text
                    )


def read(entry: Entry, given: Mapping[str, str], known: Knowledge) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The values of an entry as somebody typed them (what was not sent stays), and why they do not do, in Chinese."""
    kind = entry.kind
    stands = typed.show(kind, entry.fields, known)
    wanted = {**stands, **{name: sheets.trimmed(text) for name, text in given.items() if name in stands}}
    values, wrong = typed.read(kind, fields_of(kind, known), wanted, known)
    wrong += faults(kind, values, known)
    findings = []
    for each in wrong:
        told_so = misfit("", "", each.why, each.what or wanted.get(each.field, ""))
        findings.append(
            Finding(file=entry.file, entry=_header(kind, each.field), problem=told_so.problem, remedy=told_so.remedy)
        )
    return values, (*findings, *_of_answer(entry, values, known))


def _of_answer(entry: Entry, values: Mapping[str, Any], known: Knowledge) -> Iterator[Finding]:
    """Nothing marked is left, and an answer has its sources."""
    if entry.kind != "answer":
        return
    if MARK in (values.get("text") or ""):
        yield _refusal(entry, "text", "mark")
    topic = known.topics.get(entry.topic)
    if not values.get("sources") and (topic is None or topic.kind == "answer"):
        yield _refusal(entry, "sources", "sources")


def _refusal(entry: Entry, field: str, why: str) -> Finding:
    words = told()["refusals"][why]
    return Finding(file=entry.file, entry=_header(entry.kind, field), problem=words["problem"], remedy=words["remedy"])


def _header(kind: str, field: str) -> str:
    own: Mapping[str, str] = told()["columns_of"].get(kind, {})
    return own.get(field) or str(told()["columns"].get(field, field))
