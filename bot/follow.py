"""Follow-ups: what a message leaves out, it takes from the last question. Rules of the dialogue; pure."""

from dataclasses import replace

from bot.meant import is_elliptical, is_plain, keyword, matter
from bot.telling import answer
from bot.turn import Decision, Turn
from intents.calibrate import ANSWER, OFFER

VAGUE = 0.2  # score below which a message with a day asks nothing new, what was spoken of before counted in


def follow_up(turn: Turn) -> Decision | None:
    """那缴费呢, 电话多少, 最晚哪天: what was left out is taken from the last question."""
    last = turn.before.topics[0] if turn.before.topics else ""
    if not last:
        return None
    if _is_detail(turn, last) or _names_day(turn, last) or _names_level(turn, last):
        slots = turn.slots.over(turn.before.memory.as_slots())
        return answer(replace(turn, slots=slots), (last,), turn.understanding.confidence)
    aspects = set(turn.knowledge.lexicon["aspects"])
    if keyword(turn) and turn.understanding.is_follow_up and turn.before.aspects:
        return _again(turn, "".join(turn.before.aspects))
    found = turn.understanding
    names_its_matter = not turn.mind.telling_aspects.isdisjoint(found.concepts)
    if (
        is_elliptical(turn, found.rest)
        and not names_its_matter
        and (found.is_follow_up or set(found.concepts) & aspects)
    ):
        return _again(turn, matter(turn, last))
    return None


def _is_detail(turn: Turn, last: str) -> bool:
    """Whether a message only tells more of what was asked before: 从哪天起算, then 我19年考出来的."""
    found = turn.understanding
    if found.is_question or not found.candidates or found.confidence >= ANSWER:
        return False
    return found.candidates[0].topic == last and turn.knowledge.topics[last].kind == "answer"


def _names_day(turn: Turn, last: str) -> bool:
    """Whether a day is held against the window spoken of: 几号现场确认, then 11号去行吗."""
    found = turn.understanding
    by_other = turn.mind.proxies.search(found.mended)
    if by_other or not (turn.slots.days and turn.knowledge.topics[last].window and found.is_question):
        return False
    return not found.candidates or found.candidates[0].score < VAGUE


def _names_level(turn: Turn, last: str) -> bool:
    """Whether a level is held against the specialty spoken of: 药物分析的编码, then 我想先报副高."""
    is_specialtys = turn.knowledge.topics[last] in turn.mind.specialty_topics and bool(turn.before.memory.specialties)
    found = turn.understanding
    says_level = bool(found.slots.level) and not turn.slots.specialties and not is_plain(turn)
    return is_specialtys and says_level and turn.mind.clear_aspects.isdisjoint(found.concepts)


def _again(turn: Turn, added: str) -> Decision | None:
    """The answer to a follow-up with the words that it left out."""
    found = turn.mind.understander.understand(turn.understanding.mended.rstrip("?？呢") + " " + added)
    known = [each for each in found.candidates if turn.knowledge.topics[each.topic].kind in ("answer", "unknown")]
    if not known or found.confidence < OFFER:
        return None
    slots = replace(turn.slots.over(turn.before.memory.as_slots()), days=turn.slots.days)
    return answer(replace(turn, slots=slots), (known[0].topic,), found.confidence)
