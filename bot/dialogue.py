"""Decides what to say. Pure and synchronous: text, conversation, mind and time in; decision and new conversation out.

The law of state changes: a reply that asks keeps the topics that wait for the answer; an answer replaces them; a region or
exam that was named stays until another is named; two replies in a row that did not help lead to the office with its phone.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import msgspec

from bot import compose, privacy
from bot.conversation import Asked, Conversation, Memory
from bot.messages import Citation, Kind, Link, Option
from bot.mind import Mind
from bot.scope import Where, exam_of, where
from intents.calibrate import ANSWER, OFFER, confidence, features
from intents.match import Ranking
from intents.slots import Role, Slots
from intents.understand import Part, Understanding
from knowledge.fact import Specialty
from knowledge.model import Knowledge, Scope, beijing
from knowledge.region import NATION, full_name
from knowledge.resolve import Found, Missing, NeedExam, NeedRegion, Resolution
from knowledge.topic import Topic

MOST_OPTIONS = 3
MOST_ANSWERS = 4  # questions in one message that are answered
MOST_SPECIALTIES = 4  # rows told at once; more are offered to choose from
SCIENCE = "学"  # how most names of doctors' specialties end
SPECIALTIES = "{specialties}"
SPECIALTY_TIE = 0.10  # of a score: within it, a named specialty makes a topic about specialties the likelier one
MOST_SPECIALTY_OPTIONS = 13
MOST_LIKELY = 6  # candidates of the whole message among which those of its clauses must be
SHORTEST_PART = 3  # characters that a clause must say beside its aspect: 在哪栋楼 belongs to the clause before it
PASTE = 200  # characters: a longer text without a clear question is a paste
LEAST_KNOWN = 0.20  # share of a text's weight that topics must know for it to mean any of them
PART_ANSWER = 0.75  # how sure each clause of a message must be to be answered as a question of its own
TOLD = 5  # characters beside a place in a sentence that only tells where: 我是兵团第八师的
COUNT = 2  # characters of a bare number of subjects: 两科
SURE = 0.85  # confidence above which neither a remembered topic nor a rejection reason overrides the words themselves
SURE_FAILURES = 2


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
    today: dt.date

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
            "page_region": self.heard.region or self.before.page_region,
            "memory": Memory(**kept),
            "unclear": self.where.unclear.ids if self.where.unclear else (),
            "asked": Asked.NOTHING,
            "options": (),
            "failures": 0,
        }
        return msgspec.structs.replace(self.before, **{**fresh, **changes})


def decide(mind: Mind, heard: Heard, conversation: Conversation, now: dt.datetime) -> Decision:
    """The reply to one message."""
    chosen = choice(heard.text, conversation)
    heard = replace(heard, text=chosen) if chosen is not None else heard
    turn = _turn(mind, heard, conversation, now)
    for rule in RULES:
        decision = rule(turn)
        if decision is not None:
            return replace(decision, understanding=turn.understanding)
    return replace(_fallback(turn), understanding=turn.understanding)


def choice(text: str, conversation: Conversation) -> str | None:
    """What a number stands for among the options just shown; None where it is no such number."""
    found = re.fullmatch(r"\s*[(（]?([1-9]\d?)[)）]?[.。、]?\s*", text)
    if found and int(found[1]) <= len(conversation.options):
        return conversation.options[int(found[1]) - 1].send
    return None


def _turn(mind: Mind, heard: Heard, conversation: Conversation, now: dt.datetime) -> Turn:
    understanding = mind.understander.understand(privacy.mask(heard.text))
    place = where(mind.knowledge, understanding.slots, conversation, heard.region)
    slots = understanding.slots
    if not slots.level and not slots.exam:
        slots = replace(slots, level=conversation.memory.level, paper=slots.paper or conversation.memory.paper)
    region = place.regions[0] if place.regions else ""
    exam = exam_of(mind.knowledge, slots, conversation, heard.exam, region)
    place = _of_site(mind.knowledge, slots, place)
    return _weighed(
        Turn(
            mind=mind,
            heard=heard,
            before=conversation,
            understanding=understanding,
            slots=slots,
            where=place,
            exam=exam,
            today=beijing(now),
        )
    )


def _of_site(knowledge: Knowledge, slots: Slots, place: Where) -> Where:
    """A registration point that is named says where, unless another place is known that it does not lie in."""
    regions = {site.region for site in knowledge.facts.sites if site.id in slots.sites}
    if len(regions) != 1 or (place.is_named and place.unclear is None):
        return place
    region = regions.pop()
    if place.regions and not knowledge.gazetteer.contains(place.regions[0], region):
        return place
    return Where(regions=(region,), is_named=True)


# --- rules, in the order in which they are tried -------------------------------------------------------------------


def _none_of_these(turn: Turn) -> Decision | None:
    if turn.understanding.text != turn.knowledge.phrases["none_of_these"]:
        return None
    failures = turn.before.failures + 1
    key = "fallback_twice" if failures >= SURE_FAILURES else "fallback_none"
    return Decision(
        kind=Kind.FALLBACK,
        text=turn.phrase(key),
        gap="none_of_these",
        conversation=turn.remember(failures=failures),
        region=turn.region,
        exam=turn.exam,
    )


def _nothing_said(turn: Turn) -> Decision | None:
    if re.search(r"\w", turn.understanding.text):
        return None
    return _of_topic(turn, turn.knowledge.topics["greeting"], None)


def _personal_number(turn: Turn) -> Decision | None:
    """An ID or phone number in the text: nobody is looked up by it."""
    if not privacy.has_number(turn.heard.text):
        return None
    words = re.sub(r"[^\u4e00-\u9fff]", "", turn.understanding.text)
    if turn.understanding.confidence >= ANSWER and len(words) > 6 and not turn.understanding.is_own_state:
        return None
    text = turn.phrase("number_seen") + turn.phrase("status_other" if _is_about_others(turn) else "status_unbound")
    return Decision(kind=Kind.STATUS, text=text, conversation=turn.remember(), topic="own_status", region=turn.region)


def _is_about_others(turn: Turn) -> bool:
    return bool(turn.mind.others.search(turn.understanding.text))


def _other_exam(turn: Turn) -> Decision | None:
    name = turn.slots.other_exam
    if not name or turn.understanding.slots.exam:
        return None
    text = turn.phrase("other_exam", name=name)
    return Decision(kind=Kind.FALLBACK, text=text, conversation=turn.remember(), gap="unknown", region=turn.region)


def _other_year(turn: Turn) -> Decision | None:
    asked = turn.slots.year
    if not asked or asked == turn.knowledge.year:
        return None
    text = turn.phrase("missing_year", asked=asked)
    topics = tuple(c.topic for c in turn.understanding.candidates[:1]) if turn.understanding.confidence > OFFER else ()
    label = turn.phrase("show_latest")
    options = tuple(Option(label=label, send=turn.knowledge.topics[each].title) for each in topics)
    return Decision(
        kind=Kind.FALLBACK,
        text=text,
        conversation=turn.remember(topics=topics, options=options),
        options=options,
        gap="unknown",
        region=turn.region,
        exam=turn.exam,
    )


def _unclear_place(turn: Turn) -> Decision | None:
    place = turn.where.unclear
    if place is None or (turn.understanding.confidence < OFFER and not turn.before.topics):
        return None
    gazetteer = turn.knowledge.gazetteer
    known = [each for each in place.ids if each != NATION]
    options = tuple(Option(label=full_name(gazetteer, each), send=full_name(gazetteer, each)) for each in known[:5])
    other = Option(label=turn.phrase("option_region_other"), send=turn.phrase("option_region_other"))
    text = turn.phrase("ask_place", name=place.name)
    topics = _best_topics(turn) or turn.before.topics
    return _clarify(turn, text, (*options, other), Asked.REGION, topics)


def _own_state(turn: Turn) -> Decision | None:
    """About the candidate's own registration: until binding is there, only where to look."""
    top = turn.understanding.candidates[0] if turn.understanding.candidates else None
    is_status_topic = top is not None and turn.knowledge.topics[top.topic].kind == "status"
    is_sure = is_status_topic and turn.understanding.confidence >= ANSWER and not turn.understanding.is_general
    if not (turn.understanding.is_own_state or is_sure):
        return None
    text = turn.phrase("status_other" if _is_about_others(turn) else "status_unbound")
    return Decision(
        kind=Kind.STATUS,
        text=text,
        conversation=turn.remember(topics=("own_status",)),
        topic="own_status",
        region=turn.region,
        exam=turn.exam,
    )


