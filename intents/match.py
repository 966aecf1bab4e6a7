"""Ranks topics by how near their phrasings are to a text. The only import of rapidfuzz."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from intents.index import Floats, Index, Prepared

SECOND_LOOK = 40  # phrasings that rapidfuzz compares again
RATIO_WEIGHT = 0.2
COVERAGE_WEIGHT = 0.3  # what counts for a phrasing being wholly contained in a longer text
CLAUSE_COST = 0.05  # a clause alone against the whole text
EMPTY_COST = 0.35  # of a clause that says nothing; 可以吗, 找谁 fit every topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A topic and how near it is."""

    topic: str
    score: float
    phrasing: str
    """The phrasing that won."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Topics, best first, with what the calibration looks at."""

    candidates: tuple[Candidate, ...]
    known: float
    """Share of the text's bigrams that any phrasing has, 0 to 1."""
    length: int
    """Characters that were matched."""

    @property
    def margin(self) -> float:
        """How far the first topic is ahead of the second."""
        scores = [each.score for each in self.candidates[:2]]
        return scores[0] - scores[1] if len(scores) > 1 else (scores[0] if scores else 0.0)


class Matcher:
    """All phrasings of all topics, indexed."""

    def __init__(self, phrasings: Mapping[str, Sequence[tuple[str, Prepared]]], whole: Collection[str] = ()) -> None:
        """Take, per topic, its phrasings as written and as prepared; `whole` are topics that a mere clause cannot mean."""
        self._topics = tuple(phrasings)
        self._written: list[str] = []
        self._prepared: list[Prepared] = []
        owner: list[int] = []
        for number, topic in enumerate(self._topics):
            for written, prepared in phrasings[topic]:
                self._written.append(written)
                self._prepared.append(prepared)
                owner.append(number)
        self._owner = np.array(owner, dtype=np.intp)
        self._by_clause = np.array([self._topics[each] not in whole for each in owner], dtype=np.float32)
        self._index = Index(self._prepared)

    @property
    def size(self) -> int:
        """How many phrasings there are."""
        return len(self._written)

    def scores(self, prepared: Prepared) -> tuple[Floats, float]:
        """Per phrasing how near it is, 0 to 1, and the share of the text's bigrams that any phrasing has."""
        dice, covered, known = self._index.score(prepared)
        long = min(1.0, len(prepared.text) / 24)
        scores = dice * (1 - COVERAGE_WEIGHT * long) + covered * (COVERAGE_WEIGHT * long)
        scores *= 1 - RATIO_WEIGHT
        if len(scores) > SECOND_LOOK:
            best = np.argpartition(scores, -SECOND_LOOK)[-SECOND_LOOK:]
        else:
            best = np.arange(len(scores))
        for number in best:
            scores[number] += RATIO_WEIGHT * fuzz.ratio(prepared.text, self._prepared[number].text) / 100
        return scores, known

    def clause_cost(self, prepared: Prepared) -> float:
        """What a clause pays for standing alone: more, the less it says."""
        return CLAUSE_COST + EMPTY_COST * max(0.0, 1 - self._index.information(prepared))

    def better(self, scores: Floats, of_clause: Floats, cost: float) -> Floats:
        """Per phrasing the better of two scores, a clause's at a cost and only for topics that a clause can mean."""
        better: Floats = np.maximum(scores, (of_clause - np.float32(cost)) * self._by_clause)
        return better

    def ranking(self, scores: Floats, known: float, length: int) -> Ranking:
        """Topics by the best of their phrasings."""
        best: dict[int, tuple[float, int]] = {}
        for number in np.argsort(scores)[::-1]:
            score = float(scores[number])
            topic = int(self._owner[number])
            if score <= 0 or len(best) >= SECOND_LOOK:
                break
            if topic not in best:
                best[topic] = (score, int(number))
        candidates = tuple(
            Candidate(topic=self._topics[topic], score=round(score, 4), phrasing=self._written[number])
            for topic, (score, number) in best.items()
        )
        return Ranking(candidates=candidates, known=known, length=length)

    def owner_of(self, number: int) -> str:
        """The topic of a phrasing by its place."""
        return self._topics[int(self._owner[number])]

    def prepared(self, number: int) -> Prepared:
        """A phrasing as it was indexed."""
        return self._prepared[number]
