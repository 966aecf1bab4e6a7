"""A gate on what is quoted beneath an answer: the days that it names are those that are told above it.

Days in a text come from rows and move with them; words that are quoted do not. Where a window was moved, the old notice's day
would stand beneath the new one: 12月16日 above, （12月14日前） below. Knows no other gate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.fact import Window
from knowledge.figures import Dated, Named, days_of, is_named, named_days, strange_days
from knowledge.model import Knowledge
from knowledge.problem import Content, Gate, Problem
from knowledge.render import PLACEHOLDER
from knowledge.resolve import Found
from knowledge.told import told
from knowledge.topic import Topic

PRINTING = frozenset({"window", "days", "start", "end", "before_end"})  # the placeholders that print a window's days
Printed = dict[str, tuple[Window, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quoted:
    """A quotation with a day that is told nowhere."""

    file: str
    entry: str
    clause: str
    days: str


def days(content: Content) -> Iterator[Problem]:
    """Every day that is quoted beneath an answer is one that it prints there, or stands in another row on that clause."""
    knowledge, seen = content.told, set()
    for topic, found in told(content):
        dated = [(source, named) for source in found.answer.sources if (named := named_days(source.quote))]
        printed = _printed(knowledge, topic, found) if dated else {}
        if any(any(strange_days(days_of(row), row.quote, row.year)) for row, *_ in printed.values()):
            continue  # the row is wrong itself, as its own gate says
        for source, named in dated:
            strange = _strange(named, (*_other(knowledge, source.clause, printed), *sum(printed.values(), ())))
            rows = " ".join(dict.fromkeys(row.source for row, *_ in printed.values()))
            key = topic.id, found.answer, source, rows
            if strange and key not in seen:
                seen.add(key)
                entry = f"{topic.id} in {found.answer.region}"
                quoted = _Quoted(file=content.topic_files[topic.id], entry=entry, clause=source.clause, days=strange)
                yield _otherwise(quoted, found.region, rows) if rows else _nowhere(quoted)


def _printed(knowledge: Knowledge, topic: Topic, found: Found) -> Printed:
    """The windows whose days an answer prints in a scope, by name; with a point's own days those that they lie in."""
    names = {argument for name, argument in PLACEHOLDER.findall(found.answer.text) if name in PRINTING} | {topic.window}
    printed: Printed = {}
    for name in sorted(names):
        if row := knowledge.window(name, found.exam, found.region):
            named = tuple(each for each in knowledge.facts.windows if each.name == name)
            around = knowledge.nearest(named, found.exam, found.region) if row not in named else ()
            printed[name] = (row, *around)
    return printed


def _other(knowledge: Knowledge, clause: str, printed: Printed) -> Iterator[Dated]:
    """The rows that rest on a clause and are of no window that is printed: of that one, what is told here counts alone."""
    facts = knowledge.facts
    rows: tuple[Dated, ...] = (*facts.windows, *facts.sites, *facts.sittings)
    for row in rows:
        if row.source == clause and not (isinstance(row, Window) and row.name in printed):
            yield row


def _strange(named: frozenset[Named], rows: tuple[Dated, ...]) -> str:
    """The named days that no row has, as 2024-02-08 or 02-08."""
    held = {day for row in rows for day in days_of(row)}
    strange = sorted((each for each in named if not is_named(each, held)), key=lambda each: each[1:])
    return " ".join("-".join(f"{number:02}" for number in each if number) for each in strange)


def _otherwise(quoted: _Quoted, region: str, rows: str) -> Problem:
    return Problem(
        file=quoted.file,
        entry=quoted.entry,
        problem=f"told in {region}, it prints the days of {rows} and quotes {quoted.days} from {quoted.clause}",
        remedy=f"quote the words of {rows} there, and publish both together; "
        f"in an answer of a wider region quote words without the day, or write one for {region}",
    )


def _nowhere(quoted: _Quoted) -> Problem:
    return Problem(
        file=quoted.file,
        entry=quoted.entry,
        problem=f"it quotes {quoted.days} from {quoted.clause}, and no fact on that clause has it",
        remedy="quote the clause that holds now, or words without the day",
    )


GATES: tuple[Gate, ...] = (days,)
