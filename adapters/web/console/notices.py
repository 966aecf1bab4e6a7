"""Notices: uploaded as text or .docx, split into clauses, reviewed, and read with what rests on each clause."""

from dataclasses import replace
from typing import Any

import msgspec
from aiohttp import web

from adapters.web.console import reviewing
from adapters.web.console.entry_form import EntryForms, Filled, Place, merge_page
from adapters.web.console.pages import Page, field, fields_of, go, page, render
from adapters.web.console.topics import LONGEST
from bot.staff.forms import ClauseLine, Fault, Layer
from bot.staff.library import Library
from bot.staff.people import Right

NEW = Place(kind="notice")
MOST_CITING = 12  # topics offered at once
LONGEST_QUOTE = 2000  # characters


class Notices:
    """The handlers of /notices."""

    def __init__(self, *, library: Library, entries: EntryForms) -> None:
        """Take what shows notices, and what splits and saves them."""
        self._library, self._entries = library, entries

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/notices", self.index, Right.READ),
            page("GET", "/notices/upload", self.form, Right.EDIT),
            page("POST", "/notices/upload", self.upload, Right.EDIT),
            page("POST", "/notices/review", self.review, Right.EDIT),
            page("GET", "/notices/{notice}", self.show, Right.READ),
            page("GET", "/notices/{notice}/edit", self.edit, Right.READ),
            page("GET", "/notices/{notice}/cite", self.cite, Right.READ),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """All notices."""
        return render(request, "notices.html", {"notices": await self._library.notices(Layer.DRAFTS)})

    async def form(self, request: web.Request) -> web.Response:
        """Where a notice is uploaded."""
        return render(request, "notice_upload.html", {"trouble": "", "text": ""})

    async def upload(self, request: web.Request) -> web.Response:
        """Split what was uploaded, and show it for review; nothing is kept yet."""
        given = fields_of(request).get("file")
        text = field(request, "text")
        data = given.file.read() if isinstance(given, web.FileField) and given.filename else text.encode()
        found = await self._entries.forms.upload(data, mend=field(request, "mend") == "yes") if data.strip() else None
        if found is None or found.trouble:
            why = self._entries.words["editing"]["uploads"][found.trouble if found else "nothing"]
            return render(request, "notice_upload.html", {"trouble": why, "text": text}, status=422)
        shelf = await self._library.shelf(Layer.DRAFTS)
        title = next((each.text for each in found.clauses if each.text), "").split("\n")[0][:80]
        values = {"title": title, "year": str(shelf.year), "exams": shelf.exams[0].id}
        return await self._reviewed(request, Filled(place=NEW, values=values), found.clauses)

    async def show(self, request: web.Request) -> web.Response:
        """A notice as it is read, with what rests on each clause; words that are selected may be cited."""
        found = await self._library.notice(request.match_info["notice"], Layer.DRAFTS)
        if found is None:
            raise web.HTTPNotFound
        return render(request, "notice.html", {"notice": found})

    async def cite(self, request: web.Request) -> web.Response:
        """Words that were selected in a clause: which answer or row is to rest on them."""
        found = await self._library.notice(request.match_info["notice"], Layer.DRAFTS)
        clause = request.query.get("clause", "")
        line = next((each for each in found.clauses if each.id == clause), None) if found else None
        if found is None or line is None:
            raise web.HTTPNotFound
        search = request.query.get("q", "").strip()[:LONGEST]
        lines = await self._library.topics(search, Layer.DRAFTS) if search else ()
        topics = [await self._library.topic(each.id, Layer.DRAFTS) for each in lines[:MOST_CITING]]
        quote = request.query.get("quote", "").strip()[:LONGEST_QUOTE]
        shown = {
            "notice": found, "clause": line, "quote": quote, "q": search, "topics": [each for each in topics if each],
            "is_found": quote in line.full_text,
        }  # fmt: skip
        return render(request, "notice_cite.html", shown)

    async def edit(self, request: web.Request) -> web.Response:
        """The form of a notice and its clauses."""
        place = Place(kind="notice", key=f"notice:{request.match_info['notice']}")
        filled = await self._entries.open(request, place)
        return await self._reviewed(request, filled, await self._entries.forms.clauses(filled.base))

    async def review(self, request: web.Request) -> web.StreamResponse:
        """One step of the review (join, part, take out, add), or the end of it: the notice is saved as a draft."""
        key = field(request, "key")
        place = Place(kind="notice", key=key, file=f"notices/{field(request, 'id').strip()}.toml")
        filled, fields = await self._entries.read(request, place)
        clauses = reviewing.read(fields_of(request))
        if step := field(request, "step"):
            return await self._reviewed(request, replace(filled, faults=()), reviewing.after(step, clauses))
        typed = await self._entries.forms.read_clauses(clauses, filled.base)
        filled = replace(filled, faults=(*filled.faults, *typed.faults))
        if filled.faults:
            return await self._reviewed(request, filled, clauses, status=422)
        kept = await self._entries.save(request, filled, {**fields, **typed.fields})
        if kept.conflict:
            return merge_page(request, kept.conflict, place)
        if kept.findings:
            return await self._reviewed(request, replace(filled, findings=kept.findings), clauses, status=422)
        where = key.partition(":")[2] or str(fields.get("id", ""))
        raise go(f"/notices/{where}", "editing.saved" if kept.draft else "editing.nothing")

    async def _reviewed(
        self, request: web.Request, filled: Filled, clauses: tuple[ClauseLine, ...], *, status: int = 200
    ) -> web.Response:
        notice = filled.place.key.partition(":")[2]
        found = await self._library.notice(notice, Layer.DRAFTS) if notice else None
        used = {each.id: each.used_by for each in found.clauses} if found else {}
        shown: dict[str, Any] = {
            **await self._entries.shown(filled),
            "clauses": [msgspec.structs.replace(each, used_by=used.get(each.id, ())) for each in clauses],
            "shelf": await self._library.shelf(Layer.DRAFTS),
            "clause_faults": self._of_clauses(filled.faults),
            "tables": reviewing.table_text,
        }
        return render(request, "notice_review.html", shown, status=status)

    def _of_clauses(self, faults: tuple[Fault, ...]) -> list[str]:
        return self._entries.texts([each for each in faults if each.field == "clause"]).get("clause", [])
