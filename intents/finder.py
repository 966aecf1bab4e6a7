"""Finds slots in a text, exactly and by dictionary, and says what is left for choosing the topic."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from intents.counts import Counts
from intents.days import named_days
from intents.levels import Level, Levels, likeliest, sought
from intents.lexicon import SlotWord
from intents.mentions import Cutter, Mention, ending
from intents.persons import Persons
from intents.segment import Segmenter
from intents.slots import About, Place, Role, Slots, Vocabulary
from intents.specialties import Specialties, Specialty
from intents.years import Years

GAP = "·"  # stands where a slot was taken out: no boundary between clauses
BESIDE = re.compile("[^来到去,，。]?")  # between the parts of one place's name: 浙江省杭州
SWAPPED = {Role.THEIRS: Role.PLACE, Role.PLACE: Role.ORIGIN}
"""What places are where the question is about the other person: 我在乐山 我妹在湛江 她那边."""


@dataclass(slots=True)
class _Found:
    """What is gathered while a text is read."""

    places: list[Place] = field(default_factory=list)
    place_end: int = -1
    exam: str = ""
    """Named by itself, and not by a level."""
    mode: str = ""
    paper: str = ""
    subject: str = ""
    other_exam: str = ""
    sites: tuple[str, ...] = ()
    has_both_modes: bool = False
    levels: list[Level] = field(default_factory=list)
    specialties: list[Specialty] = field(default_factory=list)


class SlotFinder:
    """Finds slots; built once from a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, segmenter: Segmenter) -> None:
        """Compile the patterns."""
        self._vocabulary = vocabulary
        lexicon = vocabulary.lexicon
        self._cutter = Cutter(vocabulary, segmenter.boundaries)
        self._persons = Persons(lexicon)
        self._levels = Levels(lexicon, self._persons)
        self._specialties = Specialties(vocabulary)
        self._counts = Counts(lexicon)
        self._years = Years(lexicon, vocabulary.year)
        self._origin = ending(lexicon.not_place_before)
        self._origin_after = re.compile(f"(?:{'|'.join(lexicon.not_place_after)})")
        self._denied = ending(lexicon.denied_before)
        self._place = ending(lexicon.place_before)
        self._place_after = re.compile(f"(?:{'|'.join(lexicon.place_after)})")
        self._day_before = ending(lexicon.not_day_before)
        self._day_after = re.compile("|".join(lexicon.not_day_after))
        self._other_exams = [(re.compile(pattern), name) for pattern, name in lexicon.other_exam]
        self._moved = re.compile("|".join(lexicon.moved))

    def find(self, text: str) -> tuple[Slots, str]:
        """The slots of a normalised text, and the text that is left for choosing the topic."""
        found = _Found()
        kept: list[str] = []
        for mention in self._cutter.cut(text):
            stays = len(mention.text) == 1 or self._take(text, mention, found)
            kept.append(mention.text if stays else GAP)
        return self._slots(text, found), "".join(kept)

    def _slots(self, text: str, found: _Found) -> Slots:
        """The slots, from what the mentions filled and from the text as a whole."""
        likely = likeliest(found.levels)
        about = self._persons.about(text, found.places, has_their_level=likely is not None and likely.is_theirs)
        exam, level = sought(found.levels, found.exam)
        meant = self._specialties.meant(text, found.specialties)
        return Slots(
            places=_places(found.places, about),
            exam=exam,
            level=level,
            is_titled=bool(level) and not any(each.is_plain for each in found.levels),
            about=about,
            exams=self._levels.exams(text, found.levels),
            mode="" if found.has_both_modes else found.mode,
            paper=found.paper,
            subject=found.subject,
            subjects=self._counts.subjects(text),
            people=self._counts.people(text),
            year=self._years.named(text),
            years_ahead=self._years.ahead(text),
            days=named_days(text, self._day_before, self._day_after),
            other_exam=found.other_exam or next((name for p, name in self._other_exams if p.search(text)), ""),
            sites=found.sites,
            specialties=meant.numbers,
            specialty=meant.name,
            hints=meant.hints,
            unlisted=self._specialties.unlisted(text),
            reasons=tuple(dict.fromkeys(topic for word, topic in self._vocabulary.reasons.items() if word in text)),
            is_history=self._years.has_history(text),
            has_moved=bool(self._moved.search(text)),
        )

    def _take(self, text: str, mention: Mention, found: _Found) -> bool:
        """Take what one mention fills; whether its words stay in the text."""
        vocabulary, word = self._vocabulary, mention.text
        if word in vocabulary.places:
            found.places.append(Place(ids=vocabulary.places[word], name=word, role=self._role(text, mention, found)))
        if word in vocabulary.sites:
            found.sites += vocabulary.sites[word]
            return False
        if word in vocabulary.specialties:
            found.specialties.append(self._specialties.read(text, mention))
        slot = vocabulary.words.get(word)
        if slot is None:
            return False
        self._fill(text, mention, slot, found)
        return slot.keep

    def _fill(self, text: str, mention: Mention, slot: SlotWord, found: _Found) -> None:
        """Fill what a slot word says; of two exams the first counts, of two subjects the last."""
        if slot.region:
            found.places.append(Place(ids=(slot.region,), name=mention.text, role=self._role(text, mention, found)))
        if slot.level:
            found.levels.append(self._levels.read(text, mention, slot))
        elif slot.exam:
            found.exam = found.exam or slot.exam
        if slot.other_exam and not self._levels.is_held(mention.before(text)):
            found.other_exam = found.other_exam or slot.other_exam
        found.has_both_modes |= bool(slot.mode and found.mode and slot.mode != found.mode)
        found.mode = slot.mode or found.mode
        found.paper = slot.paper or found.paper
        found.subject = slot.subject or found.subject
        found.sites += (slot.site,) if slot.site else ()

    def _role(self, text: str, mention: Mention, found: _Found) -> Role:
        """What a place is to the asker, as the words beside it tell; the parts of one name have one role."""
        end, found.place_end = found.place_end, mention.end
        is_one = bool(found.places) and bool(BESIDE.fullmatch(text[end : mention.start])) and end <= mention.start
        if is_one and found.places[-1].role is not Role.PLACE:
            return found.places[-1].role
        before, after = mention.before(text), mention.after(text)
        if self._persons.is_place_of_others(before):
            return Role.THEIRS
        if self._origin_after.match(after):
            return Role.ORIGIN
        if self._denied.search(before):
            return Role.DENIED
        is_exams = self._place.search(before) or self._place_after.match(after)
        if self._origin.search(before) and not is_exams:
            return Role.ORIGIN
        return Role.PLACE


def _places(named: Sequence[Place], about: About) -> tuple[Place, ...]:
    """The places as the one whom the question is about has them; what is an origin once is one wherever it is named."""
    origins = {each.ids for each in named if each.role is Role.ORIGIN}
    places = tuple(replace(each, role=Role.ORIGIN) if each.ids in origins else each for each in named)
    if about is About.THEIRS and any(each.role is Role.THEIRS for each in places):
        return tuple(replace(each, role=SWAPPED.get(each.role, each.role)) for each in places)
    return places
