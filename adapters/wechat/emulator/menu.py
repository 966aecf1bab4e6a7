"""The account's menu: three buttons of five each, with limits in bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.wechat.emulator.account import Account, Capability
from adapters.wechat.emulator.refusals import Refused

BUTTONS, SUB_BUTTONS = 3, 5
MAX_NAME, MAX_SUB_NAME, MAX_KEY, MAX_URL = 16, 60, 128, 1024  # bytes
KEYED = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
OTHER = frozenset({"view", "miniprogram", "media_id", "view_limited", "article_id", "article_view_limited"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    name: int
    name_code: int


TOP = _Limits(name=MAX_NAME, name_code=40018)
SUB = _Limits(name=MAX_SUB_NAME, name_code=40025)


class Menu:
    """What stands behind /cgi-bin/menu."""

    def __init__(self, account: Account) -> None:
        """Start without a menu."""
        self._account = account
        self.buttons: list[dict[str, Any]] | None = None

    def create(self, data: Mapping[str, Any]) -> dict[str, object]:
        """Replace the menu. Raises Refused."""
        self._permit()
        buttons = data.get("button")
        if not isinstance(buttons, list):
            raise Refused(47001)
        if not 1 <= len(buttons) <= BUTTONS:
            raise Refused(40016)
        for button in buttons:
            _check_top(button)
        self.buttons = buttons
        return {}

    def get(self) -> dict[str, object]:
        """The menu. Raises Refused."""
        self._permit()
        if self.buttons is None:
            raise Refused(46003)
        return {"menu": {"button": self.buttons}}

    def delete(self) -> dict[str, object]:
        """Take the menu away. Raises Refused."""
        self._permit()
        self.buttons = None
        return {}

    def _permit(self) -> None:
        if not self._account.may(Capability.MENU):
            raise Refused(48001)


def _check_top(button: object) -> None:
    if not isinstance(button, dict):
        raise Refused(47001)
    inner = button.get("sub_button")
    if not inner:
        _check(button, TOP)
        return
    _check_name(button, TOP)
    if not isinstance(inner, list):
        raise Refused(47001)
    if len(inner) > SUB_BUTTONS:
        raise Refused(40023)
    for each in inner:
        _check(each, SUB)


def _check(button: object, limits: _Limits) -> None:
    if not isinstance(button, dict):
        raise Refused(47001)
    _check_name(button, limits)
    kind = button.get("type")
    if kind in KEYED:
        if not 1 <= _size(button.get("key")) <= MAX_KEY:
            raise Refused(40019)
    elif kind in ("view", "miniprogram"):
        if not 1 <= _size(button.get("url")) <= MAX_URL:
            raise Refused(40020)
    elif kind not in OTHER:
        raise Refused(40015)


def _check_name(button: Mapping[str, Any], limits: _Limits) -> None:
    if not 1 <= _size(button.get("name")) <= limits.name:
        raise Refused(limits.name_code)


def _size(text: object) -> int:
    return len(text.encode("utf-8", "surrogatepass")) if isinstance(text, str) else 0
