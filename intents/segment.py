"""Cuts text into words with jieba and a dictionary that the knowledge itself provides. The only import of jieba."""

import io
import logging
import warnings
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from intents.kept import kept

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its source has invalid escapes and an old resource API
    import jieba

jieba.setLogLevel(logging.WARNING)
OWN_WORD_FREQUENCY = 20_000  # above most words of its dictionary, so that our words are cut whole
REMEMBERED = 16  # texts whose boundaries are kept: slots and mending look at the same one
LEAST_FREQUENCY = 5  # of a word of its dictionary that is loaded: the rarer half are names and scraps nobody types here


class _Words(NamedTuple):
    """A dictionary in jieba's own form."""

    frequencies: dict[str, int]
    """Word, or beginning of one → how often it is used; 0 for a mere beginning."""
    total: int


class Segmenter:
    """A tokenizer of our own: jieba's module-level one would be shared with everything else in the process."""

    def __init__(self, words: Iterable[str], cache: Path) -> None:
        """Load the commoner words of jieba's dictionary, kept in the folder `cache`, and add ours."""
        self._tokenizer = jieba.Tokenizer()
        loaded = kept(cache / "words", _Words, None, _common_words)
        self._tokenizer.FREQ, self._tokenizer.total = loaded.frequencies, loaded.total
        self._tokenizer.initialized = True
        self._own = frozenset(words)
        self.boundaries = lru_cache(maxsize=REMEMBERED)(self._boundaries)
        """Where words begin or end; a word of the dictionary that is two of ours (山西大同) has a boundary inside."""
        for word in self._own:
            self._tokenizer.add_word(word, OWN_WORD_FREQUENCY)

    def cut(self, text: str) -> tuple[str, ...]:
        """The words, in order; together they are the text."""
        return tuple(self._tokenizer.cut(text, HMM=False))

    def frequency(self, word: str) -> int:
        """How common a word is in the dictionary; 0 if it is none."""
        return int(self._tokenizer.FREQ.get(word) or 0)

    def _boundaries(self, text: str) -> frozenset[int]:
        found, position = {0}, 0
        for word in self.cut(text):
            for cut in range(2, len(word) - 1):
                if word[:cut] in self._own and word[cut:] in self._own:
                    found.add(position + cut)
            position += len(word)
            found.add(position)
        return frozenset(found)


def lengths_by_start(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """First two characters → how long the words are that begin so, the longest first: what is worth looking up."""
    found: dict[str, set[int]] = defaultdict(set)
    for word in words:
        if len(word) > 1:
            found[word[:2]].add(len(word))
    return {start: tuple(sorted(lengths, reverse=True)) for start, lengths in found.items()}


def _common_words() -> _Words:
    """The commoner words of jieba's dictionary.

    They cut what candidates type as the whole does, in a third of the memory.
    """
    with jieba.get_dict_file() as lines:
        common = b"".join(line for line in lines if int(line.split()[1]) >= LEAST_FREQUENCY)
    frequencies, total = jieba.Tokenizer.gen_pfdict(io.BytesIO(common))
    return _Words(frequencies, total)
