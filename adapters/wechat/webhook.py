"""GET and POST /wechat: checks, reads, has it attended to, and writes. The platform sees 200, or why it is not the platform."""

import asyncio
import hashlib
import logging
import time

from aiohttp import web

from adapters.wechat.attending import Attending
from adapters.wechat.counting import Counts
from adapters.wechat.protocol import Protocol, Rejected, query_of
from adapters.wechat.pushes import Push
from adapters.wechat.xml import MOST_BYTES

PATH = "/wechat"
SUCCESS = b"success"  # the platform's word for: received, nothing to show; never encrypted
BODY_SECONDS = 3.0  # to send a body
_logger = logging.getLogger(__name__)


class Webhook:
    """The handlers of the callback address. Their log lines hold no text, no token, no signature and no openid in clear."""

    def __init__(self, *, protocol: Protocol, attending: Attending, counts: Counts, salt: str) -> None:
        """`salt` keeps the hashes of users in the log from being looked up in a list of openids."""
        self._protocol, self._attending, self._counts = protocol, attending, counts
        self._salt = salt.encode()

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return [web.get(PATH, self.greet, allow_head=False), web.post(PATH, self.receive)]

    async def greet(self, request: web.Request) -> web.Response:
        """The platform checks the address when it is entered in the account's settings."""
        try:
            text = self._protocol.greet(query_of(request.query))
        except Rejected as error:
            return self._rejected(error)
        _logger.info("wechat_greeted")
        return web.Response(text=text, content_type="text/plain")

    async def receive(self, request: web.Request) -> web.Response:
        """One attempt of a push."""
        started = time.monotonic()
        try:
            if (request.content_length or 0) > MOST_BYTES:
                raise Rejected(413, "size")
            query = query_of(request.query)
            self._protocol.check(query)
            push = self._protocol.open(query, await _body(request))
        except Rejected as error:
            return self._rejected(error)
        text, outcome = await self._attending.attend(push, started, lambda: _is_gone(request))
        seconds = time.monotonic() - started
        self._counts.answered(push.name, outcome, seconds)
        if _logger.isEnabledFor(logging.INFO):
            _logger.info(
                "wechat_push kind=%s user=%s outcome=%s ms=%.0f", push.name, self._hidden(push), outcome, 1000 * seconds
            )
        if not text:
            return web.Response(body=SUCCESS, content_type="text/plain")
        return web.Response(body=self._protocol.reply(push, text), content_type="text/xml", charset="utf-8")

    def _rejected(self, error: Rejected) -> web.Response:
        self._counts.rejected(error.reason)
        _logger.info("wechat_rejected status=%d reason=%s", error.status, error.reason)
        return web.Response(status=error.status)

    def _hidden(self, push: Push) -> str:
        return hashlib.blake2b(push.user.encode(), key=self._salt, digest_size=6).hexdigest()


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


async def _body(request: web.Request) -> bytes:
    """The body; a larger one is not read to its end. Raises Rejected."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise Rejected(413, "size")
    except TimeoutError as error:
        raise Rejected(408, "slow") from error
    except Rejected:
        raise
    except Exception as error:  # aiohttp's errors on broken chunks and encodings are of many types
        raise Rejected(400, "body") from error
    return bytes(body)
