"""The contract over HTTP: a bearer token, three operations, problem documents; faults strike where they are ordered."""

import hmac
import re
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from aiohttp import web

from adapters.status.stub import problems
from adapters.status.stub.faults import HEADER, Faults, of_header
from adapters.status.stub.problems import Problem
from adapters.status.stub.register import Change, Register, UnknownCandidate, UnknownCursor
from adapters.status.stub.tries import Tries
from adapters.status.stub.values import Registration

CONTRACT = Path(__file__).with_name("openapi.yaml")
USUAL_LIMIT, MOST_CHANGES = 100, 500
NUMBER = re.compile(r"-[0-9]+|[0-9]{1,9}")
MOST_CALLS = 1000  # remembered
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What verify is given."""

    registration_no: str
    id_number: str
    name: str

    def __repr__(self) -> str:
        """Say nothing of anybody."""
        return "Proof(…)"


class Registrations(msgspec.Struct, frozen=True):
    """What registrations answers."""

    registrations: tuple[Registration, ...]


class Changes(msgspec.Struct, frozen=True):
    """What changes answers."""

    changes: tuple[Change, ...]
    next: str


class Call(msgspec.Struct, frozen=True):
    """That an operation was called, and how it ended; nothing of whom it was about."""

    operation: str
    status: int
    """0 where the connection was cut or the answer never ended."""


class Api:
    """The handlers and what stands before them."""

    def __init__(self, register: Register, faults: Faults, tries: Tries, token: str) -> None:
        """Every call has to carry the token."""
        self._register, self._faults, self._tries = register, faults, tries
        self._expected = f"Bearer {token}".encode()
        self.calls: deque[Call] = deque(maxlen=MOST_CALLS)

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application; an operation's name is its route's."""
        return [
            web.post("/v1/identity/verify", self._verify, name="verify"),
            web.get("/v1/candidates/{candidate_id}/registrations", self._registrations, name="registrations"),
            web.get("/v1/changes", self._changes, name="changes"),
            web.get("/openapi.yaml", _contract),
        ]

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Problems as documents; for the operations of the contract the token, faults, and a note of the call."""
        operation = request.match_info.route.name or ""
        status = 0
        try:
            if request.path.startswith("/v1/"):
                self._authorise(request)
            response = await self._struck(request, operation, handler) if operation else await handler(request)
            status = response.status if request.transport is not None and not request.transport.is_closing() else 0
        except Problem as problem:
            response = problems.answer(problem)
            status = response.status
        except web.HTTPException as error:
            response = problems.of_http(error)
            status = response.status
        finally:
            if operation:
                self.calls.append(Call(operation, status))
        return response

    def _authorise(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._expected):
            raise Problem("unauthorized")

    async def _struck(self, request: web.Request, operation: str, handler: Handler) -> web.StreamResponse:
        """The answer of a fault where one is ordered, else the right one."""
        try:
            fault = of_header(request.headers[HEADER]) if HEADER in request.headers else self._faults.take(operation)
        except (ValueError, msgspec.ValidationError) as error:
            raise Problem("bad_request", detail=HEADER) from error
        answer = await self._faults.strike(fault, request) if fault else None
        return await handler(request) if answer is None else answer

    async def _verify(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        try:
            proof = msgspec.json.decode(await request.read(), type=Proof)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Problem("bad_request", detail="registration_no, id_number, name") from None
        wait = self._tries.wait(proof.registration_no)
        if wait > 0:
            raise Problem("too_many", retry_after=wait)
        found = self._register.verify(proof.registration_no, proof.id_number, proof.name)
        if found is None:
            self._tries.failed(proof.registration_no)
            raise Problem("not_verified")
        self._tries.succeeded(proof.registration_no)
        return _json({"candidate_id": found.id, "masked_name": found.masked_name})

    async def _registrations(self, request: web.Request) -> web.Response:
        try:
            found = self._register.find(request.match_info["candidate_id"])
        except UnknownCandidate:
            raise Problem("unknown_candidate") from None
        return _json(Registrations(found.registration))

    async def _changes(self, request: web.Request) -> web.Response:
        limit = request.query.get("limit", str(USUAL_LIMIT))
        if not NUMBER.fullmatch(limit):
            raise Problem("bad_request", detail="limit")
        most = 0 if limit.startswith("-") else int(limit)
        if most > MOST_CHANGES:
            raise Problem("bad_request", detail="limit")
        try:
            return _json(Changes(*self._register.changes(request.query.get("after", ""), most)))
        except UnknownCursor:
            raise Problem("unknown_cursor") from None


async def _contract(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(CONTRACT, headers={"Content-Type": "application/yaml; charset=utf-8"})


def _json(value: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
