"""The judge of replies: what the platform shows, and every way to end in the fault text."""

import time

import pytest

from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.account import Format, Mode, random_account
from adapters.wechat.emulator.codec import Codec, sign
from adapters.wechat.emulator.pushes import Push
from adapters.wechat.emulator.strict import Answer, Judge
from adapters.wechat.emulator.verdict import Broken, Shown, Silent, Verdict

ACCOUNT = random_account(mode=Mode.PLAIN, original_id="gh_1")
SAFE = random_account(original_id="gh_1")
CODEC = Codec(SAFE.encoding_aes_key, SAFE.app_id)
HEAD = "<ToUserName>o1</ToUserName><FromUserName>gh_1</FromUserName><CreateTime>1</CreateTime>"
ASKED = Push(user="o1", fields={"MsgType": "text", "Content": "问"}, number=1)


def told(fields: pushes.Fields) -> Push:
    return Push(user="o1", fields=fields, number=1)


def text(content: str) -> str:
    return f"<xml>{HEAD}<MsgType>text</MsgType><Content>{content}</Content></xml>"


def news(count: int, told_count: int | None = None) -> str:
    items = "<item><Title>t</Title><Description>d</Description><PicUrl>p</PicUrl><Url>u</Url></item>" * count
    told_count = count if told_count is None else told_count
    return (
        f"<xml>{HEAD}<MsgType>news</MsgType><ArticleCount>{told_count}</ArticleCount><Articles>{items}</Articles></xml>"
    )


def judged(body: str | bytes, push: Push = ASKED, status: int = 200) -> Verdict:
    data = body.encode() if isinstance(body, str) else body
    return Judge(ACCOUNT).judge(Answer(status=status, body=data), push)


VALID = {
    "text": text("您好"),
    "text with white space around": "\n" + text("您好") + "\n",
    "CDATA": text("<![CDATA[<a href='x'>]]>"),
    "2048 bytes": text("x" * 2048),
    "declaration": '<?xml version="1.0" encoding="UTF-8"?>' + text("您好"),
    "an article": news(1),
    "image": f"<xml>{HEAD}<MsgType>image</MsgType><Image><MediaId>m</MediaId></Image></xml>",
    "music": f"<xml>{HEAD}<MsgType>music</MsgType><Music><ThumbMediaId>m</ThumbMediaId></Music></xml>",
    "customer service": f"<xml>{HEAD}<MsgType>transfer_customer_service</MsgType></xml>",
}


@pytest.mark.parametrize("body", VALID.values(), ids=VALID)
def test_shown(body):
    assert isinstance(judged(body), Shown)


@pytest.mark.parametrize("body", [b"", b"success"])
def test_silent(body):
    assert judged(body) == Silent()


INVALID = {
    "words": "您好",
    "success with a newline": "success\n",
    "SUCCESS": "SUCCESS",
    "JSON": '{"MsgType":"text"}',
    "empty Content": text(""),
    "blank Content": text(" \n"),
    "2049 bytes": text("x" * 2049),
    "683 characters of three bytes": text("考" * 683),
    "unclosed": text("您好")[:-1],
    "text after it": text("您好") + "x",
    "two roots": text("您好") * 2,
    "another root": text("您好").replace("xml>", "html>"),
    "broken CDATA": text("<![CDATA[a]]>b]]>"),
    "control character": text("a\x0bb"),
    "NUL": text("a\x00b"),
    "character reference to one": text("&#11;"),
    "unknown entity": text("&nbsp;"),
    "GBK": text("您好").encode("gbk"),
    "UTF-16": text("您好").encode("utf-16"),
    "DOCTYPE": "<!DOCTYPE xml>" + text("您好"),
    "entities": '<!DOCTYPE xml [<!ENTITY a "b">]>' + text("&a;"),
    "Content twice": text("a</Content><Content>b"),
    "element in Content": text("<b>a</b>"),
    "attribute": text("a").replace("<Content>", '<Content a="b">'),
    "no MsgType": f"<xml>{HEAD}<Content>a</Content></xml>",
    "unknown MsgType": text("a").replace("<MsgType>text", "<MsgType>card"),
    "to somebody else": text("a").replace("o1", "o2"),
    "not swapped": text("a").replace("o1", "x").replace("gh_1", "o1").replace("x<", "gh_1<"),
    "CreateTime is no number": text("a").replace("<CreateTime>1", "<CreateTime>now"),
    "CreateTime missing": text("a").replace("<CreateTime>1</CreateTime>", ""),
    "CreateTime negative": text("a").replace("<CreateTime>1", "<CreateTime>-1"),
    "two articles": news(2),
    "no article": news(0),
    "wrong ArticleCount": news(1, 2),
    "empty MediaId": VALID["image"].replace(">m<", "><"),
    "an envelope in plain mode": "<xml><Encrypt>a</Encrypt></xml>",
    "deep": "<xml>" + "<a>" * 20 + "</a>" * 20 + "</xml>",
    "wide": "<xml>" + "<a/>" * 300 + "</xml>",
}


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID)
def test_fault_with_a_reason(body):
    verdict = judged(body)
    assert isinstance(verdict, Broken)
    assert verdict.is_final
    assert verdict.reason


