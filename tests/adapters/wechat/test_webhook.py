"""The callback address: who is let in, and in which order things are checked."""

import asyncio
import base64
import contextlib
import logging
import time

import aiohttp
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from multidict import MultiDict
from wechat_line import ACCOUNT, AES_KEY, APP_ID, TOKEN, USER, BrokenValues, Echo, Line, line

from adapters.wechat.account import Account, AccountError
from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.account import Mode
from adapters.wechat.emulator.codec import Codec, sign
from adapters.wechat.protocol import Protocol, Rejected, query_of
from bot.ports import StoreError

# --- the check of the address ---------------------------------------------------------------------------------------------


async def test_the_check_of_the_address_is_echoed(safe: Line) -> None:
    """A valid signature: 200, the body exactly the echostr, as plain text."""
    async with safe.http.get(safe.url, params=safe.query(echostr="5927363648237400_ab-C")) as response:
        assert (response.status, await response.read()) == (200, b"5927363648237400_ab-C")
        assert response.content_type == "text/plain"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"signature": "0" * 40}, 403),
        ({"signature": ""}, 403),
        ({"nonce": ""}, 403),
        ({"timestamp": "abc"}, 403),
        ({"timestamp": "0"}, 403),
        ({"echostr": ""}, 400),
        ({"echostr": "a" * 129}, 400),
        ({"echostr": "<script>"}, 400),
        ({"echostr": "上海"}, 400),
    ],
)
async def test_the_check_of_the_address_refuses_others(safe: Line, change: dict[str, str], status: int) -> None:
    """With an empty body; whatever is echoed has to be harmless."""
    assert await safe.get(safe.query(**({"echostr": "1"} | change))) == (status, b"")


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce"])
async def test_missing_or_repeated_parameters_are_refused(safe: Line, name: str) -> None:
    """Never “first wins”."""
    query = safe.query(echostr="1")
    assert (await safe.get({key: value for key, value in query.items() if key != name}))[0] == 403
    assert (await safe.get([*query.items(), (name, query[name])]))[0] == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
async def test_other_methods_are_refused(safe: Line, method: str) -> None:
    async with safe.http.request(method, safe.url, params=safe.query()) as response:
        assert response.status == 405


# --- the account ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"token": ""}, "TOKEN"),
        ({"token": "ab"}, "TOKEN"),
        ({"token": "a" * 33}, "TOKEN"),
        ({"token": "a b c"}, "TOKEN"),
        ({"encoding_aes_key": ""}, "ENCODING_AES_KEY"),
        ({"encoding_aes_key": "a" * 42}, "ENCODING_AES_KEY"),
        ({"encoding_aes_key": "a" * 44}, "ENCODING_AES_KEY"),
        ({"encoding_aes_key": "a" * 42 + "\n"}, "ENCODING_AES_KEY"),
        ({"encoding_aes_key": "啊" * 43}, "ENCODING_AES_KEY"),
        ({"app_id": ""}, "APP_ID"),
        ({"mode": "compatible"}, "MODE"),
    ],
)
def test_an_unusable_account_stops_the_start(change: dict[str, str], names: str) -> None:
    """The message names the setting; no secret is in it or in the account's repr."""
    given = {"token": TOKEN, "encoding_aes_key": AES_KEY, "app_id": APP_ID} | change
    with pytest.raises(AccountError, match=names) as caught:
        Protocol(Account(**given), time.time)
    assert "a" * 30 not in str(caught.value)
    assert AES_KEY not in repr(Account(token=TOKEN, encoding_aes_key=AES_KEY, app_id=APP_ID))
    assert TOKEN not in repr(Account(token=TOKEN, encoding_aes_key=AES_KEY, app_id=APP_ID))


def test_plain_mode_needs_no_key() -> None:
    Protocol(Account(token=TOKEN, encoding_aes_key="", app_id=APP_ID, mode="plain"), time.time)


# --- what is let in -------------------------------------------------------------------------------------------------------


async def test_a_question_is_answered(safe: Line) -> None:
    """The whole way: encrypted in, encrypted out, as the strict judge wants it."""
    assert await safe.say("什么时候缴费") == "您说：什么时候缴费"
    (message,) = safe.responder.messages
    assert (message.channel, message.user, message.text) == ("wechat", USER, "什么时候缴费")


async def test_plain_mode_is_served_by_setting_only() -> None:
    """The mode is never taken from a request: what is encrypted is refused there."""
    async with line(mode=Mode.PLAIN) as plain, line() as safe:
        assert await plain.say("你好") == "您说：你好"
        status, body = await plain.post(*safe.request(plain.push(pushes.text("一")).xml()))
        assert (status, body) == (403, b"")
        assert (await safe.post(*plain.request(plain.push(pushes.text("一")).xml())))[0] == 403
        assert len(plain.responder.messages) == 1
        assert safe.responder.messages == []


def _forged(text: str = "伪造") -> str:
    return (
        f"<ToUserName>{ACCOUNT}</ToUserName><FromUserName>{USER}</FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType>text</MsgType><Content>{text}</Content><MsgId>1</MsgId>"
    )


