"""How a page of the console is declared and what its handler uses. Knows no page.

A page without a right cannot exist: the application takes nothing but `Page`, and the gate turns away what it has no page for.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from multidict import MultiDict, MultiDictProxy

from bot.staff.people import Person, Right

Fields = MultiDictProxy[str | bytes | bytearray | web.FileField]
PREFIX = "/console"
CONTEXT: web.AppKey[Callable[[web.Request], dict[str, Any]]] = web.AppKey("CONTEXT", Callable)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who asks, and what was sent."""

    person: Person | None = None
    secret: str = ""
    """Of the cookie, whether it is somebody's session or not."""
    fields: Fields | None = None


VISIT = web.RequestKey("VISIT", Visit)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One route and the right that it needs."""

    method: str
    path: str
    """Below /console: `/topics/{key}`."""
    handler: Handler
    right: Right | None
    """None: anybody, signed in or not."""
    is_before_change: bool = False
    """Whether it is open to who has to change his password first."""


def page(method: str, path: str, handler: Handler, right: Right) -> Page:
    """A page for those who have a right. What changes something is POST; its form carries `csrf.html`."""
    return Page(method=method, path=path, handler=handler, right=right)


def person_of(request: web.Request) -> Person:
    """Who asks; for handlers of pages that need a right."""
    person = request[VISIT].person
    if person is None:
        raise web.HTTPForbidden  # the page is open to anybody
    return person


def fields_of(request: web.Request) -> Fields:
    """The fields of the form that was sent, files among them. They are read once the sender is known to be ours."""
    fields = request[VISIT].fields
    return MultiDictProxy(MultiDict()) if fields is None else fields


def field(request: web.Request, name: str) -> str:
    """A text field of the form that was sent, with plain line feeds; empty where it is missing."""
    value = fields_of(request).get(name, "")
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def token_of(secret: str) -> str:
    """What a form has to carry, made from the cookie's secret, which no other site can read."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def render(request: web.Request, template: str, shown: Mapping[str, Any], *, status: int = 200) -> web.Response:
    """A page from `templates/`. It also has `person`, `can(right)`, `csrf`, `navigation`, `here`, `said` and `words`."""
    context = request.config_dict[CONTEXT](request) | dict(shown)
    return aiohttp_jinja2.render_template(template, request, context, status=status)


def go(path: str, said: str = "") -> web.HTTPSeeOther:
    """What a POST answers once it is done: raise it. `said` names a sentence for the next page's top: `people.added`.

    It stands in words/people.toml as `said.added`; the address has the name only, so nothing can be put on our page by a link.
    """
    joint = "&" if "?" in path else "?"
    return web.HTTPSeeOther(f"{PREFIX}{path}{f'{joint}said={said}' if said else ''}")
