"""The first page after signing in: what waits to be done."""

import asyncio
from typing import Any

from aiohttp import web

from adapters.web.console.pages import Page, page, render
from adapters.web.console.parts import Parts
from bot.staff.editions import DraftState, ScheduleState
from bot.staff.gaps import Wanted
from bot.staff.people import Right

DAYS = 7  # of the figures
MOST = 8  # lines of a list


class Overview:
    """The handler of /console/."""

    def __init__(self, parts: Parts) -> None:
        """Each list is shown where its part is there."""
        self._parts = parts

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [page("GET", "/", self.show, Right.READ)]

    async def show(self, request: web.Request) -> web.Response:
        """The page."""
        work, gaps, figures = await asyncio.gather(self._work(), self._gaps(), self._figures())
        return render(request, "overview.html", work | gaps | figures | {"days": DAYS})

    async def _work(self) -> dict[str, Any]:
        """Drafts, plans and what was published last."""
        drafts = await self._parts.editing.drafts() if self._parts.editing else None
        publishing = self._parts.publishing
        plans = (
            [each for each in await publishing.schedules() if each.state is ScheduleState.PLANNED] if publishing else []
        )
        found = [each for each in drafts or () if each.draft is not None]
        found.sort(key=lambda each: each.draft.at if each.draft else 0, reverse=True)
        return {
            "drafts": None if drafts is None else found[:MOST],
            "draft_count": len(found),
            "unverified": sum(each.draft is not None and each.draft.state is DraftState.UNVERIFIED for each in found),
            "plans": plans[:MOST],
            "publications": await publishing.publications(limit=5) if publishing else None,
        }

    async def _gaps(self) -> dict[str, Any]:
        return {"gaps": await self._parts.gaps.worklist(Wanted(limit=MOST)) if self._parts.gaps else None}

    async def _figures(self) -> dict[str, Any]:
        figures = await self._parts.numbers.figures(DAYS) if self._parts.numbers else None
        return {"figures": figures, "deadlines": figures.deadlines[:MOST] if figures else ()}
