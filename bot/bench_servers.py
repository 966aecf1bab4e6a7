"""The servers that are measured: child processes on free loopback ports; only they are ended."""

import asyncio
import errno
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import aiohttp

START_LIMIT = 60.0  # s; a server that is not ready by then is given up
STOP_LIMIT = 15.0  # s; kaoda itself gives running turns 10
POLL = 0.01  # s


class NotServingError(ChildProcessError):
    """A server did not become ready. Start the command by hand and read what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A child that serves."""

    pid: int
    url: str
    ready_after: float
    """Seconds from spawn until /readyz answered 200."""


@asynccontextmanager
async def kaoda(data: Path, more: Mapping[str, str] | None = None) -> AsyncIterator[Server]:
    """The service as `kaoda serve` starts it, with its data in that folder and `more` settings."""
    port = _free_port()
    settings = {
        "KAODA_HOST": "127.0.0.1",
        "KAODA_PORT": str(port),
        "KAODA_DATA_DIR": str(data),
        "KAODA_LOG_LEVEL": "WARNING",
        "KAODA_PUBLIC_URL": "",
        "KAODA_QUESTIONS_PER_MINUTE": "1000000",
        **(more or {}),
    }
    command = (str(Path(sys.executable).with_name("kaoda")), "serve")
    async with _child(command, port, settings, data / "kaoda.log") as server:
        yield server


@asynccontextmanager
async def bare(module: str, data: Path) -> AsyncIterator[Server]:
    """A module that serves the least on the port that it is given: what aiohttp and the loopback cost by themselves."""
    port = _free_port()
    async with _child((sys.executable, "-m", module, str(port)), port, {}, data / f"{module}.log") as server:
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


def pin(pid: int, core: int) -> None:
    """Keep all threads of a process on one core; without effect where the system does not tell."""
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        os.sched_setaffinity(int(thread.name), {core})