def _title_chosen(turn: Turn) -> Decision | None:
    """A tapped option, word for word."""
    text = turn.heard.text.strip()
    if text in turn.mind.titles:
        return _answer(turn, (turn.mind.titles[text],), 1.0)
    for exam in turn.knowledge.exams.values():
        if exam.ask == text and turn.before.topics:
            return _answer(replace(turn, exam=exam.id), turn.before.topics, 1.0)
    if text == turn.phrase("option_region_other"):
        return _clarify(turn, turn.phrase("ask_region"), (), Asked.REGION, turn.before.topics)
    return None


def _scope_only(turn: Turn) -> Decision | None:
    """Nothing but a place, an exam or a specialty: the answer to what was asked back, or a correction."""
    said = turn.understanding.slots
    if not (said.places or said.exam or said.level or said.specialties or said.sites or said.mode or said.subjects):
        return None
    left = turn.mind.scope_words.sub("", turn.understanding.rest)
    roles = {place.role for place in said.places}
    is_correction = {Role.DENIED, Role.PLACE} <= roles and bool(turn.before.topics) and len(left) <= SHORT
    is_told = not turn.understanding.is_question and Role.PLACE in roles and bool(turn.before.topics)
    if is_told and (turn.before.asked is Asked.REGION or len(left) <= TOLD):
        return _answer(replace(turn, slots=turn.slots.over(turn.before.memory.as_slots())), turn.before.topics, 1.0)
    is_count = bool(said.subjects) and len(left) <= COUNT and bool(turn.before.topics)
    if re.search(r"\w", left) and not is_count and not is_correction:
        return None
    if turn.where.unclear:
        return None
    if turn.before.topics:
        slots = turn.slots.over(turn.before.memory.as_slots())
        return _answer(replace(turn, slots=slots), turn.before.topics, 1.0)
    if said.specialties and not said.places:
        return _answer(turn, ("specialty_code",), 0.9)
    if not turn.region:
        return None
    name = full_name(turn.knowledge.gazetteer, turn.region)
    return _clarify(
        turn,
        turn.phrase("ask_question", region=name),
        _topic_options(turn, ("registration_window", "onsite_materials", "payment_window")),
        Asked.TOPIC,
        (),
    )


