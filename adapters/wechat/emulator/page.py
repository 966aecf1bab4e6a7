"""The page: a phone to try the account with, and beside it everything that was exchanged. Live by server-sent events."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
from aiohttp import web

from adapters.wechat.emulator.api import API, COOKIE
from adapters.wechat.emulator.delivery import Outcome
from adapters.wechat.emulator.phone import NotOnThisPhone, Phone
from adapters.wechat.emulator.view import line_of
from adapters.wechat.emulator.words import words

if TYPE_CHECKING:
    from adapters.wechat.emulator.emulator import Emulator

HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
T = TypeVar("T")
AT_ONCE = 0.05  # s in which what cannot be done on the phone has been refused


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What the user of a phone does."""

    openid: str
    do: str
    """say, link, press, follow, unfollow, picture, voice, location, sticker."""
    text: str = ""
    """What is said, the link's content, the button's name, the scene, the place."""
    menu_id: str = ""


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """How the platform behaves."""

    answer_seconds: float
    renew: bool
    trouble: str
    """An errcode, one of `trouble.KINDS`, or empty."""


class Page:
    """The handlers of the page."""

    def __init__(self, emulator: "Emulator") -> None:
        """Take the platform that it shows."""
        self._emulator = emulator
        self._trouble = ""
        self._acts: set[asyncio.Task[Outcome]] = set()

    def add_to(self, app: web.Application) -> None:
        """Add the routes, and the headers of everything that is not the API."""
        app.add_routes(
            [
                web.get("/", self._show),
                web.get("/static/{name}", self._static),
                web.post("/emulator/people", self._join),
                web.get("/emulator/people/{openid}", self._state),
                web.get("/emulator/people/{openid}/stream", self._stream),
                web.post("/emulator/acts", self._act),
                web.post("/emulator/conditions", self._set),
            ]
        )
        app.on_response_prepare.append(_set_headers)
        app.on_shutdown.append(self._cancel)

    async def _cancel(self, _app: web.Application) -> None:
        for task in self._acts:
            task.cancel()

    async def _show(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(HERE / "page.html", headers={"Content-Type": "text/html; charset=utf-8"})

    async def _static(self, request: web.Request) -> web.FileResponse:
        file = HERE / "static" / request.match_info["name"]
        if file.parent != HERE / "static" or not file.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(file)

    async def _join(self, request: web.Request) -> web.Response:
        """A new user, who does not follow yet; or the one that the page remembers."""
        known = await _read(request, dict[str, str])
        phone = self._emulator.find_phone(known.get("openid", "")) or self._emulator.phone(is_following=False)
        response = _told({"openid": phone.openid})
        response.set_cookie(COOKIE, phone.openid, path="/connect", httponly=True, samesite="Lax")
        return response

    async def _state(self, request: web.Request) -> web.Response:
        """What the phone shows beside the conversation."""
        phone = self._phone(request.match_info["openid"])
        rules = self._emulator.rules
        made = [{"scene": code.scene, "label": code.scene} for code in self._emulator.scenes.valid()]
        suggested = [{"scene": scene, "label": label} for scene, label in self._emulator.suggested_scenes]
        return _told(
            {
                "is_following": phone.person.is_following,
                "buttons": self._emulator.menu.buttons or [],
                "scenes": suggested + [each for each in made if each["scene"] not in {s["scene"] for s in suggested}],
                "push_to": self._emulator.delivery.address,
                "mode": self._emulator.account.mode,
                "conditions": Conditions(answer_seconds=rules.answer_seconds, renew=rules.renew, trouble=self._trouble),
            }
        )

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Entries about the user, and those about nobody, as they come."""
        phone = self._phone(request.match_info["openid"])
        last = request.headers.get("Last-Event-ID", "0")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        await response.write(b": open\n\n")
        try:
            async for entry in self._emulator.journal.follow(int(last) if last.isdecimal() else 0):
                if entry.user in ("", phone.openid):
                    data = msgspec.json.encode(line_of(entry))
                    await response.write(b"id: %d\ndata: %s\n\n" % (entry.number, data))
        except ConnectionResetError:  # the page was closed
            pass
        return response

    async def _act(self, request: web.Request) -> web.Response:
        """Do it; what comes of it is told by the stream."""
        act = await _read(request, Act)
        task = asyncio.create_task(_doing(self._phone(act.openid), act))
        self._acts.add(task)
        task.add_done_callback(self._acts.discard)
        done, _ = await asyncio.wait({task}, timeout=AT_ONCE)
        if done and not task.cancelled() and isinstance(task.exception(), NotOnThisPhone):
            raise web.HTTPConflict(text=words()["not_possible"])
        return _told({})

    async def _set(self, request: web.Request) -> web.Response:
        """Change how the platform behaves."""
        wanted = await _read(request, Conditions)
        if not 0 < wanted.answer_seconds <= 60:
            raise web.HTTPUnprocessableEntity
        self._emulator.rules.answer_seconds = wanted.answer_seconds
        self._emulator.rules.renew = wanted.renew
        self._emulator.troubles.clear()
        if wanted.trouble:
            try:
                self._emulator.troubles.order(wanted.trouble, times=None)
            except ValueError as error:
                raise web.HTTPUnprocessableEntity from error
        self._trouble = wanted.trouble
        return _told({})

    def _phone(self, openid: str) -> Phone:
        phone = self._emulator.find_phone(openid)
        if phone is None:
            raise web.HTTPNotFound
        return phone


async def _doing(phone: Phone, act: Act) -> Outcome:
    do: dict[str, Callable[[], Awaitable[Outcome]]] = {
        "say": lambda: phone.say(act.text),
        "link": lambda: phone.tap_link(act.text, act.menu_id),
        "press": lambda: phone.press(act.text),
        "follow": lambda: phone.follow(act.text),
        "unfollow": phone.unfollow,
        "picture": phone.send_picture,
        "voice": phone.send_voice,
        "location": lambda: phone.send_location(act.text),
        "sticker": phone.send_sticker,
    }
    if act.do not in do:
        raise NotOnThisPhone(act.do)
    return await do[act.do]()


async def _read(request: web.Request, kind: type[T]) -> T:
    """The JSON body; as JSON alone it cannot come from another site's form."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise web.HTTPUnprocessableEntity from error


def _told(data: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(data), content_type="application/json")


async def _set_headers(request: web.Request, response: web.StreamResponse) -> None:
    if not request.path.startswith(API):
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
