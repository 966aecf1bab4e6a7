"""The channel as it is served, on a platform that is in a hurry: real HTTP, real encryption, a responder that counts."""

import asyncio
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_shared import SqliteKeyValue
from adapters.wechat.account import Account
from adapters.wechat.channel import Channel
from adapters.wechat.client import Client
from adapters.wechat.customer_service import CustomerService
from adapters.wechat.emulator.emulator import Emulator
from adapters.wechat.outbound import Outbound, RepliesOnly
from adapters.wechat.tokens import Credentials, Tokens
from adapters.wechat.watch import Watch
from adapters.wechat.wire import connected
from bot.messages import Feedback, Kind, Message, Reply

SPEED = 5.0  # the platform's 5 s last 1 s
REPLY_SECONDS = 0.5  # that the channel takes at most
SLOW = 0.8  # s; more than the channel waits, less than the platform does
PAUSE = 0.01  # s before a busy platform is asked again
PICK_UP = "结果"
MINE = re.compile(r"答：(\S+)")


class Counting:
    """A responder that echoes, one turn of a user at a time.

    `computed` counts what was asked, `seconds` says how long each question takes.
    """

    def __init__(self, seconds: Callable[[Message], float] = lambda _: 0.0) -> None:
        self.seconds = seconds
        self.computed: Counter[tuple[str, str]] = Counter()
        self.forgotten: list[str] = []
        self._given: dict[str, Reply] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def respond(self, message: Message) -> Reply:
        if message.text == PICK_UP:  # nothing waits: then it is a word like any other
            return Reply(id=message.id, kind=Kind.FALLBACK, text="什么结果？")
        if reply := self._given.get(message.id):
            return reply
        self.computed[message.user, message.text] += 1
        async with self._turns[message.user]:
            await asyncio.sleep(self.seconds(message))
        reply = Reply(id=message.id, kind=Kind.ANSWER, text=f"答：{message.text or '欢迎'}")
        return self._given.setdefault(message.id, reply)

    async def given(self, _channel: str, _user: str, message_id: str) -> Reply | None:
        return self._given.get(message_id)

    async def rate(self, _feedback: Feedback) -> bool:
        return False

    async def knows(self, _channel: str, _user: str) -> bool:
        return False

    async def forget(self, _channel: str, user: str) -> None:
        async with self._turns[user]:
            self.forgotten.append(user)

    def twice(self) -> list[tuple[str, str]]:
        """What was computed more than once."""
        return [asked for asked, count in self.computed.items() if count != 1]


@asynccontextmanager
async def served(platform: Emulator, responder: Counting, path: Path, *, may_send: bool = True) -> AsyncIterator[str]:
    """One process of the service over the file at `path`; its callback address. `may_send`: it has an AppSecret."""
    file = SqliteFile(path)
    await file.open()
    registry = CollectorRegistry()
    watch, account = Watch(registry), platform.account
    values = SqliteKeyValue(file, lambda: dt.datetime.now(dt.UTC))
    async with connected(platform.address, watch) as wire:
        tokens = Tokens(wire, Credentials(app_id=account.app_id, app_secret=account.app_secret), values, watch)
        outbound: Outbound = RepliesOnly()
        if may_send:
            outbound = CustomerService(Client(wire, tokens, watch, pauses=(PAUSE, PAUSE)), values, watch)
        channel = Channel(
            account=Account(
                token=account.token, encoding_aes_key=account.encoding_aes_key, app_id=account.app_id, mode=account.mode
            ),
            responder=responder,
            outbound=outbound,
            values=values,
            registry=registry,
            reply_seconds=REPLY_SECONDS,
        )
        app = web.Application()
        app.add_routes(channel.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/wechat"
        await runner.cleanup()
        await channel.close()
        await tokens.close()
    await file.close()


def answers(platform: Emulator, user: str) -> list[str]:
    """The questions whose answers a user saw, in order, one entry for each time."""
    return [found for text in platform.journal.shown(user) for found in MINE.findall(text)]