@pytest.mark.parametrize("status", [201, 204, 302, 403, 404, 500, 502])
def test_other_statuses_are_tried_again(status):
    assert judged("success", status=status) == Broken(reason=f"HTTP {status}", is_final=False)


REPLIABLE = [pushes.subscribe(), pushes.subscribe("CN", "t"), pushes.scan("CN", "t"), pushes.click("K")]


@pytest.mark.parametrize("fields", [*REPLIABLE, pushes.scanned("scancode_waitmsg", "K", "1")], ids=str)
def test_events_that_may_be_replied_to(fields):
    assert isinstance(judged(text("a"), told(fields)), Shown)
    assert isinstance(judged(news(8), told(fields)), Shown)
    assert isinstance(judged(news(9), told(fields)), Broken)


@pytest.mark.parametrize(
    "fields",
    [
        each
        for each in pushes.every_event("o1")
        if each["Event"] not in ("subscribe", "SCAN", "CLICK", "scancode_waitmsg")
    ],
    ids=lambda fields: str(fields["Event"]),
)
def test_events_that_must_not_be_replied_to(fields):
    assert isinstance(judged(text("a"), told(fields)), Broken)
    assert judged("success", told(fields)) == Silent()


# --- safe mode -----------------------------------------------------------------------------------------------------------


def envelope(clear: str = text("您好"), **fields: str) -> str:
    encrypted = fields.pop("Encrypt", CODEC.encrypt(clear.encode()))
    timestamp, nonce = fields.pop("TimeStamp", str(int(time.time()))), fields.pop("Nonce", "n")
    known = {"Encrypt": encrypted, "MsgSignature": sign(SAFE.token, timestamp, nonce, encrypted)}
    known |= {"TimeStamp": timestamp, "Nonce": nonce} | fields
    return "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in known.items()) + "</xml>"


def judged_safely(body: str) -> Verdict:
    return Judge(SAFE).judge(Answer(status=200, body=body.encode()), ASKED)


def test_an_envelope_is_opened():
    assert judged_safely(envelope()) == Shown(kind="text", text="您好")


@pytest.mark.parametrize("body", ["", "success"])
def test_silence_needs_no_envelope(body):
    assert judged_safely(body) == Silent()


WRONG = {
    "plain": (text("您好"), "plain reply"),
    "signature": (envelope(MsgSignature="0" * 40), "MsgSignature"),
    "milliseconds": (envelope(TimeStamp=str(int(time.time() * 1000))), "TimeStamp"),
    "long ago": (envelope(TimeStamp="1"), "TimeStamp"),
    "timestamp of words": (envelope(TimeStamp="now"), "TimeStamp"),
    "one field more": (envelope(ToUserName="o1"), "exactly"),
    "another AppID": (envelope(Encrypt=CODEC.encrypt(text("a").encode(), app_id=b"wx2")), "AppID"),
    "not base64": (envelope(Encrypt="!"), "base64"),
    "success inside": (envelope("success"), "well-formed"),
    "empty Content inside": (envelope(text("")), "empty"),
}


@pytest.mark.parametrize(("body", "reason"), WRONG.values(), ids=WRONG)
def test_envelopes_that_are_faults(body, reason):
    verdict = judged_safely(body)
    assert isinstance(verdict, Broken)
    assert reason in verdict.reason


# --- JSON ----------------------------------------------------------------------------------------------------------------

JSON = Judge(random_account(mode=Mode.PLAIN, format=Format.JSON, original_id="gh_1"))
REPLY = '{"ToUserName":"o1","FromUserName":"gh_1","CreateTime":1,"MsgType":"text","Content":"a"}'


def test_json_reply():
    assert JSON.judge(Answer(status=200, body=REPLY.encode()), ASKED) == Shown(kind="text", text="a")


@pytest.mark.parametrize(
    "body",
    ["[]", "1", "null", "{", REPLY.replace('"a"', "null"), REPLY.replace('"a"', "true"), text("a"), "{" * 5000,
     REPLY.replace('"Content"', '"MsgType":"text","Content"'), '{"a":' * 50_000, "[" * 100_000],
    ids=lambda body: body[:20],
)  # fmt: skip
def test_json_faults(body):
    assert isinstance(JSON.judge(Answer(status=200, body=body.encode()), ASKED), Broken)