def _keyword(turn: Turn) -> tuple[str, ...]:
    """The topics that a bare keyword may mean; empty where the text is no bare keyword."""
    return _keyword_of(turn, turn.understanding.rest) or _keyword_of(turn, turn.understanding.mended)


def _keyword_of(turn: Turn, text: str) -> tuple[str, ...]:
    bare = re.sub(r"^那|呢$|[^\w]", "", text)
    return next((each.topics for each in turn.mind.understander.lexicon.keyword if bare in each.words), ())


def _bare_keyword(turn: Turn) -> Decision | None:
    """缴费, 准考证: what is most likely meant is offered, not guessed; after another question it is a follow-up."""
    topics = _keyword(turn)
    if not topics or (turn.understanding.is_follow_up and turn.before.topics):
        return None
    return _clarify(turn, turn.phrase("ask_topic"), _topic_options(turn, topics), Asked.TOPIC, ())


def _reasons(turn: Turn) -> Decision | None:
    """A pasted rejection text: every reason in it is explained."""
    reasons = turn.slots.reasons
    top = turn.understanding.candidates[0].topic if turn.understanding.candidates else ""
    if len(reasons) > 1 or (len(reasons) == 1 and top not in reasons and turn.understanding.confidence < SURE):
        return _answer(turn, reasons, 0.95)
    return None


