"""Mends homophones and single wrong characters against the vocabulary, and turns Latin pinyin into characters."""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from intents.normalise import is_chinese
from intents.segment import Segmenter, lengths_by_start
from intents.sound import blurred, readings, spell, syllable

LONGEST_WORD = 8
SHORTEST_LATIN = 4  # letters; shorter runs are abbreviations (ct, jpg)
LATIN = re.compile(r"[a-z][a-z' ]*[a-z]")
FUNCTION = frozenset(
    "四五六七八九十事的了是在我你他她不没有就都也还要去到个这那和与及对吗呢吧啊人一二两三说以想几多啥什么时会能可把被给上下来过"
    "得地只又再很太才但而或"
)
"""Characters that stand for themselves: they are never what was mistyped."""
NUMERALS = frozenset("一二两三四五六七八九十")
COMMON_WORD = 2_000  # frequency in the tokenizer's dictionary above which a word is meant as it stands
SHORTEST_WORD = 2
LONGEST_SHAPE = 5  # characters of a word that a wrong character is looked for in
SHORT_WORD = 3  # characters; longer words are sure enough by sound alone
SINGLE_COST = 2.0  # of a syllable that no word covers; a word costs 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words that questions are made of."""

    targets: frozenset[str]
    """What is mended to, by sound or by shape."""
    names: frozenset[str]
    """What is mended to by sound alone: specialties."""
    guarded: frozenset[str]
    """What is left alone as it stands."""
    pairs: frozenset[str]
    """Pairs of characters that are no mistake, though they are no word of ours."""
    latin: frozenset[str]
    """Latin words that are no pinyin."""
    syllables: frozenset[str]
    """What pinyin is made of."""
    places: Mapping[str, tuple[str, ...]]
    """Names that pinyin may spell → the regions they mean."""
    common: Mapping[str, int]
    """Character → how often phrasings have it: that decides between homophones."""


