"""What understanding learns from phrasings: the index of topics, and the words that mistyped ones are mended to."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from intents.dialect import Dialect
from intents.finder import GAP, SlotFinder
from intents.index import Index, Prepared
from intents.normalise import normalise
from intents.prepare import Preparer
from intents.repair import FUNCTION, Words
from intents.segment import Segmenter
from intents.slots import Vocabulary
from intents.sound import all_syllables

LONGEST_TARGET = 4  # characters of a word of phrasings that mistyped words are mended to
SHORTEST_REST = 2  # characters beside synonyms that a phrasing must keep when its slots are out
FREQUENT = 4  # phrasings that a word must stand in before mistyped words are mended to it


class Learnt(msgspec.Struct, frozen=True, kw_only=True):
    """The same for the same phrasings and vocabulary; a second or two to make."""

    phrasings: dict[str, list[tuple[str, Prepared]]]
    """Topic → its phrasings as written and as indexed."""
    index: Index
    words: Words


def learn(
    phrasings: Mapping[str, Sequence[str]],
    vocabulary: Vocabulary,
    *,
    dialect: Dialect,
    segmenter: Segmenter,
    slots: SlotFinder,
    preparer: Preparer,
) -> Learnt:
    """Take, per topic, its phrasings; a topic of which nothing is left without slots is never found."""
    plain = {topic: [(text, dialect.standard(normalise(text))) for text in each] for topic, each in phrasings.items()}
    prepared = {
        topic: [(text, kept) for text, standard in pairs if (kept := _prepared(standard, slots, preparer))]
        for topic, pairs in plain.items()
    }
    prepared = {topic: each for topic, each in prepared.items() if each}
    texts = [standard for pairs in plain.values() for _, standard in pairs]
    return Learnt(
        phrasings=prepared,
        index=Index.of([[each for _, each in pairs] for pairs in prepared.values()]),
        words=Words(
            targets=_frequent(texts, segmenter) | set(preparer.concepts) | vocabulary.mended_to(),
            names=frozenset(vocabulary.specialties),
            guarded=frozenset(vocabulary.everything()),
            pairs=_pairs(texts),
            latin=_latin(texts, vocabulary),
            syllables=all_syllables(),
            places=vocabulary.spelt,
            common=Counter(character for text in texts for character in text),
        ),
    )


def _prepared(text: str, slots: SlotFinder, preparer: Preparer) -> Prepared | None:
    """A phrasing as it is indexed; None where taking its slots out leaves next to nothing (能不能报中级)."""
    _, kept = slots.find(text)
    prepared = preparer.prepare(kept)
    bare = prepared.text.replace(" ", "")
    for concept in prepared.concepts:
        bare = bare.replace(concept, "")
    is_cut = GAP in kept
    return None if not prepared.text or (is_cut and len(bare) < SHORTEST_REST) else prepared


def _frequent(texts: Sequence[str], segmenter: Segmenter) -> frozenset[str]:
    """The words that stand in many phrasings."""
    count: Counter[str] = Counter()
    for text in texts:
        count.update(_parts_of(text))
    return frozenset(word for word, number in count.items() if number >= FREQUENT and segmenter.frequency(word))


def _parts_of(text: str) -> set[str]:
    """The substrings of two to four characters without function words in them."""
    spans = ((i, j) for i in range(len(text) - 1) for j in range(i + 2, min(i + LONGEST_TARGET, len(text)) + 1))
    return {text[i:j] for i, j in spans if FUNCTION.isdisjoint(text[i:j])}


def _pairs(texts: Sequence[str]) -> frozenset[str]:
    """Pairs of characters that stand together in several phrasings: whoever types them means them."""
    count = Counter(pair for text in texts for pair in {text[i : i + 2] for i in range(len(text) - 1)})
    return frozenset(pair for pair, number in count.items() if number > 1 and FUNCTION.isdisjoint(pair))


def _latin(texts: Sequence[str], vocabulary: Vocabulary) -> frozenset[str]:
    """Latin words that stand in phrasings and names, and so are not pinyin."""
    every = [*texts, *vocabulary.everything()]
    return frozenset(word for text in every for word in re.findall(r"[a-z]{2,}", text))
