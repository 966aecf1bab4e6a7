"""/notices and /notices/{id}: the source documents, word for word; the clause in the address's fragment is marked."""

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from bot.views import Reader


class Notices:
    """The handlers of the notice pages."""

    def __init__(self, *, reader: Reader) -> None:
        """Take what has the notices."""
        self._reader = reader

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return [web.get("/notices", self.index), web.get("/notices/{notice}", self.notice)]

    @aiohttp_jinja2.template("notices.html")
    async def index(self, _request: web.Request) -> dict[str, Any]:
        """All notices on file."""
        return {"notices": self._reader.notices()}

    @aiohttp_jinja2.template("notice.html")
    async def notice(self, request: web.Request) -> dict[str, Any]:
        """One notice; every clause can be linked to."""
        found = self._reader.notice(request.match_info["notice"])
        if found is None:
            raise web.HTTPNotFound
        return {"notice": found}
