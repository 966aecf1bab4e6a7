"""Comparing holds nobody up: it is done between two answers to candidates."""

import time

import pytest

from adapters.web.console.differing import lines
from knowledge.merge import merge

MOST = 5.0  # s on a busy machine; before there were limits the first took 13, the last 36
BLANKS = "\n" * 6000


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(BLANKS, BLANKS[:3000] + "新\n" + BLANKS, id="thousands of blank lines"),
        pytest.param(("天" * 1900 + "\n") * 300, ("天" * 1800 + "地\n") * 300, id="long lines that are alike"),
    ],
)
def test_large_texts_are_compared_in_a_moment(before: str, after: str) -> None:
    started = time.monotonic()
    found = lines(before, after)
    assert time.monotonic() - started < MOST
    assert any(each.sign == "new" for each in found)


def test_large_texts_are_merged_in_a_moment() -> None:
    started = time.monotonic()
    merged = merge("一\n" + BLANKS + "二\n", "甲\n" + BLANKS + "二\n", "一\n" + BLANKS + "乙\n")
    assert time.monotonic() - started < MOST
    assert {"甲", "乙"} <= set(merged.text.split("\n"))
