"""How well a region is known: what is answered there, what is a hole, and what its facts alone let say. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.desk import sheets, typed
from bot.desk.checklists import notices_of
from bot.desk.fields import named
from bot.desk.layers import Layered
from bot.desk.sheets import KINDS, Sheet, columns_of, labels_of, told
from bot.messages import Named
from bot.staff.exchange import Table
from bot.staff.years import Answered, RegionPlan, TopicState
from knowledge.edit import new
from knowledge.entries import Entry, key_of
from knowledge.model import Knowledge, Scope
from knowledge.render import Context, Details, RenderError, fill
from knowledge.resolve import Found, resolve
from knowledge.rollover import Copy
from knowledge.topic import Topic

OPENING = re.compile(
    r"\{(window|days|fees|sites|timetable)(?::([a-z_]+))?\}。"
)  # an answer's first sentence: facts alone
SHEET = (Table.WINDOWS, Table.FEES, Table.SITES, Table.CONTACTS)
EXPECTED = {  # window → its stage: what a region's calendar has
    "submission": "submission",
    "confirmation": "confirmation",
    "review": "review",
    "payment": "payment",
    "admission_ticket": "admission_ticket",
    "exam": "exam",
}
BLANKS = {Table.FEES: 2, Table.SITES: 5, Table.CONTACTS: 1}  # prepared rows


def place(known: Knowledge, region: str, exam: str) -> tuple[str, str] | None:
    """The ids that a region's name (or id) and an exam mean; None where either means none or several."""
    text = region.strip()
    found = (text,) if text in known.gazetteer else known.gazetteer.lookup(text)
    exams = [each.id for each in known.exams.values() if exam in (each.id, each.name, each.short)]
    exams = exams or ([next(iter(known.exams))] if not exam else [])
    return (found[0], exams[0]) if len(found) == 1 and exams else None


def plan(known: Knowledge, region: str, exam: str) -> RegionPlan:
    """What is said on every topic of an exam in a region, in the knowledge's year."""
    topics = [_state(known, topic, region, exam) for topic in _topics(known, exam)]
    return RegionPlan(
        region=named(known, region),
        exam=Named(id=exam, name=known.exams[exam].short),
        year=known.year,
        notices=tuple(Named(id=each.id, name=each.title) for each in notices_of(known, region, known.year)),
        lacks=tuple(_lacks(known, region, exam)),
        topics=tuple(topics),
        proposed=sum(bool(each.proposal) for each in topics),
    )


def _topics(known: Knowledge, exam: str) -> Iterator[Topic]:
    """The topics that rest on notices and are about an exam, in whatever year."""
    for topic in known.topics.values():
        answers = known.every.topics[topic.id].answer
        if topic.is_yearly and (not answers or any(exam in each.exams for each in answers)):
            yield topic


def _state(known: Knowledge, topic: Topic, region: str, exam: str) -> TopicState:
    found = resolve(known, topic, Scope(exam=exam, region=region))
    if not isinstance(found, Found):
        state = Answered.HOLE
    elif found.answer.unstated:
        state = Answered.UNSTATED
    else:
        state = Answered.OWN if found.answer.region == region else Answered.INHERITED
    is_open = state in (Answered.HOLE, Answered.UNSTATED) and not _own(topic, region, exam)
    proposal = _opening(known, topic, region, exam) if is_open else ""
    return TopicState(topic=Named(id=topic.id, name=topic.title), state=state, proposal=proposal)


def _own(topic: Topic, region: str, exam: str) -> bool:
    return bool(topic.at(region, exam))


def _lacks(known: Knowledge, region: str, exam: str) -> Iterator[str]:
    """What is still to be asked for."""
    facts = known.facts
    if not any(each.region == region and exam in each.exams for each in known.in_force):
        yield "notice"
    rows: dict[str, tuple[Any, ...]] = {"windows": facts.windows, "fees": facts.fees, "contacts": facts.contacts}
    for name, held in rows.items():
        if not any(row.region == region and exam in row.exams for row in held):
            yield name
    if not any(exam in site.exams for site in known.sites_in(region)):
        yield "sites"


