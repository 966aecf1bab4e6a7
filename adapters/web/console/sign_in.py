"""Signing in and out, and one's own password. A session's secret is new whenever somebody signs in or changes the password."""

import re
import secrets
from collections.abc import Callable

from aiohttp import web

from adapters.web.console.gate import COOKIE
from adapters.web.console.pages import PREFIX, VISIT, Page, Visit, field, go, person_of, render
from adapters.web.console.words import Words
from bot.staff.accounts import Entered, Refusal, RefusedError, Staff
from bot.staff.people import Right

COOKIE_SECONDS = 12 * 3600  # as long as a session lasts at most
WITHIN = re.compile(rf"{PREFIX}/(?!static/|sign-|.*\.\.)[\w\-./%?=&:+~,]{{0,400}}", re.ASCII)


class SignIn:
    """The handlers of /sign-in, /sign-out and /password."""

    def __init__(self, *, staff: Staff, words: Words, https: bool, address: Callable[[web.Request], str]) -> None:
        """`address` tells under which one failures are counted."""
        self._staff, self._words, self._https, self._address = staff, words, https, address

    def routes(self) -> list[Page]:
        """What to add to the application."""
        read = Right.READ
        return [
            Page(method="GET", path="", handler=self.enter, right=None),
            Page(method="GET", path="/sign-in", handler=self.show, right=None),
            Page(method="POST", path="/sign-in", handler=self.sign_in, right=None),
            Page(method="POST", path="/sign-out", handler=self.sign_out, right=None),
            Page(method="GET", path="/password", handler=self.password, right=read, is_before_change=True),
            Page(method="POST", path="/password", handler=self.change_password, right=read, is_before_change=True),
        ]

    async def enter(self, _request: web.Request) -> web.StreamResponse:
        """The address as people type it."""
        raise go("/")

    async def show(self, request: web.Request) -> web.Response:
        """The form; who is signed in already goes on."""
        if request[VISIT].person is not None:
            raise go(_within(request.query.get("to", "")))
        secret = request[VISIT].secret or secrets.token_urlsafe(32)  # of nobody: it only shows that the form is ours
        request[VISIT] = Visit(secret=secret)
        response = self._form(request, to=request.query.get("to", ""))
        self._set(response, secret)
        return response

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """The form that was sent."""
        name, to = field(request, "name").strip(), field(request, "to")
        entered = await self._staff.sign_in(name, field(request, "password"), self._address(request))
        if entered.person is None:
            return self._form(request, to=to, name=name, entered=entered)
        if request[VISIT].person is not None:  # another session of this browser
            await self._staff.sign_out(request[VISIT].secret)
        response = go("/password" if entered.person.must_change else _within(to))
        self._set(response, entered.secret)
        raise response

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        """End the session."""
        if request[VISIT].person is not None:
            await self._staff.sign_out(request[VISIT].secret)
        response = go("/sign-in", "people.signed_out")
        response.del_cookie(COOKIE, path=PREFIX, secure=self._https, httponly=True, samesite="Lax")
        raise response

    async def password(self, request: web.Request) -> web.Response:
        """One's own password."""
        return render(request, "password.html", {"error": ""})

    async def change_password(self, request: web.Request) -> web.StreamResponse:
        """Change it: other sessions of the person end."""
        new = field(request, "new")
        try:
            if new != field(request, "again"):
                raise RefusedError(Refusal.REPEATED_DIFFERENTLY)
            entered = await self._staff.change_password(person_of(request).name, field(request, "old"), new)
        except RefusedError as error:
            text = self._words["people"]["refusals"][error.why].format(what=error.what)
            return render(request, "password.html", {"error": text}, status=422)
        response = go("/", "people.password_changed")
        self._set(response, entered.secret)
        raise response

    def _form(self, request: web.Request, *, to: str, name: str = "", entered: Entered | None = None) -> web.Response:
        error, status = "", 200
        if entered is not None:
            texts = self._words["people"]["sign_in"]
            error = texts["locked"].format(minutes=-(-entered.seconds // 60)) if entered.seconds else texts["failed"]
            status = 429 if entered.seconds else 403
        response = render(request, "sign_in.html", {"to": to, "name": name, "error": error}, status=status)
        if entered is not None and entered.seconds:
            response.headers["Retry-After"] = str(entered.seconds)
        return response

    def _set(self, response: web.StreamResponse, secret: str) -> None:
        response.set_cookie(
            COOKIE,
            secret,
            max_age=COOKIE_SECONDS,
            path=PREFIX,
            httponly=True,
            secure=self._https,
            samesite="Lax",
        )


def _within(to: str) -> str:
    """Where to go after signing in, without /console: a page of the console, whatever a link says."""
    return to.removeprefix(PREFIX) if WITHIN.fullmatch(to) else "/"
