"""A year is copied, verified entry by entry, and told; a region is asked for its facts and shows what they answer."""

import asyncio
import datetime as dt
import io
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest
from staff_shelf import NOW, Shelved, shelved

from bot.desk.contents import Contents
from bot.desk.drafting import with_drafts
from bot.desk.editing import Editor
from bot.desk.exchange import Exchanger
from bot.desk.years import YearsDesk
from bot.mind import Mind
from bot.staff.editions import DraftState
from bot.staff.exchange import JobState
from bot.staff.people import Person, Role
from bot.staff.years import Answered, WorkState
from knowledge.content import load_texts

LI = Person(name="li", role=Role.EDITOR, made=NOW)
WANG = Person(name="wang", role=Role.EDITOR, made=NOW)
LESHAN = Person(name="le", role=Role.EDITOR, regions=("CN-5111",), made=NOW)
VIEWER = Person(name="vi", role=Role.VIEWER, made=NOW)
PAYMENT, ANSWER = "window:payment/health/CN-5111/2025", "answer:payment_window/health/CN-5111/2025"
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
text = "网上缴费时间2025年1月20日-30日，每人每科50元，逾期视为自动放弃。"
"""
CHENGDU = (
    NOTICE.replace("leshan", "chengdu").replace("乐山", "成都").replace("CN-5111", "CN-5101").replace("2025", "2024")
)


class At:
    """The desk over the shipped content."""

    def __init__(self, shelf: Shelved, mind: Mind) -> None:
        self.shelf, contents = shelf, Contents(shelf.editions)
        clock = lambda: dt.datetime.now(dt.UTC)  # noqa: E731  # a clock in a line
        editor = Editor(store=shelf.editions, knowledge=lambda: mind.knowledge, clock=clock)
        self.years = YearsDesk(store=shelf.editions, layers=shelf.layers, contents=contents, editor=editor, clock=clock)
        self.exchange = Exchanger(store=shelf.editions, layers=shelf.layers, contents=contents, clock=clock)


@pytest.fixture
async def at(tmp_path: Path, mind: Mind) -> AsyncIterator[At]:
    async with shelved(tmp_path / "k.sqlite3", mind) as shelf:
        yield At(shelf, mind)


async def test_a_year_is_copied_as_unverified_drafts_of_one_transaction(at: At) -> None:
    """Everything once; a second time nothing."""
    rolled = await at.years.roll_over(LI, 2024, 2025)
    drafts = await at.shelf.editions.drafts()
    assert rolled.findings == ()
    assert len(rolled.keys) == len(drafts) > 500
    assert {each.state for each in drafts} == {DraftState.UNVERIFIED}
    assert {each.before for each in drafts} == {""}
    again = await at.years.roll_over(LI, 2024, 2025)
    assert (again.keys, again.skipped) == ((), len(drafts))


async def test_the_checklist_tells_what_is_left_region_by_region(at: At) -> None:
    """And which notices have to be asked for, and what is done by hand."""
    await at.years.roll_over(LI, 2024, 2025)
    found = await at.years.checklist()
    assert (found.told, found.year) == (2024, 2025)
    assert found.regions[0].region.id == "CN"
    assert found.count(WorkState.UNVERIFIED) == len(await at.shelf.editions.drafts())
    leshan = next(each for each in found.regions if each.region.id == "CN-5111")
    assert [each.id for each in leshan.lacks_notice] == ["leshan-2024"]
    assert next(each for each in leshan.work if each.key == PAYMENT).before == PAYMENT.replace("2025", "2024")
    assert any("专业表" in each for each in found.by_hand)
    assert any("status.toml" in each for each in found.by_hand)
    assert (await at.years.checklist(2024)).count(WorkState.PUBLISHED) > 500


async def verified(at: At) -> None:
    """乐山 2025: its notice, the window and the answer on it."""
    await at.shelf.draft_text("notice:leshan-2025", "notices/leshan-2025.toml", NOTICE)
    await at.years.roll_over(LI, 2024, 2025, ("CN-5111",))
    for key, fields in {
        PAYMENT: {"start": "2025-01-20", "end": "2025-01-30", "source": "leshan-2025#3", "quote": "2025年1月20日-30日"},
        ANSWER: {"sources": "leshan-2025#3\t逾期视为自动放弃", "text": "{window:payment}，逾期视为自动放弃。"},
    }.items():
        kept = await at.years.verify(WANG, key, 1, fields)
        assert kept.findings == ()


async def test_an_entry_is_verified_against_a_clause_of_the_new_notice(at: At) -> None:
    """Then it may be published, and is told once its year is."""
    await verified(at)
    drafts = {each.key: each for each in await at.shelf.editions.drafts()}
    assert (drafts[PAYMENT].state, drafts[PAYMENT].authors) == (DraftState.OPEN, ("wang",))
    open_ones = [each for each in drafts.values() if each.state is DraftState.OPEN]
    known = load_texts(with_drafts(at.shelf.texts, open_ones))
    assert known.window("payment", "health", "CN-5111").start == dt.date(2024, 1, 29)  # type: ignore[union-attr]  # it is there
    assert known.in_year(2025).window("payment", "health", "CN-5111").start == dt.date(2025, 1, 20)  # type: ignore[union-attr]  # likewise
    found = await at.years.checklist()
    leshan = next(each for each in found.regions if each.region.id == "CN-5111")
    assert leshan.count(WorkState.VERIFIED) == 2
    assert [each.id for each in leshan.notices] == ["leshan-2025"]
    assert leshan.lacks_notice == ()


@pytest.mark.parametrize(
    ("key", "fields", "problems"),
    [
        (PAYMENT, {}, ["没有填", "没有填", "没有任何日期"]),
        (PAYMENT, {"start": "2024-01-29", "source": "leshan-2024#3", "quote": "2024年1月29日-2月8日"}, ["年度与依据的通知不同"]),
        (PAYMENT, {"start": "2025-01-21", "source": "leshan-2025#3", "quote": "2025年1月20日-30日"}, ["原文里没有 2025-01-21"]),
        (PAYMENT, {"start": "2025-01-20", "source": "leshan-2025#3", "quote": "2025年1月20日至30日"}, ["里没有这些字"]),
        ("fee:health/CN-5111/2025/初级", {"source": "leshan-2025#3", "quote": "每人每科50元"}, ["原文里没有 0"]),
        ("fee:health/CN-5111/2025/初级", {"amount": "60", "source": "leshan-2025#3", "quote": "每人每科50元"}, ["原文里没有 60"]),
        (ANSWER, {}, ["没有给出依据"]),
        (ANSWER, {"sources": "leshan-2025#3\t逾期视为自动放弃", "text": "〖2024〗年不变。"}, ["答案里还有“〖…〗”"]),
        (ANSWER, {"sources": "leshan-2025#3\t逾期视为自动放弃", "text": "1月20日开始。"}, ["直接写在答案里"]),
    ],
)  # fmt: skip
async def test_what_is_not_in_the_new_notice_is_not_verified(
    at: At, key: str, fields: dict[str, str], problems: list[str]
) -> None:
    """Nothing old can become new by a click."""
    await at.shelf.draft_text("notice:leshan-2025", "notices/leshan-2025.toml", NOTICE)
    await at.years.roll_over(LI, 2024, 2025, ("CN-5111",))
    kept = await at.years.verify(WANG, key, 1, fields)
    assert kept.draft is None
    told = [each.problem for each in kept.findings]
    assert all(any(problem in each for each in told) for problem in problems), told
    draft = await at.shelf.editions.draft(key)
    assert draft is not None
    assert (draft.state, draft.version) == (DraftState.UNVERIFIED, 1)


async def test_the_form_shows_the_old_entry_and_the_clauses(at: At) -> None:
    """Only clauses of the year, the exam and the region."""
    await at.shelf.draft_text("notice:leshan-2025", "notices/leshan-2025.toml", NOTICE)
    await at.years.roll_over(LI, 2024, 2025)
    form = await at.years.open(PAYMENT)
    assert form is not None
    assert (form.name, form.region.name) == ("网上缴费", "四川乐山")
    assert (form.fields["start"], form.before["start"]) == ("", "2024-01-29")
    assert [each.id for each in form.clauses] == ["leshan-2025#3"]
    other = await at.years.open(PAYMENT.replace("CN-5111", "CN-31"))
    assert other is not None
    assert other.clauses == ()
    assert await at.years.open("topic:fee") is None


async def test_who_verifies_comes_second_and_rights_count(at: At) -> None:
    """A stale version, another region's editor, a viewer."""
    await verified(at)
    assert (await at.years.verify(LI, PAYMENT, 1, {})).findings[0].problem.startswith("这一条已不是")
    key = "answer:fee/health/CN-31/2025"
    await at.years.roll_over(LI, 2024, 2025, ("CN-31",))
    assert (await at.years.verify(WANG, key, 7, {})).findings[0].problem.startswith("同时有人保存")
    assert (await at.years.roll_over(VIEWER, 2024, 2026)).findings[0].problem == "您没有编辑权限"
    rolled = await at.years.roll_over(LESHAN, 2024, 2026)
    assert rolled.keys
    assert not [each for each in rolled.keys if "CN-5111" not in each and "leshan" not in each]
    assert (await at.years.roll_over(LI, 2019, 2026)).findings[0].problem == "2019年度没有可以复制的内容"
    assert (await at.years.roll_over(LI, 2024, 2024)).findings


