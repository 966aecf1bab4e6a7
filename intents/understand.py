"""From what was typed to slots, ranked topics and how sure that is: the one way, for production, evaluation and explaining."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from intents.calibrate import confidence
from intents.index import Prepared
from intents.match import Candidate, Matcher, Ranking
from intents.normalise import clauses, normalise
from intents.repair import Repairer
from intents.segment import Segmenter
from intents.slots import SlotFinder, Slots, Vocabulary

MOST_CLAUSES = 12  # of a long paste, the last ones: the question mostly ends a story
SHORTEST_CLAUSE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One clause of a message, understood by itself."""

    text: str
    candidates: tuple[Candidate, ...]
    confidence: float
    asks: bool
    """Whether it reads as a question or a request."""
    slots: Slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a text means, as far as words tell; and why."""

    text: str
    """Normalised."""
    mended: str
    """With homophones, wrong characters and pinyin put right."""
    slots: Slots
    rest: str
    """What chose the topic: slots and fillers out, synonyms as one."""
    concepts: tuple[str, ...]
    """The synonym groups that it holds, by their first word."""
    candidates: tuple[Candidate, ...]
    confidence: float
    """Calibrated probability that the first candidate is meant."""
    parts: tuple[Part, ...]
    is_own_state: bool
    is_follow_up: bool


class Understander:
    """Built once from phrasings and vocabularies; immutable afterwards, and replaced whole."""

    def __init__(self, phrasings: Mapping[str, Sequence[str]], vocabulary: Vocabulary, cache: Path | None = None) -> None:
        """Take, per topic, its phrasings; `cache` is a folder for the tokenizer's cache file."""
        lexicon = vocabulary.lexicon
        self.lexicon = lexicon
        concepts = {word: concept.words[0] for concept in lexicon.concept for word in concept.words}
        self._concepts = concepts
        self._concept = re.compile("|".join(sorted(map(re.escape, concepts), key=len, reverse=True)))
        self._filler = re.compile("|".join(sorted(map(re.escape, lexicon.fillers), key=len, reverse=True)))
        self._own = re.compile("|".join(lexicon.own_state))
        self._general = re.compile("|".join(lexicon.general))
        self._ellipsis = re.compile("|".join(lexicon.ellipsis))
        self._asks = re.compile("|".join(lexicon.asks))
        self.segmenter = Segmenter(vocabulary.everything() | set(concepts), cache)
        self._slots = SlotFinder(vocabulary, self.segmenter)
        texts = [normalise(text) for each in phrasings.values() for text in each]
        self._repairer = Repairer(self._vocabulary(vocabulary, texts), texts, self.segmenter, _latin(texts, vocabulary))
        prepared = {topic: [(text, self.prepare(self._slots.find(normalise(text))[1])) for text in each]
                    for topic, each in phrasings.items()}
        self.matcher = Matcher(prepared)

    def _vocabulary(self, vocabulary: Vocabulary, texts: Sequence[str]) -> set[str]:
        """The words that a mistyped or misheard word is mended to: those of phrasings, synonyms, and the wide regions."""
        words = {word for text in texts for word in self.segmenter.cut(text) if len(word) > 1}
        wide = {name for name, ids in vocabulary.places.items() if any(len(each) <= len("CN-31") for each in ids)}
        return words | set(self._concepts) | wide | set(vocabulary.sites) | set(vocabulary.words) | {
            name for name in vocabulary.specialties if len(name) > 2}

    def prepare(self, kept: str) -> Prepared:
        """A text without slots in the form that is indexed."""
        bare = self._filler.sub(" ", kept)
        if not re.search(r"\w", bare):
            bare = kept
        found: list[str] = []

        def one(match: re.Match[str]) -> str:
            word = self._concepts[match[0]]
            found.append(word)
            return word

        text = self._concept.sub(one, bare)
        return Prepared(text=re.sub(r"[^\w√]+", " ", text).strip(), concepts=tuple(dict.fromkeys(found)))

    def understand(self, text: str) -> Understanding:
        """What a text as typed means."""
        plain = normalise(text)
        mended = self._repairer.mend(plain)
        slots, kept = self._slots.find(mended)
        pieces = clauses(kept)[-MOST_CLAUSES:]
        whole = self.prepare(kept)
        prepared = [self.prepare(piece) for piece in pieces]
        ranking = self.matcher.rank(whole, prepared)
        if mended != plain:
            slots, whole, ranking = self._better(plain, slots, whole, ranking)
        is_general = bool(self._general.search(mended))
        return Understanding(
            text=plain, mended=mended, slots=slots, rest=whole.text, concepts=whole.concepts, candidates=ranking.candidates,
            confidence=confidence(ranking), parts=self._parts(mended),
            is_own_state=bool(self._own.search(mended)) and not is_general,
            is_follow_up=bool(self._ellipsis.search(mended)),
        )

    def _better(self, plain: str, slots: Slots, whole: Prepared, mended: Ranking) -> tuple[Slots, Prepared, Ranking]:
        """Mending may overdo it: the reading as typed stands where it matches better."""
        plain_slots, kept = self._slots.find(plain)
        as_typed = self.prepare(kept)
        ranking = self.matcher.rank(as_typed, [self.prepare(piece) for piece in clauses(kept)[-MOST_CLAUSES:]])
        if _top(ranking) > _top(mended):
            return plain_slots.over(slots), as_typed, ranking
        return slots, whole, mended

    def _parts(self, mended: str) -> tuple[Part, ...]:
        """The clauses that ask something; none where there is one clause only."""
        pieces = [piece for piece in clauses(mended) if len(piece) >= SHORTEST_CLAUSE][-MOST_CLAUSES:]
        if len(pieces) < 2:
            return ()
        found = []
        for piece in pieces:
            asks = bool(self._asks.search(piece))
            slots, kept = self._slots.find(piece)
            ranking = self.matcher.rank(self.prepare(kept))
            found.append(Part(text=piece, candidates=ranking.candidates[:5], confidence=confidence(ranking),
                              asks=asks, slots=slots))
        return tuple(found)


def _top(ranking: Ranking) -> float:
    return ranking.candidates[0].score if ranking.candidates else 0.0


def _latin(texts: Sequence[str], vocabulary: Vocabulary) -> set[str]:
    """Latin words that stand in phrasings and names, and so are not pinyin."""
    every = [*texts, *vocabulary.everything()]
    return {word for text in every for word in re.findall(r"[a-z]{2,}", text)}
