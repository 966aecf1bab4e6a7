"""One message as the rules see it: understood, placed in a scope, and weighed by what was spoken of before. Pure."""

import datetime as dt
from dataclasses import dataclass, replace

import msgspec

from bot import compose, privacy
from bot.conversation import Aside, Asked, Conversation, Memory
from bot.messages import Citation, Kind, Link, Option
from bot.mind import Mind
from bot.need import Need
from bot.scope import Where, exam_of, where
from intents.calibrate import confidence, features
from intents.match import Candidate, Ranking
from intents.slots import About, Role, Slots
from intents.understand import Understanding
from knowledge.model import Knowledge, Scope, beijing
from knowledge.resolve import Found, Missing, Resolution
from knowledge.topic import Topic

# Added to a candidate's score, 0 to 1; set on the development questions.
UNKNOWN_PRIOR = -0.04
OTHER_EXAM_PRIOR = -0.14
MISSING_PRIOR = -0.02
CONTEXT_PRIOR = 0.08
REQUIRED_PRIOR = -0.08
SMALLTALK_PRIOR = -0.08
SMALL = 8  # characters: small talk is shorter
END = 2  # characters at the end of a specialty's name that tell its kind: 护理, 技术
SHORT = 14  # characters: a longer text says itself what it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message as the dialogue needs it: regions and exams by id."""

    text: str
    region: str = ""
    exam: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to say, and what to remember."""

    kind: Kind
    text: str
    conversation: Conversation
    options: tuple[Option, ...] = ()
    sources: tuple[Citation, ...] = ()
    links: tuple[Link, ...] = ()
    topic: str = ""
    region: str = ""
    exam: str = ""
    confidence: float | None = None
    gap: str = ""
    """Why staff should look at the question; empty where it was answered."""
    understanding: Understanding | None = None
    rule: str = ""
    """The name of the rule that decided."""
    asks: Need = Need.NOTHING
    """What has to be got before this can be told; bot.standing then makes the final decision of it."""
    lead: str = ""
    """What that decision says first, whatever it was that was needed."""
    beside: str = ""
    """The answer to what was asked beside it, told last; `sources` are its clauses."""
    left: tuple[str, ...] = ()
    """Topics asked beside it that wait for a region: they are told for the registration's."""
    check: str = ""
    """Topic of a self-check that is begun, for the registration that has that reason; without one the decision stands."""
    events: tuple[str, ...] = ()
    """What reminders are about that were asked for: state_changed, deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything that the rules look at."""

    mind: Mind
    heard: Heard
    before: Conversation
    understanding: Understanding
    slots: Slots
    where: Where
    exam: str
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The day in Beijing."""
        return beijing(self.now)

    @property
    def knowledge(self) -> Knowledge:
        """What is known."""
        return self.mind.knowledge

    @property
    def region(self) -> str:
        """The one region of the question, or empty."""
        return self.where.regions[0] if self.where.regions else ""

    def phrase(self, key: str, **values: object) -> str:
        """A fixed sentence of the content, filled in; {contact} and {year} are always at hand."""
        text = self.knowledge.phrases[key]
        if "{contact}" in text:
            values["contact"] = compose.whom_to_ask(self.knowledge, self.exam, self.region)
        return text.format(**{"year": self.knowledge.year, **values}) if "{" in text else text

    def remember(self, **changes: object) -> Conversation:
        """The conversation with the scope of this question, and the changes."""
        slots = self.slots
        kept = {name: getattr(slots, name) for name in Memory.__struct_fields__}
        fresh = {
            "region": self.region or ("" if self.where.is_named else self.before.region),
            "exam": self.exam,
            "theirs": next(
                (each.ids[0] for each in slots.places if each.role is Role.THEIRS and len(each.ids) == 1),
                self.before.theirs,
            ),
            "page_region": self.heard.region or self.before.page_region,
            "memory": Memory(**kept),
            "unclear": self.where.unclear.ids if self.where.unclear else (),
            "asked": Asked.NOTHING,
            "options": (),
            "failures": 0,
            "checking": None,
            "own": None if self.where.is_named else self.before.own,
        }
        return msgspec.structs.replace(self.before, **{**fresh, **changes})


def turn_of(mind: Mind, heard: Heard, conversation: Conversation, now: dt.datetime) -> Turn:
    """A message understood and weighed."""
    understanding = mind.understander.understand(privacy.mask(heard.text))
    conversation = _of_whom(conversation, understanding.slots)
    place = where(mind.knowledge, understanding.slots, conversation, heard.region)
    place = _narrowed(mind.knowledge, place, understanding.mended)
    slots = understanding.slots
    if not slots.level and not slots.exam:
        slots = replace(slots, level=conversation.memory.level, paper=slots.paper or conversation.memory.paper)
    if understanding.is_follow_up:
        slots = _continued(mind, slots, conversation.memory.specialties)
    region = place.regions[0] if place.regions else ""
    exam = exam_of(mind.knowledge, slots, conversation, heard.exam, region)
    place = _of_site(mind.knowledge, slots, place, heard.region or conversation.region)
    return weighed(
        Turn(
            mind=mind,
            heard=heard,
            before=conversation,
            understanding=understanding,
            slots=slots,
            where=place,
            exam=exam,
            now=now,
        )
    )


def _narrowed(knowledge: Knowledge, place: Where, text: str) -> Where:
    """The place within the region that is known, where the text calls it by a name that counts only there: 我是省直的."""
    if len(place.regions) != 1:
        return place
    meant = knowledge.gazetteer.called_in(place.regions[0], text)
    return Where(regions=(meant[0],), is_named=True) if len(meant) == 1 else place


def _of_whom(conversation: Conversation, slots: Slots) -> Conversation:
    """The conversation in the scope of whom the message is about: 我 brings the asker's own back, 她呢 another person's."""
    own = conversation.aside
    if slots.about is About.MINE and own is not None:
        memory = msgspec.structs.replace(conversation.memory, level=own.level, paper=own.paper)
        return msgspec.structs.replace(conversation, region=own.region, exam=own.exam, memory=memory, aside=None)
    if slots.about is About.THEIRS and own is None:
        memory = conversation.memory
        own = Aside(region=conversation.region, exam=conversation.exam, level=memory.level, paper=memory.paper)
        region = conversation.theirs or conversation.region
        return msgspec.structs.replace(conversation, region=region, aside=own)
    return conversation


def _continued(mind: Mind, slots: Slots, before: tuple[int, ...]) -> Slots:
    """内科护理的编码, then 外科的呢: the specialty of that name that begins or ends like the one spoken of before."""
    rows = {row.no: row for row in mind.knowledge.facts.specialties}
    names = [rows[no].name for no in before]
    prefixes = mind.understander.lexicon.specialty_prefixes
    begins = {next((each for each in prefixes if name.startswith(each)), "") for name in names}
    ends = {name[-END:] for name in names}
    words = slots.specialty.split()
    alike = {word + end for word in words for end in ends} | {
        begin + word for word in words for begin in begins if begin
    }
    meant = tuple(row.no for row in rows.values() if row.name in alike)
    return replace(slots, specialties=meant) if meant else slots


def _of_site(knowledge: Knowledge, slots: Slots, place: Where, base: str) -> Where:
    """A registration point that is named says where, unless another place is known that it does not lie in."""
    regions = {site.region for site in knowledge.facts.sites if site.id in slots.sites}
    if len(regions) != 1 or (place.is_named and place.unclear is None):
        return place
    region = regions.pop()
    if base and not knowledge.gazetteer.contains(base, region) and not knowledge.gazetteer.contains(region, base):
        return place
    if place.regions and not knowledge.gazetteer.contains(place.regions[0], region):
        return place
    return Where(regions=(region,), is_named=True)


def weighed(turn: Turn) -> Turn:
    """The candidates in the light of scope and conversation: what cannot be meant here, and what was just spoken of."""
    found = turn.understanding
    weighed = [
        Candidate(topic=each.topic, score=each.score + prior(turn, each.topic), phrasing=each.phrasing)
        for each in found.candidates
    ]
    weighed.sort(key=lambda each: -each.score)
    ranking = Ranking(candidates=tuple(weighed), known=found.known, length=len(found.rest))
    return replace(
        turn,
        understanding=replace(
            found, candidates=ranking.candidates, evidence=features(ranking), confidence=confidence(ranking)
        ),
    )


def prior(turn: Turn, topic_id: str) -> float:
    """What scope and conversation add to a candidate's score."""
    topic = turn.knowledge.topics[topic_id]
    added = UNKNOWN_PRIOR if topic.kind == "unknown" else 0.0
    if topic.kind == "smalltalk" and len(turn.understanding.rest) > SMALL:
        added += SMALLTALK_PRIOR
    if topic.requires and not any(word in turn.understanding.mended for word in topic.requires):
        added += REQUIRED_PRIOR
    if topic.id in turn.mind.point_topics and turn.region:
        points = turn.knowledge.sites_in(turn.region)
        if points and not any(site.topic == topic.id for site in points):
            added += REQUIRED_PRIOR  # a county's own hospitals confirm at the county's point
    if topic.history and not (turn.slots.is_history or turn.before.memory.is_history):
        added += REQUIRED_PRIOR
    answers = turn.knowledge.every.topics[topic_id].answer  # of any year: which exams it is about
    if turn.exam and answers and not any(turn.exam in answer.exams for answer in answers):
        added += OTHER_EXAM_PRIOR
    elif topic.kind == "answer" and _is_missing(resolution_of(turn, topic)):
        added += MISSING_PRIOR
    short = SHORT * (2 if turn.understanding.is_follow_up else 1)
    if turn.before.topics and len(turn.understanding.rest) <= short:
        last = turn.knowledge.topics[turn.before.topics[0]]
        if topic.id == last.id or topic.id in last.related or (topic.stage and topic.stage == last.stage):
            added += CONTEXT_PRIOR
    return added


def _is_missing(resolution: Resolution) -> bool:
    return isinstance(resolution, Missing) or (isinstance(resolution, Found) and resolution.answer.unstated)


def resolution_of(turn: Turn, topic: Topic, region: str | None = None) -> Resolution:
    """Which answer to a topic holds in the scope of a turn."""
    place = region if region is not None else turn.region
    return turn.mind.resolve(topic, Scope(exam=turn.exam or None, region=place or None))


def aspects_of(turn: Turn) -> tuple[str, ...]:
    """Whether it is asked when, where, how much …; the last question's where this one says none."""
    aspects = set(turn.knowledge.lexicon["aspects"])
    return tuple(each for each in turn.understanding.concepts if each in aspects) or turn.before.aspects
