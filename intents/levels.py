"""The levels that a text names: which one the asker goes for, with its exam, and which exams are asked about alike."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from intents.lexicon import Lexicon, SlotWord
from intents.mentions import ASPIRED, WINDOW, Mention, ending
from intents.persons import Persons

TITLE = 0.5  # what a title counts less than a level by name
THEIRS = 2.0  # what another person's level counts less: one that they go for is as one that the asker holds
HELD = 3  # characters between 是, 取得 and what is held


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level that is named."""

    score: float
    """How far it is the asker's."""
    start: int
    end: int
    slot: SlotWord
    is_plain: bool
    """Whether it is the level's name, and no title."""
    is_theirs: bool
    """Whether it is another person's."""


class Levels:
    """Weighs levels; built once from a lexicon."""

    def __init__(self, lexicon: Lexicon, persons: Persons) -> None:
        """Compile the patterns."""
        self._persons = persons
        self._plain = frozenset(lexicon.plain_levels)
        self._not_sought = ending(lexicon.not_sought)
        self._aspires = ending(lexicon.aspires, within=ASPIRED)
        self._holds = ending(lexicon.holds, within=HELD)
        self._held = re.compile("|".join(lexicon.holds_after))
        self._joins = re.compile("|".join(lexicon.joins))

    def read(self, text: str, mention: Mention, slot: SlotWord) -> Level:
        """A mention as a level, weighed by what stands beside it in its clause."""
        before = mention.clause_before(text)
        is_theirs = self._persons.has_others(before)
        score = self._sought(before, mention.after(text)) - (THEIRS if is_theirs else 0.0) - slot.is_title * TITLE
        return Level(
            score=score,
            start=mention.start,
            end=mention.end,
            slot=slot,
            is_plain=mention.text in self._plain,
            is_theirs=is_theirs,
        )

    def _sought(self, before: str, after: str) -> float:
        """How far a level is the one that the asker goes for, and not the one already held."""
        score = 1.0 if self._aspires.search(before) else 0.0
        is_held = self._holds.search(before) or self._held.match(after) or self._not_sought.search(before)
        return score - (1.0 if is_held else 0.0)

    def is_held(self, before: str) -> bool:
        """Whether what is named is held already, as what stands before it tells: 我是执业药师."""
        return bool(self._holds.search(before))

    def exams(self, text: str, levels: Sequence[Level]) -> tuple[str, ...]:
        """The exams that are asked about alike: those of levels equally likely, or joined by 和; empty if only one is."""
        named = [each for each in levels if not each.slot.is_title]
        alike = [each for each in named if each.score == max(other.score for other in named)]
        for one, other in pairwise(named):
            between = text[one.end : other.start].replace(",", "")[:WINDOW]
            if min(one.score, other.score) >= 0 and self._joins.search(between):
                alike += [one, other]
        exams = tuple(dict.fromkeys(each.slot.exam for each in named if each in alike))
        return exams if len(exams) > 1 else ()


def likeliest(levels: Sequence[Level]) -> Level | None:
    """The level that is most likely the asker's: of those equally likely, the last."""
    return max(levels, key=lambda each: (each.score, each.start), default=None)


def sought(levels: Sequence[Level], exam: str) -> tuple[str, str]:
    """The exam and the level that the asker goes for, beside an `exam` that is named by itself.

    No level where several are equally likely.
    """
    likely = likeliest(levels)
    if likely is None:
        return exam, ""
    best = likely.slot
    rivals = {each.slot.level for each in levels if each.score == likely.score}
    several = {level for level in rivals if not any(o != level and o.startswith(level) for o in rivals)}
    is_other = bool(exam) and exam != best.exam and not best.decides
    return exam if is_other else best.exam or exam, best.level if len(several) == 1 or best.is_title else ""
