"""Finds slots in a text, exactly and by dictionary, and says what is left for choosing the topic."""

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from intents.days import named_days, number
from intents.lexicon import SlotWord
from intents.segment import Segmenter, lengths_by_start
from intents.slots import About, Place, Role, Slots, Vocabulary

SHORT_NAME = 2  # characters of a specialty's colloquial name that ordinary words may hold: 药房 in 草药房
TITLE = 0.5  # what a title counts less than a level by name
WIDE = 4  # specialties that a word means; of more, the work that is described tells which
GAP = "·"  # stands where a slot was taken out: no boundary between clauses
JOIN = 6  # characters between two things that are listed side by side
BESIDE = re.compile("[^来到去,，。]?")  # between the parts of one place's name: 浙江省杭州
WINDOW = 8  # characters beside a mention that tell its role
SWAPPED = {Role.THEIRS: Role.PLACE, Role.PLACE: Role.ORIGIN}
"""What places are where the question is about the other person: 我在乐山 我妹在湛江 她那边."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    score: float
    """How far it is the asker's."""
    start: int
    end: int
    slot: SlotWord
    is_plain: bool
    """Whether it is the level's name, and no title."""
    is_theirs: bool
    """Whether it is another person's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Specialty:
    word: str
    numbers: tuple[int, ...]
    start: int
    end: int
    is_sought: bool
    """Whether it stands after 报, 考, 升."""
    is_licence: bool
    """Whether it only says what a licence allows: 执业范围写的是预防保健."""


def _meant(group: "list[_Specialty]", exact: frozenset[str]) -> tuple[int, ...]:
    """The specialties that a group of words means: by full name, else what the narrowest word shares with wider ones."""
    named = [each for each in group if each.word in exact]
    if named:
        return tuple(sorted({number for each in named for number in each.numbers}))
    return _shared([set(each.numbers) for each in group])


def _shared(sets: "list[set[int]]") -> tuple[int, ...]:
    """What the sets share, beginning with the smallest; one that shares nothing is added."""
    sets = sorted(sets, key=len)
    shared = sets[0] if sets else set()
    for each in sets[1:]:
        shared = shared & each or shared | each
    return tuple(sorted(shared))


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
    levels: list["_Level"] = field(default_factory=list)
    specialties: list["_Specialty"] = field(default_factory=list)


def _of_level(found: "_Found") -> tuple[str, str]:
    """The exam and the level that the asker goes for; no level where several are equally likely."""
    if not found.levels:
        return found.exam, ""
    likely = max(found.levels, key=lambda each: (each.score, each.start))
    best = likely.slot
    rivals = {each.slot.level for each in found.levels if each.score == likely.score}
    several = {level for level in rivals if not any(o != level and o.startswith(level) for o in rivals)}
    is_other = bool(found.exam) and found.exam != best.exam and not best.decides
    exam = found.exam if is_other else best.exam or found.exam
    return exam, best.level if len(several) == 1 or best.is_title else ""


class SlotFinder:
    """Finds slots; built once from a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, segmenter: Segmenter) -> None:
        """Compile the patterns."""
        self._vocabulary, self._segmenter = vocabulary, segmenter
        lexicon = vocabulary.lexicon
        self._every = frozenset(vocabulary.everything())
        self._lengths = lengths_by_start(self._every)
        self._before = re.compile(f"(?:{'|'.join(lexicon.not_place_before)})$")
        self._after = re.compile(f"(?:{'|'.join(lexicon.not_place_after)})")
        self._denied = re.compile(f"(?:{'|'.join(lexicon.denied_before)})$")
        self._place = re.compile(f"(?:{'|'.join(lexicon.place_before)})$")
        self._place_after = re.compile(f"(?:{'|'.join(lexicon.place_after)})")
        self._others = re.compile("|".join(lexicon.others))
        self._years_ahead = [(re.compile(pattern), n) for pattern, n in lexicon.years_ahead.items()]
        self._day_before = re.compile(f"(?:{'|'.join(lexicon.not_day_before)})$")
        self._day_after = re.compile("|".join(lexicon.not_day_after))
        others = "|".join(lexicon.others)
        relations = "|".join(each.removeprefix("我") for each in lexicon.others)
        self._me = re.compile(f"我(?!们?(?:的)?(?:{relations}))")
        self._their_place = re.compile(f"(?:{others})[^,，。我]{{0,2}}(?:在|是|到|去)$")
        self._theirs = re.compile("|".join(pattern.replace("OTHERS", f"(?:{others})") for pattern in lexicon.theirs))
        self._not_sought = re.compile(f"(?:{'|'.join(lexicon.not_sought)})$")
        self._aspires = re.compile(f"(?:{'|'.join(lexicon.aspires)})[^,，。]{{0,4}}$")
        self._holds = re.compile(f"(?:{'|'.join(lexicon.holds)})[^,，。]{{0,3}}$")
        self._held = re.compile("|".join(lexicon.holds_after))
        self._history = re.compile("|".join(lexicon.history))
        self._other_exams = [(re.compile(pattern), name) for pattern, name in lexicon.other_exam]
        self._moved = re.compile("|".join(lexicon.moved))
        self._joins = re.compile("|".join(lexicon.joins))
        self._licence = re.compile(f"(?:{'|'.join(lexicon.licence_before)})$")
        self._licence_after = re.compile("|".join(lexicon.licence_after))
        self._deeds = re.compile("|".join(sorted(map(re.escape, vocabulary.deeds), key=len, reverse=True)) or "(?!)")
        self._unlisted = re.compile("|".join(sorted(map(re.escape, lexicon.unlisted), key=len, reverse=True)) or "(?!)")
        self._by_code = re.compile("|".join(lexicon.by_code))
        numerals = "|".join(sorted(lexicon.numbers, key=len, reverse=True))
        counted = f"(\\d|{numerals})(?:{'|'.join(lexicon.counters)})"
        self._count = re.compile(counted)
        self._left = re.compile(f"(?:{'|'.join(lexicon.remaining)})[^,，。]{{0,3}}{counted}")
        self._headcount = re.compile(lexicon.people)
        self._year = re.compile(
            r"(?<!\d)(20\d\d|[12]\d)(?:年度|年|(?=\D?(?:" + "|".join(lexicon.exam_year_after) + ")))"
        )
        self._year_after = re.compile(f"的?(?:{'|'.join(lexicon.exam_year_after)})")
        self._other_year = re.compile("|".join(lexicon.not_exam_year))
        self._past_after = re.compile(f"(?:{'|'.join(lexicon.past_year_after)})")

    def find(self, text: str) -> tuple[Slots, str]:
        """The slots of a normalised text, and the text that is left for choosing the topic."""
        found = _Found()
        kept: list[str] = []
        for mention in self._mentions(text):
            stays = len(mention.text) < SHORT_NAME or self._take(text, mention, found)
            kept.append(mention.text if stays else GAP)
        about = self._about(text, found)
        origins = {each.ids for each in found.places if each.role is Role.ORIGIN}
        places = tuple(replace(each, role=Role.ORIGIN) if each.ids in origins else each for each in found.places)
        if about is About.THEIRS and any(each.role is Role.THEIRS for each in places):
            places = tuple(replace(each, role=SWAPPED.get(each.role, each.role)) for each in places)
        numbers, name = self._specialties(text, found)
        hints = _shared([set(self._vocabulary.deeds[deed]) for deed in self._deeds.findall(text)])
        if len(numbers) > WIDE:
            numbers = tuple(each for each in numbers if each in hints) or numbers
        reasons = tuple(dict.fromkeys(topic for word, topic in self._vocabulary.reasons.items() if word in text))
        exam, level = _of_level(found)
        slots = Slots(
            places=places,
            exam=exam,
            level=level,
            is_titled=bool(level) and not any(each.is_plain for each in found.levels),
            about=about,
            exams=self._exams(text, found.levels),
            mode="" if found.has_both_modes else found.mode,
            paper=found.paper,
            subject=found.subject,
            subjects=self._subjects(text),
            people=self._people(text),
            year=self._exam_year(text),
            years_ahead=next((n for pattern, n in self._years_ahead if pattern.search(text)), 0),
            days=named_days(text, self._day_before, self._day_after),
            other_exam=found.other_exam or next((name for p, name in self._other_exams if p.search(text)), ""),
            sites=found.sites,
            specialties=numbers,
            specialty=name,
            hints=() if numbers else hints,
            unlisted=next(iter(self._unlisted.findall(text)), ""),
            reasons=reasons,
            is_history=bool(self._history.search(text)),
            has_moved=bool(self._moved.search(text)),
        )
        return slots, "".join(kept)

    def _exams(self, text: str, levels: "list[_Level]") -> tuple[str, ...]:
        """The exams that are asked about alike: those of levels equally likely, or joined by 和; empty if only one is."""
        named = [each for each in levels if not each.slot.is_title]
        alike = [each for each in named if each.score == max(other.score for other in named)]
        for one, other in pairwise(named):
            between = text[one.end : other.start].replace(",", "")[:WINDOW]
            if min(one.score, other.score) >= 0 and self._joins.search(between):
                alike += [one, other]
        exams = tuple(dict.fromkeys(each.slot.exam for each in named if each in alike))
        return exams if len(exams) > 1 else ()

    def _specialties(self, text: str, found: "_Found") -> tuple[tuple[int, ...], str]:
        """The specialties meant: by code where one is named, by full name before colloquial names, else what they share."""
        digits = re.findall(r"(?<!\d)\d{3}(?!\d)", text) if self._by_code.search(text) else []
        codes = [code for code in digits if code in self._vocabulary.codes]
        if codes:
            named = [each for each in found.specialties if len(each.numbers) == 1]
            numbers = [self._vocabulary.codes[code] for code in codes] + [n for each in named for n in each.numbers]
            return tuple(dict.fromkeys(numbers)), " ".join(codes)
        exact = self._vocabulary.exact
        mentions = [each for each in found.specialties if not each.is_licence] or found.specialties
        full = {number for each in mentions if each.word in exact for number in each.numbers}
        mentions = [each for each in mentions if each.word in exact or not full & set(each.numbers)]
        groups = self._listed(text, mentions)
        if len(groups) == 1:
            mentions = [each for each in mentions if each.word in exact] or mentions
            groups = [[each for each in mentions if each.is_sought] or mentions]
        name = " ".join(dict.fromkeys(each.word for group in groups for each in group))
        numbers = [number for group in groups if group for number in _meant(group, exact)]
        return tuple(dict.fromkeys(numbers)), name

    def _listed(self, text: str, mentions: "list[_Specialty]") -> "list[list[_Specialty]]":
        """The mentions in groups: a new one begins after 和, 跟, 、 or 还是; 内科 大内科 is one."""
        groups: list[list[_Specialty]] = [[]]
        for each in mentions:
            before = groups[-1][-1] if groups[-1] else None
            between = text[before.end : each.start] if before else ""
            if before is not None and len(between) <= JOIN and self._joins.search(between):
                groups.append([])
            groups[-1].append(each)
        return groups

    def _mentions(self, text: str) -> list[_Mention]:
        """The text cut into slot words, longest first, and single characters between them."""
        found, position = [], 0
        boundaries: frozenset[int] | None = None
        while position < len(text):
            end = position + 1
            for length in self._lengths.get(text[position : position + 2], ()):
                part = text[position : position + length]
                if len(part) < length or part not in self._every:
                    continue
                if self._stands_alone(part):
                    end = position + length
                    break
                boundaries = self._segmenter.boundaries(text) if boundaries is None else boundaries
                if position in boundaries and position + length in boundaries:
                    end = position + length
                    break
            found.append(_Mention(start=position, end=end, text=text[position:end]))
            position = end
        return found

    def _stands_alone(self, word: str) -> bool:
        """Whether a word counts wherever it stands; a place or a short specialty counts only where words begin and end."""
        vocabulary = self._vocabulary
        is_long_specialty = len(word) > SHORT_NAME and word in vocabulary.specialties
        return word in vocabulary.words or word in vocabulary.sites or is_long_specialty

    def _take(self, text: str, mention: _Mention, found: "_Found") -> bool:
        """Take what one mention fills; whether its words stay in the text."""
        vocabulary, word = self._vocabulary, mention.text
        if word in vocabulary.places:
            found.places.append(Place(ids=vocabulary.places[word], name=word, role=self._role(text, mention, found)))
        if word in vocabulary.sites:
            found.sites += vocabulary.sites[word]
            return False
        if word in vocabulary.specialties:
            before = text[max(0, mention.start - WINDOW) : mention.start]
            is_sought = bool(self._aspires.search(before))
            found.specialties.append(
                _Specialty(
                    word=word,
                    start=mention.start,
                    end=mention.end,
                    numbers=vocabulary.specialties[word],
                    is_sought=is_sought,
                    is_licence=bool(self._licence.search(before) or self._licence_after.match(text[mention.end :])),
                )
            )
        slot = vocabulary.words.get(word)
        if slot is None:
            return False
        if slot.region:
            found.places.append(Place(ids=(slot.region,), name=word, role=self._role(text, mention, found)))
        if slot.level:
            score = self._is_askers(text, mention) - slot.is_title * TITLE
            found.levels.append(
                _Level(
                    score=score,
                    start=mention.start,
                    end=mention.end,
                    slot=slot,
                    is_plain=word in vocabulary.lexicon.plain_levels,
                    is_theirs=self._is_theirs(text, mention),
                )
            )
        elif slot.exam:
            found.exam = found.exam or slot.exam
        is_held = bool(self._holds.search(text[max(0, mention.start - WINDOW) : mention.start]))
        found.other_exam = found.other_exam or ("" if is_held else slot.other_exam)
        found.has_both_modes |= bool(slot.mode and found.mode and slot.mode != found.mode)
        found.mode = slot.mode or found.mode
        found.paper = slot.paper or found.paper
        found.subject = slot.subject or found.subject
        found.sites += (slot.site,) if slot.site else ()
        return slot.keep

    def _role(self, text: str, mention: _Mention, found: _Found) -> Role:
        end, found.place_end = found.place_end, mention.end
        is_one = bool(found.places) and bool(BESIDE.fullmatch(text[end : mention.start])) and end <= mention.start
        if is_one and found.places[-1].role is not Role.PLACE:
            return found.places[-1].role
        before = text[max(0, mention.start - WINDOW) : mention.start]
        after = text[mention.end : mention.end + WINDOW]
        if self._their_place.search(before):
            return Role.THEIRS
        if self._after.match(after):
            return Role.ORIGIN
        if self._denied.search(before):
            return Role.DENIED
        is_exams = self._place.search(before) or self._place_after.match(after)
        if self._before.search(before) and not is_exams:
            return Role.ORIGIN
        return Role.PLACE

    def _is_askers(self, text: str, mention: _Mention) -> float:
        """How far a level is the one that the asker goes for, and not a colleague's or the one already held."""
        start = max(text.rfind(mark, 0, mention.start) for mark in ",，。!？?;； ") + 1
        before = text[start : mention.start]
        score = 1.0 if self._aspires.search(before) else 0.0
        after = text[mention.end : mention.end + WINDOW]
        score -= (
            1.0 if self._holds.search(before) or self._held.match(after) or self._not_sought.search(before) else 0.0
        )
        return score - (2.0 if self._is_theirs(text, mention) else 0.0)

    def _is_theirs(self, text: str, mention: _Mention) -> bool:
        """Whether a level is another person's: the last person named before it in its clause is not the asker."""
        start = max(text.rfind(mark, 0, mention.start) for mark in ",，。!？?;； ") + 1
        before = text[start : mention.start]
        others = [found.end() for found in self._others.finditer(before)]
        mine = [found.start() for found in self._me.finditer(before)]
        return bool(others) and (not mine or mine[-1] < others[-1])

    def _about(self, text: str, found: "_Found") -> About:
        """Whose exam it is: another person's place or level, asked about, makes it theirs; 我 makes it the asker's."""
        has_theirs = any(each.role is Role.THEIRS for each in found.places)
        likely = max(found.levels, key=lambda each: (each.score, each.start), default=None)
        if self._theirs.search(text) or (likely is not None and likely.is_theirs):
            return About.THEIRS
        mine = self._me.search(text)
        if has_theirs and not mine and not any(each.role is Role.PLACE for each in found.places):
            return About.THEIRS
        return About.MINE if mine else About.NOBODY

    def _subjects(self, text: str) -> int:
        found = self._left.search(text)
        if found:
            return self._number(found[1])
        return max((self._number(each) for each in self._count.findall(text)), default=0)

    def _people(self, text: str) -> int:
        found = self._headcount.search(text)
        return (self._vocabulary.lexicon.numbers.get(found[1]) or number(found[1])) if found else 0

    def _number(self, text: str) -> int:
        return int(text) if text.isdigit() else self._vocabulary.lexicon.numbers[text]

    def _exam_year(self, text: str) -> int:
        """The exam year that is named; years of graduation and of earlier attempts are not."""
        for found in self._year.finditer(text):
            year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
            rest = text[found.end() : found.end() + WINDOW * 2]
            if year == self._vocabulary.year or self._other_year.search(rest[:WINDOW]):
                continue
            is_exams = self._year_after.search(rest) and self._past_after.search(found[0] + rest)
            if year > self._vocabulary.year or (is_exams and not self._history.search(text)):
                return year
        return 0
