"""Where a window stands on a day, and how days are written. Pure."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from knowledge.fact import Window

DATE = r"\d月\d"  # what every written date has


class WindowState(StrEnum):
    """How a window lies to a day."""

    FUTURE = "future"
    OPEN = "open"
    LAST_DAY = "last_day"
    PAST = "past"


def state_of(window: Window, today: dt.date) -> WindowState:
    """The state on that day; an open end is never past, an open start always begun."""
    start, end = (window.days[0], window.days[-1]) if window.days else (window.start, window.end)
    if start and today < start:
        return WindowState.FUTURE
    if end and today > end:
        return WindowState.PAST
    return WindowState.LAST_DAY if end == today else WindowState.OPEN


def note(window: Window, today: dt.date, phrases: Mapping[str, str]) -> str:
    """One sentence on where the window stands today; empty where nothing can be said."""
    state = state_of(window, today)
    name = phrases[f"window_{window.name}"] if window.end or window.start else ""
    if state is WindowState.FUTURE and window.start:
        return phrases["window_state_future"].format(name=name, days=(window.start - today).days)
    if state is WindowState.PAST and window.end:
        return phrases["window_state_past"].format(name=name, end=day(window.end, phrases))
    if state is WindowState.LAST_DAY:
        return phrases["window_state_last_day"].format(name=name)
    if window.end:
        return phrases["window_state_open"].format(name=name, days=(window.end - today).days)
    return ""


def day(date: dt.date, phrases: Mapping[str, str]) -> str:
    """2024年1月29日."""
    return phrases["date"].format(year=date.year, month=date.month, day=date.day)


def span(start: dt.date, end: dt.date, phrases: Mapping[str, str]) -> str:
    """2024年1月29日至2月8日: what the second day shares with the first is left out."""
    if start == end:
        return day(start, phrases)
    if start.year != end.year:
        last = day(end, phrases)
    elif start.month != end.month:
        last = phrases["date_month"].format(month=end.month, day=end.day)
    else:
        last = phrases["date_day"].format(day=end.day)
    return phrases["span"].format(start=day(start, phrases), end=last)


def days(dates: tuple[dt.date, ...], phrases: Mapping[str, str]) -> str:
    """2024年4月13、14、20、21日; dates of one month only."""
    first, *rest = dates
    if not rest:
        return day(first, phrases)
    numbers = phrases["comma"].join(str(each.day) for each in dates)
    return phrases["date"].format(year=first.year, month=first.month, day=numbers)


def of_window(window: Window, phrases: Mapping[str, str]) -> str:
    """A window in words, with 上午 where it ends at noon."""
    if window.days:
        return days(window.days, phrases)
    if window.start and window.end:
        return span(window.start, window.end, phrases) + window.half
    if window.end:
        return phrases["until"].format(end=day(window.end, phrases))
    return phrases["since"].format(start=day(window.start, phrases)) if window.start else ""


def meant(window: Window, year: int, month: int, day: int) -> dt.date | None:
    """The date that a day means beside a window: what was not said (0) is chosen so that it lies nearest to it."""
    first, last = _ends(window)
    years = (year,) if year else range(first.year - 1, last.year + 2)
    months = (month,) if month else (first.month, last.month)
    dates = [found for y in years for m in months if (found := _date(y, m, day))]
    return min(dates, key=lambda date: max((first - date).days, (date - last).days, 0), default=None)


def place(window: Window, date: dt.date, phrases: Mapping[str, str]) -> str:
    """One sentence on how a date lies to a window with a start and an end."""
    first, last = _ends(window)
    name = phrases[f"window_{window.name}"]
    said = day(date, phrases)
    if date > last:
        return phrases["day_past"].format(day=said, name=name, end=day(last, phrases))
    if date < first:
        return phrases["day_early"].format(day=said, name=name, start=day(first, phrases))
    key = "day_last" if date == last else "day_within"
    return phrases[key].format(day=said, name=name, span=span(first, last, phrases))


def _ends(window: Window) -> tuple[dt.date, dt.date]:
    """The first and the last day; a window of which only one is stated begins or ends with it."""
    start, end = window.start or window.end, window.end or window.start
    if start is None or end is None:
        raise ValueError(f"window {window.name} has neither start nor end")
    return start, end


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
