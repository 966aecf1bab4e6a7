"""Tables out and in again: nothing changes by itself, one cell changes one entry, and what does not fit is told by cell."""

import asyncio
import csv
import datetime as dt
import io
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from staff_shelf import NOW, Shelved, shelved

from bot.desk import comma
from bot.desk.contents import Contents
from bot.desk.exchange import Exchanger, as_workbook
from bot.mind import Mind
from bot.staff.editions import Draft, DraftState
from bot.staff.exchange import Format, Job, JobState, Table
from bot.staff.forms import Layer
from bot.staff.people import Done, Person, Role
from knowledge.entries import index

LI = Person(name="li", role=Role.EDITOR, made=NOW)
LESHAN = Person(name="le", role=Role.EDITOR, regions=("CN-5111",), made=NOW)
VIEWER = Person(name="vi", role=Role.VIEWER, made=NOW)
SMALL = tuple(table for table in Table if table is not Table.PHRASINGS)  # which has 10,000 rows
PAYMENT = "window:payment/health/CN-5111/2024"


class At:
    """An exchange over the shipped content."""

    def __init__(self, shelf: Shelved) -> None:
        self.shelf = shelf
        self.exchange = Exchanger(
            store=shelf.editions,
            layers=shelf.layers,
            contents=Contents(shelf.editions),
            clock=lambda: dt.datetime.now(dt.UTC),
        )

    async def take(self, name: str, body: bytes, person: Person = LI) -> Job:
        """Import and wait."""
        begun = await self.exchange.begin(person, name, body)
        for _ in range(6000):  # a minute, on a busy machine
            job = self.exchange.job(person, begun.id)
            if job is None or job.state is not JobState.RUNNING:
                break
            await asyncio.sleep(0.01)
        assert job is not None
        return job

    async def workbook(self, *tables: Table, with_drafts: bool = False) -> Any:
        """A workbook of some tables: those that a test needs."""
        layer = await self.shelf.layers.of(Layer.DRAFTS if with_drafts else Layer.PUBLISHED)
        return openpyxl.load_workbook(io.BytesIO(as_workbook(tables or SMALL, layer, with_drafts=with_drafts)))


@pytest.fixture
async def at(tmp_path: Path, mind: Mind) -> AsyncIterator[At]:
    async with shelved(tmp_path / "k.sqlite3", mind) as shelf:
        found = At(shelf)
        yield found
        await found.exchange.close()


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cell(page: Any, header: str, key: str) -> Any:
    """The cell of a column in the row of an entry."""
    column = next(each.column for each in page[1] if each.value == header)
    row = next(each[0].row for each in page.iter_rows() if each[0].value == key)
    return page.cell(row=row, column=column)


def put(page: Any, **texts: str) -> int:
    """A new row below the others, by headers; its number."""
    row = page.max_row + 1
    for each in page[1]:
        if each.value in texts:
            page.cell(row=row, column=each.column, value=texts[each.value])
    return int(row)


async def test_what_was_not_touched_makes_no_draft(at: At) -> None:
    """The workbook and every CSV, as they were exported, saved by a spreadsheet or not."""
    made = await at.exchange.export(Format.EXCEL)
    for body in (made.body, saved(openpyxl.load_workbook(io.BytesIO(made.body)))):
        job = await at.take(made.name, body)
        assert (job.state, job.keys, job.misfits) == (JobState.KEPT, (), ())
    assert job.done == job.total > 11_000
    for table in Table:
        made = await at.exchange.export(Format.CSV, table)
        job = await at.take(made.name, made.body)
        assert (job.state, job.keys, job.misfits) == (JobState.KEPT, (), ()), table


async def test_the_zip_is_the_content_byte_for_byte(at: At) -> None:
    """And goes in again without a draft."""
    made = await at.exchange.export(Format.TOML)
    with zipfile.ZipFile(io.BytesIO(made.body)) as archive:
        assert {
            name: archive.read(name).decode() for name in archive.namelist() if name != "kaoda.json"
        } == at.shelf.texts
    assert made.body == (await at.exchange.export(Format.TOML)).body, "the same content is the same file"
    job = await at.take(made.name, made.body)
    assert (job.state, job.keys) == (JobState.KEPT, ())


