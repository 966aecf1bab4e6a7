"""The editing pages over HTTP: what is shown, what is kept as a draft, what is told to who types something wrong."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from console_site import Visitor
from editing_site import EditingSite, editing_site

from bot.mind import Mind
from bot.staff.people import Role

PAYMENT = "window:payment/health/CN-5111/2024"
ANSWER = "answer:payment_window/health/CN-5111/2024"
PATIENCE = 400  # half seconds that a check may take on a busy machine


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reader(tmp_path_factory: pytest.TempPathFactory, mind: Mind) -> AsyncIterator[Visitor]:
    """An editor who only looks, on a console of the module."""
    async with editing_site(tmp_path_factory.mktemp("reader"), mind) as found:
        yield await found.enter("li", Role.EDITOR)


@pytest.fixture
async def site(tmp_path: Path, mind: Mind) -> AsyncIterator[EditingSite]:
    async with editing_site(tmp_path, mind) as found:
        yield found


async def form(who: Visitor, path: str, form_id: str = "entry-form") -> dict[str, list[str]]:
    """The fields of a page's form with what stands in them, as a browser would send them."""
    from html.parser import HTMLParser

    response = await who.client.get(f"/console{path}")
    text = await response.text()
    who.text = html.unescape(text)
    assert response.status == 200, text[:2000]

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.fields: dict[str, list[str]] = {}
            self.area: str | None = None
            self.select: str | None = None
            self.inside = False

        def handle_starttag(self, tag, attrs):
            given = dict(attrs)
            if tag == "form":
                self.inside = given.get("id") == form_id or not form_id
            if not self.inside or "disabled" in given:
                return
            name = given.get("name")
            if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
                self.fields.setdefault(name, []).append(given.get("value") or "")
            if tag == "textarea" and name:
                self.area = name
                self.fields.setdefault(name, []).append("")
            if tag == "select":
                self.select = name
                self.fields.setdefault(name, [""])
            if tag == "option" and self.select and "selected" in given:
                self.fields[self.select] = [given.get("value") or ""]

        def handle_endtag(self, tag):
            if tag == "textarea" and self.area:
                self.fields[self.area][-1] = self.fields[self.area][-1].removeprefix("\n")
                self.area = None
            if tag == "select":
                self.select = None
            if tag == "form":
                self.inside = False

        def handle_data(self, data):
            if self.area:
                self.fields[self.area][-1] += data

    reader = Reader()
    reader.feed(text)
    return reader.fields


async def send(who: Visitor, path: str, fields: dict[str, list[str]], **changes: str):
    """Send a form with some fields changed, line ends as browsers write them."""
    fields = {**fields, **{name: [value] for name, value in changes.items()}}
    pairs = [(name, value.replace("\n", "\r\n")) for name, values in fields.items() for value in values]
    response = await who.client.post(f"/console{path}", data=pairs, allow_redirects=False)
    if response.status != 303:
        who.text = html.unescape(await response.text())
    return response


def row(key: str) -> str:
    return f"/facts/{key.partition(':')[0]}/row?key={quote(key, safe='')}"


