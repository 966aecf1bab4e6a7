"""Reviewers' reasons: quoted as they were written, and matched to the topics that explain them. Pure.

What a reviewer or anybody else wrote is never an instruction and never a fact: it is quoted, and its known words are found.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot import privacy
from bot.mind import Mind
from bot.registration import Reason
from intents.normalise import normalise

LONGEST = 200  # characters of a text from outside that are shown
WIDE = str.maketrans("<>", "＜＞")  # nothing that is quoted can be markup
SCHEME = re.compile(r":(?=//)")  # nor be made a link of
PIECES = re.compile(r"[;；。\n]+")  # between reasons in one text
INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was made of the reasons of one stage."""

    texts: tuple[str, ...]
    """Each as it was written, fit to be shown."""
    codes: tuple[str, ...]
    """Codes that are not known, as they came."""
    topics: tuple[str, ...]
    """The topics that explain what is known of them, in the order of the texts."""
    is_open: bool
    """Whether something in them is explained by no topic."""


def read(mind: Mind, reasons: Iterable[Reason]) -> Read:
    """The reasons of a stage."""
    by_code = {each.code: each.topic for each in mind.knowledge.status.rejection}
    texts: list[str] = []
    codes: list[str] = []
    topics: list[str] = []
    is_open = False
    for reason in reasons:
        found = topics_in(mind, reason.text)
        known = by_code.get(reason.code or "")
        if shown := clean(reason.text):
            texts.append(shown)
        if reason.code and known is None:
            codes.append(clean(reason.code))
        topics += [*found, *filter(None, [known])]
        pieces = [piece for piece in PIECES.split(reason.text) if re.search(r"\w", piece)]
        silent = [piece for piece in pieces if not topics_in(mind, piece)]
        is_explained = known is not None and len(pieces) <= 1
        is_open |= (bool(reason.code) and known is None) or (bool(silent) and not is_explained)
    return Read(
        texts=tuple(dict.fromkeys(texts)),
        codes=tuple(dict.fromkeys(codes)),
        topics=tuple(dict.fromkeys(topics)),
        is_open=is_open,
    )


def topics_in(mind: Mind, text: str) -> tuple[str, ...]:
    """The topics of the reasons that stand in a text, in the order in which they stand there."""
    plain = normalise(text)
    words = [(word, each.topic) for each in mind.understander.lexicon.reason for word in each.words]
    words += [(word, each.topic) for each in mind.knowledge.status.rejection for word in each.words]
    found = sorted((plain.index(word), topic) for word, topic in words if word in plain)
    return tuple(dict.fromkeys(topic for _, topic in found))


def clean(text: str) -> str:
    """A text from outside as it is shown: one line, no markup, no personal number, not too long."""
    plain = privacy.mask(" ".join(INVISIBLE.sub(" ", text[: LONGEST * 4]).split()))
    plain = SCHEME.sub("：", plain.translate(WIDE))
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"
