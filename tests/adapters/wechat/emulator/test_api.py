"""The platform's API over HTTP: customer service, menus, codes, OAuth, notices, and trouble to order."""

import aiohttp
import pytest
from emulated import success
from emulated_api import Caller

from adapters.wechat.emulator.account import AccountType, Rules, random_account
from adapters.wechat.emulator.emulator import Emulator
from adapters.wechat.emulator.journal import Kind

# --- customer service ----------------------------------------------------------------------------------------------------


async def test_five_messages_within_two_days_of_a_message(api, platform, service):
    phone = platform.phone()
    assert await api.say(phone.openid) == 45015
    await phone.say("问")
    assert [await api.say(phone.openid, str(n)) for n in range(6)] == [0] * 5 + [45047]
    assert platform.journal.shown() == ["0", "1", "2", "3", "4"]
    await phone.say("问")
    platform.clock.advance(48 * 3600 - 60)
    assert await api.say(phone.openid) == 0
    platform.clock.advance(61)
    assert await api.say(phone.openid) == 45015


@pytest.mark.parametrize("action", ["tap_link", "press", "scan"])
async def test_three_messages_within_a_minute_of_a_tap_or_scan(api, platform, service, action):
    phone = platform.phone()
    if action == "press":
        await api.code("/cgi-bin/menu/create", {"button": [{"type": "click", "name": "甲", "key": "k"}]})
        await phone.press("甲")
    elif action == "scan":
        await phone.follow("CN-31")
    else:
        await phone.tap_link("缴费", "1")
    assert [await api.say(phone.openid) for _ in range(4)] == [0, 0, 0, 45047]
    platform.clock.advance(61)
    assert await api.say(phone.openid) == 45015


async def test_following_allows_three_and_leaving_none(api, platform, service):
    phone = platform.phone(is_following=False)
    await phone.follow()
    assert await api.say(phone.openid) == 0
    await phone.unfollow()
    assert await api.say(phone.openid) == 45015


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"msgtype": "text", "text": {"content": "考" * 683}}, 45002),
        ({"msgtype": "text", "text": {"content": "x" * 2048}}, 0),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text", "text": {}}, 47001),
        ({"msgtype": "text"}, 47001),
        ({"msgtype": "telegram"}, 40008),
        ({}, 40008),
        ({"msgtype": ["text"]}, 40008),
        ({"msgtype": "news", "news": {"articles": [{"title": "t", "url": "u"}]}}, 0),
        ({"msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"id": "1", "content": "甲"}]}}, 0),
        ({"msgtype": "msgmenu", "msgmenu": {"list": []}}, 45098),
    ],
    ids=lambda each: str(each)[:60],
)
async def test_what_may_be_sent(api, platform, service, message, code):
    phone = platform.phone()
    await phone.say("问")
    assert await api.code("/cgi-bin/message/custom/send", {"touser": phone.openid} | message) == code


async def test_unknown_openid_and_no_json(api, platform):
    assert await api.say("nobody") == 40003
    assert await api.code("/cgi-bin/message/custom/send", [1]) == 47001


MENU = {"msgtype": "msgmenu", "msgmenu": {"list": [{"id": "1", "content": "甲"}]}}


@pytest.mark.parametrize(
    ("type_", "send", "menu", "code", "msgmenu"),
    [
        (AccountType.UNVERIFIED_SUBSCRIPTION, 48001, 48001, 48001, 48001),
        (AccountType.SUBSCRIPTION, 0, 0, 48001, 40200),
        (AccountType.UNVERIFIED_SERVICE, 48001, 0, 48001, 48001),
        (AccountType.SERVICE, 0, 0, 0, 0),
        (AccountType.TEST, 0, 0, 0, 40200),
    ],
)
async def test_what_each_type_of_account_may_do(http, type_, send, menu, code, msgmenu):
    async with Emulator(random_account(type=type_), rules=Rules(attempts=1)) as platform:
        api, phone = Caller(platform, http), platform.phone()
        await phone.say("问")
        assert await api.say(phone.openid) == send
        assert await api.uses((await api.stable())["access_token"]) == menu
        assert await api.code("/cgi-bin/qrcode/create", SCENE) == code
        assert await api.code("/cgi-bin/message/custom/send", {"touser": phone.openid} | MENU) == msgmenu


