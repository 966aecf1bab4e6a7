"""access_token, the classic and the stable way: two tokens that know nothing of each other."""

import secrets
from collections import deque
from dataclasses import dataclass

from adapters.wechat.emulator.account import Account, Rules
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.refusals import Refused

DAY, MINUTE = 86_400.0, 60.0
STABLE_PER_MINUTE, STABLE_PER_DAY = 10_000, 500_000
FORCED_PER_DAY, FORCED_APART = 20, 30.0  # times, s
RENEWAL = 300.0  # s before the end in which the stable way hands out a new token


@dataclass(slots=True)
class Token:
    """An issued token."""

    value: str
    ends: float
    """Emulated time."""
    superseded: float | None = None
    """From when on it is no longer the latest and no longer tolerated."""


class Rate:
    """Counts what happened within a sliding time."""

    def __init__(self, count: int, seconds: float) -> None:
        """Allow `count` within `seconds`."""
        self.count, self._seconds = count, seconds
        self._times: deque[float] = deque()

    def admits(self, now: float) -> bool:
        """Count one more unless that is too many."""
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        if len(self._times) >= self.count:
            return False
        self._times.append(now)
        return True


class Tokens:
    """Issues and checks the account's tokens."""

    def __init__(self, account: Account, rules: Rules, clock: Clock) -> None:
        """Start with none issued."""
        self._account, self._rules, self._clock = account, rules, clock
        self._issued: dict[str, Token] = {}
        self._classic: Token | None = None
        self._stable: Token | None = None
        self._classic_rate = Rate(rules.tokens_per_day, DAY)
        self._stable_rates = (Rate(STABLE_PER_MINUTE, MINUTE), Rate(STABLE_PER_DAY, DAY))
        self._forced_rate = Rate(FORCED_PER_DAY, DAY)
        self._forced_at: float | None = None

    def authorise(self, grant: str, app_id: str, secret: str, address: str) -> None:
        """Check who asks for a token. Raises Refused."""
        if grant != "client_credential":
            raise Refused(40002)
        self.identify(app_id, secret)
        if self._rules.is_frozen:
            raise Refused(40243)
        if self._rules.whitelist is not None and address not in self._rules.whitelist:
            raise Refused(40164)

    def identify(self, app_id: str, secret: str) -> None:
        """Check AppID and AppSecret. Raises Refused."""
        if not app_id:
            raise Refused(41002)
        if not secret:
            raise Refused(41004)
        if app_id != self._account.app_id:
            raise Refused(40013)
        if secret != self._account.app_secret:
            raise Refused(40125)

    def classic(self) -> dict[str, object]:
        """A new token each time; the one before works a little longer. Raises Refused."""
        now = self._clock.now()
        self._classic_rate.count = self._rules.tokens_per_day
        if not self._classic_rate.admits(now):
            raise Refused(45009)
        _supersede(self._classic, now + self._rules.overlap_seconds)
        self._classic = self._issue(now)
        return self._told(self._classic, now)

    def stable(self, *, force: bool) -> dict[str, object]:
        """The same token while it is valid, a new one in its last minutes or by force. Raises Refused."""
        now = self._clock.now()
        per_minute, per_day = self._stable_rates
        if not per_minute.admits(now):
            raise Refused(45011)
        if not per_day.admits(now):
            raise Refused(45009)
        if force and (self._forced_at is None or now - self._forced_at >= FORCED_APART):
            if not self._forced_rate.admits(now):
                raise Refused(45009)
            self._forced_at = now
            _supersede(self._stable, now)
            self._stable = self._issue(now)
        elif self._stable is None or self._stable.superseded is not None or self._stable.ends - now <= RENEWAL:
            self._stable = self._issue(now)  # the one before works to its own end
        return self._told(self._stable, now)

    def check(self, value: str) -> None:
        """Check the token of a call. Raises Refused."""
        if not value:
            raise Refused(41001)
        token = self._issued.get(value)
        if token is None:
            raise Refused(40014)
        now = self._clock.now()
        if token.superseded is not None and now >= token.superseded:
            raise Refused(40001)
        if now >= token.ends:
            raise Refused(42001)

    def revoke(self) -> None:
        """Kill every token at once, as a reset of the AppSecret does."""
        for token in self._issued.values():
            _supersede(token, self._clock.now())
        self._classic = self._stable = None

    def _issue(self, now: float) -> Token:
        token = Token(f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(100)}", now + self._rules.token_seconds)
        self._issued[token.value] = token
        return token

    @staticmethod
    def _told(token: Token, now: float) -> dict[str, object]:
        return {"access_token": token.value, "expires_in": round(token.ends - now)}


def _supersede(token: Token | None, at: float) -> None:
    if token is not None and (token.superseded is None or token.superseded > at):
        token.superseded = at
