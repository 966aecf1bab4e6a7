"""GET /api/v1/timeline: what the chat page shows beside the conversation once the region has changed."""

import msgspec
from aiohttp import web

from adapters.web.problems import Problem
from adapters.web.rate import Guard
from bot.views import Reader, RegionView, TimelineView

HINT_LIMIT = 40  # characters; the contract's maxLength of region and exam


class Timelines:
    """Finds the timeline that a query asks for."""

    def __init__(self, *, reader: Reader, guard: Guard) -> None:
        """Take what knows the steps, and what limits the requests."""
        self._reader = reader
        self._guard = guard

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return [web.get("/api/v1/timeline", self.timeline)]

    async def timeline(self, request: web.Request) -> web.Response:
        """The steps for ?region= (a name or id; without it the nation) and ?exam=."""
        await self._guard.admit(request)
        name = request.query.get("region", "").strip()
        region = self.region(name)
        if name and region is None:
            raise Problem("unknown-region")
        view = self.view(region, request.query.get("exam", ""))
        return web.Response(body=msgspec.json.encode(view), content_type="application/json")

    def region(self, name: str) -> RegionView | None:
        """The region of that name or id, or None."""
        return self._reader.region(name) if 0 < len(name) <= HINT_LIMIT else None

    def view(self, region: RegionView | None, exam: str) -> TimelineView:
        """The timeline of a region; of the nation for None."""
        return self._reader.timeline(region.id if region else None, exam[:HINT_LIMIT])