async def test_a_plain_push_is_refused_in_safe_mode(safe: Line) -> None:
    """With a valid signature, which anybody has who saw one line of an access log: the responder is not asked."""
    body = f"<xml>{_forged()}</xml>"
    encrypted = safe.codec.encrypt(body.encode())
    sealed = f"<xml><ToUserName>a</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
    good = safe.query(encrypted)
    attacks = {
        "plain body, plain query": (safe.query(), body),
        "plain body, encrypted query": (good, body),
        "encrypt_type raw": (safe.query(encrypt_type="raw"), body),
        "no encrypt_type": ({k: v for k, v in good.items() if k != "encrypt_type"}, sealed),
        "no msg_signature": ({k: v for k, v in good.items() if k != "msg_signature"}, sealed),
        "empty msg_signature": (good | {"msg_signature": ""}, sealed),
        "wrong msg_signature": (good | {"msg_signature": "f" * 40}, sealed),
        "empty Encrypt": (safe.query(encrypt_type="aes", msg_signature=sign(TOKEN, "1", "1", "")), sealed),
        "upper case": (good | {"signature": good["signature"].upper()}, sealed),
    }
    for name, (query, given) in attacks.items():
        assert await safe.post(query, given.encode()) == (403, b""), name
    assert safe.responder.messages == []
    assert (await safe.post(good, sealed.encode()))[0] == 200  # the same with nothing wrong


async def test_plain_fields_beside_a_valid_encrypt_are_refused(safe: Line) -> None:
    """Compatible mode's plain half is signed by nobody."""
    encrypted = safe.codec.encrypt(safe.push(pushes.text("真的")).xml())
    body = f"<xml>{_forged()}<Encrypt>{encrypted}</Encrypt></xml>"
    assert await safe.post(safe.query(encrypted), body.encode()) == (403, b"")
    assert safe.responder.messages == []


@pytest.mark.parametrize("offset", [-601, 601, -10_000, 10**10])
async def test_an_old_push_is_refused(safe: Line, offset: int) -> None:
    """And one from the future; it is counted, and a clock that is somewhat wrong does not matter."""
    encrypted = safe.codec.encrypt(safe.push(pushes.text("旧")).xml())
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    stamp = int(time.time()) + offset
    assert (await safe.post(safe.query(encrypted, timestamp=str(stamp)), body))[0] == 403
    assert safe.count("kaoda_wechat_rejected_total", reason="stale") == 1
    near = str(int(time.time()) + (500 if offset > 0 else -500))
    assert (await safe.post(safe.query(encrypted, timestamp=near), body))[0] == 200


def test_freshness_can_be_switched_off() -> None:
    """For machines whose clock cannot be set."""
    account = Account(token=TOKEN, encoding_aes_key=AES_KEY, app_id=APP_ID)
    given = MultiDict({"timestamp": "1", "nonce": "n", "signature": sign(TOKEN, "1", "n"), "echostr": "e"})
    assert Protocol(account, time.time, fresh_seconds=0).greet(query_of(given)) == "e"
    with pytest.raises(Rejected):
        Protocol(account, time.time).greet(query_of(given))


async def test_checks_come_in_order(safe: Line) -> None:
    """Size, signature, envelope, its signature, decryption, AppID, content: what is wrong first is what is counted."""
    other = Codec(AES_KEY, "wx_another_account")
    sealed = other.encrypt(b"<no xml")
    steps = [
        ("size", {"signature": "x"}, b"x" * (64 * 1024 + 1)),
        ("signature", safe.query("e", signature="x"), b"<no xml"),
        ("xml", safe.query("e"), b"<no xml"),
        ("msg_signature", safe.query("e"), f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode()),
        ("encryption", safe.query(sealed), f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode()),
    ]
    for reason, query, body in steps:
        status, answer = await safe.post(query, body)
        assert (status, answer) == ({"size": 413, "xml": 400}.get(reason, 403), b""), reason
        assert safe.count("kaoda_wechat_rejected_total", reason=reason) == 1, reason
    query, body = safe.request(b"<no xml")
    assert (await safe.post(query, body))[0] == 400


async def test_a_large_body_is_refused_however_it_comes(safe: Line) -> None:
    """413, declared or in chunks; and 64 KiB are still read."""

    async def chunks():
        for _ in range(80):
            yield b"x" * 1024

    assert (await safe.post(safe.query("e"), chunks()))[0] == 413
    assert (await safe.post(safe.query("e"), b"<xml>" + b"x" * (64 * 1024 - 11) + b"</xml>"))[0] == 403


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "!!!!",
        "QUJD",
        "A" * 64,
        "A" * 63,
        "啊" * 16,
        "=" * 64,
    ],
)
async def test_what_cannot_be_decrypted_says_nothing_about_why(safe: Line, damage: str) -> None:
    """One status and an empty body for every damage: no oracle."""
    body = f"<xml><Encrypt>{damage}</Encrypt></xml>".encode()
    assert await safe.post(safe.query(damage) if damage else safe.query("x"), body) == (403, b"")