async def test_one_cell_changes_one_field_of_one_entry(at: At) -> None:
    """All other lines of the entry stay as they are written."""
    book = await at.workbook()
    cell(book["时间"], "逾期后果", PAYMENT).value = "未按规定时间完成网上缴费的，视为自动放弃考试"
    job = await at.take("a.xlsx", saved(book))
    assert (job.state, job.keys) == (JobState.KEPT, (PAYMENT,)), job.misfits
    draft = await at.shelf.editions.draft(PAYMENT)
    assert draft is not None
    assert (draft.authors, draft.note, draft.before) == (("li",), "a.xlsx", at.shelf.entries[PAYMENT].text)
    before, after = at.shelf.entries[PAYMENT].text.splitlines(), draft.text.splitlines()
    old = "未按规定时间完成网上缴费的，视为自动放弃考试"
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        (f'consequence = "{old}。"', f'consequence = "{old}"')
    ]


async def test_misfits_are_told_by_sheet_and_cell_and_nothing_is_kept(at: At) -> None:
    """One good row among bad ones is not kept either."""
    book = await at.workbook()
    cell(book["时间"], "逾期后果", PAYMENT).value = "好"
    wrong = {
        ("时间", "截止", PAYMENT, "2025-02-08"): "原文里没有 2025-02-08",
        ("考试费", "每科金额（元）", "fee:health/CN-5111/2024/初级", "=25*2"): "这里是公式",
        ("考试费", "每科金额（元）", "fee:health/CN-5111/2024/中级", "七十"): "“七十”不是整数",
        ("报名点", "电话", "site:leshan-shawan/2024", "0833-3443389"): "里没有这些字",
        ("专业", "代码", "specialty:zhejiang-senior-2024#a2/1", "070"): "表格里这一行不一致",
        ("答案", "考试", "answer:fee/health/CN-5111/2024", "公务员考试"): "没有“公务员考试”",
        ("答案", "地区", "answer:fee/health/CN-5111/2024", "市中区"): "有几个地区",
    }  # fmt: skip
    cells = {}
    for (sheet, header, key, text), problem in wrong.items():
        found = cell(book[sheet], header, key)
        found.value = text
        if problem:
            cells[sheet, found.coordinate] = problem
    job = await at.take("a.xlsx", saved(book))
    assert (job.state, job.keys) == (JobState.REFUSED, ())
    told = {(each.sheet, each.cell): each.problem for each in job.misfits}
    assert {place: told.get(place) for place in cells if cells[place] not in (told.get(place) or "")} == {}
    assert all(each.remedy for each in job.misfits)
    assert await at.shelf.editions.drafts() == ()


async def test_a_wrong_mark_of_a_touched_row_is_told(at: At) -> None:
    book = await at.workbook()
    cell(book["时间"], "逾期后果", PAYMENT).value = "好"
    cell(book["时间"], "校验（勿改）", PAYMENT).value = None
    job = await at.take("a.xlsx", saved(book))
    assert [each.problem for each in job.misfits] == ["“校验”是空的或被改动了"]


async def test_what_others_changed_since_the_export_is_not_written_over(at: At) -> None:
    """An untouched row of an old export leaves the newer entry alone; a touched one is a misfit."""
    old = await at.workbook()
    await at.shelf.draft(PAYMENT, consequence="新的后果")
    assert (await at.take("a.xlsx", saved(old))).keys == ()
    cell(old["时间"], "逾期后果", PAYMENT).value = "我的后果"
    job = await at.take("a.xlsx", saved(old))
    assert [each.problem for each in job.misfits] == ["导出之后，别人改动过这一条"]
    draft = await at.shelf.editions.draft(PAYMENT)
    assert draft is not None
    assert "新的后果" in draft.text
    fresh = await at.workbook(with_drafts=True)
    cell(fresh["时间"], "逾期后果", PAYMENT).value = "我的后果"
    assert (await at.take("a.xlsx", saved(fresh))).keys == (PAYMENT,)


