"""What the stub is told from outside the contract: move a candidate, order a fault. For this machine alone."""

import ipaddress
from typing import TypeVar

import msgspec
from aiohttp import web

from adapters.status.stub.api import Api
from adapters.status.stub.faults import Fault, Faults
from adapters.status.stub.problems import Problem
from adapters.status.stub.register import Move, Register, UnknownCandidate
from adapters.status.stub.values import Candidate

Told = TypeVar("Told")


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate to try."""

    name: str
    registration_no: str
    id_number: str
    story: str


class Control:
    """The handlers under /_stub."""

    def __init__(self, api: Api, register: Register, faults: Faults) -> None:
        """Take what is controlled."""
        self._api, self._register, self._faults = api, register, faults

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return [
            web.get("/_stub/candidates", self._candidates),
            web.post("/_stub/move", self._move),
            web.get("/_stub/faults", self._ordered),
            web.post("/_stub/faults", self._order),
            web.delete("/_stub/faults", self._clear),
            web.get("/_stub/calls", self._calls),
        ]

    async def _candidates(self, request: web.Request) -> web.Response:
        _local_only(request)
        return _json([shown(each) for each in self._register.candidates])

    async def _move(self, request: web.Request) -> web.Response:
        move = await _told(request, Move)
        try:
            return _json(self._register.move(move))
        except UnknownCandidate:
            raise Problem("unknown_candidate") from None

    async def _ordered(self, request: web.Request) -> web.Response:
        _local_only(request)
        return _json(self._faults.ordered())

    async def _order(self, request: web.Request) -> web.Response:
        self._faults.order(await _told(request, Fault))
        return await self._ordered(request)

    async def _clear(self, request: web.Request) -> web.Response:
        _local_only(request)
        self._faults.clear()
        return await self._ordered(request)

    async def _calls(self, request: web.Request) -> web.Response:
        _local_only(request)
        return _json(list(self._api.calls))


def shown(candidate: Candidate) -> Shown:
    """What somebody who wants to try a candidate needs."""
    return Shown(
        name=candidate.name,
        registration_no=candidate.registration_no,
        id_number=candidate.id_number,
        story=candidate.story,
    )


def _local_only(request: web.Request) -> None:
    """Raise Problem unless the caller is on this machine."""
    try:
        is_local = ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        is_local = False
    if not is_local:
        raise Problem("local_only")


async def _told(request: web.Request, kind: type[Told]) -> Told:
    """The body as a value. A page of another site cannot send this content type. Raises Problem."""
    _local_only(request)
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem("bad_request", detail=str(error)) from error


def _json(value: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
