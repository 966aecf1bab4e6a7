"""The page behind a one-time link, as browsers without scripts use it, over real accounts and the real stub."""

import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient
from binding_line import Bench, benched

from adapters.web.binding import COOKIE, PER_MINUTE
from adapters.web.server import WebConfig, make_app
from bot.accounts import PATH
from bot.messages import Kind, Link, Message, Reply

OURS = {"Sec-Fetch-Site": "same-origin"}


class Inviting:
    """Answers everything with a one-time link for whoever asked."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.messages, self.host = bench, list[Message](), ""

    async def respond(self, message: Message) -> Reply:
        self.messages.append(message)
        url = self.host + await self.bench.accounts.link(message.channel, message.user)
        return Reply(id="r1", kind=Kind.STATUS, text="请绑定。", links=(Link(label="绑定", url=url),))

    async def knows(self, channel: str, user: str) -> bool:
        return any((message.channel, message.user) == (channel, user) for message in self.messages)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with benched(tmp_path / "kaoda.sqlite3") as found:
        yield found


@pytest.fixture
def responder(bench: Bench) -> Inviting:
    return Inviting(bench)


@pytest.fixture
async def browser(aiohttp_client: Any, bench: Bench, responder: Inviting, reader: Any, readiness: Any) -> Any:
    """Another browser at each call, of the same site."""
    app = make_app(
        responder=responder,  # type: ignore[arg-type]  # what no test calls is not there
        reader=reader,
        ready=readiness,
        config=WebConfig(),
        binder=bench.accounts,
    )
    first = await aiohttp_client(app)

    async def another() -> Any:
        return await aiohttp_client(first.server, cookie_jar=aiohttp.CookieJar(unsafe=True))

    return another


Browser = Callable[[], Awaitable[TestClient[Any, Any]]]


def fields(text: str) -> dict[str, str]:
    """The hidden fields of a page's form, as a browser would send them."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text))


def typed(bench: Bench, number: int = 0, **changes: str) -> dict[str, str]:
    form = bench.form(number)
    right = {"registration_no": form.registration_no, "id_number": form.id_number, "name": form.name, "consent": "yes"}
    return {name: value for name, value in {**right, **changes}.items() if value}


async def opened(client: TestClient[Any, Any], token: str) -> tuple[int, str]:
    response = await client.get(PATH + token)
    return response.status, await response.text()


async def sent(client: TestClient[Any, Any], token: str, form: dict[str, str], **headers: str) -> tuple[int, str]:
    response = await client.post("/bind", data={"token": token, **form}, headers=headers)
    return response.status, await response.text()


async def test_the_form_binds_without_scripts(bench: Bench, browser: Browser) -> None:
    """Open the link, fill in what is there to be filled in, send it, read that it is done and what is kept."""
    client = await browser()
    status, text = await opened(client, await bench.token())
    assert status == 200
    assert set(re.findall(r'name="(\w+)"', text)) >= {"token", "registration_no", "id_number", "name", "consent"}
    status, text = await sent(client, fields(text)["token"], typed(bench))
    assert status == 200
    assert "已绑定考生 考**" in text
    assert "解绑" in text
    assert "没有保存" in text
    assert "回到微信对话" in text
    assert await bench.accounts.candidate("wechat", "u1") == bench.id_of()


async def test_the_form_is_labelled_and_remembers_nothing(bench: Bench, browser: Browser) -> None:
    _, text = await opened(await browser(), await bench.token())
    for name in ("registration_no", "id_number", "name"):
        field = re.search(rf'<input id="{name}"[^>]*>', text)
        assert field
        assert 'autocomplete="off"' in field[0]
        assert "required" in field[0]
        assert "value=" not in field[0]
        assert f'<label for="{name}">' in text
    consent = re.search(r'<input type="checkbox" name="consent"[^>]*>', text)
    assert consent
    assert "checked" not in consent[0], "consent is given, not taken"


@pytest.mark.parametrize("path", ["/bind?token=x", "/bind"])
async def test_a_link_that_is_none_is_gone(browser: Browser, path: str) -> None:
    response = await (await browser()).get(path)
    assert response.status == 410
    assert "失效" in await response.text()