async def test_rows_are_added_and_deleted(at: At) -> None:
    """A new fee; a fee that goes; a new topic with its phrasings and answer."""
    book = await at.workbook(*Table)
    put(
        book["考试费"],
        考试="卫生资格考试（初级、中级）",
        地区="四川乐山",
        年度="2024",
        级别="初级",
        考试方式="纸笔",
        **{"每科金额（元）": "50"},
        依据条款="leshan-2024#3",
        原文="每人每科收取考试费50元",
    )
    cell(book["考试费"], "删除", "fee:health/CN-5111/2024/中级").value = "是"
    put(book["主题"], 编号="parking", 标题="停车", 文件="topics/exam.toml", 类型="unknown")
    for said in ("考点能停车吗", "开车去考试停哪里"):
        put(book["问法"], 主题编号="parking", 问法=said)
    put(
        book["答案"],
        主题编号="parking",
        考试="卫生资格考试（初级、中级）",
        地区="全国",
        年度="2024",
        答案="通知没有说停车，请咨询{contact}。",
    )
    job = await at.take("a.xlsx", saved(book))  # fmt: skip
    assert set(job.keys) == {
        "fee:health/CN-5111/2024/初级/纸笔",
        "fee:health/CN-5111/2024/中级",
        "topic:parking",
        "answer:parking/health/CN/2024",
    }, job.misfits
    layer = await at.shelf.layers.of(Layer.DRAFTS)
    assert layer.knowledge.topics["parking"].phrasings == ("考点能停车吗", "开车去考试停哪里")
    assert [row.amount for row in layer.knowledge.facts.fees if row.region == "CN-5111"] == [50, 50]


async def test_a_topic_goes_with_its_answers(at: At) -> None:
    """None of them is left to the topic before it."""
    book = await at.workbook()
    cell(book["主题"], "删除", "topic:payment_window").value = "是"
    job = await at.take("a.xlsx", saved(book))
    own = {key for key, entry in at.shelf.entries.items() if entry.topic == "payment_window"}
    assert set(job.keys) == {"topic:payment_window", *own}


async def test_a_phrasing_is_added_by_csv(at: At) -> None:
    """Only the topic that has a new row changes."""
    made = await at.exchange.export(Format.CSV, Table.PHRASINGS)
    lines = list(csv.reader(io.StringIO(made.body.decode("utf-8-sig"), newline="")))
    place = next(number for number, line in enumerate(lines) if line[0] == "payment_window")
    lines.insert(place, ["payment_window", "", "掏腰包的日子", ""])
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(lines)
    for body in (buffer.getvalue().encode("gb18030"), buffer.getvalue().encode("utf-8-sig")):
        job = await at.take("问法.csv", body)
        assert job.keys == ("topic:payment_window",), job.misfits
        break  # the second would find the draft


async def test_an_editor_imports_his_own_regions_only(at: At) -> None:
    """All or nothing here too; a viewer nothing at all."""
    book = await at.workbook()
    cell(book["时间"], "逾期后果", PAYMENT).value = "好"
    assert (await at.take("a.xlsx", saved(book), VIEWER)).misfits[0].problem == "您不能修改内容"
    assert (await at.take("a.xlsx", saved(book), LESHAN)).keys == (PAYMENT,)
    book = await at.workbook(with_drafts=True)
    cell(book["时间"], "逾期后果", PAYMENT).value = "更好"
    cell(book["时间"], "逾期后果", "window:payment/health/CN-31/2024").value = "好"
    job = await at.take("a.xlsx", saved(book), LESHAN)
    assert [each.cell for each in job.misfits] == ["window:payment/health/CN-31/2024"]
    draft = await at.shelf.editions.draft(PAYMENT)
    assert draft is not None
    assert draft.version == 1


