"""The judge: it must find every fault and invent none, or the evaluation measures nothing."""

# full width is what is tested

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.evaluate import Case, Outcome, days, faults, names_day, outcome, plain, read


def case(**more: object) -> Case:
    return msgspec.convert({"id": "x", "turns": ("q",), "kind": ("answer",), **more}, Case)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年12月5日", {(2023, 12, 5)}),
        ("2023年 12 月 5 日", {(2023, 12, 5)}),
        ("12月5日", {(0, 12, 5)}),
        ("12月5号", {(0, 12, 5)}),
        ("12月05日", {(0, 12, 5)}),
        ("１２月５日", {(0, 12, 5)}),
        ("2023-12-05", {(2023, 12, 5)}),
        ("2023/12/5", {(2023, 12, 5)}),
        ("2023.12.5", {(2023, 12, 5)}),
        ("2024-4-1至2024-4-21", {(2024, 4, 1), (2024, 4, 21)}),
        ("2023年12月1日至14日", {(2023, 12, 1), (2023, 12, 14)}),
        ("2023年12月1-14日", {(2023, 12, 1), (2023, 12, 14)}),
        ("2023年12月1—14日", {(2023, 12, 1), (2023, 12, 14)}),
        ("12月1日到14日", {(0, 12, 1), (0, 12, 14)}),
        ("4月1～21日", {(0, 4, 1), (0, 4, 21)}),
        ("12月8日-14日上午", {(0, 12, 8), (0, 12, 14)}),
        ("1月29日至2月8日", {(0, 1, 29), (0, 2, 8)}),
        ("2023年12月31日至2024年1月2日", {(2023, 12, 31), (2024, 1, 2)}),
        ("2024年1月29日至2月8日", {(2024, 1, 29), (2024, 2, 8)}),
        ("2024年1月29日-2月8日", {(2024, 1, 29), (2024, 2, 8)}),
        ("4月13、14、20、21日", {(0, 4, 13), (0, 4, 14), (0, 4, 20), (0, 4, 21)}),
        ("2024年4月13、14、20、21日", {(2024, 4, 13), (2024, 4, 14), (2024, 4, 20), (2024, 4, 21)}),
        ("4月13日和14日", {(0, 4, 13), (0, 4, 14)}),
        ("4月13日、4月14日", {(0, 4, 13), (0, 4, 14)}),
        ("4月13日 9:00-11:00", {(0, 4, 13)}),
        ("4月13、14日9:00-11:00", {(0, 4, 13), (0, 4, 14)}),
        ("9:00-11:00", set()),
        ("0833-2495079", set()),
        ("2023年12月", set()),
        ("每科50元，4科共200元", set()),
        ("", set()),
    ],
)
def test_days_are_read_in_every_spelling(text: str, expected: set[tuple[int, int, int]]) -> None:
    """Both ends of a range and each day of a list, with the year where it is written; hours and phones are no days."""
    assert days(text) == expected


@given(st.dates())
def test_a_day_is_the_same_in_three_spellings(date: object) -> None:
    """ISO, Chinese and Chinese without leading zeros."""
    year, month, day = map(int, str(date).split("-"))
    for text in (str(date), f"{year:04}年{month:02}月{day:02}日", f"在{year:04}年{month}月{day}日前"):
        assert days(text) == {(year, month, day)}


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("2024年2月8日", "2024-02-08", True),
        ("2024年2月8日", "02-08", True),
        ("2月8日", "2024-02-08", True),
        ("2023年2月8日", "2024-02-08", False),
        ("2月18日", "02-08", False),
        ("12月8日", "02-08", False),
        ("8月2日", "02-08", False),
        ("2024年1月29日至2月8日", "2023-02-08", False),
    ],
)
def test_a_year_that_either_side_leaves_out_fits_any(text: str, wanted: str, expected: bool) -> None:
    assert names_day(days(text), wanted) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ａ b，C。", "abc"),
        ("每科 50 元", "每科50元"),
        ("“缴费”！", "缴费"),
        ("变成√", "变成√"),
        ("1月至2月", "1月2月"),
        ("a_b", "ab"),
    ],
)
def test_facts_are_compared_without_width_case_and_punctuation(text: str, expected: str) -> None:
    assert plain(text) == expected


