"""Finds the days that a text names: 2月9号, 十五号, 四月廿二."""

import re
from typing import NamedTuple

_NUMERAL = "[0-9一二三四五六七八九十廿]"
_OF_MONTH = rf"(?:(20\d\d|[12]\d(?=年))年?)?(?:({_NUMERAL}{{1,3}})月(?:份)?)"
_DAY = re.compile(rf"{_OF_MONTH}?({_NUMERAL}{{1,3}})[号日](?![楼窗院线门考])|{_OF_MONTH}(廿{_NUMERAL}?)")
_YEAR = r"20\d\d(?:年度?)?|(?<!\d)[12]\d年(?:度|[这那]次)"
_ANY = re.compile(rf"{_DAY.pattern}|{_OF_MONTH}(?:初|中旬|底)?|{_YEAR}|(?<!\d)\d\d?\.\d\d?(?!\d)")
_DIGITS = {numeral: value for value, numeral in enumerate("一二三四五六七八九", 1)}
NEVER = re.compile("(?!)")
MONTHS, DAYS = range(1, 13), range(1, 32)


class Day(NamedTuple):
    """A day as it is named; 0 for what is not said."""

    year: int
    month: int
    day: int


def named_days(text: str, before: re.Pattern[str] = NEVER, after: re.Pattern[str] = NEVER) -> tuple[Day, ...]:
    """The days of a normalised text, in order; what can be no day (45号) is none.

    Left out are days of something else, as what stands `before` or `after` them tells: 预产期2月9号, 8月1号入职.
    """
    found = []
    for match in _DAY.finditer(text):
        if before.search(text[: match.start()]) or after.match(text[match.end() :]):
            continue
        year, month, day = match.group(1, 2, 3) if match[3] else match.group(4, 5, 6)
        named = Day(_full(year), number(month or ""), number(day))
        if named.day in DAYS and (not month or named.month in MONTHS):
            found.append(named)
    return tuple(dict.fromkeys(found))


def _full(year: str | None) -> int:
    """24 and 2024 as 2024; 0 where none is said."""
    return int(year) % 100 + 2000 if year else 0


def without_days(text: str) -> str:
    """The text with a space for every day, month and year: which one it is does not tell what is asked."""
    return _ANY.sub(" ", text)


def number(text: str) -> int:
    """12, 十二, 廿二 and 二十二 as a number; 0 for what is none."""
    if text.isascii():
        return int(text) if text.isdigit() else 0
    tens, ten, ones = text.replace("廿", "二十").rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return 10 * (_DIGITS.get(tens, 0) if tens else 1) + _DIGITS.get(ones, 0)