def _follow_up(turn: Turn) -> Decision | None:
    """那缴费呢, 电话多少, 最晚哪天: what was left out is taken from the last question."""
    last = turn.before.topics[0] if turn.before.topics else ""
    if not last:
        return None
    aspects = set(turn.knowledge.lexicon["aspects"])
    if _keyword(turn) and turn.understanding.is_follow_up and turn.before.aspects:
        return _again(turn, "".join(turn.before.aspects))
    if _is_elliptical(turn, turn.understanding.rest) and set(turn.understanding.concepts) & aspects:
        return _again(turn, turn.knowledge.topics[last].title)
    return None


def _again(turn: Turn, added: str) -> Decision | None:
    """The answer to a follow-up with the words that it left out."""
    found = turn.mind.understander.understand(turn.understanding.mended.rstrip("?？呢") + " " + added)
    known = [each for each in found.candidates if turn.knowledge.topics[each.topic].kind in ("answer", "unknown")]
    if not known or found.confidence < OFFER:
        return None
    slots = turn.slots.over(turn.before.memory.as_slots())
    return _answer(replace(turn, slots=slots), (known[0].topic,), found.confidence)


def _is_elliptical(turn: Turn, text: str) -> bool:
    """Whether a text names an aspect (when, where) of something, and not the thing."""
    return not re.search(r"\w", turn.mind.small_words.sub("", text))


def _several(turn: Turn) -> Decision | None:
    """More than one question in a message: each is answered, in order."""
    found: list[str] = []
    likely = {each.topic for each in turn.understanding.candidates[:MOST_LIKELY]}
    for part in turn.understanding.parts:
        topic = _topic_of_part(turn, part, found[-1] if found else "")
        if topic and topic not in found and (topic in likely or len(part.content) < SHORTEST_PART):
            found.append(topic)
    best = _best_topics(turn)[:1]
    if len(found) == 1 and turn.understanding.confidence >= SURE and len(turn.understanding.parts) > 1:
        found += [each for each in best if each not in found and turn.knowledge.topics[each].kind == "answer"]
    if len(found) < 2:
        return None
    return _answer(turn, tuple(found[:MOST_ANSWERS]), turn.understanding.confidence)


def _topic_of_part(turn: Turn, part: Part, before: str) -> str:
    """What a clause asks, by itself or as a follow-up of the clause before it; empty if that is not sure enough."""
    candidates, confidence = part.candidates, part.confidence
    keyword = _keyword_of(turn, part.text)
    if keyword and _aspects(turn):
        again = turn.mind.understander.understand(part.text + "".join(_aspects(turn)))
        candidates, confidence = again.candidates, again.confidence
    elif not part.asks:
        return ""
    if before and len(part.content) < SHORTEST_PART and confidence < SURE:
        again = turn.mind.understander.understand(f"{part.text} {turn.knowledge.topics[before].title}")
        candidates, confidence = again.candidates, again.confidence
    candidates = tuple(sorted(candidates, key=lambda each: -(each.score + _prior(turn, each.topic))))
    if not candidates or confidence < PART_ANSWER or turn.knowledge.topics[candidates[0].topic].kind != "answer":
        return ""
    return candidates[0].topic


def _of_specialty(turn: Turn) -> Decision | None:
    """A specialty is named and little else that is certain: its row answers code, name, licence and level at once."""
    if not turn.slots.specialties or not turn.region:
        return None
    family = [t for t in turn.knowledge.topics.values() if any(SPECIALTIES in answer.text for answer in t.answer)]
    told = [topic for topic in family if isinstance(_resolve(turn, topic), Found)]
    names = {topic.id for topic in told}
    ranked = turn.understanding.candidates
    if not told or (ranked and ranked[0].topic in names):
        return None
    content = turn.mind.scope_words.sub("", turn.mind.small_words.sub("", turn.understanding.rest))
    near = [each for each in ranked if each.topic in names]
    is_clear = bool(set(turn.understanding.concepts) & turn.mind.clear_aspects)
    is_near = bool(near) and ranked[0].score - near[0].score < SPECIALTY_TIE
    if is_near or not (is_clear or re.search(r"\w", content)):
        return _answer(turn, (near[0].topic if near else told[0].id,), turn.understanding.confidence)
    return None


