"""The first page after signing in: what waits to be done."""

from aiohttp import web

from adapters.web.console.pages import Page, page, render
from bot.staff.people import Right


class Overview:
    """The handler of /console/."""

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [page("GET", "/", self.show, Right.READ)]

    async def show(self, request: web.Request) -> web.Response:
        """The page."""
        return render(request, "overview.html", {})
