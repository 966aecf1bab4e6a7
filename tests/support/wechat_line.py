"""The webhook behind a real server, a responder of a few lines, and a platform that signs with the emulator's codec."""

import asyncio
import contextlib
import datetime as dt
import itertools
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from aiohttp import web
from prometheus_client import CollectorRegistry

from adapters.storage.memory_shared import MemoryKeyValue
from adapters.wechat.account import Account
from adapters.wechat.channel import Channel
from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.account import Account as Emulated
from adapters.wechat.emulator.account import Mode
from adapters.wechat.emulator.codec import Codec, sign
from adapters.wechat.emulator.strict import Answer, Judge
from adapters.wechat.emulator.verdict import Broken, Shown
from adapters.wechat.outbound import RepliesOnly, Trigger
from bot.messages import Kind, Message, Named, Option, Reply, UnknownScope
from bot.ports import KeyValue, StoreError

TOKEN, AES_KEY, APP_ID = "tokenOfTheTests", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0123456789abcdef"
ACCOUNT, USER = "gh_0123456789ab", "oUserOfTheTests_0123456789-A"
_ids = itertools.count(7_000_000_000_000_000)
SHORT = 0.25  # s that a reply has in these tests; in production 3.5
WAITS = "正在查询"
SLOW = "我的审核通过了吗"


