"""Checking drafts, publishing and scheduling them, looking back, rolling back."""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from adapters.web.console.differing import lines
from adapters.web.console.drafts import Drafts, link_of
from adapters.web.console.pages import Page, field, fields_of, go, page, person_of, render
from adapters.web.console.previews import moment_of
from adapters.web.console.words import Words
from bot.staff.editing import Editing
from bot.staff.editions import Checked, Publication
from bot.staff.people import Right
from bot.staff.releases import CheckState, Order, Publishing, Released, Verdict

MOST_SHOWN = 200  # differences on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What stood in the form of an order."""

    note: str = ""
    override: str = ""
    due: str = ""


class Releases:
    """The handlers of /check and /releases."""

    def __init__(self, *, publishing: Publishing, editing: Editing, drafts: Drafts, words: Words) -> None:
        """Take what checks and publishes, and what shows changes field by field."""
        self._publishing, self._editing, self._drafts, self._words = publishing, editing, drafts, words

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/check", self.check, Right.READ),
            page("POST", "/check/publish", self.publish, Right.PUBLISH),
            page("POST", "/check/schedule", self.schedule, Right.PUBLISH),
            page("GET", "/releases", self.index, Right.READ),
            page("POST", "/releases/cancel", self.cancel, Right.PUBLISH),
            page("GET", "/releases/{edition}", self.show, Right.READ),
            page("POST", "/releases/{edition}/rollback", self.rollback, Right.PUBLISH),
        ]

    async def check(self, request: web.Request) -> web.Response:
        """The check of the chosen drafts: running, or with what it found."""
        return await self._checked(request, tuple(request.query.getall("key", [])))

    async def publish(self, request: web.Request) -> web.StreamResponse:
        """Publish what was shown."""
        order = _order(request)
        released = await self._publishing.publish(person_of(request), order)
        if released.verdict is Verdict.PUBLISHED:
            raise go(f"/releases/{released.edition}", "editing.published")
        return await self._checked(request, tuple(key for key, _ in order.drafts), released)

    async def schedule(self, request: web.Request) -> web.StreamResponse:
        """Publish later."""
        order, due = _order(request), moment_of(field(request, "due"))
        keys = tuple(key for key, _ in order.drafts)
        if due is None:
            return await self._checked(request, keys, text="no_due")
        released = await self._publishing.schedule(person_of(request), order, due)
        if released.verdict is Verdict.PLANNED:
            raise go("/releases", "editing.planned")
        return await self._checked(request, keys, released)

    async def _checked(
        self, request: web.Request, keys: tuple[str, ...], released: Released | None = None, text: str = ""
    ) -> web.Response:
        drafts = await self._editing.drafts()
        known = [each.key for each in drafts]
        keys = tuple(key for key in keys if key in known)
        if not drafts:
            shown = {**_shown(request, None, released, drafts, text), "fault": partial(label_fault, self._words)}
            return render(request, "check.html", shown)
        check = await self._publishing.check(person_of(request), keys)
        shown = {**_shown(request, check, released, drafts, text), "fault": partial(label_fault, self._words)}
        response = render(request, "check.html", shown, status=409 if released or text else 200)
        if check.state is CheckState.RUNNING and not released:
            response.headers["Refresh"] = "2"
        return response

    async def index(self, request: web.Request) -> web.Response:
        """Plans and editions."""
        before = request.query.get("before", "")
        number = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else 0
        found = await self._publishing.publications(before=number, limit=50)
        shown = {
            "current": await self._publishing.current(),
            "publications": found,
            "plans": await self._publishing.schedules() if not number else (),
            "names": {each.key: each.name for each in await self._editing.drafts()},
            "older": found[-1].edition if len(found) == 50 and found[-1].edition > 1 else 0,
            "released": None,
        }
        return render(request, "releases.html", shown)

    async def show(self, request: web.Request) -> web.Response:
        """One edition with its changes; against the current one if wished."""
        return await self._edition(request, await self._publication(request))

    async def rollback(self, request: web.Request) -> web.StreamResponse:
        """Make an older edition's content the newest."""
        found = await self._publication(request)
        released = await self._publishing.rollback(person_of(request), found.edition, field(request, "note").strip())
        if released.verdict is Verdict.PUBLISHED:
            raise go(f"/releases/{released.edition}", "editing.rolled_back")
        return await self._edition(request, found, released)

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        """Cancel a plan."""
        text = field(request, "plan")
        plan = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
        is_done = await self._publishing.cancel(person_of(request), plan)
        raise go("/releases", "editing.cancelled" if is_done else "editing.not_cancelled")

    async def _publication(self, request: web.Request) -> Publication:
        text = request.match_info["edition"]
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        found = await self._publishing.publication(number)
        if found is None:
            raise web.HTTPNotFound
        return found

    async def _edition(
        self, request: web.Request, found: Publication, released: Released | None = None
    ) -> web.Response:
        current = await self._publishing.current()
        is_compared = request.query.get("with") == "current" and found.edition != current
        changes = await self._publishing.compare(found.edition, current) if is_compared else found.changes
        shown: dict[str, Any] = {
            "publication": found,
            "current": current,
            "is_compared": is_compared,
            "released": released,
            "changes": [
                (
                    each,
                    await self._drafts.fields(each.key.partition(":")[0], each.before, each.after),
                    lines(each.before, each.after),
                    link_of(each.key.partition(":")[0], each.key),
                )
                for each in changes[:MOST_SHOWN]
            ],
            "count": len(changes),
        }
        return render(request, "release.html", shown, status=409 if released else 200)


def label_fault(words: Words, fault: str) -> str:
    """What a labelled question says against a reply, in Chinese."""
    kinds = words["editing"]["reply_kinds"]
    for each in words["editing"]["labels"]:
        if found := re.fullmatch(each["when"], fault, re.DOTALL):
            groups = ("/".join(kinds.get(kind, kind) for kind in group.split("/")) for group in found.groups())
            text: str = each["said"].format(*groups)
            return text
    return fault


def _order(request: web.Request) -> Order:
    """The drafts with the versions that were shown."""
    drafts = []
    for each in fields_of(request).getall("draft", []):
        version, _, key = str(each).partition(" ")
        if version.isascii() and version.isdigit() and len(version) < 10:
            drafts.append((key, int(version)))
    return Order(drafts=tuple(drafts), note=field(request, "note").strip(), override=field(request, "override").strip())


def _shown(request: web.Request, check: Any, released: Released | None, drafts: Any, text: str) -> dict[str, Any]:
    checked: Checked | None = (released.checked if released else None) or (check.checked if check else None)
    chosen = dict(check.drafts) if check else {}
    return {
        "check": check,
        "checked": checked,
        "released": released,
        "drafts": drafts,
        "chosen": chosen,
        "link": link_of,
        "most": MOST_SHOWN,
        "no_due": text == "no_due",
        "wanted": Wanted(
            note=field(request, "note") if request.method == "POST" else "",
            override=field(request, "override") if request.method == "POST" else "",
            due=field(request, "due") if request.method == "POST" else "",
        ),
    }
