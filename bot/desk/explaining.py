"""One turn with the reply and why it is that reply: the same steps as the dialogue takes, laid open. Pure."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import msgspec

from bot import privacy
from bot.conversation import Conversation
from bot.desk.scoped import outcome, resolved, slots
from bot.dialogue import RULES, Decision, Heard, choice, decide, name_of
from bot.messages import Kind, Reply
from bot.mind import Mind
from bot.need import Need
from bot.responder import gap_reason, reply_of
from bot.staff.trial import CandidateView, Explained, PartView
from bot.turn import Turn, resolution_of, turn_of
from intents.calibrate import ANSWER, OFFER

MOST_CANDIDATES = 7
Wechat = Callable[[Reply], tuple[str, ...]]
"""A reply as the texts that the WeChat channel would send."""


def explained(
    mind: Mind, heard: Heard, before: Conversation, now: dt.datetime, shown: tuple[Wechat, str]
) -> tuple[Explained, Conversation]:
    """What is said to a message, why, and the conversation after it.

    `shown` is how WeChat shows a reply, and the address under which pages are. Raises knowledge.render.RenderError.
    """
    decision = decide(mind, heard, before, now)
    chosen = choice(heard.text, before)
    turn = turn_of(mind, replace(heard, text=heard.text if chosen is None else chosen), before, now)
    told = _told(decision)
    wechat, url = shown
    reply = msgspec.structs.replace(reply_of(mind, decision, url), id="trial")
    found = turn.understanding
    names = [name_of(rule) for rule in RULES]
    passed = names[: names.index(decision.rule)] if decision.rule in names else names
    view = Explained(
        said=privacy.redact(heard.text),
        reply=reply,
        wechat=wechat(reply),
        needs="" if decision.asks is Need.NOTHING else decision.asks.value,
        gap=gap_reason(decision),
        normalised=found.text,
        chosen=chosen or "",
        mended=found.mended,
        rest=found.rest,
        concepts=found.concepts,
        known=found.known,
        slots=slots(turn),
        candidates=_candidates(turn, told),
        confidence=found.confidence,
        answers_from=ANSWER,
        offers_from=OFFER,
        parts=_parts(turn),
        passed=tuple(passed),
        rule=decision.rule,
        resolved=resolved(turn, told or tuple(each.topic for each in found.candidates[:1])),
    )
    return view, decision.conversation


def _told(decision: Decision) -> tuple[str, ...]:
    """The topics that the reply tells, or that wait for what it asks."""
    if decision.kind is Kind.ANSWER and decision.topic in decision.conversation.topics:
        return decision.conversation.topics
    return (decision.topic,) if decision.topic else ()


def _candidates(turn: Turn, told: tuple[str, ...]) -> tuple[CandidateView, ...]:
    """Score and what it is made of, as far as matching looks."""
    plain = turn.mind.understander.understand(privacy.mask(turn.heard.text))
    likeness = {each.topic: each.score for each in plain.candidates}
    topics = turn.knowledge.topics
    return tuple(
        CandidateView(
            topic=each.topic,
            title=topics[each.topic].title,
            likeness=likeness[each.topic],
            prior=round(each.score - likeness[each.topic], 4),
            score=round(each.score, 4),
            phrasing=each.phrasing,
            outcome=outcome(resolution_of(turn, topics[each.topic])),
            is_told=each.topic in told,
        )
        for each in turn.understanding.candidates[:MOST_CANDIDATES]
    )


def _parts(turn: Turn) -> tuple[PartView, ...]:
    topics = turn.knowledge.topics
    return tuple(
        PartView(
            text=part.text,
            asks=part.asks,
            topic=part.candidates[0].topic if part.candidates else "",
            title=topics[part.candidates[0].topic].title if part.candidates else "",
            confidence=part.confidence,
        )
        for part in turn.understanding.parts
    )
