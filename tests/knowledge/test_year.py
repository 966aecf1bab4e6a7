"""One year is told: answers and rows of other years stay on file and never reach an answer."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest
from registered import registration

from bot.check import problems
from bot.conversation import Conversation
from bot.dialogue import decide
from bot.mind import think
from bot.place import place_of
from bot.turn import Heard
from knowledge.content import ContentError, load_texts, read_folder
from knowledge.model import Knowledge, Scope
from knowledge.resolve import Found, Missing, resolve

WINDOW = """
[[window]]
name = "payment"
stage = "payment"
exams = ["health"]
region = "CN-5111"
year = 2025
start = 2025-01-20
end = 2025-01-30
source = "leshan-2025#3"
quote = "2025年1月20日-30日"
"""
NOTICE = """id = "leshan-2025"
title = "乐山考点2025年度公告"
short = "乐山考点公告"
issuer = "乐山考点"
exams = ["health"]
region = "CN-5111"
year = 2025

[[clause]]
id = "3"
label = "三"
text = "网上缴费时间2025年1月20日-30日，逾期不候。"
"""
ANSWER = """
[[topic.answer]]
exams = ["health"]
region = "CN-5111"
year = 2025
text = "{window:payment}，逾期不候。"
sources = [{clause = "leshan-2025#3", quote = "逾期不候"}]
"""


def texts(year: int) -> dict[str, str]:
    """The shipped content with a notice, a window and an answer of 乐山 of 2025 beside those of 2024."""
    found = read_folder()
    found["notices/leshan-2025.toml"] = NOTICE
    found["facts/windows.toml"] += WINDOW
    found["exams.toml"] = found["exams.toml"].replace("year = 2024", f"year = {year}", 1)
    head, mark, rest = found["topics/payment.toml"].partition("\n[[topic]]\n")  # 网上缴费时间 is the first
    found["topics/payment.toml"] = head + ANSWER + mark + rest
    return found


@pytest.fixture(scope="module")
def known() -> Mapping[int, Knowledge]:
    return {year: load_texts(texts(year)) for year in (2024, 2025)}


@pytest.mark.parametrize("year", [2024, 2025])
def test_whatever_is_found_is_of_the_year(known: Mapping[int, Knowledge], year: int) -> None:
    """Every topic in every scope, every row that a look-up can reach."""
    knowledge = known[year]
    for topic in knowledge.topics.values():
        for region in (None, "CN", "CN-51", "CN-5111", "CN-511102", "CN-31", "CN-33", "CN-4408"):
            for exam in (None, *knowledge.exams):
                found = resolve(knowledge, topic, Scope(exam=exam, region=region))
                assert not isinstance(found, Found) or found.answer.year == year or not topic.is_yearly
    facts = knowledge.facts
    rows = (*facts.windows, *facts.fees, *facts.sites, *facts.lists, *facts.sittings, *facts.contacts)
    assert {row.year for row in rows} == {year}
    assert {knowledge.clause(row.source)[0].year for row in facts.specialties} <= {year}


def test_the_same_question_is_answered_by_its_year(known: Mapping[int, Knowledge]) -> None:
    """Beside each other on file, apart in what is told."""
    ends = {year: each.window("payment", "health", "CN-5111") for year, each in known.items()}
    assert {year: str(window and window.end) for year, window in ends.items()} == {
        2024: "2024-02-08",
        2025: "2025-01-30",
    }
    assert known[2025].window("payment", "health", "CN-4408") is None, "湛江's is of 2024, the nation's too"
    assert not known[2025].is_listed("online_payment", "CN-31")
    assert isinstance(
        resolve(known[2025], known[2025].topics["fee"], Scope(exam="health", region="CN-5111")), Missing
    ), "nothing is said rather than last year's fee"


def test_a_greeting_has_no_year(known: Mapping[int, Knowledge]) -> None:
    """What rests on no notice is said every year."""
    found = resolve(known[2025], known[2025].topics["greeting"], Scope())
    assert isinstance(found, Found)
    assert found.answer.text


def test_nothing_is_lost(known: Mapping[int, Knowledge]) -> None:
    """What is not told stays on file, for staff, gates and the notices' pages."""
    for year, knowledge in known.items():
        whole = knowledge.whole()
        assert {row.year for row in whole.facts.windows} == {2024, 2025}
        assert {answer.year for answer in whole.topics["payment_window"].answer} == {2024, 2025}
        assert {each.year for each in knowledge.in_force} == {year}
        assert {"leshan-2024", "leshan-2025"} <= set(knowledge.notices)
    assert known[2024].in_year(2025).facts == known[2025].facts


def test_a_year_that_is_not_stated_is_an_error() -> None:
    """One sentence that says where to write it."""
    found = read_folder()
    found["exams.toml"] = found["exams.toml"].replace("year = 2024", "", 1)
    with pytest.raises(ContentError, match=r"exams.toml: year: is missing\n  → write year = 2024 above"):
        load_texts(found)


@pytest.mark.parametrize("year", [2024, 2025])
def test_both_years_pass_the_gates_together(year: int, tmp_path: Path) -> None:
    """A prepared year can be published before it is told; once it is, what still lacks a row is named."""
    folder = tmp_path / "content"
    for file, text in texts(year).items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, "utf-8")
    assert [str(each) for each in problems(folder, tmp_path)] == []


def test_the_year_that_is_not_told_is_not_answered_from_the_other(
    known: Mapping[int, Knowledge], tmp_path: Path
) -> None:
    """2024年…, asked once 2025 is told: the notice is on file, and nothing is told of it as current."""
    mind = think(known[2025], tmp_path)
    now = dt.datetime(2024, 12, 20, 12, tzinfo=dt.UTC)
    asked = decide(mind, Heard(text="乐山什么时候缴费"), Conversation(), now)
    assert "2025年1月20日" in asked.text
    assert "2024" not in asked.text
    other = decide(mind, Heard(text="乐山2024年度考试什么时候缴费"), Conversation(), now)
    assert "只答复2025年度的安排" in other.text
    assert "2月8日" not in other.text


def test_a_registration_of_the_year_before_is_told_no_day(known: Mapping[int, Knowledge]) -> None:
    """Its notice is on file, and no longer told."""
    place = place_of(known[2025], registration("乐山 2024"))
    assert not place.is_on_file
    assert "只答复2025年度的安排" in place.note