# --- what the facts alone let say ----------------------------------------------------------------------------------


def _opening(known: Knowledge, topic: Topic, region: str, exam: str) -> str:
    """The first sentence of other regions' answers, where it is nothing but facts, and the region has these of its own."""
    for answer in known.every.topics[topic.id].answer:
        found = OPENING.match(answer.text)
        if found and exam in answer.exams and _rows(known, found, region, exam):
            text = found[0]
            try:
                fill(text, Context(knowledge=known, exam=exam, region=region, details=Details()))
            except RenderError:
                continue
            return text
    return ""


def _rows(known: Knowledge, found: re.Match[str], region: str, exam: str) -> list[Any]:
    """The region's own rows that a placeholder is filled from."""
    if found[1] in ("window", "days"):
        window = known.window(found[2] or "", exam, region)
        return [window] if window and window.region == region else []
    held: tuple[Any, ...] = {
        "fees": known.facts.fees,
        "timetable": known.facts.sittings,
        "sites": known.sites_in(region),
    }[found[1]]
    return [row for row in held if exam in row.exams and (found[1] == "sites" or row.region == region)]


def proposals(known: Knowledge, stands: Mapping[str, Entry], region: str, exam: str) -> list[Copy]:
    """Answers that say a region's facts and nothing else, with the words of the notice that state these; not those there are."""
    made = []
    for topic in _topics(known, exam):
        text = _state(known, topic, region, exam).proposal
        found = OPENING.match(text)
        entry = stands.get(f"topic:{topic.id}")
        if found is None or entry is None:
            continue
        cited = dict.fromkeys((row.source, row.quote) for row in _rows(known, found, region, exam))
        fields = {
            "exams": [exam],
            "region": region,
            "year": known.year,
            "text": text,
            "sources": [{"clause": clause, "quote": quote} for clause, quote in cited],
        }
        key = key_of("answer", fields, topic.id)
        if key not in stands:
            made.append(Copy(key=key, file=entry.file, text=new("answer", fields), topic=topic.id, before=""))
    return made


# --- the fact sheet ------------------------------------------------------------------------------------------------


def sheet(layer: Layered, region: str, exam: str, year: int) -> bytes:
    """A workbook with what is known of a region, and rows prepared for what is not."""
    from bot.desk import workbook  # late: openpyxl is needed by few, and costs memory

    known = layer.knowledge
    about = told()["about"]
    lines = [line.format(edition=layer.edition, drafts=about["drafts"]) for line in about["lines"]]
    return workbook.write(
        [(_sheet(layer, table, region, exam, year), labels_of(KINDS[table], known)) for table in SHEET], lines, spare=50
    )


def _sheet(layer: Layered, table: Table, region: str, exam: str, year: int) -> Sheet:
    known = layer.knowledge
    own = [
        entry
        for entry in layer.entries.values()
        if entry.kind == KINDS[table]
        and entry.fields.get("year") == year
        and str(entry.fields.get("region", "")) in known.gazetteer
        and known.gazetteer.contains(region, str(entry.fields["region"]))
        and exam in entry.fields.get("exams", ())
    ]
    found = sheets.sheet(table, own, known)
    labels = labels_of(KINDS[table], known)
    scope = {"exams": exam, "region": fields_region(known, region), "year": str(year)}
    there = {str(entry.fields.get("name", "")) for entry in own}
    fresh = [{"name": name, "stage": stage} for name, stage in EXPECTED.items() if name not in there]
    more = fresh if table is Table.WINDOWS else [{} for _ in range(BLANKS.get(table, 0))]
    blank = dict.fromkeys(columns_of(table), "")
    rows = [blank | {name: labels.shown(name, text) for name, text in {**scope, **each}.items()} for each in more]
    return Sheet(table=table, columns=found.columns, rows=(*found.rows, *rows))


def fields_region(known: Knowledge, region: str) -> str:
    """A region as it is typed into a cell."""
    return typed.show("window", {"region": region}, known)["region"]
