"""One-time links: a random token of which only a keyed hash is kept, bound to one user of one channel."""

import hmac
import re
import secrets
import time
from collections.abc import Callable

import msgspec

from bot.ports import KeyValue
from bot.sealing import Sealer

TOKEN_BYTES = 32  # 256 random bits
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
LINK_SECONDS = 600.0
UNDO_SECONDS = 3600.0


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """What a token stands for."""

    channel: str
    user: str
    until: float
    """Seconds since the epoch."""
    browser: str = ""
    """A keyed hash of the secret of the browser that it belongs to; empty: of none."""
    mark: str = ""
    """A keyed hash of the candidate whose binding it is about; empty: of none."""


class Links:
    """The tokens of one purpose. `values` are encrypted at rest and shared by all processes."""

    def __init__(
        self, purpose: str, seconds: float, values: KeyValue, sealer: Sealer, now: Callable[[], float] = time.time
    ) -> None:
        """`seconds` is how long a token can be used; `now` is the machine's time."""
        self._purpose, self._seconds, self._values, self._sealer, self._now = purpose, seconds, values, sealer, now

    async def issue(self, channel: str, user: str, mark: str = "") -> str:
        """A fresh token. Raises StoreError."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        ticket = Ticket(channel=channel, user=user, until=self._now() + self._seconds, mark=mark)
        await self._values.put(self._key(token), msgspec.json.encode(ticket), self._seconds)
        return token

    async def find(self, token: str) -> Ticket | None:
        """What a token stands for, or None where it is used, too old, or no token. Raises StoreError."""
        if not TOKEN.fullmatch(token):
            return None
        kept = await self._values.get(self._key(token))
        ticket = None if kept is None else msgspec.json.decode(kept, type=Ticket)
        return ticket if ticket is not None and ticket.until > self._now() else None

    async def tie(self, token: str, browser: str) -> None:
        """Let it be used by that browser alone, unless it is another's already. Raises StoreError."""
        ticket = await self.find(token)
        if ticket is None or ticket.browser:
            return
        tied = msgspec.structs.replace(ticket, browser=self._browser(browser))
        left = max(1.0, ticket.until - self._now())
        await self._values.swap(self._key(token), msgspec.json.encode(ticket), msgspec.json.encode(tied), left)

    def is_of(self, ticket: Ticket, browser: str) -> bool:
        """Whether that browser may use it."""
        return not ticket.browser or hmac.compare_digest(ticket.browser, self._browser(browser))

    async def use(self, token: str, ticket: Ticket) -> bool:
        """Use it up; True for exactly one of all who try. Raises StoreError."""
        return await self._values.swap(self._key(token), msgspec.json.encode(ticket), None, 0.0)

    def _key(self, token: str) -> str:
        return f"bind:{self._purpose}:{self._sealer.mark(self._purpose, token)}"

    def _browser(self, secret: str) -> str:
        return self._sealer.mark("browser", secret)
