"""An immutable index of topics: each is one document, the damped sum of its phrasings' terms. Scores are cosines."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from intents.sound import syllable

Floats = npt.NDArray[np.float32]

WEIGHTS = {"character": 0.7, "bigram": 1.0, "sound": 0.3, "concept": 0.7}
"""How much each kind of term counts; flat around these values on the development questions."""
DAMPING = 0.3  # power of a term's weight in a topic: that some phrasing has it matters more than how many do


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A text in the form that is indexed: fillers out, synonyms as one, and which concepts it holds."""

    text: str
    concepts: tuple[str, ...]


def terms(prepared: Prepared) -> dict[str, float]:
    """The terms of a text with the weight of their kind; a kind's mark keeps equal strings of two kinds apart."""
    text = prepared.text.replace(" ", "")
    sounds = [syllable(character) for character in text]
    found = {f"c{character}": WEIGHTS["character"] for character in text}
    for i in range(len(text) - 1):
        found[f"b{text[i : i + 2]}"] = WEIGHTS["bigram"]
        found[f"s{sounds[i]} {sounds[i + 1]}"] = WEIGHTS["sound"]
    for concept in prepared.concepts:
        found[f"o{concept}"] = WEIGHTS["concept"]
    return found


class Index:
    """Scores a prepared text against every topic."""

    def __init__(self, documents: Sequence[Sequence[Prepared]]) -> None:
        """Take the phrasings of each topic; afterwards nothing changes."""
        self.size = len(documents)
        rows = [[terms(prepared) for prepared in document] for document in documents]
        frequency: dict[str, int] = defaultdict(int)
        for row in (row for document in rows for row in document):
            for term in row:
                frequency[term] += 1
        count = sum(map(len, rows))
        self._idf = {term: float(np.log1p(count / number)) for term, number in frequency.items()}
        self._unseen = float(np.log1p(count))
        postings: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
        for number, document in enumerate(rows):
            for term, weight in self._document(document).items():
                postings[term][0].append(number)
                postings[term][1].append(weight)
        self._postings = {
            term: (np.array(ids, dtype=np.intp), np.array(weights, dtype=np.float32))
            for term, (ids, weights) in postings.items()
        }

    def _document(self, rows: Sequence[dict[str, float]]) -> dict[str, float]:
        """A topic's terms, of length one: each phrasing counts as much as another, long or short."""
        summed: dict[str, float] = defaultdict(float)
        for row in rows:
            weighted = {term: weight * self._idf[term] for term, weight in row.items()}
            length = _length(weighted)
            for term, weight in weighted.items():
                summed[term] += weight / length
        damped = {term: weight**DAMPING for term, weight in summed.items()}
        length = _length(damped)
        return {term: weight / length for term, weight in damped.items()}

    def score(self, prepared: Prepared) -> tuple[Floats, float]:
        """Per topic the cosine with the text, and the share of the text's weight that any topic knows."""
        total = np.zeros(self.size, dtype=np.float32)
        square = known = unknown = 0.0
        for term, weight in terms(prepared).items():
            posting = self._postings.get(term)
            if posting is None:
                unknown += weight * self._unseen
                continue
            weight *= self._idf[term]
            known += weight
            square += weight * weight
            total[posting[0]] += weight * posting[1]
        if not known:
            return total, 0.0
        total /= square**0.5
        return total, known / (known + unknown)


def _length(weights: dict[str, float]) -> float:
    return sum(weight * weight for weight in weights.values()) ** 0.5 or 1.0
