"""Gates on figures: every day, amount and phone of a row is the one that its clause states. Knows no other gate.

A day is held against the quote: its day, its month, and its year where the quote gives one (2023年12月1-14日; 2024年度 is none).
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from knowledge.fact import Contact, Fee, Site, Sitting, Window
from knowledge.problem import FILES, Content, Gate, Problem, entry_of

YEAR = re.compile(r"(?<!\d)(20\d\d)年(?!度)")
PHONE = re.compile(r"\d[\d-]*\d")
MARK = "〖"  # around what a roll-over leaves to be compared: knowledge.rollover
JOINED = r"\d{1,2}(?![\d月])日?"  # a further day of the month: the 14 of 12月1-14日, not the 2 of 1月29-2月8日
RUN = re.compile(rf"(?:(\d{{4}})年)?(\d{{1,2}})月({JOINED}(?:[-—–―~至到、,和及]{JOINED})*)")
Dated = Window | Site | Sitting
Named = tuple[int, int, int]
"""A day that words name: year (0 where they leave it out), month, day."""


def days_of(row: Dated) -> tuple[dt.date, ...]:
    """The days that a row states, the first one first."""
    if isinstance(row, Sitting):
        return row.days
    single = row.days if isinstance(row, Window) else ()
    return single or tuple(day for day in (row.start, row.end) if day)


def named_days(quote: str) -> frozenset[Named]:
    """The days that a quote names: both of 1月29日-2月8日, all of 4月13、14、20日."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", quote))
    return frozenset(
        (int(year or 0), int(month), int(day))
        for year, month, run in RUN.findall(text)
        for day in re.findall(r"\d+", run)
    )


def is_named(named: Named, days: Collection[dt.date]) -> bool:
    """Whether one of the days is the named one; a year that is left out fits any."""
    year, *rest = named
    return any([day.month, day.day] == rest and year in (0, day.year) for day in days)


def strange_days(days: Iterable[dt.date], quote: str, year: int) -> Iterator[dt.date]:
    """The days that are not those of a quote; `year` is the exam's, whose days lie in it or in the year before."""
    years = {int(each) for each in YEAR.findall(quote)} or {year - 1, year}
    first: dt.date | None = None
    for day in days:
        is_turned = first is not None and day.year == first.year + 1 and day.month < first.month  # 12月29日至1月5日
        is_written = re.search(rf"(?<!\d)0?{day.month}月", quote) and re.search(rf"(?<!\d)0?{day.day}(?!\d)", quote)
        if not is_written or not (day.year in years or (is_turned and first and first.year in years)):
            yield day
        first = first or day


def strange_phones(phone: str, text: str) -> tuple[str, ...]:
    """The numbers of a phone field that a clause does not have; it may leave out an area code that it has given before."""
    return tuple(
        each
        for each in PHONE.findall(phone)
        if not any(re.search(rf"(?<![\d-]){given}(?!\d)", text) for given in {each, each.rpartition("-")[2]})
    )


def has_amount(fee: Fee) -> bool:
    """Whether a fee is the amount that its quote states."""
    return fee.amount > 0 and bool(re.search(rf"(?<!\d){fee.amount}(?!\d)", fee.quote))


def days(content: Content) -> Iterator[Problem]:
    """Every day of a row stands in its quote; days in a wrong order are for another gate."""
    facts = content.knowledge.facts
    rows: tuple[Dated, ...] = (*facts.windows, *facts.sites, *facts.sittings)
    for row in rows:
        found = days_of(row)
        for day in strange_days(found, row.quote, row.year) if list(found) == sorted(found) else ():
            yield Problem(
                file=FILES[type(row)],
                entry=entry_of(row),
                problem=f"{day} is not in its quote “{row.quote}”",
                remedy="compare day, month and year with the clause, and quote the words that state them",
            )


def amounts(content: Content) -> Iterator[Problem]:
    """Every fee's amount stands in its quote."""
    for row in content.knowledge.facts.fees:
        if not has_amount(row):
            yield Problem(
                file=FILES[Fee],
                entry=entry_of(row),
                problem=f"{row.amount} is not in its quote “{row.quote}”",
                remedy="compare the amount with the clause, and quote the words that state it",
            )


def phones(content: Content) -> Iterator[Problem]:
    """Every phone number stands in its clause."""
    facts = content.knowledge.facts
    rows: tuple[Site | Contact, ...] = (*facts.sites, *facts.contacts)
    for row in rows:
        _, clause = content.knowledge.clause(row.source)
        for phone in strange_phones(row.phone, clause.full_text):
            yield Problem(
                file=FILES[type(row)],
                entry=entry_of(row),
                problem=f"the phone {phone} is not in {row.source}",
                remedy="copy the number from the clause, or cite the clause that states it",
            )


def marks(content: Content) -> Iterator[Problem]:
    """Nothing that a roll-over marked is left in an answer."""
    for _, answer, file, entry in content.answers():
        if MARK in answer.text:
            yield Problem(
                file=file,
                entry=entry,
                problem=f"it has a mark {MARK} of what was copied from another year",
                remedy="compare the words with the new notice, and write them without the mark",
            )


GATES: tuple[Gate, ...] = (days, amounts, phones, marks)
