"""The emulated account: its credentials, what it is allowed to do, and the platform's rules as they can be set."""

import base64
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """How pushes are sent."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


class Format(StrEnum):
    """What pushes are written in."""

    XML = "xml"
    JSON = "json"


class AccountType(StrEnum):
    """What the account is; what it may do depends on it."""

    UNVERIFIED_SUBSCRIPTION = "unverified_subscription"
    SUBSCRIPTION = "subscription"
    UNVERIFIED_SERVICE = "unverified_service"
    SERVICE = "service"
    TEST = "test"
    """The platform's test account: may do everything but send msgmenu."""


class Capability(StrEnum):
    """What an account may or may not do beyond receiving and replying."""

    CUSTOMER_SERVICE = "customer_service"
    MENU = "menu"
    SCENES = "scenes"
    """QR codes with a scene, OAuth, template and subscription messages."""


_T = AccountType
ALLOWED = {
    Capability.CUSTOMER_SERVICE: {_T.SUBSCRIPTION, _T.SERVICE, _T.TEST},
    Capability.MENU: {_T.SUBSCRIPTION, _T.UNVERIFIED_SERVICE, _T.SERVICE, _T.TEST},
    Capability.SCENES: {_T.SERVICE, _T.TEST},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One official account and its server configuration. Its secrets are not in its repr."""

    app_id: str
    app_secret: str = field(repr=False)
    token: str = field(repr=False)
    encoding_aes_key: str = field(repr=False)
    original_id: str = "gh_emulated0001"
    """ToUserName of what is pushed."""
    mode: Mode = Mode.SAFE
    format: Format = Format.XML
    type: AccountType = AccountType.SERVICE

    def may(self, capability: Capability) -> bool:
        """Whether an account of this type may do that."""
        return self.type in ALLOWED[capability]


@dataclass(slots=True, kw_only=True)
class Rules:
    """The platform's numbers; a test or the page may change them at any time. Seconds are the emulated clock's."""

    answer_seconds: float = 5.0
    """From the connection to the whole answer."""
    connect_seconds: float = 5.0
    attempts: int = 3
    renew: bool = True
    """Whether a retry has a new nonce and timestamp; the platform's documents do not say."""
    mark_fail_after: int = 20
    """Pushes that failed in a row; the platform does not publish its threshold."""
    mark_fail_seconds: float = 60.0
    token_seconds: float = 7200.0
    overlap_seconds: float = 300.0
    """How long a superseded token still works; 0 for races."""
    tokens_per_day: int = 2000
    whitelist: frozenset[str] | None = None
    """Addresses that may fetch tokens; None: all."""
    is_frozen: bool = False
    """Whether the AppSecret is frozen."""


def random_account(**fields: Any) -> Account:
    """An account with credentials of its own, as the platform's pages would show them; `fields` are those of Account."""
    made = {
        "app_id": "wx" + secrets.token_hex(8),
        "app_secret": secrets.token_hex(16),
        "token": secrets.token_hex(12),
        "encoding_aes_key": base64.b64encode(secrets.token_bytes(32)).decode("ascii")[:43],
        "original_id": "gh_" + secrets.token_hex(6),
    }
    return Account(**made | fields)
