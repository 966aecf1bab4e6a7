"""What is remembered of a user between messages, as a value that encodes to JSON."""

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


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """The asker's own scope, while another person's is spoken of."""

    region: str = ""
    exam: str = ""
    level: str = ""
    paper: str = ""


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """One user's conversation so far."""

    region: str = ""
    """Region id that questions are about; empty if unknown."""
    page_region: str = ""
    """The region that the page passed last: only a change of it counts as naming a region."""
    unclear: tuple[str, ...] = ()
    """The regions that a name just asked back about may mean."""
    exam: str = ""
    own: Own | None = None
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
        own=kept.own
        if kept.own and kept.own.region in ("", *regions) and kept.own.exam in ("", *knowledge.exams)
        else None,
        theirs=kept.theirs if kept.theirs in regions else "",
        topics=tuple(each for each in kept.topics if each in knowledge.topics),
        memory=memory,
    )


def encode(conversation: Conversation) -> bytes:
    """The form in which it is kept."""
    return msgspec.json.encode(conversation)