class Echo:
    """Fulfils Responder: repeats what it was asked, as slowly as the test wants; keeps what it was asked."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.forgotten: list[tuple[str, str]] = []
        self.replies: dict[str, Reply] = {}
        self.slow: dict[str, asyncio.Event] = {}
        """Texts that are not answered before their event is set."""
        self.error: Exception | None = None
        self.kind = Kind.ANSWER
        self.options: tuple[Option, ...] = ()

    async def respond(self, message: Message) -> Reply:
        if message.region == "mars":
            raise UnknownScope("region", message.region)
        if message.id in self.replies:
            return self.replies[message.id]
        self.messages.append(message)
        if waits := self.slow.get(message.text):
            await waits.wait()
        if self.error is not None:
            raise self.error
        region = Named(id=message.region, name="上海") if message.region else None
        text = f"您说：{message.text}"
        reply = Reply(id=uuid.uuid4().hex, kind=self.kind, text=text, options=self.options, region=region)
        self.replies[message.id] = reply
        return reply

    async def given(self, channel: str, user: str, message_id: str) -> Reply | None:
        return self.replies.get(message_id)

    async def rate(self, feedback: Any) -> bool:
        return False

    async def knows(self, channel: str, user: str) -> bool:
        return False

    async def forget(self, channel: str, user: str) -> None:
        self.forgotten.append((channel, user))

    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    def hold(self, text: str) -> asyncio.Event:
        """Do not answer that text before the event is set."""
        return self.slow.setdefault(text, asyncio.Event())


class Sending(RepliesOnly):
    """Fulfils Outbound for an account that may send: as long as `left` lasts."""

    def __init__(self, left: int = 5) -> None:
        self.left, self.may = left, left > 0
        self.sent: list[tuple[str, str]] = []
        self.notes: list[Trigger] = []
        self.forgotten: list[str] = []
        self.typed: list[str] = []

    async def noted(self, openid: str, trigger: Trigger) -> None:
        self.notes.append(trigger)

    async def can_send(self, openid: str) -> bool:
        return self.may

    async def send_text(self, openid: str, text: str) -> bool:
        if self.left <= 0:
            return False
        self.left -= 1
        self.sent.append((openid, text))
        return True

    async def typing(self, openid: str) -> None:
        self.typed.append(openid)

    async def forget(self, openid: str) -> None:
        self.forgotten.append(openid)


class BrokenValues(MemoryKeyValue):
    """Fulfils KeyValue like a disk that is full."""

    async def add(self, key: str, value: bytes, seconds: float) -> bytes | None:
        raise StoreError("full")


class Line:
    """One process of the service, and what the platform sends it."""

    def __init__(self, values: KeyValue, mode: Mode, responder: Echo, **more: Any) -> None:
        self.values, self.responder = values, responder
        self.outbound = more.pop("outbound", None) or RepliesOnly()
        self.registry = CollectorRegistry()
        self.emulated = Emulated(
            app_id=APP_ID, app_secret="", token=TOKEN, encoding_aes_key=AES_KEY, original_id=ACCOUNT, mode=mode
        )
        self.channel = Channel(
            account=Account(token=TOKEN, encoding_aes_key=AES_KEY, app_id=APP_ID, mode=mode.value),
            responder=responder,
            outbound=self.outbound,
            values=values,
            registry=self.registry,
            **more,
        )
        self.codec, self.judge = Codec(AES_KEY, APP_ID), Judge(self.emulated)
        self.url = ""

    def push(self, fields: pushes.Fields, user: str = USER, **more: Any) -> pushes.Push:
        """A push with a MsgId of its own; `more` replaces fields, None leaves one out."""
        known: dict[str, Any] = {"ToUserName": ACCOUNT, "FromUserName": user, "CreateTime": int(time.time()), **fields}
        if known.get("MsgType") != "event":
            known["MsgId"] = next(_ids)
        known = {name: value for name, value in (known | more).items() if value is not None}
        return pushes.Push(user=user, fields=known, number=1)

    def query(self, encrypted: str = "", **more: str) -> dict[str, str]:
        """A signed address."""
        query = {"timestamp": str(int(time.time())), "nonce": uuid.uuid4().hex[:10]} | more
        query.setdefault("signature", sign(TOKEN, query["timestamp"], query["nonce"]))
        if encrypted:
            signature = sign(TOKEN, query["timestamp"], query["nonce"], encrypted)
            query = {"encrypt_type": "aes", "msg_signature": signature} | query
        return query

    def request(self, clear: bytes) -> tuple[dict[str, str], bytes]:
        """Address and body of a push in the account's mode."""
        if self.emulated.mode is Mode.PLAIN:
            return self.query(), clear
        encrypted = self.codec.encrypt(clear)
        body = f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        return self.query(encrypted), body.encode()

    async def post(self, query: Any, body: Any, **more: Any) -> tuple[int, bytes]:
        async with self.http.post(self.url, params=query, data=body, **more) as response:
            return response.status, await response.read()

    async def get(self, query: Any) -> tuple[int, bytes]:
        async with self.http.get(self.url, params=query) as response:
            return response.status, await response.read()

    async def attempt(self, push: pushes.Push) -> str:
        """The text that the platform would show; empty where it shows nothing. Fails on whatever the platform would refuse."""
        status, body = await self.post(*self.request(push.xml()))
        verdict = self.judge.judge(Answer(status=status, body=body), push)
        assert not isinstance(verdict, Broken), verdict
        return verdict.text if isinstance(verdict, Shown) else ""

    async def say(self, text: str, user: str = USER, **more: Any) -> str:
        return await self.attempt(self.push(pushes.text(text), user, **more))

    async def tap(self, text: str, option: str, user: str = USER) -> str:
        return await self.attempt(self.push(pushes.text(text, option), user))

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Line"]:
        app = web.Application()
        app.add_routes(self.channel.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/wechat"
        async with aiohttp.ClientSession() as self.http:
            try:
                yield self
            finally:  # as the service stops: requests that run are answered first
                await runner.cleanup()
                await self.channel.close()


def memory() -> MemoryKeyValue:
    """Values of one process, by the real clock."""
    return MemoryKeyValue(lambda: dt.datetime.now(dt.UTC))


@contextlib.asynccontextmanager
async def line(
    *, values: KeyValue | None = None, mode: Mode = Mode.SAFE, responder: Echo | None = None, **more: Any
) -> AsyncIterator[Line]:
    """A line that serves until the end of the block."""
    async with Line(values or memory(), mode, responder or Echo(), **more).open() as opened:
        yield opened


async def until(condition) -> None:
    """Wait a moment for something that happens beside."""
    for _ in range(100):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")


async def timed(attempt) -> tuple[str, float]:
    start = time.monotonic()
    return await attempt, time.monotonic() - start
