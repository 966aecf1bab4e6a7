"""Years: the exam's, and no others."""

import pytest

from intents.normalise import normalise
from intents.slots import Vocabulary
from intents.years import Years


@pytest.fixture(scope="module")
def years(vocabulary: Vocabulary) -> Years:
    return Years(vocabulary.lexicon, 2024)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2025年什么时候报名", 2025),
        ("25年考试时间", 2025),
        ("2026年度的考试费", 2026),
        ("2023年报名时间是什么时候", 2023),
        ("2024年什么时候报名", 0),
        ("什么时候报名", 0),
        ("2020年毕业能报吗", 0),
        ("我2019年取得护师", 0),
        ("2023年没过今年怎么报", 0),
        ("我2025年毕业能报吗", 0),
    ],
)
def test_the_year_is_the_exams(years: Years, text: str, year: int) -> None:
    """0 is the latest year on file; years of graduation and of earlier attempts are not the exam's."""
    assert years.named(normalise(text)) == year


@pytest.mark.parametrize(("text", "expected"), [("历史考生怎么报", True), ("去年考过没过", True), ("第一次考", False)])
def test_who_took_the_exam_before_says_so(years: Years, text: str, expected: bool) -> None:
    assert years.has_history(normalise(text)) is expected


@pytest.mark.parametrize(
    ("text", "ahead"),
    [
        ("明年什么时候报名", 1),
        ("后年什么时候考", 2),
        ("去年的考试时间是几号", -1),
        ("去年没过", 0),
        ("什么时候报名", 0),
    ],
)
def test_another_year_is_so_many_years_ahead(years: Years, text: str, ahead: int) -> None:
    """A past one only where its days or fees are asked for, and not where it is told of."""
    assert years.ahead(normalise(text)) == ahead


def test_the_latest_year_on_file_needs_no_name(vocabulary: Vocabulary) -> None:
    assert Years(vocabulary.lexicon, 2025).named("2025年什么时候报名") == 0
    assert Years(vocabulary.lexicon, 2025).named("2024年什么时候报名") == 2024
