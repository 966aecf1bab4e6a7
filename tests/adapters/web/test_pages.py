"""The pages as the server sends them: what they show without scripts, escaping, headers."""

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from yarl import URL

from adapters.web.security import HEADERS, header_setter
from bot.ports import StoreError

HTML = {"Accept": "text/html"}


async def page(client, path, **form):
    response = await (client.post(path, data=form, headers=HTML) if form else client.get(path, headers=HTML))
    return response.status, await response.text()


@pytest.mark.parametrize(
    "path",
    ["/", "/notices", "/notices/leshan-2024", "/regions", "/api", "/none", "/static/chat.js", "/healthz", "/api/v1/x"],
)
async def test_security_headers_are_on_everything(client, path):
    response = await client.get(path)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("path", ["/", "/notices", "/notices/leshan-2024", "/regions", "/api", "/none"])
async def test_pages_need_nothing_that_the_policy_forbids(client, path):
    _, text = await page(client, path)
    assert "style=" not in text
    assert "<style" not in text
    assert " onclick" not in text
    assert text.count("<script") == text.count('<script src="/static/') + text.count(
        '<script type="module" src="/static/'
    )


async def test_https_is_kept_where_the_address_is_https(start):
    client = await start(public_url="https://kaoda.example")
    assert "Strict-Transport-Security" in (await client.get("/")).headers


async def test_form_answers_without_scripts(client, responder):
    status, text = await page(client, "/", text="什么时候缴费", region="CN-31")
    assert status == 200
    assert "您说：什么时候缴费" in text
    assert f'name="conversation_id" value="{responder.messages[0].user}"' in text
    assert responder.messages[0].region == "CN-31"


async def test_form_goes_on_with_its_conversation(client, responder):
    """Later on the conversation itself knows the latest region named; the form does not overrule it."""
    await page(client, "/", text="一")
    await page(client, "/", text="二", conversation_id=responder.messages[0].user, region="CN-31")
    assert responder.messages[1].user == responder.messages[0].user
    assert responder.messages[1].region == ""


async def test_what_is_typed_is_escaped(client):
    _, text = await page(client, "/", text="<script>alert(1)</script>")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


async def test_what_the_bot_says_is_escaped(client):
    _, text = await page(client, "/", text="a")
    assert "&lt;i&gt;原文" in text
    assert "&lt;u&gt;" in text
    assert 'value="&#34;"' in text


@pytest.mark.parametrize("region", ["<b>", "火星", "护" * 100])
async def test_unknown_region_is_said_and_escaped(client, region):
    response = await client.get("/", params={"region": region})
    text = await response.text()
    assert response.status == 200
    assert "没有找到地区" in text
    assert "<b>" not in text


@pytest.mark.parametrize(("text", "words"), [("", "请先写下"), ("护" * 8001, "不能超过 8000 字")])
async def test_form_says_what_is_wrong_and_keeps_the_words(client, text, words):
    status, shown = await page(client, "/", text=text)
    assert status == 422
    assert words in shown
    assert f">{text}</textarea>" in shown


async def test_form_keeps_the_words_when_the_store_is_down(client, responder):
    responder.error = StoreError("x")
    status, text = await page(client, "/", text="缴费")
    assert status == 503
    assert ">缴费</textarea>" in text


async def test_form_asked_too_fast_keeps_the_words(start):
    client = await start(questions_per_minute=1)
    await page(client, "/", text="一")
    status, text = await page(client, "/", text="二")
    assert status == 429
    assert ">二</textarea>" in text


async def test_form_of_another_kind_is_415(client):
    assert (await client.post("/", json={"text": "a"})).status == 415


async def test_form_that_is_not_utf8_is_400(client):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await client.post("/", data=b"text=\xff\xfe", headers=headers)).status == 400


async def test_tampered_conversation_id_starts_a_new_conversation(client, responder):
    status, _ = await page(client, "/", text="缴费", conversation_id="' or 1=1")
    assert status == 200
    assert responder.messages[0].text == "缴费"


async def test_timeline_is_readable_without_scripts(client):
    _, text = await page(client, "/?region=CN-31")
    assert text.index("已结束") < text.index("今天 12月5日") < text.index("进行中，还剩9天") < text.index("未开始")
    assert text.count('aria-current="step"') == 1


async def test_notice_marks_its_clauses(client):
    """/notices/{id}#clause: the clause carries the fragment's id, and CSS marks :target."""
    status, text = await page(client, "/notices/leshan-2024")
    assert status == 200
    assert 'class="clause" id="3"' in text
    assert "不受理现场缴费。&lt;b&gt;" in text
    assert '<th scope="col">报名点</th>' in text
    assert "<td>0833-5686923</td>" in text
    css = await (await client.get("/static/reading.css")).text()
    assert ".clause:target" in css


async def test_index_links_every_notice(client):
    _, text = await page(client, "/notices")
    assert 'href="/notices/leshan-2024"' in text
    assert "乐山考点公告 &lt;2024&gt;" in text


async def test_unknown_notice_is_a_page_that_says_so(client):
    status, text = await page(client, "/notices/none")
    assert status == 404
    assert "没有这个页面" in text


async def test_regions_can_be_chosen_without_scripts(client):
    _, text = await page(client, "/regions?q=%E4%B8%8A%E6%B5%B7")
    assert 'href="/?region=CN-31"' in text


@pytest.mark.parametrize("name", ["..%2Fserver.py", "none.css", "%2E%2E%2F", "%2Fetc%2Fpasswd"])
async def test_only_static_files_are_served(client, name):
    assert (await client.get(URL(f"/static/{name}", encoded=True))).status == 404


async def test_an_error_loses_neither_conversation_nor_exam(client, responder):
    """The form that comes back goes on where it was."""
    await page(client, "/", text="一")
    user = responder.messages[0].user
    _, text = await page(client, "/", text="", conversation_id=user, exam="senior")
    assert f'name="conversation_id" value="{user}"' in text
    assert 'name="exam" value="senior"' in text


async def test_what_no_browser_reads_has_no_rules_for_browsers() -> None:
    response = web.Response(body=b"<xml/>", content_type="text/xml")
    await header_setter(https=True)(make_mocked_request("POST", "/wechat"), response)
    assert set(response.headers) == {"Content-Type", "Server"}
