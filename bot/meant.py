"""Which topic is meant: by a bare keyword, a rejection text, a follow-up, several questions, a specialty, or likeness.

Rules of the dialogue, tried after those on scope and state; each decides or passes. Pure.
"""

import re
from dataclasses import replace

import msgspec

from bot.conversation import Asked
from bot.telling import PAIR, answer, clarify, near, topic_options
from bot.turn import Decision, Turn, aspects_of, prior, resolution_of
from intents.calibrate import ANSWER, OFFER
from intents.understand import Part
from knowledge.resolve import Found, Missing

SPECIALTY_TIE = 0.10  # of a score: within it, a named specialty makes a topic about specialties the likelier one
MOST_LIKELY = 6  # candidates of the whole message among which those of its clauses must be
SHORTEST_PART = 3  # characters that a clause must say beside its aspect: 在哪栋楼 belongs to the clause before it
PASTE = 200  # characters: a longer text without a clear question is a paste
LEAST_KNOWN = 0.20  # share of a text's weight that topics must know for it to mean any of them
PLAIN = 0.3  # score of a topic whose phrasing it nearly is
CLEAR = 0.12  # score of a topic that is asked about in so many words, whatever specialty is named beside it
PART_ANSWER = 0.75  # how sure each clause of a message must be to be answered as a question of its own
UNLISTED = "senior_specialty_missing"  # topic that says what holds for a specialty that is not on the list
MOST_ANSWERS = 4  # questions in one message that are answered
APART = 0.05  # of the best score: how much nearer two topics are than the third where both are told
TIE = 0.97  # share of the best score from which the next topic is meant as well
DAY_WORDS = 4  # characters beside a day and its stage that say no more: 才有空
CERTAIN = 0.87  # of a clause: it counts though the message as a whole does not point to its topic
SURE = 0.85  # confidence above which neither a remembered topic nor a rejection reason overrides the words themselves


def keyword(turn: Turn) -> tuple[str, ...]:
    """The topics that a bare keyword may mean; empty where the text is no bare keyword."""
    return _keyword_of(turn, turn.understanding.rest) or _keyword_of(turn, turn.understanding.mended)


def _keyword_of(turn: Turn, text: str) -> tuple[str, ...]:
    bare = re.sub(r"^那|呢$|[^\w]", "", text)
    return next((each.topics for each in turn.mind.understander.lexicon.keyword if bare in each.words), ())


def bare_keyword(turn: Turn) -> Decision | None:
    """缴费, 准考证: what is most likely meant is offered, not guessed; after another question it is a follow-up."""
    topics = keyword(turn)
    is_more = turn.understanding.is_follow_up or is_elliptical(turn, turn.understanding.rest)
    if not topics or (is_more and turn.before.topics):
        return None
    return clarify(turn, turn.phrase("ask_topic"), topic_options(turn, topics), Asked.TOPIC, topics[:1])


def reasons(turn: Turn) -> Decision | None:
    """A pasted rejection text: every reason in it is explained."""
    named = turn.slots.reasons
    top = turn.understanding.candidates[0].topic if turn.understanding.candidates else ""
    if len(named) > 1 or (len(named) == 1 and top not in named and turn.understanding.confidence < SURE):
        return answer(turn, named, 0.95)
    return None


def matter(turn: Turn, topic: str) -> str:
    """What a topic is about, for a question that leaves it out: its stage where a day is asked for, else its title."""
    known = turn.knowledge.topics[topic]
    asks_when = turn.mind.day_aspects & set(turn.understanding.concepts)
    return turn.mind.understander.lexicon.stages.get(known.stage, known.title) if asks_when else known.title


def is_elliptical(turn: Turn, text: str) -> bool:
    """Whether a text names an aspect (when, where) of something, and not the thing."""
    return not re.search(r"\w", turn.mind.small_words.sub("", text))


def several(turn: Turn) -> Decision | None:
    """More than one question in a message: each is answered, in order."""
    found = list(questions(turn))
    first = best_topics(turn)[:1]
    if len(found) == 1 and len(turn.understanding.parts) > 1 and is_plain(turn):
        return None  # one question, almost a phrasing's words: its clauses say no more than the whole
    if len(found) == 1 and turn.understanding.confidence >= SURE and len(turn.understanding.parts) > 1:
        if not first or not any(part.confidence >= CERTAIN for part in turn.understanding.parts if part.asks):
            return None
        found += [each for each in first if each not in found and turn.knowledge.topics[each].kind == "answer"]
    if len(found) < 2:
        return None
    return answer(turn, tuple(found[:MOST_ANSWERS]), turn.understanding.confidence)


def questions(turn: Turn) -> tuple[str, ...]:
    """The topics that the clauses of a message ask about, in order, as far as each is sure enough."""
    found: list[str] = []
    likely = {each.topic for each in turn.understanding.candidates[:MOST_LIKELY]}
    before = ""
    for part in turn.understanding.parts:
        topic = "" if part.is_own_state else _topic_of_part(turn, part, before)
        before = matter(turn, topic) if topic else part.text
        if topic and topic not in found and (topic in likely or part.is_elliptical or part.confidence >= CERTAIN):
            found.append(topic)
    return tuple(found)


