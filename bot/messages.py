"""The values that pass between channels and the dialogue: what came in, what goes out. No behaviour, no I/O."""

import datetime as dt
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What a reply is, as the chat contract names it."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    FALLBACK = "fallback"
    STATUS = "status"
    SMALLTALK = "smalltalk"


class UnknownScope(ValueError):  # noqa: N818  # said as a statement: the scope is unknown
    """A region or exam that a page passed names nothing, or several. Pass an id or a full name."""

    def __init__(self, field: str, value: str) -> None:
        """`field` is region or exam."""
        super().__init__(f"unknown {field}: {value!r}")
        self.field, self.value = field, value


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a user said, whichever channel it came by."""

    id: str
    """Unique per message of a channel; the same id again is the same message and gets the same reply."""
    channel: str
    """web, wechat, terminal."""
    user: str
    """Opaque, unique within the channel: a conversation id, an openid."""
    text: str
    region: str = ""
    """A region by name or id, as a page or QR code passes it; unknown names raise UnknownScope."""
    exam: str = ""
    """An exam by name or id, passed likewise; unknown names raise UnknownScope."""


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tap; tapping says `send`."""

    label: str
    send: str


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A page to open."""

    label: str
    url: str


class Citation(msgspec.Struct, frozen=True, kw_only=True):
    """A clause that a reply rests on, quoted word for word."""

    notice: str
    title: str
    clause: str
    """As people cite it: 二（一）."""
    quote: str
    url: str
    """The page of this bot that shows the notice with the clause marked."""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A region or an exam, by id and by the name that people read."""

    id: str
    name: str


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot says; each channel renders it in its own way."""

    id: str
    kind: Kind
    text: str
    """The whole reply as plain text: every fact it gives is in it."""
    options: tuple[Option, ...] = ()
    links: tuple[Link, ...] = ()
    sources: tuple[Citation, ...] = ()
    topic: str | None = None
    region: Named | None = None
    exam: Named | None = None
    confidence: float | None = None
    """Calibrated probability, 0 to 1, that the topic is the one asked for; None where nothing was matched."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A question that was not answered, or answered "none of these": staff work through them."""

    question: str
    """What was typed, personal numbers masked."""
    reason: str
    """fallback, none_of_these, unknown, unsure, low_confidence, not_helpful."""
    region: str
    topic: str
    """The nearest topic, or empty."""
    at: dt.datetime
    exam: str = ""
    channel: str = ""
    confidence: float | None = None
    """That the nearest topic is the one asked for; None where nothing was matched."""
    why: str = ""
    """The rule of the dialogue that decided."""
    comment: str = ""
    """What was written beside a low rating, personal numbers masked."""


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a reply helped."""

    user: str
    channel: str
    reply_id: str
    helpful: bool
    comment: str = ""
    """Personal numbers masked."""
