"""What the platform's API may say instead of what was asked, as types. No text here holds a token, a secret or an openid."""
# ruff: noqa: N818  # most are said as statements

import re
from typing import ClassVar

RID = re.compile(r"rid: ?([0-9a-fA-F-]{8,64})")
ADDRESS = re.compile(r"invalid ip (\d{1,3}(?:\.\d{1,3}){3})")
NOT_LISTED = 40164
REMEDIES = {
    -1: "the platform is busy; try again later",
    40001: "the token is no longer valid, or the AppSecret is wrong; check KAODA_WECHAT_APP_SECRET",
    40003: "that user does not follow this account; check that AppID and account belong together",
    40013: "the AppID is wrong; check KAODA_WECHAT_APP_ID",
    40014: "the token is malformed; it is fetched anew",
    40016: "the menu has too many or too few buttons; make it 1 to 3",
    40018: "the name of a menu button is too long; shorten it",
    40019: "what a menu entry says is too long; shorten it",
    40020: "the address of a menu entry is too long; shorten KAODA_PUBLIC_URL or the page",
    40023: "a menu button has too many entries; make it 1 to 5",
    40025: "the name of a menu entry is too long; shorten it",
    40037: "there is no such template; copy its id from the platform",
    40125: "the AppSecret is wrong; check KAODA_WECHAT_APP_SECRET, or reset it on the platform",
    40164: "this server's address is not on the account's IP whitelist; add it there",
    40200: "an account of this type cannot send this kind of message",
    40243: "the AppSecret is frozen; unfreeze it on the platform",
    41001: "no token was sent",
    42001: "the token has expired; it is fetched anew",
    43004: "that user does not follow the account",
    43101: "that user has not agreed to this message, or has taken it back",
    45002: "the text is too long",
    45009: "today's quota of this API is used up; it is full again at midnight, Beijing time",
    45011: "too many calls a minute; they stop for a while",
    45015: "the user wrote too long ago, or no longer follows the account",
    45047: "too many messages since the user last wrote",
    45072: "the command of the typing message is wrong",
    45080: "the user has not written within 30 s",
    45081: "typing is already shown",
    48001: "the account may not use this API; see what each account type can do in docs/wechat.md",
}
"""Error number → what to do, for the log. [the platform's table of return codes]"""


class PlatformError(Exception):
    """The platform's API did not do what was asked. Look the reason up in docs/wechat.md."""

    result = "error"
    """A word for the counters, from a closed set."""
    is_in_doubt = False
    """Whether it may have been done all the same."""

    def __init__(self, path: str, reason: str) -> None:
        """`path` is the API's, without its query; `reason` says what happened and what to do."""
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class Unreachable(PlatformError):
    """No answer within 5 s, or no connection. Check DNS, the firewall and KAODA_WECHAT_API_URL."""

    result = "unreachable"

    def __init__(self, path: str, reason: str, *, is_in_doubt: bool = True) -> None:
        """Not in doubt where there was no connection."""
        super().__init__(path, reason)
        self.is_in_doubt = is_in_doubt


class NotUnderstood(PlatformError):
    """An answer that is none: another status than 200, HTML, a list. Check what stands between here and the platform."""

    result = "not_understood"
    is_in_doubt = True


class TokenUnavailable(PlatformError):
    """There is no access token now. The cause is in the log; it is tried again by itself."""

    result = "no_token"


class Stopped(PlatformError):
    """Calls of this API are stopped for a while, for a quota is used up. Wait."""

    result = "stopped"


class Refused(PlatformError):
    """An error number. Its remedy is in the message."""

    codes: ClassVar[frozenset[int]] = frozenset()
    """The numbers that are of this type."""

    def __init__(self, path: str, code: int, errmsg: str) -> None:
        """`errmsg` is never shown whole: only the id of the request, which the platform's support asks for."""
        rid = RID.search(errmsg)
        address = ADDRESS.search(errmsg) if code == NOT_LISTED else None
        reason = f"{code}, {REMEDIES.get(code, 'look the number up on the platform')}"
        reason += f" (address {address[1]})" if address else ""
        super().__init__(path, reason + (f" (rid {rid[1]})" if rid else ""))
        self.code = code
        self.result = str(code) if code in REMEDIES else "other"


class Busy(Refused):
    """The platform is busy. Twice more is tried."""

    codes = frozenset({-1})


class DeadToken(Refused):
    """The token is not, or no longer, valid. A new one is fetched and tried once."""

    codes = frozenset({40001, 40014, 42001})


class Exhausted(Refused):
    """A quota is used up. Calls stop for a while."""

    codes = frozenset({45009, 45011})


class Undeliverable(Refused):
    """Nothing can be sent to the user now. Keep the answer to be picked up."""

    codes = frozenset({40003, 43004, 45015, 45047, 48001})


class TooLong(Refused):
    """The text is too long. Split it smaller, once."""

    codes = frozenset({45002})


KINDS = (Busy, DeadToken, Exhausted, Undeliverable, TooLong)


def refused(path: str, code: int, errmsg: str) -> Refused:
    """The error of a number, of its type."""
    kind = next((each for each in KINDS if code in each.codes), Refused)
    return kind(path, code, errmsg)