def _best(turn: Turn) -> Decision | None:
    """The topic that is most likely meant, if that is likely enough; else the nearest are offered."""
    topics = _best_topics(turn)
    found = turn.understanding
    is_paste = len(found.text) > PASTE and not any(part.asks and part.confidence >= PART_ANSWER for part in found.parts)
    if not topics or found.known < LEAST_KNOWN or is_paste:
        return None
    confidence = found.confidence
    asking = [part for part in found.parts if part.asks and len(part.content) > SHORTEST_PART]
    if (
        len(asking) == 1
        and confidence < ANSWER < SURE <= asking[0].confidence
        and asking[0].candidates[0].topic in topics
    ):
        return _answer(turn, (asking[0].candidates[0].topic,), asking[0].confidence)
    if confidence >= ANSWER:
        return _answer(turn, topics[:1], confidence)
    options = _topic_options(turn, topics)
    if confidence < OFFER or not options:
        return None
    key = "ask_topic_again" if turn.before.asked is Asked.TOPIC else "ask_topic"
    if turn.before.asked is Asked.TOPIC and turn.before.failures >= 1:
        return None
    decision = _clarify(turn, turn.phrase(key), options, Asked.TOPIC, ())
    return replace(
        decision,
        gap="unsure",
        confidence=confidence,
        conversation=msgspec.structs.replace(decision.conversation, failures=turn.before.failures),
    )


RULES: tuple[Callable[[Turn], Decision | None], ...] = (
    _none_of_these,
    _nothing_said,
    _title_chosen,
    _personal_number,
    _other_exam,
    _other_year,
    _scope_only,
    _own_state,
    _unclear_place,
    _bare_keyword,
    _reasons,
    _follow_up,
    _several,
    _of_specialty,
    _best,
)


# --- what the rules share ------------------------------------------------------------------------------------------


def _best_topics(turn: Turn) -> tuple[str, ...]:
    """The candidates worth telling, best first."""
    return tuple(
        each.topic for each in turn.understanding.candidates[:6] if turn.knowledge.topics[each.topic].kind != "status"
    )


def _weighed(turn: Turn) -> Turn:
    """The candidates in the light of scope and conversation: what cannot be meant here, and what was just spoken of."""
    found = turn.understanding
    weighed = [replace(each, score=each.score + _prior(turn, each.topic)) for each in found.candidates]
    weighed.sort(key=lambda each: -each.score)
    ranking = Ranking(candidates=tuple(weighed), known=found.known, length=len(found.rest))
    return replace(
        turn,
        understanding=replace(
            found, candidates=ranking.candidates, evidence=features(ranking), confidence=confidence(ranking)
        ),
    )


def _prior(turn: Turn, topic_id: str) -> float:
    topic = turn.knowledge.topics[topic_id]
    prior = UNKNOWN_PRIOR if topic.kind == "unknown" else 0.0
    if topic.kind == "smalltalk" and len(turn.understanding.rest) > SMALL:
        prior += SMALLTALK_PRIOR
    if topic.requires and not any(word in turn.understanding.mended for word in topic.requires):
        prior += REQUIRED_PRIOR
    if topic.history and not (turn.slots.is_history or turn.before.memory.is_history):
        prior += REQUIRED_PRIOR
    if turn.exam and topic.answer and not any(turn.exam in answer.exams for answer in topic.answer):
        prior += OTHER_EXAM_PRIOR
    elif topic.kind == "answer" and _is_missing(_resolve(turn, topic)):
        prior += MISSING_PRIOR
    short = SHORT * (2 if turn.understanding.is_follow_up else 1)
    if turn.before.topics and len(turn.understanding.rest) <= short:
        last = turn.knowledge.topics[turn.before.topics[0]]
        if topic.id == last.id or topic.id in last.related or (topic.stage and topic.stage == last.stage):
            prior += CONTEXT_PRIOR
    return prior


def _is_missing(resolution: Resolution) -> bool:
    return isinstance(resolution, Missing) or (isinstance(resolution, Found) and resolution.answer.unstated)


