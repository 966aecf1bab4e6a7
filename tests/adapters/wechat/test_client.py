"""The client of the platform's API, over real HTTP: what counts as success, what is tried again, what is never shown."""

import asyncio
import datetime as dt
import logging
import traceback
from pathlib import Path

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry
from wechat_api import APP_ID, SECRET, TOKEN, TOKEN_PATH, ScriptedApi, serve

from adapters.storage.memory_shared import MemoryKeyValue
from adapters.wechat.client import Client
from adapters.wechat.errors import (
    REMEDIES,
    Busy,
    DeadToken,
    Exhausted,
    NotUnderstood,
    PlatformError,
    Refused,
    Stopped,
    TooLong,
    Undeliverable,
    Unreachable,
)
from adapters.wechat.tokens import Credentials, Tokens
from adapters.wechat.watch import Alarm, Watch
from adapters.wechat.wire import connected

PATH = "/cgi-bin/menu/create"
CREDENTIALS = Credentials(app_id=APP_ID, app_secret=SECRET)


@pytest.fixture
async def api():
    found = ScriptedApi()
    runner = await serve(found)
    yield found
    await runner.cleanup()


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
async def moment():
    """The seconds by which the client's clock is ahead."""
    return [0.0]


@pytest.fixture
async def client(api, registry, moment):
    watch = Watch(registry)
    values = MemoryKeyValue(_utc)
    async with connected(api.url, watch) as wire:
        tokens = Tokens(wire, CREDENTIALS, values, watch)
        yield Client(wire, tokens, watch, now=lambda: moment[0], pauses=(0.0, 0.0))
        await tokens.close()


def _utc():
    return dt.datetime.now(dt.UTC)


def _text(text: str, status: int = 200, kind: str = "text/plain"):
    return lambda: web.Response(text=text, status=status, content_type=kind)


async def test_success_is_200_json_and_errcode_0(client, api):
    assert await client.call(PATH, {"button": []}) == {"errcode": 0, "errmsg": "ok"}
    assert api.calls[-1][1] == TOKEN + "1"


async def test_an_answer_may_lack_errcode_where_it_has_what_was_asked_for(client, api):
    api.tell("/cgi-bin/qrcode/create", {"url": "http://weixin.example/q/1", "ticket": "t"})
    assert (await client.call("/cgi-bin/qrcode/create", {}, expects="url"))["url"] == "http://weixin.example/q/1"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(_text("<html>502</html>", kind="text/html"), id="HTML with 200"),
        pytest.param(_text("", 200), id="nothing"),
        pytest.param(_text('{"errcode":0}', 500), id="500 that says ok"),
        pytest.param(_text('{"errcode":0}', 302), id="a redirect"),
        pytest.param(_text('{"errcode":0}', 201), id="201"),
        pytest.param([{"errcode": 0}], id="a list"),
        pytest.param({"errcode": "0"}, id="errcode as text"),
        pytest.param({"errcode": True}, id="errcode true"),
        pytest.param({"errcode": None}, id="errcode null"),
        pytest.param({"errcode": 0.0}, id="errcode with a point"),
        pytest.param({}, id="no errcode where one is documented"),
        pytest.param(_text("[" * 5000), id="nested deeply"),
        pytest.param(_text("null"), id="null"),
        pytest.param(_text('{"errcode":0,"x":"' + "x" * 300_000 + '"}'), id="far too long"),
    ],
)
async def test_what_is_no_answer_is_not_taken_for_one(client, api, answer):
    """A proxy's error page is not a success, and is not tried again: the call may have been done."""
    api.tell(PATH, answer)
    with pytest.raises(NotUnderstood):
        await client.call(PATH, {})
    assert api.paths() == [PATH]


@pytest.mark.parametrize("answer", [{"errcode": 0}, {"url": ""}, {"url": 7}, {}])
async def test_what_was_asked_for_has_to_be_there(client, api, answer):
    api.tell(PATH, answer)
    with pytest.raises(NotUnderstood):
        await client.call(PATH, {}, expects="url")


