"""What a turn leaves in the journal, and what it takes to decide it again. Knows no store.

Nothing in a line says who somebody is. Of a reply on somebody's own registration its kind and topic stay, and nothing else.
"""

import datetime as dt

import msgspec

from bot.answered import Answered
from bot.conversation import Asked, Conversation, decode
from bot.dialogue import Decision, Heard
from bot.journalled import Journalled
from bot.messages import Kind, Message
from bot.need import Need
from bot.sealing import Sealer


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn was decided on, beside its text."""

    conversation: bytes = b""
    """As the dialogue encoded it."""
    region: str = ""
    """The region that the page passed, by id; so is the exam."""
    exam: str = ""


NOTHING = Before()


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A message and what it was decided on."""

    message: Message
    heard: Heard
    before: bytes | None
    """The conversation before it, plain."""
    edition: int
    now: dt.datetime


class Journalling:
    """Makes lines and opens them."""

    def __init__(self, sealer: Sealer | None) -> None:
        """Without a sealer, as in the terminal, nothing is journalled."""
        self._sealer = sealer

    def who(self, channel: str, user: str) -> str:
        """The mark of a user; the audit log of bindings has the same."""
        return self._sealer.mark("user", channel, user) if self._sealer else ""

    def line(self, received: Received, need: Need, answered: Answered, reply_id: str) -> Journalled | None:
        """The line of a turn; `need` is what it asked for before it was settled."""
        if self._sealer is None:
            return None
        message, heard, decision = received.message, received.heard, answered.decision
        who = "" if need is Need.UNBIND else self.who(message.channel, message.user)  # who unbinds leaves no trace
        general = Journalled(
            who=who, edition=received.edition, kind=decision.kind.value, topic=decision.topic, region="", exam=""
        )
        if need is not Need.NOTHING or _is_own(received.before, decision):
            return general
        before = Before(conversation=received.before or b"", region=heard.region, exam=heard.exam)
        plain = msgspec.msgpack.encode(before) if before != NOTHING else b""
        return msgspec.structs.replace(
            general,
            region=decision.region,
            exam=decision.exam,
            question=answered.question,
            is_exact=answered.is_exact,
            before=self._sealer.seal(plain, _place(who, reply_id)) if plain else b"",
            reply=answered.body,
        )

    def before(self, sealed: bytes, who: str, reply_id: str) -> Before:
        """What a turn was decided on. Raises bot.sealing.BrokenSeal."""
        if not sealed:
            return NOTHING
        plain = self._sealer.open(sealed, _place(who, reply_id)) if self._sealer else b""
        return msgspec.msgpack.decode(plain, type=Before)


def _is_own(before: bytes | None, decision: Decision) -> bool:
    """Whether a reply tells of somebody's own state, or of a self-check that somebody answers."""
    after = decision.conversation
    if decision.kind is Kind.STATUS or after.own is not None or after.checking is not None:
        return True
    known: Conversation = decode(before)
    return known.asked is Asked.CHECK


def _place(who: str, reply_id: str) -> str:
    """What the conversation before a line is sealed for: moved to another line it does not open."""
    return msgspec.json.encode(["journal", who, reply_id]).decode()