# Added to a candidate's score, 0 to 1; set on the development questions.
UNKNOWN_PRIOR = -0.04
OTHER_EXAM_PRIOR = -0.14
MISSING_PRIOR = -0.02
CONTEXT_PRIOR = 0.08
REQUIRED_PRIOR = -0.08
SMALLTALK_PRIOR = -0.08
SMALL = 8  # characters: small talk is shorter
SHORT = 14  # characters: a longer text says itself what it is about


def _resolve(turn: Turn, topic: Topic, region: str | None = None) -> Resolution:
    place = region if region is not None else turn.region
    return turn.mind.resolve(topic, Scope(exam=turn.exam or None, region=place or None))


def _topic_options(turn: Turn, topics: Sequence[str]) -> tuple[Option, ...]:
    """Options for the topics that can be answered in this scope, and 都不是."""
    options = []
    for each in topics:
        topic = turn.knowledge.topics[each]
        if topic.kind in ("answer", "unknown") and not isinstance(_resolve(turn, topic), Missing):
            options.append(Option(label=topic.title, send=topic.title))
    if not options:
        return ()
    none = turn.knowledge.phrases["none_of_these"]
    return (*options[:MOST_OPTIONS], Option(label=none, send=none))


def _clarify(turn: Turn, text: str, options: tuple[Option, ...], asked: Asked, topics: tuple[str, ...]) -> Decision:
    conversation = turn.remember(asked=asked, options=options, topics=topics, aspects=_aspects(turn))
    return Decision(
        kind=Kind.CLARIFY,
        text=compose.with_options(text, options),
        options=options,
        conversation=conversation,
        topic=topics[0] if topics else "",
        region=turn.region,
        exam=turn.exam,
        confidence=turn.understanding.confidence,
    )


def _aspects(turn: Turn) -> tuple[str, ...]:
    aspects = set(turn.knowledge.lexicon["aspects"])
    return tuple(each for each in turn.understanding.concepts if each in aspects) or turn.before.aspects


def _answer(turn: Turn, topics: tuple[str, ...], confidence: float) -> Decision:
    """The answers to some topics in the scope of the turn, or the one thing that has to be known first."""
    if turn.slots.is_history or turn.before.memory.is_history:
        topics = tuple(turn.knowledge.topics[each].for_history or each for each in topics)
    topics = _for_sites(turn, topics)
    known = [turn.knowledge.topics[each] for each in topics]
    if len(known) == 1 and known[0].kind == "smalltalk":
        return _of_topic(turn, known[0], confidence)
    told: list[tuple[Topic, Resolution]] = []
    for region, exam in ((region, exam) for region in turn.where.regions or ("",) for exam in _exams(turn)):
        for topic in known:
            resolution = _resolve(replace(turn, exam=exam), topic, region)
            if isinstance(resolution, NeedRegion):
                return _ask_region(turn, topics, topic)
            if isinstance(resolution, NeedExam):
                return _ask_exam(turn, topics, topic, resolution)
            told.append((topic, resolution))
    asks = _ask_specialty(turn, topics, told)
    return asks or _tell(turn, topics, told, confidence)


def _for_sites(turn: Turn, topics: tuple[str, ...]) -> tuple[str, ...]:
    """Some registration points have a topic of their own that answers whatever is asked of confirmation there."""
    own = {site.topic for site in turn.knowledge.facts.sites if site.id in turn.slots.sites}
    if len(own) != 1 or not (topic := own.pop()):
        return topics
    stage = turn.knowledge.topics[topic].stage
    return tuple(dict.fromkeys(topic if turn.knowledge.topics[each].stage == stage else each for each in topics))


def _exams(turn: Turn) -> tuple[str, ...]:
    return turn.slots.exams or (turn.exam,)


