"""Where a window stands on a day, and how days are written. Pure."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from knowledge.fact import Window


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
