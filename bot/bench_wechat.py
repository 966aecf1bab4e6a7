"""Measures whole WeChat messages in safe mode beside a bare handler that only checks, decrypts and encrypts with wechatpy.

Both servers are pinned to one core. The platform is a client of a few lines, so that it costs less than what it measures.
"""

import asyncio
import os
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from aiohttp import web
from rich.table import Table
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner, check_signature

from bot.bench_servers import bare, kaoda, pin
from bot.bench_table import Timing, add, add_ratio

TOKEN, AES_KEY, APP_ID = (
    "benchToken",
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
    "wx0000000000000000",
)  # of no account
ACCOUNT = {
    "KAODA_WECHAT_TOKEN": TOKEN,
    "KAODA_WECHAT_APP_ID": APP_ID,
    "KAODA_WECHAT_ENCODING_AES_KEY": AES_KEY,
}
CONNECTIONS = 16
SHORTEST = 7  # characters; a question back to a shorter one waits a second for what comes next
ROUNDS = 5  # the two servers are asked in turns, so that a busy machine slows both
NEW = "new words"
AIM = "≥ 0.40:1"  # per second; issue 3, "What to show"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_number = iter(range(1, sys.maxsize))


@dataclass(slots=True)
class Measured:
    """Our service beside the bare handler, and at half its own rate."""

    ours: Timing = field(default_factory=Timing)
    floor: Timing = field(default_factory=Timing)
    at_half: Timing = field(default_factory=Timing)


def requests(texts: Sequence[str]) -> list[bytes]:
    """A push for each text as the bytes of an HTTP request; each from a user of his own."""
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    return [request(crypto, text) for text in texts]


def request(crypto: WeChatCrypto, text: str, spoil: Callable[[bytes], bytes] = bytes) -> bytes:
    """A push as the bytes of an HTTP request; `spoil` changes the message before it is encrypted."""
    number, now, nonce = next(_number), str(int(time.time())), secrets.token_hex(5)
    content = (
        f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[oBench{number:022d}]]></FromUserName>"
        f"<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"
        f"<MsgId>{number}</MsgId></xml>"
    )
    content = spoil(content.encode()).decode("utf-8", "replace")
    sealed = crypto.encrypt_message(content, nonce, now)
    encrypted = sealed.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    body = (
        f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()
    )
    query = f"timestamp={now}&nonce={nonce}&signature={_sign(TOKEN, now, nonce)}&openid=oBench&encrypt_type=aes"
    query += f"&msg_signature={_sign(TOKEN, now, nonce, encrypted)}"
    head = f"POST /wechat?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _sign(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


# --- the measurement -----------------------------------------------------------------------------------------------


async def measure(data: Path, questions: Mapping[str, Sequence[str]]) -> dict[str, Measured]:
    """Both servers under full load in turns, then ours at half of what it did. Raises NotServingError."""
    found: dict[str, Measured] = {}
    async with kaoda(data, ACCOUNT) as ours, bare("bot.bench_wechat", data) as floor:
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        if len(cores) > 1:
            pin(ours.pid, cores[-1])
            pin(floor.pid, cores[-1])
        await ask(ours.url, requests(next(iter(questions.values()))))
        for name, texts in questions.items():
            texts = [text for text in texts if len(text) >= SHORTEST]
            result = found[name] = Measured()
            size = -(-len(texts) // ROUNDS)
            for begin in range(0, len(texts), size):
                for server, timing in ((ours, result.ours), (floor, result.floor)):
                    timing.take(await ask(server.url, requests(texts[begin : begin + size])))
            rate = len(result.ours.each) / result.ours.whole / 2
            fresh = [text + "，" for text in texts] if name == NEW else texts
            result.at_half = await ask(ours.url, requests(fresh), rate)
    return found


def add_to(table: Table, found: Mapping[str, Measured]) -> None:
    """The rows."""
    for name, result in found.items():
        add(table, f"WeChat message, {name}", result.ours.each, result.ours.whole)
        add(table, f"bare wechatpy handler ({name})", result.floor.each, result.floor.whole)
        add_ratio(table, f"WeChat / bare, {name}", result.ours, result.floor, AIM)
        add(table, f"WeChat at half that load, {name}", result.at_half.each, result.at_half.whole)


# --- the platform --------------------------------------------------------------------------------------------------


async def ask(url: str, messages: Sequence[bytes], per_second: float = 0.0) -> Timing:
    """Send messages as fast as they are answered, or so many a second whether they are answered or not."""
    host, port = url.removeprefix("http://").split(":")
    load = Timing()
    begin = perf_counter()
    due: Iterator[tuple[float, bytes]] = (
        (begin + place / per_second if per_second else 0.0, message) for place, message in enumerate(messages)
    )
    await asyncio.gather(*(_connection(host, int(port), due, load) for _ in range(CONNECTIONS)))
    load.whole = perf_counter() - begin
    return load


async def _connection(host: str, port: int, due: Iterator[tuple[float, bytes]], load: Timing) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        for at, message in due:
            if (early := at - perf_counter()) > 0:
                await asyncio.sleep(early)
            start = at or perf_counter()
            writer.write(message)
            head = await reader.readuntil(b"\r\n\r\n")
            length = LENGTH.search(head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            load.each.append(perf_counter() - start)
            if not head.startswith(b"HTTP/1.1 200") or b"<Encrypt>" not in body:
                raise ConnectionError(f"no reply to a message: {head[:40]!r}")
    finally:
        writer.close()
        await writer.wait_closed()


# --- the bare handler ----------------------------------------------------------------------------------------------


def serve_bare(port: int) -> None:
    """What the child process runs: the least that a webhook can do with wechatpy."""
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    reply = (
        "<xml><ToUserName><![CDATA[oBench]]></ToUserName><FromUserName><![CDATA[gh_bench]]></FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{'答' * 200}]]></Content></xml>"
    )

    async def answer(request: web.Request) -> web.Response:
        query = request.query
        check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
        crypto.decrypt_message(await request.read(), query["msg_signature"], query["timestamp"], query["nonce"])
        return web.Response(text=crypto.encrypt_message(reply, query["nonce"]), content_type="text/xml")

    async def ready(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/wechat", answer), web.get("/readyz", ready)])
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    serve_bare(int(sys.argv[1]))
