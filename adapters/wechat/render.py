"""Makes a reply into texts as the platform shows them: short enough, options and sources as links. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

from adapters.wechat.cut import cut
from adapters.wechat.words import Words
from adapters.wechat.xml import ILLEGAL
from bot.messages import Citation, Option, Reply

MOST_BYTES = 2000  # of a text, markup included; above 2048 the user is told that the account is out of order
MOST_LINKED = 8  # options that are links; the others are answered by number
LONGEST_LABEL = 40  # characters
LONGEST_SENT = 40  # characters that a tap says; an option that says more is tapped by its number
MOST_NOTICES = 3  # that the line of sources links to
MARKUP = re.compile(r"<(?=[A-Za-z/])")  # what the client could take for a tag
WIDE = str.maketrans("<>", "＜＞")  # inside a link nothing may look like its end
ESCAPED = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "\"#%&'+/<=>?\\ \t\r\n"})


def parts_of(reply: Reply, words: Words) -> tuple[str, ...]:
    """The reply as one text, or as several of which each but the last says how to get the next."""
    listed = "\n".join(f"{number}. {option.label}" for number, option in enumerate(reply.options, 1))
    text = reply.text.removesuffix(listed) if listed else reply.text
    lines = [plain(text.rstrip()), *_options(reply.options)]
    lines += [anchor(link.url, link.label) for link in reply.links if is_page(link.url)]
    if sources := _sources(reply.sources):
        lines.append(words.texts.source.format(links=sources))
    return split("\n".join(line for line in lines if line), words)


def split(text: str, words: Words) -> tuple[str, ...]:
    """A text as texts that the platform takes; each but the last says how to get the next."""
    if len(text.encode()) <= MOST_BYTES:
        return (text,)
    tail = tail_of(words)
    *pieces, last = cut(text, MOST_BYTES - len(tail.encode()))
    return (*(piece + tail for piece in pieces), last)


def tail_of(words: Words) -> str:
    """What stands at the end of a part that is not the last."""
    return "\n" + words.texts.more_follows.format(word=words.more[0])


def plain(text: str) -> str:
    """A text in which nothing is a link or tag: what looks like one gets a full-width sign. What no XML can hold is gone."""
    return MARKUP.sub("＜", ILLEGAL.sub("", text))


@lru_cache(maxsize=4096)  # options are few, and the same ones are offered again and again
def said_by(text: str, option: str, label: str) -> str:
    """A link that says a text for the user when it is tapped; undocumented, so a number or word has to do the same."""
    said = plain(text).translate(ESCAPED)
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={said}&msgmenuid={option}">{_label(label)}</a>'


def anchor(url: str, label: str) -> str:
    """A link to a page."""
    return f'<a href="{url.translate({34: "%22", 60: "%3C", 62: "%3E", 32: "%20"})}">{_label(label)}</a>'


def is_page(url: str) -> bool:
    """Whether it leads anywhere from outside: without a public address links are relative."""
    return url.startswith(("https://", "http://"))


def _options(options: Iterable[Option]) -> list[str]:
    lines = []
    for number, option in enumerate(options, 1):
        line = f"{number}. {option.label}"
        said = option.send if len(option.send) <= LONGEST_SENT else str(number)
        lines.append(said_by(said, str(number), line) if number <= MOST_LINKED else plain(line))
    return lines


def _sources(sources: Iterable[Citation]) -> str:
    """The clauses that a reply rests on, one link a notice: it opens at the first of them."""
    first: dict[str, Citation] = {}
    for source in sources:
        if is_page(source.url):
            first.setdefault(source.notice, source)
    return "、".join(
        anchor(source.url, f"《{source.title}》{source.clause}") for source in list(first.values())[:MOST_NOTICES]
    )


def _label(label: str) -> str:
    short = label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
    return ILLEGAL.sub("", short).translate(WIDE).replace("\n", " ")
