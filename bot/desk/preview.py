"""A topic as candidates would see it: asked by its title, at any moment, on any knowledge, as each channel shows it. Pure."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import msgspec

from bot.conversation import Conversation
from bot.dialogue import Heard, decide
from bot.messages import Reply
from bot.mind import Mind, remembered
from bot.need import Need
from bot.responder import reply_of
from bot.staff.library import Preview
from knowledge.model import Knowledge
from knowledge.render import RenderError

Wechat = Callable[[Reply], tuple[str, ...]]
"""A reply as the texts that the WeChat channel would send."""


def with_knowledge(mind: Mind, knowledge: Knowledge) -> Mind:
    """The same understanding over another knowledge: for what does not depend on phrasings."""
    return replace(
        mind,
        knowledge=knowledge,
        resolve=remembered(knowledge),
        titles={topic.title: topic.id for topic in knowledge.topics.values()},
    )


def preview(mind: Mind, topic: str, region: str, exam: str, at: dt.datetime, wechat: Wechat, url: str = "") -> Preview:
    """What is told on a topic in a scope at a moment. `region` and `exam` are ids, or empty where unknown."""
    found = mind.knowledge.topics.get(topic)
    if found is None:
        return Preview(at=at, trouble="no_topic")
    if found.kind == "status":
        return Preview(at=at, trouble="own_state")
    try:
        decision = decide(mind, Heard(text=found.title, region=region, exam=exam), Conversation(), at)
    except RenderError as error:
        return Preview(at=at, trouble="unfilled", detail=str(error))
    if decision.asks is not Need.NOTHING:
        return Preview(at=at, trouble="own_state")
    reply = msgspec.structs.replace(reply_of(mind, decision, url), id="preview")
    return Preview(at=at, reply=reply, wechat=wechat(reply))
