"""The stub of the status service beside the service, so that anyone can try a registration without one. Puts things together."""

import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import msgspec

from adapters.status.stub.faults import Fault
from adapters.status.stub.register import Move
from adapters.status.stub.server import Stub
from bot.app import clock_of, stop_signal
from bot.settings import Settings, StatusSettings

PORT = 8091  # of the stub, where nothing else has it
SECONDS = 5.0  # for telling a stub something
NOT_OFFERED = (
    "registration status is NOT offered: this service is public and KAODA_STATUS_API_URL names none; "
    "name it there, or off, or stub for a demonstration  (docs/status.md)"
)
FOR_SHOW = "the stub is offered to the public: nobody can bind a real registration here"
Say = Callable[[str], None]
log = logging.getLogger("kaoda")


class StubError(Exception):
    """The stub did not do what it was told. Its message says what to do."""


@asynccontextmanager
async def beside(settings: Settings, say: Say) -> AsyncIterator[Settings]:
    """Settings that name a stub, which runs as long; they themselves where a service is named or none is wanted.

    The public gets no stub that nobody asked for: candidates would type their numbers into a form that can only refuse them.
    """
    if settings.status is None or settings.status.url:
        yield settings
        return
    if settings.is_public and not settings.status.is_stub:
        say(NOT_OFFERED)
        log.warning("status_not_offered reason=KAODA_STATUS_API_URL is empty and the service is public")
        yield replace(settings, status=None)
        return
    stub = Stub(settings.status.token or secrets.token_urlsafe(24), clock=clock_of(settings))
    await _start(stub)
    try:
        first = stub.shown[0]
        say(f"a stub of the status service, with fictional candidates, is at {stub.address}  (docs/status.md)")
        say(f"a stub candidate to try: {first.name}  {first.registration_no}  {first.id_number}")
        if settings.is_public:
            say(FOR_SHOW)
            log.warning("status_stub_is_public reason=KAODA_STATUS_API_URL=stub")
        yield replace(settings, status=StatusSettings(url=stub.address, token=stub.token))
    finally:
        await stub.stop()


async def run(settings: Settings, port: int, say: Say) -> None:
    """Serve the stub alone until SIGINT or SIGTERM. Raises OSError where the port is taken."""
    stop = stop_signal()
    given = settings.status.token if settings.status else ""
    stub = Stub(given or secrets.token_urlsafe(24), clock=clock_of(settings))
    await stub.start(port)
    try:
        for each in stub.shown:
            say(f"{each.name}  {each.registration_no}  {each.id_number}  {each.story}")
        say(f"the stub of the status service is at {stub.address}  (stop with Ctrl-C)")
        token = "as set here" if given else stub.token
        say(f"for the service: KAODA_STATUS_API_URL={stub.address} KAODA_STATUS_API_TOKEN={token}")
        await stop.wait()
    finally:
        await stub.stop()


async def move(address: str, move: Move) -> str:
    """Tell a stub to move a candidate on; the cursor of the change. Raises StubError."""
    return str(msgspec.json.decode(await _tell(address, "POST", "/_stub/move", move))["cursor"])


async def order(address: str, fault: Fault | None) -> int:
    """Order a fault, or take all back; how many are ordered now. Raises StubError."""
    body = await _tell(address, "DELETE" if fault is None else "POST", "/_stub/faults", fault)
    return len(msgspec.json.decode(body))


async def _start(stub: Stub) -> None:
    """Serve on the usual port, or any where it is taken: who asks is told the address."""
    try:
        await stub.start(PORT)
    except OSError:
        await stub.start()


async def _tell(address: str, method: str, path: str, value: msgspec.Struct | None) -> bytes:
    body = None if value is None else msgspec.json.encode(value)
    headers = {} if body is None else {"Content-Type": "application/json"}
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, address.rstrip("/") + path, data=body, headers=headers) as response,
        ):
            if response.status == 200:
                return await response.read()
            status = response.status
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise StubError(f"no stub answers at {address}; name its address with --stub") from error
    if status == 404:
        raise StubError("there is no such candidate or registration; kaoda stub-status lists them")
    raise StubError(f"the stub answered {status}; is {address} a stub of this version?")
