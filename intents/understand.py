"""From what was typed to slots, ranked topics and how sure that is: the one way, for production, evaluation and explaining."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from intents.calibrate import confidence, features
from intents.index import Prepared
from intents.match import CLAUSE_LOOK, Candidate, Matcher, Ranking
from intents.normalise import clauses, normalise
from intents.repair import FUNCTION, Repairer, Words
from intents.segment import Segmenter
from intents.slots import SlotFinder, Slots, Vocabulary

MOST_CLAUSES = 12  # of a long paste, the last ones: the question mostly ends a story
SHORTEST_CONTENT = 3  # characters that a clause without a known thing must say beside its aspect to stand alone
SHORTEST_CLAUSE = 2
LONGEST_TARGET = 4  # characters of a word of phrasings that mistyped words are mended to
SHORTEST_REST = 2  # characters beside synonyms that a phrasing must keep when its slots are out
FREQUENT = 4  # phrasings that a word must stand in before mistyped words are mended to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One clause of a message, understood by itself."""

    text: str
    asks: bool
    """Whether it asks something by itself."""
    content: str
    """What it says beside aspects such as when and where."""
    is_elliptical: bool
    """Whether it names an aspect of something and not the thing: it belongs to the clause before it."""
    candidates: tuple[Candidate, ...]
    confidence: float


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


class Understander:
    """Built once from phrasings and vocabularies; immutable afterwards, and replaced whole."""

    def __init__(
        self, phrasings: Mapping[str, Sequence[str]], vocabulary: Vocabulary, cache: Path | None = None
    ) -> None:
        """Take, per topic, its phrasings; `cache` is a folder for the tokenizer's cache file."""
        lexicon = vocabulary.lexicon
        self.lexicon = lexicon
        concepts = {word: concept.words[0] for concept in lexicon.concept for word in concept.words}
        self._concepts = concepts
        self._vague = frozenset(lexicon.aspects) - set(lexicon.telling_aspects)
        self._replaced = re.compile(
            "|".join(sorted(map(re.escape, {*concepts, *lexicon.fillers}), key=len, reverse=True))
        )
        self._own = re.compile("|".join(lexicon.own_state))
        self._general = re.compile("|".join(lexicon.general))
        self._ellipsis = re.compile("|".join(lexicon.ellipsis))
        self._asks = re.compile("|".join(lexicon.asks))
        self.segmenter = Segmenter(vocabulary.everything() | set(concepts), cache)
        self._slots = SlotFinder(vocabulary, self.segmenter)
        texts = [normalise(text) for each in phrasings.values() for text in each]
        words = Words(
            targets=frozenset(self._targets(vocabulary, texts)),
            names=frozenset(vocabulary.specialties),
            guarded=frozenset(vocabulary.everything()),
            pairs=_pairs(texts),
            latin=frozenset(_latin(texts, vocabulary)),
            places=vocabulary.spelt,
            texts=tuple(texts),
        )
        self._repairer = Repairer(words, self.segmenter)
        prepared = {
            topic: [pair for text in each if (pair := self._phrasing(text))] for topic, each in phrasings.items()
        }
        self.matcher = Matcher(prepared)

    def _targets(self, vocabulary: Vocabulary, texts: Sequence[str]) -> set[str]:
        """The words that a mistyped or misheard word is mended to: frequent ones of phrasings, synonyms, slot words."""
        count: Counter[str] = Counter()
        for text in texts:
            count.update({part for part in _parts_of(text) if self.segmenter.frequency(part)})
        words = {word for word, number in count.items() if number >= FREQUENT}
        return words | set(self._concepts) | vocabulary.mended_to()

    def _content(self, prepared: Prepared) -> str:
        text = prepared.text.replace(" ", "")
        for word in (*self._vague, *self.lexicon.function_words):
            text = text.replace(word, "")
        return text

    def _phrasing(self, text: str) -> tuple[str, Prepared] | None:
        """A phrasing as it is indexed; None where taking its slots out leaves next to nothing (能不能报中级)."""
        plain = normalise(text)
        _, kept = self._slots.find(plain)
        prepared = self.prepare(kept)
        bare = prepared.text.replace(" ", "")
        for concept in prepared.concepts:
            bare = bare.replace(concept, "")
        is_cut = kept.replace(" ", "") != plain.replace(" ", "")
        return None if is_cut and len(bare) < SHORTEST_REST else (text, prepared)

    def prepare(self, kept: str) -> Prepared:
        """A text without slots in the form that is indexed."""
        found: list[str] = []

        def one(match: re.Match[str]) -> str:
            word = self._concepts.get(match[0])
            if word is None:
                return " "
            found.append(word)
            return word

        text = self._replaced.sub(one, kept)
        if not re.search(r"\w", text):
            text = kept
        return Prepared(text=re.sub(r"[^\w√]+", " ", text).strip(), concepts=tuple(dict.fromkeys(found)))

    def understand(self, text: str) -> Understanding:
        """What a text as typed means."""
        plain = normalise(text)
        reading = self._read(plain)
        mended = self._repairer.mend(plain)
        if mended != plain:
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
            is_own_state=bool(self._own.search(reading.text)) and not is_general,
            is_follow_up=bool(self._ellipsis.search(reading.text)),
        )

    def _read(self, text: str) -> "_Reading":
        """Slots and ranking of one way to read the text: by the whole of it, and by the clause that fits best."""
        slots, kept = self._slots.find(text)
        whole = self.prepare(kept)
        parts: list[Part] = []
        pieces = [piece for piece in clauses(kept) if len(piece) >= SHORTEST_CLAUSE][-MOST_CLAUSES:]
        for piece in pieces if len(pieces) > 1 else ():
            prepared = self.prepare(piece)
            if len(prepared.text) < SHORTEST_CLAUSE:
                continue
            content = self._content(prepared)
            ranking = self.matcher.rank(prepared, CLAUSE_LOOK)
            parts.append(
                Part(
                    text=piece,
                    asks=bool(self._asks.search(piece)),
                    content=content,
                    is_elliptical=len(content) < SHORTEST_CONTENT and not set(prepared.concepts) - self._vague,
                    candidates=ranking.candidates,
                    confidence=confidence(ranking),
                )
            )
        ranking = self.matcher.rank(whole)
        return _Reading(text=text, slots=slots, whole=whole, ranking=ranking, parts=tuple(parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    text: str
    slots: Slots
    whole: Prepared
    ranking: Ranking
    parts: tuple[Part, ...]


def _pairs(texts: Sequence[str]) -> frozenset[str]:
    """Pairs of characters that stand together in several phrasings: whoever types them means them."""
    count = Counter(pair for text in texts for pair in {text[i : i + 2] for i in range(len(text) - 1)})
    return frozenset(pair for pair, number in count.items() if number > 1 and FUNCTION.isdisjoint(pair))


def _parts_of(text: str) -> set[str]:
    """The substrings of two to four characters without function words in them."""
    spans = ((i, j) for i in range(len(text) - 1) for j in range(i + 2, min(i + LONGEST_TARGET, len(text)) + 1))
    return {text[i:j] for i, j in spans if FUNCTION.isdisjoint(text[i:j])}


def _top(ranking: Ranking) -> float:
    return ranking.candidates[0].score if ranking.candidates else 0.0


def _latin(texts: Sequence[str], vocabulary: Vocabulary) -> set[str]:
    """Latin words that stand in phrasings and names, and so are not pinyin."""
    every = [*texts, *vocabulary.everything()]
    return {word for text in every for word in re.findall(r"[a-z]{2,}", text)}
