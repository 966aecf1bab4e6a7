"""From what was typed to slots, ranked topics and how sure that is: the one way, for production, evaluation and explaining."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from intents.calibrate import confidence, features
from intents.dialect import Dialect
from intents.finder import SlotFinder
from intents.index import Prepared
from intents.kept import kept
from intents.learn import Learnt, learn
from intents.match import CLAUSE_LOOK, Candidate, Matcher, Ranking
from intents.normalise import clauses, normalise
from intents.prepare import Preparer
from intents.repair import Repairer
from intents.segment import Segmenter
from intents.slots import Slots, Vocabulary

MOST_CLAUSES = 12  # of a long paste, the last ones: the question mostly ends a story
SHORTEST_CONTENT = 3  # characters that a clause without a known thing must say beside its aspect to stand alone
SHORTEST_CLAUSE = 2
SHORTEST_OPENING = 5  # characters before an opener that may be a question of their own
NOTHING = Ranking(candidates=(), known=0.0, length=0)
STORY = 3  # clauses from which a message is a story


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One clause of a message, understood by itself."""

    text: str
    asks: bool
    """Whether it asks something by itself."""
    is_own_state: bool
    """Whether it asks for the asker's own registration."""
    asks_when: bool
    """Whether it asks for a day."""
    content: str
    """What it says beside aspects such as when and where."""
    is_elliptical: bool
    """Whether it names an aspect of something and not the thing: it belongs to the clause before it."""
    candidates: tuple[Candidate, ...]
    """Empty where it asks nothing."""
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a text means, as far as words tell; and why."""

    text: str
    """Normalised."""
    mended: str
    """In standard Chinese, with homophones, wrong characters and pinyin put right."""
    slots: Slots
    rest: str
    """What chose the topic: slots and fillers out, synonyms as one."""
    concepts: tuple[str, ...]
    """The synonym groups that it holds, by their first word."""
    candidates: tuple[Candidate, ...]
    confidence: float
    """Calibrated probability that the first candidate is meant."""
    known: float
    """Share of the text's weight that any topic knows, 0 to 1."""
    evidence: tuple[float, ...]
    """What the confidence was computed from."""
    parts: tuple[Part, ...]
    is_question: bool
    """Whether it asks or requests something at all."""
    is_general: bool
    """Whether it asks how, where or when, and not for a state."""
    is_own_state: bool
    is_follow_up: bool
    is_elsewhere: bool
    """Whether it asks the last question of another place: 我调到湛江了，湛江呢."""