async def test_the_year_itself_is_a_draft(at: At) -> None:
    """One line of exams.toml, published like anything else."""
    kept = await at.years.switch(LI, 2025)
    assert kept.draft is not None
    assert "year = 2025" in kept.draft.text
    assert load_texts(with_drafts(at.shelf.texts, [kept.draft])).year == 2025
    assert (await at.years.checklist()).switch == kept.draft
    assert (await at.years.switch(LI, 99999)).findings


async def test_a_new_region_is_asked_for_what_it_lacks(at: At) -> None:
    """Then its facts alone answer some topics; the rest are holes, or the nation's rules."""
    before = await at.years.region("成都", "", 2024)
    assert before is not None
    assert before.lacks == ("notice", "windows", "fees", "contacts", "sites")
    assert {each.state for each in before.topics} <= {Answered.INHERITED, Answered.HOLE, Answered.UNSTATED}
    assert await at.years.region("没有的地方", "", 2024) is None
    await at.shelf.draft_text("notice:chengdu-2024", "notices/chengdu-2024.toml", CHENGDU)
    body = await at.years.sheet("成都", "health", 2024)
    assert body is not None
    job = await filled(at, body)
    assert job == ("fee:health/CN-5101/2024", "window:payment/health/CN-5101/2024")
    after = await at.years.region("CN-5101", "health", 2024)
    assert after is not None
    assert after.lacks == ("contacts", "sites")
    proposed = {each.topic.id: each.proposal for each in after.topics if each.proposal}
    assert proposed["fee"] == "{fees}。"
    rolled = await at.years.propose(LI, "成都", "health", 2024)
    assert len(rolled.keys) == after.proposed > 0
    draft = await at.shelf.editions.draft("answer:fee/health/CN-5101/2024")
    assert draft is not None
    assert draft.state is DraftState.UNVERIFIED
    assert 'clause = "chengdu-2024#3"' in draft.text
    fee = next(each for each in (await region(at)).topics if each.topic.id == "fee")
    assert fee.state is not Answered.OWN, "an unverified answer answers nothing"
    assert (await at.years.verify(WANG, draft.key, 1, {})).findings == ()
    fee = next(each for each in (await region(at)).topics if each.topic.id == "fee")
    assert fee.state is Answered.OWN


