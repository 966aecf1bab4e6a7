"""Rules on the candidate's own registration and account: what needs to be got for them, and what is refused. Pure.

A decision that needs something is whole by itself, as somebody gets it who is not bound where no link can be given.
"""

import re
from dataclasses import replace

from bot import meant, privacy
from bot.conversation import Asked
from bot.messages import Citation, Kind, Option
from bot.need import Need
from bot.telling import answer
from bot.turn import Decision, Turn
from intents.calibrate import ANSWER

OWN_STATUS = "own_status"  # topic of questions about one's own registration
UNBIND_WECHAT = "unbind_wechat"  # topic that 解绑 may mean as well
LEAST_WORDS = 6  # characters beside a number that make it a question of its own


def personal_number(turn: Turn) -> Decision | None:
    """An ID or phone number in the text: nobody is looked up by it."""
    if not privacy.has_number(turn.heard.text):
        return None
    words = re.sub(r"[^\u4e00-\u9fff]", "", turn.understanding.text)
    found = turn.understanding
    is_general = not found.is_own_state and not _is_status_topic(turn)
    is_question = found.is_question and found.confidence >= ANSWER and is_general
    if is_question and len(words) > LEAST_WORDS:
        return None
    seen = turn.phrase("number_seen")
    if is_about_others(turn):
        return _plain(turn, seen + turn.phrase("status_other"))
    return replace(_plain(turn, seen + turn.phrase("status_unbound")), asks=Need.BIND, lead=seen)


def command(turn: Turn) -> Decision | None:
    """绑定, 解绑, 我的数据, 提醒我, 取消提醒: the whole of a message asks for it."""
    said = _said(turn)
    for pattern, row in turn.mind.commands:
        if pattern.fullmatch(said):
            need = Need(row.need)
            if need is Need.UNBIND:
                return _ask_unbind(turn) if row.confirm else _unbind(turn)
            key = "my_data_unbound" if need is Need.MY_DATA else "status_unavailable"
            key = "was_not_subscribed" if need is Need.UNSUBSCRIBE else key
            return replace(_plain(turn, turn.phrase(key)), asks=need, events=row.events)
    return None


def unbind_confirmed(turn: Turn) -> Decision | None:
    """The answer to whether 怎么解绑 asks for it."""
    if turn.before.asked is not Asked.UNBIND:
        return None
    said = _said(turn)
    if said == turn.phrase("unbind_yes") or said in turn.knowledge.status.yes:
        return _unbind(turn)
    if said == turn.phrase("unbind_no") or said in turn.knowledge.status.no:
        return _plain(turn, turn.phrase("unbind_kept"))
    return None


def _said(turn: Turn) -> str:
    """A message without what may stand around a command."""
    return turn.understanding.text.strip(" ,.!?;:，。！？；：~")


def _unbind(turn: Turn) -> Decision:
    """Delete the binding here; the one on the examination's own platform is a topic, offered beside it."""
    options = _platform(turn)
    decision = _plain(turn, turn.phrase("was_not_bound"))
    conversation = turn.remember(options=options)
    return replace(decision, asks=Need.UNBIND, options=options, conversation=conversation)


def _platform(turn: Turn) -> tuple[Option, ...]:
    topic = turn.knowledge.topics.get(UNBIND_WECHAT)
    return (Option(label=topic.title, send=topic.title),) if topic else ()


def _ask_unbind(turn: Turn) -> Decision:
    texts = (turn.phrase("unbind_yes"), turn.phrase("unbind_no"))
    options = (*(Option(label=each, send=each) for each in texts), *_platform(turn))
    decision = _plain(turn, turn.phrase("unbind_ask"))
    conversation = turn.remember(asked=Asked.UNBIND, options=options, own=turn.before.own)
    return replace(decision, kind=Kind.CLARIFY, options=options, conversation=conversation)


def own_state(turn: Turn) -> Decision | None:
    """About the candidate's own registration; what is asked beside it is answered too."""
    found = turn.understanding
    is_sure = _is_status_topic(turn) and found.confidence >= ANSWER and not found.is_general
    is_sure = is_sure and not (found.is_follow_up and meant.is_elliptical(turn, found.rest))
    if not (turn.understanding.is_own_state or is_sure):
        return None
    is_others = is_about_others(turn)
    text, beside = turn.phrase("status_other" if is_others else "status_unbound"), ""
    sources: tuple[Citation, ...] = ()
    asked = meant.questions(turn)
    if asked:
        told = answer(turn, asked, turn.understanding.confidence)
        if told.kind is Kind.ANSWER:
            beside, sources, asked = told.text, told.sources, ()
    decision = replace(
        _plain(turn, "\n\n".join(filter(None, [text, beside]))),
        exam=turn.exam,
        beside=beside,
        left=asked,
        sources=sources,
        conversation=turn.remember(topics=(OWN_STATUS,)),
    )
    return decision if is_others else replace(decision, asks=Need.STATUS)


def _is_status_topic(turn: Turn) -> bool:
    """Whether the topic that is likeliest meant is one's own state."""
    found = turn.understanding.candidates
    return bool(found) and turn.knowledge.topics[found[0].topic].kind == "status"


def is_about_others(turn: Turn) -> bool:
    """Whether it is somebody else's registration that is asked about, not one's own that a teacher looks at."""
    text, mind = turn.understanding.text, turn.mind
    if mind.mine.search(text):
        return False
    for person in mind.others_state.finditer(text):
        helps = mind.agents.match(text, person.end())
        is_agent = helps and len(person[0]) > 1 and mind.knowledge.status.me in text[: person.start()] + helps[0]
        if not is_agent:
            return True
    return False


def _plain(turn: Turn, text: str) -> Decision:
    return Decision(
        kind=Kind.STATUS,
        text=text,
        conversation=turn.remember(own=turn.before.own),
        topic=OWN_STATUS,
        region=turn.region,
    )
