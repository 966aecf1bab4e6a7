"""What the platform pushes, as values: who, what, and by which key a repetition is known. Pure."""

import hashlib
import json
import re
from enum import StrEnum

import msgspec

from adapters.wechat.xml import Document

READ = frozenset(
    (
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "MsgId",
        "MsgID",
        "Content",
        "bizmsgmenuid",
        "Recognition",
        "Event",
        "EventKey",
        "Ticket",
        "OpenID",
    )
)
"""Fields that are read: each may be there once, as one text."""
USER = re.compile(r"[A-Za-z0-9_-]{1,64}")
SCENE = re.compile(r"[\w-]{1,64}")
NAME = re.compile(r"[A-Za-z_]{1,40}")
FOLLOW_PREFIX = "qrscene_"
LONGEST_TEXT = 8000  # characters, as the chat API takes
UNSUPPORTED = "【收到不支持的消息类型"  # how stickers and the like arrive, as the platform writes it


class What(StrEnum):
    """What a push is, as far as it matters for its answer."""

    TEXT = "text"
    OPTION = "option"
    """A link of ours was tapped; its text comes as if typed."""
    MENU = "menu"
    """An entry of the menu was tapped; its key is the text."""
    FOLLOW = "follow"
    SCAN = "scan"
    """A follower scanned a code with a scene."""
    LEAVE = "leave"
    """Unfollowed, or took back an authorisation: that user's data goes."""
    EMPTY = "empty"
    VOICE = "voice"
    IMAGE = "image"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    SCANCODE = "scancode"
    UNSUPPORTED = "unsupported"
    """A sticker, a red packet, or whatever else arrives as a text that says so."""
    SILENT = "silent"
    """An event that may not be answered with a message, or one that we do not know."""


ASKED = frozenset((What.TEXT, What.OPTION, What.MENU))
"""What is asked of the dialogue."""
MESSAGES = {
    "voice": What.VOICE,
    "image": What.IMAGE,
    "video": What.VIDEO,
    "shortvideo": What.VIDEO,
    "location": What.LOCATION,
    "link": What.LINK,
}
LEAVES = frozenset(("unsubscribe", "user_authorization_revoke", "user_authorization_cancellation"))
NAMES = (
    frozenset(MESSAGES)
    | LEAVES
    | {"text", "subscribe", "scan", "click", "view", "scancode_waitmsg"}
    | {
        "templatesendjobfinish",
        "masssendjobfinish",
        "user_info_modified",
    }
)


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """One push; its repetitions have the same key."""

    what: What
    name: str
    """MsgType or Event, from a closed set: for counting."""
    account: str
    user: str
    """Whom it is about: who wrote, or who took back an authorisation."""
    key: str
    text: str = ""
    option: str = ""
    """The id of the link that was tapped; anybody can type what it says, so it proves nothing."""
    scene: str = ""
    """Of the code that was followed or scanned; empty where there was none or it is none of ours."""


def push_of(document: Document) -> Push:
    """The push in a document; what cannot be used is SILENT, never an error."""
    fields = document.fields
    kind = fields.get("MsgType", "").strip().lower()
    event = fields.get("Event", "").strip().lower() if kind == "event" else ""
    user = fields.get("OpenID", "").strip() if event.startswith("user_authorization_") else ""
    user = user or fields.get("FromUserName", "").strip()
    name = event or kind
    what, more = _event(event, fields) if kind == "event" else _message(kind, fields)
    account = fields.get("ToUserName", "").strip()
    if not USER.fullmatch(user) or not USER.fullmatch(account):
        what, more, user = What.SILENT, {}, ""
    return Push(
        what=what,
        name=name if name in NAMES else "other",
        account=account,
        user=user,
        key=_key(document, is_event=kind == "event"),
        **more,
    )


def _message(kind: str, fields: dict[str, str]) -> tuple[What, dict[str, str]]:
    text = fields.get("Recognition" if kind == "voice" else "Content", "").strip()[:LONGEST_TEXT]
    if kind == "voice" and text:
        return What.TEXT, {"text": text}
    if kind != "text":
        return MESSAGES.get(kind, What.SILENT), {}
    if not text:
        return What.EMPTY, {}
    if text.startswith(UNSUPPORTED):
        return What.UNSUPPORTED, {}
    option = fields.get("bizmsgmenuid", "").strip()
    return (What.OPTION, {"text": text, "option": option}) if option else (What.TEXT, {"text": text})


def _event(event: str, fields: dict[str, str]) -> tuple[What, dict[str, str]]:
    key = fields.get("EventKey", "").strip()
    if event in LEAVES:
        return What.LEAVE, {}
    if event == "subscribe":
        scene = key.removeprefix(FOLLOW_PREFIX) if key.startswith(FOLLOW_PREFIX) else ""
        return What.FOLLOW, {"scene": scene if SCENE.fullmatch(scene) else ""}
    if event == "scan":
        return What.SCAN, {"scene": key if SCENE.fullmatch(key) else ""}
    if event == "click":
        return (What.MENU, {"text": key}) if key else (What.SILENT, {})
    return (What.SCANCODE if event == "scancode_waitmsg" else What.SILENT), {}


def _key(document: Document, *, is_event: bool) -> str:
    """Messages are told apart by who, MsgId and time; events, which have no id, by all that they say."""
    fields = document.fields
    parts: list[object] = [fields.get(name, "") for name in ("ToUserName", "FromUserName", "CreateTime")]
    if not is_event and fields.get("MsgId"):
        parts.append(fields["MsgId"])
    else:
        parts += [sorted(fields.items()), document.others]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
