"""People and the audit log, for admins."""

import re

from aiohttp import web

from adapters.web.console.pages import Page, field, go, page, person_of, render
from adapters.web.console.words import Words
from bot.staff.accounts import Account, Refusal, RefusedError, Staff
from bot.staff.people import Person, Right, Role

SEPARATORS = re.compile(r"[\s,，、;；]+")
LINES = 100  # of the log on a page


class People:
    """The handlers of /people and /log."""

    def __init__(self, *, staff: Staff, words: Words) -> None:
        """Take what keeps accounts, and the words of refusals."""
        self._staff, self._words = staff, words

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/people", self.index, Right.MANAGE),
            page("POST", "/people", self.add, Right.MANAGE),
            page("GET", "/people/{name}", self.show, Right.MANAGE),
            page("POST", "/people/{name}", self.change, Right.MANAGE),
            page("POST", "/people/{name}/password", self.give_password, Right.MANAGE),
            page("GET", "/log", self.log, Right.MANAGE),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """All accounts, and the form for another."""
        return await self._index(request)

    async def add(self, request: web.Request) -> web.StreamResponse:
        """Make an account; its first password is shown by this answer alone."""
        try:
            account = _account(request, field(request, "name").strip())
            password = await self._staff.add(account, person_of(request).name)
        except RefusedError as error:
            return await self._index(request, error=error)
        return render(request, "person_password.html", {"name": account.name, "password": password, "is_new": True})

    async def show(self, request: web.Request) -> web.Response:
        """One account."""
        return await self._person(request)

    async def change(self, request: web.Request) -> web.StreamResponse:
        """Change its role, regions or state."""
        name = request.match_info["name"]
        try:
            await self._staff.change(_account(request, name), person_of(request).name)
        except RefusedError as error:
            return await self._person(request, error=error)
        raise go("/people", "people.changed")

    async def give_password(self, request: web.Request) -> web.StreamResponse:
        """A new password, shown by this answer alone."""
        name = request.match_info["name"]
        try:
            password = await self._staff.give_password(name, person_of(request).name)
        except RefusedError as error:
            return await self._person(request, error=error)
        return render(request, "person_password.html", {"name": name, "password": password, "is_new": False})

    async def log(self, request: web.Request) -> web.Response:
        """The audit log, newest first."""
        about = request.query.get("about", "").strip()[:200]
        before = request.query.get("before", "")
        number = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
        lines = await self._staff.done(before=number, limit=LINES + 1, about=about)
        older = lines[LINES - 1][0] if len(lines) > LINES else 0
        return render(request, "log.html", {"lines": lines[:LINES], "about": about, "older": older, "before": number})

    async def _index(self, request: web.Request, error: RefusedError | None = None) -> web.Response:
        people = await self._staff.people()
        rows = [(each, await self._staff.region_names(each.regions)) for each in people]
        shown = {"rows": rows, "roles": tuple(Role), "error": self._text(error), "typed": _typed(request, error)}
        return render(request, "people.html", shown, status=422 if error else 200)

    async def _person(self, request: web.Request, error: RefusedError | None = None) -> web.Response:
        found = await self._find(request.match_info["name"])
        names = await self._staff.region_names(found.regions)
        typed = _typed(request, error) or {
            "role": found.role.value,
            "regions": "、".join(names),
            "is_active": "yes" if found.is_active else "",
        }
        shown = {"one": found, "roles": tuple(Role), "error": self._text(error), "typed": typed}
        return render(request, "person.html", shown, status=422 if error else 200)

    async def _find(self, name: str) -> Person:
        for each in await self._staff.people():
            if each.name == name:
                return each
        raise web.HTTPNotFound

    def _text(self, error: RefusedError | None) -> str:
        if error is None:
            return ""
        text: str = self._words["people"]["refusals"][error.why].format(what=error.what)
        return text


def _account(request: web.Request, name: str) -> Account:
    """The form as an account. RefusedError where the role is none."""
    try:
        role = Role(field(request, "role"))
    except ValueError as error:
        raise RefusedError(Refusal.BAD_ROLE) from error
    regions = tuple(each for each in SEPARATORS.split(field(request, "regions")) if each)
    return Account(name=name, role=role, regions=regions, is_active=field(request, "is_active") == "yes")


def _typed(request: web.Request, error: RefusedError | None) -> dict[str, str]:
    """What stood in a form that was refused."""
    if error is None:
        return {}
    return {name: field(request, name) for name in ("name", "role", "regions", "is_active")}
