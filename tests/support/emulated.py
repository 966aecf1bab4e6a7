"""The emulated platform against an account of a few lines, which speaks with wechatpy and does what a test wants."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from adapters.wechat.emulator.account import Account, Mode

Answer = Callable[[bytes, web.Request], Awaitable[web.StreamResponse]]
SPEED = 100.0  # the platform's 5 s last 50 ms


class Service:
    """An account's service: what it was sent is in `seen`; `answer` is given the push in clear."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.crypto = WeChatCrypto(account.token, account.encoding_aes_key, account.app_id)
        self.seen: list[bytes] = []
        self.queries: list[dict[str, str]] = []
        self.address = ""
        self.answer: Answer = success

    async def handle(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        check_signature(self.account.token, query["signature"], query["timestamp"], query["nonce"])
        if request.method == "GET":
            return web.Response(text=query["echostr"])
        body = await request.read()
        if self.account.mode is Mode.SAFE:
            clear = self.crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
            body = clear.encode()
        self.seen.append(body)
        self.queries.append(dict(query))
        return await self.answer(body, request)

    def sealed(self, reply: str) -> web.Response:
        """A reply in the account's mode."""
        if self.account.mode is Mode.SAFE:
            reply = self.crypto.encrypt_message(reply, "nonce")
        return web.Response(text=reply, content_type="text/xml")

    def says(self, text: str, **fields: str) -> Answer:
        """An answer that says a text to whoever asked."""

        async def answer(body: bytes, _request: web.Request) -> web.StreamResponse:
            return self.sealed(reply_to(body, text, **fields))

        return answer


async def success(_body: bytes, _request: web.Request) -> web.StreamResponse:
    """Say nothing."""
    return web.Response(text="success")


def value(body: bytes, name: str) -> str:
    """The text of an element, unless it is written in an unusual way."""
    text = body.decode().partition(f"<{name}>")[2].partition(f"</{name}>")[0]
    return text.removeprefix("<![CDATA[").removesuffix("]]>")


def reply_to(body: bytes, text: str, **fields: str) -> str:
    """A text reply as XML; `fields` replace elements, an empty one leaves it out."""
    known = {
        "ToUserName": value(body, "FromUserName"),
        "FromUserName": value(body, "ToUserName"),
        "CreateTime": "1700000000",
        "MsgType": "text",
        "Content": f"<![CDATA[{text}]]>",
    } | fields
    return "<xml>" + "".join(f"<{name}>{written}</{name}>" for name, written in known.items() if written) + "</xml>"


@asynccontextmanager
async def served(account: Account) -> AsyncIterator[Service]:
    """The service on a free port."""
    service = Service(account)
    app = web.Application()
    app.router.add_route("*", "/wechat", service.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.address = f"http://127.0.0.1:{runner.addresses[0][1]}/wechat"
    yield service
    await runner.cleanup()


async def never(_body: bytes, _request: web.Request) -> web.StreamResponse:
    """Take longer than anybody waits."""
    await asyncio.sleep(2)
    return web.Response(text="success")


def attempts_of(outcome: Any) -> list[str]:
    """What each attempt's verdict was."""
    return [getattr(attempt.verdict, "reason", type(attempt.verdict).__name__) for attempt in outcome.attempts]
