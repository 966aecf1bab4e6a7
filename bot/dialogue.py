"""Decides what to say. Pure and synchronous: text, conversation, mind and time in; decision and new conversation out.

The law of state changes: a reply that asks keeps the topics that wait for the answer; an answer replaces them; a region or
exam that was named stays until another is named; two replies in a row that did not help lead to the office with its phone.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from bot import guided, meant, own, privacy
from bot.conversation import Asked, Conversation
from bot.follow import follow_up
from bot.messages import Kind, Option
from bot.mind import Mind
from bot.telling import answer, clarify, smalltalk, topic_options
from bot.turn import SHORT, Decision, Heard, Turn, turn_of
from intents.calibrate import OFFER
from intents.slots import Role
from knowledge.region import NATION, full_name

__all__ = ["RULES", "Decision", "Heard", "choice", "decide", "name_of"]

GREETING = "greeting"  # topic that answers a message without words
NAMED = 0.9  # confidence that a specialty said alone is asked by its row
TOLD = 5  # characters beside a place in a sentence that only tells where: 我是兵团第八师的
COUNT = 2  # characters of a bare number of subjects: 两科
SURE_FAILURES = 2


def decide(mind: Mind, heard: Heard, conversation: Conversation, now: dt.datetime) -> Decision:
    """The reply to one message."""
    chosen = choice(heard.text, conversation)
    heard = replace(heard, text=chosen) if chosen is not None else heard
    turn = turn_of(mind, heard, conversation, now)
    for rule in RULES:
        decision = rule(turn)
        if decision is not None:
            return replace(decision, understanding=turn.understanding, rule=name_of(rule))
    return replace(_fallback(turn), understanding=turn.understanding, rule=name_of(_fallback))


def name_of(rule: Callable[[Turn], Decision | None]) -> str:
    """A rule's name, as an explanation says which one decided."""
    return rule.__name__.lstrip("_")


def choice(text: str, conversation: Conversation) -> str | None:
    """What a number stands for among the options just shown; None where it is no such number."""
    found = re.fullmatch(r"\s*[(（]?([1-9]\d?)[)）]?[.。、]?\s*", unicodedata.normalize("NFKC", text))
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
    if re.search(r"\w", turn.understanding.text) or privacy.has_number(turn.heard.text):
        return None
    return smalltalk(turn, turn.knowledge.topics[GREETING], None)


def _other_exam(turn: Turn) -> Decision | None:
    name = turn.slots.other_exam
    if not name or turn.understanding.slots.exam:
        return None
    text = turn.phrase("other_exam", name=name)
    return Decision(kind=Kind.FALLBACK, text=text, conversation=turn.remember(), gap="unknown", region=turn.region)


def _other_year(turn: Turn) -> Decision | None:
    asked = turn.slots.year or _coming_year(turn)
    if not asked or asked == turn.knowledge.year:
        return None
    is_on_file = any(notice.year == asked for notice in turn.knowledge.notices.values())
    text = turn.phrase("untold_year" if is_on_file else "missing_year", asked=asked)
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


def _coming_year(turn: Turn) -> int:
    """The year of 明年什么时候报名, where that is not on file; 明年再考 asks for a rule and no year."""
    ahead = turn.slots.years_ahead
    asks = turn.mind.yearly_aspects & set(turn.understanding.concepts)
    year = turn.today.year + ahead
    return year if ahead and asks and (year > turn.knowledge.year or ahead < 0) else 0


def _unclear_place(turn: Turn) -> Decision | None:
    place = turn.where.unclear
    if place is None or (turn.understanding.confidence < OFFER and not turn.before.topics):
        return None
    gazetteer = turn.knowledge.gazetteer
    known = [each for each in place.ids if each != NATION]
    options = tuple(Option(label=full_name(gazetteer, each), send=full_name(gazetteer, each)) for each in known[:5])
    other = Option(label=turn.phrase("option_region_other"), send=turn.phrase("option_region_other"))
    text = turn.phrase("ask_place", name=place.name)
    topics = meant.questions(turn) or meant.best_topics(turn)[:1] or turn.before.topics
    return clarify(turn, text, (*options, other), Asked.REGION, topics)


