"""Fact tables: days, fees, registration points, specialties, lists, timetables, contacts; a form for each row."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from aiohttp import web

from adapters.web.console.entry_form import EntryForms, Filled, Place, merge_page
from adapters.web.console.pages import Page, field, go, page, render
from adapters.web.console.topics import LONGEST, layer_of
from bot.staff.forms import Layer
from bot.staff.library import FactTable, Library
from bot.staff.people import Right


class Facts:
    """The handlers of /facts."""

    def __init__(self, *, library: Library, entries: EntryForms) -> None:
        """Take what shows rows, and what saves them."""
        self._library, self._entries = library, entries

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/facts", self.index, Right.READ),
            page("GET", "/facts/{kind}", self.table, Right.READ),
            page("GET", "/facts/{kind}/row", self.show, Right.READ),
            page("POST", "/facts/{kind}/row", self.save, Right.EDIT),
            page("POST", "/facts/{kind}/proof", self.proof, Right.EDIT),
        ]

    async def index(self, _request: web.Request) -> web.Response:
        """The first table."""
        raise go("/facts/window")

    async def table(self, request: web.Request) -> web.Response:
        """The rows of a table, searched."""
        found = await self._table(request)
        words = request.query.get("q", "").strip()[:LONGEST].split()
        rows = [row for row in found.rows if all(_has(row.values, row.region, word) for word in words)]
        exams = {each.id: each.name for each in (await self._library.shelf(layer_of(request))).exams}
        shown = {"table": found, "rows": rows, "exams": exams, "q": " ".join(words), "layer": layer_of(request)}
        return render(request, "facts.html", shown)

    async def show(self, request: web.Request) -> web.Response:
        """A row by `key`; without one a new row, like that of `copy` if there is one."""
        table = await self._table(request)
        place = Place(kind=table.kind, key=request.query.get("key", ""), file=table.file)
        filled = await self._entries.open(request, place)
        if not place.key:
            like = next((row.values for row in table.rows if row.key == request.query.get("copy", "")), {})
            shelf = await self._library.shelf(Layer.DRAFTS)
            filled = replace(filled, values={"year": str(shelf.year), **like, **self._cited(request)})
        return await self._shown(request, filled)

    async def save(self, request: web.Request) -> web.StreamResponse:
        """Save it as a draft."""
        table = await self._table(request)
        place = Place(kind=table.kind, key=field(request, "key"), file=table.file)
        filled, fields = await self._entries.read(request, place)
        if filled.faults:
            return await self._shown(request, filled, status=422)
        kept = await self._entries.save(request, filled, fields)
        if kept.conflict:
            return merge_page(request, kept.conflict, place)
        if kept.findings:
            return await self._shown(request, replace(filled, findings=kept.findings), status=422)
        raise go(f"/facts/{table.kind}", "editing.saved" if kept.draft else "editing.nothing")

    async def proof(self, request: web.Request) -> web.Response:
        """What is wrong with a form so far, while it is typed: field → sentence."""
        table = await self._table(request)
        filled, _ = await self._entries.read(request, Place(kind=table.kind, key=field(request, "key")))
        return web.json_response({name: " ".join(said) for name, said in self._entries.texts(filled.faults).items()})

    async def _table(self, request: web.Request) -> FactTable:
        found = await self._library.facts(request.match_info["kind"], layer_of(request))
        if found is None:
            raise web.HTTPNotFound
        return found

    async def _shown(self, request: web.Request, filled: Filled, *, status: int = 200) -> web.Response:
        notice = filled.values.get("source", "").partition("#")[0]
        notices = await self._library.notices(Layer.DRAFTS)
        names = [each.id for each in notices if each.id == notice] + [each.id for each in notices if each.id != notice]
        shown: dict[str, Any] = {
            **await self._entries.shown(filled),
            "shelf": await self._library.shelf(Layer.DRAFTS),
            "notices": [await self._library.notice(each, Layer.DRAFTS) for each in names],
            "copy": quote(filled.place.key),
        }
        return render(request, "fact.html", shown, status=status)

    @staticmethod
    def _cited(request: web.Request) -> dict[str, str]:
        """A clause that was chosen on its notice's page."""
        given = {"source": request.query.get("clause", ""), "quote": request.query.get("quote", "")}
        return {name: value for name, value in given.items() if value}


def _has(values: dict[str, str], region: str, word: str) -> bool:
    return word in region or any(word in value for value in values.values())
