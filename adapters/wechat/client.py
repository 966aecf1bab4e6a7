"""Calls of the platform's API with a token, and what is tried again: busy twice, a dead token once, nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from adapters.wechat.errors import Busy, DeadToken, Exhausted, Stopped
from adapters.wechat.tokens import Credentials, Tokens
from adapters.wechat.watch import Alarm, Watch
from adapters.wechat.wire import Answer, Wire, connected
from bot.ports import KeyValue

BUSY_PAUSES = (0.3, 1.0)  # s before the second and third try
STOPS = {45009: 600.0, 45011: 60.0}  # s without calls; a day's quota is looked at every 10 minutes


class Client:
    """What everything outbound goes through."""

    def __init__(
        self,
        wire: Wire,
        tokens: Tokens,
        watch: Watch,
        now: Callable[[], float] = time.monotonic,
        pauses: tuple[float, ...] = BUSY_PAUSES,
    ) -> None:
        """`pauses` are those before trying again what the platform was too busy for."""
        self._wire, self._tokens, self._watch, self._now, self._pauses = wire, tokens, watch, now, pauses
        self._stopped: dict[str, float] = {}

    def is_open(self, path: str) -> bool:
        """Whether calls of an API are not stopped."""
        return self._now() >= self._stopped.get(path, 0.0)

    async def call(self, path: str, body: object, *, expects: str = "") -> Answer:
        """The answer of an API; see `Wire.post`. Raises PlatformError."""
        if not self.is_open(path):
            raise Stopped(path, "a quota is used up; calls go on by themselves later")
        try:
            token = await self._tokens.current()
            try:
                return await self._patiently(path, body, token, expects)
            except DeadToken:
                await self._tokens.expire(token)
            token = await self._tokens.current()
            try:
                return await self._patiently(path, body, token, expects)
            except DeadToken:
                await self._tokens.expire(token)
                raise
        except Exhausted as error:
            self._stopped[path] = self._now() + STOPS[error.code]
            self._watch.alarm(Alarm.QUOTA, error)
            raise

    async def _patiently(self, path: str, body: object, token: str, expects: str) -> Answer:
        for pause in self._pauses:
            try:
                return await self._wire.post(path, body, token=token, expects=expects)
            except Busy:
                await asyncio.sleep(pause)
        return await self._wire.post(path, body, token=token, expects=expects)


@asynccontextmanager
async def client(api_url: str, credentials: Credentials, values: KeyValue, watch: Watch) -> AsyncIterator[Client]:
    """A client with connections of its own, closed at the end."""
    async with connected(api_url, watch) as wire:
        tokens = Tokens(wire, credentials, values, watch)
        try:
            yield Client(wire, tokens, watch)
        finally:
            await tokens.close()
