"""A WeChat text as a phone shows it: plain text and links. Whatever else looks like markup stays text."""

import html
import re
from typing import NamedTuple

LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
SAYS = "weixin://bizmsgmenu?"


class Piece(NamedTuple):
    """A stretch of the text."""

    text: str
    url: str = ""
    """Where a link leads; empty for text, and for a link that says something when it is tapped."""
    is_tap: bool = False
    """Whether it is such a link."""


def pieces(text: str) -> tuple[Piece, ...]:
    """The stretches in order. A template escapes them: nothing here is markup any more."""
    found, end = [], 0
    for link in LINK.finditer(text):
        if link.start() > end:
            found.append(Piece(text[end : link.start()]))
        url = html.unescape(link[1])
        is_page = url.startswith(("https://", "http://", "/"))
        found.append(Piece(link[2], url if is_page else "", url.startswith(SAYS)))
        end = link.end()
    return (*found, Piece(text[end:])) if end < len(text) else tuple(found)
