"""Trouble to order: what the API answers instead of what it should."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from adapters.wechat.emulator.refusals import refusal

HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"
STRANGE = {
    "html": lambda: web.Response(text=HTML, content_type="text/html"),
    "500": lambda: web.Response(status=500, text=HTML, content_type="text/html"),
    "list": lambda: web.json_response([]),
    "text_errcode": lambda: web.json_response({"errcode": "abc", "errmsg": "ok"}),
    "empty": lambda: web.Response(),
}
KINDS = (*STRANGE, "hang", "reset")


@dataclass(slots=True)
class Trouble:
    """One order."""

    kind: str
    """An errcode as text, or one of KINDS."""
    path: str
    """The path it befalls; empty for every path."""
    times: int | None
    """How often still; None for ever."""


class Troubles:
    """The orders, oldest first."""

    def __init__(self) -> None:
        """Start without any."""
        self._orders: list[Trouble] = []
        self._release = asyncio.Event()

    def order(self, kind: str | int, *, path: str = "", times: int | None = 1) -> None:
        """Let calls of a path (every path without one) fail so, once or `times` (None: for ever)."""
        text = str(kind)
        if text not in KINDS and not text.removeprefix("-").isdigit():
            raise ValueError(f"{text!r} is neither an errcode nor one of {', '.join(KINDS)}")
        self._orders.append(Trouble(text, path, times))

    def clear(self) -> None:
        """Let everything work again; what hangs is released."""
        self._orders.clear()
        self._release.set()
        self._release = asyncio.Event()

    def take(self, path: str) -> str | None:
        """What befalls a call of that path, or None."""
        for order in self._orders:
            if order.path in ("", path):
                if order.times is not None:
                    order.times -= 1
                    if order.times <= 0:
                        self._orders.remove(order)
                return order.kind
        return None

    async def strike(self, kind: str, request: web.Request) -> web.StreamResponse:
        """The answer that is none."""
        if kind == "hang":
            await self._release.wait()
        if kind in ("hang", "reset"):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        make: Callable[[], web.Response] | None = STRANGE.get(kind)
        return make() if make else web.json_response(refusal(int(kind)))
