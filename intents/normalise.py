"""Brings what people type to one form: width, case, traditional characters, white space. Knows no content."""

import re
import unicodedata
from functools import lru_cache

import opencc

LONGEST = 2000  # characters looked at; a paste of 8,000 keeps its first and last thousand, where the question stands
_INVISIBLE = re.compile(r"[\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f\x00-\x08\x0b-\x1f\x7f]")
_SPACE = re.compile(r"[ \t\r\f\v\u3000]+")
_REPEATED = re.compile(r"([!?。,，~…])\1+")
_BOUNDARY = re.compile(r"[。！？!?；;，,、\n\s~…]+")
_EMOTICON = re.compile(r"\[[\u4e00-\u9fff]{1,4}\]")
_TAG = re.compile(r"<(script|style)\b.{0,2000}?</\1\s*>|<[^<>]{0,200}>", re.DOTALL)


@lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def normalise(text: str) -> str:
    """NFKC, lower case, simplified characters, no invisible characters, markup or emoticon codes, single spaces."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower()
    if len(text) > LONGEST:
        text = text[: LONGEST // 2] + "\n" + text[-LONGEST // 2 :]
    while (bare := _TAG.sub(" ", text)) != text:
        text = bare
    text = str(_simplifier().convert(_EMOTICON.sub(" ", text)))
    return _REPEATED.sub(r"\1", _SPACE.sub(" ", text)).strip()


def clauses(text: str) -> tuple[str, ...]:
    """The parts between full stops, commas and spaces; empty ones left out."""
    return tuple(part for part in _BOUNDARY.split(text) if part)


def is_chinese(character: str) -> bool:
    """Whether it is a Chinese character of the basic block."""
    return "\u4e00" <= character <= "\u9fff"
