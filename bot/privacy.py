"""Masks personal numbers before anything is stored, logged or echoed. Knows numbers, not people."""

import re

_WIDE = str.maketrans("０１２３４５６７８９－　Ｘｘ", "0123456789- Xx")
_NUMBER = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?(?:"
    r"[1-9]\d{9,}[Xx]?"  # identity cards, mobiles, registration numbers; office phones begin with 0
    r"|[1-9]\d{2,}(?:[- ]\d{3,7})+[Xx]?"  # the same in groups
    r"|[1-9](?: \d){9,}"  # digit by digit
    r")(?!\d)"
)
_DAYS = re.compile(r"20\d{6}[- ]20\d{6}")  # 20231201-20231214 is a window
LEAST_DIGITS = 10  # of a personal number
_MASK = "＊" * 6


def mask(text: str) -> str:
    """The text with identity-card, mobile and registration numbers replaced; office phones, days and codes stay."""
    result, end = [], 0
    for found in _NUMBER.finditer(text.translate(_WIDE)):
        if sum(map(str.isdigit, found[0])) < LEAST_DIGITS or _DAYS.fullmatch(found[0]):
            continue
        result += [text[end : found.start()], _MASK]
        end = found.end()
    return "".join([*result, text[end:]])


def has_number(text: str) -> bool:
    """Whether a personal number stands in the text."""
    return mask(text) != text
