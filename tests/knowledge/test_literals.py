"""What has to come from a row is found however it is typed, and what is no fact is left."""

import pytest

from knowledge.literals import literals_in


@pytest.mark.parametrize(
    "text",
    [
        *(
            "12月20日",
            "12 月 20 日",
            "12月20号",
            "十二月二十日",
            "2023年12月",
            "2023-12-20",
            "2023/12/20",
            "１２月２０日",
        ),
        *("12\u200b月20日", "70元", "70 元", "70块", "七十元", "两百八十元"),
        *("0833-2441234", "0833 2441234", "0833－2441234", "08332441234", "400-820-8820", "4008208820", "13800138000"),
    ],
)
def test_a_fact_is_found_however_it_is_typed(text: str) -> None:
    """Answers need no second person: a day typed in one would be told by its author alone."""
    assert list(literals_in(f"请于{text}前办理。"))


@pytest.mark.parametrize(
    "text",
    ["{window:payment}", "一块填报", "2024年度", "第3.2条", "近6个月", "3×4厘米", "上午9:00", "满5年", "专业代码204"],
)
def test_what_is_no_fact_is_left(text: str) -> None:
    assert list(literals_in(text)) == []
