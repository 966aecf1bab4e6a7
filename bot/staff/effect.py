"""What a new phrasing would change, before it is saved. Values only."""

from enum import StrEnum

import msgspec

from bot.staff.editions import Difference


class TroubleKind(StrEnum):
    """Why a phrasing is no good."""

    EMPTY = "empty"
    """Nothing is left of it when places, exams and fillers are taken out."""
    THERE = "there"
    """The topic has it already."""
    SAME = "same"
    """It is the same as a phrasing of another topic, when those are taken out."""
    LOSES = "loses"
    """Another topic would still win it."""
    STEALS = "steals"
    """It would win a phrasing of another topic."""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A gate that a phrasing would fail."""

    kind: TroubleKind
    phrasing: str = ""
    """The other phrasing."""
    topic: str = ""
    """The other topic."""
    title: str = ""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a new phrasing would change, on top of what is published now; nothing was saved."""

    topic: str
    title: str
    phrasing: str
    troubles: tuple[Trouble, ...] = ()
    """Why it could not be published."""
    won: tuple[Difference, ...] = ()
    """Gaps that would then be answered by the topic."""
    moved: tuple[Difference, ...] = ()
    """Gaps that would be answered otherwise in some other way."""
    lost: tuple[Difference, ...] = ()
    """Labelled questions that are right now and would not be."""
    labelled: tuple[Difference, ...] = ()
    """Other labelled questions that would be answered differently."""
    gaps: int = 0
    """How many different questions of gaps were tried."""
    questions: int = 0
    """How many labelled questions were tried: those near enough for the phrasing to matter."""