@pytest.mark.parametrize(
    ("code", "kind", "calls"),
    [
        (-1, Busy, 3),
        (45009, Exhausted, 1),
        (45011, Exhausted, 1),
        (45015, Undeliverable, 1),
        (45047, Undeliverable, 1),
        (48001, Undeliverable, 1),
        (40003, Undeliverable, 1),
        (43004, Undeliverable, 1),
        (45002, TooLong, 1),
        (40001, DeadToken, 2),
        (40014, DeadToken, 2),
        (42001, DeadToken, 2),
        (40018, Refused, 1),
        (123456, Refused, 1),
    ],
)
async def test_what_is_tried_again(client, api, code, kind, calls):
    """Busy twice, a dead token once, nothing else; however long the platform keeps saying so."""
    api.usual[PATH] = {"errcode": code, "errmsg": "no rid: 6500aaaa-1b2c3d4e-0f0f0f0f"}
    with pytest.raises(kind) as caught:
        await client.call(PATH, {})
    assert caught.value.code == code
    assert api.paths() == [PATH] * calls


async def test_busy_once_is_no_failure(client, api):
    api.tell(PATH, {"errcode": -1, "errmsg": "system error"})
    assert (await client.call(PATH, {}))["errcode"] == 0


async def test_a_token_that_died_early_is_replaced_once(client, api):
    api.tell(PATH, {"errcode": 42001, "errmsg": "access_token expired"})
    assert (await client.call(PATH, {}))["errcode"] == 0
    assert [token for path, token, _ in api.calls if path == PATH] == [TOKEN + "1", TOKEN + "2"]
    assert api.fetches() == 2


async def test_40001_for_ever_does_not_burn_tokens(client, api, registry):
    """A platform that gives the same token again and refuses it: few fetches, few calls, an alarm."""
    api.usual[TOKEN_PATH] = {"access_token": TOKEN, "expires_in": 7200}
    api.usual[PATH] = {"errcode": 40001, "errmsg": "invalid credential"}
    for _ in range(50):
        with pytest.raises(PlatformError):
            await client.call(PATH, {})
    assert api.fetches() <= 3
    assert len(api.paths()) <= 2
    assert registry.get_sample_value("kaoda_wechat_api_alarms_total", {"alarm": "dead_token"}) >= 1


@pytest.mark.parametrize(("code", "seconds"), [(45011, 60.0), (45009, 600.0)])
async def test_a_used_up_quota_stops_the_calls_for_a_while(client, api, registry, moment, code, seconds):
    """And of that API alone; the alarm is counted once, not for every call that was spared."""
    api.tell(PATH, {"errcode": code, "errmsg": "reach max api daily quota limit"})
    with pytest.raises(Exhausted):
        await client.call(PATH, {})
    for _ in range(5):
        with pytest.raises(Stopped):
            await client.call(PATH, {})
    assert await client.call("/cgi-bin/other", {})
    assert registry.get_sample_value("kaoda_wechat_api_alarms_total", {"alarm": "quota"}) == 1
    moment[0] += seconds
    assert (await client.call(PATH, {}))["errcode"] == 0


async def test_an_api_that_hangs_ends_after_five_seconds(api, registry, monkeypatch):
    monkeypatch.setattr("adapters.wechat.wire.TOTAL_SECONDS", 0.3)
    api.tell(PATH, lambda: asyncio.sleep(1.5))
    async with connected(api.url, Watch(registry)) as wire:
        with pytest.raises(Unreachable, match="TimeoutError"):
            await wire.post(PATH, {}, token=TOKEN)


async def test_an_answer_that_trickles_ends_as_well(api, registry, monkeypatch):
    """The time is that of the whole call: a byte now and then does not prolong it."""
    monkeypatch.setattr("adapters.wechat.wire.TOTAL_SECONDS", 0.3)

    async def trickle():
        response = web.StreamResponse()
        await response.prepare(request[0])
        for _ in range(20):
            await asyncio.sleep(0.1)
            await response.write(b" ")
        return response

    request = []
    handle = api.handle

    async def remember(each):
        request.append(each)
        return await handle(each)

    api.tell(PATH, trickle)
    app = web.Application()
    app.router.add_post("/{tail:.*}", remember)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with connected(f"http://127.0.0.1:{runner.addresses[0][1]}", Watch(registry)) as wire:
            with pytest.raises(Unreachable):
                await wire.post(PATH, {}, token=TOKEN)
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://nowhere.invalid", "no address", "http://[", ""])
async def test_an_address_that_cannot_be_reached_is_one_error(url, registry):
    async with connected(url, Watch(registry)) as wire:
        with pytest.raises(Unreachable) as caught:
            await wire.post(PATH, {}, token=TOKEN)
    assert TOKEN not in _everything(caught.value)


