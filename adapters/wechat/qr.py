"""Codes by which people follow the account from a region: the scene is the region's id [qrcode/create]."""

import io
import re
from urllib.parse import urlsplit

import segno

from adapters.wechat.client import Client
from adapters.wechat.errors import NotUnderstood

CREATE = "/cgi-bin/qrcode/create"
SCENE = re.compile(r"[\w-]{1,64}", re.ASCII)
MOST_DAYS = 30  # of a code that expires; the platform keeps 100,000 that do not
DAY = 86_400  # s
MOST_ADDRESS = 500  # characters; a code with more is hard to scan
DOT, BORDER = 12, 4  # pixels of a dot, dots around: some 450 pixels a side, sharp when printed at 5 cm


class SceneError(ValueError):
    """A scene the platform would not take. Give 1 to 64 letters, digits, - or _, and at most 30 days."""


async def address(client: Client, scene: str, days: int = 0) -> str:
    """The address that a code has to hold; with `days` it expires. Raises SceneError and PlatformError."""
    if not SCENE.fullmatch(scene) or not 0 <= days <= MOST_DAYS:
        raise SceneError(f"{scene!r}, {days} days: give 1 to 64 letters, digits, - or _, and at most {MOST_DAYS} days")
    body: dict[str, object] = {
        "action_name": "QR_STR_SCENE" if days else "QR_LIMIT_STR_SCENE",
        "action_info": {"scene": {"scene_str": scene}},
    }
    if days:
        body["expire_seconds"] = days * DAY
    answer = await client.call(CREATE, body, expects="url")
    found = str(answer["url"])
    if urlsplit(found).scheme not in ("http", "https") or len(found) > MOST_ADDRESS:
        raise NotUnderstood(CREATE, "an answer whose url is none; check what stands in between")
    return found


def png(text: str) -> bytes:
    """A code as a picture; a quarter of it may be dirty or covered."""
    picture = io.BytesIO()
    segno.make_qr(text, error="q").save(picture, kind="png", scale=DOT, border=BORDER)
    return picture.getvalue()
