"""Measures a question about one's own registration: with a healthy stub, and what people see while the stub hangs.

The stub runs in this process with a hundred candidates of its own, the service as a child with a temporary data folder.
"""

import asyncio
import statistics
import tempfile
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
import msgspec
from rich.console import Console
from rich.table import Table

from adapters.status.stub.server import Stub
from adapters.status.stub.values import Candidate, read_candidates
from bot import bench

BIND, OWN = (Path(__file__).with_name("bench_own.txt")).read_text("utf-8").split()
PEOPLE = 100  # who ask at once while the stub hangs
CLIENTS = 8
FAQ = 200  # questions of others meanwhile
PAUSE = 0.02  # s between two of them: they are asked all the while that the others wait
AIM_HANG = 4.0  # s; issue 4, "What to show"


class Person:
    """A conversation that is bound to a candidate."""

    def __init__(self, session: aiohttp.ClientSession, url: str, number: int) -> None:
        """`number` tells the candidates apart."""
        self._session, self._url, self._number, self._id = session, url, number, ""

    async def ask(self, text: str) -> dict[str, Any]:
        """The reply."""
        body = {"text": text} | ({"conversation_id": self._id} if self._id else {})
        async with self._session.post(f"{self._url}/api/v1/chat", json=body) as response:
            response.raise_for_status()
            said = await response.json()
        self._id = said["conversation_id"]
        return dict(said["reply"])

    async def bind(self, candidate: Candidate) -> None:
        """As a candidate does, from an address of her own: one address may send few forms."""
        token = (await self.ask(BIND))["links"][0]["url"].partition("token=")[2]
        form = {
            "token": token,
            "registration_no": candidate.registration_no,
            "id_number": candidate.id_number,
            "name": candidate.name,
            "consent": "yes",
        }
        headers = {"X-Forwarded-For": f"192.0.2.{self._number}"}
        async with self._session.post(f"{self._url}/bind", data=form, headers=headers) as response:
            response.raise_for_status()


async def run(requests: int, console: Console) -> None:
    """Measure and print one table. Raises NotServingError and ContentError."""
    table = Table("status question", "n", "min", "median", "p99", "longest", "aim")
    async with _served() as (stub, people, faq):
        await asyncio.gather(*(each.ask(OWN) for each in people[::2]))  # of the others nothing is known yet
        for clients, who in ((1, "1 client"), (CLIENTS, f"{CLIENTS} clients")):
            healthy = await _timed([each.ask(OWN) for each in islice(cycle(people), max(1, requests))], clients)
            _add(table, f"healthy stub, {who}", healthy)
        alone = await _faq(faq, asyncio.Event())
        stub.order("hang")
        for wave in ("first", "second"):
            over = asyncio.Event()
            beside = asyncio.create_task(_faq(faq, over))
            waited = await _timed([each.ask(OWN) for each in people], PEOPLE)
            over.set()
            _add(table, f"stub hangs, {PEOPLE} people at once, {wave} time", waited, f"≤ {AIM_HANG} s each")
            _add(table, f"others' questions meanwhile, {wave} time", await beside)
        _add(table, "others' questions alone", alone)
    console.print(table)


@asynccontextmanager
async def _served() -> AsyncIterator[tuple[Stub, list[Person], Person]]:
    """The stub, the people that are bound to its candidates, and somebody who asks other things."""
    shipped = read_candidates()[0]
    candidates = [_candidate(shipped, number) for number in range(PEOPLE)]
    with tempfile.TemporaryDirectory(prefix="kaoda-bench-") as folder:
        connector = aiohttp.TCPConnector(limit=0)
        async with (
            Stub(candidates=candidates) as stub,
            bench.kaoda(
                Path(folder),
                KAODA_STATUS_API_URL=stub.address,
                KAODA_STATUS_API_TOKEN=stub.token,
                KAODA_TRUSTED_PROXIES="1",
            ) as server,
            aiohttp.ClientSession(connector=connector) as session,
        ):
            people = [Person(session, server.url, number) for number in range(PEOPLE)]
            for person, candidate in zip(people, candidates, strict=True):
                await person.bind(candidate)
            yield stub, people, Person(session, server.url, PEOPLE)


def _candidate(shipped: Candidate, number: int) -> Candidate:
    """One more of the same registration; the document is none that anybody has."""
    return msgspec.structs.replace(
        shipped, id=f"c-bench-{number}", registration_no=f"BENCH{number:05}", id_number=f"BENCH{number:05}"
    )


async def _faq(person: Person, until: asyncio.Event) -> list[float]:
    """Seconds that ordinary questions take, one after the other: all of them, or until the others were answered."""
    found: list[float] = []
    for text in islice(cycle(bench.questions()), FAQ):
        if until.is_set() and len(found) > CLIENTS:
            break
        start = perf_counter()
        await person.ask(text)
        found.append(perf_counter() - start)
        await asyncio.sleep(PAUSE)
    return found


async def _timed(asked: Sequence[Coroutine[Any, Any, object]], clients: int) -> list[float]:
    """Seconds that each takes, so many at once."""
    waiting = iter(asked)
    found: list[float] = []

    async def client() -> None:
        for each in waiting:
            start = perf_counter()
            await each
            found.append(perf_counter() - start)

    await asyncio.gather(*(client() for _ in range(clients)))
    return found


def _add(table: Table, name: str, seconds: Sequence[float], aim: str = "") -> None:
    values = (min(seconds), statistics.median(seconds), bench.percentile(seconds, 99), max(seconds))
    table.add_row(name, str(len(seconds)), *map(bench.shown, values), aim)
