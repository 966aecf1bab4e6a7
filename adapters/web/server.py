"""Puts the web adapter together: one aiohttp application with the API, the pages and what machines watch."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp_jinja2
import jinja2
import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry

from adapters.web.binding import PER_MINUTE, Binding, Browsers
from adapters.web.card import StatusCard
from adapters.web.chat_api import ChatApi, Conversations
from adapters.web.console.pages import PREFIX
from adapters.web.health import Health, Metrics
from adapters.web.notices import Notices
from adapters.web.page import Page
from adapters.web.problems import Problems, read_words
from adapters.web.rate import Guard
from adapters.web.regions import Regions
from adapters.web.security import header_setter
from adapters.web.timeline import Timelines
from bot.ports import Binder, Responder
from bot.views import Cards, Reader

HERE = Path(__file__).parent


class WebConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the web adapter takes from the settings."""

    public_url: str = ""
    """Where people reach it; https here sends Strict-Transport-Security."""
    questions_per_minute: int = 600
    """How many requests to the API and questions one client address may send; whole hospitals share an address."""
    trusted_proxies: int = 0
    """How many proxies stand in front and append to X-Forwarded-For; 0 ignores that header."""


def make_app(
    *,
    responder: Responder,
    reader: Reader,
    ready: Callable[[], Awaitable[None]],
    config: WebConfig,
    registry: CollectorRegistry | None = None,
    binder: Binder | None = None,
    cards: Cards | None = None,
    console: web.Application | None = None,
) -> web.Application:
    """The application. `ready` raises StoreError unless the bot can answer; a registry serves one application.

    Without a binder there is no page to bind on, without cards no status card, and without a console none for the staff.
    """
    words = read_words()
    metrics = Metrics(registry or CollectorRegistry())
    guard = Guard(per_minute=config.questions_per_minute, proxies=config.trusted_proxies)
    conversations = Conversations(responder=responder, metrics=metrics)
    timelines = Timelines(reader=reader, guard=guard)
    https = config.public_url.startswith("https:")
    browsers = Browsers(binder=binder, https=https)

    app = web.Application(middlewares=[metrics.middleware(), Problems(words).middleware()])
    app.on_response_prepare.append(header_setter(https=https))
    templates = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["problems"] = words.problems
    app.add_routes(ChatApi(responder=responder, conversations=conversations, guard=guard, browsers=browsers).routes())
    card = StatusCard(cards=cards, guard=guard)
    page = Page(
        reader=reader,
        conversations=conversations,
        timelines=timelines,
        guard=guard,
        browsers=browsers,
        card=card,
    )
    app.add_routes([*page.routes(), *card.routes()])
    app.add_routes(Regions(reader=reader, guard=guard).routes())
    app.add_routes(timelines.routes())
    app.add_routes(Notices(reader=reader).routes())
    app.add_routes(Health(metrics=metrics, ready=ready).routes())
    if binder is not None:
        forms = Guard(per_minute=PER_MINUTE, proxies=config.trusted_proxies)
        app.add_routes(Binding(binder=binder, guard=guard, forms=forms).routes())
    if console is not None:
        app.add_subapp(PREFIX, console)
    app.add_routes([web.get("/api/v1/openapi.yaml", openapi), web.get("/static/{name}", static)])
    return app


async def openapi(_request: web.Request) -> web.FileResponse:
    """The contract itself."""
    return web.FileResponse(HERE / "openapi.yaml", headers={"Content-Type": "application/yaml; charset=utf-8"})


async def static(request: web.Request) -> web.FileResponse:
    """A stylesheet, script or image. Modules import each other by plain names, hence no-cache and not a version."""
    file = HERE / "static" / request.match_info["name"]
    if file.parent != HERE / "static" or not file.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(file, headers={"Cache-Control": "no-cache"})
