"""Splitting an uploaded notice: nothing is lost, and the shipped notices come out nearly as people cut them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.content import load
from knowledge.notice import Notice
from knowledge.splitting import Block, blocks_of, counted, joined, split

NOTICES = load().notices


def blocks(notice: Notice) -> tuple[Block, ...]:
    found: list[Block] = []
    for clause in notice.clause:
        found += [line for line in clause.text.split("\n") if line.strip()]
        found += [(clause.table.header, *clause.table.rows)] if clause.table else []
    return tuple(found)


def words(clauses: tuple) -> str:
    return "".join("".join(clause.full_text.split()) for clause in clauses)


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES)
def test_nothing_is_lost_of_a_shipped_notice(notice):
    assert words(split(blocks(notice))) == words(notice.clause)


@pytest.mark.parametrize(
    ("notice", "least"),
    [("leshan-2024", 21), ("national-2024", 35), ("shanghai-qa-2024", 26), ("zhanjiang-2024", 9)],
)
def test_a_shipped_notice_is_cut_nearly_as_people_cut_it(notice, least):
    """The figures are those of the shipped notices; a worse splitter makes more work of every review."""
    proposed = {clause.full_text.strip() for clause in split(blocks(NOTICES[notice]))}
    assert sum(clause.full_text.strip() in proposed for clause in NOTICES[notice].clause) >= least


def test_labels_are_as_people_cite():
    found = split(("一、网上报名", "（一）时间", "1.请先注册。", "2.再报名。", "二、缴费", "每人每科61元。"))
    assert [(clause.id, clause.label, clause.heading) for clause in found] == [
        ("h1", "一", True),
        ("h1.1", "一（一）", True),
        ("1.1.1", "一（一）1", False),
        ("1.1.2", "一（一）2", False),
        ("h2", "二", True),
        ("2", "二", False),
    ]


def test_a_question_keeps_its_answer():
    found = split(
        ("网上报名常见问题解答如下。", "1、如何报名？", "登录官网。", "（1）先注册", "2、怎么缴费？", "网上缴。")
    )
    assert [clause.text for clause in found][1:] == [
        "1、如何报名？\n登录官网。\n（1）先注册",
        "2、怎么缴费？\n网上缴。",
    ]


def test_a_table_goes_with_the_sentence_that_announces_it():
    table = (("报名点", "电话"), ("市中区", "0833-2422047"))
    (only,) = split(("确认地点如下：", table))
    assert only.table is not None
    assert only.full_text.endswith("市中区 0833-2422047")


def test_the_signature_is_a_clause():
    *_, last = split(("一、报名", "请按时报名。", "湛江市卫生健康局", "2023年11月29日"))
    assert (last.label, last.text) == ("落款", "湛江市卫生健康局\n2023年11月29日")


def test_numbers_that_stand_twice_get_ids_of_their_own():
    found = split(("三、缴费", "网上缴费。", "三、考试", "四月考试。"))
    assert len({clause.id for clause in found}) == len(found)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60), max_size=30))
def test_whatever_is_uploaded_keeps_its_characters_and_ids(lines):
    found = split(tuple(lines))
    assert words(found) == "".join("".join(line.split()) for line in lines)
    assert len({clause.id for clause in found}) == len(found)


def test_lines_broken_by_a_pdf_are_joined():
    lines = ["考生须于2023年12月2-15日期间完成现场确认工作，考生在完成网上预", "报名后到现场确认。", "1.带身份证。"]
    assert joined(lines) == ("".join(lines[:2]), lines[2])


def test_tabs_make_a_table():
    assert blocks_of("时间\n科目\t日期\n护理\t4月13日\n完") == ("时间", (("科目", "日期"), ("护理", "4月13日")), "完")


@pytest.mark.parametrize(("number", "written"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")])
def test_counted(number, written):
    assert counted(number) == written
