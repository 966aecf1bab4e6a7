"""Carrying the knowledge out as files and taking files in: downloads, an upload, and the page that waits for it."""

from urllib.parse import quote

from aiohttp import web

from adapters.web.console.pages import Page, fields_of, go, page, person_of, render
from bot.staff.exchange import Exchange, Format, JobState, Table
from bot.staff.people import Right

REFRESH = "1"  # s between two looks at a running import
LONGEST_NAME = 200  # characters of a file's name


class ExchangePages:
    """The handlers of /exchange."""

    def __init__(self, exchange: Exchange) -> None:
        """Take what makes and reads files."""
        self._exchange = exchange

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/exchange", self.index, Right.READ),
            page("GET", "/exchange/file", self.file, Right.READ),
            page("POST", "/exchange", self.take, Right.EDIT),
            page("GET", "/exchange/jobs/{job}", self.job, Right.EDIT),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """What can be had, and a form to bring something back."""
        return self._index(request)

    def _index(self, request: web.Request, *, error: str = "", status: int = 200) -> web.Response:
        shown = {"tables": tuple(Table), "jobs": self._exchange.jobs(person_of(request)), "error": error}
        return render(request, "exchange.html", shown, status=status)

    async def file(self, request: web.Request) -> web.Response:
        """A file; `form`, `table` for CSV, `drafts` yes with what is not published yet."""
        try:
            form = Format(request.query.get("form", ""))
            table = Table(request.query["table"]) if "table" in request.query else None
        except ValueError as error:
            raise web.HTTPNotFound from error
        made = await self._exchange.export(form, table, with_drafts=request.query.get("drafts") == "yes")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name)}"}
        return web.Response(body=made.body, headers={**headers, "Content-Type": made.media_type})

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Begin an import."""
        given = fields_of(request).get("file")
        if not isinstance(given, web.FileField) or not given.filename:
            return self._index(request, error="no_file", status=422)
        job = await self._exchange.begin(person_of(request), given.filename[:LONGEST_NAME], given.file.read())
        raise go(f"/exchange/jobs/{job.id}")

    async def job(self, request: web.Request) -> web.Response:
        """How far an import is; the page opens itself again until it is over."""
        job = self._exchange.job(person_of(request), request.match_info["job"])
        if job is None:
            raise web.HTTPNotFound
        response = render(request, "exchange_job.html", {"job": job})
        if job.state is JobState.RUNNING:
            response.headers["Refresh"] = REFRESH
        return response
