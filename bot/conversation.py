"""What is remembered of a user between messages, as a value that encodes to JSON."""

import datetime as dt
from enum import StrEnum

import msgspec

from bot.messages import Option
from intents.days import Day
from intents.slots import Slots
from knowledge.model import Knowledge


class Asked(StrEnum):
    """What the last reply asked for."""

    NOTHING = ""
    REGION = "region"
    EXAM = "exam"
    TOPIC = "topic"
    SPECIALTY = "specialty"
    CHECK = "check"
    """A point of a self-check."""
    UNBIND = "unbind"
    """Whether the binding shall be deleted."""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Details of earlier questions that a follow-up may leave out."""

    level: str = ""
    mode: str = ""
    paper: str = ""
    subject: str = ""
    subjects: int = 0
    sites: tuple[str, ...] = ()
    days: tuple[Day, ...] = ()
    specialties: tuple[int, ...] = ()
    specialty: str = ""
    is_history: bool = False

    def as_slots(self) -> Slots:
        """The same as slots."""
        return Slots(**msgspec.structs.asdict(self))


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """The asker's own scope, while another person's is spoken of."""

    region: str = ""
    exam: str = ""
    level: str = ""
    paper: str = ""


class OwnScope(msgspec.Struct, frozen=True, kw_only=True):
    """For what a registration was told last; nothing in it says whose it is."""

    exam: str
    region: str
    year: int
    deadline: dt.datetime | None = None
    """By when she must act, as the service said."""


class Checking(msgspec.Struct, frozen=True, kw_only=True):
    """A self-check that is under way."""

    scope: OwnScope
    topic: str
    answers: str = ""
    """A character an answer: y, n, u."""


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """One user's conversation so far."""

    region: str = ""
    """Region id that questions are about; empty if unknown."""
    page_region: str = ""
    """The region that the page passed last: only a change of it counts as naming a region."""
    unclear: tuple[str, ...] = ()
    """The regions that a name just asked back about may mean."""
    exam: str = ""
    aside: Aside | None = None
    """What 我 brings back, where the scope above is another person's."""
    theirs: str = ""
    """Where another person sits the exam who was only mentioned: 我妹在湛江."""
    memory: Memory = Memory()
    topics: tuple[str, ...] = ()
    """What the last question was about; answered again when its scope is corrected or given."""
    aspects: tuple[str, ...] = ()
    """Whether it was about when, where, how much …: taken over by a follow-up such as 那缴费呢."""
    asked: Asked = Asked.NOTHING
    options: tuple[Option, ...] = ()
    """What was offered to tap; a number answers it."""
    failures: int = 0
    """Replies in a row that did not help."""
    own: OwnScope | None = None
    """The scope of the own registration that was told last: a self-check that it offers is for it."""
    checking: Checking | None = None


def decode(data: bytes | None) -> Conversation:
    """A kept conversation; a fresh one where there is none or it is of an older shape."""
    if not data:
        return Conversation()
    try:
        return msgspec.json.decode(data, type=Conversation)
    except msgspec.DecodeError:
        return Conversation()


def within(knowledge: Knowledge, kept: Conversation) -> Conversation:
    """A kept conversation without what the knowledge no longer has: it may be older than the content."""
    regions, facts = knowledge.gazetteer, knowledge.facts
    numbers = {each.no for each in facts.specialties}
    sites = {each.id for each in facts.sites}
    memory = msgspec.structs.replace(
        kept.memory,
        specialties=tuple(each for each in kept.memory.specialties if each in numbers),
        sites=tuple(each for each in kept.memory.sites if each in sites),
    )
    return msgspec.structs.replace(
        kept,
        region=kept.region if kept.region in regions else "",
        page_region=kept.page_region if kept.page_region in regions else "",
        unclear=tuple(each for each in kept.unclear if each in regions),
        exam=kept.exam if kept.exam in knowledge.exams else "",
        aside=kept.aside if kept.aside and _is_known(knowledge, kept.aside) else None,
        theirs=kept.theirs if kept.theirs in regions else "",
        topics=tuple(each for each in kept.topics if each in knowledge.topics),
        memory=memory,
        own=kept.own if kept.own and _exists(knowledge, kept.own) else None,
        checking=kept.checking if kept.checking and _exists(knowledge, kept.checking.scope) else None,
    )


def _exists(knowledge: Knowledge, scope: OwnScope) -> bool:
    return scope.exam in knowledge.exams and scope.region in knowledge.gazetteer


def _is_known(knowledge: Knowledge, aside: Aside) -> bool:
    is_place = not aside.region or aside.region in knowledge.gazetteer
    return is_place and (not aside.exam or aside.exam in knowledge.exams)


def encode(conversation: Conversation) -> bytes:
    """The form in which it is kept."""
    return msgspec.json.encode(conversation)
