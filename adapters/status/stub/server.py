"""The stub, put together: `async with Stub() as stub:` serves it on a free port of this machine."""

import datetime as dt
import secrets
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from aiohttp import web

from adapters.status.stub.api import Api, Call
from adapters.status.stub.control import Control, Shown, shown
from adapters.status.stub.faults import Fault, Faults
from adapters.status.stub.register import Change, Move, Register
from adapters.status.stub.tries import Tries
from adapters.status.stub.values import Candidate, Clock, read_candidates

HOST = "127.0.0.1"
MOST_BYTES = 64 * 1024  # of a request's body


def _real_time() -> dt.datetime:
    return dt.datetime.now(dt.timezone(dt.timedelta(hours=8)))


class Stub:
    """One stub of the authority's service."""

    def __init__(
        self,
        token: str = "",
        *,
        clock: Clock = _real_time,
        candidates: Iterable[Candidate] | None = None,
        tries: Tries | None = None,
    ) -> None:
        """Without a token a random one; without candidates those that ship."""
        self.token = token or secrets.token_urlsafe(24)
        self.register = Register(read_candidates() if candidates is None else candidates, clock)
        self._faults = Faults()
        self._api = Api(self.register, self._faults, tries or Tries(), self.token)
        self._runner: web.AppRunner | None = None
        self.address = ""
        """Once it serves; without a slash at its end."""

    async def __aenter__(self) -> Self:
        """Serve on a free port."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls of the contract's operations that have ended, oldest first."""
        return tuple(self._api.calls)

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The candidates to try."""
        return tuple(shown(each) for each in self.register.candidates)

    def order(self, kind: str, operation: str = "", **fields: float) -> None:
        """Order a fault; the fields are those of `Fault`. Raises ValueError."""
        self._faults.order(Fault(kind=kind, operation=operation, **fields))  # type: ignore[arg-type]  # times is a whole number

    def heal(self) -> None:
        """Take all faults back."""
        self._faults.clear()

    def move(self, move: Move) -> Change:
        """Put a stage of a candidate where it is to stand. Raises UnknownCandidate."""
        return self.register.move(move)

    async def start(self, port: int = 0) -> None:
        """Serve on a port of this machine. Raises OSError where it is taken."""
        app = web.Application(middlewares=[self._api.middleware], client_max_size=MOST_BYTES)
        app.add_routes([*self._api.routes(), *Control(self._api, self.register, self._faults).routes()])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.address = f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Let go of everything; what hangs is let go."""
        self.heal()
        if self._runner is not None:
            await self._runner.cleanup()
