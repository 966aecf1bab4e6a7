"""A row's days, amounts and phones are the ones that its clause states."""

import datetime as dt
from pathlib import Path

import pytest

from knowledge.check import problems
from knowledge.content import CONTENT, load_texts, read_folder
from knowledge.figures import strange_days, strange_phones
from knowledge.problem import look_texts


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("days", "quote", "strange"),
    [
        ("2023-12-01 2023-12-14", "2023年12月1-14日", ""),
        ("2024-01-29 2024-02-08", "2024年1月29日-2月8日", ""),
        ("2025-01-29 2025-02-08", "2024年1月29日-2月8日", "2025-01-29 2025-02-08"),
        ("2024-01-29 2024-02-18", "2024年1月29日-2月8日", "2024-02-18"),
        ("2024-01-29 2024-03-08", "2024年1月29日-2月8日", "2024-03-08"),
        ("2023-12-29 2024-01-05", "2023年12月29日至1月5日", ""),
        ("2023-12-29 2025-01-05", "2023年12月29日至1月5日", "2025-01-05"),
        ("2024-04-13 2024-04-14 2024-04-20", "2024年度考试定于4月13、14、20日", ""),
        ("2023-12-14", "（12月14日前）", ""),
        ("2022-12-14", "（12月14日前）", "2022-12-14"),
        ("2024-04-01", "2024年04月01日", ""),
        ("2024-04-01", "11日内", "2024-04-01"),
    ],
)
def test_a_day_is_the_one_of_the_quote(days: str, quote: str, strange: str) -> None:
    """Day and month are written; the year is one that the quote gives, or the exam's or the one before."""
    found = strange_days([day(each) for each in days.split()], quote, 2024)
    assert " ".join(map(str, found)) == strange


def test_a_phone_may_leave_out_its_area_code_where_the_clause_does() -> None:
    """0571-87567812、87567833."""
    text = "咨询电话：0571-87567812、87567833"
    assert strange_phones("0571-87567812、0571-87567833", text) == ()
    assert strange_phones("0571-87567813", text) == ("0571-87567813",)
    assert strange_phones("010-87567812", text) == ("010-87567812",)
    assert strange_phones("0571-8756781", text) == ("0571-8756781",)


@pytest.mark.parametrize(
    ("file", "stands", "instead", "problem"),
    [
        (
            "facts/windows.toml",
            'region = "CN-5111"\nyear = 2024\nstart = 2024-01-29\nend = 2024-',
            'region = "CN-5111"\nyear = 2024\nstart = 2024-01-29\nend = 2025-',
            "windows.toml: payment in CN-5111: 2025-02-08 is not in its quote",
        ),
        ("facts/fees.toml", "amount = 75", "amount = 57", "fees.toml: 初级 中级 人机对话 in CN-4408: 57 is not in its quote"),
        ("facts/sites.toml", "0833-2422047", "0833-2422074", "sites.toml: leshan-shizhong: the phone 0833-2422074 is not in"),
        (
            "topics/payment.toml",
            "{window:payment}。通过考区审核的考生",
            "〖2024〗年{window:payment}。通过考区审核的考生",
            "payment.toml: payment_window in CN-5111: it has a mark 〖",
        ),
    ],
)  # fmt: skip
def test_a_planted_figure_is_found(file: str, stands: str, instead: str, problem: str) -> None:
    """One wrong figure in the shipped content is one problem that names it (a phone is in its quote, too)."""
    texts = read_folder(CONTENT)
    text = texts[file]
    number = text.index(stands)
    texts[file] = text[:number] + instead + text[number + len(stands) :]
    found = [str(each) for each in problems(look_texts(load_texts(texts, Path()), texts))]
    assert len(found) == 1, found
    assert found[0].startswith(problem)
