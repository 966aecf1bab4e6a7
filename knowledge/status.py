"""What the states of a registration mean, and the guided self-checks: typed rows of status.toml. Knows no registration."""

from enum import StrEnum

import msgspec

from knowledge.topic import Source


class Urgency(StrEnum):
    """How much a state presses, the most pressing first."""

    REJECTED = "rejected"
    ACT = "act"
    OVER = "over"
    WAIT = "wait"
    NEXT = "next"
    """Done, and what comes next is the candidate's to do once its window is open."""
    DONE = "done"
    FUTURE = "future"


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of status.toml."""


class Name(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stage or a state of the service's contract, as people read it."""

    id: str
    name: str


class Meaning(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What some states of a stage mean; dates never stand here."""

    stage: str
    states: tuple[str, ...]
    exams: tuple[str, ...]
    mode: str = ""
    """Only where the registration is confirmed so (online, onsite, auto); empty for every other way."""
    urgency: Urgency
    means: str
    todo: str = ""
    """What to do, as far as it is the same in every region; the rule's topic says the rest."""
    topic: str
    """Whose answer, in the registration's region, is the rule."""
    window: str = ""
    """By when, where the service gives no deadline."""


class Unexplained(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """States that the contract allows for a stage and no notice knows there: told by name, never interpreted."""

    stage: str
    states: tuple[str, ...]
    exams: tuple[str, ...]


class Rejection(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reason of the service by its code, and the topic that explains it."""

    code: str
    name: str
    topic: str
    words: tuple[str, ...] = ()
    """How reviewers write it, beside the words that the lexicon has for the topic."""


class Point(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to check, as the notice numbers it."""

    label: str
    """（1）"""
    applies: str = ""
    """Asked before: where the answer is no, the point is none of the candidate's."""
    asks: str
    """A yes means that the point is met."""
    unmet: str
    """What to upload or change where it is not."""
    source: Source


class SelfCheck(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The points that one region's notice gives for a reason of rejection, to be asked one by one."""

    topic: str
    title: str
    exams: tuple[str, ...]
    region: str
    year: int
    transferable: bool = False
    """Whether staff found the points fit to be shown, labelled, in regions whose notice has none."""
    point: tuple[Point, ...]
    then: str
    """How what was changed is handed in."""
    window: str = ""
    open: str
    """What the notice leaves open."""
    sources: tuple[Source, ...]
    """What `then` and `open` rest on."""


class Command(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages that ask for something to be done with the candidate's account here."""

    need: str
    """bind, unbind, my_data, subscribe, unsubscribe."""
    events: tuple[str, ...] = ()
    """What reminders are about: state_changed, deadline."""
    confirm: bool = False
    """It is asked whether that is meant before it is done: 怎么解绑."""
    patterns: tuple[str, ...]
    """Regular expressions that the whole of a normalised message has to match."""
    examples: tuple[str, ...]
    """Messages that match: the gate tries them."""


class StatusTable(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of status.toml."""

    stage: tuple[Name, ...]
    """In their order."""
    state: tuple[Name, ...]
    meaning: tuple[Meaning, ...]
    unexplained: tuple[Unexplained, ...] = ()
    rejection: tuple[Rejection, ...] = ()
    check: tuple[SelfCheck, ...] = ()
    command: tuple[Command, ...] = ()
    yes: tuple[str, ...]
    no: tuple[str, ...]
    unsure: tuple[str, ...]
    """Words that answer a point of a self-check, the first of each as it is offered."""
    scores_topic: str
    """Whose answer says how long scores count."""
    others: tuple[str, ...]
    """Patterns of a question about somebody else's registration, beside the lexicon's words for other people."""
    agents: tuple[str, ...]
    """Patterns of what follows such a word where that person only looks, says or helps: 我的材料老师看了没."""
    mine: tuple[str, ...]
    """Patterns that say that one's own is asked about, whoever else is spoken of."""
    me: str
    """我."""

    def meaning_of(self, exam: str, stage: str, state: str, mode: str) -> Meaning | None:
        """The row for a state, the one of that mode first; None where it is unexplained or unknown."""
        rows = [row for row in self.meaning if row.stage == stage and state in row.states and exam in row.exams]
        return next((row for row in rows if row.mode == mode), next((row for row in rows if not row.mode), None))

    def has_state(self, state: str) -> bool:
        """Whether it is a state of the contract, as far as it is known here."""
        return any(each.id == state for each in self.state)

    def name_of_stage(self, stage: str) -> str:
        """Its name; as it came where it is unknown."""
        return next((each.name for each in self.stage if each.id == stage), stage)

    def name_of_state(self, state: str) -> str:
        """Its name; as it came where it is unknown."""
        return next((each.name for each in self.state if each.id == state), state)
