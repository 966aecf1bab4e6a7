"""What the console's pages and the command line call for a new year and for a new region. bot.desk.years fulfils it.

One year is told: the one that `exams.toml` states (`head:exams.toml`). A roll-over copies the answers and facts of one year as
unverified drafts of another, with days, amounts, phones and sources taken out, so that nothing old can be published as new. Each
copy is verified by somebody who finds it in a clause of the new notice, or taken away. Then the year itself is changed.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.messages import Named
from bot.staff.editing import Kept, Kind
from bot.staff.editions import Draft, Finding
from bot.staff.people import Person


class WorkState(StrEnum):
    """How far an entry of a year is."""

    UNVERIFIED = "unverified"
    """A draft that nobody has compared with a notice."""
    VERIFIED = "verified"
    """A draft that may be published."""
    PUBLISHED = "published"


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the year that is prepared."""

    key: str
    kind: Kind
    name: str
    """A topic's title, a window's name, a registration point."""
    state: WorkState
    exams: tuple[str, ...]
    before: str = ""
    """The key of the entry that it was copied from, where that is there."""


class RegionWork(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to do in one region."""

    region: Named
    notices: tuple[Named, ...] = ()
    """The notices of the year that hold there, published or drafts, its own first."""
    lacks_notice: tuple[Named, ...] = ()
    """The notices of the year before that have no successor yet: they have to be asked for."""
    work: tuple[Work, ...] = ()

    def count(self, state: WorkState) -> int:
        """How many entries are in a state."""
        return sum(each.state is state for each in self.work)


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """A year that is prepared, and what is left to verify."""

    told: int
    """The year that candidates are told."""
    year: int
    regions: tuple[RegionWork, ...]
    by_hand: tuple[str, ...] = ()
    """What no roll-over copies and has to be done by hand: self-checks and specialties, as they are named."""
    switch: Draft | None = None
    """The draft that makes it the year that is told, once somebody has made it."""

    def count(self, state: WorkState) -> int:
        """How many entries are in a state, over all regions."""
        return sum(each.count(state) for each in self.regions)


class Rolled(msgspec.Struct, frozen=True, kw_only=True):
    """What a roll-over did."""

    keys: tuple[str, ...] = ()
    """The drafts that it made."""
    skipped: int = 0
    """How many were there already."""
    findings: tuple[Finding, ...] = ()
    """Why nothing was done."""


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """A clause that an entry may be verified against."""

    id: str
    """notice#clause"""
    label: str
    notice: str
    """The notice's short title."""
    text: str
    """What quotes are compared with."""


class Verifying(msgspec.Struct, frozen=True, kw_only=True):
    """An unverified entry as the page shows it."""

    draft: Draft
    kind: Kind
    name: str
    region: Named
    fields: Mapping[str, str]
    """Of the draft, as they are typed: what has to be filled in is empty."""
    before: Mapping[str, str]
    """Of the entry that it was copied from, for comparison."""
    clauses: tuple[Clause, ...]
    """Of the notices of its year, exams and region."""


class Answered(StrEnum):
    """What a topic says in a region."""

    OWN = "own"
    INHERITED = "inherited"
    """By a rule of the region around it."""
    UNSTATED = "unstated"
    """It says that no notice says it."""
    HOLE = "hole"


class TopicState(msgspec.Struct, frozen=True, kw_only=True):
    """A topic in a region."""

    topic: Named
    state: Answered
    proposal: str = ""
    """For a hole: what could be said from the facts of the region alone; empty where nothing can."""


class RegionPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How well a region is known."""

    region: Named
    exam: Named
    year: int
    notices: tuple[Named, ...]
    lacks: tuple[str, ...]
    """What is still asked for: notice, windows, fees, sites, contacts."""
    topics: tuple[TopicState, ...]
    proposed: int = 0
    """How many proposals of answers were kept as unverified drafts."""


class Years(Protocol):
    """Years and regions. Raises bot.ports.StoreError."""

    async def checklist(self, year: int = 0) -> Checklist:
        """A year's; 0: the year after the one that is told, where anything of it is there, else the one that is told."""

    async def roll_over(self, person: Person, source: int, target: int, regions: tuple[str, ...] = ()) -> Rolled:
        """Copy a year as unverified drafts of another: of some regions, or of all (empty)."""

    async def open(self, key: str) -> Verifying | None:
        """An unverified entry."""

    async def verify(self, person: Person, key: str, seen: int, fields: Mapping[str, str]) -> Kept:
        """Confirm an entry: the fields as they are typed, with `source` and `quote` (answers: `sources`) of a new notice."""

    async def switch(self, person: Person, year: int) -> Kept:
        """Make the draft by which a year is told from its publication on."""

    async def region(self, region: str, exam: str, year: int) -> RegionPlan | None:
        """How well a region is known with all drafts; None where a name means none or several."""

    async def sheet(self, region: str, exam: str, year: int) -> bytes | None:
        """A workbook to fill in for a region: calendar, fees, points, contacts. It is imported like any other."""

    async def propose(self, person: Person, region: str, exam: str, year: int) -> Rolled:
        """Keep as unverified drafts what the region's facts alone let say on topics that say nothing there."""