async def test_typing(api, platform, service):
    phone = platform.phone()

    async def typing(command: str = "Typing") -> int:
        return await api.code("/cgi-bin/message/custom/typing", {"touser": phone.openid, "command": command})

    assert await typing() == 45080
    await phone.say("问")
    assert [await typing("Dance"), await typing(), await typing()] == [45072, 0, 45081]
    assert await api.say(phone.openid) == 0
    assert [await typing(), await typing("CancelTyping"), await typing()] == [0, 0, 0]
    platform.clock.advance(31)
    assert await typing() == 45080


# --- menu, codes, OAuth, notices -----------------------------------------------------------------------------------------


def button(name: str = "甲", **fields: object) -> dict[str, object]:
    return {"type": "click", "name": name, "key": "k"} | fields


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([button()] * 3, 0),
        ([button()] * 4, 40016),
        ([], 40016),
        ([button("考" * 5)], 0),
        ([button("考" * 6)], 40018),
        ([button("")], 40018),
        ([button(key="k" * 129)], 40019),
        ([button(type="view", url="https://example.com/")], 0),
        ([button(type="view")], 40020),
        ([button(type="view", url="x" * 1025)], 40020),
        ([button(type="dance")], 40015),
        ([{"name": "甲", "sub_button": [button("考" * 20)] * 5}], 0),
        ([{"name": "甲", "sub_button": [button()] * 6}], 40023),
        ([{"name": "甲", "sub_button": [button("考" * 21)]}], 40025),
        (["甲"], 47001),
        ({}, 47001),
    ],
    ids=lambda each: str(each)[:60],
)
async def test_menu_limits(api, buttons, code):
    assert await api.code("/cgi-bin/menu/create", {"button": buttons}) == code


async def test_the_menu_is_what_was_created(api, platform):
    token = (await api.stable())["access_token"]
    assert (await api.get("/cgi-bin/menu/get", access_token=token))["errcode"] == 46003
    await api.code("/cgi-bin/menu/create", {"button": [button()]})
    assert (await api.get("/cgi-bin/menu/get", access_token=token))["menu"] == {"button": [button()]}
    await api.get("/cgi-bin/menu/delete", access_token=token)
    assert platform.menu.buttons is None


SCENE = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "CN-31"}}}


async def test_a_code_is_made_shown_and_scanned(api, platform, service, http):
    made = await api.post("/cgi-bin/qrcode/create", SCENE)
    async with http.get(platform.address + "/cgi-bin/showqrcode", params={"ticket": made["ticket"]}) as response:
        assert (await response.read()).startswith(b"\x89PNG")
    phone = platform.phone(is_following=False)
    await phone.scan(made["ticket"])
    await phone.scan(made["ticket"])
    first, second = (body.decode() for body in service.seen)
    assert "qrscene_CN-31" in first
    assert made["ticket"] in first
    assert "SCAN" in second
    assert "qrscene_" not in second


async def test_a_temporary_code_expires(api, platform):
    made = await api.post("/cgi-bin/qrcode/create", SCENE | {"action_name": "QR_STR_SCENE", "expire_seconds": 100})
    assert made["expire_seconds"] == 100
    assert platform.scenes.find(made["ticket"])
    platform.clock.advance(101)
    assert platform.scenes.find(made["ticket"]) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"action_name": "QR"},
        {"action_info": {}},
        {"action_info": None},
        {"action_info": {"scene": {"scene_str": "x" * 65}}},
        {"action_info": {"scene": {"scene_id": 1}}},
        {"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100_001}}},
        {"action_name": "QR_STR_SCENE", "expire_seconds": 2_592_001},
    ],
    ids=str,
)
async def test_codes_that_cannot_be(api, wrong):
    assert await api.code("/cgi-bin/qrcode/create", SCENE | wrong) == 40053