TEXT = "中级每人每科70元，4科共280元。缴费时间为2024年2月8日。"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ()),
        ({"all": ("70元", "280元")}, ()),
        ({"all": ("50元",)}, ("does not say 50元",)),
        ({"all": (("五十元", "７０ 元"),)}, ()),
        ({"all": (("五十元", "50元"),)}, ("does not say 五十元",)),
        ({"dates": ("02-08", "2024-02-08")}, ()),
        ({"dates": ("02-09",)}, ("does not name 02-09",)),
        ({"dates": ("2023-02-08",)}, ("does not name 2023-02-08",)),
        ({"none": ("50元",)}, ()),
        ({"none": ("70 元", "280")}, ("must not say 70 元", "must not say 280")),
        ({"not_dates": ("02-09",)}, ()),
        ({"not_dates": ("02-08",)}, ("must not name 02-08",)),
        ({"kind": ("clarify", "fallback")}, ("kind answer, not clarify/fallback",)),
        ({"all": ("50元",), "none": ("70元",)}, ("does not say 50元", "must not say 70元")),
    ],
)
def test_faults_of_an_answer(more: dict[str, object], expected: tuple[str, ...]) -> None:
    """Everything that must be there, one of each group of alternatives, and nothing that must not."""
    assert faults(case(**more), "answer", TEXT) == expected


def test_who_asks_back_need_not_state_the_facts_yet() -> None:
    """A wrong kind is the one fault; but what must not be said must not be said in asking either."""
    asked = case(all=("280元",), none=("湛江",))
    assert faults(asked, "clarify", "您在哪个地区？") == ("kind clarify, not answer",)
    assert faults(asked, "clarify", "湛江？") == ("kind clarify, not answer", "must not say 湛江")


def test_where_no_answer_is_wanted_its_words_are_checked_all_the_same() -> None:
    wanted = case(kind=("fallback",), all=("咨询",))
    assert faults(wanted, "fallback", "请咨询当地考点") == ()
    assert faults(wanted, "fallback", "不知道") == ("does not say 咨询",)


@pytest.mark.parametrize(
    ("kind", "found", "expected"),
    [
        ("answer", (), Outcome.RIGHT),
        ("fallback", (), Outcome.RIGHT),
        ("answer", ("does not say x",), Outcome.WRONG),
        ("status", ("kind status, not answer",), Outcome.WRONG),
        ("clarify", ("kind clarify, not answer",), Outcome.UNSURE),
        ("fallback", ("kind fallback, not answer",), Outcome.UNSURE),
        ("clarify", ("kind clarify, not answer", "must not say x"), Outcome.WRONG),
        ("smalltalk", ("must not name 02-08",), Outcome.WRONG),
    ],
)
def test_who_told_something_wrong_is_wrong_who_asked_is_unsure(
    kind: str, found: tuple[str, ...], expected: Outcome
) -> None:
    assert outcome(kind, found) is expected


def test_cases_are_read_a_line_each() -> None:
    """Empty lines are skipped; a fact may be one of several."""
    text = (
        '{"id": "a", "turns": ["q"], "kind": ["answer"], "all": ["x", ["y", "z"]]}\n\n'
        '{"id": "b", "turns": ["q", "r"], "kind": ["clarify"]}\n'
    )
    first, second = read(text)
    assert first.all == ("x", ("y", "z"))
    assert second.turns == ("q", "r")


@pytest.mark.parametrize("line", ['{"id": "a"}', '{"id": 1, "turns": [], "kind": []}', "[]"])
def test_a_case_of_a_wrong_shape_is_an_error(line: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(line)


def test_a_line_that_is_no_json_is_an_error() -> None:
    with pytest.raises(msgspec.DecodeError):
        read("{")