class Repairer:
    """Finds by sound and by shape which word was meant."""

    def __init__(self, words: Words, segmenter: Segmenter) -> None:
        """Index the words; afterwards nothing changes."""
        targets = frozenset(word for word in words.targets if len(word) > 1)
        self._words = targets | frozenset(word for word in words.guarded if len(word) > 1)
        self._starts = lengths_by_start(self._words)
        self._segmenter = segmenter
        self._latin = words.latin
        self._syllables = words.syllables
        self._names = words.names
        self._pairs = words.pairs
        self._by_sound: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._lengths: dict[tuple[str, str], set[int]] = defaultdict(set)
        """First two sounds of our words → how long such words are: what need not be looked up."""
        self._by_blur: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._by_shape: dict[str, list[str]] = defaultdict(list)
        by_sound_only = frozenset(name for name in words.names if len(name) > 2)
        for word in sorted(targets | by_sound_only):
            if not all(map(is_chinese, word)) or len(word) > LONGEST_WORD:
                continue
            for sound in itertools.islice(itertools.product(*(readings(c) or (c,) for c in word)), 8):
                self._by_sound[sound].append(word)
                self._lengths[blurred(sound[0]), blurred(sound[1])].add(len(word))
                if len(word) > 2:
                    self._by_blur[tuple(map(blurred, sound))].append(word)
            if len(word) > 2 and FUNCTION.isdisjoint(word):
                for gap in range(len(word)) if word in targets else range(1, len(word) - 1):
                    self._by_shape[word[:gap] + "?" + word[gap + 1 :]].append(word)
        self._places = words.places
        self._place_by_sound: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for name in (*words.places, *words.names):
            if all(map(is_chinese, name)):
                for sound in itertools.islice(itertools.product(*(readings(c) or (c,) for c in name)), 4):
                    self._place_by_sound[sound].add(name)
        self._common = Counter(words.common)
        self._by_syllable: dict[str, str] = {}
        for character, _ in self._common.most_common():
            self._by_syllable.setdefault(syllable(character), character)

    def mend(self, text: str) -> str:
        """The text with words that sound or look like one of ours replaced by it; itself where nothing was found."""
        text = LATIN.sub(lambda found: self._from_latin(found[0]), text)
        guarded = self._guarded(text)
        sounds = [blurred(syllable(character)) for character in text]
        result, position = [], 0
        while position < len(text):
            length, word = self._replacement(text, position, guarded, sounds)
            if word and word in self._names and self._cuts(text, position):
                length, word = 0, ""  # 验科医生 in 检验科医生
            if (
                word
                and length == SHORTEST_WORD
                and self._segmenter.boundaries(text).isdisjoint({position, position + length})
            ):
                length, word = 0, ""  # 期考 in 定期考核
            result.append(word or text[position])
            position += length or 1
        return "".join(result)

    def _cuts(self, text: str, position: int) -> bool:
        """Whether a known word begins before the position and goes on behind it."""
        return any(
            text[start : start + length] in self._words and start + length > position
            for start in range(max(0, position - LONGEST_WORD), position)
            for length in self._starts.get(text[start : start + 2], ())
        )

    def _guarded(self, text: str) -> list[int]:
        """For each position the length of the longest known word that covers it."""
        covered = [0] * len(text)
        for start in range(len(text) - 1):
            for length in self._starts.get(text[start : start + 2], ()):
                if start + length <= len(text) and text[start : start + length] in self._words:
                    for each in range(start, start + length):
                        covered[each] = max(covered[each], length)
                    break
        return covered

    def _replacement(self, text: str, start: int, guarded: list[int], sounds: list[str]) -> tuple[int, str]:
        """The longest part from `start` that one of our words should stand for: its length and that word."""
        by_sound = self._lengths.get((sounds[start], sounds[start + 1]), ()) if start + 1 < len(text) else ()
        for length in range(min(LONGEST_WORD, len(text) - start), 1, -1):
            may_sound = length in by_sound
            may_look = SHORT_WORD <= length <= LONGEST_SHAPE and not any(guarded[start : start + length])
            if not (may_sound or may_look) or max(guarded[start : start + length]) >= length:
                continue
            part = text[start : start + length]
            if self._segmenter.frequency(part) > COMMON_WORD or not all(map(is_chinese, part)):
                continue
            word = self._by_ear(part, guarded[start : start + length]) if may_sound else ""
            if not word and may_look:
                word = self._by_eye(part)
            if word:
                return length, word
        return 0, ""

    def _by_ear(self, part: str, guarded: list[int]) -> str:
        """The one of our words that a part sounds like; empty if none may stand for it."""
        if len(part) == SHORTEST_WORD and (any(guarded) or part in self._pairs):
            return ""
        sound = tuple(syllable(character) for character in part)
        words = self._by_sound.get(sound, [])
        if not words and not any(guarded):
            words = self._by_blur.get(tuple(map(blurred, sound)), [])
        if len(part) == SHORTEST_WORD or (len(part) == SHORT_WORD and any(guarded)):
            words = [word for word in words if _keeps(FUNCTION, part, word)]
        words = [word for word in words if _keeps(NUMERALS, part, word)]
        words = [word for word in words if _is_heard(word, part, sound, is_name=word in self._places)]
        return max(words, key=lambda w: (-_rare(w, sound), _shared(w, part))) if words else ""

    def _by_eye(self, part: str) -> str:
        """The one of our words that a part differs from in a single character."""
        if self._segmenter.frequency(part):
            return ""
        shapes = {w for gap in range(len(part)) for w in self._by_shape.get(part[:gap] + "?" + part[gap + 1 :], ())}
        shapes = {word for word in shapes if _keeps(FUNCTION, part, word)}
        return shapes.pop() if len(shapes) == 1 else ""

    def _from_latin(self, run: str) -> str:
        """Latin letters as the words they spell, or as they stand where they are no pinyin."""
        pieces = run.split()
        foreign = sum(len(piece) for piece in pieces if piece not in self._latin)
        if foreign < SHORTEST_LATIN:
            return run
        sounds: list[str] = []
        for piece in pieces:
            spelt = spell(piece.replace("'", ""), self._syllables)
            if not spelt:
                return run
            sounds += spelt
        return self._to_characters(tuple(sounds))

    def _to_characters(self, sounds: tuple[str, ...]) -> str:
        best: list[tuple[float, str]] = [(0.0, "")]
        for end in range(1, len(sounds) + 1):
            options: list[tuple[float, str]] = []
            for start in range(max(0, end - LONGEST_WORD), end):
                cost, text = best[start]
                part = sounds[start:end]
                words = self._by_sound.get(part, ())
                names = self._place_by_sound.get(part, set()) if len(part) > 1 and not words else set()
                if names:
                    one = len({self._places.get(name, (name,)) for name in names}) == 1
                    options.append((cost + 1, text + (min(names) if one else f" {''.join(part)} ")))
                if words:
                    word = max(words, key=lambda w: (-_rare(w, part), sum(self._common[c] for c in w)))
                    options.append((cost + 1 - 0.001 * sum(self._common[c] for c in word) / len(word), text + word))
                elif len(part) == 1:
                    options.append((cost + SINGLE_COST, text + self._by_syllable.get(part[0], part[0])))
            best.append(min(options))
        return best[-1][1]


def _keeps(characters: frozenset[str], part: str, word: str) -> bool:
    """Whether a word leaves such characters of a part as they stand."""
    return all(a == b for a, b in zip(part, word, strict=True) if a in characters)


def _is_heard(word: str, part: str, sounds: tuple[str, ...], *, is_name: bool) -> bool:
    """Whether every character typed instead sounds like the common reading of the word's: not 复 for 不 (fu).

    A name may begin with a reading of its own: 犍为.
    """
    triples = tuple(zip(word, part, sounds, strict=True))[is_name:]
    return all(mine == typed or blurred(syllable(mine)) == blurred(sound) for mine, typed, sound in triples)


def _rare(word: str, sounds: tuple[str, ...]) -> int:
    """How many characters of a word have to be read in an uncommon way to sound so: 位 as li."""
    return sum(syllable(character) != sound for character, sound in zip(word, sounds, strict=True))


def _shared(word: str, part: str) -> int:
    return sum(a == b for a, b in zip(word, part, strict=True))
