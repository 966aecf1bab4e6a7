"""Topics (what candidates want to know) and their answers per scope. Immutable: an edit makes a new value."""

from typing import Literal

import msgspec


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A clause and the words of it that an answer rests on."""

    clause: str
    """notice#clause"""
    quote: str


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said on a topic in one scope; dates, fees and phones are placeholders filled from fact rows."""

    exams: tuple[str, ...]
    region: str
    year: int
    text: str
    sources: tuple[Source, ...] = ()
    if_listed: str = ""
    """Used only for candidates whose province is on this closed list."""
    if_not_listed: str = ""
    unstated: bool = False
    """It says that the notice does not say it: a fallback, and where the region is unknown a reason to ask for it."""

    @property
    def is_conditional(self) -> bool:
        """Whether it needs the candidate's province to be known."""
        return bool(self.if_listed or self.if_not_listed)

    @property
    def says(self) -> tuple[str, tuple[str, ...]]:
        """Equal for answers that say the same; one with placeholders says something else for each of its scopes."""
        return self.text, (self.region, *self.exams) if "{" in self.text else ()


class Topic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that candidates want to know, in their words."""

    id: str
    title: str
    stage: str = ""
    window: str = ""
    """The window whose 未开始, 进行中 or 已结束 is told under the answer."""
    kind: Literal["answer", "unknown", "status", "smalltalk"] = "answer"
    """unknown: no notice answers it, and the reply says so."""
    related: tuple[str, ...] = ()
    for_history: str = ""
    """The topic that answers instead where the asker took the exam the year before."""
    for_moved: str = ""
    """The topic that answers instead where the asker has changed the examination region since."""
    history: bool = False
    """Whether it is for candidates who took the exam the year before only."""
    requires: tuple[str, ...] = ()
    """Words of which a question must hold one to mean this topic; without, the topic steps back behind its neighbours."""
    phrasings: tuple[str, ...]
    answer: tuple[Answer, ...] = ()

    def at(self, region: str, exam: str) -> tuple[Answer, ...]:
        """The answers of exactly this node and exam, not of its ancestors."""
        return tuple(answer for answer in self.answer if answer.region == region and exam in answer.exams)

    @property
    def is_yearly(self) -> bool:
        """Whether its answers rest on what a year's notices say, or do not say."""
        return self.kind in ("answer", "unknown")

    def of_year(self, year: int) -> "Topic":
        """The topic with the answers of a year alone; what rests on no notice holds every year."""
        if not self.is_yearly:
            return self
        held = tuple(answer for answer in self.answer if answer.year == year)
        return self if len(held) == len(self.answer) else msgspec.structs.replace(self, answer=held)
