"""Inputs that make a WeChat library fall over, as whole requests: 177 kinds.

Each is a name, the address's raw query and the body; how far it gets depends on what of it is signed.
"""

import base64
import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wechat_line import ACCOUNT, AES_KEY, APP_ID, USER, Line

from adapters.wechat.emulator.codec import Codec, sign

KEY = base64.b64decode(AES_KEY + "=")
HEAD = (
    f"<ToUserName>{ACCOUNT}</ToUserName><FromUserName>{USER}</FromUserName>"
    "<CreateTime>1700000000</CreateTime><MsgType>text</MsgType><MsgId>1</MsgId>"
)
TEXT = f"<xml>{HEAD}<Content>问</Content></xml>"
EVENT = TEXT.replace("<MsgType>text", "<MsgType>event").replace("<Content>问</Content>", "{}")


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: a raw query string and a body."""

    name: str
    query: str
    body: bytes


def kinds(line: Line) -> tuple[Request, ...]:
    """All 177, by how far they get."""
    return (*queries(line), *unsigned_bodies(line), *ciphertexts(line), *contents(line), *fields(line))


def queries(line: Line) -> Iterator[Request]:
    """What a signature check is given: 41."""
    query, body = line.request(TEXT.encode())
    for name in ("signature", "timestamp", "nonce", "msg_signature", "encrypt_type"):
        right = query[name]
        changes = {
            "missing": None,
            "empty": "",
            "wrong": "f" * 40,
            "upper case": quote(right.upper() if right != right.upper() else "A" + right),
            "a lone surrogate": "%ED%A0%80",
            "no UTF-8": "%FF%FE",
            "NUL": "%00",
        }
        for what, value in changes.items():
            others = urlencode({key: each for key, each in query.items() if key != name})
            yield Request(f"{name} {what}", others if value is None else f"{others}&{name}={value}", body)
    whole = urlencode(query)
    yield Request("all twice", f"{whole}&{whole}", body)
    yield Request("none", "", body)
    yield Request("a list", whole.replace("nonce=", "nonce[]="), body)
    yield Request("more parameters", f"{whole}&nonce2={'n' * 5000}", body)
    swapped = query | {"timestamp": query["nonce"], "nonce": query["timestamp"]}
    yield Request("timestamp and nonce swapped", urlencode(swapped), body)
    empty = query | {"signature": sign("", query["timestamp"], query["nonce"])}
    yield Request("signed with an empty token", urlencode(empty), body)


def unsigned_bodies(line: Line) -> Iterator[Request]:
    """What comes before anything is authenticated but the address: 34."""
    bodies = {
        "empty": b"",
        "space": b"  \n",
        "text": "你好".encode(),
        "JSON": b'{"ToUserName":"a","Encrypt":"b"}',
        "no Encrypt": f"<xml>{HEAD}</xml>".encode(),
        "another root": b"<html><Encrypt>a</Encrypt></html>",
        "an empty root": b"<xml/>",
        "a root of text": b"<xml>abc</xml>",
        "truncated": b"<xml><Encrypt>abc",
        "two roots": b"<xml><Encrypt>a</Encrypt></xml><xml/>",
        "junk after": b"<xml><Encrypt>a</Encrypt></xml>junk",
        "a line before the declaration": b"\n<?xml version='1.0'?><xml><Encrypt>a</Encrypt></xml>",
        "latin-1": "<xml><Encrypt>é</Encrypt></xml>".encode("latin-1"),
        "GBK": "<xml><Encrypt>缴费</Encrypt></xml>".encode("gbk"),
        "UTF-16": "<xml><Encrypt>a</Encrypt></xml>".encode("utf-16"),
        "UTF-32": "<xml><Encrypt>a</Encrypt></xml>".encode("utf-32"),
        "gzip": gzip.compress(b"<xml/>"),
        "random": random.Random(1).randbytes(500),  # noqa: S311  # a steady sample
        "NUL": b"<xml><Encrypt>a\x00b</Encrypt></xml>",
        "a surrogate": b"<xml><Encrypt>\xed\xa0\x80</Encrypt></xml>",
        "billion laughs": b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>',
        "in an attribute": b'<!DOCTYPE x [<!ENTITY a "aa">]><xml a="&a;"><Encrypt>b</Encrypt></xml>',
        "external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Encrypt>&e;</Encrypt></xml>',
        "parameter entity": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]><xml/>',
        "external DTD": b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml><Encrypt>a</Encrypt></xml>',
        "a bare DOCTYPE": b"<!DOCTYPE xml><xml><Encrypt>a</Encrypt></xml>",
        "undefined entity": b"<xml><Encrypt>&nbsp;</Encrypt></xml>",
        "Encrypt twice": b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>",
        "Encrypt nested": b"<xml><Encrypt><a>b</a></Encrypt></xml>",
        "Encrypt with an attribute": b"<xml><Encrypt a='b'>c</Encrypt></xml>",
        "64 KiB of tags": b"<xml>" + b"<a/>" * 16_000 + b"</xml>",
        "64 KiB of depth": b"<a>" * 21_000,
        "64 KiB of text": b"<xml><Encrypt>" + b"a" * 65_000 + b"</Encrypt></xml>",
        "a megabyte of tags": b"<xml>" + b"<a/>" * 250_000 + b"</xml>",
    }
    for name, body in bodies.items():
        yield Request(f"body: {name}", urlencode(line.query("x")), body)


def ciphertexts(line: Line) -> Iterator[Request]:
    """Envelopes that are signed, with something wrong inside: 32."""
    content = TEXT.encode()
    framed = b"r" * 16 + len(content).to_bytes(4, "big") + content + APP_ID.encode()
    padding = 32 - len(framed) % 32
    right = bytearray(base64.b64decode(encrypted(framed + bytes([padding]) * padding)))
    flips = {name: bytearray(right) for name in ("first", "middle", "last")}
    flips["first"][0] ^= 1
    flips["middle"][len(right) // 2] ^= 1
    flips["last"][-1] ^= 1
    other = Codec("x" * 43, APP_ID)
    wrong = {
        "not base64": "!!!!",
        "no base64 alphabet": "啊啊啊啊",
        "bad padding of base64": base64.b64encode(bytes(right)).decode().rstrip("=") + "A",
        "spaces inside": " ".join(base64.b64encode(bytes(right)).decode()),
        "one byte": base64.b64encode(b"a").decode(),
        "15 bytes": base64.b64encode(b"a" * 15).decode(),
        "16 bytes": base64.b64encode(b"a" * 16).decode(),
        "32 bytes": base64.b64encode(b"a" * 32).decode(),
        "33 bytes": base64.b64encode(b"a" * 33).decode(),
        "truncated by a block": base64.b64encode(bytes(right[:-16])).decode(),
        "first block missing": base64.b64encode(bytes(right[16:])).decode(),
        "a block twice": base64.b64encode(bytes(right + right[-16:])).decode(),
        **{f"{name} byte flipped": base64.b64encode(bytes(each)).decode() for name, each in flips.items()},
        "another key": other.encrypt(content),
        "another AppID": line.codec.encrypt(content, app_id=b"wx_other"),
        "no AppID": line.codec.encrypt(content, app_id=b""),
        "AppID and more": line.codec.encrypt(content, app_id=APP_ID.encode() + b"x"),
        "AppID that is no UTF-8": line.codec.encrypt(content, app_id=b"\xff\xfe"),
        **{
            f"padding {size}": encrypted(framed + b"\0" * (31 - len(framed) % 32) + bytes([size]))
            for size in (0, 33, 128, 255)
        },
        "only padding": encrypted(b"\x20" * 32),
        "length too large": encrypted(pad(framed[:16] + b"\x7f\xff\xff\xff" + framed[20:])),
        "length too small": encrypted(pad(framed[:16] + b"\0\0\0\1" + framed[20:])),
        "length 0": encrypted(pad(framed[:16] + b"\0\0\0\0" + framed[20:])),
        "length negative": encrypted(pad(framed[:16] + b"\xff\xff\xff\xff" + framed[20:])),
        "content empty": line.codec.encrypt(b""),
        "content no UTF-8": line.codec.encrypt(b"<xml>\xff\xfe</xml>"),
        "content of zeros": line.codec.encrypt(b"\0" * 100),
    }
    for name, each in wrong.items():
        yield sealed(line, f"encrypted: {name}", each)


def contents(line: Line) -> Iterator[Request]:
    """Messages that are signed and encrypted rightly, and are no XML of a push: 35."""
    bodies = {
        "space": " ",
        "text": "你好",
        "JSON": '{"MsgType":"text"}',
        "truncated": TEXT[:-9],
        "two roots": TEXT * 2,
        "junk after": TEXT + "junk",
        "junk before": "junk" + TEXT,
        "a line before the declaration": "\n<?xml version='1.0'?>" + TEXT,
        "a declared encoding": "<?xml version='1.0' encoding='gbk'?>" + TEXT,
        "a byte order mark": "\ufeff" + TEXT,
        "NUL": TEXT.replace("问", "a\x00b"),
        "vertical tab": TEXT.replace("问", "a\x0bb"),
        "a numbered control character": TEXT.replace("问", "&#11;"),
        "U+FFFF": TEXT.replace("问", "\uffff"),
        "an entity of HTML": TEXT.replace("问", "&nbsp;"),
        "a numbered surrogate": TEXT.replace("问", "&#xD800;"),
        "a bare ampersand": TEXT.replace("问", "a & b"),
        "an open tag": TEXT.replace("问", "a < b"),
        "another root": TEXT.replace("xml>", "html>"),
        "root in upper case": TEXT.replace("xml>", "XML>"),
        "a root with a namespace": TEXT.replace("<xml>", "<xml xmlns='a'>"),
        "a prefix": TEXT.replace("<Content>", "<a:Content>").replace("</Content>", "</a:Content>"),
        "an empty root": "<xml/>",
        "a root of text": "<xml>abc</xml>",
        "empty list": "<xml></xml>",
        "CDATA left open": TEXT.replace("问", "<![CDATA[a"),
        "CDATA in CDATA": TEXT.replace("问", "<![CDATA[a]]]]><![CDATA[>b]]>"),
        "a comment": TEXT.replace("问", "a<!-- b -->c"),
        "an instruction": TEXT.replace("问", "a<?b?>c"),
        "a DOCTYPE": "<!DOCTYPE xml>" + TEXT,
        "billion laughs": '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + TEXT.replace("问", "&b;"),
        "external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + TEXT.replace("问", "&e;"),
        "many elements": TEXT.replace("</xml>", "<a/>" * 1000 + "</xml>"),
        "a deep nest": TEXT.replace("</xml>", "<a>" * 500 + "</a>" * 500 + "</xml>"),
        "a long text": TEXT.replace("问", "问" * 10_000),
    }
    for name, body in bodies.items():
        yield sealed(line, f"content: {name}", line.codec.encrypt(body.encode("utf-8", "surrogatepass")))


def fields(line: Line) -> Iterator[Request]:
    """Messages whose fields are not as they should be: 35."""
    bodies = {
        "no MsgType": TEXT.replace("<MsgType>text</MsgType>", ""),
        "MsgType empty": TEXT.replace(">text<", "><"),
        "MsgType twice": TEXT.replace("</xml>", "<MsgType>text</MsgType></xml>"),
        "MsgType nested": TEXT.replace(">text<", "><a>text</a><"),
        "MsgType with an attribute": TEXT.replace("<MsgType>", "<MsgType a='b'>"),
        "MsgType unknown": TEXT.replace(">text<", ">hologram<"),
        "MsgType of a device": TEXT.replace(">text<", ">device_event<"),
        "Content empty": TEXT.replace("问", ""),
        "Content of space": TEXT.replace("问", " \n\t "),
        "Content twice": TEXT.replace("</xml>", "<Content>b</Content></xml>"),
        "Content nested": TEXT.replace("问", "<b>问</b>"),
        "no Content": TEXT.replace("<Content>问</Content>", ""),
        "sender twice": TEXT.replace("</xml>", "<FromUserName>b</FromUserName></xml>"),
        "sender empty": TEXT.replace(USER, ""),
        "sender with a colon": TEXT.replace(USER, "a:b"),
        "sender very long": TEXT.replace(USER, "a" * 10_000),
        "sender with the end of CDATA": TEXT.replace(USER, "<![CDATA[a]]]]><![CDATA[>b]]>"),
        "receiver missing": TEXT.replace(f"<ToUserName>{ACCOUNT}</ToUserName>", ""),
        "MsgId of letters": TEXT.replace("<MsgId>1<", "<MsgId>abc<"),
        "MsgId of 5000 digits": TEXT.replace("<MsgId>1<", f"<MsgId>{'9' * 5000}<"),
        "MsgId negative": TEXT.replace("<MsgId>1<", "<MsgId>-1<"),
        "no MsgId": TEXT.replace("<MsgId>1</MsgId>", ""),
        "CreateTime of 1e20": TEXT.replace("1700000000", "1e20"),
        "CreateTime of text": TEXT.replace("1700000000", "now"),
        "no CreateTime": TEXT.replace("<CreateTime>1700000000</CreateTime>", ""),
        "no Event": EVENT.format(""),
        "Event empty": EVENT.format("<Event></Event>"),
        "Event twice": EVENT.format("<Event>CLICK</Event><Event>VIEW</Event>"),
        "Event unknown": EVENT.format("<Event>xpay_goods_deliver_notify</Event>"),
        "EventKey nested": EVENT.format("<Event>subscribe</Event><EventKey><a>qrscene_1</a></EventKey>"),
        "EventKey twice": EVENT.format("<Event>CLICK</Event><EventKey>a</EventKey><EventKey>b</EventKey>"),
        "EventKey of 10,000": EVENT.format(f"<Event>subscribe</Event><EventKey>qrscene_{'a' * 10_000}</EventKey>"),
        "a list that is not read": EVENT.format("<Event>subscribe_msg_popup_event</Event><L><a/></L><L><a/></L>"),
        "the end of a reply's CDATA": TEXT.replace("问", "]]&gt;&lt;/Content&gt;&lt;MsgType&gt;news"),
        "a tag of ours": TEXT.replace(
            "问", "&lt;a href=&quot;weixin://bizmsgmenu?msgmenucontent=1&quot;&gt;点&lt;/a&gt;"
        ),
    }
    for name, body in bodies.items():
        yield sealed(line, f"field: {name}", line.codec.encrypt(body.encode()))


def sealed(line: Line, name: str, ciphertext: str) -> Request:
    """An envelope, rightly signed."""
    body = f"<xml><ToUserName>{ACCOUNT}</ToUserName><Encrypt>{ciphertext}</Encrypt></xml>"
    return Request(name, urlencode(line.query(ciphertext)), body.encode())


def pad(framed: bytes) -> bytes:
    """With its padding."""
    missing = 32 - len(framed) % 32
    return framed + bytes([missing]) * missing


def encrypted(padded: bytes) -> str:
    """Whole blocks, whatever they hold."""
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(KEY[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()
