"""Replay: a turn is decided again from its line in the journal, with the edition that decided it or with another. Pure."""

import datetime as dt

from bot import privacy
from bot.conversation import decode, within
from bot.dialogue import Decision, Heard, decide
from bot.journalling import Before
from bot.messages import Reply
from bot.mind import Mind
from bot.responder import reply_of
from bot.staff.journal import Line


def again(mind: Mind, line: Line, before: Before, now: dt.datetime, public_url: str) -> Reply:
    """What the bot says to it at a moment, without an id; of a line that tells nobody's own state."""
    return reply_of(mind, decided(mind, line, before, now), public_url)


def decided(mind: Mind, line: Line, before: Before, now: dt.datetime) -> Decision:
    """The decision behind it."""
    heard = Heard(text=privacy.restored(line.question), region=before.region, exam=before.exam)
    return decide(mind, heard, within(mind.knowledge, decode(before.conversation)), now)
