"""Decides what to say. Pure and synchronous: text, conversation, mind and time in; decision and new conversation out.

The law of state changes: a reply that asks keeps the topics that wait for the answer; an answer replaces them; a region or
exam that was named stays until another is named; two replies in a row that did not help lead to the office with its phone.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

import msgspec

from bot import privacy
from bot.conversation import Asked, Conversation
from bot.messages import Kind, Option
from bot.mind import Mind
from bot.telling import SPECIALTIES, answer, clarify, smalltalk, topic_options
from bot.turn import SHORT, Decision, Heard, Turn, aspects_of, prior, resolution_of, turn_of
from intents.calibrate import ANSWER, OFFER
from intents.slots import Role
from intents.understand import Part
from knowledge.region import NATION, full_name
from knowledge.resolve import Found, Missing
from knowledge.topic import Topic

__all__ = ["Decision", "Heard", "choice", "decide"]

GREETING = "greeting"  # topic that answers a message without words
OWN_STATUS = "own_status"  # topic of questions about one's own registration
MOST_ANSWERS = 4  # questions in one message that are answered
NAMED = 0.9  # confidence that a specialty said alone is asked by its row
SPECIALTY_TIE = 0.10  # of a score: within it, a named specialty makes a topic about specialties the likelier one
MOST_LIKELY = 6  # candidates of the whole message among which those of its clauses must be
SHORTEST_PART = 3  # characters that a clause must say beside its aspect: 在哪栋楼 belongs to the clause before it
PASTE = 200  # characters: a longer text without a clear question is a paste
LEAST_KNOWN = 0.20  # share of a text's weight that topics must know for it to mean any of them
PART_ANSWER = 0.75  # how sure each clause of a message must be to be answered as a question of its own
LEAST_WORDS = 6  # characters beside a number that make it a question of its own
TOLD = 5  # characters beside a place in a sentence that only tells where: 我是兵团第八师的
COUNT = 2  # characters of a bare number of subjects: 两科
SURE = 0.85  # confidence above which neither a remembered topic nor a rejection reason overrides the words themselves
SURE_FAILURES = 2
TIE = 0.97  # share of the best score from which the next topic is meant as well


def decide(mind: Mind, heard: Heard, conversation: Conversation, now: dt.datetime) -> Decision:
    """The reply to one message."""
    chosen = choice(heard.text, conversation)
    heard = replace(heard, text=chosen) if chosen is not None else heard
    turn = turn_of(mind, heard, conversation, now)
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
    return smalltalk(turn, turn.knowledge.topics[GREETING], None)


def _personal_number(turn: Turn) -> Decision | None:
    """An ID or phone number in the text: nobody is looked up by it."""
    if not privacy.has_number(turn.heard.text):
        return None
    words = re.sub(r"[^\u4e00-\u9fff]", "", turn.understanding.text)
    found = turn.understanding
    is_question = found.is_question and found.confidence >= ANSWER and not found.is_own_state
    if is_question and len(words) > LEAST_WORDS:
        return None
    text = turn.phrase("number_seen") + turn.phrase("status_other" if _is_about_others(turn) else "status_unbound")
    return Decision(kind=Kind.STATUS, text=text, conversation=turn.remember(), topic=OWN_STATUS, region=turn.region)


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
    return clarify(turn, text, (*options, other), Asked.REGION, topics)


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
        conversation=turn.remember(topics=(OWN_STATUS,)),
        topic=OWN_STATUS,
        region=turn.region,
        exam=turn.exam,
    )


def _title_chosen(turn: Turn) -> Decision | None:
    """A tapped option, word for word."""
    text = turn.heard.text.strip()
    if text in turn.mind.titles:
        return answer(turn, (turn.mind.titles[text],), 1.0)
    for exam in turn.knowledge.exams.values():
        if exam.ask == text and turn.before.topics:
            return answer(replace(turn, exam=exam.id), turn.before.topics, 1.0)
    if text == turn.phrase("option_region_other"):
        return clarify(turn, turn.phrase("ask_region"), (), Asked.REGION, turn.before.topics)
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
        return answer(replace(turn, slots=turn.slots.over(turn.before.memory.as_slots())), turn.before.topics, 1.0)
    is_count = bool(said.subjects) and len(left) <= COUNT and bool(turn.before.topics)
    if re.search(r"\w", left) and not is_count and not is_correction:
        return None
    if turn.where.unclear:
        return None
    if turn.before.topics:
        slots = turn.slots.over(turn.before.memory.as_slots())
        return answer(replace(turn, slots=slots), turn.before.topics, 1.0)
    if said.specialties and not said.places:
        return answer(turn, (_specialty_topics(turn)[0].id,), NAMED)
    if not turn.region:
        return None
    name = full_name(turn.knowledge.gazetteer, turn.region)
    return clarify(
        turn,
        turn.phrase("ask_question", region=name),
        topic_options(turn, turn.mind.understander.lexicon.starters),
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
    return clarify(turn, turn.phrase("ask_topic"), topic_options(turn, topics), Asked.TOPIC, topics[:1])


def _reasons(turn: Turn) -> Decision | None:
    """A pasted rejection text: every reason in it is explained."""
    reasons = turn.slots.reasons
    top = turn.understanding.candidates[0].topic if turn.understanding.candidates else ""
    if len(reasons) > 1 or (len(reasons) == 1 and top not in reasons and turn.understanding.confidence < SURE):
        return answer(turn, reasons, 0.95)
    return None


def _no_place_given(turn: Turn) -> Decision | None:
    """Asked for the region, she says neither a place nor another question: what she asked keeps waiting."""
    found = turn.understanding
    if turn.before.asked is not Asked.REGION or not turn.before.topics or found.is_question or turn.where.is_named:
        return None
    if found.confidence >= SURE and found.concepts:
        return None
    conversation = turn.remember(topics=turn.before.topics, failures=turn.before.failures + 1)
    text = turn.phrase("no_region_again")
    return Decision(
        kind=Kind.FALLBACK, text=text, conversation=conversation, topic=turn.before.topics[0], exam=turn.exam
    )


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
    return answer(replace(turn, slots=slots), (known[0].topic,), found.confidence)


def _is_elliptical(turn: Turn, text: str) -> bool:
    """Whether a text names an aspect (when, where) of something, and not the thing."""
    return not re.search(r"\w", turn.mind.small_words.sub("", text))


def _several(turn: Turn) -> Decision | None:
    """More than one question in a message: each is answered, in order."""
    found: list[str] = []
    likely = {each.topic for each in turn.understanding.candidates[:MOST_LIKELY]}
    for part in turn.understanding.parts:
        topic = _topic_of_part(turn, part, found[-1] if found else "")
        if topic and topic not in found and (topic in likely or part.is_elliptical):
            found.append(topic)
    best = _best_topics(turn)[:1]
    if len(found) == 1 and turn.understanding.confidence >= SURE and len(turn.understanding.parts) > 1:
        found += [each for each in best if each not in found and turn.knowledge.topics[each].kind == "answer"]
    if len(found) < 2:
        return None
    return answer(turn, tuple(found[:MOST_ANSWERS]), turn.understanding.confidence)


def _topic_of_part(turn: Turn, part: Part, before: str) -> str:
    """What a clause asks, by itself or as a follow-up of the clause before it; empty if that is not sure enough."""
    candidates, confidence = part.candidates, part.confidence
    keyword = _keyword_of(turn, part.text)
    if keyword and aspects_of(turn):
        again = turn.mind.understander.understand(part.text + "".join(aspects_of(turn)))
        candidates, confidence = again.candidates, again.confidence
    elif not part.asks:
        return ""
    if before and part.is_elliptical:
        again = turn.mind.understander.understand(f"{part.text} {turn.knowledge.topics[before].title}")
        candidates, confidence = again.candidates, again.confidence
    candidates = tuple(sorted(candidates, key=lambda each: -(each.score + prior(turn, each.topic))))
    if not candidates or confidence < PART_ANSWER or turn.knowledge.topics[candidates[0].topic].kind != "answer":
        return ""
    return candidates[0].topic


def _specialty_topics(turn: Turn) -> list[Topic]:
    """The topics that tell rows of specialties."""
    return [t for t in turn.knowledge.topics.values() if any(SPECIALTIES in each.text for each in t.answer)]


def _of_specialty(turn: Turn) -> Decision | None:
    """A specialty is named and little else that is certain: its row answers code, name, licence and level at once."""
    if not turn.slots.specialties or not turn.region:
        return None
    told = [topic for topic in _specialty_topics(turn) if isinstance(resolution_of(turn, topic), Found)]
    names = {topic.id for topic in told}
    ranked = turn.understanding.candidates
    if not told or (ranked and ranked[0].topic in names):
        return None
    content = turn.mind.scope_words.sub("", turn.mind.small_words.sub("", turn.understanding.rest))
    near = [each for each in ranked if each.topic in names]
    is_clear = bool(set(turn.understanding.concepts) & turn.mind.clear_aspects)
    is_near = bool(near) and ranked[0].score - near[0].score < SPECIALTY_TIE
    if is_near or not (is_clear or re.search(r"\w", content)):
        return answer(turn, (near[0].topic if near else told[0].id,), turn.understanding.confidence)
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
        return answer(turn, (asking[0].candidates[0].topic,), asking[0].confidence)
    if confidence >= ANSWER:
        return answer(turn, topics[: 2 if _is_tie(turn) else 1], confidence)
    if confidence < OFFER:
        return None
    if isinstance(resolution_of(turn, turn.knowledge.topics[topics[0]]), Missing):
        return answer(turn, topics[:1], confidence)
    options = topic_options(turn, topics)
    if not options:
        return None
    key = "ask_topic_again" if turn.before.asked is Asked.TOPIC else "ask_topic"
    if turn.before.asked is Asked.TOPIC and turn.before.failures >= 1:
        return None
    decision = clarify(turn, turn.phrase(key), options, Asked.TOPIC, ())
    return replace(
        decision,
        gap="unsure",
        confidence=confidence,
        conversation=msgspec.structs.replace(decision.conversation, failures=turn.before.failures),
    )


def _is_tie(turn: Turn) -> bool:
    """Whether two topics are meant about equally: both are told."""
    nearest = turn.understanding.candidates[:2]
    if len(nearest) < 2 or nearest[1].score < TIE * nearest[0].score:
        return False
    return {turn.knowledge.topics[each.topic].kind for each in nearest} == {"answer"}


def _fallback(turn: Turn) -> Decision:
    failures = turn.before.failures + 1
    topics = _best_topics(turn)
    options = topic_options(turn, topics) if topics and turn.understanding.confidence >= OFFER / 2 else ()
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


def _best_topics(turn: Turn) -> tuple[str, ...]:
    """The candidates worth telling, best first."""
    return tuple(
        each.topic
        for each in turn.understanding.candidates[:MOST_LIKELY]
        if turn.knowledge.topics[each.topic].kind != "status"
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
    _no_place_given,
    _reasons,
    _follow_up,
    _several,
    _of_specialty,
    _best,
)