async def region(at: At):
    found = await at.years.region("成都", "health", 2024)
    assert found is not None
    return found


async def filled(at: At, body: bytes) -> tuple[str, ...]:
    """The fact sheet, filled in as staff would: two rows, the prepared others left as they are."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    for sheet, texts in {
        "时间": {"开始": "2024-01-20", "截止": "2024-01-30", "原文": "2024年1月20日-30日"},
        "考试费": {"每科金额（元）": "50", "原文": "每人每科50元"},
    }.items():
        page = book[sheet]
        headers = {each.value: each.column for each in page[1]}
        rows = [
            row
            for row in range(2, page.max_row + 1)
            if sheet == "考试费"
            or "payment" in (page.cell(row, headers["名称" if "名称" in headers else "时间名称"]).value or "")
        ]
        for header, text in {**texts, "依据条款": "chengdu-2024#3"}.items():
            page.cell(rows[0], headers[header], text)
    buffer = io.BytesIO()
    book.save(buffer)
    begun = await at.exchange.begin(LI, "成都.xlsx", buffer.getvalue())
    for _ in range(1000):
        job = at.exchange.job(LI, begun.id)
        if job is None or job.state is not JobState.RUNNING:
            break
        await asyncio.sleep(0.01)
    assert job is not None
    assert job.state is JobState.KEPT, job.misfits
    return tuple(sorted(job.keys))
