"""Carrying out and in, the new year and the new region over HTTP: what is shown, kept, and told to who does it wrong."""

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest
from aiohttp import FormData
from console_site import TOKEN, Visitor
from desk_site import LI
from editing_site import EditingSite, editing_site

from bot.mind import Mind
from bot.staff.editing import Edit
from bot.staff.editions import DraftState
from bot.staff.people import Role
from knowledge.content import read_folder

PAYMENT = "window:payment/health/CN-5111/2025"
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
text = "网上缴费时间2025年1月20日-30日，逾期视为自动放弃。"
"""


@pytest.fixture
async def site(tmp_path: Path, mind: Mind) -> AsyncIterator[EditingSite]:
    async with editing_site(tmp_path, mind) as found:
        yield found


@pytest.fixture
async def li(site: EditingSite) -> Visitor:
    return await site.enter("li", Role.EDITOR)


async def upload(who: Visitor, name: str, body: bytes) -> str:
    """Send a file by the form and wait; the page that tells how it ended."""
    await who.get("/exchange")
    found = TOKEN.search(who.text)
    form = FormData(quote_fields=False)  # as browsers send names
    form.add_field("csrf", found[1] if found else "")
    form.add_field("file", body, filename=name)
    response = await who.client.post("/console/exchange", data=form, allow_redirects=False)
    assert response.status == 303
    path = response.headers["Location"].removeprefix("/console")
    for _ in range(600):
        response = await who.get(path)
        if "Refresh" not in response.headers:
            break
        assert "<progress" in who.text
        await asyncio.sleep(0.1)
    return who.text


async def test_files_are_downloaded_and_come_back_as_drafts(site: EditingSite, li: Visitor) -> None:
    """The zip is the content byte for byte; a changed cell is a draft; the wrong ones are listed by cell."""
    response = await li.client.get("/console/exchange/file?form=toml")
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    with zipfile.ZipFile(io.BytesIO(await response.read())) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".toml")}
    assert texts == read_folder()
    response = await li.client.get("/console/exchange/file?form=csv&table=fees")
    body = await response.read()
    assert body.startswith(b"\xef\xbb\xbf")
    assert "没有生成草稿" in await upload(li, "考试费.csv", body)
    text = body.decode("utf-8-sig")
    shorter = text.replace("初、中级资格人机对话考试每人每科75元", "每人每科75元")
    assert "生成了 1 份草稿" in await upload(li, "副本.csv", shorter.encode("utf-8-sig")), "known by its headers"
    told = await upload(li, "考试费.csv", text.replace(",50,leshan", ",55,leshan").encode("utf-8-sig"))
    assert "什么也没有导入" in told
    assert "原文里没有 55" in told
    assert len(await site.desk.store.drafts()) == 1


async def test_a_workbook_is_taken(site: EditingSite, li: Visitor) -> None:
    """One sheet of it is enough."""
    response = await li.client.get("/console/exchange/file?form=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(await response.read()))
    for name in book.sheetnames:
        if name != "时间":
            del book[name]
    page = book["时间"]
    column = next(each.column for each in page[1] if each.value == "截止")
    page.cell(2, column, "2024-02-30")
    buffer = io.BytesIO()
    book.save(buffer)
    told = await upload(li, "a.xlsx", buffer.getvalue())
    assert re.search(r"<td>时间</td><td class=\"mono\">[A-Z]2</td><td>“2024-02-30”不是日期</td>", told)


@pytest.mark.parametrize("path", ["/exchange/file?form=pdf", "/exchange/file?form=csv&table=staff", "/exchange/jobs/x"])
async def test_what_there_is_not_is_not_found(li: Visitor, path: str) -> None:
    assert (await li.get(path)).status == 404


async def test_a_form_without_a_file_says_so(li: Visitor) -> None:
    await li.get("/exchange")
    assert (await li.post("/exchange", {})).status == 422
    assert "请先选择文件" in li.text


async def test_anothers_import_is_not_shown(site: EditingSite, li: Visitor) -> None:
    """A job is its person's."""
    await upload(li, "a.csv", b"x")
    found = re.search(
        r"/console(/exchange/jobs/[\w-]+)", li.text + (await (await li.client.get("/console/exchange")).text())
    )
    assert found
    other = await site.enter("wang", Role.EDITOR)
    assert (await other.get(found[1])).status == 404


