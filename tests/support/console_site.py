"""The console over HTTP, and a browser of a few lines: it keeps cookies, and fills in forms with the token that they carry."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from staff_people import PASSWORD

from adapters.web.console.app import Parts, make_console
from adapters.web.console.pages import PREFIX
from adapters.web.security import header_setter

TOKEN = re.compile(r'name="csrf" value="([^"]*)"')
COOKIE = "kaoda_staff"


class Visitor:
    """Somebody with a browser of his own."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client
        self.text = ""
        """The page that was opened last."""

    async def get(self, path: str) -> ClientResponse:
        """Open a page, following redirects; `path` without /console."""
        return await self._read(await self.client.get(PREFIX + path))

    async def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> ClientResponse:
        """Send a form of the page that was opened last; redirects are not followed."""
        found = TOKEN.search(self.text)
        data = {"csrf": found[1] if found else ""} | (fields or {})
        response = await self.client.post(PREFIX + path, data=data, allow_redirects=False, **more)
        if response.status != 303:
            await self._read(response)
        return response

    async def sign_in(self, name: str, password: str = PASSWORD, **more: Any) -> ClientResponse:
        """Sign in by the form."""
        await self.get("/sign-in")
        response = await self.post("/sign-in", {"name": name, "password": password, **more})
        if response.status == 303:
            await self.get("/password")  # it has the token of the new session
        return response

    @property
    def secret(self) -> str:
        """What the cookie holds."""
        return next((each.value for each in self.client.session.cookie_jar if each.key == COOKIE), "")

    async def _read(self, response: ClientResponse) -> ClientResponse:
        self.text = html.unescape(await response.text()) if response.content_type == "text/html" else ""
        return response


@asynccontextmanager
async def console(parts: Parts, *, https: bool = False, proxies: int = 0) -> AsyncIterator[TestServer]:
    """The console on a port of its own, mounted as the service mounts it."""
    app = web.Application()
    app.on_response_prepare.append(header_setter(https=https))
    app.add_subapp(PREFIX, make_console(parts, https=https, proxies=proxies))
    async with TestServer(app) as server:
        yield server


@asynccontextmanager
async def visitor(server: TestServer) -> AsyncIterator[Visitor]:
    """A browser without cookies."""
    async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client:
        yield Visitor(client)
