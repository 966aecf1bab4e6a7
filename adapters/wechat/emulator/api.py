"""The platform's API over HTTP: routes, tokens checked, refusals written, trouble to order, everything in the journal."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from adapters.wechat.emulator.account import Account
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.customer_service import CustomerService
from adapters.wechat.emulator.journal import Journal, Kind
from adapters.wechat.emulator.menu import Menu
from adapters.wechat.emulator.notices import Notices
from adapters.wechat.emulator.oauth import OAuth
from adapters.wechat.emulator.people import People
from adapters.wechat.emulator.refusals import Refused, refusal
from adapters.wechat.emulator.scenes import Scenes
from adapters.wechat.emulator.tokens import Tokens
from adapters.wechat.emulator.trouble import Troubles

API = ("/cgi-bin/", "/sns/")
WITHOUT_TOKEN = frozenset(
    {"/cgi-bin/token", "/cgi-bin/stable_token", "/cgi-bin/showqrcode", "/sns/oauth2/access_token"}
)
COOKIE = "emulated_openid"
"""Who is reading in the emulated client, for OAuth."""
ADDRESSEE = web.RequestKey("addressee", str)
"""Whom a call is about, for the journal."""
OK: dict[str, object] = {"errcode": 0, "errmsg": "ok"}
Told = dict[str, object]


class Api:
    """The handlers."""

    def __init__(self, *, account: Account, clock: Clock, journal: Journal, people: People, tokens: Tokens,
                 notices: Notices) -> None:  # fmt: skip
        """Take what was put together; the parts that nobody else needs are made here."""
        self._clock, self._journal, self._tokens, self._notices = clock, journal, tokens, notices
        self.troubles = Troubles()
        self.menu = Menu(account)
        self.scenes = Scenes(account, clock)
        self._service = CustomerService(account, people, clock, journal)
        self._oauth = OAuth(account, tokens, clock)

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        posts: dict[str, Callable[[Mapping[str, Any]], Told]] = {
            "/cgi-bin/message/custom/send": self._service.send,
            "/cgi-bin/message/custom/typing": self._service.typing,
            "/cgi-bin/menu/create": self.menu.create,
            "/cgi-bin/qrcode/create": self.scenes.create,
            "/cgi-bin/message/template/send": self._notices.send_template,
            "/cgi-bin/message/subscribe/bizsend": self._notices.send_subscribed,
        }
        gets = {"/cgi-bin/menu/get": self.menu.get, "/cgi-bin/menu/delete": self.menu.delete}
        return [
            web.get("/cgi-bin/token", self._classic),
            web.post("/cgi-bin/stable_token", self._stable),
            web.get("/cgi-bin/showqrcode", self._picture),
            web.get("/connect/oauth2/authorize", self._authorise),
            web.get("/sns/oauth2/access_token", self._exchange),
            *(web.post(path, _posted(handle)) for path, handle in posts.items()),
            *(web.get(path, _got(handle)) for path, handle in gets.items()),
        ]

    @web.middleware
    async def middleware(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Trouble, tokens, refusals and the journal, for the paths of the API alone."""
        if not request.path.startswith(API):
            return await handler(request)
        trouble = self.troubles.take(request.path)
        if trouble is not None:
            self._note(request, _code_of(trouble), trouble)
            return await self.troubles.strike(trouble, request)
        try:
            if request.path not in WITHOUT_TOKEN:
                self._tokens.check(request.query.get("access_token", ""))
            response = await handler(request)
        except Refused as error:
            self._note(request, error.code)
            return web.json_response(refusal(error.code))
        self._note(request, 0)
        return response

    def _note(self, request: web.Request, code: int, reason: str = "") -> None:
        self._journal.add(
            Kind.CALL, self._clock.now(), user=request.get(ADDRESSEE, ""), name=request.path, code=code, reason=reason
        )

    async def _classic(self, request: web.Request) -> web.Response:
        query = request.query
        self._tokens.authorise(
            query.get("grant_type", ""), query.get("appid", ""), query.get("secret", ""), request.remote or ""
        )
        return web.json_response(self._tokens.classic())

    async def _stable(self, request: web.Request) -> web.Response:
        data = await _json(request)
        grant, app_id, secret = (str(data.get(name, "")) for name in ("grant_type", "appid", "secret"))
        self._tokens.authorise(grant, app_id, secret, request.remote or "")
        return web.json_response(self._tokens.stable(force=data.get("force_refresh") is True))

    async def _picture(self, request: web.Request) -> web.Response:
        picture = self.scenes.picture(request.query.get("ticket", ""))
        if picture is None:
            raise web.HTTPNotFound
        return web.Response(body=picture, content_type="image/png")

    async def _authorise(self, request: web.Request) -> web.Response:
        openid = request.cookies.get(COOKIE, "")
        if not openid:
            raise web.HTTPForbidden(text="open this page on the emulated phone")
        try:
            target = self._oauth.authorise(request.query, openid)
        except Refused as error:
            return web.json_response(refusal(error.code), status=400)
        raise web.HTTPFound(target)

    async def _exchange(self, request: web.Request) -> web.Response:
        return web.json_response(self._oauth.exchange(request.query))


def _code_of(trouble: str) -> int:
    return int(trouble) if trouble.removeprefix("-").isdigit() else 0


def _posted(handle: Callable[[Mapping[str, Any]], Told]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        data = await _json(request)
        request[ADDRESSEE] = str(data.get("touser", ""))
        return web.json_response(OK | handle(data))

    return handler


def _got(handle: Callable[[], Told]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(_request: web.Request) -> web.Response:
        return web.json_response(OK | handle())

    return handler


async def _json(request: web.Request) -> Mapping[str, Any]:
    """The body's JSON object. Raises Refused."""
    try:
        data = json.loads((await request.read()).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused(47001) from error
    if not isinstance(data, dict):
        raise Refused(47001)
    return data
