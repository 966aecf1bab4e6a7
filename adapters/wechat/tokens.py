"""The access token: one for all processes, renewed in time, fetched once at a time.

The platform's stable_token gives the same token while it is valid and a new one in its last 5 minutes, when both are
valid. So: renew then, each process at its own moment; who comes later finds the token that the first one has stored.
[stable_token: 10,000 a minute, 500,000 a day]
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from adapters.wechat.errors import NotUnderstood, PlatformError, TokenUnavailable
from adapters.wechat.watch import Alarm, Watch
from adapters.wechat.wire import Answer, Wire
from bot.ports import KeyValue, StoreError

PATH = "/cgi-bin/stable_token"
RENEW_BEFORE = 300.0  # s before the end; earlier the platform gives the same token again
SPREAD = 0.4  # of that time, over which the processes of a service spread
USABLE_BEFORE = 5.0  # s before the end; a call may take that long
LONGEST_WAIT = 60.0  # s between two tries while fetching fails; the first wait is 1 s
OTHERS_SECONDS = 6.0  # for which one process fetches and the others wait; a fetch takes 5 at most
LOOK_AGAIN = 0.05  # s
DEAD_SECONDS = 60.0  # s for which a refused token is not taken again
LONGEST_TOKEN = 512  # characters [the platform asks to reserve as many]
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Whose token it is."""

    app_id: str
    app_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as the processes share it."""

    value: str = field(repr=False)
    expires_at: float
    """Seconds since 1970."""
    life: float
    """Seconds for which it was valid when it was fetched."""


class Tokens:
    """Gives the current token. One a process; any number of tasks."""

    def __init__(
        self,
        wire: Wire,
        credentials: Credentials,
        values: KeyValue,
        watch: Watch,
        now: Callable[[], float] = time.time,  # not the bot's clock: that one may be fixed
    ) -> None:
        """Nothing is fetched before the first use."""
        self._wire, self._credentials, self._values, self._watch, self._now = wire, credentials, values, watch, now
        self._key = f"wechat:token:{credentials.app_id}"
        self._mine: Token | None = None
        self._dead: tuple[str, float] = ("", 0.0)
        self._renewal: asyncio.Task[Token] | None = None
        self._failures = 0
        self._not_before = 0.0
        self._part = random.random()  # noqa: S311  # spreads the processes, guards nothing

    async def current(self) -> str:
        """A token that should be valid. Raises TokenUnavailable."""
        now, mine = self._now(), self._mine
        usable = mine is not None and now < mine.expires_at - min(USABLE_BEFORE, mine.life / 10)
        if mine and usable and now < max(self._renew_at(mine), self._not_before):
            return mine.value
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renewed())
            self._renewal.add_done_callback(_seen)
        if mine and usable:
            return mine.value  # the new one comes beside; nobody has to wait for it
        return (await asyncio.shield(self._renewal)).value

    async def expire(self, used: str) -> None:
        """The platform refused this token. Forget it, unless another has taken its place already."""
        self._dead = (used, self._now() + DEAD_SECONDS)
        if self._mine and self._mine.value == used:
            self._mine = None
        kept, token = await self._stored()
        if token and token.value == used:
            await self._swap(kept, None, 0.0)

    async def close(self) -> None:
        """Stop fetching."""
        if self._renewal and not self._renewal.done():
            self._renewal.cancel()
            await asyncio.wait([self._renewal])

    def _renew_at(self, token: Token) -> float:
        before = min(RENEW_BEFORE, token.life / 2)
        return token.expires_at - before * (1 - SPREAD * self._part)

    def _is_dead(self, token: Token) -> bool:
        value, until = self._dead
        return token.value == value and self._now() < until

    async def _renewed(self) -> Token:
        """What another process has stored or is fetching, else a new one. Raises TokenUnavailable."""
        give_up_at = time.monotonic() + OTHERS_SECONDS
        while True:
            kept, old = await self._stored()
            if old and self._is_dead(old):
                old = None
            if old and self._now() < self._renew_at(old):
                self._mine = old
                return old
            if await self._may_fetch() or time.monotonic() > give_up_at:
                self._mine = await self._replaced(kept, old)
                return self._mine
            if old:
                self._mine = old
                return old
            await asyncio.sleep(LOOK_AGAIN)

    async def _replaced(self, kept: bytes | None, old: Token | None) -> Token:
        """A new token, shared; the old one where there is none and it still serves."""
        try:
            return await self._share(kept, await self._fetch())
        except TokenUnavailable:
            if old is None:
                raise
            return old
        finally:
            await self._let_fetch()

    async def _may_fetch(self) -> bool:
        """Whether no other process is fetching just now; then none will until `_let_fetch`."""
        try:
            return await self._values.add(self._key + ":fetching", b"1", OTHERS_SECONDS) is None
        except StoreError:
            return True

    async def _let_fetch(self) -> None:
        try:
            await self._values.drop(self._key + ":fetching")
        except StoreError:
            return  # it ends by itself

    async def _share(self, kept: bytes | None, token: Token) -> Token:
        """Store a token, unless another process has stored a later one: then that one."""
        if not await self._swap(kept, token, token.expires_at - self._now()):
            _, theirs = await self._stored()
            return theirs if theirs and theirs.expires_at > token.expires_at else token
        return token

    async def _fetch(self) -> Token:
        if self._now() < self._not_before:
            raise TokenUnavailable(PATH, "no token: fetching failed a moment ago; it is tried again by itself")
        body = {
            "grant_type": "client_credential",
            "appid": self._credentials.app_id,
            "secret": self._credentials.app_secret,
            "force_refresh": False,
        }
        alarm, asked_at = Alarm.TOKEN, self._now()
        try:
            token = _token(await self._wire.post(PATH, body, expects="access_token"), asked_at)
            if self._is_dead(token):
                alarm = Alarm.DEAD_TOKEN
                raise TokenUnavailable(
                    PATH, "the platform gave the token again that it had refused; see docs/wechat.md"
                )
        except PlatformError as error:
            self._failures += 1
            self._not_before = self._now() + min(2.0 ** (self._failures - 1), LONGEST_WAIT)
            self._watch.alarm(alarm, error)
            raise TokenUnavailable(PATH, f"no token: {error.reason}") from error
        self._failures, self._not_before = 0, 0.0
        return token

    async def _stored(self) -> tuple[bytes | None, Token | None]:
        """What is stored, and the token that it is if it can be used."""
        try:
            kept = await self._values.get(self._key)
            token = msgspec.json.decode(kept, type=Token) if kept else None
        except StoreError as error:
            _logger.warning("wechat_token_not_shared error=%s", type(error).__name__)
            return None, None
        except (msgspec.DecodeError, UnicodeDecodeError):
            return kept, None
        return kept, token if token and self._now() < token.expires_at else None

    async def _swap(self, kept: bytes | None, token: Token | None, seconds: float) -> bool:
        try:
            return await self._values.swap(self._key, kept, msgspec.json.encode(token) if token else None, seconds)
        except StoreError as error:
            _logger.warning("wechat_token_not_shared error=%s", type(error).__name__)
            return False


def _token(answer: Answer, asked_at: float) -> Token:
    """The token of an answer. Raises NotUnderstood where the answer is no token."""
    value, life = str(answer["access_token"]), answer.get("expires_in")
    if type(life) is not int or life <= 0 or len(value) > LONGEST_TOKEN:
        raise NotUnderstood(PATH, "an answer without a usable token; check what stands in between")
    return Token(value=value, expires_at=asked_at + life, life=life)


def _seen(task: asyncio.Task[Token]) -> None:
    """A failure that nobody waited for has been logged; it needs no other notice."""
    if not task.cancelled():
        task.exception()