def _title_chosen(turn: Turn) -> Decision | None:
    """A tapped option, word for word."""
    text = turn.heard.text.strip()
    if text in turn.mind.titles and turn.mind.titles[text] != own.OWN_STATUS:
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
    is_elsewhere = turn.understanding.is_elsewhere and bool(turn.before.topics)
    if turn.where.unclear:
        return None
    names = said.places or said.exam or said.level or said.specialties or said.sites or said.mode or said.subjects
    if not (names or is_elsewhere or turn.where.is_named):
        return None
    asks = turn.understanding.is_question and not turn.understanding.is_follow_up
    if meant.is_plain(turn) or (meant.is_clear(turn) and (asks or not turn.before.topics)):
        return None
    left = turn.mind.scope_words.sub("", turn.understanding.rest)
    roles = {place.role for place in said.places}
    is_correction = {Role.DENIED, Role.PLACE} <= roles and bool(turn.before.topics) and len(left) <= SHORT
    takes_back = bool(turn.mind.corrections.search(turn.understanding.mended))
    is_scope = turn.where.is_named or (takes_back and bool(said.exam or said.level))
    is_told = not turn.understanding.is_question and is_scope and bool(turn.before.topics)
    if is_elsewhere or (is_told and (turn.before.asked is Asked.REGION or len(left) <= TOLD or takes_back)):
        return answer(replace(turn, slots=turn.slots.over(turn.before.memory.as_slots())), turn.before.topics, 1.0)
    is_count = bool(said.subjects) and len(left) <= COUNT and bool(turn.before.topics)
    if re.search(r"\w", left) and not is_count and not is_correction:
        return None
    if turn.before.topics:
        slots = turn.slots.over(turn.before.memory.as_slots())
        return answer(replace(turn, slots=slots), turn.before.topics, 1.0)
    if said.specialties and not said.places:
        return answer(turn, (turn.mind.specialty_topics[0].id,), NAMED)
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


def _no_place_given(turn: Turn) -> Decision | None:
    """Asked for the region, she says neither a place nor another question: what she asked keeps waiting."""
    found = turn.understanding
    if turn.before.asked is not Asked.REGION or not turn.before.topics or found.is_question or turn.where.is_named:
        return None
    if found.confidence >= meant.SURE and found.concepts:
        return None
    conversation = turn.remember(topics=turn.before.topics, failures=turn.before.failures + 1)
    text = turn.phrase("no_region_again")
    return Decision(
        kind=Kind.FALLBACK, text=text, conversation=conversation, topic=turn.before.topics[0], exam=turn.exam
    )


def _no_exam_given(turn: Turn) -> Decision | None:
    """Asked for the exam, she says something that does not tell it (我是护士): what she asked is told of each."""
    if turn.before.asked is not Asked.EXAM or not turn.before.topics or turn.understanding.is_question:
        return None
    return answer(turn, turn.before.topics, turn.understanding.confidence)


def _fallback(turn: Turn) -> Decision:
    failures = turn.before.failures + 1
    topics = meant.best_topics(turn)
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


RULES: tuple[Callable[[Turn], Decision | None], ...] = (
    guided.go_on,
    own.unbind_confirmed,
    _none_of_these,
    _nothing_said,
    _title_chosen,
    guided.begin,
    own.personal_number,
    own.command,
    _other_exam,
    _other_year,
    _scope_only,
    own.own_state,
    _unclear_place,
    meant.bare_keyword,
    _no_place_given,
    _no_exam_given,
    meant.reasons,
    follow_up,
    meant.of_day,
    meant.unlisted_specialty,
    meant.several,
    meant.of_specialty,
    meant.best,
)
