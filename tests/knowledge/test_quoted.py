"""What is quoted beneath an answer names the days that are told above it, in every scope."""

import datetime as dt
from pathlib import Path

import pytest

from knowledge.content import load_texts, read_folder
from knowledge.figures import is_named, named_days
from knowledge.problem import look_texts
from knowledge.quoted import days

WINDOWS = "facts/windows.toml"
PAYMENT = "topics/payment.toml"
DELAYED = """
[[clause]]
id = "new"
label = "补充"
text = "缴费时间改为2024年1月29日-2月18日，确认不通过的12月16日前重新提交，12月2-18日现场确认。"
"""


@pytest.fixture
def texts() -> dict[str, str]:
    return read_folder()


def change(texts: dict[str, str], file: str, stands: str, instead: str) -> None:
    """Change words that stand in a file once."""
    assert texts[file].count(stands) == 1, texts[file].count(stands)
    texts[file] = texts[file].replace(stands, instead)


def move(texts: dict[str, str], notice: str, row: str, days: str, quote: str) -> None:
    """Another clause of a notice moves the days of a window, of which the first lines are given."""
    texts[f"notices/{notice}.toml"] += DELAYED
    old = texts[WINDOWS][texts[WINDOWS].index(row) :].partition("\n\n")[0]
    kept = [line for line in old.split("\n") if line.partition(" ")[0] not in ("start", "end", "source", "quote")]
    change(texts, WINDOWS, old, "\n".join([*kept, days, f'source = "{notice}#new"', f'quote = "{quote}"']))


def found(texts: dict[str, str]) -> list[str]:
    """What the gate finds, without remedies."""
    content = look_texts(load_texts(texts, Path()), texts)
    return [str(each).partition("\n")[0] for each in days(content)]


def move_payment(texts: dict[str, str]) -> None:
    row = 'name = "payment"\nstage = "payment"\nexams = ["health"]\nregion = "CN-5111"\n'
    move(texts, "leshan-2024", row, "start = 2024-01-29\nend = 2024-02-18", "2024年1月29日-2月18日")


def test_a_moved_window_leaves_no_old_day_in_quotations(texts: dict[str, str]) -> None:
    """乐山 pays until 2月18日: its own answers quote 2月8日, and one of the nation that prints 乐山's days there does, too."""
    move_payment(texts)
    told = "told in CN-5111, it prints the days of leshan-2024#new and quotes 02-08 from"
    assert found(texts) == [
        f"payment.toml: payment_window in CN-5111: {told} leshan-2024#3",
        f"payment.toml: online_payment_list in CN: {told} national-2024#pay.1",
        f"payment.toml: payment_precondition in CN-5111: {told} leshan-2024#3",
        f"review.toml: review_window in CN-5111: {told} leshan-2024#3",
    ]


def test_the_new_clause_must_replace_the_old_one_and_not_stand_beside_it(texts: dict[str, str]) -> None:
    move_payment(texts)
    stands = (
        '{clause = "leshan-2024#3", quote = "通过考区审核的考生，须于2024年1月29日-2月8日期间通过网上支付方式缴纳考试费'
    )
    before = len(found(texts))
    new = '{clause = "leshan-2024#new", quote = "缴费时间改为2024年1月29日-2月18日"}'
    texts[PAYMENT] = texts[PAYMENT].replace(stands, f"{new},\n  {stands}", 1)
    assert len(found(texts)) == before
    old = texts[PAYMENT][texts[PAYMENT].index(stands) :].partition("},")[0]
    texts[PAYMENT] = texts[PAYMENT].replace(f"{old}}},", "", 1)
    assert len(found(texts)) == before - 1


def test_an_old_day_is_found_that_is_the_day_of_another_window(texts: dict[str, str]) -> None:
    """上海 resubmits until 12月16日; 12月14日 goes on being the last day of the nation's registration."""
    row = 'name = "resubmission"\n'
    move(texts, "shanghai-qa-2024", row, "end = 2023-12-16", "12月16日前")
    stands = 'quote = "重新上传报名材料并提交报名信息。逾期未重新上传报名材料并提交报名信息的，视为自动放弃本次考试"'
    file = "topics/confirmation.toml"
    assert stands in texts[file]
    assert found(texts) == []
    texts[file] = texts[file].replace(stands, 'quote = "（12月14日前）重新上传报名材料并提交报名信息"', 1)
    assert [each.rpartition(" and ")[2] for each in found(texts)] == ["quotes 12-14 from shanghai-qa-2024#q12"]


def test_days_of_a_point_lie_in_those_that_the_notice_quotes_for_all(texts: dict[str, str]) -> None:
    """峨眉山 confirms on fewer days than 乐山, whose days the answers quote; where 乐山's are moved, they are not those."""
    assert found(texts) == []
    row = 'name = "confirmation"\nstage = "confirmation"\nexams = ["health"]\nregion = "CN-5111"\n'
    move(texts, "leshan-2024", row, "start = 2023-12-02\nend = 2023-12-18", "12月2-18日现场确认")
    assert any("confirmation_window in CN-5111: told in CN-5111," in each for each in found(texts))
    assert all("2023-12-15 from leshan-2024#2.1" in each for each in found(texts))


def test_an_answer_without_days_quotes_none_that_has_gone(texts: dict[str, str]) -> None:
    """It prints none that could contradict, and yet the quotation is all that its reader has."""
    row = 'name = "payment"\nstage = "payment"\nif_listed = "online_payment"\n'
    move(texts, "national-2024", row, "start = 2024-01-29\nend = 2024-02-18", "2024年1月29日-2月18日")
    said = "it quotes 2024-01-29 02-08 from national-2024#pay.1, and no fact on that clause has it"
    assert f"review.toml: review_not_passed in CN: {said}" in found(texts)


@pytest.mark.parametrize(
    ("quote", "named"),
    [
        ("2023年12月1-14日", "2023-12-1 2023-12-14"),
        ("2024年1月29-2月8日期间", "2024-1-29 0-2-8"),
        ("2024年1月29日至2月8日", "2024-1-29 0-2-8"),
        ("定于4月13、14、20、21日举行", "0-4-13 0-4-14 0-4-20 0-4-21"),
        ("２０２３年１２月 ２—１５ 日", "2023-12-2 2023-12-15"),
        ("基础知识 7月6日 9:00-11:00", "0-7-6"),
        ("2022年12月，满3年", ""),
        ("提前2个月7日内", ""),
    ],
)
def test_the_days_that_words_name(quote: str, named: str) -> None:
    assert {"-".join(map(str, each)) for each in named_days(quote)} == set(named.split())


def test_a_year_that_is_left_out_fits_any() -> None:
    day = {dt.date(2024, 2, 8)}
    assert is_named((0, 2, 8), day)
    assert is_named((2024, 2, 8), day)
    assert not is_named((2023, 2, 8), day)
    assert not is_named((0, 2, 9), day)
