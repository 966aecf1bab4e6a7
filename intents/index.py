"""An immutable index of topics: each is one document, the damped sum of its phrasings' terms. Scores are cosines."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from intents.sound import syllable

Floats = npt.NDArray[np.float32]

WEIGHTS = {"c": 0.7, "b": 1.0, "s": 0.3, "o": 0.7}
"""How much each kind of term counts: characters, bigrams, pairs of sounds, concepts. Flat around these values."""
DAMPING = 0.3  # power of a term's weight in a topic: that some phrasing has it matters more than how many do


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A text in the form that is indexed: fillers out, synonyms as one, and which concepts it holds."""

    text: str
    concepts: tuple[str, ...]


def terms(prepared: Prepared) -> set[str]:
    """The terms of a text; the first letter is the kind, which keeps equal strings of two kinds apart."""
    text = prepared.text.replace(" ", "")
    sounds = [syllable(character) for character in text]
    found = {"c" + character for character in text}
    found.update("b" + text[i : i + 2] for i in range(len(text) - 1))
    found.update(f"s{sounds[i]} {sounds[i + 1]}" for i in range(len(sounds) - 1))
    found.update("o" + concept for concept in prepared.concepts)
    return found


class Index:
    """Scores a prepared text against every topic."""

    def __init__(self, documents: Sequence[Sequence[Prepared]]) -> None:
        """Take the phrasings of each topic; afterwards nothing changes."""
        self.size = len(documents)
        self._ids: dict[str, int] = {}
        rows = [[self._numbers(prepared) for prepared in document] for document in documents]
        every = [row for document in rows for row in document]
        width = len(self._ids)
        frequency = np.bincount(np.concatenate(every), minlength=width) if every else np.zeros(0)
        kinds = np.array([WEIGHTS[term[0]] for term in self._ids], dtype=np.float32)
        self._unseen = float(np.log1p(len(every)))
        self._weights: Floats = (kinds * np.log1p(len(every) / np.maximum(frequency, 1))).astype(np.float32)
        self._postings(rows, width)

    def _numbers(self, prepared: Prepared) -> npt.NDArray[np.int32]:
        return np.array([self._ids.setdefault(t, len(self._ids)) for t in sorted(terms(prepared))], dtype=np.int32)

    def _postings(self, rows: Sequence[Sequence[npt.NDArray[np.int32]]], width: int) -> None:
        """Per term the topics that have it, with the weight of it in a topic of length one."""
        owners: list[npt.NDArray[np.int32]] = []
        ids: list[npt.NDArray[np.int32]] = []
        weights: list[Floats] = []
        for number, document in enumerate(rows):
            summed = np.zeros(width, dtype=np.float32)
            for row in document:
                weight = self._weights[row]
                summed[row] += weight / np.sqrt(weight @ weight)
            (present,) = np.nonzero(summed)
            damped = np.power(summed[present], np.float32(DAMPING))
            owners.append(np.full(len(present), number, dtype=np.int32))
            ids.append(present.astype(np.int32))
            weights.append((damped / np.sqrt(damped @ damped)).astype(np.float32))
        terms_of = np.concatenate(ids) if ids else np.zeros(0, dtype=np.int32)
        order = np.argsort(terms_of, kind="stable")
        self._owners = np.concatenate(owners)[order] if ids else terms_of
        self._shares: Floats = np.concatenate(weights)[order] if ids else np.zeros(0, dtype=np.float32)
        self._starts = np.searchsorted(terms_of[order], np.arange(width + 1))

    def score(self, prepared: Prepared) -> tuple[Floats, float]:
        """Per topic the cosine with the text, and the share of the text's weight that any topic knows."""
        numbers: list[int] = []
        unknown = 0.0
        for term in terms(prepared):
            number = self._ids.get(term)
            if number is None:
                unknown += WEIGHTS[term[0]] * self._unseen
            else:
                numbers.append(number)
        if not numbers:
            return np.zeros(self.size, dtype=np.float32), 0.0
        weights = self._weights[numbers]
        starts, ends = self._starts[numbers], self._starts[[number + 1 for number in numbers]]
        lengths = ends - starts
        places = np.arange(lengths.sum()) + np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        shares = self._shares[places] * np.repeat(weights, lengths)
        total = np.bincount(self._owners[places], weights=shares, minlength=self.size).astype(np.float32)
        known = float(weights.sum())
        return total / np.sqrt(weights @ weights), known / (known + unknown)
