"""Measures start-up, memory, understanding, deciding, and one answer over HTTP beside a handler that does nothing.

The two servers are child processes on free loopback ports with a temporary data folder; only they are ended.
"""

import asyncio
import datetime as dt
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

import aiohttp
from aiohttp import web
from rich.console import Console
from rich.table import Table

from bot import bench_spoilt, bench_wechat
from bot.bench_servers import Server, bare, kaoda, resident
from bot.bench_table import Timing, add, add_ratio
from bot.conversation import Conversation
from bot.dialogue import Heard, decide
from bot.mind import Mind, from_content

QUESTIONS = Path(__file__).with_name("bench_questions.txt")
STARTS = 3  # with what was learnt kept; one that learns it comes before them
CLIENTS = 8
ROUNDS = 5  # the two servers are asked in turns, so that a busy machine slows both
ENDS = "。！？"
AIM_START, AIM_DECIDE, AIM_MEMORY = "≤ 2.5 s", "≤ 0.5 ms", "≤ 200 MB"  # issue 2, "What to show" (3)


async def run(requests: int, console: Console) -> None:
    """Measure everything with that many questions each and print one table. Raises NotServingError and ContentError."""
    texts = tuple(islice(cycle(questions()), max(1, requests)))
    news = new_words(texts)
    with tempfile.TemporaryDirectory(prefix="kaoda-bench-") as folder:
        data = Path(folder)
        async with kaoda(data) as cold:
            pass
        warm: list[float] = []
        for _ in range(STARTS - 1):
            async with kaoda(data) as server:
                warm.append(server.ready_after)
        mind = from_content(cache=data / "cache")
        async with kaoda(data) as server, bare("bot.bench", data) as floor, aiohttp.ClientSession() as session:
            warm.append(server.ready_after)
            alone = await over_http(session, (server, floor), news, 1)
            together = await over_http(session, (server, floor), news, CLIENTS)
            memory = resident(server.pid)
        spoilt = await bench_spoilt.measure(data)
        messages = await bench_wechat.measure(data, {"asked before": texts, "new words": new_words(texts)})
    table = Table("measurement", "n", "min", "median", "p99", "per second", "aim (median)")
    add(table, "start-up, nothing kept yet", [cold.ready_after])
    add(table, "start-up", warm, aim=AIM_START)
    add(table, "understand", timed(texts, mind.understander.understand))
    add(table, "decide (with understand)", timed(texts, _decider(mind)), aim=AIM_DECIDE)
    for clients, (answers, floors) in ((1, alone), (CLIENTS, together)):
        who = "1 client" if clients == 1 else f"{clients} clients"
        add(table, f"answer over HTTP, {who}", answers.each, answers.whole)
        add(table, f"bare aiohttp handler, {who}", floors.each, floors.whole)
        add_ratio(table, f"answer / bare, {who}", answers, floors)
    bench_wechat.add_to(table, messages)
    bench_spoilt.add_to(table, spoilt)
    megabytes = "not known here" if memory is None else f"{memory:.0f} MB"
    table.add_row("resident memory after that", "1", "", megabytes, "", "", AIM_MEMORY)
    console.print(table)


def questions() -> tuple[str, ...]:
    """Varied questions, short and long, one a line of the shipped file."""
    return tuple(line for line in QUESTIONS.read_text("utf-8").splitlines() if line.strip())


def new_words(texts: Sequence[str]) -> tuple[str, ...]:
    """The same questions, none twice in the same words: what was decided before is of no use. They end differently."""
    seen: dict[str, int] = {}
    found = []
    for text in texts:
        number = seen[text] = seen.get(text, -1) + 1
        end = ""
        while number:
            number, digit = divmod(number, len(ENDS))
            end += ENDS[digit]
        found.append(text + end)
    return tuple(found)


# --- in this process -----------------------------------------------------------------------------------------------


def timed(texts: Sequence[str], of: Callable[[str], object]) -> list[float]:
    """Seconds that each text takes, after every distinct one was tried once: the first pinyin builds its table."""
    for text in dict.fromkeys(texts):
        of(text)
    found = []
    for text in texts:
        start = perf_counter()
        of(text)
        found.append(perf_counter() - start)
    return found


def _decider(mind: Mind) -> Callable[[str], object]:
    now = dt.datetime.now(dt.UTC)
    return lambda text: decide(mind, Heard(text=text), Conversation(), now)


# --- over HTTP -----------------------------------------------------------------------------------------------------


async def over_http(
    session: aiohttp.ClientSession,
    servers: tuple[Server, Server],
    texts: Sequence[str],
    clients: int,
) -> tuple[Timing, Timing]:
    """Ask both servers all texts, in turns; each text opens a conversation of its own."""
    timings = Timing(), Timing()
    for server in servers:
        await _ask(session, server, questions(), clients, Timing())
    size = -(-len(texts) // ROUNDS)
    for begin in range(0, len(texts), size):
        for server, timing in zip(servers, timings, strict=True):
            await _ask(session, server, texts[begin : begin + size], clients, timing)
    return timings


async def _ask(
    session: aiohttp.ClientSession,
    server: Server,
    texts: Sequence[str],
    clients: int,
    timing: Timing,
) -> None:
    waiting: Iterator[str] = iter(texts)

    async def client() -> None:
        for text in waiting:
            start = perf_counter()
            async with session.post(f"{server.url}/api/v1/chat", json={"text": text}) as response:
                response.raise_for_status()
                await response.json()
            timing.each.append(perf_counter() - start)

    start = perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    timing.whole += perf_counter() - start


def _serve_bare(port: int) -> None:
    """What the other child runs."""
    reply = {"conversation_id": "0" * 32, "reply": {"kind": "answer", "text": "." * 400, "options": [], "sources": []}}

    async def answer(request: web.Request) -> web.Response:
        await request.json()
        return web.json_response(reply)

    async def ready(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/api/v1/chat", answer), web.get("/readyz", ready)])
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    _serve_bare(int(sys.argv[1]))
