"""QR codes with a scene: made over the API, scanned by a phone."""

import io
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segno

from adapters.wechat.emulator.account import Account, Capability
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.refusals import Refused

MAX_SECONDS, DEFAULT_SECONDS = 2_592_000, 60
MAX_PERMANENT_ID, MAX_TEMPORARY_ID = 100_000, 2**32 - 1
MAX_PERMANENT = 100_000
TEXT = re.compile(r"\S.{0,63}")
TEMPORARY = {"QR_SCENE": False, "QR_STR_SCENE": True}
PERMANENT = {"QR_LIMIT_SCENE": False, "QR_LIMIT_STR_SCENE": True}
"""Action name to whether its scene is text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A QR code."""

    ticket: str
    scene: str
    url: str
    ends: float | None
    """Emulated time; None for a permanent one."""


class Scenes:
    """What stands behind /cgi-bin/qrcode/create and showqrcode."""

    def __init__(self, account: Account, clock: Clock) -> None:
        """Start without codes."""
        self._account, self._clock = account, clock
        self._codes: dict[str, Code] = {}

    def create(self, data: Mapping[str, Any]) -> dict[str, object]:
        """A new code. Raises Refused."""
        if not self._account.may(Capability.SCENES):
            raise Refused(48001)
        action = data.get("action_name")
        if action not in TEMPORARY | PERMANENT:
            raise Refused(40053)
        seconds = _seconds(data) if action in TEMPORARY else None
        if seconds is None and sum(code.ends is None for code in self._codes.values()) >= MAX_PERMANENT:
            raise Refused(45009)
        code = Code(
            ticket="gQ" + secrets.token_urlsafe(60),
            scene=_scene(data, str(action)),
            url="http://weixin.qq.com/q/" + secrets.token_urlsafe(18),
            ends=None if seconds is None else self._clock.now() + seconds,
        )
        self._codes[code.ticket] = code
        lasts = {} if seconds is None else {"expire_seconds": seconds}
        return {"ticket": code.ticket, **lasts, "url": code.url}

    def find(self, ticket: str) -> Code | None:
        """The code of a ticket, unless it has expired."""
        code = self._codes.get(ticket)
        if code is None or (code.ends is not None and code.ends <= self._clock.now()):
            return None
        return code

    def valid(self) -> list[Code]:
        """All codes that can be scanned."""
        return [code for ticket in self._codes if (code := self.find(ticket))]

    def picture(self, ticket: str) -> bytes | None:
        """The code as a PNG, or None."""
        code = self.find(ticket)
        if code is None:
            return None
        out = io.BytesIO()
        segno.make(code.url, error="m").save(out, kind="png", scale=10, border=4)
        return out.getvalue()


def _seconds(data: Mapping[str, Any]) -> int:
    seconds = data.get("expire_seconds", DEFAULT_SECONDS)
    if not isinstance(seconds, int) or not 1 <= seconds <= MAX_SECONDS:
        raise Refused(40053)
    return seconds


def _scene(data: Mapping[str, Any], action: str) -> str:
    try:
        scene = data["action_info"]["scene"]
        is_text = (TEMPORARY | PERMANENT)[action]
        found = scene["scene_str" if is_text else "scene_id"]
    except (KeyError, TypeError) as error:
        raise Refused(40053) from error
    if is_text:
        if not isinstance(found, str) or not TEXT.fullmatch(found):
            raise Refused(40053)
        return found
    most = MAX_PERMANENT_ID if action in PERMANENT else MAX_TEMPORARY_ID
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= most:
        raise Refused(40053)
    return str(found)