def _topic_of_part(turn: Turn, part: Part, before: str) -> str:
    """What a clause asks, by itself or with what the clause before it spoke of; empty if that is not sure enough."""
    candidates, confidence = part.candidates, part.confidence
    keyword = _keyword_of(turn, part.text)
    if keyword and aspects_of(turn):
        again = turn.mind.understander.understand(part.text + "".join(aspects_of(turn)))
        candidates, confidence = again.candidates, again.confidence
    elif not part.asks:
        return ""
    if part.is_elliptical and before and not keyword and not (part.content and part.asks_when and confidence >= SURE):
        again = turn.mind.understander.understand(f"{part.text} {before}")
        candidates, confidence = again.candidates, again.confidence
    candidates = tuple(sorted(candidates, key=lambda each: -(each.score + prior(turn, each.topic))))
    if not candidates:
        return ""
    least = {"answer": PART_ANSWER, "unknown": SURE}.get(turn.knowledge.topics[candidates[0].topic].kind, 1.0)
    return candidates[0].topic if confidence >= least else ""


def of_day(turn: Turn) -> Decision | None:
    """A day and a stage, and hardly a word beside them: 15号去确认行吗 is about that stage's window."""
    found = turn.understanding
    first = turn.knowledge.topics[found.candidates[0].topic] if found.candidates else None
    if not turn.slots.days or not found.is_question:
        return None
    for window, topic in turn.mind.understander.lexicon.window_topics.items():
        left = turn.mind.window_words[window].sub("", found.rest)
        if left == found.rest or len(re.sub(r"\W", "", turn.mind.small_words.sub("", left))) > DAY_WORDS:
            continue
        has_window = first is not None and first.kind == "answer" and bool(first.window)
        return answer(turn, (first.id if first and has_window else topic,), SURE)
    return None


def unlisted_specialty(turn: Turn) -> Decision | None:
    """A specialty is asked for that the region's list does not have: that is an answer."""
    name, topic = turn.slots.unlisted, turn.knowledge.topics.get(UNLISTED)
    if not name or topic is None or not isinstance(resolution_of(turn, topic), Found):
        return None
    about = {UNLISTED, *(related for each in turn.mind.specialty_topics for related in (each.id, *each.related))}
    likely = {each.topic for each in turn.understanding.candidates[:PAIR]}
    if not likely & about:
        return None
    decision = answer(turn, (UNLISTED,), turn.understanding.confidence)
    return replace(decision, text=turn.phrase("specialty_unlisted", name=name) + decision.text)


def of_specialty(turn: Turn) -> Decision | None:
    """A specialty is named and little else that is certain: its row answers code, name, licence and level at once."""
    last = turn.knowledge.topics[turn.before.topics[0]] if turn.before.topics else None
    says_who = turn.mind.technicians.search(turn.understanding.text) or turn.mind.doctors.search(
        turn.understanding.text
    )
    if last in turn.mind.specialty_topics and says_who and not turn.understanding.is_question:
        return answer(replace(turn, slots=turn.slots.over(turn.before.memory.as_slots())), turn.before.topics, SURE)
    if not turn.slots.specialties or not turn.region:
        return None
    told = [topic for topic in turn.mind.specialty_topics if isinstance(resolution_of(turn, topic), Found)]
    names = {topic.id for topic in told}
    ranked = turn.understanding.candidates
    if not told or (ranked and ranked[0].topic in names):
        return None
    content = turn.mind.scope_words.sub("", turn.mind.small_words.sub("", turn.understanding.rest))
    near = [each for each in ranked if each.topic in names]
    asks_plainly = bool(set(turn.understanding.concepts) & turn.mind.clear_aspects)
    if is_clear(turn):
        return None
    is_near = bool(near) and ranked[0].score - near[0].score < SPECIALTY_TIE
    if is_near or not (asks_plainly or re.search(r"\w", content)):
        return answer(turn, (near[0].topic if near else told[0].id,), turn.understanding.confidence)
    return None


def is_plain(turn: Turn) -> bool:
    """Whether the words are almost those of a phrasing: 浙大附属医院在哪报名 is no mere place."""
    return is_clear(turn) and turn.understanding.candidates[0].score >= PLAIN


def is_clear(turn: Turn) -> bool:
    """Whether a topic is asked about in so many words, whatever specialty is named beside it."""
    first = turn.understanding.candidates[0] if turn.understanding.candidates else None
    kind = turn.knowledge.topics[first.topic].kind if first else ""
    if first is None or kind != "answer":
        return False
    return first.score >= CLEAR and turn.understanding.confidence >= SURE


def best(turn: Turn) -> Decision | None:
    """The topic that is most likely meant, if that is likely enough; else the nearest are offered."""
    topics = best_topics(turn)
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
    first = turn.knowledge.topics[topics[0]]
    if first.kind == "unknown" or isinstance(resolution_of(turn, first), Missing):
        return answer(turn, topics[:1], confidence)
    options = topic_options(turn, topics)
    if not options:
        return None
    if _is_pair(turn):
        decision = near(turn, topics, confidence)
        if decision is not None:
            return decision
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


def _is_pair(turn: Turn) -> bool:
    """Whether two topics are clearly nearer than any other."""
    scores = [each.score for each in turn.understanding.candidates[: PAIR + 1]]
    return len(scores) == PAIR or (len(scores) > PAIR and scores[PAIR - 1] - scores[PAIR] >= APART * scores[0])


def _is_tie(turn: Turn) -> bool:
    """Whether two topics are meant about equally: both are told."""
    nearest = turn.understanding.candidates[:2]
    if len(nearest) < 2 or nearest[1].score < TIE * nearest[0].score:
        return False
    return {turn.knowledge.topics[each.topic].kind for each in nearest} == {"answer"}


def best_topics(turn: Turn) -> tuple[str, ...]:
    """The candidates worth telling, best first."""
    return tuple(
        each.topic
        for each in turn.understanding.candidates[:MOST_LIKELY]
        if turn.knowledge.topics[each.topic].kind != "status"
    )
