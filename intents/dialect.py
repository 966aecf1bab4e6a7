"""Puts the function words of dialects into standard Chinese, by the table of the content."""

import re

from intents.lexicon import Lexicon


class Dialect:
    """One pass per pattern, in the order of the table; built once from a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the patterns."""
        self._patterns = tuple((re.compile(pattern), standard) for pattern, standard in lexicon.dialect)
        self._any = re.compile("|".join(f"(?:{pattern})" for pattern, _ in lexicon.dialect))

    def standard(self, text: str) -> str:
        """A normalised text as it would be written in standard Chinese; most are already."""
        if not self._any.search(text):
            return text
        for pattern, standard in self._patterns:
            text = pattern.sub(standard, text)
        return text
