"""Masks personal numbers before anything is stored, logged or echoed. Knows numbers, not people."""

import re

from stdnum.cn import ric

_ID = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[0-9Xx](?![0-9A-Za-z])")
_OLD_ID = re.compile(r"(?<!\d)[1-9]\d{7}[01]\d[0-3]\d{4}(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_LONG = re.compile(
    r"(?<![0-9A-Za-z-])[1-9]\d{9,}(?![0-9A-Za-z])"
)  # registration numbers (网报号); office phones begin with 0
_MASK = "＊" * 6


def mask(text: str) -> str:
    """The text with identity-card, mobile and registration numbers replaced; office phones, years and codes stay."""
    for pattern in (_ID, _OLD_ID, _MOBILE, _LONG):
        text = pattern.sub(_MASK, text)
    return text


def has_number(text: str) -> bool:
    """Whether a personal number stands in the text."""
    return mask(text) != text


def is_id_number(text: str) -> bool:
    """Whether a text is an identity-card number with a right check digit."""
    return bool(ric.is_valid(text))
