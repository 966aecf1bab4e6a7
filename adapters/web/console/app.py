"""Puts the console together: one aiohttp application, mounted at /console by the web adapter.

To add pages, write a module beside this one with a class that takes the ports of bot.staff that it calls, and:

    def routes(self) -> list[Page]:
        return [
            page("GET", "/topics", self.index, Right.READ),
            page("POST", "/topics/{key}", self.save, Right.EDIT),
        ]

with `page`, `render`, `go`, `person_of`, `field` and `fields_of` from pages.py. Its ports are in `Parts` (parts.py; None:
the pages are not there); add one line to `_pages`, its templates to `templates/` (they extend `layout.html`; every form with
method="post" has `{% include "csrf.html" %}` in it; /console is written out in links), its words to `words/<group>.toml` (Python:
`Words`; templates: `words.<group>`), its deeds of the audit log to `deeds` in words/people.toml. The menu is `navigation` in
words/console.toml: an entry shows once its path is routed and whoever looks has its right. Errors are raised: web.HTTPNotFound,
web.HTTPForbidden (an attempt that the audit log notes), StoreError. A POST that succeeded raises `go(path, "group.key")`;
one that did not is rendered again with what was typed and status 422. Nothing of a page may be an inline style or script:
both are turned off by the Content-Security-Policy; scripts and styles are files in `static/`, at /console/static/{name}.
Filters: `moment` (2023-12-05 09:00:07, Beijing time), `minute` and `day`.
"""

from collections.abc import Iterator
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from adapters.web.console.corrections import CorrectionPages
from adapters.web.console.exchange import ExchangePages
from adapters.web.console.gaps import GapPages
from adapters.web.console.gate import Gate
from adapters.web.console.journal import JournalPages
from adapters.web.console.knowing import pages_of
from adapters.web.console.numbers import NumbersPage
from adapters.web.console.overview import Overview
from adapters.web.console.pages import CONTEXT, PREFIX, Page
from adapters.web.console.parts import Parts
from adapters.web.console.people import People
from adapters.web.console.shown import day, minute, moment
from adapters.web.console.sign_in import SignIn
from adapters.web.console.trial import TrialPages
from adapters.web.console.words import Words, read_words
from adapters.web.security import client_address

__all__ = ["Parts", "make_console"]
HERE = Path(__file__).parent


def make_console(parts: Parts, *, https: bool = False, proxies: int = 0) -> web.Application:
    """The application. `https`: cookies are sent over https only; `proxies` stand in front and tell the client's address."""
    words = read_words()
    gate = Gate(staff=parts.staff, words=words)
    app = web.Application(middlewares=gate.middlewares())
    app.on_response_prepare.append(_keep_nothing)
    templates = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    app[CONTEXT] = gate.context
    templates.filters |= {"moment": moment, "minute": minute, "day": day}
    entrance = SignIn(staff=parts.staff, words=words, https=https, address=lambda each: client_address(each, proxies))
    files = Page(method="GET", path="/static/{name}", handler=static, right=None)
    for each in [*entrance.routes(), *_pages(parts, words), files]:
        gate.add(app, each)
    return app


def _pages(parts: Parts, words: Words) -> Iterator[Page]:
    """Every page for which its part is there."""
    yield from Overview(parts).routes()
    yield from People(staff=parts.staff, words=words).routes()
    yield from pages_of(parts, words)
    if parts.exchange:
        yield from ExchangePages(parts.exchange).routes()
    if parts.gaps:
        yield from GapPages(gaps=parts.gaps, words=words).routes()
    if parts.trial:
        yield from TrialPages(trial=parts.trial, words=words).routes()
    if parts.journal:
        yield from JournalPages(parts.journal).routes()
    if parts.corrections and parts.journal:
        yield from CorrectionPages(parts.corrections, parts.journal).routes()
    if parts.numbers:
        yield from NumbersPage(parts.numbers, words).routes()


async def _keep_nothing(request: web.Request, response: web.StreamResponse) -> None:
    """No page is kept: after signing out, going back shows nothing."""
    if not request.path.startswith(f"{PREFIX}/static/"):
        response.headers["Cache-Control"] = "no-store"


async def static(request: web.Request) -> web.FileResponse:
    """A stylesheet, script or image."""
    name = request.match_info["name"]
    if name not in {each.name for each in (HERE / "static").iterdir()}:
        raise web.HTTPNotFound
    file = HERE / "static" / name
    return web.FileResponse(file, headers={"Cache-Control": "no-cache"})
