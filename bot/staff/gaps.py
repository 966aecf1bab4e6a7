"""Questions that were not answered well, as staff work through them: values, the store of them, and what the pages call.

A gap is one question of one candidate, personal numbers masked before it came here. Gaps that ask alike are shown as one
*cluster*; an action names the gaps that were shown, so that what came in meanwhile is not settled unseen.
bot.desk.gaps fulfils `Gaps`, adapters/storage `GapStore`.
"""

import datetime as dt
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.messages import Named
from bot.staff.editing import Kept
from bot.staff.effect import Effect
from bot.staff.people import Done, Person


class GapState(StrEnum):
    """How far a gap is."""

    OPEN = "open"
    PHRASING = "phrasing"
    """Added to a topic as a phrasing; a draft, until that is published."""
    ENTRY = "entry"
    """A new topic was begun for it."""
    OUT_OF_SCOPE = "out_of_scope"
    """Not a matter of these exams."""
    DONE = "done"
    """Settled otherwise: what it asks is answered by now, or it is none."""


class KeptGap(msgspec.Struct, frozen=True, kw_only=True):
    """A gap as it is kept."""

    id: int
    question: str
    """As typed, personal numbers masked; empty where a reply was rated low that was not kept with its question."""
    reason: str
    """fallback, none_of_these, unknown, unsure, low_confidence, not_helpful."""
    region: str = ""
    """The region's id; empty where none was known."""
    exam: str = ""
    topic: str = ""
    """The nearest topic's id, or empty."""
    channel: str = ""
    """web, wechat."""
    confidence: float | None = None
    why: str = ""
    """The rule of the dialogue that decided."""
    comment: str = ""
    """What the candidate wrote beside a low rating, masked."""
    at: dt.datetime
    state: GapState = GapState.OPEN
    by: str = ""
    """Who settled it."""
    settled: dt.datetime | None = None
    note: str = ""
    entry: str = ""
    """Key of the draft that it led to."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of gaps; OPEN takes it back."""

    state: GapState
    by: str
    at: dt.datetime
    note: str = ""
    entry: str = ""


class GapStore(Protocol):
    """The gaps. Every method raises bot.ports.StoreError."""

    async def gaps(
        self, state: GapState | None, *, since: dt.datetime | None = None, limit: int
    ) -> tuple[KeptGap, ...]:
        """Those of a state (None: all), the newest first."""

    async def gap(self, gap: int) -> KeptGap | None:
        """One of them."""

    async def counts(self) -> dict[GapState, int]:
        """How many there are of each state; states without any are there with 0."""

    async def settle(self, gaps: tuple[int, ...], settled: Settled, done: Done) -> int:
        """Settle those of the gaps that are in another state, with a line in the audit log; how many that were."""


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """The next last day of something in a region."""

    region: str
    region_name: str
    exam: str
    name: str
    """What ends, as people read it: 网上缴费."""
    end: dt.date
    days_left: int
    """0 on the last day."""


class RegionCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many gaps of a cluster come from a region."""

    region: str
    """Empty where it was not known."""
    name: str
    count: int
    deadline: Deadline | None = None


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A word or question with how often it is there."""

    text: str
    count: int


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Gaps that ask alike."""

    id: int
    """Of the gap that stands for it: the oldest of its commonest question."""
    question: str
    questions: tuple[Counted, ...]
    """In their different words, the commonest first."""
    gaps: tuple[int, ...]
    """Ids of all of them, oldest first."""
    regions: tuple[RegionCount, ...]
    """Those with the nearest deadline first."""
    reasons: tuple[Counted, ...]
    topic: str
    """The topic that most of them were nearest to, or empty."""
    title: str
    deadline: Deadline | None
    """The nearest of its regions'."""
    first: dt.datetime
    last: dt.datetime

    @property
    def count(self) -> int:
        """How many gaps it has."""
        return len(self.gaps)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which gaps to show."""

    state: GapState = GapState.OPEN
    region: str = ""
    """Of this region and those within it, by id; empty: all."""
    reason: str = ""
    limit: int = 50
    """Clusters."""


class Worklist(msgspec.Struct, frozen=True, kw_only=True):
    """Clusters, those whose region's next deadline is nearest first, then the largest."""

    clusters: tuple[Cluster, ...]
    total: int
    """Clusters, more than are shown where there are more than the limit."""
    counts: dict[GapState, int]
    regions: tuple[RegionCount, ...]
    """All regions that have gaps of this state, to choose from."""
    is_cut: bool = False
    """Whether there are so many gaps that only the newest were looked at."""


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A topic that a question may be about."""

    topic: str
    title: str
    score: float
    phrasing: str
    """The phrasing of it that is nearest."""


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """How a question is answered with what is published now."""

    kind: str
    text: str
    topic: str
    title: str
    confidence: float | None
    is_answered: bool
    """Whether it would be no gap any more."""


class OpenedCluster(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster with what is needed to settle it."""

    cluster: Cluster
    gaps: tuple[KeptGap, ...]
    now: Now
    suggestions: tuple[Suggestion, ...]


class NewTopic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic that is begun from a gap, without answers yet."""

    id: str
    """Latin letters, digits and _, as ids of topics are."""
    title: str
    phrasings: tuple[str, ...]
    file: str
    """topics/payment.toml."""


class Refusal(StrEnum):
    """Why something was not done; the console words it (words/gaps.toml, `refusals`)."""

    NO_GAPS = "no_gaps"
    """They were settled meanwhile, or none was chosen."""
    NO_TOPIC = "no_topic"
    BAD_PHRASING = "bad_phrasing"
    """It is empty, longer than 200 characters, or has line breaks."""
    THERE = "there"
    """The topic, or its draft, has that phrasing."""
    BAD_ID = "bad_id"
    ID_USED = "id_used"
    TITLE_USED = "title_used"
    BAD_FILE = "bad_file"


class Worked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the work on gaps: a refusal, or what the editor said to the draft."""

    refusal: Refusal | None = None
    kept: Kept | None = None
    settled: int = 0
    """How many gaps were settled by it: none where the draft was not kept."""
    key: str = ""
    """Of the draft."""


class Gaps(Protocol):
    """What the console's pages call. Every method raises bot.ports.StoreError."""

    async def worklist(self, wanted: Wanted) -> Worklist:
        """What there is to do."""

    async def open(self, gap: int) -> OpenedCluster | None:
        """The cluster that a gap belongs to, among those of the same state."""

    async def effect(self, topic: str, phrasing: str) -> Effect | None:
        """What a phrasing would change, tried on a copy; some seconds. None where there is no such topic."""

    async def add_phrasing(self, person: Person, topic: str, phrasing: str, gaps: tuple[int, ...]) -> Worked:
        """Add a phrasing to the topic's draft and settle the gaps by it."""

    async def start_topic(self, person: Person, topic: NewTopic, gaps: tuple[int, ...]) -> Worked:
        """Begin a topic as a draft and settle the gaps by it."""

    async def settle(self, person: Person, gaps: tuple[int, ...], state: GapState, note: str) -> int:
        """Mark gaps as out of scope, done, or open again; how many were changed."""

    async def files(self) -> tuple[str, ...]:
        """The files that a new topic may go to."""

    def topics(self) -> tuple[Named, ...]:
        """The topics that a phrasing may be added to."""
