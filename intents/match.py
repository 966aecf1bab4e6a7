"""Ranks topics by how near they are to a text. The only import of rapidfuzz."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from intents.index import Index, Prepared

CLAUSE_LOOK = 3  # the same for a clause
SECOND_LOOK = 7  # topics whose phrasings rapidfuzz compares one by one
TOPIC_WEIGHT = 0.6  # of the cosine with the topic
PHRASING_WEIGHT = 0.2  # of the nearest phrasing's likeness above its floor: a question asked before keeps its answer
PHRASING_FLOOR = 0.4
WHOLE = TOPIC_WEIGHT + PHRASING_WEIGHT * (1 - PHRASING_FLOOR)  # the most that both give together


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A topic and how near it is, 0 to 1."""

    topic: str
    score: float
    phrasing: str
    """The phrasing of it that is nearest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Topics, best first, with what the calibration looks at."""

    candidates: tuple[Candidate, ...]
    known: float
    """Share of the text's weight that any topic knows, 0 to 1."""
    length: int
    """Characters that were matched."""

    @property
    def margin(self) -> float:
        """How far the first topic is ahead of the second."""
        scores = [each.score for each in self.candidates[:2]]
        return scores[0] - scores[1] if len(scores) > 1 else (scores[0] if scores else 0.0)


class Matcher:
    """All phrasings of all topics, indexed."""

    def __init__(self, phrasings: Mapping[str, Sequence[tuple[str, Prepared]]], index: Index) -> None:
        """Take, per topic, its phrasings as written and as prepared, and the index of them in the same order."""
        self._topics = tuple(phrasings)
        self._written = tuple(tuple(written for written, _ in each) for each in phrasings.values())
        self._texts = tuple(tuple(prepared.text for _, prepared in each) for each in phrasings.values())
        self._index = index

    def vector(self, prepared: Prepared) -> dict[str, float]:
        """A text's terms with their weights, of length one."""
        return self._index.vector(prepared)

    def rank(self, prepared: Prepared, look: int = SECOND_LOOK) -> Ranking:
        """The nearest topics, best first, at most `look` of them."""
        cosines, known = self._index.score(prepared)
        size = min(look, len(cosines))
        nearest = np.argpartition(cosines, -size)[-size:] if size else np.zeros(0, dtype=np.intp)
        candidates = [
            self._candidate(prepared.text, int(number), float(cosines[number]))
            for number in nearest
            if cosines[number] > 0
        ]
        candidates.sort(key=lambda each: -each.score)
        return Ranking(candidates=tuple(candidates), known=known, length=len(prepared.text))

    def _candidate(self, text: str, number: int, cosine: float) -> Candidate:
        """A topic with its nearest phrasing; one that is not near at all is not looked for."""
        found = process.extractOne(text, self._texts[number], scorer=fuzz.ratio, score_cutoff=100 * PHRASING_FLOOR)
        _, likeness, place = found or ("", 100 * PHRASING_FLOOR, 0)
        score = TOPIC_WEIGHT * cosine + PHRASING_WEIGHT * (likeness / 100 - PHRASING_FLOOR)
        return Candidate(
            topic=self._topics[number], score=round(score / WHOLE, 4), phrasing=self._written[number][place]
        )
