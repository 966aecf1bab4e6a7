"""The shipped notices against themselves: the table of specialties, and what a repost must not carry along."""

import re

import pytest

from bot.mind import Mind
from knowledge.notice import Clause

ADVERTISING = (
    "APP",
    "App",
    "app",
    "题库",
    "二维码",
    "扫码",
    "加群",
    "点击数",
    "责任编辑",
    "更新时间",
    "来源：",
    "培训",
    "课程",
    "优惠",
    "免费",
    "领取",
    "医学教育网",
    "官方公众号",
    "辅导",
    "押题",
)


def clause(mind: Mind, reference: str) -> Clause:
    return mind.knowledge.clause(reference)[1]


def test_the_table_has_111_rows_of_seven_cells(mind: Mind) -> None:
    """“共设111个专业（见附件2）”."""
    table = clause(mind, "zhejiang-senior-2024#a2").table
    assert table is not None
    assert [row[0] for row in table.rows] == [str(number) for number in range(1, 112)]
    assert {len(row) for row in (table.header, *table.rows)} == {7}
    assert "共设111个专业" in clause(mind, "zhejiang-senior-2024#2.1").text


@pytest.mark.parametrize("number", range(1, 112))
def test_a_specialty_is_its_row_of_the_table(mind: Mind, number: int) -> None:
    """Name, name in the system (where the cell is empty, the name), code, licence category, range and remark."""
    table = clause(mind, "zhejiang-senior-2024#a2").table
    assert table is not None
    no, name, system_name, code, category, licence, remark = table.rows[number - 1]
    (fact,) = (row for row in mind.knowledge.facts.specialties if row.no == number)
    assert (str(fact.no), fact.name, fact.system_name, fact.code) == (no, name, system_name or name, code)
    assert (fact.category, fact.range, fact.remark) == (category, licence, remark)
    assert fact.source == "zhejiang-senior-2024#a2"


def test_no_other_specialties_and_no_code_twice(mind: Mind) -> None:
    """A code leads to one specialty, and is three digits."""
    rows = mind.knowledge.facts.specialties
    assert len(rows) == len({row.code for row in rows}) == len({row.name for row in rows}) == 111
    assert all(re.fullmatch(r"\d{3}", row.code) for row in rows)


def test_exactly_the_national_notice_is_a_repost(mind: Mind) -> None:
    """002 came from an advertiser's page; its issuer and what was left out are written down for staff."""
    assert {notice.id for notice in mind.knowledge.notices.values() if notice.repost} == {"national-2024"}
    notice = mind.knowledge.notices["national-2024"]
    assert notice.issuer == "国家卫生健康委人才交流服务中心"
    assert "广告" in notice.note


@pytest.mark.parametrize("word", ADVERTISING)
def test_the_repost_carries_no_advertising(mind: Mind, word: str) -> None:
    """BEHAVIOUR 1: advertising inside a reposted page is not content."""
    notice = mind.knowledge.notices["national-2024"]
    said = [notice.title, notice.short, *(each.label + each.full_text for each in notice.clause)]
    assert [text for text in said if word in text] == []


def test_clause_ids_are_unique_in_their_notice(mind: Mind) -> None:
    """An address leads to one clause."""
    for notice in mind.knowledge.notices.values():
        ids = [each.id for each in notice.clause]
        assert len(ids) == len(set(ids)), notice.id


@pytest.mark.parametrize(
    ("reference", "region", "year"),
    [
        ("national-2024#pay.1", "CN", 2024),
        ("leshan-2024#3", "CN-5111", 2024),
        ("shanghai-qa-2024#q20", "CN-31", 2024),
        ("zhanjiang-2024#1.3", "CN-4408", 2024),
        ("zhejiang-senior-2024#9.1", "CN-33", 2024),
    ],
)
def test_a_clause_is_found_with_its_notice(mind: Mind, reference: str, region: str, year: int) -> None:
    notice, found = mind.knowledge.clause(reference)
    assert (notice.region, notice.year) == (region, year)
    assert f"{notice.id}#{found.id}" == reference


@pytest.mark.parametrize("reference", ["national-2024#nope", "nope#pay.1", "national-2024", ""])
def test_an_unknown_clause_is_an_error(mind: Mind, reference: str) -> None:
    with pytest.raises(KeyError):
        mind.knowledge.clause(reference)
