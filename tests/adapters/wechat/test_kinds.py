"""What each kind of push is answered."""

import pytest
from wechat_line import USER, Line, Sending, line, memory

from adapters.wechat.emulator import pushes
from adapters.wechat.outbound import Trigger


@pytest.mark.parametrize(
    ("fields", "has"),
    [
        (pushes.text(" \n "), "用文字发送"),
        (pushes.text("【收到不支持的消息类型，暂无法显示】"), "看不了这种消息"),
        (pushes.voice(), "听不了语音"),
        (pushes.voice(None), "听不了语音"),
        (pushes.image(), "看不了图片"),
        (pushes.video(), "看不了视频"),
        (pushes.video("shortvideo"), "看不了视频"),
        (pushes.location("人民广场"), "考区"),
        ({"MsgType": "link", "Title": "t", "Url": "http://a"}, "打不开链接"),
        ({"MsgType": "event", "Event": "scancode_waitmsg", "EventKey": "k"}, "认不了这个码"),
    ],
)
async def test_what_is_no_question_gets_a_helpful_text(safe: Line, fields: pushes.Fields, has: str) -> None:
    """And the dialogue is not asked."""
    assert has in await safe.attempt(safe.push(fields))
    assert safe.responder.messages == []


@pytest.mark.parametrize(
    "fields",
    [
        {"MsgType": "event", "Event": "VIEW", "EventKey": "http://a"},
        {"MsgType": "event", "Event": "LOCATION", "Latitude": "1", "Longitude": "2", "Precision": "3"},
        {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": 1, "Status": "success"},
        {"MsgType": "event", "Event": "xpay_goods_deliver_notify"},
        {"MsgType": "event", "Event": ""},
        {"MsgType": "event"},
        {"MsgType": "event", "Event": "CLICK", "EventKey": ""},
        {"MsgType": "miniprogrampage", "Title": "t"},
        {"MsgType": "hologram"},
        {"MsgType": ""},
        {},
        pushes.text("问") | {"FromUserName": ""},
        pushes.text("问") | {"FromUserName": "a:b"},
        pushes.text("问") | {"ToUserName": "<x>"},
        pushes.text("问") | {"FromUserName": "a" * 65},
    ],
)
async def test_what_may_not_be_answered_is_acknowledged(safe: Line, fields: pushes.Fields) -> None:
    """Events that the platform wants no reply to, unknown kinds, unusable fields: success, never an error."""
    assert await safe.post(*safe.request(safe.push(fields).xml())) == (200, b"success")
    assert safe.responder.messages == []


async def test_unknown_kinds_are_counted_under_one_label(safe: Line) -> None:
    """So that nobody fills the metrics with names."""
    for name in ("a", "b", "c"):
        await safe.attempt(safe.push({"MsgType": "event", "Event": name}))
    assert safe.count("kaoda_wechat_pushes_total", kind="other", outcome="silent") == 3


async def test_numbers_that_are_none_do_not_matter(safe: Line) -> None:
    """A CreateTime of 1e20, a MsgId of 5000 digits or of letters: they are only compared."""
    for more in (
        {"CreateTime": "1e20"},
        {"MsgId": "9" * 5000},
        {"MsgId": "abc"},
        {"MsgId": None},
        {"CreateTime": None},
    ):
        assert await safe.say("问", **more) == "您说：问"


async def test_a_tapped_link_and_a_menu_entry_are_questions(safe: Line) -> None:
    """As if typed."""
    assert await safe.tap("考试日期", "2") == "您说：考试日期"
    click = {"MsgType": "event", "Event": "CLICK", "EventKey": "网上缴费时间"}
    assert await safe.attempt(safe.push(click)) == "您说：网上缴费时间"


async def test_recognised_speech_is_a_question(safe: Line) -> None:
    """The platform no longer recognises speech; should it again, so be it."""
    assert await safe.attempt(safe.push(pushes.voice("什么时候考试"))) == "您说：什么时候考试"


FOLLOWS = [
    ({"Event": "subscribe", "EventKey": ""}, ""),
    ({"Event": "subscribe"}, ""),
    ({"Event": "subscribe", "EventKey": "qrscene_CN-31", "Ticket": "t"}, "CN-31"),
    ({"Event": "subscribe", "EventKey": "CN-31"}, ""),
    ({"Event": "subscribe", "EventKey": "last_trade_no_4200"}, ""),
    ({"Event": "subscribe", "EventKey": "qrscene_qrscene_CN-31"}, "qrscene_CN-31"),
    ({"Event": "subscribe", "EventKey": "qrscene_" + "a" * 65}, ""),
    ({"Event": "subscribe", "EventKey": "qrscene_<b>"}, ""),
    ({"Event": "SCAN", "EventKey": "CN-31"}, "CN-31"),
    ({"Event": "SCAN", "EventKey": "a b"}, ""),
]


@pytest.mark.parametrize(("event", "scene"), FOLLOWS)
async def test_who_follows_is_welcomed(safe: Line, event: dict[str, str], scene: str) -> None:
    """A code's region is passed on as a page passes it; what is no scene is none."""
    text = await safe.attempt(safe.push({"MsgType": "event"} | event))
    assert [message.region for message in safe.responder.messages] == [scene]
    assert ("已为您选定上海" in text) is bool(scene)


async def test_an_unknown_scene_is_a_plain_welcome(safe: Line) -> None:
    """A code of another campaign."""
    event = {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_mars"}
    assert await safe.attempt(safe.push(event)) == "您说："
    assert [message.region for message in safe.responder.messages] == [""]


@pytest.mark.parametrize(
    ("event", "user"),
    [
        ({"Event": "unsubscribe", "EventKey": ""}, USER),
        ({"Event": "user_authorization_revoke", "OpenID": "oRevoked"}, "oRevoked"),
        ({"Event": "user_authorization_cancellation", "OpenID": "oCancelled"}, "oCancelled"),
    ],
)
async def test_who_leaves_is_forgotten(event: dict[str, str], user: str) -> None:
    """His data, what waits for him, the ledger; nothing is said. Two events come from the platform and name him in OpenID."""
    outbound, values = Sending(), memory()
    async with line(values=values, outbound=outbound) as opened:
        await values.put(f"wechat:{user}:rest", b'["x"]', 60)
        await values.put(f"wechat:{user}2:rest", b'["x"]', 60)
        assert await opened.attempt(opened.push({"MsgType": "event"} | event)) == ""
        assert opened.responder.forgotten == [("wechat", user)]
        assert outbound.forgotten == [user]
        assert outbound.notes == []
        assert await values.get(f"wechat:{user}:rest") is None
        assert await values.get(f"wechat:{user}2:rest") is not None


async def test_what_allows_messages_is_noted() -> None:
    """Once a push: a tapped link counts like the menu, not like a message; events that allow nothing are not noted."""
    outbound = Sending()
    async with line(outbound=outbound) as opened:
        push = opened.push(pushes.text("问"))
        await opened.attempt(push)
        await opened.attempt(push)
        await opened.tap("考试日期", "2")
        for event in ("subscribe", "SCAN", "CLICK", "VIEW", "LOCATION"):
            await opened.attempt(opened.push({"MsgType": "event", "Event": event, "EventKey": "k"}))
    assert outbound.notes == [Trigger.MESSAGE, Trigger.MENU, Trigger.FOLLOW, Trigger.SCAN, Trigger.MENU]
