"""Choosing a region: the search behind the page's picker, and a page that does the same without JavaScript."""

from typing import Any

import aiohttp_jinja2
import msgspec
from aiohttp import web

from adapters.web.problems import Problem
from adapters.web.rate import Guard
from bot.views import Reader

QUERY_LIMIT = 40  # characters; the contract's maxLength of a region
RESULTS = 12


class Regions:
    """The handlers of /api/v1/regions and /regions."""

    def __init__(self, *, reader: Reader, guard: Guard) -> None:
        """Take what knows the regions, and what limits the searches."""
        self._reader = reader
        self._guard = guard

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return [web.get("/api/v1/regions", self.search), web.get("/regions", self.page)]

    async def search(self, request: web.Request) -> web.Response:
        """The regions that ?q= may mean; without it those with a notice on file."""
        await self._guard.admit(request)
        query = request.query.get("q", "").strip()
        if len(query) > QUERY_LIMIT:
            raise Problem("invalid-values", field="q")
        found = self._reader.regions(query, RESULTS)
        return web.Response(body=msgspec.json.encode({"regions": found}), content_type="application/json")

    @aiohttp_jinja2.template("regions.html")
    async def page(self, request: web.Request) -> dict[str, Any]:
        """A search form and links that open the chat page for a region."""
        await self._guard.admit(request)
        query = request.query.get("q", "").strip()[:QUERY_LIMIT]
        return {"query": query, "regions": self._reader.regions(query, RESULTS)}
