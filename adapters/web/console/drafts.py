"""Drafts: all that wait, what each changes, merging, discarding; and the history of an entry."""

from typing import Any
from urllib.parse import quote

from aiohttp import web

from adapters.web.console.differing import lines
from adapters.web.console.entry_form import EntryForms, Place, merge_page, seen_of
from adapters.web.console.pages import Page, field, go, page, person_of, render
from bot.staff.editing import Conflict, Edit
from bot.staff.editions import Draft, DraftState
from bot.staff.people import Right
from bot.staff.releases import Publishing


class Drafts:
    """The handlers of /drafts."""

    def __init__(self, *, entries: EntryForms, publishing: Publishing | None) -> None:
        """Take what keeps drafts, and what knows the history."""
        self._entries, self._publishing = entries, publishing

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/drafts", self.index, Right.READ),
            page("GET", "/drafts/entry", self.show, Right.READ),
            page("GET", "/drafts/history", self.history, Right.READ),
            page("GET", "/drafts/merge", self.ask, Right.EDIT),
            page("POST", "/drafts/merge", self.merge, Right.EDIT),
            page("POST", "/drafts/discard", self.discard, Right.EDIT),
            page("POST", "/drafts/delete", self.delete, Right.EDIT),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """All drafts; those that can be published come before the copies of another year, which are hundreds."""
        drafts = sorted(await self._entries.editing.drafts(), key=lambda each: _waits(each.draft))
        return render(request, "drafts.html", {"drafts": drafts, "link": link_of})

    async def show(self, request: web.Request) -> web.Response:
        """What a draft changes: field by field, and as text."""
        opened = await self._entries.editing.open(request.query.get("key", ""), person_of(request))
        if opened is None:
            raise web.HTTPNotFound
        shown: dict[str, Any] = {
            "opened": opened,
            "fields": await self.fields(opened.kind.value, opened.published, opened.text),
            "lines": lines(opened.published, opened.text),
            "link": link_of(opened.kind.value, opened.key),
        }
        return render(request, "draft.html", shown)

    async def fields(self, kind: str, before: str, after: str) -> list[tuple[str, str, str]]:
        """The fields that differ, as they are typed; none where either cannot be read as a form."""
        old = await self._entries.forms.show(kind, before) if before.strip() else {}
        new = await self._entries.forms.show(kind, after) if after.strip() else {}
        if old is None or new is None:
            return []
        names = dict.fromkeys([*old, *new])
        return [
            (name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name, "") != new.get(name, "")
        ]

    async def history(self, request: web.Request) -> web.Response:
        """The publications that changed an entry."""
        key = request.query.get("key", "")
        found = await self._publishing.history(key) if self._publishing else ()
        kind = key.partition(":")[0]
        changes = [
            (each, change, await self.fields(kind, change.before, change.after), lines(change.before, change.after))
            for each in found
            for change in each.changes
        ]
        return render(request, "entry_history.html", {"key": key, "changes": changes, "link": link_of(kind, key)})

    async def ask(self, request: web.Request) -> web.Response:
        """The merge question of a draft that was begun on what is no longer published."""
        key = request.query.get("key", "")
        conflict = await self._entries.editing.stale(key)
        if conflict is None:
            raise go(f"/drafts/entry?key={_quoted(key)}")
        return merge_page(request, conflict, Place(kind=key.partition(":")[0], key=key))

    async def merge(self, request: web.Request) -> web.StreamResponse:
        """Save what was decided; if somebody was faster again, the question is asked again."""
        edit = Edit(
            key=field(request, "key"),
            text=field(request, "text"),
            seen=seen_of(request),
            file=field(request, "file"),
            topic=field(request, "topic"),
            base=field(request, "base"),
        )
        kept = await self._entries.editing.save(person_of(request), edit)
        place = Place(kind=edit.key.partition(":")[0], key=edit.key, file=edit.file, topic=edit.topic)
        if kept.conflict:
            return merge_page(request, kept.conflict, place)
        if kept.findings:
            return self._unmerged(request, edit, place, kept.findings)
        raise go(f"/drafts/entry?key={_quoted(edit.key)}", "editing.saved" if kept.draft else "editing.nothing")

    def _unmerged(self, request: web.Request, edit: Edit, place: Place, findings: Any) -> web.Response:
        base = edit.base or ""
        conflict = Conflict(
            key=edit.key, base=base, theirs=base, theirs_by=(), mine=edit.text, merged=edit.text, is_clean=True,
            seen=edit.seen,
        )  # fmt: skip
        return merge_page(request, conflict, place, findings)

    async def discard(self, request: web.Request) -> web.StreamResponse:
        """Take a draft away."""
        key = field(request, "key")
        kept = await self._entries.editing.discard(person_of(request), key, seen_of(request))
        if kept.conflict:
            return merge_page(request, kept.conflict, Place(kind=key.partition(":")[0], key=key))
        if kept.findings:
            return render(request, "refused.html", {"findings": kept.findings}, status=422)
        raise go("/drafts", "editing.discarded")

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """A draft by which the entry is deleted."""
        key = field(request, "key")
        edit = Edit(key=key, text="", seen=seen_of(request))
        kept = await self._entries.editing.save(person_of(request), edit)
        if kept.conflict:
            return merge_page(request, kept.conflict, Place(kind=key.partition(":")[0], key=key))
        if kept.findings:
            return render(request, "refused.html", {"findings": kept.findings}, status=422)
        raise go("/drafts", "editing.deleted")


def _waits(draft: Draft | None) -> bool:
    return draft is not None and draft.state is DraftState.UNVERIFIED


def link_of(kind: str, key: str) -> str:
    """Where an entry is edited."""
    rest = key.partition(":")[2]
    if kind == "topic":
        return f"/console/topics/{_quoted(rest)}"
    if kind == "notice":
        return f"/console/notices/{_quoted(rest)}/edit"
    if kind == "answer":
        return f"/console/answers?key={_quoted(key)}"
    if kind in ("exam", "file", "head"):
        return f"/console/entries/text?key={_quoted(key)}"
    return f"/console/facts/{kind}/row?key={_quoted(key)}"


def _quoted(text: str) -> str:
    return quote(text, safe="")
