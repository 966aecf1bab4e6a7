"""Everything that is known, as one immutable value, and the look-ups by scope that the rest is built on.

One year is told. Answers and rows of other years may be on file; they stand in `Knowledge.every` alone, so that nothing that
looks up or renders can tell an old one as current.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import msgspec

from knowledge.fact import Contact, Fee, RegionList, Site, Sitting, Specialty, Stage, Window
from knowledge.notice import Clause, Notice
from knowledge.region import NATION, Gazetteer
from knowledge.status import StatusTable
from knowledge.topic import Topic


class Exam(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An examination that the notices are about."""

    id: str
    name: str
    short: str
    levels: tuple[str, ...]
    """The levels that are sat in it."""
    ask: str
    """How it is offered when the exam has to be asked for."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """For whom something is asked; None is unknown."""

    exam: str | None = None
    region: str | None = None


class _Scoped(Protocol):
    @property
    def exams(self) -> tuple[str, ...]: ...
    @property
    def region(self) -> str: ...


BEIJING = dt.timezone(dt.timedelta(hours=8))
R = TypeVar("R", bound=_Scoped)


class _Yearly(Protocol):
    @property
    def year(self) -> int: ...


Y = TypeVar("Y", bound=_Yearly)


def _of(rows: tuple[Y, ...], year: int) -> tuple[Y, ...]:
    return tuple(row for row in rows if row.year == year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Rows, in the order of their files."""

    windows: tuple[Window, ...]
    fees: tuple[Fee, ...]
    sites: tuple[Site, ...]
    specialties: tuple[Specialty, ...]
    lists: tuple[RegionList, ...]
    sittings: tuple[Sitting, ...]
    contacts: tuple[Contact, ...]

    def of_year(self, year: int, notices: Mapping[str, Notice]) -> "Facts":
        """The rows of a year; a specialty is of the year of its notice."""
        ids = {notice.id for notice in notices.values() if notice.year == year}
        return Facts(
            windows=_of(self.windows, year),
            fees=_of(self.fees, year),
            sites=_of(self.sites, year),
            specialties=tuple(row for row in self.specialties if row.source.partition("#")[0] in ids),
            lists=_of(self.lists, year),
            sittings=_of(self.sittings, year),
            contacts=_of(self.contacts, year),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """What is on file of every year: for staff and gates, never to be told."""

    topics: Mapping[str, Topic]
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The whole: swapped as one when something is published."""

    year: int
    """The exam year that is told; exams.toml states it."""

    exams: Mapping[str, Exam]
    notices: Mapping[str, Notice]
    """Of every year: old ones can still be read."""
    topics: Mapping[str, Topic]
    """All topics, with the answers of the year alone."""
    facts: Facts
    """The rows of the year alone."""
    every: Every
    gazetteer: Gazetteer
    phrases: Mapping[str, str]
    """Fixed sentences of the bot, by key."""
    lexicon: Mapping[str, Any]
    """Vocabularies for understanding; intents gives them their types."""
    status: StatusTable
    """What the states of a registration mean."""

    def in_year(self, year: int) -> "Knowledge":
        """The same, telling another year."""
        facts, topics = self.every.facts.of_year(year, self.notices), self.every.topics
        return replace(self, year=year, facts=facts, topics={each: topics[each].of_year(year) for each in topics})

    def whole(self) -> "Knowledge":
        """The same with the answers and rows of every year, for gates: not to be told."""
        return replace(self, topics=self.every.topics, facts=self.every.facts)

    @property
    def in_force(self) -> tuple[Notice, ...]:
        """The notices of the year."""
        return tuple(notice for notice in self.notices.values() if notice.year == self.year)

    def clause(self, reference: str) -> tuple[Notice, Clause]:
        """The clause of `notice#clause`; KeyError if there is none."""
        notice_id, _, clause_id = reference.partition("#")
        notice = self.notices[notice_id]
        clause = notice.find(clause_id)
        if clause is None:
            raise KeyError(reference)
        return notice, clause

    def nearest(self, rows: tuple[R, ...], exam: str, region: str) -> tuple[R, ...]:
        """The rows of the nearest node, the region itself first, that has any for the exam."""
        for node in self.gazetteer.lineage(region):
            found = tuple(row for row in rows if row.region == node and exam in row.exams)
            if found:
                return found
        return ()

    def window(self, name: str, exam: str, region: str, year: int = 0) -> Window | None:
        """The window of that name that holds in a scope; of any year where none is named."""
        window = self._site_window(exam, region) if name == "confirmation" else None
        if window and year in (0, window.year):
            return window
        named = tuple(each for each in self.facts.windows if each.name == name and year in (0, each.year))
        found = next(iter(self.nearest(named, exam, region)), None)
        if found and found.if_listed and region != NATION and not self.is_listed(found.if_listed, region):
            return None
        return found

    def _site_window(self, exam: str, region: str) -> Window | None:
        """The days of a region's one registration point: nearer than those of the place above it."""
        own = [site for site in self.facts.sites if site.region == region and exam in site.exams]
        if len(own) != 1 or not own[0].start:
            return None
        site = own[0]
        return Window(
            name="confirmation",
            stage=Stage.CONFIRMATION,
            exams=site.exams,
            region=region,
            year=site.year,
            start=site.start,
            end=site.end,
            half=site.half,
            source=site.source,
            quote=site.quote,
        )

    def is_listed(self, name: str, region: str) -> bool:
        """Whether a region's 考区 is on the closed list of that name."""
        rows = [row for row in self.facts.lists if row.name == name]
        if any(self.gazetteer.contains(each, region) for row in rows for each in row.exceptions):
            return False
        return any(self.gazetteer.province(region) in row.regions for row in rows)

    def sites_in(self, region: str) -> tuple[Site, ...]:
        """The registration points of a region: its own, or those of all places within it."""
        own = tuple(site for site in self.facts.sites if site.region == region)
        within = tuple(site for site in self.facts.sites if self.gazetteer.contains(region, site.region))
        return own if own and not any(s.region != region for s in within) else within


def beijing(moment: dt.datetime) -> dt.date:
    """The day in Beijing at a moment."""
    return moment.astimezone(BEIJING).date()