def _tell(turn: Turn, topics: tuple[str, ...], told: list[tuple[Topic, Resolution]], confidence: float) -> Decision:
    by_region, by_exam = len(turn.where.regions) > 1, len(_exams(turn)) > 1
    texts: list[str] = []
    sources: list[Citation] = []
    kinds: list[Kind] = []
    for topic, resolution in told:
        text, kind = _words(turn, topic, resolution)
        if by_region and isinstance(resolution, Found | Missing):
            text = turn.phrase("labelled", label=full_name(turn.knowledge.gazetteer, resolution.region)) + text
        if by_exam and isinstance(resolution, Found):
            text = turn.phrase("labelled", label=turn.knowledge.exams[resolution.exam].short) + text
        if text not in texts:
            texts.append(text)
            kinds.append(kind)
        if isinstance(resolution, Found):
            sources += compose.citations(turn.knowledge, resolution)
    kind = Kind.ANSWER if Kind.ANSWER in kinds else kinds[0]
    first = next((resolution for _, resolution in told if isinstance(resolution, Found)), None)
    exam = first.exam if first else turn.exam
    failures = turn.before.failures + 1 if all(isinstance(r, Missing) for _, r in told) else 0
    options = () if kind is not Kind.ANSWER else _related(turn, topics)
    conversation = turn.remember(topics=topics, aspects=_aspects(turn), options=options, failures=failures)
    return Decision(
        kind=kind,
        text="\n\n".join(texts),
        options=options,
        sources=tuple(dict.fromkeys(sources)),
        topic=topics[0],
        region=turn.region,
        exam=exam,
        confidence=confidence,
        conversation=conversation,
        gap="" if kind is not Kind.FALLBACK else "unknown",
    )


def _words(turn: Turn, topic: Topic, resolution: Resolution) -> tuple[str, Kind]:
    if isinstance(resolution, Found):
        text = compose.answer_text(turn.knowledge, topic, resolution, turn.slots, turn.today)
        if topic.kind == "unknown":
            contact = compose.whom_to_ask(turn.knowledge, turn.exam, turn.region)
            text = text if contact in text else turn.phrase("unknown", text=text)
        return text, Kind.FALLBACK if resolution.answer.unstated else compose.kind_of(topic)
    region = resolution.region if isinstance(resolution, Missing) else turn.region
    name = full_name(turn.knowledge.gazetteer, region) if region else turn.phrase("your_region")
    if topic.kind == "unknown":
        return turn.phrase("fallback"), Kind.FALLBACK
    if turn.exam == "senior" and not any(
        turn.knowledge.gazetteer.contains(a.region, region) for a in topic.answer if "senior" in a.exams and region
    ):
        has_notice = any(
            "senior" in n.exams and turn.knowledge.gazetteer.contains(n.region, region)
            for n in turn.knowledge.notices.values()
            if region
        )
        if not has_notice:
            return turn.phrase("missing_senior", region=name), Kind.FALLBACK
    return turn.phrase("missing_region", region=name, title=topic.title), Kind.FALLBACK


def _related(turn: Turn, topics: tuple[str, ...]) -> tuple[Option, ...]:
    related = [each for topic in topics for each in turn.knowledge.topics[topic].related if each not in topics]
    known = [turn.knowledge.topics[each] for each in dict.fromkeys(related) if each in turn.knowledge.topics]
    can = [each for each in known if each.kind == "answer" and not isinstance(_resolve(turn, each), Missing)]
    return tuple(Option(label=each.title, send=each.title) for each in can[:MOST_OPTIONS])


def _ask_region(turn: Turn, topics: tuple[str, ...], topic: Topic) -> Decision:
    if turn.before.asked is Asked.REGION and not turn.where.is_named:
        conversation = turn.remember(topics=topics, failures=turn.before.failures + 1)
        return Decision(
            kind=Kind.FALLBACK,
            text=turn.phrase("no_region_again"),
            conversation=conversation,
            topic=topic.id,
            exam=turn.exam,
            confidence=turn.understanding.confidence,
        )
    gazetteer = turn.knowledge.gazetteer
    regions = dict.fromkeys(n.region for n in turn.knowledge.notices.values() if n.region != NATION)
    if turn.exam and turn.exam != next(iter(turn.knowledge.exams)):
        text = turn.phrase("ask_region_senior")
        regions = dict.fromkeys(n.region for n in turn.knowledge.notices.values() if turn.exam in n.exams)
    else:
        text = turn.phrase("ask_region_for", title=topic.title)
    other = turn.phrase("option_region_other")
    names = [full_name(gazetteer, each) for each in regions]
    options = (*(Option(label=name, send=name) for name in names), Option(label=other, send=other))
    return _clarify(turn, text, options, Asked.REGION, topics)


