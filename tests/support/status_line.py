"""A client of the stub over real HTTP, with a time for its breakers that only the test moves."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, generate_latest

from adapters.status.client import BUDGET, StatusClient
from adapters.status.stub.server import Stub
from adapters.status.stub.values import Candidate
from adapters.status.watch import Watch
from adapters.status.wire import connected

TOKEN = "tok-0123456789-SECRET"
OPERATIONS = ("verify", "registrations", "changes")


@dataclass
class Line:
    """Both ends."""

    stub: Stub
    client: StatusClient
    registry: CollectorRegistry
    moment: list[float] = field(default_factory=lambda: [0.0])

    @property
    def someone(self) -> Candidate:
        """The first candidate."""
        return self.stub.register.candidates[0]

    def metrics(self) -> str:
        """As a scraper reads them."""
        return generate_latest(self.registry).decode()

    def ask(self, operation: str, candidate: Candidate | None = None) -> Awaitable[object]:
        """Ask one of the three."""
        about = candidate or self.someone
        asks: dict[str, Callable[[], Awaitable[object]]] = {
            "verify": lambda: self.client.verify(about.registration_no, about.id_number, about.name),
            "registrations": lambda: self.client.registrations(about.id),
            "changes": lambda: self.client.changes(""),
        }
        return asks[operation]()

    def calls(self, operation: str = "") -> int:
        """How often the stub was called."""
        return sum(operation in ("", each.operation) for each in self.stub.calls)


@asynccontextmanager
async def line(budget: float = BUDGET, *, address: str = "", token: str = TOKEN) -> AsyncIterator[Line]:
    """A stub and a client of it, or of another address."""
    async with Stub(TOKEN) as stub, connected(address or stub.address, token) as wire:
        registry, moment = CollectorRegistry(), [0.0]
        client = StatusClient(
            wire, lambda: dt.datetime.now(dt.UTC), Watch(registry), budget=budget, now=lambda: moment[0]
        )
        yield Line(stub, client, registry, moment)
