"""Entries edited as they stand in their files (TOML): phrases, vocabularies, the meaning of states; and any other entry."""

from aiohttp import web

from adapters.web.console.entry_form import EntryForms, Filled, Place, edit_of, merge_page, seen_of
from adapters.web.console.pages import Page, field, go, page, person_of, render
from adapters.web.console.topics import LONGEST
from bot.staff.editions import Finding
from bot.staff.forms import Layer
from bot.staff.library import Library
from bot.staff.people import Right


class Texts:
    """The handlers of /entries."""

    def __init__(self, *, library: Library, entries: EntryForms) -> None:
        """Take what lists entries, and what saves them."""
        self._library, self._entries = library, entries

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/entries", self.index, Right.READ),
            page("GET", "/entries/text", self.show, Right.READ),
            page("POST", "/entries/text", self.save, Right.EDIT),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """The entries that have no form."""
        search = request.query.get("q", "").strip()[:LONGEST]
        shown = {"texts": await self._library.texts(search, Layer.DRAFTS), "q": search}
        return render(request, "texts.html", shown)

    async def show(self, request: web.Request) -> web.Response:
        """An entry's text."""
        opened = await self._entries.editing.open(request.query.get("key", ""), person_of(request))
        if opened is None:
            raise web.HTTPNotFound
        filled = Filled(
            place=Place(kind=opened.kind.value, key=opened.key, file=opened.file),
            base=opened.text,
            seen=opened.version,
            note=opened.draft.note if opened.draft else "",
            may_edit=opened.may_edit,
            is_draft=opened.draft is not None,
            is_stale=opened.is_stale,
        )
        return self._shown(request, filled, opened.text)

    async def save(self, request: web.Request) -> web.StreamResponse:
        """Save it as a draft."""
        key, text = field(request, "key"), field(request, "text")
        opened = await self._entries.editing.open(key, person_of(request))
        if opened is None:
            raise web.HTTPNotFound
        place = Place(kind=opened.kind.value, key=key, file=opened.file)
        filled = Filled(
            place=place, base=field(request, "base"), seen=seen_of(request), note=field(request, "note_why").strip()
        )
        kept = await self._entries.editing.save(person_of(request), edit_of(filled, text))
        if kept.conflict:
            return merge_page(request, kept.conflict, place)
        if kept.findings:
            return self._shown(request, filled, text, kept.findings)
        raise go("/drafts" if kept.draft else "/entries", "editing.saved" if kept.draft else "editing.nothing")

    @staticmethod
    def _shown(request: web.Request, filled: Filled, text: str, findings: tuple[Finding, ...] = ()) -> web.Response:
        shown = {"form": filled, "text": text, "findings": findings, "faults": {}}
        return render(request, "text.html", shown, status=422 if findings else 200)
