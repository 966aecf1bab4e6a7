"""One turn as the journal keeps it: what was told, when, by which edition; nothing in it says to whom. Values only."""

import msgspec


class Journalled(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn leaves in the journal, beside its moment, channel and the id of its reply."""

    who: str
    """A keyed mark of the user: the same user has the same one, and it leads back to nobody."""
    edition: int
    """Of the content that decided; 0 where that was none of the store's."""
    kind: str
    topic: str = ""
    region: str = ""
    exam: str = ""
    question: str = ""
    """What was said, without personal numbers and names; empty where the reply tells of somebody's own state."""
    is_exact: bool = False
    """Whether replaying it has to give the same reply, byte for byte: nothing but personal numbers was taken out."""
    before: bytes = b""
    """The conversation before it and what the page passed, encrypted.

    Empty where there was neither, and where the reply tells of somebody's own state.
    """
    reply: bytes = b""
    """The reply without its id and without reminders, as bot.messages.Reply in JSON; empty likewise."""
