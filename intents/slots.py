"""What fixes the scope of a question: places, exam, level, year, specialty, paper; and the words it is found by."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from intents.days import Day
from intents.lexicon import Lexicon, SlotWord


class Role(StrEnum):
    """What a place is to the asker."""

    PLACE = "place"
    ORIGIN = "origin"
    THEIRS = "theirs"
    """Another person's."""
    DENIED = "denied"


class About(StrEnum):
    """Whose exam is asked about, as far as the text tells."""

    NOBODY = ""
    MINE = "mine"
    THEIRS = "theirs"


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
    is_titled: bool = False
    """Whether the level was named by a title (主管护师), which no exam has but its own."""
    about: About = About.NOBODY
    exams: tuple[str, ...] = ()
    """Several exams, where the question names a level of each alike."""
    mode: str = ""
    paper: str = ""
    subject: str = ""
    subjects: int = 0
    people: int = 0
    """How many people it is about, where several are counted: 我院6个人."""
    year: int = 0
    """An exam year that was named, 0 if none."""
    years_ahead: int = 0
    """Of a coming year that was named: 明年 is 1."""
    days: tuple[Day, ...] = ()
    """The days that were named."""
    other_exam: str = ""
    sites: tuple[str, ...] = ()
    specialties: tuple[int, ...] = ()
    specialty: str = ""
    """The words that named the specialties."""
    unlisted: str = ""
    """A specialty that no list has."""
    hints: tuple[int, ...] = ()
    """The specialties that the work described in the text points to, where none is named."""
    reasons: tuple[str, ...] = ()
    """Topics of the rejection reasons that stand in the text."""
    is_history: bool = False
    """Whether the asker took the exam the year before."""
    has_moved: bool = False
    """Whether the asker has changed the examination region since."""

    def over(self, earlier: "Slots") -> "Slots":
        """These, and what only the earlier ones have."""
        names = (
            "exam",
            "level",
            "mode",
            "paper",
            "subject",
            "subjects",
            "sites",
            "specialties",
            "specialty",
            "is_history",
            "days",
        )
        taken = {name: getattr(self, name) or getattr(earlier, name) for name in names}
        if not self.days and (self.exam not in ("", earlier.exam) or not all(day.month for day in earlier.days)):
            taken["days"] = ()  # of another exam's month
        if self.level or self.exam:
            taken["paper"] = self.paper  # it was another level's
        return replace(self, **taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The dictionaries that slots are found by; built from the knowledge."""

    lexicon: Lexicon
    places: Mapping[str, tuple[str, ...]]
    """Name → region ids."""
    specialties: Mapping[str, tuple[int, ...]]
    """Name or colloquial name → serial numbers."""
    deeds: Mapping[str, tuple[int, ...]]
    """What people of a specialty do → serial numbers."""
    codes: Mapping[str, int]
    """Code of a specialty → serial number."""
    sites: Mapping[str, tuple[str, ...]]
    spoken: tuple[str, ...]
    """Place names that a misheard word may be mended to."""
    spelt: Mapping[str, tuple[str, ...]]
    """Place names that Latin letters may spell → region ids."""
    year: int
    """The latest year on file."""
    reasons: Mapping[str, str] = field(init=False)
    words: Mapping[str, SlotWord] = field(init=False)
    exact: frozenset[str]
    """Full names of specialties, as against colloquial ones."""

    def __post_init__(self) -> None:
        """Index the slot words."""
        object.__setattr__(self, "words", {word: slot for slot in self.lexicon.slot for word in slot.words})
        object.__setattr__(self, "reasons", {w: each.topic for each in self.lexicon.reason for w in each.words})

    def everything(self) -> set[str]:
        """All slot words, for the segmenter's dictionary."""
        return {*self.places, *self.specialties, *self.sites, *self.words}

    def mended_to(self) -> set[str]:
        """The slot words that mistyped words are mended to."""
        return {*self.words, *self.reasons, *self.spoken}
