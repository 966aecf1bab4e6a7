"""A text as the client shows it: plain runs, links to pages, and bizmsgmenu links that say something."""

import html
import re
from dataclasses import dataclass
from urllib.parse import unquote

LINK = re.compile(
    r"""<a\s[^<>]*?href\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')[^<>]*>(.*?)</a\s*>""", re.IGNORECASE | re.DOTALL
)
PREFIX = "weixin://bizmsgmenu?"


@dataclass(frozen=True, slots=True)
class Plain:
    """A run of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A link to a page."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A link that says `content` when tapped."""

    label: str
    content: str
    menu_id: str


Piece = Plain | Page | Menu


def pieces(text: str) -> list[Piece]:
    """The pieces in order. What is no link that the client opens stays text."""
    found: list[Piece] = []
    end = 0
    for match in LINK.finditer(text):
        piece = _link(html.unescape(match[1] or match[2] or ""), html.unescape(match[3]))
        if piece is None:
            continue
        if match.start() > end:
            found.append(Plain(text[end : match.start()]))
        found.append(piece)
        end = match.end()
    if end < len(text):
        found.append(Plain(text[end:]))
    return found


def _link(target: str, label: str) -> Piece | None:
    if target.startswith(("http://", "https://")):
        return Page(label, target)
    if not target.startswith(PREFIX):
        return None
    given = dict(part.partition("=")[::2] for part in target.removeprefix(PREFIX).split("&"))
    content, menu_id = unquote(given.get("msgmenucontent", "")), unquote(given.get("msgmenuid", ""))
    return Menu(label, content, menu_id) if content and menu_id else None