async def test_oauth(api, platform, http):
    account, phone = platform.account, platform.phone()
    query = {"appid": account.app_id, "redirect_uri": "https://example.com/bind?a=b", "response_type": "code"}
    query |= {"scope": "snsapi_base", "state": "abc123"}
    path, cookies = platform.address + "/connect/oauth2/authorize", {"emulated_openid": phone.openid}

    async def authorise(**changes: str) -> tuple[int, str]:
        async with http.get(path, params=query | changes, cookies=cookies, allow_redirects=False) as response:
            return response.status, response.headers.get("Location", "")

    status, target = await authorise()
    assert status == 302
    assert target.startswith("https://example.com/bind?a=b&code=")
    assert target.endswith("&state=abc123")
    code = target.partition("code=")[2].partition("&")[0]
    exchange = {"appid": account.app_id, "secret": account.app_secret, "grant_type": "authorization_code"}
    found = await api.get("/sns/oauth2/access_token", **exchange, code=code)
    assert found["openid"] == phone.openid
    assert (await api.get("/sns/oauth2/access_token", **exchange, code=code))["errcode"] == 40163
    assert (await api.get("/sns/oauth2/access_token", **exchange, code="x"))["errcode"] == 40029
    late = (await authorise())[1].partition("code=")[2].partition("&")[0]
    platform.clock.advance(301)
    assert (await api.get("/sns/oauth2/access_token", **exchange, code=late))["errcode"] == 40029
    for wrong in (
        {"state": "a b"},
        {"state": "a" * 129},
        {"scope": "all"},
        {"appid": "wx"},
        {"redirect_uri": "file:///"},
    ):
        assert (await authorise(**wrong))[0] == 400


async def test_template_and_subscription_messages(api, platform, service):
    service.answer = success
    phone = platform.phone()
    data = {"touser": phone.openid, "template_id": "t1", "data": {"thing1": {"value": "审核通过"}}}
    made = await api.post("/cgi-bin/message/template/send", data)
    assert made["errcode"] == 0
    assert isinstance(made["msgid"], int)
    assert await api.code("/cgi-bin/message/subscribe/bizsend", data) == 43101
    await phone.consent("t1")
    assert await api.code("/cgi-bin/message/subscribe/bizsend", data) == 0
    assert await api.code("/cgi-bin/message/subscribe/bizsend", data) == 43101
    assert platform.journal.shown() == ["thing1：审核通过"] * 2
    await phone.unfollow()
    assert await api.code("/cgi-bin/message/template/send", data) == 43004
    assert await api.code("/cgi-bin/message/template/send", data | {"template_id": ""}) == 40037
    names = [entry.name for entry in platform.journal.entries(Kind.PUSH)]
    assert {"TEMPLATESENDJOBFINISH", "subscribe_msg_popup_event", "subscribe_msg_sent_event"} < set(names)


# --- trouble -------------------------------------------------------------------------------------------------------------


async def test_errors_to_order_once_and_for_ever(api, platform):
    token = (await api.stable())["access_token"]
    platform.troubles.order(-1, times=2)
    assert [await api.uses(token) for _ in range(3)] == [-1, -1, 0]
    platform.troubles.order(40001, path="/cgi-bin/menu/create", times=None)
    assert [await api.uses(token) for _ in range(5)] == [40001] * 5
    assert "access_token" in await api.stable()
    platform.troubles.clear()
    assert await api.uses(token) == 0


async def test_pages_statuses_and_strange_json_to_order(api, platform, http):
    url = platform.address + "/cgi-bin/menu/get"
    expected = {"html": (200, "text/html"), "500": (500, "text/html"), "list": (200, "application/json")}
    for kind, (status, content_type) in (expected | {"text_errcode": (200, "application/json")}).items():
        platform.troubles.order(kind)
        async with http.get(url) as response:
            assert (response.status, response.content_type) == (status, content_type)


async def test_hanging_and_reset_connections(platform, http):
    url = platform.address + "/cgi-bin/menu/create"
    platform.troubles.order("reset")
    with pytest.raises(aiohttp.ClientError):
        await http.post(url)  # a GET would be tried again by the client
    platform.troubles.order("hang")
    with pytest.raises(TimeoutError):
        await http.post(url, timeout=aiohttp.ClientTimeout(total=0.1))


async def test_unknown_trouble_is_refused(platform):
    with pytest.raises(ValueError, match="neither"):
        platform.troubles.order("earthquake")


async def test_calls_are_in_the_journal_with_their_code_and_user(api, platform):
    await api.say("nobody")
    calls = platform.journal.entries(Kind.CALL)
    assert [(entry.name, entry.code, entry.user) for entry in calls] == [
        ("/cgi-bin/stable_token", 0, ""),
        ("/cgi-bin/message/custom/send", 40003, "nobody"),
    ]
