"""What a message comes to, before anything is kept: made once, however often the same is asked. Pure."""

from dataclasses import dataclass

import msgspec

from bot.conversation import encode
from bot.dialogue import Decision
from bot.messages import Reply


@dataclass(frozen=True, slots=True)
class Answered:
    """A decision and what is said by it, also in the forms in which they are kept."""

    decision: Decision
    reply: Reply
    """Without an id, which is another each time."""
    question: str
    """The text as it may be kept."""
    is_exact: bool
    """Whether nothing but personal numbers was taken out of it."""
    conversation: bytes
    """The conversation after it, encoded."""
    body: bytes
    """The reply as the journal keeps and compares it."""


def answered(decision: Decision, reply: Reply, question: str, is_exact: bool) -> Answered:
    """With the forms in which it is kept."""
    return Answered(decision, reply, question, is_exact, encode(decision.conversation), body_of(reply))


def body_of(reply: Reply) -> bytes:
    """A reply without its id and nothing else."""
    return msgspec.json.encode(msgspec.structs.replace(reply, id=""))