async def test_characters_go_out_as_they_are(client, api):
    r"""The platform shows \u escapes to the user as they are."""
    raw = []

    async def remember(request):
        raw.append(await request.read())
        return web.json_response({"errcode": 0})

    app = web.Application()
    app.router.add_post("/{tail:.*}", remember)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with connected(f"http://127.0.0.1:{runner.addresses[0][1]}", Watch(CollectorRegistry())) as wire:
            await wire.post(PATH, {"content": "报名时间"})
    finally:
        await runner.cleanup()
    assert raw == ['{"content":"报名时间"}'.encode()]


async def test_the_support_id_and_the_address_to_list_are_shown(client, api):
    """Of errmsg nothing but what an operator needs: the id of the request; the address for the whitelist."""
    api.tell(PATH, {"errcode": 45015, "errmsg": f"{TOKEN} rid: 6500aaaa-1b2c3d4e-0f0f0f0f"})
    with pytest.raises(Undeliverable, match=r"\(rid 6500aaaa-1b2c3d4e-0f0f0f0f\)$"):
        await client.call(PATH, {})
    api.tell(PATH, {"errcode": 40164, "errmsg": "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist"})
    with pytest.raises(Refused, match=r"whitelist; add it there \(address 203\.0\.113\.7\)"):
        await client.call(PATH, {})


def _everything(error: BaseException) -> str:
    """All that a log or a debugger may show of an error and of what led to it."""
    shown = ["".join(traceback.format_exception(error))]
    while error:
        shown += [str(error), repr(error), repr(error.args), repr(vars(error))]
        error = error.__cause__ or error.__context__
    return "\n".join(shown)


@pytest.mark.parametrize("path", [PATH, TOKEN_PATH])
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(_text("<html>", kind="text/html"), id="HTML"),
        pytest.param(_text(f"<html>{TOKEN}1 {SECRET}", kind="text/html"), id="HTML with the token"),
        pytest.param(_text("{}", 500), id="500"),
        pytest.param({"errcode": 40001, "errmsg": f"invalid {TOKEN}1 {SECRET}"}, id="40001"),
        pytest.param({"errcode": 45009, "errmsg": f"{TOKEN}1 {SECRET}"}, id="45009"),
        pytest.param({"errcode": 40164, "errmsg": f"invalid ip {SECRET}"}, id="40164"),
        pytest.param({"errcode": f"{TOKEN}1", "errmsg": SECRET}, id="errcode is the token"),
        pytest.param({"errcode": 7, "errmsg": f"rid: {TOKEN}1"}, id="rid is the token"),
        pytest.param({"access_token": TOKEN + "9" * 600, "expires_in": 7200}, id="a token too long"),
        pytest.param({"access_token": TOKEN + "1", "expires_in": SECRET}, id="no time"),
        pytest.param(lambda: _closed(), id="connection closed"),
    ],
)
async def test_no_error_and_no_log_line_holds_token_or_secret(client, api, caplog, path, answer):
    caplog.set_level(logging.DEBUG)
    api.usual[path] = answer
    with pytest.raises(PlatformError) as caught:
        await client.call(PATH, {}, expects="url")
    shown = _everything(caught.value) + caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert TOKEN not in shown
    assert SECRET not in shown


async def _closed():
    raise web.HTTPException from ConnectionResetError()


async def test_values_that_hold_secrets_do_not_show_them(client, api):
    await client.call(PATH, {})
    assert SECRET not in repr(CREDENTIALS)
    assert TOKEN not in repr(client._tokens._mine)


async def test_calls_are_counted_by_path_and_result(client, api, registry):
    api.tell(PATH, {"errcode": -1}, {"errcode": 999999})
    with pytest.raises(Refused):
        await client.call(PATH, {})
    await client.call(PATH, {})

    def count(result):
        return registry.get_sample_value("kaoda_wechat_api_calls_total", {"path": PATH, "result": result})

    assert (count("-1"), count("other"), count("ok")) == (1, 1, 1)


@pytest.mark.parametrize("name", ["wechat.md", "wechat.zh-CN.md"])
def test_operators_read_what_to_do_at_every_alarm(name):
    """Each alarm, and each number that raises one or stops sending, stands in the table for 2 a.m."""
    text = (Path(__file__).parents[3] / "docs" / name).read_text("utf-8")
    for alarm in Alarm:
        assert f"`{alarm.value}`" in text
    for code in (40001, 40013, 40125, 40164, 40243, 45009, 45011, 45015, 45047, 48001):
        assert code in REMEDIES
        assert str(code) in text
