"""The registration status service as the bot asks it: within a budget, patiently where that is safe, checked at the edge."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, TypeVar
from urllib.parse import quote

import msgspec
from prometheus_client import CollectorRegistry
from yarl import URL

from adapters.status.breaker import Breaker
from adapters.status.known import LastKnown
from adapters.status.waits import Waits
from adapters.status.watch import Watch
from adapters.status.wire import Call, Operation, Wire, connected
from bot.ports import Clock, NotVerified, StatusError
from bot.registration import Changes, Identity, Registration, Status

BUDGET = 2.5  # s for one question with all its tries; a reply has 4.0
PAUSES = (0.1, 0.4)  # s before the second and third try
LEAST = 0.2  # s that have to be left for another try
COUNTED = frozenset({"slow", "down", "busy", "maintenance", "broken", "refused"})
Value = TypeVar("Value")
_logger = logging.getLogger(__name__)


class _Registrations(msgspec.Struct, frozen=True):
    registrations: tuple[Registration, ...]


class _Identity(msgspec.Struct, frozen=True):
    candidate_id: Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
    masked_name: str


class StatusClient:
    """Fulfils bot.ports.StatusService."""

    def __init__(
        self,
        wire: Wire,
        clock: Clock,
        watch: Watch,
        *,
        budget: float = BUDGET,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` dates what was read; `now` is what breakers and waits go by, in seconds."""
        self._wire, self._clock, self._watch, self._budget = wire, clock, watch, budget
        self._breakers = {each: Breaker(each, watch, now) for each in Operation}
        self._waits = Waits(now)
        self._known = LastKnown(now=now)

    async def verify(self, registration_no: str, id_number: str, name: str) -> Identity:
        """Prove who a candidate is; sent once, whatever happens. Raises NotVerified and StatusError."""
        proof = {"registration_no": registration_no, "id_number": id_number, "name": name}
        call = Call(operation=Operation.VERIFY, path="/v1/identity/verify", body=msgspec.json.encode(proof))
        found = await self._ask(call, _Identity, subject=registration_no)
        return Identity(candidate_id=found.candidate_id, masked_name=found.masked_name)

    async def registrations(self, candidate_id: str) -> Status:
        """The registrations; where the service fails, the last known ones. StatusError where there are none."""
        if not candidate_id.strip("."):  # a path of dots would be another address
            raise StatusError("unknown")
        path = f"/v1/candidates/{quote(candidate_id, safe='')}/registrations"
        forgotten = self._known.forgotten
        try:
            found = await self._ask(Call(operation=Operation.REGISTRATIONS, path=path), _Registrations, candidate_id)
        except StatusError as error:
            if error.cause == "unknown":
                self._known.forget(candidate_id)
            last = self.last_known(candidate_id)
            if last is None:
                raise
            return last
        status = Status(registrations=found.registrations, as_of=self._clock())
        if self._known.forgotten == forgotten:
            self._known.keep(candidate_id, status)
        return status

    def last_known(self, candidate_id: str) -> Status | None:
        """What the service last said, marked as such; None where nothing is known. Sends nothing."""
        last = self._known.get(candidate_id)
        if last is not None:
            self._watch.told_last_known()
        return last

    async def changes(self, after: str) -> Changes:
        """What changed after a cursor; empty for the beginning. Raises StatusError."""
        query = f"?after={quote(after, safe='')}" if after else ""
        return await self._ask(Call(operation=Operation.CHANGES, path=f"/v1/changes{query}"), Changes)

    def forget(self, candidate_id: str) -> None:
        """Forget the last known state of a candidate, at once."""
        self._known.forget(candidate_id)

    async def _ask(self, call: Call, kind: type[Value], subject: str = "") -> Value:
        """The checked answer of a question, unless the service is given up or asked to be left alone."""
        if (left := self._waits.left(call.operation, subject)) > 0:
            self._watch.spared(call.operation)
            raise StatusError("busy", left)
        breaker = self._breakers[call.operation]
        is_probe = breaker.enter()
        started, result = time.monotonic(), "left"
        try:
            value = await self._in_budget(call, kind)
            result = "ok"
        except NotVerified:
            result = "not_verified"
            raise
        except StatusError as error:
            result = error.cause
            self._heed(call, subject, error)
            raise
        finally:
            self._settle(call.operation, result, is_probe=is_probe)
            self._watch.asked(call.operation, result, time.monotonic() - started)
        return value

    def _settle(self, operation: Operation, result: str, *, is_probe: bool) -> None:
        """Tell the breaker how it went. That one 网报号 was tried too often says nothing of the service."""
        breaker = self._breakers[operation]
        if result == "left":
            breaker.left(is_probe=is_probe)
        elif result in COUNTED and not (operation is Operation.VERIFY and result == "busy"):
            breaker.failed(result, is_probe=is_probe)
        else:
            breaker.succeeded(is_probe=is_probe)

    def _heed(self, call: Call, subject: str, error: StatusError) -> None:
        """Do as Retry-After says: 429 is about whom was asked for, 503 about the whole service."""
        if error.retry_after is None:
            return
        if error.cause == "busy":
            self._waits.wait(call.operation, subject, error.retry_after)
        elif error.cause == "maintenance":
            for breaker in self._breakers.values():
                breaker.hold(error.cause, error.retry_after)

    async def _in_budget(self, call: Call, kind: type[Value]) -> Value:
        """The answer within the budget. Raises NotVerified and StatusError."""
        deadline = asyncio.get_running_loop().time() + self._budget
        try:
            async with asyncio.timeout_at(deadline):
                return await self._patiently(call, kind, deadline)
        except TimeoutError:
            pass
        raise StatusError("slow")  # out here: see wire.py

    async def _patiently(self, call: Call, kind: type[Value], deadline: float) -> Value:
        """The answer of one of several tries, where the call may be sent twice and another try fits the budget."""
        for pause in PAUSES if call.is_safe else ():
            try:
                return _decoded(await self._wire.send(call), kind)
            except StatusError as error:
                wait = _wait_after(error, pause)
                left = deadline - asyncio.get_running_loop().time()
                if wait is None or wait + LEAST > left:
                    raise
            await asyncio.sleep(wait)
        return _decoded(await self._wire.send(call), kind)


def _wait_after(error: StatusError, pause: float) -> float | None:
    """Seconds before another try, or None where another would not help."""
    if error.cause == "down":
        return pause
    if error.cause in ("busy", "maintenance") and error.retry_after is not None:
        return max(pause, error.retry_after)
    return None


def _decoded(body: bytes, kind: type[Value]) -> Value:
    """The body as the contract says; unknown fields are let go, unknown names kept. Raises StatusError."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    raise StatusError("broken")


@asynccontextmanager
async def client(api_url: str, token: str, clock: Clock, registry: CollectorRegistry) -> AsyncIterator[StatusClient]:
    """A client with connections of its own, closed at the end."""
    address = URL(api_url)
    if address.scheme != "https" and address.host not in ("127.0.0.1", "::1", "localhost"):
        _logger.warning("status_unencrypted use https in KAODA_STATUS_API_URL: ID numbers go over this line")
    async with connected(api_url, token) as wire:
        yield StatusClient(wire, clock, Watch(registry))
