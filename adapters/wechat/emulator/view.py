"""An entry of the journal as the page shows it: a bubble on the phone, a line beside it, or both."""

import datetime as dt

import msgspec

from adapters.wechat.emulator.journal import Entry, Kind
from adapters.wechat.emulator.pieces import Menu, Page, Piece, pieces
from adapters.wechat.emulator.verdict import Article
from adapters.wechat.emulator.words import phrase, reason, words

BEIJING = dt.timezone(dt.timedelta(hours=8))
QUIET_DOINGS = frozenset({"subscribe", "subscribe_scene", "SCAN", "unsubscribe", "CLICK", "VIEW"})
"""What a user does without saying anything: a note in the middle and no bubble."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run of text, or a link."""

    text: str
    url: str = ""
    """A page."""
    say: str = ""
    """A bizmsgmenu link: what it says."""
    menu_id: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows of an entry."""

    number: int
    kind: Kind
    name: str
    time: str
    text: str
    """The line in the list of exchanges."""
    tone: str
    """good, bad or plain."""
    bubble: str
    """Whose bubble it is on the phone: mine, theirs, note, fault; empty for none."""
    parts: tuple[Part, ...] = ()
    articles: tuple[Article, ...] = ()


TONES = {Kind.ANSWERED: "good", Kind.SHOWN: "good", Kind.CUSTOMER_SERVICE: "good"} | dict.fromkeys(
    (Kind.FAILED, Kind.FAULT, Kind.ALARM, Kind.DROPPED), "bad"
)
BUBBLES = {Kind.SHOWN: "theirs", Kind.CUSTOMER_SERVICE: "theirs", Kind.FAULT: "fault"}


def line_of(entry: Entry) -> Line:
    """The entry as the page shows it."""
    bubble = BUBBLES.get(entry.kind, "")
    if entry.kind is Kind.DONE:
        bubble = "note" if entry.name in QUIET_DOINGS else "mine"
    is_refused = entry.kind is Kind.CALL and (entry.code != 0 or entry.reason != "")
    return Line(
        number=entry.number,
        kind=entry.kind,
        name=entry.name,
        time=dt.datetime.fromtimestamp(entry.at, BEIJING).strftime("%H:%M:%S"),
        text=_told(entry),
        tone="bad" if is_refused else TONES.get(entry.kind, "plain"),
        bubble=bubble,
        parts=_parts(entry) if bubble else (),
        articles=entry.articles,
    )


def _told(entry: Entry) -> str:
    return phrase(
        "journal",
        entry.kind,
        name=entry.name,
        attempt=entry.attempt,
        ms=round(entry.ms),
        reason=reason(entry.reason),
        code=entry.code or entry.reason or "ok",
        text=entry.text,
    )


def _parts(entry: Entry) -> tuple[Part, ...]:
    if entry.kind is Kind.DONE:
        return (Part(text=entry.text),)
    if not entry.text and not entry.articles:
        return (Part(text=words()["media"].get(entry.name, entry.name)),)
    return tuple(_part(piece) for piece in pieces(entry.text))


def _part(piece: Piece) -> Part:
    match piece:
        case Menu(label=label, content=content, menu_id=menu_id):
            return Part(text=label, say=content, menu_id=menu_id)
        case Page(label=label, url=url):
            return Part(text=label, url=url)
        case _:
            return Part(text=piece.text)
