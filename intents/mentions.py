"""Cuts a text into slot words and what is between them, exactly and by dictionary. What a word fills, it does not know."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from intents.segment import lengths_by_start
from intents.slots import Vocabulary

SHORT_NAME = 2  # characters of a specialty's colloquial name that ordinary words may hold: 药房 in 草药房
WINDOW = 8  # characters beside a mention that tell its role
ASPIRED = 4  # characters between 报, 考, 升 and what is sought
CLAUSE_ENDS = ",，。!？?;； "


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A slot word where it stands in a text; or a single character, which is none."""

    start: int
    end: int
    text: str

    def before(self, text: str) -> str:
        """What stands right before it."""
        return text[max(0, self.start - WINDOW) : self.start]

    def after(self, text: str) -> str:
        """What stands right after it."""
        return text[self.end : self.end + WINDOW]

    def clause_before(self, text: str) -> str:
        """Its clause up to it."""
        return text[max(text.rfind(mark, 0, self.start) for mark in CLAUSE_ENDS) + 1 : self.start]


class Cutter:
    """Cuts texts; built once from a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, boundaries: Callable[[str], frozenset[int]]) -> None:
        """Note how long the words are; `boundaries` tells where words of a text begin or end."""
        self._boundaries = boundaries
        self._every = frozenset(vocabulary.everything())
        self._lengths = lengths_by_start(self._every)
        long_specialties = {word for word in vocabulary.specialties if len(word) > SHORT_NAME}
        self._standing_alone = frozenset({*vocabulary.words, *vocabulary.sites, *long_specialties})
        """Words that count wherever they stand; a place or a short specialty counts only where words begin and end."""

    def cut(self, text: str) -> list[Mention]:
        """The text cut into slot words, longest first, and single characters between them."""
        found, position = [], 0
        boundaries: frozenset[int] | None = None
        while position < len(text):
            end = position + 1
            for length in self._lengths.get(text[position : position + 2], ()):
                part = text[position : position + length]
                if len(part) < length or part not in self._every:
                    continue
                if part in self._standing_alone:
                    end = position + length
                    break
                boundaries = self._boundaries(text) if boundaries is None else boundaries
                if position in boundaries and position + length in boundaries:
                    end = position + length
                    break
            found.append(Mention(start=position, end=end, text=text[position:end]))
            position = end
        return found


def ending(patterns: Iterable[str], within: int = 0) -> re.Pattern[str]:
    """What fits a text that ends in one of the patterns, or that many characters of the same clause after one."""
    gap = f"[^,，。]{{0,{within}}}" if within else ""
    return re.compile(f"(?:{'|'.join(patterns)}){gap}$")
