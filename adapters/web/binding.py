"""/bind: the page behind a one-time link. It reads the form, hands it on and says how it ended; it keeps and logs nothing.

Whose link it is: one that our own page was given belongs to that browser, by a cookie that no other site can send. A link
asked for by WeChat or by a program belongs to whoever has it, hence what the form says above its fields, and the button
that takes a binding back.
"""

import re
import secrets
from urllib.parse import urlsplit

import aiohttp_jinja2
from aiohttp import web

from adapters.web.forms import read_form
from adapters.web.rate import Guard
from bot.binding import Form, Outcome, Result
from bot.messages import Reply
from bot.ports import Binder

COOKIE = "kaoda_browser"
COOKIE_SECONDS = 600  # as long as a link can be used
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
LINK = re.compile(r"/bind\?token=([A-Za-z0-9_-]{43})$")
PER_MINUTE = 30  # forms from one client address
CONSENTS = frozenset(("yes", "on", "true", "1"))
STATUS = {
    Result.BOUND: 200,
    Result.INCOMPLETE: 422,
    Result.FAILED: 403,
    Result.LOCKED: 429,
    Result.GONE: 410,
    Result.ELSEWHERE: 403,
    Result.REFUSED: 409,
    Result.UNAVAILABLE: 503,
}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class Binding:
    """The handlers of /bind."""

    def __init__(self, *, binder: Binder, guard: Guard, forms: Guard) -> None:
        """`guard` limits pages that are opened, `forms` those that are sent."""
        self._binder, self._guard, self._forms = binder, guard, forms

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return [
            web.get("/bind", self.show),
            web.post("/bind", self.bind),
            web.post("/bind/undo", self.undo),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """The form; opening the link uses nothing up, so that a preview of it does no harm."""
        await self._guard.admit(request)
        token = request.query.get("token", "")
        found = await self._binder.open(token, request.cookies.get(COOKIE, ""))
        if found.result is None:
            return self._page(request, 200, "form", token=token)
        outcome = Outcome(result=found.result, channel=found.channel, user=found.user, seconds=found.seconds)
        return self._ended(request, outcome, token)

    async def bind(self, request: web.Request) -> web.Response:
        """The form that was sent."""
        await self._forms.admit(request)
        fields = await read_form(request)
        token = fields.get("token", "")
        form = Form(
            registration_no=fields.get("registration_no", ""),
            id_number=fields.get("id_number", ""),
            name=fields.get("name", ""),
            consent=fields.get("consent", "").strip().lower() in CONSENTS,
        )
        return self._ended(request, await self._binder.bind(token, request.cookies.get(COOKIE, ""), form), token)

    async def undo(self, request: web.Request) -> web.Response:
        """Take the binding back that was just made."""
        await self._forms.admit(request)
        fields = await read_form(request)
        done = await self._binder.undo(fields.get("token", ""))
        return self._page(request, 200 if done else 410, "undone" if done else "not_undone")

    def _ended(self, request: web.Request, outcome: Outcome, token: str) -> web.Response:
        is_form = outcome.result in (Result.INCOMPLETE, Result.FAILED, Result.UNAVAILABLE) and not (
            outcome.result is Result.FAILED and outcome.seconds
        )
        response = self._page(
            request,
            STATUS[outcome.result],
            "form" if is_form else outcome.result.value,
            token=token if is_form else "",
            error=outcome.result.value if is_form else "",
            outcome=outcome,
        )
        if outcome.seconds and outcome.result in (Result.LOCKED, Result.UNAVAILABLE):
            response.headers["Retry-After"] = str(outcome.seconds)
        return response

    def _page(self, request: web.Request, status: int, view: str, **shown: object) -> web.Response:
        context = {"view": view, "token": "", "error": "", "outcome": None, **shown}
        response = aiohttp_jinja2.render_template("bind.html", request, context, status=status)
        response.headers.update(HEADERS)
        return response


class Browsers:
    """Ties a link that a reply gives to the browser that it is given to."""

    def __init__(self, *, binder: Binder | None, https: bool) -> None:
        """`https`: the cookie is sent over https only."""
        self._binder, self._https = binder, https

    async def tie(self, request: web.Request, response: web.StreamResponse, reply: Reply) -> None:
        """Where our own page asked, and browsers say so in a header that no script can set; programs have no cookies."""
        if self._binder is None or not is_ours(request):
            return
        tokens = [found[1] for link in reply.links if (found := LINK.search(link.url)) and _is_here(request, link.url)]
        if not tokens:
            return
        known = request.cookies.get(COOKIE, "")
        secret = known if SECRET.fullmatch(known) else secrets.token_urlsafe(32)
        for token in tokens:
            await self._binder.tie(token, secret)
        response.set_cookie(
            COOKIE, secret, max_age=COOKIE_SECONDS, path="/", httponly=True, secure=self._https, samesite="Strict"
        )


def _is_here(request: web.Request, url: str) -> bool:
    """Whether a link leads to the host by which the page was reached: a cookie goes no further."""
    host = urlsplit(url).netloc
    return not host or host == request.host


def is_ours(request: web.Request) -> bool:
    """Whether a page of ours sent it."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def is_foreign(request: web.Request) -> bool:
    """Whether a page of somebody else's sent it: what it passes is not what this browser's user chose."""
    return request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