@pytest.mark.parametrize("padding", [0, 33, 48, 255])
async def test_wrong_padding_is_refused(safe: Line, padding: int) -> None:
    """1 to 32 bytes; the key is known here, which no attacker's is."""
    key = base64.b64decode(AES_KEY + "=")
    content = safe.push(pushes.text("好")).xml()
    plain = b"r" * 16 + len(content).to_bytes(4, "big") + content + APP_ID.encode()
    plain += bytes([padding]) * (32 - len(plain) % 32)
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    encrypted = base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    assert (await safe.post(safe.query(encrypted), body))[0] == 403


DOUBTFUL = {
    "content twice": "<Content>a</Content><Content>b</Content>",
    "nested content": "<Content><b>a</b></Content>",
    "content with an attribute": "<Content a='1'>a</Content>",
    "content of two texts": "<Content>a<!-- -->b</Content>",
    "instruction inside": "<Content>a<?b c?></Content>",
    "MsgType twice": "<Content>a</Content><MsgType>event</MsgType>",
    "user twice": "<Content>a</Content><FromUserName>other</FromUserName>",
    "too many elements": "<Content>a</Content>" + "<a/>" * 256,
    "too deep": "<Content>a</Content>" + "<a>" * 8 + "</a>" * 8,
}


@pytest.mark.parametrize("more", [pytest.param(xml, id=name) for name, xml in DOUBTFUL.items()])
async def test_a_doubtful_push_is_refused(safe: Line, more: str) -> None:
    """A field that we read is one text, there once; sizes are capped."""
    head = f"<ToUserName>{ACCOUNT}</ToUserName><FromUserName>{USER}</FromUserName><CreateTime>1</CreateTime>"
    clear = f"<xml>{head}<MsgType>text</MsgType><MsgId>1</MsgId>{more}</xml>".encode()
    assert (await safe.post(*safe.request(clear)))[0] == 400
    assert safe.responder.messages == []


async def test_fields_that_are_not_read_may_come_as_they_like(safe: Line) -> None:
    """The repeated List of subscribe_msg_* events."""
    more = "<SubscribeMsgPopupEvent><List><A>1</A></List><List><A>2</A></List></SubscribeMsgPopupEvent>"
    head = f"<ToUserName>{ACCOUNT}</ToUserName><FromUserName>{USER}</FromUserName><CreateTime>1</CreateTime>"
    clear = f"<xml>{head}<MsgType>event</MsgType><Event>subscribe_msg_popup_event</Event>{more}</xml>".encode()
    assert await safe.post(*safe.request(clear)) == (200, b"success")


# --- faults of ours -------------------------------------------------------------------------------------------------------


async def test_a_crash_is_an_apology() -> None:
    """In 200: a 5xx would be resent, and the user told that the account is out of order. The next attempt may succeed."""
    responder = Echo()
    async with line(responder=responder) as opened:
        push = opened.push(pushes.text("问"))
        for error in (StoreError("full"), ValueError("其中有 secret"), RecursionError()):
            responder.error = error
            assert "服务暂时出错" in await opened.attempt(push)
        responder.error = None
        assert await opened.attempt(push) == "您说：问"


async def test_without_a_store_there_is_an_apology() -> None:
    async with line(values=BrokenValues(lambda: None)) as opened:  # type: ignore[arg-type]  # its clock is not read
        assert "服务暂时出错" in await opened.say("问")


async def test_the_log_holds_nothing_secret(caplog: pytest.LogCaptureFixture) -> None:
    """No text, openid, token, key, signature; not from errors either."""
    caplog.set_level(logging.DEBUG)
    responder = Echo()
    async with line(responder=responder) as opened:
        push = opened.push(pushes.text("我的身份证号"))
        query, body = opened.request(push.xml())
        await opened.post(query, body)
        await opened.post(query | {"signature": "f" * 40}, body)
        responder.error = ValueError("我的身份证号")
        await opened.say("我的身份证号")
    ours = "\n".join(record.getMessage() for record in caplog.records)
    assert "wechat_push kind=text user=" in ours
    assert "wechat_failed push=text error=ValueError at " in ours
    secrets = (USER, TOKEN, AES_KEY, APP_ID, "身份证", query["signature"], query["msg_signature"], query["nonce"])
    assert [each for each in secrets if each in ours] == []


async def test_a_body_that_stops_half_way_is_given_up(monkeypatch: pytest.MonkeyPatch, safe: Line) -> None:
    """A slow sender holds no handler."""
    monkeypatch.setattr("adapters.wechat.webhook.BODY_SECONDS", 0.1)

    async def dripping():
        yield b"<xml>"
        await asyncio.sleep(2)
        yield b"</xml>"

    with contextlib.suppress(aiohttp.ClientError):  # the connection may be closed while it is still sending
        assert (await safe.post(safe.query("e"), dripping()))[0] == 408


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_a_compressed_body_that_is_none_is_refused(safe: Line, encoding: str) -> None:
    status, _ = await safe.post(safe.query("e"), b"no such encoding", headers={"Content-Encoding": encoding})
    assert status in (400, 403)