def _ask_exam(turn: Turn, topics: tuple[str, ...], topic: Topic, need: NeedExam) -> Decision:
    if turn.before.asked is Asked.EXAM and turn.before.topics == topics:
        return _answer(replace(turn, exam=need.exams[0]), topics, turn.understanding.confidence)
    asks = [turn.knowledge.exams[each].ask for each in need.exams]
    options = tuple(Option(label=ask, send=ask) for ask in asks)
    return _clarify(turn, turn.phrase("ask_exam", title=topic.title), options, Asked.EXAM, topics)


def _ask_specialty(turn: Turn, topics: tuple[str, ...], told: list[tuple[Topic, Resolution]]) -> Decision | None:
    if not any(isinstance(r, Found) and SPECIALTIES in r.answer.text for _, r in told):
        return None
    asked = turn.slots.specialties or turn.before.memory.specialties
    numbers = set(asked)
    rows = [row for row in turn.knowledge.facts.specialties if row.no in numbers]
    if not rows:
        return _clarify(turn, turn.phrase("specialty_which"), (), Asked.SPECIALTY, topics)
    is_technician = bool(turn.mind.technicians.search(turn.understanding.text))
    is_doctor = bool(turn.mind.doctors.search(turn.understanding.text))
    if is_technician:
        rows += _techniques(turn.knowledge, rows)
    if is_technician != is_doctor:
        rows = [row for row in rows if bool(row.category) != is_technician] or rows
    if len(rows) > MOST_SPECIALTIES:
        options = tuple(
            Option(label=turn.phrase("specialty_option", name=row.name, code=row.code), send=row.name)
            for row in rows[:MOST_SPECIALTY_OPTIONS]
        )
        text = turn.phrase("ask_specialty", word=turn.slots.specialty)
        return _clarify(turn, text, options, Asked.SPECIALTY, topics)
    if {row.no for row in rows} == set(turn.slots.specialties):
        return None
    slots = replace(turn.slots, specialties=tuple(row.no for row in rows))
    return _tell(replace(turn, slots=slots), topics, told, turn.understanding.confidence)


def _techniques(knowledge: Knowledge, rows: list[Specialty]) -> list[Specialty]:
    """The technicians' specialties beside doctors' of the same field: 核医学 and 核医学技术."""
    fields = {row.name.removesuffix(SCIENCE) for row in rows if row.category}
    known = {row.no for row in rows}
    return [
        row
        for row in knowledge.facts.specialties
        if row.no not in known and not row.category and any(row.name.startswith(each) for each in fields)
    ]


def _of_topic(turn: Turn, topic: Topic, confidence: float | None) -> Decision:
    """Small talk: it leaves the conversation as it is."""
    resolution = _resolve(turn, topic)
    text, _ = _words(turn, topic, resolution)
    conversation = msgspec.structs.replace(turn.remember(), options=())
    return Decision(
        kind=compose.kind_of(topic),
        text=text,
        conversation=conversation,
        topic=topic.id,
        region=turn.region,
        exam=turn.exam,
        confidence=confidence,
    )


def _fallback(turn: Turn) -> Decision:
    failures = turn.before.failures + 1
    topics = _best_topics(turn)
    options = _topic_options(turn, topics) if topics and turn.understanding.confidence >= OFFER / 2 else ()
    if failures >= SURE_FAILURES:
        text = turn.phrase("fallback_twice")
    elif options:
        text = turn.phrase("fallback_near", title=options[0].label)
    else:
        text = turn.phrase("fallback")
    conversation = turn.remember(failures=failures, options=options)
    return Decision(
        kind=Kind.FALLBACK,
        text=text,
        options=options,
        conversation=conversation,
        gap="fallback",
        region=turn.region,
        exam=turn.exam,
        confidence=turn.understanding.confidence,
    )
