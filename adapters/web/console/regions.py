"""A new region: what is asked for, what its notice and facts answer, and what is still missing."""

from typing import Any
from urllib.parse import quote

from aiohttp import web

from adapters.web.console.pages import Page, field, go, page, person_of, render
from adapters.web.console.years import year_of
from bot.staff.forms import Layer
from bot.staff.library import Library
from bot.staff.people import Right
from bot.staff.years import Answered, Years

LONGEST = 50  # characters of a region's name
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RegionPages:
    """The handlers of /regions."""

    def __init__(self, *, years: Years, library: Library) -> None:
        """Take what knows regions, and what there is to choose from."""
        self._years, self._library = years, library

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/regions", self.index, Right.READ),
            page("GET", "/regions/sheet", self.sheet, Right.READ),
            page("POST", "/regions", self.propose, Right.EDIT),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """A region, an exam, a year: which topics are answered there."""
        asked = request.query.get("region", "").strip()[:LONGEST]
        plan = None
        if asked:
            year = year_of(request.query.get("year", ""))
            plan = await self._years.region(asked, request.query.get("exam", ""), year)
        shown: dict[str, Any] = {
            "shelf": await self._library.shelf(Layer.DRAFTS),
            "asked": asked,
            "plan": plan,
            "states": tuple(Answered),
            "only": request.query.get("only", ""),
        }
        return render(request, "regions.html", shown)

    async def sheet(self, request: web.Request) -> web.Response:
        """The workbook to fill in."""
        region, exam = request.query.get("region", "")[:LONGEST], request.query.get("exam", "")
        body = await self._years.sheet(region, exam, year_of(request.query.get("year", "")))
        if body is None:
            raise web.HTTPNotFound
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(region)}.xlsx", "Content-Type": EXCEL}
        return web.Response(body=body, headers=headers)

    async def propose(self, request: web.Request) -> web.StreamResponse:
        """Keep the proposals as unverified drafts."""
        region, exam, year = (field(request, name) for name in ("region", "exam", "year"))
        rolled = await self._years.propose(person_of(request), region, exam, year_of(year))
        said = "years.refused" if rolled.findings else "years.proposed" if rolled.keys else "years.nothing"
        raise go(f"/regions?region={quote(region)}&exam={quote(exam)}&year={year_of(year) or ''}", said)
