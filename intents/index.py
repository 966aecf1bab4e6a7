"""An immutable inverted index of phrasings: IDF-weighted Dice over characters, bigrams, concepts and sounds."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from intents.sound import syllable

Floats = npt.NDArray[np.float32]

CHANNELS = ("bigram", "character", "concept", "sound")
WEIGHTS = {"bigram": 2.0, "character": 3.5, "concept": 2.5, "sound": 1.0}
UNSEEN = 0.6  # share of the full IDF that a query term counts with when no phrasing has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A text in the form that is indexed: fillers out, synonyms as one, and which concepts it holds."""

    text: str
    concepts: tuple[str, ...]


def terms(prepared: Prepared) -> dict[str, frozenset[str]]:
    """The terms of each channel."""
    text = prepared.text.replace(" ", "")
    sounds = [syllable(character) for character in text]
    return {
        "bigram": frozenset(text[i : i + 2] for i in range(len(text) - 1)),
        "character": frozenset(text),
        "concept": frozenset(prepared.concepts),
        "sound": frozenset(" ".join(sounds[i : i + 2]) for i in range(len(sounds) - 1)),
    }


class _Channel:
    """One kind of term: postings with their IDF, and each phrasing's whole weight."""

    def __init__(self, documents: Sequence[frozenset[str]]) -> None:
        count = len(documents)
        postings: dict[str, list[int]] = defaultdict(list)
        for number, document in enumerate(documents):
            for term in document:
                postings[term].append(number)
        self._postings = {term: np.array(ids, dtype=np.intp) for term, ids in postings.items()}
        self._idf = {term: float(np.log1p(count / len(ids))) for term, ids in postings.items()}
        self._unseen = float(np.log1p(count)) * UNSEEN
        self.weights = np.zeros(count, dtype=np.float32)
        for term, ids in self._postings.items():
            self.weights[ids] += self._idf[term]

    def weight(self, query: frozenset[str]) -> float:
        """The whole weight of some terms."""
        return sum(self._idf.get(term, self._unseen) for term in query)

    def overlap(self, query: frozenset[str], shared: Floats) -> tuple[Floats, float, float]:
        """The shared weight per phrasing (in `shared`), the query's whole weight, and how much of it is known."""
        shared[:] = 0
        whole = known = 0.0
        for term in query:
            ids = self._postings.get(term)
            if ids is None:
                whole += self._unseen
            else:
                weight = self._idf[term]
                whole += weight
                known += weight
                shared[ids] += weight
        return self.weights, whole, known


class Index:
    """Scores a prepared text against every phrasing."""

    def __init__(self, phrasings: Iterable[Prepared]) -> None:
        """Build the postings; afterwards nothing changes."""
        documents = [terms(each) for each in phrasings]
        self.size = len(documents)
        self._channels = {name: _Channel([document[name] for document in documents]) for name in CHANNELS}

        self.usual = float(np.median(self._channels["character"].weights)) if documents else 1.0
        """The information of a usual phrasing."""

    def information(self, prepared: Prepared) -> float:
        """How much a text says, against a usual phrasing: 1 is as much, 0 nothing."""
        return self._channels["character"].weight(terms(prepared)["character"]) / self.usual

    def score(self, prepared: Prepared) -> tuple[Floats, Floats, float]:
        """Per phrasing the weighted Dice (0 to 1) and the share of the phrasing that is covered; the share known."""
        total = np.zeros(self.size, dtype=np.float32)
        covered = np.zeros(self.size, dtype=np.float32)
        shared = np.empty(self.size, dtype=np.float32)
        weight_sum = 0.0
        known_share = 1.0
        query = terms(prepared)
        for name, channel in self._channels.items():
            if not query[name] and name != "concept":
                continue
            weight = WEIGHTS[name]
            weights, whole, known = channel.overlap(query[name], shared)
            if whole == 0:
                continue
            total += weight * 2 * shared / (weights + whole)
            covered += weight * shared / np.maximum(weights, 1e-6)
            weight_sum += weight
            if name == "bigram":
                known_share = known / whole
        if weight_sum:
            total /= weight_sum
            covered /= weight_sum
        return total, covered, known_share