async def test_the_pages_are_kept_and_passed_on_by_nobody(bench: Bench, browser: Browser) -> None:
    client, token = await browser(), await bench.token()
    form = {"token": token, **typed(bench)}
    for response in (
        await client.get(PATH + token),
        await client.get("/bind"),
        await client.post("/bind", data={**form, "name": "无此人"}),
        await client.post("/bind", data=form),
        await client.post("/bind/undo", data={"token": "x"}),
    ):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert "form-action 'self'" in response.headers["Content-Security-Policy"]
        text = await response.text()
        assert "style=" not in text
        assert "<script>" not in text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_preview_uses_nothing_up(bench: Bench, browser: Browser, method: str) -> None:
    """WeChat and others open links to show what is behind them."""
    client, token = await browser(), await bench.token()
    for _ in range(3):
        assert (await client.request(method, PATH + token)).status == 200
    assert (await sent(client, token, typed(bench)))[0] == 200


async def test_whichever_part_is_wrong_the_page_is_the_same(bench: Bench, browser: Browser) -> None:
    """Byte for byte but for the token, and nothing that was typed is in it."""
    client, pages = await browser(), set()
    for number, wrong in enumerate(
        ({"registration_no": "209900000000"}, {"id_number": "E12345678"}, {"name": "无此人"}, {"name": "考生乙"})
    ):
        token = await bench.token(user=f"u{number}")
        status, text = await sent(client, token, typed(bench, **wrong))
        assert status == 403
        for value in {**typed(bench), **wrong}.values():
            assert value == "yes" or value not in text
        pages.add(text.replace(token, "TOKEN"))
    assert len(pages) == 1
    assert "没有核对上" in pages.pop()


@pytest.mark.parametrize("missing", ["registration_no", "id_number", "name", "consent"])
async def test_what_is_missing_is_asked_for(bench: Bench, browser: Browser, missing: str) -> None:
    status, text = await sent(await browser(), await bench.token(), typed(bench, **{missing: ""}))
    assert status == 422
    assert "请把三项都填完整，并勾选同意" in text
    assert bench.stub.calls == ()


@pytest.mark.parametrize("consent", ["no", "off", "0", "false", "不同意"])
async def test_a_no_is_no_consent(bench: Bench, browser: Browser, consent: str) -> None:
    assert (await sent(await browser(), await bench.token(), typed(bench, consent=consent)))[0] == 422


async def test_a_sent_form_sent_again_is_gone(bench: Bench, browser: Browser) -> None:
    """And says what to do for who only tapped twice."""
    client, token = await browser(), await bench.token()
    await sent(client, token, typed(bench))
    status, text = await sent(client, token, typed(bench))
    assert status == 410
    assert "如果您刚才已经提交成功" in text


async def test_five_failures_lock_and_say_for_how_long(bench: Bench, browser: Browser) -> None:
    client, token = await browser(), await bench.token()
    for number in range(5):
        status, text = await sent(client, token, typed(bench, number, name="无此人"))
        assert status == 403
    assert "60 分钟后才能再试" in text
    response = await client.post("/bind", data={"token": token, **typed(bench)})
    assert response.status == 429
    assert 3500 < int(response.headers["Retry-After"]) <= 3600
    assert "60 分钟后才能再试" in await response.text()
    assert (await client.get(PATH + token)).status == 429


async def test_another_candidate_is_refused(bench: Bench, browser: Browser) -> None:
    client = await browser()
    await sent(client, await bench.token(), typed(bench))
    status, text = await sent(client, await bench.token(), typed(bench, 1))
    assert status == 409
    assert "只能绑定一名考生" in text


async def test_a_service_that_is_down_is_said(bench: Bench, browser: Browser) -> None:
    bench.stub.order("503")
    status, text = await sent(await browser(), await bench.token(), typed(bench))
    assert status == 503
    assert "也不算一次失败" in text


async def test_whoever_filled_it_in_takes_it_back(bench: Bench, browser: Browser) -> None:
    client = await browser()
    _, text = await sent(client, await bench.token(), typed(bench))
    response = await client.post("/bind/undo", data=fields(text))
    assert response.status == 200
    assert await bench.accounts.candidate("wechat", "u1") is None
    assert (await client.post("/bind/undo", data=fields(text))).status == 410


async def test_forms_from_one_address_are_limited(bench: Bench, browser: Browser) -> None:
    """However many accounts and links somebody has."""
    client = await browser()
    for _ in range(PER_MINUTE):
        await client.post("/bind", data={"token": "x"})
    response = await client.post("/bind", data={"token": await bench.token(), **typed(bench)})
    assert response.status == 429
    assert "Retry-After" in response.headers


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{}", b"a" * 2_000_000])
async def test_what_is_no_form_is_refused(bench: Bench, browser: Browser, body: bytes) -> None:
    kind = "application/json" if body == b"{}" else "application/x-www-form-urlencoded"
    response = await (await browser()).post("/bind", data=io.BytesIO(body), headers={"Content-Type": kind})
    assert 400 <= response.status < 500


# --- whose link it is ------------------------------------------------------------------------------------------------


