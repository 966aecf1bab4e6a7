"""An immutable index of topics: each is one document, the damped sum of its phrasings' terms. Scores are cosines."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from intents.sound import syllable

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Scores a prepared text against every topic. Per term, `starts` says where its postings begin."""

    size: int
    """How many topics there are."""
    ids: dict[str, int]
    """Term → its number."""
    weights: Floats
    """Of each term, by how rare it is."""
    unseen: float
    """Weight of a term that no phrasing has."""
    owners: Numbers
    """Topics that have a term, term after term."""
    shares: Floats
    """What the term counts in each, where a topic's length is one."""
    starts: Numbers
    """Where the postings of each term begin, and the end of the last."""

    @classmethod
    def of(cls, documents: Sequence[Sequence[Prepared]]) -> "Index":
        """The index of topics, each given by its phrasings."""
        ids: dict[str, int] = {}
        rows = [
            [
                np.array([ids.setdefault(t, len(ids)) for t in sorted(terms(prepared))], dtype=np.int32)
                for prepared in document
            ]
            for document in documents
        ]
        every = [row for document in rows for row in document]
        frequency = np.bincount(np.concatenate(every), minlength=len(ids)) if every else np.zeros(0)
        kinds = np.array([WEIGHTS[term[0]] for term in ids], dtype=np.float32)
        weights = (kinds * np.log1p(len(every) / np.maximum(frequency, 1))).astype(np.float32)
        present = [_document(document, weights) for document in rows] or [(np.zeros(0, dtype=np.int32), weights)]
        numbers = np.concatenate([each for each, _ in present])
        order = np.argsort(numbers, kind="stable")
        owners = np.repeat(np.arange(len(present), dtype=np.int32), [len(each) for each, _ in present])
        return cls(
            size=len(documents),
            ids=ids,
            weights=weights,
            unseen=float(np.log1p(len(every))),
            owners=owners[order],
            shares=np.concatenate([each for _, each in present])[order],
            starts=np.searchsorted(numbers[order], np.arange(len(ids) + 1)).astype(np.int32),
        )

    def score(self, prepared: Prepared) -> tuple[Floats, float]:
        """Per topic the cosine with the text, and the share of the text's weight that any topic knows."""
        numbers: list[int] = []
        unknown = 0.0
        for term in terms(prepared):
            number = self.ids.get(term)
            if number is None:
                unknown += WEIGHTS[term[0]] * self.unseen
            else:
                numbers.append(number)
        if not numbers:
            return np.zeros(self.size, dtype=np.float32), 0.0
        weights = self.weights[numbers]
        starts, ends = self.starts[numbers], self.starts[[number + 1 for number in numbers]]
        lengths = ends - starts
        places = np.arange(lengths.sum()) + np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        shares = self.shares[places] * np.repeat(weights, lengths)
        total = np.bincount(self.owners[places], weights=shares, minlength=self.size).astype(np.float32)
        known = float(weights.sum())
        return total / np.sqrt(weights @ weights), known / (known + unknown)

    def vector(self, prepared: Prepared) -> dict[str, float]:
        """A text's terms with their weights, of length one: two texts are alike as their vectors are."""
        weights = {
            term: float(self.weights[number]) if number is not None else WEIGHTS[term[0]] * self.unseen
            for term in sorted(terms(prepared))
            for number in (self.ids.get(term),)
        }
        length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
        return {term: weight / length for term, weight in weights.items()} if length else {}


def _document(rows: Sequence[Numbers], weights: Floats) -> tuple[Numbers, Floats]:
    """The terms of a topic and what each counts in it: the damped sum over its phrasings, of length one."""
    summed = np.zeros(len(weights), dtype=np.float32)
    for row in rows:
        weight = weights[row]
        summed[row] += weight / np.sqrt(weight @ weight)
    (present,) = np.nonzero(summed)
    damped = np.power(summed[present], np.float32(DAMPING))
    length = np.sqrt(damped @ damped) if len(damped) else np.float32(1)
    return present.astype(np.int32), (damped / length).astype(np.float32)
