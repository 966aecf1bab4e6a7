"""Days that people name, and how they lie to a window."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.days import Day, named_days, number, without_days
from knowledge import calendar
from knowledge.fact import Window


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2月9号交行吗", [Day(0, 2, 9)]),
        ("十五号去来得及吗", [Day(0, 0, 15)]),
        ("四月廿二才想起打准考证", [Day(0, 4, 22)]),
        ("2024年1月10日拿的证", [Day(2024, 1, 10)]),
        ("12月31号和1月1号", [Day(0, 12, 31), Day(0, 1, 1)]),
        ("三十一号", [Day(0, 0, 31)]),
        ("几号交", []),
        ("2号楼在哪", []),
        ("45号", []),
        ("13月2号", []),
        ("4月考", []),
    ],
)
def test_days_are_found(text: str, days: list[Day]) -> None:
    """With digits or characters, with or without the month; what is no day is none."""
    assert list(named_days(text)) == days


NUMBERS = {"12": 12, "十": 10, "十二": 12, "二十": 20, "二十二": 22, "廿二": 22, "三十一": 31, "九": 9, "": 0, "x": 0}


@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_numbers(text: str, value: int) -> None:
    assert number(text) == value


def test_days_say_nothing_of_the_topic() -> None:
    """They leave the text that chooses it."""
    assert without_days("2月9号交行吗").split() == ["交行吗"]
    assert without_days("2022年过了两门 4.21还能打吗").split() == ["过了两门", "还能打吗"]
    assert without_days("几号交") == "几号交"


@given(st.text(alphabet="0123456789一二十廿月号日年.交 ", max_size=12))
def test_any_text_has_days(text: str) -> None:
    """No error, and only days that can be."""
    assert all(each.day in range(1, 32) and each.month in range(13) for each in named_days(text))


PAYMENT = Window(
    name="payment",
    stage="payment",
    exams=("health",),
    region="CN",
    year=2024,
    start=dt.date(2024, 1, 29),
    end=dt.date(2024, 2, 8),
    source="",
    quote="",
)
PHRASES = {
    "window_payment": "缴费",
    "day_past": "{day} past {name} {end}",
    "day_early": "{day} early {name} {start}",
    "day_within": "{day} within {name} {span}",
    "day_last": "{day} last {name}",
    "date": "{year}-{month}-{day}",
    "date_month": "{month}-{day}",
    "date_day": "{day}",
    "span": "{start}~{end}",
}


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (Day(0, 2, 9), "2024-2-9 past 缴费 2024-2-8"),
        (Day(0, 0, 9), "2024-2-9 past 缴费 2024-2-8"),
        (Day(0, 0, 30), "2024-1-30 within 缴费 2024-1-29~2-8"),
        (Day(0, 0, 8), "2024-2-8 last 缴费"),
        (Day(0, 1, 28), "2024-1-28 early 缴费 2024-1-29"),
        (Day(0, 12, 31), "2023-12-31 early 缴费 2024-1-29"),
        (Day(2025, 2, 1), "2025-2-1 past 缴费 2024-2-8"),
    ],
)
def test_a_day_beside_a_window(day: Day, sentence: str) -> None:
    """What was not said is chosen so that the day lies nearest to the window."""
    date = calendar.meant(PAYMENT, *day)
    assert date is not None
    assert calendar.place(PAYMENT, date, PHRASES) == sentence


def test_a_day_that_no_month_has_is_none() -> None:
    assert calendar.meant(PAYMENT, *Day(0, 2, 31)) is None