async def invited(client: TestClient[Any, Any], **headers: str) -> tuple[str, str]:
    """The conversation and the token of the link, as the page's script gets them."""
    response = await client.post("/api/v1/chat", json={"text": "绑定"}, headers=headers)
    said = await response.json()
    return said["conversation_id"], said["reply"]["links"][0]["url"].rpartition("=")[2]


@pytest.mark.parametrize("headers", [OURS, {}], ids=["the page's own browser", "a program"])
async def test_who_is_refused_or_locked_goes_on_with_the_conversation_without_scripts(
    bench: Bench, browser: Browser, headers: dict[str, str]
) -> None:
    """The page has its id for the browser that the link was given to, and for nobody else: it is a key."""
    client = await browser()
    conversation, token = await invited(client, **headers)
    pages = [await sent(client, token, typed(bench, name="无此人")) for _ in range(5)][-1:]
    pages += [await sent(client, token, typed(bench)), await opened(client, token)]
    bench.passing.later += 3700
    for number in (0, 1):
        response = await client.post(
            "/api/v1/chat", json={"text": "绑定", "conversation_id": conversation}, headers=headers
        )
        token = (await response.json())["reply"]["links"][0]["url"].rpartition("=")[2]
        page = await sent(client, token, typed(bench, number))
    pages.append(page)
    assert [status for status, _ in pages] == [403, 429, 429, 409]
    kept = [fields(text).get("conversation_id", "") for _, text in pages]
    assert kept == [conversation if headers else ""] * 4


async def test_a_link_of_the_page_is_of_its_browser(bench: Bench, browser: Browser) -> None:
    """Copied into another's browser it shows no form and binds nothing; in the right one it does."""
    mine, other = await browser(), await browser()
    conversation, token = await invited(mine, **OURS)
    assert (await opened(other, token))[0] == 403
    status, text = await sent(other, token, typed(bench))
    assert status == 403
    assert "只能在要它的那个浏览器里使用" in text
    assert await bench.accounts.candidate("web", conversation) is None
    assert (await opened(mine, token))[0] == 200
    assert (await sent(mine, token, typed(bench)))[0] == 200
    assert await bench.accounts.candidate("web", conversation) == bench.id_of()


async def test_the_cookie_is_of_our_pages_only(browser: Browser) -> None:
    """Not for scripts, not sent from other sites, gone with the link, and not set for who asked for no link."""
    client = await browser()
    response = await client.post("/api/v1/chat", json={"text": "绑定"}, headers=OURS)
    cookie = response.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (True, "Strict", "600", "/")
    assert len(cookie.value) == 43


async def test_two_links_of_one_browser_both_open(browser: Browser) -> None:
    client = await browser()
    tokens = [(await invited(client, **OURS))[1] for _ in range(2)]
    assert [(await opened(client, token))[0] for token in tokens] == [200, 200]


async def test_a_link_for_a_program_is_of_whoever_has_it(bench: Bench, browser: Browser) -> None:
    """A client of the API may have no cookies; the form warns of links from others."""
    mine, other = await browser(), await browser()
    _, token = await invited(mine)
    status, text = await opened(other, token)
    assert status == 200
    assert "如果这个链接是别人发给您的，请不要填写" in text


async def test_a_link_to_another_host_is_not_tied(bench: Bench, browser: Browser, responder: Inviting) -> None:
    """A cookie goes no further than its host: the page was reached under another name than the public address."""
    responder.host = "https://kaoda.example"
    client = await browser()
    response = await client.post("/api/v1/chat", json={"text": "绑定"}, headers=OURS)
    assert COOKIE not in response.cookies


async def test_a_browser_s_secret_cannot_be_chosen(bench: Bench, browser: Browser) -> None:
    """A cookie that no browser of ours would have is replaced."""
    client = await browser()
    response = await client.post("/api/v1/chat", json={"text": "绑定"}, headers=OURS, cookies={COOKIE: "x"})
    assert response.cookies[COOKIE].value != "x"


async def test_another_site_plants_no_conversation(browser: Browser, responder: Inviting) -> None:
    """A form on another page with its owner's conversation: who sends it talks in a fresh one, not in his."""
    planted, _ = await invited(await browser())
    victim = await browser()
    assert responder.messages[-1].user == planted
    for site, is_his in (("cross-site", False), ("same-site", False), ("same-origin", True)):
        data = {"text": "绑定", "conversation_id": planted}
        response = await victim.post("/", data=data, headers={"Sec-Fetch-Site": site, "Accept": "text/html"})
        assert response.status == 200
        assert (responder.messages[-1].user == planted) is is_his