@pytest.mark.parametrize(
    "path",
    [
        "/topics",
        "/topics?q=交钱&stage=payment",
        "/topics/payment_window",
        "/topics/new",
        "/matrix",
        "/matrix?exam=senior&only=hole",
        f"/answers?key={quote(ANSWER, safe='')}",
        "/answers?topic=fee&region=CN-31&exam=health",
        "/facts/window",
        "/facts/fee",
        "/facts/site?q=市中区",
        "/facts/specialty",
        "/facts/list",
        "/facts/sitting",
        "/facts/contact",
        row(PAYMENT),
        "/facts/fee/row",
        "/notices",
        "/notices/leshan-2024",
        "/notices/leshan-2024/edit",
        "/notices/leshan-2024/cite?clause=3&q=缴费&quote=不受理现场缴费。",
        "/notices/upload",
        "/entries",
        "/entries/text?key=file:phrases.toml",
        "/preview?topic=payment_window&region=乐山&exam=health&at=2024-01-30T09:00",
        "/drafts",
        f"/drafts/entry?key={quote(PAYMENT, safe='')}",
        f"/drafts/history?key={quote(PAYMENT, safe='')}",
        "/check",
        "/releases",
        "/releases/1",
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_every_page_is_shown(reader: Visitor, path: str) -> None:
    response = await reader.get(path)
    assert response.status == 200, reader.text[:1500]


@pytest.fixture
async def editor(site: EditingSite) -> Visitor:
    return await site.enter("li", Role.EDITOR)


async def test_a_form_that_nobody_touched_makes_no_draft(site: EditingSite, editor: Visitor) -> None:
    for path, target in [
        (row(PAYMENT), "/facts/window/row"),
        (f"/answers?key={quote(ANSWER, safe='')}", "/answers"),
        ("/notices/leshan-2024/edit", "/notices/review"),
    ]:
        response = await send(editor, target, await form(editor, path))
        assert response.status == 303, editor.text
        assert response.headers["Location"].endswith("said=editing.nothing")
    assert await site.desk.editing.drafts() == ()


async def test_a_change_is_a_draft_of_those_lines_alone(site: EditingSite, editor: Visitor) -> None:
    fields = await form(
        editor,
        row(
            "contact:health/CN-31/2024/上海卫生人才交流中心（上海卫生人才网官网“人才评价”栏目、上海卫生人才中心公众号）"
        ),
    )
    response = await send(editor, "/facts/contact/row", fields, address="浦东", note_why="补地址")
    assert response.headers["Location"] == "/console/facts/contact?said=editing.saved"
    (draft,) = await site.desk.editing.drafts()
    assert draft.draft is not None
    assert draft.draft.note == "补地址"
    changed = set(draft.text.splitlines()) ^ set(draft.published.splitlines())
    assert changed == {'address = "浦东"', 'address = ""'}
    assert "浦东" in (await (await editor.get("/facts/contact")).text())


async def test_a_wrong_year_is_told_at_the_field_and_not_kept(site: EditingSite, editor: Visitor) -> None:
    fields = await form(editor, row(PAYMENT))
    response = await send(editor, "/facts/window/row", fields, start="2023-01-29")
    assert response.status == 422
    assert "2023-01-29 与引用的原文不一致" in editor.text
    assert 'value="2023-01-29"' in editor.text
    assert await site.desk.editing.drafts() == ()


async def test_what_is_typed_is_proofread_meanwhile(site: EditingSite, editor: Visitor) -> None:
    fields = await form(editor, row(PAYMENT))
    response = await send(editor, "/facts/window/proof", fields, start="2023-01-29", region="火星")
    said = await response.json()
    assert set(said) == {"start", "region"}


async def test_who_comes_second_is_asked_to_merge(site: EditingSite, editor: Visitor) -> None:
    other = await site.enter("zhang", Role.EDITOR)
    key = "topic:payment_window"
    mine = await form(editor, "/topics/payment_window", "")
    theirs = await form(other, "/topics/payment_window", "")
    assert (await send(other, "/topics/payment_window", theirs, title="缴费的时间")).status == 303
    response = await send(editor, "/topics/payment_window", mine, requires="钱")
    assert response.status == 409
    assert "zhang 保存过" in editor.text
    assert "两边改的不是同一行" in editor.text
    merged = re.search(r'<textarea class="code" id="text"[^>]*>\n(.*?)</textarea>', editor.text, re.DOTALL)
    assert merged
    seen = re.search(r'name="seen" value="(\d+)"', editor.text)
    assert seen
    sent = {
        "csrf": mine["csrf"],
        "key": [key],
        "seen": [seen[1]],
        "text": [merged[1]],
        "base": [""],
        "file": [""],
        "topic": [""],
    }
    kept = await send(editor, "/drafts/merge", sent)
    assert kept.status == 303, editor.text
    (draft,) = await site.desk.editing.drafts()
    assert 'title = "缴费的时间"' in draft.text
    assert 'requires = ["钱"]' in draft.text


async def test_an_editor_of_one_region_reads_the_others_and_cannot_save_them(site: EditingSite) -> None:
    editor = await site.enter("wu", Role.EDITOR, ("CN-31",))
    await editor.get(row(PAYMENT))
    assert 'id="read-only"' in editor.text
    fields = await form(editor, row(PAYMENT))
    response = await send(editor, "/facts/window/row", fields, consequence="甲")
    assert response.status == 422
    assert await site.desk.editing.drafts() == ()


async def test_a_new_answer_is_kept_with_its_sources(site: EditingSite, editor: Visitor) -> None:
    fields = await form(editor, "/answers?topic=payment_channel&region=CN-511102&exam=health")
    assert fields["region"] == ["四川乐山市中区"]
    fields["source_clause"], fields["source_quote"] = ["leshan-2024#3", ""], ["不受理现场缴费。", ""]
    response = await send(editor, "/answers", fields, text="不能现场缴费，只在网上支付。")
    assert response.status == 303, re.findall(r'class="fault"[^>]*>([^<]+)', editor.text)
    (draft,) = await site.desk.editing.drafts()
    assert draft.key == "answer:payment_channel/health/CN-511102/2024"
    assert 'quote = "不受理现场缴费。"' in draft.text
    await editor.get("/topics/payment_channel")
    assert "不能现场缴费，只在网上支付。" in editor.text


async def test_an_uploaded_notice_is_reviewed_and_kept(site: EditingSite, editor: Visitor) -> None:
    await editor.get("/notices/upload")
    text = "一、报名时间\n2024年12月1日至10日网上报名。\n二、缴费\n（一）网上缴费\n每人每科50元。"
    response = await editor.post("/notices/upload", {"text": text})
    assert response.status == 200
    assert editor.text.count('class="panel clause-form') == 5
    fields = {
        "csrf": [re.search(r'name="csrf" value="([^"]*)"', editor.text)[1]],  # type: ignore[index]  # it is there
        "key": [""], "seen": ["0"], "base": [""], "clauses": ["3"],
        "id": ["emei-2024"], "title": ["峨眉山报名公告"], "short": ["峨眉山公告"], "issuer": ["峨眉山考点"],
        "exams": ["health"], "region": ["峨眉山"], "year": ["2024"],
    }  # fmt: skip
    lines = [
        ("h1", "一", "一、报名时间", "yes"),
        ("1", "一", "2024年12月1日至10日网上报名。", ""),
        ("2", "二", "缴费\n\n每人每科50元。", ""),
    ]
    for number, (id_, label, words, heading) in enumerate(lines):
        fields |= {f"clause_id-{number}": [id_], f"clause_label-{number}": [label], f"clause_text-{number}": [words]}
        fields |= {f"clause_heading-{number}": [heading]}
    stepped = await send(editor, "/notices/review", {**fields, "step": ["part-2"]})
    assert stepped.status == 200
    assert 'value="2b"' in editor.text
    assert (await send(editor, "/notices/review", fields)).headers["Location"].startswith("/console/notices/emei-2024")
    await editor.get("/notices/emei-2024")
    assert "每人每科50元。" in editor.text
    assert "没有用上" in editor.text


@pytest.mark.parametrize(
    ("data", "said"), [(b"\xd0\xcf\x11\xe0", "旧格式的 .doc"), (b"%PDF-1.7", "不能读 PDF"), (b"", "请选择文件")]
)
async def test_an_upload_that_cannot_be_read_says_what_to_do(editor: Visitor, data: bytes, said: str) -> None:
    from aiohttp import FormData

    await editor.get("/notices/upload")
    token = re.search(r'name="csrf" value="([^"]*)"', editor.text)
    sent = FormData()
    sent.add_field("csrf", token[1] if token else "")
    sent.add_field("file", data, filename="a.doc", content_type="application/msword")
    response = await editor.client.post("/console/notices/upload", data=sent)
    assert response.status == 422
    assert said in html.unescape(await response.text())


async def test_text_is_checked_when_it_is_saved(site: EditingSite, editor: Visitor) -> None:
    fields = await form(editor, "/entries/text?key=file:phrases.toml", "")
    response = await send(editor, "/entries/text", fields, text="nation = ")
    assert response.status == 422
    assert "没有保存" in editor.text
    assert await site.desk.editing.drafts() == ()


async def test_what_is_typed_never_becomes_markup(site: EditingSite, editor: Visitor) -> None:
    fields = await form(editor, "/topics/payment_window", "")
    await send(editor, "/topics/payment_window", fields, title="<script>alert(1)</script>")
    for path in (
        "/topics",
        "/topics/payment_window",
        "/matrix",
        "/drafts",
        f"/drafts/entry?key={quote('topic:payment_window')}",
        "/preview?topic=payment_window",
    ):
        response = await editor.client.get(f"/console{path}")
        text = await response.text()
        assert "<script>alert" not in text
        assert path != "/topics" or "&lt;script&gt;alert" in text


async def test_a_preview_shows_both_channels(editor: Visitor) -> None:
    await editor.get("/preview?topic=payment_window&region=乐山&exam=health&at=2024-01-30T09:00&layer=published")
    assert "还剩9天" in editor.text
    assert 'id="web-reply"' in editor.text
    assert 'id="wechat-0"' in editor.text


@pytest.mark.slow
async def test_drafts_are_checked_published_and_rolled_back(site: EditingSite, editor: Visitor) -> None:
    """By the pages: an editor drafts, a publisher checks and publishes, and goes back again."""
    fields = await form(editor, "/topics/payment_window", "")
    await send(editor, "/topics/payment_window", fields, title="缴费的时间")
    publisher = await site.enter("wang", Role.PUBLISHER)
    for _ in range(PATIENCE):
        await publisher.get("/check?key=topic:payment_window")
        if 'id="running"' not in publisher.text:
            break
        await asyncio.sleep(0.5)
    assert 'id="clean"' in publisher.text, publisher.text[-3000:]
    sent = await form(publisher, "/check?key=topic:payment_window", "publish-form")
    published = await send(publisher, "/check/publish", sent, note="改标题")
    assert published.status == 303, publisher.text[-3000:]
    assert published.headers["Location"] == "/console/releases/2?said=editing.published"
    await publisher.get("/releases/2")
    assert "缴费的时间" in publisher.text
    await publisher.get("/releases/1")
    back = await publisher.post("/releases/1/rollback", {"note": "试一试"})
    assert back.headers["Location"] == "/console/releases/3?said=editing.rolled_back"
    assert await site.desk.store.texts(3) == await site.desk.store.texts(1)