class Understander:
    """Built once from phrasings and vocabularies; immutable afterwards, and replaced whole."""

    def __init__(self, phrasings: Mapping[str, Sequence[str]], vocabulary: Vocabulary, cache: Path) -> None:
        """Take, per topic, its phrasings; what is slow to make is kept in the folder `cache`."""
        lexicon = vocabulary.lexicon
        self.lexicon = lexicon
        self._dialect = dialect = Dialect(lexicon)
        self.preparer = preparer = Preparer(lexicon)
        self.segmenter = segmenter = Segmenter(vocabulary.everything() | set(preparer.concepts), cache)
        self._slots = slots = SlotFinder(vocabulary, segmenter)
        learnt = kept(
            cache / "learnt",
            Learnt,
            (phrasings, vocabulary),
            lambda: learn(phrasings, vocabulary, dialect=dialect, segmenter=segmenter, slots=slots, preparer=preparer),
        )
        self.matcher = Matcher(learnt.phrasings, learnt.index)
        self._repairer = Repairer(learnt.words, segmenter)
        self._days = frozenset(lexicon.day_aspects)
        self._own = re.compile("|".join(lexicon.own_state))
        self._general = re.compile("|".join(lexicon.general))
        self._ellipsis = re.compile("|".join(lexicon.ellipsis))
        others = f"(?:{'|'.join(lexicon.others)})"
        self._elsewhere = re.compile("|".join(pattern.replace("OTHERS", others) for pattern in lexicon.elsewhere))
        self._connectives = re.compile("|".join(lexicon.connectives))
        self._openers = re.compile("|".join(lexicon.openers))
        self._interrogatives = re.compile("|".join(lexicon.interrogatives))
        self._asks = re.compile("|".join(lexicon.asks))

    def understand(self, text: str) -> Understanding:
        """What a text as typed means."""
        plain = normalise(text)
        standard = self._dialect.standard(plain)
        reading = self._read(standard)
        mended = self._repairer.mend(standard)
        if mended != standard:
            again = self._read(mended)
            if _top(again.ranking) >= _top(reading.ranking) or len(again.slots.places) > len(reading.slots.places):
                reading = again
        is_general = bool(self._general.search(reading.text))
        return Understanding(
            text=plain,
            mended=reading.text,
            slots=reading.slots,
            rest=reading.whole.text,
            concepts=reading.whole.concepts,
            candidates=reading.ranking.candidates,
            confidence=confidence(reading.ranking),
            known=reading.ranking.known,
            evidence=features(reading.ranking),
            parts=reading.parts,
            is_question=bool(self._asks.search(reading.text)),
            is_general=is_general,
            is_own_state=(self._is_own_state(reading.text) and not is_general) or _asks_beside(reading.parts),
            is_follow_up=bool(self._ellipsis.search(reading.text) or self._ellipsis.search(reading.kept)),
            is_elsewhere=self._is_elsewhere(reading),
        )

    def vector(self, found: Understanding) -> dict[str, float]:
        """What chose the topic, as weighted terms of length one: questions that ask alike have vectors that are alike."""
        return self.matcher.vector(Prepared(text=found.rest, concepts=found.concepts))

    def _is_elsewhere(self, reading: "_Reading") -> bool:
        """Whether one clause asks the last question of another place, and no other clause asks anything."""
        asking = [part.text for part in reading.parts if part.asks]
        pieces = clauses(reading.kept)
        return any(map(self._elsewhere.match, pieces)) and all(map(self._elsewhere.match, asking))

    def _is_own_state(self, text: str) -> bool:
        """Whether it asks for the asker's state; a story that mentions it and then asks something else does not."""
        pieces = clauses(text)
        if len(pieces) < STORY:
            return bool(self._own.search(text))
        own = [place for place, piece in enumerate(pieces) if self._own.search(piece)]
        return bool(own) and not any(self._asks.search(piece) for piece in pieces[own[-1] + 1 :])

    def _questions(self, text: str) -> Iterator[str]:
        """The clauses of a text, cut where another question begins though no punctuation says so."""
        for clause in clauses(text):
            for piece in self._connectives.split(clause):
                start = 0
                for opener in self._openers.finditer(piece):
                    before = piece[start : opener.start()]
                    if len(before) >= SHORTEST_OPENING and self._interrogatives.search(before):
                        yield before
                        start = opener.start()
                yield piece[start:]

    def _read(self, text: str) -> "_Reading":
        """Slots and ranking of one way to read the text: by the whole of it, and by the clause that fits best."""
        slots, kept = self._slots.find(text)
        whole = self.preparer.prepare(kept)
        parts: list[Part] = []
        pieces = [piece for piece in self._questions(kept) if len(piece) >= SHORTEST_CLAUSE][-MOST_CLAUSES:]
        for piece in pieces if len(pieces) > 1 else ():
            prepared = self.preparer.prepare(piece)
            if len(prepared.text) < SHORTEST_CLAUSE:
                continue
            parts.append(self._part(piece, prepared))
        ranking = self.matcher.rank(whole)
        return _Reading(text=text, kept=kept, slots=slots, whole=whole, ranking=ranking, parts=tuple(parts))

    def _part(self, text: str, prepared: Prepared) -> Part:
        """A clause by itself; what asks nothing is not ranked."""
        content = self.preparer.content(prepared)
        asks = bool(self._asks.search(text))
        ranking = self.matcher.rank(prepared, CLAUSE_LOOK) if asks else NOTHING
        return Part(
            text=text,
            asks=asks,
            is_own_state=bool(self._own.search(text)) and not self._general.search(text),
            asks_when=not self._days.isdisjoint(prepared.concepts),
            content=content,
            is_elliptical=len(content) < SHORTEST_CONTENT and not set(prepared.concepts) - self.preparer.vague,
            candidates=ranking.candidates,
            confidence=confidence(ranking),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    text: str
    kept: str
    """The text without its slots."""
    slots: Slots
    whole: Prepared
    ranking: Ranking
    parts: tuple[Part, ...]


def _asks_beside(parts: Sequence[Part]) -> bool:
    """Whether one clause asks for the asker's state and the others for the day of something: 我的过了吗 还有几号缴费."""
    asking = [part for part in parts if part.asks]
    own = [part for part in asking if part.is_own_state]
    return bool(own) and len(asking) > len(own) and all(p.is_own_state or (p.asks_when and p.content) for p in asking)


def _top(ranking: Ranking) -> float:
    return ranking.candidates[0].score if ranking.candidates else 0.0
