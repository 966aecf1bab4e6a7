"""Takes out of a text, exactly and by dictionary, what fixes the scope: places, exam, level, year, specialty, paper."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from intents.lexicon import Lexicon, SlotWord
from intents.segment import Segmenter

WINDOW = 8  # characters beside a mention that tell its role


class Role(StrEnum):
    """What a place is to the asker."""

    PLACE = "place"
    ORIGIN = "origin"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place named in the text."""

    ids: tuple[str, ...]
    """The regions that the name may mean."""
    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """What was taken out; empty where nothing was said."""

    places: tuple[Place, ...] = ()
    exam: str = ""
    level: str = ""
    mode: str = ""
    paper: str = ""
    subject: str = ""
    subjects: int = 0
    year: int = 0
    """An exam year that was named, 0 if none."""
    other_exam: str = ""
    sites: tuple[str, ...] = ()
    specialties: tuple[int, ...] = ()
    specialty: str = ""
    """The words that named the specialties."""

    def over(self, earlier: "Slots") -> "Slots":
        """These, and what only the earlier ones have."""
        names = ("exam", "level", "mode", "paper", "subject", "subjects", "sites", "specialties", "specialty")
        return replace(self, **{name: getattr(self, name) or getattr(earlier, name) for name in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The dictionaries that slots are found by; built from the knowledge."""

    lexicon: Lexicon
    places: Mapping[str, tuple[str, ...]]
    """Name → region ids."""
    specialties: Mapping[str, tuple[int, ...]]
    """Name or colloquial name → serial numbers."""
    sites: Mapping[str, tuple[str, ...]]
    year: int
    """The latest year on file."""
    words: Mapping[str, SlotWord] = field(init=False)

    def __post_init__(self) -> None:
        """Index the slot words."""
        object.__setattr__(self, "words", {word: slot for slot in self.lexicon.slot for word in slot.words})

    def everything(self) -> set[str]:
        """All slot words, for the segmenter's dictionary."""
        return {*self.places, *self.specialties, *self.sites, *self.words}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    start: int
    end: int
    text: str


class SlotFinder:
    """Finds slots; built once from a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, segmenter: Segmenter) -> None:
        """Compile the patterns."""
        self._vocabulary, self._segmenter = vocabulary, segmenter
        lexicon = vocabulary.lexicon
        self._longest = max(map(len, vocabulary.everything()), default=1)
        self._before = re.compile(f"(?:{'|'.join(lexicon.not_place_before)})$")
        self._after = re.compile(f"(?:{'|'.join(lexicon.not_place_after)})")
        self._denied = re.compile(f"(?:{'|'.join(lexicon.denied_before)})$")
        self._place = re.compile(f"(?:{'|'.join(lexicon.place_before)})$")
        self._others = re.compile("|".join(lexicon.others))
        self._aspires = re.compile(f"(?:{'|'.join(lexicon.aspires)})[^,，。]{{0,4}}$")
        self._holds = re.compile(f"(?:{'|'.join(lexicon.holds)})[^,，。]{{0,3}}$")
        number = "|".join(sorted(lexicon.numbers, key=len, reverse=True))
        self._count = re.compile(f"(\\d|{number})(?:{'|'.join(lexicon.counters)})")
        self._year = re.compile(r"(?<!\d)(20\d\d|[12]\d)(?:年度|年|(?=\D?(?:" + "|".join(lexicon.exam_year_after) + ")))")
        self._year_after = re.compile(f"的?(?:{'|'.join(lexicon.exam_year_after)})")
        self._past_after = re.compile(f"(?:{'|'.join(lexicon.past_year_after)})")

    def find(self, text: str) -> tuple[Slots, str]:
        """The slots of a normalised text, and the text that is left for choosing the topic."""
        boundaries = self._segmenter.boundaries(text)
        places: list[Place] = []
        levels: list[tuple[float, int, SlotWord]] = []
        slots = Slots()
        kept: list[str] = []
        for mention in self._mentions(text, boundaries):
            slots, stays = self._take(text, mention, slots, places, levels)
            kept.append(mention.text if stays else " ")
        if levels:
            best = max(levels, key=lambda each: each[:2])[2]
            slots = replace(slots, exam=best.exam or slots.exam, level=best.level)
        slots = replace(slots, places=tuple(places), subjects=self._subjects(text), year=self._exam_year(text))
        return slots, "".join(kept)

    def _mentions(self, text: str, boundaries: frozenset[int]) -> list[_Mention]:
        """The text cut into slot words, longest first, and single characters between them."""
        vocabulary, found, position = self._vocabulary, [], 0
        while position < len(text):
            end = position + 1
            for length in range(min(self._longest, len(text) - position), 1, -1):
                part = text[position : position + length]
                is_whole = position in boundaries and position + length in boundaries
                is_exact = part in vocabulary.words or part in vocabulary.specialties or part in vocabulary.sites
                if is_exact or (is_whole and part in vocabulary.places):
                    end = position + length
                    break
            found.append(_Mention(start=position, end=end, text=text[position:end]))
            position = end
        return found

    def _take(self, text: str, mention: _Mention, slots: Slots, places: list[Place],
              levels: list[tuple[float, int, SlotWord]]) -> tuple[Slots, bool]:
        """What one mention fills, and whether its words stay in the text."""
        vocabulary, word = self._vocabulary, mention.text
        if len(word) < 2:
            return slots, True
        if word in vocabulary.places:
            places.append(Place(ids=vocabulary.places[word], name=word, role=self._role(text, mention)))
        if word in vocabulary.sites:
            return replace(slots, sites=slots.sites + vocabulary.sites[word]), False
        if word in vocabulary.specialties:
            numbers = tuple(dict.fromkeys(slots.specialties + vocabulary.specialties[word]))
            slots = replace(slots, specialties=numbers, specialty=f"{slots.specialty} {word}".strip())
        slot = vocabulary.words.get(word)
        if slot is None:
            return slots, False
        if slot.level:
            levels.append((self._is_askers(text, mention), mention.start, slot))
        elif slot.exam:
            slots = replace(slots, exam=slots.exam or slot.exam)
        other = slots.other_exam or slot.other_exam
        slots = replace(slots, mode=slot.mode or slots.mode, paper=slot.paper or slots.paper,
                        subject=slot.subject or slots.subject, other_exam=other,
                        sites=slots.sites + ((slot.site,) if slot.site else ()))
        return slots, slot.keep

    def _role(self, text: str, mention: _Mention) -> Role:
        before = text[max(0, mention.start - WINDOW) : mention.start]
        after = text[mention.end : mention.end + WINDOW]
        if self._denied.search(before):
            return Role.DENIED
        if self._after.match(after) or (self._before.search(before) and not self._place.search(before)):
            return Role.ORIGIN
        return Role.PLACE

    def _is_askers(self, text: str, mention: _Mention) -> float:
        """How far a level is the one that the asker goes for, and not a colleague's or the one already held."""
        start = max(text.rfind(mark, 0, mention.start) for mark in ",，。!？?;； ") + 1
        before = text[start : mention.start]
        score = 1.0 if self._aspires.search(before) else 0.0
        score -= 1.0 if self._holds.search(before) else 0.0
        return score - (2.0 if self._others.search(before) and "我" not in before[-6:] else 0.0)

    def _subjects(self, text: str) -> int:
        found = self._count.search(text)
        return self._number(found[1]) if found else 0

    def _number(self, text: str) -> int:
        return int(text) if text.isdigit() else self._vocabulary.lexicon.numbers[text]

    def _exam_year(self, text: str) -> int:
        """The exam year that is named; years of graduation and of earlier attempts are not."""
        for found in self._year.finditer(text):
            year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
            rest = text[found.end() : found.end() + WINDOW * 2]
            if year == self._vocabulary.year or not self._year_after.match(rest):
                continue
            if year > self._vocabulary.year or self._past_after.search(rest):
                return year
        return 0
