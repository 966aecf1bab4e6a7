"""Faults to order: what the stub answers instead of what it should, per request, for a time, or by a header."""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Annotated

import msgspec
from aiohttp import web

from adapters.status.stub.problems import Problem, answer

OPERATIONS = ("verify", "registrations", "changes")
HEADER = "Stub-Fault"
"""A header by which one request orders its own fault: `slow`, `429; retry_after=3`."""
HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"
HUGE = 64 * 1024 * 1024  # bytes that a flood sends unless the reader hangs up
CHUNK = 64 * 1024


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One order. Raises msgspec.ValidationError where it names no kind or operation."""

    kind: str
    """One of KINDS."""
    operation: str = ""
    """One of OPERATIONS; empty for each."""
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """How many requests it befalls; None for all."""
    seconds: Annotated[float, msgspec.Meta(ge=0)] | None = None
    """How long it lasts; None until it is taken back."""
    delay: Annotated[float, msgspec.Meta(ge=0, le=600)] = 3.0
    """Seconds that a slow answer takes."""
    retry_after: Annotated[float, msgspec.Meta(ge=0)] | None = None
    """What 429, 503 and maintenance say, in seconds; maintenance says by itself how long it lasts."""

    def __post_init__(self) -> None:
        """Check the names."""
        if self.kind not in KINDS:
            raise ValueError(f"kind is none of {', '.join(KINDS)}")
        if self.operation and self.operation not in OPERATIONS:
            raise ValueError(f"operation is none of {', '.join(OPERATIONS)}")


class Faults:
    """The orders, oldest first."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Start without any."""
        self._now = now
        self._orders: dict[int, tuple[Fault, float | None, int | None]] = {}
        """Number → order, until when, how often still."""
        self._numbers = itertools.count()
        self._release = asyncio.Event()

    def order(self, fault: Fault) -> None:
        """Take an order."""
        until = None if fault.seconds is None else self._now() + fault.seconds
        self._orders[next(self._numbers)] = (fault, until, fault.times)

    def clear(self) -> None:
        """Let everything work again; what hangs is let go."""
        self._orders.clear()
        self._release.set()
        self._release = asyncio.Event()

    def ordered(self) -> tuple[Fault, ...]:
        """What is ordered now."""
        return tuple(fault for _, (fault, until, _) in self._current() if until is None or until > self._now())

    def take(self, operation: str) -> Fault | None:
        """What befalls a request now, or None."""
        for number, (fault, until, times) in self._current():
            if fault.operation not in ("", operation):
                continue
            if times is not None:
                self._orders[number] = (fault, until, times - 1)
                if times == 1:
                    del self._orders[number]
            if fault.kind == "maintenance" and fault.retry_after is None and until is not None:
                return msgspec.structs.replace(fault, retry_after=until - self._now())
            return fault
        return None

    async def strike(self, fault: Fault, request: web.Request) -> web.StreamResponse | None:
        """The answer that is none; None where the right one follows, late."""
        if fault.kind in ("slow", "hang"):
            await self._wait(fault.delay if fault.kind == "slow" else None)
            return None
        if fault.kind in ANSWERS:
            return ANSWERS[fault.kind](fault)
        if fault.kind in STREAMS:
            return await self._stream(fault, request)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _wait(self, seconds: float | None) -> None:
        """Wait so long, or until all faults are taken back."""
        try:
            async with asyncio.timeout(seconds):
                await self._release.wait()
        except TimeoutError:
            return

    async def _stream(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        """An answer that never ends: a flood of bytes, one byte now and then, or half of what was announced."""
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        if fault.kind == "cut":
            response.content_length = 4096
        await response.prepare(request)
        if fault.kind == "flood":
            for _ in range(HUGE // CHUNK):
                await response.write(b" " * CHUNK)
        elif fault.kind == "trickle":
            release = self._release
            while not release.is_set():
                await response.write(b" ")
                await asyncio.sleep(0.1)
        else:
            await response.write(b'{"registrations": [')
            if request.transport is not None:
                request.transport.abort()
        return response

    def _current(self) -> list[tuple[int, tuple[Fault, float | None, int | None]]]:
        """The orders that have not run out."""
        now = self._now()
        self._orders = {number: order for number, order in self._orders.items() if order[1] is None or order[1] > now}
        return list(self._orders.items())


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")


ANSWERS: dict[str, Callable[[Fault], web.Response]] = {
    "401": lambda _: answer(Problem("unauthorized")),
    "429": lambda fault: answer(
        Problem("too_many", retry_after=1.0 if fault.retry_after is None else fault.retry_after)
    ),
    "500": lambda _: answer(Problem("internal")),
    "502": lambda _: web.Response(status=502, text=HTML, content_type="text/html"),
    "503": lambda fault: answer(Problem("maintenance", retry_after=fault.retry_after)),
    "maintenance": lambda fault: answer(Problem("maintenance", retry_after=fault.retry_after)),
    "broken_json": lambda _: _json(b'{"registrations": [{"registration_id": "r-1", '),
    "wrong_schema": lambda _: _json(b'{"registrations": {}, "changes": "none", "candidate_id": 7, "next": null}'),
    "not_utf8": lambda _: _json(b'{"registrations": ["\xff"], "next": "\xff\xfe", "candidate_id": "\xff"}'),
    "html": lambda _: web.Response(text=HTML, content_type="text/html"),
    "empty": lambda _: _json(b""),
    "redirect": lambda _: web.Response(status=307, headers={"Location": "http://127.0.0.1:9/elsewhere"}),
}
STREAMS = ("flood", "trickle", "cut")
KINDS = ("slow", "hang", "reset", *ANSWERS, *STREAMS)


def of_header(text: str) -> Fault:
    """The fault that a header orders. Raises ValueError and msgspec.ValidationError."""
    kind, *pairs = (part.strip() for part in text.split(";"))
    fields = dict(pair.split("=", 1) for pair in pairs)
    return msgspec.convert({"kind": kind, **fields}, Fault, strict=False)
