"""Measures how long the webhook takes to refuse, or to put up with, requests that are spoilt. Seeded: the same every time."""

import asyncio
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

from rich.table import Table
from wechatpy.crypto import WeChatCrypto

from bot import bench_wechat
from bot.bench_servers import kaoda
from bot.bench_table import add

SEED = 20_261_122
SPOILT = 10_000
AIM = "worst < 20 ms"  # issue 3, "What to show"
PIECES = (b"<", b">", b"&", b"]]>", b"<![CDATA[", b"</xml>", b"\x00", b"\xff", b"%00", b"&#0;", b"=")
SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~=&")
QUESTION = "上海考区的考生什么时候在网上缴费"  # long enough not to be waited for a second part, however it is spoilt
END = b"\r\n\r\n"


def requests(count: int, seed: int = SEED) -> Iterator[bytes]:
    """Valid pushes with something changed: at the address, in the envelope, or in the message before it is encrypted."""
    chance = random.Random(seed)  # noqa: S311  # a steady sample
    crypto = WeChatCrypto(bench_wechat.TOKEN, bench_wechat.AES_KEY, bench_wechat.APP_ID)
    for number in range(count):
        layer = number % 3
        message = bench_wechat.request(crypto, QUESTION, partial(spoilt, chance) if layer == 0 else bytes)
        head, _, body = message.partition(END)
        if layer == 1:
            body = spoilt(chance, body)
        line, _, rest = head.partition(b"\r\n")
        if layer == 2:
            method, address, version = line.split()
            path, _, query = address.partition(b"?")
            query = b"".join(bytes((each,)) if each in SAFE else b"%%%02X" % each for each in spoilt(chance, query))
            line = b" ".join((method, path + b"?" + query, version))
        headers = [each for each in rest.split(b"\r\n") if not each.lower().startswith(b"content-length")]
        yield b"\r\n".join((line, *headers, b"Content-Length: %d" % len(body))) + END + body


def spoilt(chance: random.Random, data: bytes) -> bytes:
    """Up to four stretches of it cut out, doubled, or replaced by what parsers stumble over."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.randint(1, 20))
        piece = changed[at:end]
        changed[at:end] = chance.choice((b"", piece * 2, chance.choice(PIECES), chance.randbytes(len(piece))))
    return bytes(changed)


async def measure(data: Path) -> list[float]:
    """Seconds that each takes, one after the other. Raises NotServingError and ConnectionError."""
    async with kaoda(data, bench_wechat.ACCOUNT) as server:
        await bench_wechat.ask(server.url, bench_wechat.requests((QUESTION,)))
        return await ask(server.url, SPOILT)


async def ask(url: str, count: int) -> list[float]:
    """Seconds that each takes, one after the other. Raises ConnectionError where one is met with a 5xx."""
    host, port = url.removeprefix("http://").split(":")
    found = []
    reader, writer = await asyncio.open_connection(host, int(port))
    for request in requests(count):
        start = perf_counter()
        writer.write(request)
        head = await reader.readuntil(END)
        length = bench_wechat.LENGTH.search(head)
        await reader.readexactly(int(length[1]) if length else 0)
        found.append(perf_counter() - start)
        if head.startswith(b"HTTP/1.1 5"):
            raise ConnectionError(f"a spoilt request was met with {head[:40]!r}")
        if b"connection: close" in head.lower():
            writer.close()
            reader, writer = await asyncio.open_connection(host, int(port))
    writer.close()
    await writer.wait_closed()
    return found


def add_to(table: Table, seconds: list[float]) -> None:
    """The rows."""
    add(table, "WeChat, spoilt requests", seconds)
    add(table, "  the slowest of them", [max(seconds)], aim=AIM)
