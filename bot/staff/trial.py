"""Trying a conversation at any moment, in any scope, with or without drafts; and why each reply is what it is.

Plain values in people's words: pages need to know nothing of understanding. bot.desk.trial fulfils `Trial`.
"""

import datetime as dt
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.messages import Named, Reply


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is tried."""

    turns: tuple[str, ...]
    """What is said, one message after the other."""
    region: str = ""
    """A region by name or id, as a page passes it."""
    exam: str = ""
    at: dt.datetime | None = None
    """At which moment; None: now."""
    with_drafts: bool = False
    """On what would stand if all drafts were published; else on what is published."""


class Origin(StrEnum):
    """Where a slot's value comes from."""

    TEXT = "text"
    """Said in this message."""
    PAGE = "page"
    REMEMBERED = "remembered"
    """Said, or answered, earlier."""
    DERIVED = "derived"
    """Follows from something else that was said: the region from a registration point, the exam from a specialty."""


class SlotView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that fixes the scope of a question."""

    name: str
    """Of a closed set: region, exam, level, places, year, days …; a page has a word for each."""
    value: str
    """As people read it."""
    origin: Origin


class Outcome(StrEnum):
    """What a topic comes to in a scope."""

    FOUND = "found"
    UNSTATED = "unstated"
    """Found: an answer that says that the notice does not say it."""
    NEED_REGION = "need_region"
    NEED_EXAM = "need_exam"
    MISSING = "missing"


class CandidateView(msgspec.Struct, frozen=True, kw_only=True):
    """A topic that may be meant."""

    topic: str
    title: str
    likeness: float
    """How near the words are, 0 to 1."""
    prior: float
    """What scope and conversation add."""
    score: float
    """Both together: by it candidates are ranked."""
    phrasing: str
    """The phrasing that is nearest."""
    outcome: Outcome
    is_told: bool
    """Whether the reply tells it."""


class Verdict(StrEnum):
    """Why an answer holds, or does not."""

    CHOSEN = "chosen"
    FARTHER = "farther"
    """It would hold, but a nearer place has one."""
    SAME_PLACE = "same_place"
    """Another answer of the same place comes before it."""
    OTHER_REGION = "other_region"
    """It is for a place that the question is not about."""
    OTHER_EXAM = "other_exam"
    OTHER_YEAR = "other_year"
    NOT_LISTED = "not_listed"
    """It is only for places on a closed list, and this one is not on it."""
    LISTED = "listed"
    """It is only for places that are not on a closed list, and this one is."""
    NEEDS_REGION = "needs_region"
    """Whether it holds depends on the region, which is not known."""
    NOTHING = "nothing"
    """The place has no answer: look farther up."""


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One answer, or one place without any, on the way to the one that holds."""

    region: Named
    exams: tuple[str, ...] = ()
    """Short names of the exams that the answer is for."""
    year: int = 0
    answer: str = ""
    """Its text with placeholders; empty where the place has none."""
    verdict: Verdict
    detail: str = ""
    """The name of the list that decided."""


class ResolvedView(msgspec.Struct, frozen=True, kw_only=True):
    """How one topic was resolved in one scope."""

    topic: str
    title: str
    exam: Named | None
    """None: not known; then every exam was looked at."""
    region: Named | None
    outcome: Outcome
    steps: tuple[StepView, ...]
    """From the place itself upwards, then what holds elsewhere."""


class PartView(msgspec.Struct, frozen=True, kw_only=True):
    """A clause of a longer message."""

    text: str
    asks: bool
    topic: str = ""
    title: str = ""
    confidence: float = 0.0


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """One turn: what was said, the reply on each channel, and why."""

    said: str
    """Personal numbers masked."""
    reply: Reply
    """As the web shows it."""
    wechat: tuple[str, ...]
    """As WeChat shows it, with its links as markup; each 2000 bytes at most."""
    needs: str = ""
    """What the service would have to get before it replies (status, bind …); here the reply without it is shown."""
    gap: str = ""
    """Why it would be a gap; empty where it is none."""
    normalised: str
    chosen: str = ""
    """What a number stood for among the options just shown."""
    mended: str
    """With homophones, wrong characters and pinyin put right."""
    rest: str
    """What chose the topic: slots and fillers out, synonyms as one."""
    concepts: tuple[str, ...]
    known: float
    slots: tuple[SlotView, ...]
    candidates: tuple[CandidateView, ...]
    confidence: float
    answers_from: float
    """The confidence from which it answers; below it offers topics."""
    offers_from: float
    """The confidence from which it offers topics; below it says that it does not know."""
    parts: tuple[PartView, ...]
    passed: tuple[str, ...]
    """The rules of the dialogue that looked at it and passed, in order."""
    rule: str
    """The one that decided."""
    resolved: tuple[ResolvedView, ...]


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that was tried."""

    turns: tuple[Explained, ...]
    edition: int
    """The edition that it was tried on; 0 where the content is not in the store."""
    drafts: tuple[str, ...] = ()
    """Keys of the drafts that were counted in."""
    at: dt.datetime
    trouble: str = ""
    """Why it could not be tried: nothing_said, unknown_region, unknown_exam, unreadable; empty where it was."""
    detail: str = ""
    """What was unknown, or what is wrong with a draft."""
    unreadable: tuple[str, ...] = ()
    """Keys of the drafts that were left out because they cannot be read."""


class Trial(Protocol):
    """Tries conversations. Nothing that is tried is kept, journalled or counted."""

    async def play(self, asked: Asked) -> Tried:
        """Play a conversation. Raises bot.ports.StoreError."""

    def exams(self) -> tuple[Named, ...]:
        """The exams to choose from."""
