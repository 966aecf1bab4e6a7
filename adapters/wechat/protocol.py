"""Checks, decrypts and reads what the platform sends, renders and encrypts what it is answered. Knows no dialogue.

wechatpy does AES and rendering; its errors are of many types, so whatever fails here becomes Rejected.
Its parser is not used: it runs before anything is authenticated, takes the first of two fields, and knows no bizmsgmenuid.
Nor is its framing of messages: it takes any padding, and draws the random bytes from a generator that can be guessed.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable

import msgspec
from multidict import MultiMapping
from wechatpy.crypto.base import WeChatCipher
from wechatpy.replies import TextReply

from adapters.wechat import xml
from adapters.wechat.account import SAFE, Account, checked
from adapters.wechat.pushes import READ, Push, push_of

FRESH_SECONDS = 600.0  # how old or far ahead a timestamp may be; no source says what the platform itself would take
ECHO = re.compile(r"[A-Za-z0-9_-]{1,128}")
TIMESTAMP = re.compile(r"[0-9]{1,12}")
ENVELOPE = frozenset(("ToUserName", "Encrypt")) | READ
PLAIN_FIELDS = READ - {"ToUserName"}
_rendered = str(TextReply(source="{source}", target="{target}", content="{content}", time=0).render())
TEXT = _rendered.replace("<CreateTime>0<", "<CreateTime>{time}<")  # what wechatpy writes, to be filled in
SEALED = (
    "<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
    "<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
)
RANDOM, LENGTH = 16, 4  # bytes before the message: random ones, and its length
BLOCK, AES_BLOCK = 32, 16  # bytes


class Rejected(Exception):  # noqa: N818  # said as a statement: the request is rejected
    """A request is not the platform's, or not as it sends them. The sender learns the status and nothing else."""

    def __init__(self, status: int, reason: str) -> None:
        """`reason` is one of few words, for counting."""
        super().__init__(f"{status} {reason}")
        self.status, self.reason = status, reason


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the address and is signed or checked. `openid` stands there too, is not signed, and never read."""

    signature: str
    timestamp: str
    nonce: str
    msg_signature: str = ""
    encrypt_type: str = ""
    echostr: str = ""


def query_of(given: MultiMapping[str]) -> Query:
    """The parameters of an address. Raises Rejected where one is there twice or a needed one is missing."""
    found = {}
    for name in Query.__struct_fields__:
        values = given.getall(name, [])
        if len(values) > 1:
            raise Rejected(403, "query")
        if values:
            found[name] = values[0]
    if not all(found.get(name) for name in ("signature", "timestamp", "nonce")):
        raise Rejected(403, "query")
    return Query(**found)


class Protocol:
    """Speaks with the platform for one account."""

    def __init__(self, account: Account, now: Callable[[], float], fresh_seconds: float = FRESH_SECONDS) -> None:
        """`now` is the machine's time; `fresh_seconds` 0 takes any timestamp. Raises AccountError."""
        self._account, self._now, self._fresh_seconds = checked(account), now, fresh_seconds
        self._is_safe = account.mode == SAFE
        if self._is_safe:
            self._cipher = WeChatCipher(base64.b64decode(account.encoding_aes_key + "="))
        self._app_id = account.app_id.encode()

    def greet(self, query: Query) -> str:
        """What to answer to the check of the address. Raises Rejected."""
        self._check_signature(query)
        if not ECHO.fullmatch(query.echostr):
            raise Rejected(400, "echostr")
        return query.echostr

    def check(self, query: Query) -> None:
        """Whether a push's address is signed, fresh, and of the mode that is set. Raises Rejected."""
        self._check_signature(query)
        if self._is_safe != (query.encrypt_type == "aes") or self._is_safe != bool(query.msg_signature):
            raise Rejected(403, "mode")

    def open(self, query: Query, body: bytes) -> Push:
        """The push in a body whose address was checked. Raises Rejected."""
        outer = _read(body, ENVELOPE)
        if not self._is_safe:
            if "Encrypt" in outer.fields:
                raise Rejected(403, "mode")
            return push_of(outer)
        encrypted = outer.fields.get("Encrypt", "").strip()
        if not encrypted or PLAIN_FIELDS & outer.fields.keys():
            raise Rejected(403, "mode")
        if not _is_same(self._sign(query.timestamp, query.nonce, encrypted), query.msg_signature):
            raise Rejected(403, "msg_signature")
        try:
            content = self._decrypted(encrypted)
        except Exception as error:  # wechatpy and what it builds on raise what they like
            raise Rejected(403, "encryption") from error
        return push_of(_read(content, READ))

    def reply(self, push: Push, text: str) -> bytes:
        """A text in answer to a push; encrypted in safe mode. Whatever the text holds, the XML is well-formed."""
        now = int(self._now())
        message = TEXT.format(
            source=harmless(push.account), target=harmless(push.user), content=harmless(text), time=now
        ).encode()
        return self._sealed(message, str(now)) if self._is_safe else message

    def _check_signature(self, query: Query) -> None:
        if not _is_same(self._sign(query.timestamp, query.nonce), query.signature):
            raise Rejected(403, "signature")
        if not TIMESTAMP.fullmatch(query.timestamp):
            raise Rejected(403, "timestamp")
        if self._fresh_seconds and abs(self._now() - int(query.timestamp)) > self._fresh_seconds:
            raise Rejected(403, "stale")

    def _sign(self, *parts: str) -> str:
        signed = sorted(part.encode("utf-8", "surrogatepass") for part in (self._account.token, *parts))
        return hashlib.sha1(b"".join(signed)).hexdigest()  # noqa: S324  # what the platform signs with

    def _sealed(self, message: bytes, timestamp: str) -> bytes:
        """A message in an envelope, encrypted and signed."""
        framed = secrets.token_bytes(RANDOM) + len(message).to_bytes(LENGTH, "big") + message + self._app_id
        padding = BLOCK - len(framed) % BLOCK
        encrypted = base64.b64encode(self._cipher.encrypt(framed + bytes((padding,)) * padding)).decode()
        nonce = secrets.token_hex(8)
        signature = self._sign(timestamp, nonce, encrypted)
        return SEALED.format(encrypted=encrypted, signature=signature, timestamp=timestamp, nonce=nonce).encode()

    def _decrypted(self, encrypted: str) -> bytes:
        """The message in an envelope; every part of its framing has to be right."""
        sealed = base64.b64decode(encrypted, validate=True)
        if not sealed or len(sealed) % AES_BLOCK:
            raise ValueError("no whole blocks")
        plain: bytes = self._cipher.decrypt(sealed)
        padding = plain[-1]
        if not 1 <= padding <= BLOCK:
            raise ValueError("wrong padding")
        content = plain[RANDOM:-padding]
        length = int.from_bytes(content[:LENGTH], "big")
        message, app_id = content[LENGTH : LENGTH + length], content[LENGTH + length :]
        if len(content) < LENGTH or len(message) != length or not hmac.compare_digest(app_id, self._app_id):
            raise ValueError("wrong length or AppID")
        return message


def harmless(text: str) -> str:
    """A text that stays one text inside CDATA: what XML cannot hold is left out, the end of a CDATA section is split."""
    return xml.ILLEGAL.sub("", text).replace("]]>", "]]]]><![CDATA[>")


def _is_same(right: str, given: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(right.encode(), given.encode("utf-8", "surrogatepass"))


def _read(body: bytes, wanted: frozenset[str]) -> xml.Document:
    try:
        return xml.read(body, wanted)
    except xml.NotReadable as error:
        raise Rejected(400, "xml") from error
