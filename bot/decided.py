"""Remembers what was decided and said: many candidates ask the same in the same words, above all by menus and options."""

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable

from bot import privacy
from bot.answered import Answered, answered
from bot.conversation import decode, within
from bot.dialogue import Decision, Heard, decide
from bot.messages import Reply
from bot.mind import Mind
from knowledge.model import beijing

REMEMBERED = 1024  # decisions; some 10 KB each
LONGEST = 200  # characters; longer messages hardly come twice


class Decided:
    """`dialogue.decide` with a memory. It is pure, so the same message on the same conversation and day is decided alike."""

    def __init__(self, reply_of: Callable[[Mind, Decision], Reply]) -> None:
        """`reply_of` makes a decision into a reply; pure too."""
        self._reply_of = reply_of
        self._mind: Mind | None = None
        self._known: OrderedDict[tuple[Heard, bytes | None, dt.date], Answered] = OrderedDict()

    def decide(self, mind: Mind, heard: Heard, kept: bytes | None, now: dt.datetime) -> Answered:
        """What to answer on top of a conversation as it was kept, what to remember, and what to say."""
        if mind is not self._mind:
            self._mind = mind
            self._known.clear()
        key = heard, kept, beijing(now)
        if (found := self._known.get(key)) is not None:
            self._known.move_to_end(key)
            return found
        decision = decide(mind, heard, within(mind.knowledge, decode(kept)), now)
        found = answered(decision, self._reply_of(mind, decision), *privacy.kept(heard.text))
        if _may_stay(heard, decision):
            self._known[key] = found
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found


def _may_stay(heard: Heard, decision: Decision) -> bool:
    """Whether nothing of it is personal: no number, no registration, no self-check. That one's own is asked for is not."""
    after = decision.conversation
    is_general = after.own is None and after.checking is None
    return is_general and len(heard.text) <= LONGEST and not privacy.has_number(heard.text)
