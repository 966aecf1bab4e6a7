"""Which year's exam is asked about, and whether the asker sat an earlier one."""

import re

from intents.lexicon import Lexicon
from intents.mentions import WINDOW


class Years:
    """Reads years; built once from a lexicon and the latest year on file."""

    def __init__(self, lexicon: Lexicon, latest: int) -> None:
        """Compile the patterns."""
        self._latest = latest
        after = "|".join(lexicon.exam_year_after)
        self._year = re.compile(rf"(?<!\d)(20\d\d|[12]\d)(?:年度|年|(?=\D?(?:{after})))")
        self._exams_after = re.compile(f"的?(?:{after})")
        self._not_exams = re.compile("|".join(lexicon.not_exam_year))
        self._past_after = re.compile(f"(?:{'|'.join(lexicon.past_year_after)})")
        self._ahead = [(re.compile(pattern), years) for pattern, years in lexicon.years_ahead.items()]
        self._history = re.compile("|".join(lexicon.history))

    def named(self, text: str) -> int:
        """The exam year that is named, 0 if none; years of graduation and of earlier attempts are not."""
        for found in self._year.finditer(text):
            year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
            rest = text[found.end() : found.end() + WINDOW * 2]
            if year == self._latest or self._not_exams.search(rest[:WINDOW]):
                continue
            is_exams = self._exams_after.search(rest) and self._past_after.search(found[0] + rest)
            if year > self._latest or (is_exams and not self.has_history(text)):
                return year
        return 0

    def ahead(self, text: str) -> int:
        """How many years ahead of today the exam is: 明年 is 1, a past one less than 0; 0 where nothing says so."""
        return next((years for pattern, years in self._ahead if pattern.search(text)), 0)

    def has_history(self, text: str) -> bool:
        """Whether the asker took the exam the year before."""
        return bool(self._history.search(text))
