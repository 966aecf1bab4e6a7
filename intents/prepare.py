"""Brings a text without its slots into the form that is indexed and matched."""

import re

from intents.days import without_days
from intents.index import Prepared
from intents.lexicon import Lexicon

_AMOUNT = re.compile(
    r"(?<=[收交要共])\d{2,3}(?![\d分号年月日页k])|(?<=科)(\D{0,4})\d{2,3}(?![\d分号年月日页k])|\d+(?=[元块])"
)


class Preparer:
    """Takes fillers out and puts one word for each synonym; built once from a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the words."""
        self.concepts = {word: concept.words[0] for concept in lexicon.concept for word in concept.words}
        """Word → the word that stands for it and its synonyms."""
        self.vague = frozenset(lexicon.aspects) - set(lexicon.telling_aspects)
        """Concepts that say what is asked of a thing, and nothing of which thing."""
        self._fee = next(iter(lexicon.telling_aspects), " ")
        """What an amount asks about: 三科一共210对吗."""
        self._light = (*self.vague, *lexicon.function_words)
        words = sorted(map(re.escape, {*self.concepts, *lexicon.fillers}), key=len, reverse=True)
        self._replaced = re.compile("|".join(words))

    def prepare(self, kept: str) -> Prepared:
        """A text without slots in the form that is indexed."""
        found: list[str] = []

        def one(match: re.Match[str]) -> str:
            word = self.concepts.get(match[0])
            if word is None:
                return " "
            found.append(word)
            return word

        text = _AMOUNT.sub(lambda found: (found[1] or "") + self._fee, without_days(kept))
        text = self._replaced.sub(one, text)
        if not re.search(r"\w", text):
            text = kept
        return Prepared(text=re.sub(r"[^\w√]+", " ", text).strip(), concepts=tuple(dict.fromkeys(found)))

    def content(self, prepared: Prepared) -> str:
        """What it says beside vague aspects and function words."""
        text = prepared.text.replace(" ", "")
        for word in self._light:
            text = text.replace(word, "")
        return text
