"""Labels follow a right change: who must name 2月8日 must name 2月18日 once a notice has moved the last day. Pure.

A label is carried by rows that a publication changes, from their old figures to those that their new clause states, and by
them alone: only where the reply is in the row's scope and about its stage. Whatever else went wrong in a reply stays wrong.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from bot.desk.played import Played
from intents.evaluate import Case, Outcome, faults
from knowledge import entries
from knowledge.fact import Contact, Fee, Site, Window
from knowledge.figures import PHONE, days_of, has_amount, strange_days, strange_phones
from knowledge.model import Knowledge
from knowledge.region import NATION
from knowledge.render import PLACEHOLDER

KINDS: Mapping[type, str] = {Window: "window", Fee: "fee", Site: "site", Contact: "contact"}
NUMBER = re.compile(r"\d+(?:-\d+)*")  # an amount, or a phone with its area code
MOST_SUBJECTS = 4  # of an exam: what a fee comes to
DAY = dt.timedelta(days=1)
Moving = Window | Fee | Site | Contact
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A row before and after its figures were changed."""

    before: Moving
    after: Moving


def moved(before: Knowledge, after: Knowledge) -> tuple[Moved, ...]:
    """The rows of which a publication changes figures, to those that their clauses state; a wrong figure carries nothing."""
    old, new = _rows(before), _rows(after)
    pairs = [Moved(before=old[key], after=row) for key, row in new.items() if key in old and old[key] != row]
    return tuple(each for each in pairs if _is_stated(after, each.after))


def _rows(knowledge: Knowledge) -> dict[str, Moving]:
    facts = knowledge.facts
    rows: tuple[Moving, ...] = (*facts.windows, *facts.fees, *facts.sites, *facts.contacts)
    return {entries.key_of(KINDS[type(row)], msgspec.to_builtins(row)): row for row in rows}


def _is_stated(knowledge: Knowledge, row: Moving) -> bool:
    """Whether a clause states the figures of a row."""
    _, clause = knowledge.clause(row.source)
    if row.quote not in clause.full_text:
        return False
    if isinstance(row, Fee):
        return has_amount(row)
    if isinstance(row, Window | Site) and any(strange_days(days_of(row), row.quote, row.year)):
        return False
    return isinstance(row, Window) or not strange_phones(row.phone, clause.full_text)


def follows(knowledge: Knowledge, moves: Iterable[Moved], case: Case, was: Played, now: Played) -> bool:
    """Whether a reply that was right and is wrong is right by its label as the moves carry it; `knowledge` is the new one."""
    if was.outcome is not Outcome.RIGHT or now.outcome is not Outcome.WRONG:
        return False
    if (was.said.kind, was.topics, was.region, was.exam) != (now.said.kind, now.topics, now.region, now.exam):
        return False
    label = carried(case, [each for each in moves if _concerns(knowledge, each.after, now)])
    return label != case and not faults(label, now.said.kind, now.said.text)


def _concerns(knowledge: Knowledge, row: Moving, reply: Played) -> bool:
    """Whether a row holds where a reply is given, and the reply is about its stage."""
    exam, region = reply.exam or next(iter(knowledge.exams)), reply.region or NATION
    topics = [knowledge.topics[each] for each in reply.topics if each in knowledge.topics]
    codes = {code for topic in topics for answer in topic.answer for code in PLACEHOLDER.findall(answer.text)}
    match row:
        case Window():
            is_told = any(row.stage == topic.stage or row.name == topic.window for topic in topics)
            is_told = is_told or any(argument == row.name for _, argument in codes)
            return is_told and knowledge.window(row.name, exam, region) == row
        case Fee():
            return any(name == "fees" for name, _ in codes) and row in knowledge.nearest(
                knowledge.facts.fees, exam, region
            )
        case Site():
            contains = knowledge.gazetteer.contains
            return exam in row.exams and (contains(region, row.region) or contains(row.region, region))
        case Contact():
            return row in knowledge.nearest(knowledge.facts.contacts, exam, region)


def carried(case: Case, moves: Sequence[Moved]) -> Case:
    """The case with the old figures of the moves as the new ones. What it forbade and a row now states it forbids no more."""
    days = _agreed([pair for each in moves for pair in _days(each)])
    days = _agreed([(old - DAY, new - DAY) for old, new in _ends(moves)]) | days  # {before_end:…}
    figures = _agreed([pair for each in moves for pair in _figures(each)])
    return msgspec.structs.replace(
        case,
        dates=tuple(_day(each, days) for each in case.dates),
        not_dates=tuple(_day(each, days) for each in case.not_dates if not _is_of(each, days.values())),
        all=tuple(_words(each, figures) for each in case.all),
        none=tuple(_text(each, figures) for each in case.none if not set(NUMBER.findall(each)) & set(figures.values())),
    )


def _ends(moves: Iterable[Moved]) -> Iterator[tuple[dt.date, dt.date]]:
    """The last day of a window that was moved, as it was and as it is."""
    for each in moves:
        if isinstance(each.before, Window) and isinstance(each.after, Window) and each.before.end and each.after.end:
            yield each.before.end, each.after.end


def _days(each: Moved) -> Iterator[tuple[dt.date, dt.date]]:
    """The days of a row as they were and as they are, as far as it can be told which has become which."""
    old, new = each.before, each.after
    if isinstance(old, Window) and isinstance(new, Window) and (old.days or new.days):
        yield from zip(old.days, new.days, strict=True) if len(old.days) == len(new.days) else ()
    elif isinstance(old, Window | Site) and isinstance(new, Window | Site):
        for was, now in ((old.start, new.start), (old.end, new.end)):
            if was and now:
                yield was, now


def _figures(each: Moved) -> Iterator[tuple[str, str]]:
    """Amounts, also of several subjects, and phones with and without their area code, as they were and as they are."""
    old, new = each.before, each.after
    if isinstance(old, Fee) and isinstance(new, Fee):
        for count in range(1, MOST_SUBJECTS + 1):
            yield str(old.amount * count), str(new.amount * count)
    elif isinstance(old, Site | Contact) and isinstance(new, Site | Contact):
        was, now = PHONE.findall(old.phone), PHONE.findall(new.phone)
        for pair in zip(was, now, strict=True) if len(was) == len(now) else ():
            yield pair
            yield pair[0].rpartition("-")[2], pair[1].rpartition("-")[2]


def _agreed(pairs: Sequence[tuple[T, T]]) -> dict[T, T]:
    """Old → new; what becomes several is carried to none of them."""
    news: dict[T, set[T]] = {}
    for old, new in pairs:
        news.setdefault(old, set()).add(new)
    return {old: new.pop() for old, new in news.items() if len(new) == 1 and old not in new}


def _is_of(label: str, days: Iterable[dt.date]) -> bool:
    """Whether a label's MM-DD or YYYY-MM-DD is one of the days."""
    return any(day.isoformat().endswith(label) for day in days)


def _day(label: str, days: Mapping[dt.date, dt.date]) -> str:
    new = next((new for old, new in days.items() if old.isoformat().endswith(label)), None)
    return new.isoformat()[-len(label) :] if new else label


def _words(label: str | tuple[str, ...], figures: Mapping[str, str]) -> str | tuple[str, ...]:
    return _text(label, figures) if isinstance(label, str) else tuple(_text(each, figures) for each in label)


def _text(label: str, figures: Mapping[str, str]) -> str:
    return NUMBER.sub(lambda found: figures.get(found[0], found[0]), label)
