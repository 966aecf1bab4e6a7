"""From the names, codes and deeds of specialties in a text to the specialties that it means, by serial number."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from intents.mentions import ASPIRED, Mention, ending
from intents.slots import Vocabulary

WIDE = 4  # specialties that a word means; of more, the work that is described tells which
JOIN = 6  # characters between two things that are listed side by side
_CODE = re.compile(r"(?<!\d)\d{3}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Specialty:
    """A specialty's name where it stands in a text."""

    word: str
    numbers: tuple[int, ...]
    """The specialties that it may mean."""
    start: int
    end: int
    is_sought: bool
    """Whether it stands after 报, 考, 升."""
    is_licence: bool
    """Whether it only says what a licence allows: 执业范围写的是预防保健."""


class Meant(NamedTuple):
    """The specialties that a text means."""

    numbers: tuple[int, ...]
    name: str
    """The words that named them."""
    hints: tuple[int, ...]
    """Those that the work described points to, where none is named."""


class Specialties:
    """Finds the specialties meant; built once from a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Compile the patterns."""
        lexicon = vocabulary.lexicon
        self._vocabulary = vocabulary
        self._aspires = ending(lexicon.aspires, within=ASPIRED)
        self._joins = re.compile("|".join(lexicon.joins))
        self._licence = ending(lexicon.licence_before)
        self._licence_after = re.compile("|".join(lexicon.licence_after))
        self._by_code = re.compile("|".join(lexicon.by_code))
        self._deeds = _any_word(vocabulary.deeds)
        self._unlisted = _any_word(lexicon.unlisted)

    def read(self, text: str, mention: Mention) -> Specialty:
        """A mention as a specialty, with what the words beside it make of it."""
        before = mention.before(text)
        return Specialty(
            word=mention.text,
            numbers=self._vocabulary.specialties[mention.text],
            start=mention.start,
            end=mention.end,
            is_sought=bool(self._aspires.search(before)),
            is_licence=bool(self._licence.search(before) or self._licence_after.match(text[mention.end :])),
        )

    def meant(self, text: str, mentions: Sequence[Specialty]) -> Meant:
        """The specialties meant; where a word means many, those of them whose work is described."""
        numbers, name = self._named(text, mentions)
        hints = _shared([set(self._vocabulary.deeds[deed]) for deed in self._deeds.findall(text)])
        if len(numbers) > WIDE:
            numbers = tuple(each for each in numbers if each in hints) or numbers
        return Meant(numbers, name, () if numbers else hints)

    def unlisted(self, text: str) -> str:
        """A specialty that is named and that no list has."""
        found = self._unlisted.search(text)
        return found[0] if found else ""

    def _named(self, text: str, mentions: Sequence[Specialty]) -> tuple[tuple[int, ...], str]:
        """By code where one is named, by full name before colloquial names, else what they share; and the words."""
        digits = _CODE.findall(text) if self._by_code.search(text) else []
        codes = [code for code in digits if code in self._vocabulary.codes]
        if codes:
            named = [each for each in mentions if len(each.numbers) == 1]
            numbers = [self._vocabulary.codes[code] for code in codes] + [n for each in named for n in each.numbers]
            return tuple(dict.fromkeys(numbers)), " ".join(codes)
        exact = self._vocabulary.exact
        mentions = [each for each in mentions if not each.is_licence] or mentions
        full = {number for each in mentions if each.word in exact for number in each.numbers}
        mentions = [each for each in mentions if each.word in exact or not full & set(each.numbers)]
        groups = self._listed(text, mentions)
        if len(groups) == 1:
            mentions = [each for each in mentions if each.word in exact] or mentions
            groups = [[each for each in mentions if each.is_sought] or mentions]
        name = " ".join(dict.fromkeys(each.word for group in groups for each in group))
        numbers = [number for group in groups if group for number in _of_group(group, exact)]
        return tuple(dict.fromkeys(numbers)), name

    def _listed(self, text: str, mentions: Sequence[Specialty]) -> list[list[Specialty]]:
        """The mentions in groups: a new one begins after 和, 跟, 、 or 还是; 内科 大内科 is one."""
        groups: list[list[Specialty]] = [[]]
        for each in mentions:
            before = groups[-1][-1] if groups[-1] else None
            between = text[before.end : each.start] if before else ""
            if before is not None and len(between) <= JOIN and self._joins.search(between):
                groups.append([])
            groups[-1].append(each)
        return groups


def _of_group(group: Sequence[Specialty], exact: frozenset[str]) -> tuple[int, ...]:
    """The specialties that a group of words means: by full name, else what the narrowest word shares with wider ones."""
    named = [each for each in group if each.word in exact]
    if named:
        return tuple(sorted({number for each in named for number in each.numbers}))
    return _shared([set(each.numbers) for each in group])


def _shared(sets: list[set[int]]) -> tuple[int, ...]:
    """What the sets share, beginning with the smallest; one that shares nothing is added."""
    sets = sorted(sets, key=len)
    shared = sets[0] if sets else set()
    for each in sets[1:]:
        shared = shared & each or shared | each
    return tuple(sorted(shared))


def _any_word(words: Iterable[str]) -> re.Pattern[str]:
    """What fits any of the words, the longest first; nothing where there are none."""
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)")
