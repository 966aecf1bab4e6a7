"""The strict judge of replies: whatever breaks a rule is a fault with its reason, never guessed at."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters.wechat.emulator.account import Account, Format, Mode
from adapters.wechat.emulator.codec import Codec, CodecError, is_same, sign
from adapters.wechat.emulator.pushes import Push
from adapters.wechat.emulator.strict_xml import Element, parse
from adapters.wechat.emulator.verdict import Article, Broken, Invalid, Shown, Silent, Verdict

MAX_TEXT = 2048  # bytes
MAX_ARTICLES, MAX_EVENT_ARTICLES = 1, 8
DAY = 86_400
REPLIABLE_EVENTS = frozenset({"subscribe", "SCAN", "CLICK", "scancode_waitmsg"})
MEDIA = {"image": "Image", "voice": "Voice", "video": "Video"}
ENVELOPE = ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back over HTTP."""

    status: int
    body: bytes


class Judge:
    """Judges the answers of one account."""

    def __init__(self, account: Account, now: Callable[[], float] = time.time) -> None:
        """Take the account and the real time, which the envelope's TimeStamp is held against."""
        self._account, self._now = account, now
        self._codec = Codec(account.encoding_aes_key, account.app_id)

    def judge(self, answer: Answer, push: Push) -> Verdict:
        """What the answer to that push is worth."""
        if answer.status != 200:
            return Broken(reason=f"HTTP {answer.status}", is_final=False)
        if answer.body in (b"", b"success"):
            return Silent()
        try:
            return self._reply(self._opened(answer.body), push)
        except Invalid as error:
            return Broken(reason=str(error), is_final=True)

    def _opened(self, body: bytes) -> Element:
        """The reply in clear."""
        outer = self._read(body)
        if self._account.mode is Mode.PLAIN:
            return outer
        if not outer.has("Encrypt"):
            if self._account.mode is Mode.COMPATIBLE:
                return outer
            raise Invalid("a plain reply in safe mode")
        if sorted(child.name for child in outer.children) != sorted(ENVELOPE):
            raise Invalid("the envelope does not hold exactly " + ", ".join(ENVELOPE))
        encrypted, signature, timestamp, nonce = (outer.value(name) for name in ENVELOPE)
        if not is_same(sign(self._account.token, timestamp, nonce, encrypted), signature):
            raise Invalid("the MsgSignature is wrong")
        if not _is_number(timestamp) or abs(int(timestamp) - self._now()) > DAY:
            raise Invalid("the TimeStamp is not in seconds of today")
        try:
            return self._read(self._codec.decrypt(encrypted))
        except CodecError as error:
            raise Invalid(f"the envelope cannot be decrypted: {error}") from error

    def _read(self, body: bytes) -> Element:
        return parse(body) if self._account.format is Format.XML else parse_json(body)

    def _reply(self, reply: Element, push: Push) -> Verdict:
        if reply.value("ToUserName") != push.user:
            raise Invalid("ToUserName is not the user who wrote")
        if reply.value("FromUserName") != self._account.original_id:
            raise Invalid("FromUserName is not the account")
        if not _is_number(reply.value("CreateTime")):
            raise Invalid("CreateTime is not a whole number")
        if push.is_event and push.kind not in REPLIABLE_EVENTS:
            raise Invalid(f"a message in reply to {push.kind}")
        kind = reply.value("MsgType")
        if kind == "text":
            return Shown(kind=kind, text=_text(reply))
        if kind == "news":
            return Shown(kind=kind, articles=_articles(reply, MAX_EVENT_ARTICLES if push.is_event else MAX_ARTICLES))
        if kind in MEDIA:
            if not reply.only(MEDIA[kind]).value("MediaId"):
                raise Invalid("an empty MediaId")
            return Shown(kind=kind)
        if kind == "music":
            reply.only("Music").value("ThumbMediaId")
            return Shown(kind=kind)
        if kind == "transfer_customer_service":
            return Shown(kind=kind)
        raise Invalid(f"MsgType {kind!r} is not one that can be replied with")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 19


def _text(reply: Element) -> str:
    content = reply.value("Content")
    if not content.strip():
        raise Invalid("an empty Content")
    size = len(content.encode("utf-8"))
    if size > MAX_TEXT:
        raise Invalid(f"Content of {size} bytes instead of at most {MAX_TEXT}")
    return content


def _articles(reply: Element, most: int) -> tuple[Article, ...]:
    items = reply.only("Articles").children
    if any(item.name != "item" for item in items) or not 1 <= len(items) <= most:
        raise Invalid(f"{len(items)} articles instead of 1 to {most}")
    if reply.value("ArticleCount") != str(len(items)):
        raise Invalid("ArticleCount is not the number of articles")
    return tuple(
        Article(
            title=item.value("Title"),
            description=item.value("Description"),
            picture=item.value("PicUrl"),
            url=item.value("Url"),
        )
        for item in items
    )


def parse_json(body: bytes) -> Element:
    """A JSON object as if its members were elements; one that is named twice is there twice. Raises Invalid."""
    try:
        if not body.lstrip().startswith(b"{"):
            raise Invalid("not a JSON object")
        return _element("xml", json.loads(body.decode("utf-8"), object_pairs_hook=lambda pairs: pairs))
    except Invalid:
        raise
    except (ValueError, RecursionError) as error:
        raise Invalid("not JSON in UTF-8") from error


def _element(name: str, value: Any) -> Element:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return Element(name, text=str(value))
    if not isinstance(value, list):
        raise Invalid(f"{name} is neither text, number, object nor list")
    if value and not isinstance(value[0], tuple):  # a list of objects
        return Element(name, children=[_element("item", each) for each in value])
    return Element(name, children=[_element(str(key), each) for key, each in value])
