"""Dates, fees and phone numbers as people type them. Where one is told it comes from a row, which a second person published."""

import re
from collections.abc import Iterator

from knowledge.render import PLACEHOLDER

NUMERAL = "〇零一二三四五六七八九十廿"
DATE = (
    rf"(?:\d+|[{NUMERAL}]+)\s*月\s*(?:\d+|[{NUMERAL}]+)\s*[日号]"
    r"|\d{4}\s*年\s*\d+\s*月|20\d\d\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,2}"
)
FEE = rf"\d+\s*[元块]|[{NUMERAL}百千两]+\s*元"
PHONE = (
    r"(?<!\d)(?:0\d{2,3}\s*[-－—–]?\s*\d{7,8}|[48]00[-－—– ]?\d{3,4}[-－—– ]?\d{3,4}"
    r"|\d{3,4}-\d{7,8}|1\d{10}|\d{8})(?!\d)"
)
LITERAL = re.compile(f"{DATE}|{FEE}|{PHONE}")
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # between two digits of a date nobody sees them


def literals_in(text: str) -> Iterator[str]:
    """Those of a text, placeholders left out."""
    return (found[0] for found in LITERAL.finditer(UNSEEN.sub("", PLACEHOLDER.sub("", text))))
