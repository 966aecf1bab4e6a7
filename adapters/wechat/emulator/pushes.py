"""What the platform pushes: every kind of message and event as its fields, written as XML or JSON."""

import itertools
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]
"""Element name to text, whole number, further fields, or a list of fields (written as <item>)."""

ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
_numbers = itertools.count(24_000_000_000_000_000 + time.time_ns() // 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One push; its attempts carry the same content."""

    user: str
    """FromUserName."""
    fields: Fields
    """All fields, ToUserName, FromUserName and CreateTime among them."""
    number: int
    """Of this emulator's pushes, in order."""

    @property
    def kind(self) -> str:
        """The message's MsgType, or the event's name."""
        return str(self.fields["Event"] if self.is_event else self.fields["MsgType"])

    @property
    def is_event(self) -> bool:
        """Whether it is an event and not a message."""
        return self.fields.get("MsgType") == "event"

    def xml(self) -> bytes:
        """The body in XML."""
        return f"<xml>{_elements(self.fields)}</xml>".encode()

    def json(self) -> bytes:
        """The body in JSON."""
        return json.dumps(self.fields, ensure_ascii=False).encode()


def _elements(fields: Fields) -> str:
    return "".join(f"<{name}>{_written(value)}</{name}>" for name, value in fields.items())


def _written(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, list | tuple):
        return "".join(f"<item>{_elements(each)}</item>" for each in value)
    return cdata(value)


def cdata(text: str) -> str:
    """Text as the platform writes it; what XML cannot hold is left out."""
    return "<![CDATA[" + ILLEGAL.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def message_id() -> int:
    """A new MsgId: 64 bits, growing."""
    return next(_numbers)


# --- messages ------------------------------------------------------------------------------------------------------------


def text(content: str, menu_id: str = "") -> Fields:
    """A text; with `menu_id` one that came from tapping a bizmsgmenu link."""
    return {"MsgType": "text", "Content": content} | ({"bizmsgmenuid": menu_id} if menu_id else {})


def image(media_id: str = "emulated-image") -> Fields:
    """A picture."""
    return {"MsgType": "image", "PicUrl": "http://mmbiz.qpic.cn/emulated/0", "MediaId": media_id}


def voice(recognition: str | None = "", media_id: str = "emulated-voice") -> Fields:
    """A voice message; the platform no longer fills Recognition. None leaves the element out."""
    fields = {"MsgType": "voice", "MediaId": media_id, "Format": "amr"}
    return fields if recognition is None else fields | {"Recognition": recognition}


def video(kind: str = "video") -> Fields:
    """A video or shortvideo."""
    return {"MsgType": kind, "MediaId": "emulated-video", "ThumbMediaId": "emulated-thumb"}


def location(label: str, latitude: str = "31.2304", longitude: str = "121.4737") -> Fields:
    """A place that the user sent."""
    return {"MsgType": "location", "Location_X": latitude, "Location_Y": longitude, "Scale": "15", "Label": label}


def link(title: str, description: str, url: str) -> Fields:
    """A page that the user shared."""
    return {"MsgType": "link", "Title": title, "Description": description, "Url": url}


# --- events --------------------------------------------------------------------------------------------------------------


def event(name: str, key: str | None = None, **more: Any) -> Fields:
    """Any event, known or not."""
    return {"MsgType": "event", "Event": name} | ({} if key is None else {"EventKey": key}) | more


def subscribe(scene: str = "", ticket: str = "") -> Fields:
    """Followed; with a scene by its QR code."""
    return event("subscribe", f"qrscene_{scene}", Ticket=ticket) if scene else event("subscribe", "")


def scan(scene: str, ticket: str) -> Fields:
    """A follower scanned a code."""
    return event("SCAN", scene, Ticket=ticket)


def unsubscribe() -> Fields:
    """Stopped following."""
    return event("unsubscribe", "")


def click(key: str) -> Fields:
    """Tapped a menu button of type click."""
    return event("CLICK", key)


def view(url: str) -> Fields:
    """Tapped a menu button that opens a page."""
    return event("VIEW", url, MenuId="400000001")


def scanned(name: str, key: str, result: str) -> Fields:
    """scancode_waitmsg or scancode_push: a button that scans a code."""
    return event(name, key, ScanCodeInfo={"ScanType": "qrcode", "ScanResult": result})


def pictured(name: str, key: str) -> Fields:
    """pic_sysphoto, pic_photo_or_album or pic_weixin: a button that takes pictures."""
    pictures = [{"PicMd5Sum": "1b5f7c23b5bf75682a53e7b6d163e185"}]
    return event(name, key, SendPicsInfo={"Count": len(pictures), "PicList": pictures})


def place_chosen(key: str, label: str) -> Fields:
    """location_select: a button that asks for a place."""
    place = {"Location_X": "23", "Location_Y": "113", "Scale": "15", "Label": label, "Poiname": ""}
    return event("location_select", key, SendLocationInfo=place)


def located(latitude: str = "31.2304", longitude: str = "121.4737") -> Fields:
    """LOCATION: where the user is, sent by itself every 5 s."""
    return event("LOCATION", None, Latitude=latitude, Longitude=longitude, Precision="119.385040")


def template_sent(msg_id: int, status: str = "success") -> Fields:
    """TEMPLATESENDJOBFINISH: what became of a template message."""
    return event("TEMPLATESENDJOBFINISH", None, MsgID=msg_id, Status=status)


def consent(name: str, template_id: str, answer: str = "accept") -> Fields:
    """subscribe_msg_popup_event or subscribe_msg_change_event: the user agreed to be sent messages, or not."""
    key = {
        "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
        "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    }
    detail = {"TemplateId": template_id, "SubscribeStatusString": answer, "PopupScene": "2"}
    return event(name, None, **{key[name]: {"List": detail}})


def consent_used(template_id: str, msg_id: int) -> Fields:
    """subscribe_msg_sent_event: what became of a subscription message."""
    detail = {"TemplateId": template_id, "MsgID": str(msg_id), "ErrorCode": "0", "ErrorStatus": "success"}
    return event("subscribe_msg_sent_event", None, SubscribeMsgSentEvent={"List": detail})


def private(name: str, openid: str) -> Fields:
    """user_info_modified, user_authorization_revoke or user_authorization_cancellation: FromUserName is the platform's own."""
    return event(name, None, OpenID=openid, AppID="wx0000000000000000", RevokeInfo="1")


def media_checked(trace_id: str) -> Fields:
    """wxa_media_check: two of one second differ in their trace_id alone."""
    return event("wxa_media_check", None, trace_id=trace_id, result={"suggest": "pass", "label": 100})


def every_event(openid: str, button: str = "KEY") -> tuple[Fields, ...]:
    """One of each event that the facts name, and two that nobody knows."""
    return (
        subscribe(),
        subscribe("CN-31", "ticket"),
        event("subscribe", "last_trade_no_4003094001201505020000000000"),
        scan("CN-31", "ticket"),
        click(button),
        view("https://example.com/"),
        event("view_miniprogram", "pages/index", MenuId="1"),
        scanned("scancode_waitmsg", button, "1"),
        scanned("scancode_push", button, "1"),
        pictured("pic_sysphoto", button),
        pictured("pic_photo_or_album", button),
        pictured("pic_weixin", button),
        place_chosen(button, "广州"),
        located(),
        template_sent(1),
        event("MASSSENDJOBFINISH", None, MsgID=1, Status="send success"),
        consent("subscribe_msg_popup_event", "template"),
        consent("subscribe_msg_change_event", "template", "reject"),
        consent_used("template", 1),
        private("user_info_modified", openid),
        media_checked("trace-1"),
        event("kf_create_session", None, KfAccount="1@emulated"),
        event("xpay_goods_deliver_notify", None),
        event("never_heard_of", "key"),
        private("user_authorization_revoke", openid),
        private("user_authorization_cancellation", openid),
        unsubscribe(),
    )