async def test_a_year_is_prepared_by_pages(site: EditingSite, li: Visitor) -> None:
    """Copied, verified against the new notice, dropped, and switched to."""
    await li.get("/years")
    assert "2024年度" in li.text
    await li.post("/years", {"source": "2024", "target": "2025", "region": "没有的地方"})
    assert await site.desk.store.drafts() == ()
    assert (await li.post("/years", {"source": "2019", "target": "2025"})).status == 422
    assert "2019年度没有可以复制的内容" in li.text
    response = await li.post("/years", {"source": "2024", "target": "2025", "region": "乐山"})
    assert response.headers["Location"] == "/console/years?year=2025&said=years.rolled"
    drafts = await site.desk.store.drafts()
    assert {each.state for each in drafts} == {DraftState.UNVERIFIED}
    await li.get("/years?year=2025")
    assert f'id="count-unverified">{len(drafts)}<' in li.text
    assert "还没有接替" in li.text
    edit = Edit(key="", text=NOTICE, seen=0, file="notices/leshan-2025.toml")
    assert (await site.desk.editing.save(LI, edit)).draft
    await li.get(f"/years/verify?key={PAYMENT}")
    assert "leshan-2025#3" in li.text
    assert "2024-01-29" in li.text, "what the year before said"
    fields = field_values(li.text)
    refused = await li.post("/years/verify", {**fields, "key": PAYMENT, "seen": "1", "start": "2025-01-20"})
    assert refused.status == 422
    assert "没有通过核对" in li.text
    assert 'value="2025-01-20"' in li.text, "what was typed is still there"
    cited = {"start": "2025-01-20", "end": "2025-01-30", "source": "leshan-2025#3", "quote": "2025年1月20日-30日"}
    response = await li.post("/years/verify", {**fields, "key": PAYMENT, "seen": "1", **cited})
    assert response.headers["Location"].endswith("said=years.verified"), li.text
    draft = await site.desk.store.draft(PAYMENT)
    assert draft is not None
    assert draft.state is DraftState.OPEN
    fee = "fee:health/CN-5111/2025/初级"
    response = await li.post("/years/drop", {"key": fee, "seen": "1"})
    assert response.headers["Location"].endswith("said=years.dropped")
    assert await site.desk.store.draft(fee) is None
    publisher = await site.enter("pub", Role.PUBLISHER)
    await publisher.get("/years?year=2025")
    assert 'id="switch-year"' in publisher.text
    assert (await publisher.post("/years/switch", {"year": "2025"})).status == 303
    head = await site.desk.store.draft("head:exams.toml")
    assert head is not None
    assert "year = 2025" in head.text
    await publisher.get("/drafts")
    shown = re.findall(r'name="key" value="([^"]+)"', publisher.text)
    assert set(shown[:2]) == {"head:exams.toml", PAYMENT}, (
        "what can be published comes before what waits to be verified"
    )


async def test_a_region_shows_what_it_lacks(li: Visitor) -> None:
    """And gives the sheet to fill in."""
    await li.get("/regions?region=成都&exam=health&year=2024")
    assert re.findall(r'data-lack="(\w+)"', li.text) == ["notice", "windows", "fees", "contacts", "sites"]
    assert 'data-topic="fee"' in li.text
    response = await li.client.get("/console/regions/sheet?region=CN-5101&exam=health&year=2024")
    book = openpyxl.load_workbook(io.BytesIO(await response.read()))
    assert book.sheetnames == ["说明", "时间", "考试费", "报名点", "咨询", "选项"]
    await li.get("/regions?region=没有的地方")
    assert "没有认出" in li.text
    assert (await li.get("/regions/sheet?region=没有的地方")).status == 404
    await li.get("/regions?region=乐山&exam=health&year=2024")
    assert (await li.post("/regions", {"region": "CN-5111", "exam": "health", "year": "2024"})).status == 303


def field_values(text: str) -> dict[str, str]:
    """The texts of a form's inputs."""
    found = dict(re.findall(r'<input name="(\w+)" id="field-\w+" value="([^"]*)"', text))
    found |= dict(re.findall(r'<textarea name="(\w+)" id="field-\w+"[^>]*>\n?([^<]*)</textarea>', text))
    checked = re.findall(r'<input type="checkbox" name="(\w+)" value="([^"]*)" id="[^"]*" checked', text)
    chosen = re.findall(r'<select name="(\w+)".*?<option value="([^"]*)" selected', text, re.S)
    return {**found, **dict(checked), **dict(chosen)}