async def test_an_unverified_draft_stays_unverified(at: At) -> None:
    """Filling it in by a spreadsheet is not comparing it with a notice."""
    text = at.shelf.entries[PAYMENT].text
    await at.shelf.draft_text(PAYMENT, "facts/windows.toml", text)
    draft = await at.shelf.editions.draft(PAYMENT)
    assert draft is not None
    draft = msgspec.structs.replace(draft, state=DraftState.UNVERIFIED)
    await at.shelf.editions.save(draft, 1, Done(at=NOW, who="li", deed="saved"))
    book = await at.workbook(with_drafts=True)
    cell(book["时间"], "逾期后果", PAYMENT).value = "好"
    assert (await at.take("a.xlsx", saved(book))).keys == (PAYMENT,)
    after = await at.shelf.editions.draft(PAYMENT)
    assert after is not None
    assert (after.state, after.version) == (DraftState.UNVERIFIED, 3)


@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        ("a.xls", b"x", "认不出这个文件"),
        ("a.xlsx", b"x", "文件打不开"),
        ("a.zip", b"PK", "文件打不开"),
        ("什么.csv", b"x", "看不出是哪一张表"),
        ("时间.csv", b"\xff\xff\xff", "文件打不开"),
        ("时间.csv", "别的,表头\r\n".encode(), "不认识的列“别的”"),
        ("a.zip", b"", "文件打不开"),
        ("a.xlsx", b"x" * (20 * 2**20 + 1), "文件太大"),
    ],
)
async def test_what_is_no_table_is_refused(at: At, name: str, body: bytes, problem: str) -> None:
    """With one sentence and its remedy, never a 500."""
    job = await at.take(name, body)
    assert job.state is JobState.REFUSED
    assert job.misfits[0].problem.startswith(problem)


def bomb(files: int = 1) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(files):
            archive.writestr(f"topics/{number}.toml", b" " * 300 * 2**20 if files == 1 else b"")
    return buffer.getvalue()


@pytest.mark.parametrize("make", [lambda: bomb(), lambda: bomb(3000)])
@pytest.mark.parametrize("name", ["a.xlsx", "a.zip"])
async def test_a_file_that_unpacks_to_gigabytes_is_not_unpacked(at: At, name: str, make: Callable[[], bytes]) -> None:
    """Known by its directory, before a byte is unpacked."""
    job = await at.take(name, make())
    assert job.state is JobState.REFUSED


async def test_a_zip_is_merged_entry_by_entry(at: At) -> None:
    """What somebody else changed meanwhile is a misfit only where the zip changes it too."""
    made = await at.exchange.export(Format.TOML)
    await at.shelf.draft("topic:fee", title="收费")
    changed = rezipped(made.body, "facts/windows.toml", 'consequence = "未按规定', 'consequence = "没有按规定')
    job = await at.take("a.zip", changed)
    assert job.state is JobState.KEPT
    assert all(key.startswith("window:") for key in job.keys)
    assert len(job.keys) == 1
    both = rezipped(made.body, "topics/payment.toml", 'id = "fee"\ntitle = "', 'id = "fee"\ntitle = "我的')
    job = await at.take("a.zip", both)
    assert [(each.sheet, each.cell) for each in job.misfits] == [("topics/payment.toml", "topic:fee")]
    broken = rezipped(made.body, "facts/fees.toml", "amount = 75", 'amount = "')
    assert (await at.take("a.zip", broken)).misfits[0].sheet == "fees.toml"


