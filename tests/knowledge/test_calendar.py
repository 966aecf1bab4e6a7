"""Windows on a day, and days in words."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mind import Mind
from knowledge import calendar
from knowledge.calendar import WindowState
from knowledge.fact import Window

FUTURE, OPEN, LAST_DAY, PAST = WindowState
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))


def window(start: str = "", end: str = "", days: str = "", half: str = "") -> Window:
    """A window from days as they are written in TOML."""
    row = {
        "exams": ("health",),
        "region": "CN",
        "year": 2024,
        "source": "n#1",
        "quote": "q",
        "name": "payment",
        "stage": "payment",
    }
    dates = {"start": start or None, "end": end or None, "days": tuple(days.split()), "half": half}
    return msgspec.convert(row | dates, Window)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


RANGE = window("2023-12-29", "2024-01-02")
LISTED = window(days="2024-04-13 2024-04-14 2024-04-20 2024-04-21")


@pytest.mark.parametrize(
    ("of", "today", "state"),
    [
        (RANGE, "2023-12-28", FUTURE),
        (RANGE, "2023-12-29", OPEN),
        (RANGE, "2023-12-31", OPEN),
        (RANGE, "2024-01-01", OPEN),
        (RANGE, "2024-01-02", LAST_DAY),
        (RANGE, "2024-01-03", PAST),
        (window("2024-01-02", "2024-01-02"), "2024-01-01", FUTURE),
        (window("2024-01-02", "2024-01-02"), "2024-01-02", LAST_DAY),
        (window("2024-01-02"), "2024-01-01", FUTURE),
        (window("2024-01-02"), "2024-01-02", OPEN),
        (window("2024-01-02"), "2034-01-02", OPEN),
        (window(end="2024-01-02"), "2014-01-02", OPEN),
        (window(end="2024-01-02"), "2024-01-02", LAST_DAY),
        (window(end="2024-01-02"), "2024-01-03", PAST),
        (LISTED, "2024-04-12", FUTURE),
        (LISTED, "2024-04-13", OPEN),
        (LISTED, "2024-04-17", OPEN),
        (LISTED, "2024-04-21", LAST_DAY),
        (LISTED, "2024-04-22", PAST),
    ],
)
def test_the_state_of_a_window_changes_at_its_edges(of: Window, today: str, state: WindowState) -> None:
    """An open end is never past, an open start always begun."""
    assert calendar.state_of(of, day(today)) is state


@given(start=DAYS, end=DAYS, today=DAYS)
def test_a_window_only_ever_moves_on(start: dt.date, end: dt.date, today: dt.date) -> None:
    """From one day to the next the state stays or advances, and it is the last day exactly on the last day."""
    start, end = sorted((start, end))
    of = window(start.isoformat(), end.isoformat())
    order = list(WindowState)
    now, next_day = (calendar.state_of(of, today + dt.timedelta(days=n)) for n in (0, 1))
    assert order.index(now) <= order.index(next_day)
    assert (now is LAST_DAY) == (today == end)


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2023-12-01", "2023-12-14", "2023年12月1日至14日"),
        ("2024-01-29", "2024-02-08", "2024年1月29日至2月8日"),
        ("2023-12-29", "2024-01-02", "2023年12月29日至2024年1月2日"),
        ("2023-12-01", "2024-12-01", "2023年12月1日至2024年12月1日"),
        ("2024-02-29", "2024-02-29", "2024年2月29日"),
    ],
)
def test_a_span_leaves_out_what_its_days_share(mind: Mind, start: str, end: str, text: str) -> None:
    assert calendar.span(day(start), day(end), mind.knowledge.phrases) == text


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (RANGE, "2023年12月29日至2024年1月2日"),
        (window("2023-12-08", "2023-12-14", half="上午"), "2023年12月8日至14日上午"),
        (LISTED, "2024年4月13、14、20、21日"),
        (window(days="2024-07-06"), "2024年7月6日"),
        (window(end="2023-12-14"), "2023年12月14日前"),
        (window("2023-12-15"), "自2023年12月15日起"),
    ],
)
def test_a_window_in_words(mind: Mind, of: Window, text: str) -> None:
    assert calendar.of_window(of, mind.knowledge.phrases) == text


@pytest.mark.parametrize(
    ("of", "today", "note"),
    [
        (RANGE, "2023-12-28", "（网上缴费：距开始还有1天。）"),
        (RANGE, "2023-11-29", "（网上缴费：距开始还有30天。）"),
        (RANGE, "2023-12-29", "（网上缴费：正在进行，还剩4天。）"),
        (RANGE, "2024-01-01", "（网上缴费：正在进行，还剩1天。）"),
        (RANGE, "2024-01-02", "（网上缴费：今天是最后一天。）"),
        (RANGE, "2024-01-03", "（网上缴费已于2024年1月2日结束，新年度安排以新通知为准。）"),
        (window("2024-01-02"), "2024-01-03", ""),
    ],
)
def test_the_note_says_where_a_window_stands(mind: Mind, of: Window, today: str, note: str) -> None:
    """BEHAVIOUR 6: a window that is over is never told without saying so; an open end has no days to count."""
    assert calendar.note(of, day(today), mind.knowledge.phrases) == note


def test_shipped_windows_all_have_words(mind: Mind) -> None:
    for of in mind.knowledge.facts.windows:
        assert calendar.of_window(of, mind.knowledge.phrases)
