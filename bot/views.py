"""What pages show of the knowledge, as frozen values, and the port that gives them. Knows no rendering."""

import datetime as dt
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.messages import Named, Option


class StepState(StrEnum):
    """Where a step stands on the day it is looked at."""

    FUTURE = "future"
    RUNNING = "running"
    TODAY = "today"
    """Its last day is today."""
    PAST = "past"


class TableView(msgspec.Struct, frozen=True, kw_only=True):
    """A table inside a clause; every cell is text."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class ClauseView(msgspec.Struct, frozen=True, kw_only=True):
    """A clause as its notice's page shows it."""

    id: str
    """The fragment of its address: /notices/{notice}#{id}."""
    label: str
    text: str = ""
    """Word for word; a line break is a new paragraph."""
    heading: bool = False
    table: TableView | None = None


class NoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as the index and its own page show it."""

    id: str
    title: str
    issuer: str
    number: str = ""
    published_on: str = ""
    """2023-11-29, or empty."""
    repost: bool = False
    region: str
    """The name that people read: 上海, 四川乐山."""
    exams: tuple[str, ...]
    """Names of exams."""
    year: int
    clauses: tuple[ClauseView, ...] = ()


class RegionView(msgspec.Struct, frozen=True, kw_only=True):
    """A region as the picker shows it."""

    id: str
    name: str
    """The name by itself: 峨眉山市."""
    path: str
    """The name with what it lies in, as people say it: 四川乐山峨眉山."""


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a registration on the timeline."""

    stage: str
    name: str
    start: dt.date | None = None
    end: dt.date | None = None
    state: StepState
    days_left: int | None = None
    """Days until the end of a running step, or until the start of a future one."""
    dates: str
    """Its days as people read them: 2023年12月1日至14日."""
    label: str
    """Its state as people read it: 进行中，还剩9天."""
    note: str = ""
    """What follows from missing it, in the notice's words; or empty."""
    url: str = ""
    """The page of this bot that shows the clause it comes from."""


class TimelineView(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of one exam in one region, in order of time."""

    region: RegionView | None = None
    """None where no region was chosen: the national steps."""
    exam: Named
    exams: tuple[Named, ...]
    """All exams that have a timeline here, this one among them."""
    year: int
    today: dt.date
    today_label: str
    """Today as people read it: 12月5日."""
    headline: str
    """The step that matters now, in one line; or that nothing is on file."""
    note: str = ""
    """For example, that this region's notice is not on file and these are the national steps."""
    steps: tuple[StepView, ...] = ()


class Mark(StrEnum):
    """How a stage of one's own registration stands, as the card marks it; beside its state in words."""

    DONE = "done"
    NOW = "now"
    """What matters now."""
    TROUBLE = "trouble"
    """It was sent back, or is over without being done."""
    LATER = "later"


class StageView(msgspec.Struct, frozen=True, kw_only=True):
    """One stage on the card."""

    name: str
    state: str
    mark: Mark
    dates: str = ""
    """When it came to stand so, and by when it has to be done; or empty."""


class RegistrationView(msgspec.Struct, frozen=True, kw_only=True):
    """One registration on the card. All texts from outside are fit to be shown as text."""

    label: str
    """2024年度卫生专业技术资格考试，中级，护理学（368），上海."""
    headline: str
    """The state that matters now in one line."""
    stages: tuple[StageView, ...]
    today: int
    """Before which stage today lies; the number of stages where it lies after all of them."""
    reasons: tuple[str, ...] = ()
    """As the reviewers wrote them."""
    next_steps: tuple[str, ...] = ()
    """What it means and what to do."""
    deadlines: tuple[str, ...] = ()
    note: str = ""
    options: tuple[Option, ...] = ()
    """What to ask the bot next: the self-check."""


class CardView(msgspec.Struct, frozen=True, kw_only=True):
    """A user's own status as the chat page shows it."""

    registrations: tuple[RegistrationView, ...] = ()
    note: str = ""
    """When this was known; or that it cannot be known now."""
    is_current: bool = True
    """Whether the service has just said so."""
    today_label: str
    reminders: tuple[str, ...] = ()
    """What the user asked to be reminded of; shown by this card and never again."""
    reminds: str = ""
    """What the user is reminded of, in words; empty for nothing."""
    options: tuple[Option, ...] = ()
    """To be reminded, or not any more."""


class Cards(Protocol):
    """Gives the chat page the card of its user."""

    async def card(self, user: str, seconds: float) -> CardView | None:
        """The card of a user of the web, within that time; None for who is not bound. Raises StoreError."""


class Reader(Protocol):
    """Gives pages what they show; reads memory only, so it is not awaited."""

    def notices(self) -> tuple[NoticeView, ...]:
        """All notices on file, in the order to show; clauses may be left out."""

    def notice(self, notice_id: str) -> NoticeView | None:
        """A notice with its clauses, or None."""

    def timeline(self, region_id: str | None, exam: str) -> TimelineView:
        """The steps for a known region id (None: the nation); an empty or unknown exam id means the usual one there."""

    def regions(self, query: str, limit: int) -> tuple[RegionView, ...]:
        """The regions that a few characters may mean, likeliest first; an empty query gives those with a notice."""

    def region(self, text: str) -> RegionView | None:
        """The one region that a name or id means, or None where it is unknown or means several."""