def rezipped(body: bytes, file: str, stands: str, instead: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(buffer, "w") as made:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == file:
                assert stands in text
                text = text.replace(stands, instead, 1)
            made.writestr(f"content/{name}", text)
    return buffer.getvalue()


@given(st.text())
def test_every_text_survives_csv(text: str) -> None:
    """And none that is written is one that a spreadsheet runs."""
    assert comma.restore(comma.escape(text)) == text
    assert comma.escape(text)[:1] not in comma.DANGEROUS


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'", "'=1", "''", '=HYPERLINK("http://x")']
)
async def test_formulas_are_texts(at: At, text: str) -> None:
    """In CSV they are guarded, in Excel they are cells of text; both come back as they were."""
    await at.shelf.draft(PAYMENT, consequence=text)
    made = await at.exchange.export(Format.CSV, Table.WINDOWS, with_drafts=True)
    rows = list(csv.reader(io.StringIO(made.body.decode("utf-8-sig"), newline="")))
    said = next(row[rows[0].index("逾期后果")] for row in rows if row[0] == PAYMENT)
    assert not said.startswith(tuple(comma.DANGEROUS))
    assert (await at.take(made.name, made.body)).keys == ()
    book = await at.workbook(Table.WINDOWS, with_drafts=True)
    assert not [each for page in book.worksheets for row in page.iter_rows() for each in row if each.data_type == "f"]
    job = await at.take("a.xlsx", saved(book))
    if text.strip() == text:  # a spreadsheet keeps blanks at the ends, an import does not look at them
        assert (job.state, job.keys) == (JobState.KEPT, ()), job.misfits


async def test_the_workbook_offers_choices_and_refuses_what_is_none(at: At) -> None:
    """Data validation: days, whole numbers, lists from a hidden sheet."""
    book = await at.workbook()
    assert book["选项"].sheet_state == "hidden"
    rules = {str(each.sqref).split(":")[0][0]: each for each in book["时间"].data_validations.dataValidation}
    headers = {each.column_letter: each.value for each in book["时间"][1]}
    kinds = {headers[letter]: rule.type for letter, rule in rules.items()}
    assert kinds["开始"] == kinds["截止"] == "date"
    assert kinds["年度"] == "whole"
    assert {"环节", "考试", "删除", "限名单内考区"} <= {name for name, kind in kinds.items() if kind == "list"}
    assert all(each.font.bold for each in book["时间"][1])
    assert index(at.shelf.texts)


async def drafted(at: At, key: str, old: str, new: str, *, before: str | None = None) -> str:
    """A draft by somebody of all regions; its file."""
    entry = index(await at.shelf.editions.texts(1))[key]
    draft = Draft(
        key=key,
        file=entry.file,
        before=entry.text if before is None else before,
        text=entry.text.replace(old, new),
        version=1,
        authors=("li",),
        at=NOW,
    )
    assert draft.text != entry.text
    await at.shelf.editions.save(draft, 0, Done(at=NOW, who="li", deed="saved", object=key))
    return entry.file


async def zip_with_drafts(at: At, file: str, old: str, new: str) -> bytes:
    return rezipped((await at.exchange.export(Format.TOML, with_drafts=True)).body, file, old, new)


async def test_a_draft_that_moves_an_entry_here_opens_it_to_nobody(at: At) -> None:
    """What is published is another region's: as in the form, its editors and those of all regions alone may change it."""
    found = index(await at.shelf.editions.texts(1)).values()
    site = next(each for each in found if each.kind == "site")
    moved = 'region = "CN-31" # 上午一'
    file = await drafted(at, site.key, f'region = "{site.fields["region"]}"', moved)
    shanghai = msgspec.structs.replace(LESHAN, name="shanghai", regions=("CN-31",))
    job = await at.take("a.zip", await zip_with_drafts(at, file, "上午一", "上午二"), shanghai)
    assert (job.state, [each.cell for each in job.misfits]) == (JobState.REFUSED, [site.key])


async def test_a_stale_draft_stays_stale(at: At) -> None:
    """After going back, what a draft was begun on is not what is published: a file does not do away with that question."""
    file = await drafted(at, PAYMENT, "stage =", 'half = "上午一"\nstage =', before="# 另一版\n")
    job = await at.take("a.zip", await zip_with_drafts(at, file, "上午一", "上午二"))
    assert (job.state, job.keys) == (JobState.KEPT, (PAYMENT,))
    draft = await at.shelf.editions.draft(PAYMENT)
    assert draft
    assert ("上午二" in draft.text, draft.before) == (True, "# 另一版\n")
