"""A new year: copying the one before, the list of what is left, verifying entry by entry, and the year itself."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from adapters.web.console.answers import sources_of
from adapters.web.console.entry_form import EntryForms, Filled, Place, seen_of
from adapters.web.console.pages import Page, field, go, page, person_of, render
from bot.staff.editing import Kept
from bot.staff.forms import Layer
from bot.staff.library import Library
from bot.staff.people import Right
from bot.staff.years import Checklist, Verifying, WorkState, Years

FIRST, LAST = 2000, 2099


class YearPages:
    """The handlers of /years."""

    def __init__(self, *, years: Years, library: Library, entries: EntryForms) -> None:
        """Take what knows years, what shows notices, and what reads forms."""
        self._years, self._library, self._entries = years, library, entries

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/years", self.index, Right.READ),
            page("POST", "/years", self.roll_over, Right.EDIT),
            page("POST", "/years/switch", self.switch, Right.PUBLISH),
            page("GET", "/years/verify", self.show, Right.EDIT),
            page("POST", "/years/verify", self.verify, Right.EDIT),
            page("POST", "/years/drop", self.drop, Right.EDIT),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """The checklist of a year, of all regions or one."""
        return await self._index(request, await self._checklist(request))

    async def _checklist(self, request: web.Request) -> Checklist:
        return await self._years.checklist(year_of(request.query.get("year", "")))

    async def _index(
        self, request: web.Request, found: Checklist, *, findings: Any = (), status: int = 200
    ) -> web.Response:
        chosen = request.query.get("region", "")
        shown = {
            "list": found,
            "regions": [each for each in found.regions if not chosen or each.region.id == chosen],
            "chosen": chosen,
            "states": tuple(WorkState),
            "findings": findings,
        }
        return render(request, "years.html", shown, status=status)

    async def roll_over(self, request: web.Request) -> web.StreamResponse:
        """Copy a year."""
        source, target = year_of(field(request, "source")), year_of(field(request, "target"))
        region = field(request, "region").strip()
        places = await self._library.regions(region, 1) if region else ()
        if region and not places:
            raise go(f"/years?year={target}", "years.no_region")
        rolled = await self._years.roll_over(person_of(request), source, target, tuple(each.id for each in places))
        if rolled.findings:
            return await self._index(request, await self._checklist(request), findings=rolled.findings, status=422)
        raise go(f"/years?year={target}", "years.rolled" if rolled.keys else "years.nothing")

    async def switch(self, request: web.Request) -> web.StreamResponse:
        """Make the draft that tells a year."""
        year = year_of(field(request, "year"))
        kept = await self._years.switch(person_of(request), year)
        if kept.findings or kept.conflict:
            found = await self._years.checklist(year)
            return await self._index(request, found, findings=kept.findings, status=422)
        raise go(f"/years?year={year}", "years.switched")

    async def show(self, request: web.Request) -> web.Response:
        """An unverified entry beside the one of the year before, and the clauses that it may rest on."""
        found = await self._opened(request.query.get("key", ""))
        filled = Filled(place=_place(found), values=found.fields, seen=found.draft.version, base=found.draft.text)
        return await self._shown(request, found, filled)

    async def verify(self, request: web.Request) -> web.StreamResponse:
        """Confirm it."""
        found = await self._opened(field(request, "key"))
        filled, _ = await self._entries.read(request, _place(found))
        filled = replace(filled, faults=(), seen=seen_of(request))
        kept = await self._years.verify(person_of(request), found.draft.key, filled.seen, filled.values)
        if kept.draft is None:
            return await self._shown(request, found, replace(filled, findings=kept.findings), status=422)
        raise go(_back(found), "years.verified")

    async def drop(self, request: web.Request) -> web.StreamResponse:
        """It is no more in this year."""
        found = await self._opened(field(request, "key"))
        kept: Kept = await self._entries.editing.discard(person_of(request), found.draft.key, seen_of(request))
        if kept.conflict or kept.findings:
            raise go(_back(found), "years.not_dropped")
        raise go(_back(found), "years.dropped")

    async def _opened(self, key: str) -> Verifying:
        found = await self._years.open(key)
        if found is None:
            raise go("/years", "years.gone")
        return found

    async def _shown(
        self, request: web.Request, found: Verifying, filled: Filled, *, status: int = 200
    ) -> web.Response:
        wanted = dict.fromkeys(each.id.partition("#")[0] for each in found.clauses)
        shown: dict[str, Any] = {
            **await self._entries.shown(filled),
            "found": found,
            "before": _before(found.before, filled.values),
            "sources": sources_of(filled.values),
            "notices": [await self._library.notice(each, Layer.DRAFTS) for each in wanted],
            "shelf": await self._library.shelf(Layer.DRAFTS),
            "back": _back(found),
        }
        return render(request, "year_verify.html", shown, status=status)


def year_of(text: str) -> int:
    """A year as it is typed; 0 where it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and FIRST <= int(text[:9]) <= LAST else 0


def _place(found: Verifying) -> Place:
    return Place(kind=found.kind.value, key=found.draft.key, file=found.draft.file)


def _back(found: Verifying) -> str:
    return f"/years?year={found.fields.get('year', '')}&region={found.region.id}"


def _before(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, str]]:
    """What stood in the entry of the year before and does not now."""
    return [(name, text) for name, text in before.items() if text and text != now.get(name, "") and name != "year"]
