"""How often one client address may ask; counted in memory, per process."""

import math
import time

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from adapters.web.problems import Problem
from adapters.web.security import client_address


class Guard:
    """Lets a request through or raises a problem; handlers that cost something await it first."""

    def __init__(self, *, per_minute: int, proxies: int) -> None:
        """`per_minute` requests an address; `proxies` is how many trusted proxies stand in front."""
        self._limit = RateLimitItemPerMinute(per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._proxies = proxies

    async def admit(self, request: web.Request) -> None:
        """Count the request; raise 429 with Retry-After where it is one too many."""
        address = client_address(request, self._proxies)
        if await self._limiter.hit(self._limit, address):
            return
        free_at = (await self._limiter.get_window_stats(self._limit, address)).reset_time
        seconds = max(1, math.ceil(free_at - time.time()))
        raise Problem("too-many-requests", headers={"Retry-After": str(seconds)})
