"""/healthz, /readyz and /metrics, and the counting behind the last."""

import logging
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

from adapters.web.problems import name_of
from bot.messages import Reply
from bot.ports import StoreError

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
MOST_ROUTES = 512  # whose counters are at hand
REASON = "the store cannot be reached; the log of the service says more"
_logger = logging.getLogger(__name__)


class Metrics:
    """Requests by route and replies by kind. Labels come from closed sets, never from what a client makes up."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the metrics; a registry takes them once."""
        self.registry = registry
        requests = Counter("kaoda_http_requests", "Requests served.", ("method", "route", "status"), registry=registry)
        durations = Histogram(
            "kaoda_http_request_duration_seconds", "Time to serve a request.", ("method", "route"), registry=registry
        )
        self._requests = lru_cache(MOST_ROUTES)(requests.labels)  # looking labels up costs more than counting
        self._durations = lru_cache(MOST_ROUTES)(durations.labels)
        self._replies = Counter("kaoda_web_replies", "Replies given on the web, by kind.", ("kind",), registry=registry)

    def count_reply(self, reply: Reply) -> None:
        """Count a reply that was given."""
        self._replies.labels(reply.kind.value).inc()

    def middleware(self) -> Middleware:
        """What to give to the application, outermost, so that it sees the final status."""

        @web.middleware
        async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
            started = time.perf_counter()
            status = 500
            try:
                response = await handler(request)
                status = response.status
                return response
            except web.HTTPException as error:
                status = error.status
                raise
            finally:
                method = request.method if request.method in METHODS else "OTHER"
                route = _route_of(request)
                self._requests(method, route, str(status)).inc()
                self._durations(method, route).observe(time.perf_counter() - started)

        return measure


def _route_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return "unmatched" if resource is None else resource.canonical


class Health:
    """The handlers that machines watch."""

    def __init__(self, *, metrics: Metrics, ready: Callable[[], Awaitable[None]]) -> None:
        """`ready` raises StoreError unless the bot can answer."""
        self._metrics = metrics
        self._ready = ready

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return [
            web.get("/healthz", self.healthz),
            web.get("/readyz", self.readyz),
            web.get("/metrics", self.metrics),
        ]

    async def healthz(self, _request: web.Request) -> web.Response:
        """The process is alive."""
        return web.json_response({"status": "ok"})

    async def readyz(self, _request: web.Request) -> web.Response:
        """Knowledge is loaded and the store is reachable, or 503 with the reason."""
        try:
            await self._ready()
        except StoreError as error:
            _logger.warning("not_ready error=%s", name_of(error))
            return web.json_response({"status": "unavailable", "reason": REASON}, status=503)
        return web.json_response({"status": "ok"})

    async def metrics(self, _request: web.Request) -> web.Response:
        """Prometheus text exposition."""
        body = generate_latest(self._metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
