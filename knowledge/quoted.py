"""Whether the days of a row are those of the words that it quotes: a wrong year or a slip of the finger is found here. Pure."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from knowledge.fact import Site, Sitting, Window
from knowledge.problem import FILES, Content, Problem, entry_of

YEARS = re.compile(r"(?<!\d)(20\d\d)(?=年|[-./])")
MONTHS = re.compile(r"(?<!\d)(\d{1,2})(?=月|[-./]\d)")
DAYS = re.compile(r"\d{1,4}")


def unquoted(days: Iterable[dt.date], quote: str, year: int) -> tuple[dt.date, ...]:
    """The days that a quote does not give. Where it names no year, one of the exam's year or of the year before is meant."""
    years = {int(found) for found in YEARS.findall(quote)} or {year - 1, year}
    months = {int(found) for found in MONTHS.findall(quote)}
    numbers = {int(found) for found in DAYS.findall(quote)}
    return tuple(
        day
        for day in days
        if day.year not in years or (months and day.month not in months) or (numbers and day.day not in numbers)
    )


def days_of(row: Window | Site | Sitting) -> tuple[dt.date, ...]:
    """The days that a row states."""
    listed = getattr(row, "days", ())
    if isinstance(row, Sitting):
        return row.days
    return tuple(listed) or tuple(day for day in (row.start, row.end) if day)


def days(content: Content) -> Iterator[Problem]:
    """Every day of a row stands in its quote, in a year that the quote or the exam has."""
    facts = content.knowledge.facts
    for row in (*facts.windows, *facts.sites, *facts.sittings):
        for day in unquoted(days_of(row), row.quote, row.year):
            yield Problem(
                file=FILES[type(row)],
                entry=entry_of(row),
                problem=f"{day.isoformat()} is not what “{row.quote}” says",
                remedy="compare year, month and day with the clause, or quote the words that give the day",
            )
