"""OAuth in the WeChat client: a code for who is reading, exchanged once for the openid."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from adapters.wechat.emulator.account import Account, Capability
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.refusals import Refused
from adapters.wechat.emulator.tokens import Tokens

CODE_SECONDS = 300.0
STATE = re.compile("[a-zA-Z0-9]{0,128}")
SCOPES = ("snsapi_base", "snsapi_userinfo")


@dataclass(slots=True)
class _Code:
    openid: str
    scope: str
    ends: float
    is_used: bool = False


class OAuth:
    """What stands behind /connect/oauth2/authorize and /sns/oauth2/access_token."""

    def __init__(self, account: Account, tokens: Tokens, clock: Clock) -> None:
        """Start with no codes given."""
        self._account, self._tokens, self._clock = account, tokens, clock
        self._codes: dict[str, _Code] = {}

    def authorise(self, query: Mapping[str, str], openid: str) -> str:
        """Where the client is sent with a code. Raises Refused."""
        if not self._account.may(Capability.SCENES):
            raise Refused(48001)
        if query.get("appid") != self._account.app_id:
            raise Refused(40013)
        target = query.get("redirect_uri", "")
        state = query.get("state", "")
        is_web = urlsplit(target).scheme in ("http", "https")
        if not is_web or query.get("response_type") != "code" or query.get("scope") not in SCOPES:
            raise Refused(40035)
        if not STATE.fullmatch(state):
            raise Refused(40035)
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(openid, query["scope"], self._clock.now() + CODE_SECONDS)
        joint = "&" if urlsplit(target).query else "?"
        return target + joint + urlencode({"code": code, "state": state})

    def exchange(self, query: Mapping[str, str]) -> dict[str, object]:
        """The openid for a code, once. Raises Refused."""
        self._tokens.identify(query.get("appid", ""), query.get("secret", ""))
        if query.get("grant_type") != "authorization_code":
            raise Refused(40002)
        found = self._codes.get(query.get("code", ""))
        if found is None or found.ends <= self._clock.now():
            raise Refused(40029)
        if found.is_used:
            raise Refused(40163)
        found.is_used = True
        return {
            "access_token": secrets.token_urlsafe(60),
            "expires_in": 7200,
            "refresh_token": secrets.token_urlsafe(60),
            "openid": found.openid,
            "scope": found.scope,
        }
