"""Measures start-up, memory, understanding, deciding, and one answer over HTTP beside a handler that does nothing.

The two servers are child processes on free loopback ports with a temporary data folder; only they are ended.
"""

import asyncio
import datetime as dt
import errno
import os
import socket
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

import aiohttp
from aiohttp import web
from rich.console import Console
from rich.table import Table

from bot.conversation import Conversation
from bot.dialogue import Heard, decide
from bot.mind import Mind, from_content

QUESTIONS = Path(__file__).with_name("bench_questions.txt")
STARTS = 3  # with what was learnt kept; one that learns it comes before them
CLIENTS = 8
ROUNDS = 5  # the two servers are asked in turns, so that a busy machine slows both
START_LIMIT = 60.0  # s; a server that is not ready by then is given up
STOP_LIMIT = 15.0  # s; kaoda itself gives running turns 10
POLL = 0.01  # s
AIM_START, AIM_DECIDE, AIM_MEMORY = "≤ 2.5 s", "≤ 0.5 ms", "≤ 200 MB"  # issue 2, "What to show" (3)


class NotServingError(ChildProcessError):
    """A server did not become ready. Start the command by hand and read what it says."""


@dataclass(slots=True, kw_only=True)
class Timing:
    """How long each of some requests took, and all of them together; grows while measuring."""

    each: list[float] = field(default_factory=list)
    """Seconds."""
    whole: float = 0.0
    """Seconds on the clock; less than the sum where several clients ask at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A child that serves."""

    pid: int
    url: str
    ready_after: float
    """Seconds from spawn until /readyz answered 200."""


async def run(requests: int, console: Console) -> None:
    """Measure everything with that many questions each and print one table. Raises NotServingError and ContentError."""
    texts = tuple(islice(cycle(questions()), max(1, requests)))
    with tempfile.TemporaryDirectory(prefix="kaoda-bench-") as folder:
        data = Path(folder)
        async with kaoda(data) as cold:
            pass
        warm: list[float] = []
        for _ in range(STARTS - 1):
            async with kaoda(data) as server:
                warm.append(server.ready_after)
        mind = from_content(cache=data / "cache")
        async with kaoda(data) as server, bare(data) as floor, aiohttp.ClientSession() as session:
            warm.append(server.ready_after)
            alone = await over_http(session, (server, floor), texts, 1)
            together = await over_http(session, (server, floor), texts, CLIENTS)
            memory = resident(server.pid)
    table = Table("measurement", "n", "min", "median", "p99", "per second", "aim (median)")
    _add(table, "start-up, nothing kept yet", [cold.ready_after])
    _add(table, "start-up", warm, aim=AIM_START)
    _add(table, "understand", timed(texts, mind.understander.understand))
    _add(table, "decide (with understand)", timed(texts, _decider(mind)), aim=AIM_DECIDE)
    for clients, (answers, floors) in ((1, alone), (CLIENTS, together)):
        who = "1 client" if clients == 1 else f"{clients} clients"
        _add(table, f"answer over HTTP, {who}", answers.each, answers.whole)
        _add(table, f"bare aiohttp handler, {who}", floors.each, floors.whole)
        _add_ratio(table, f"answer / bare, {who}", answers, floors)
    megabytes = "not known here" if memory is None else f"{memory:.0f} MB"
    table.add_row("resident memory after that", "1", "", megabytes, "", "", AIM_MEMORY)
    console.print(table)


def questions() -> tuple[str, ...]:
    """Varied questions, short and long, one a line of the shipped file."""
    return tuple(line for line in QUESTIONS.read_text("utf-8").splitlines() if line.strip())


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


# --- the children --------------------------------------------------------------------------------------------------


@asynccontextmanager
async def kaoda(data: Path, **more: str) -> AsyncIterator[Server]:
    """The service as `kaoda serve` starts it, with its data in that folder and more settings."""
    port = _free_port()
    settings = {
        "KAODA_HOST": "127.0.0.1",
        "KAODA_PORT": str(port),
        "KAODA_DATA_DIR": str(data),
        "KAODA_LOG_LEVEL": "WARNING",
        "KAODA_PUBLIC_URL": "",
        "KAODA_QUESTIONS_PER_MINUTE": "1000000",
        **more,
    }
    command = (str(Path(sys.executable).with_name("kaoda")), "serve")
    async with _child(command, port, settings, data / "kaoda.log") as server:
        yield server


@asynccontextmanager
async def bare(data: Path) -> AsyncIterator[Server]:
    """A handler that reads JSON and answers a constant: what aiohttp and the loopback cost by themselves."""
    port = _free_port()
    async with _child((sys.executable, "-m", "bot.bench", str(port)), port, {}, data / "bare.log") as server:
        yield server


@asynccontextmanager
async def _child(command: Sequence[str], port: int, settings: Mapping[str, str], log: Path) -> AsyncIterator[Server]:
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        start = perf_counter()
        process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **settings}, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            if not await _is_ready(process, url):
                raise NotServingError(errno.ECHILD, f"no server was ready; {_last_line(log)}", " ".join(command))
            yield Server(pid=process.pid, url=url, ready_after=perf_counter() - start)
        finally:
            await _end(process)


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    return f"its last words: {lines[-1]}" if lines else "it said nothing"


async def _is_ready(process: asyncio.subprocess.Process, url: str) -> bool:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)) as session:
        for _ in range(int(START_LIMIT / POLL)):
            if process.returncode is not None:
                return False
            try:
                async with session.get(f"{url}/readyz") as response:
                    if response.status == 200:
                        return True
            except (aiohttp.ClientError, TimeoutError):
                pass  # nothing listens yet
            await asyncio.sleep(POLL)
    return False


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_LIMIT)
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def resident(pid: int) -> float | None:
    """The resident memory of a process in MB of 1024² bytes; None where there is no /proc."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text("ascii", "replace").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), None)


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
        await _ask(session, server, tuple(dict.fromkeys(texts)), clients, Timing())
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


# --- the table -----------------------------------------------------------------------------------------------------


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * percent // 100) - 1)]


def _add(table: Table, name: str, seconds: Sequence[float], whole: float = 0.0, aim: str = "") -> None:
    rate = f"{len(seconds) / whole:.0f}" if whole else ""
    table.add_row(
        name,
        str(len(seconds)),
        shown(min(seconds)),
        shown(statistics.median(seconds)),
        shown(percentile(seconds, 99)) if len(seconds) > STARTS else "",
        rate,
        aim,
    )


def _add_ratio(table: Table, name: str, answers: Timing, floors: Timing) -> None:
    median, worst = (
        of(answers.each) / of(floors.each) for of in (statistics.median, lambda each: percentile(each, 99))
    )
    rate = floors.whole / answers.whole
    table.add_row(name, "", "", f"{median:.1f}:1", f"{worst:.1f}:1", f"{rate:.2f}:1", "")


def shown(seconds: float) -> str:
    """A time as the tables show it."""
    return f"{seconds:.2f} s" if seconds >= 0.5 else f"{1000 * seconds:.2f} ms"


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
