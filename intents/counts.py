"""What a text counts: the subjects that are to be taken, and the people whom it is about."""

import re

from intents.days import number
from intents.lexicon import Lexicon


class Counts:
    """Reads numbers; built once from a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the patterns."""
        self._numbers = lexicon.numbers
        numerals = "|".join(sorted(lexicon.numbers, key=len, reverse=True))
        counted = f"(\\d|{numerals})(?:{'|'.join(lexicon.counters)})"
        self._counted = re.compile(counted)
        self._left = re.compile(f"(?:{'|'.join(lexicon.remaining)})[^,，。]{{0,3}}{counted}")
        self._people = re.compile(lexicon.people)

    def subjects(self, text: str) -> int:
        """How many subjects: those that are left where that is said, else the most that are counted; 0 if none are."""
        left = self._left.search(text)
        if left:
            return self._number(left[1])
        return max((self._number(each) for each in self._counted.findall(text)), default=0)

    def people(self, text: str) -> int:
        """How many people; 0 where none are counted."""
        found = self._people.search(text)
        return (self._numbers.get(found[1]) or number(found[1])) if found else 0

    def _number(self, text: str) -> int:
        return int(text) if text.isdigit() else self._numbers[text]
