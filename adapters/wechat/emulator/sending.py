"""One attempt to push: signed, encrypted, sent over a connection of its own, and judged."""

import asyncio
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

from adapters.wechat.emulator.account import Account, Format, Mode, Rules
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.codec import Codec, sign
from adapters.wechat.emulator.pushes import Push, cdata
from adapters.wechat.emulator.strict import Answer, Judge
from adapters.wechat.emulator.verdict import Broken, Verdict

MAX_ANSWER = 1 << 20  # bytes
AGENT = "Mozilla/4.0"
TYPES = {Format.XML: "text/xml", Format.JSON: "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What makes one request's signature differ from another's."""

    timestamp: str
    nonce: str


def new_stamp() -> Stamp:
    """The present second and a random nonce."""
    return Stamp(timestamp=str(int(time.time())), nonce=str(secrets.randbelow(10**10)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A push as it goes over the wire."""

    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of one attempt."""

    verdict: Verdict
    status: int
    """0 where none came."""
    ms: float
    """Real milliseconds, from start to verdict."""


class Sender:
    """Sends the pushes of one account to one address."""

    def __init__(self, account: Account, rules: Rules, clock: Clock) -> None:
        """Take the account, the rules (looked at anew each time) and the time."""
        self._account, self._rules, self._clock = account, rules, clock
        self._codec = Codec(account.encoding_aes_key, account.app_id)
        self._judge = Judge(account)
        tracing = aiohttp.TraceConfig()
        tracing.on_connection_create_end.append(_connected)
        connector = aiohttp.TCPConnector(force_close=True, limit=0)
        self._http = aiohttp.ClientSession(connector=connector, trace_configs=[tracing], headers={"User-Agent": AGENT})

    async def close(self) -> None:
        """Close what is open."""
        await self._http.close()

    def request(self, push: Push, stamp: Stamp) -> Request:
        """The push, signed and encrypted as the account's mode wants it."""
        clear = push.xml() if self._account.format is Format.XML else push.json()
        query = {"signature": sign(self._account.token, stamp.timestamp, stamp.nonce)}
        query |= {"timestamp": stamp.timestamp, "nonce": stamp.nonce, "openid": push.user}
        if self._account.mode is Mode.PLAIN:
            return Request(query=query, body=clear)
        encrypted = self._codec.encrypt(clear)
        signature = sign(self._account.token, stamp.timestamp, stamp.nonce, encrypted)
        query |= {"encrypt_type": "aes", "msg_signature": signature}
        return Request(query=query, body=self._envelope(push, clear, encrypted))

    def _envelope(self, push: Push, clear: bytes, encrypted: str) -> bytes:
        is_open = self._account.mode is Mode.COMPATIBLE
        if self._account.format is Format.JSON:
            fields = dict(push.fields) if is_open else {"ToUserName": push.fields["ToUserName"]}
            return json.dumps(fields | {"Encrypt": encrypted}, ensure_ascii=False).encode()
        head = (
            clear.removesuffix(b"</xml>")
            if is_open
            else f"<xml><ToUserName>{cdata(push.fields['ToUserName'])}</ToUserName>".encode()
        )
        return head + f"<Encrypt>{cdata(encrypted)}</Encrypt></xml>".encode()

    async def attempt(self, address: str, push: Push, stamp: Stamp) -> Attempt:
        """Send once and judge what comes back."""
        request = self.request(push, stamp)
        start = time.perf_counter()
        found = await self.send(address, request)
        ms = (time.perf_counter() - start) * 1000
        if isinstance(found, Broken):
            return Attempt(verdict=found, status=0, ms=ms)
        return Attempt(verdict=self._judge.judge(found, push), status=found.status, ms=ms)

    async def send(self, address: str, request: Request) -> Answer | Broken:
        """Send raw bytes under the platform's limits of time; the connection is closed in any case."""
        headers = {"Content-Type": TYPES[self._account.format]}
        connection = SimpleNamespace(limit=None, seconds=self._clock.real(self._rules.answer_seconds))
        try:
            async with asyncio.timeout(self._clock.real(self._rules.connect_seconds)) as limit:
                connection.limit = limit
                async with self._http.post(
                    address,
                    params=request.query,
                    data=request.body,
                    headers=headers,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None),
                    trace_request_ctx=connection,
                ) as response:
                    return Answer(status=response.status, body=await _body(response))
        except TimeoutError:
            reason = "connect_timeout" if connection.limit is not None else "answer_timeout"
            return Broken(reason=reason, is_final=False)
        except aiohttp.ClientConnectorError:
            return Broken(reason="connection_failed", is_final=False)
        except (aiohttp.ClientError, ConnectionError):
            return Broken(reason="connection_lost", is_final=False)

    async def verify(self, address: str, echo: str) -> bool:
        """The platform's check of the address: GET, and the echostr must come back unchanged."""
        stamp = new_stamp()
        query = {
            "signature": sign(self._account.token, stamp.timestamp, stamp.nonce),
            "timestamp": stamp.timestamp,
            "nonce": stamp.nonce,
            "echostr": echo,
        }
        try:
            async with asyncio.timeout(self._clock.real(self._rules.answer_seconds)):
                async with self._http.get(address, params=query, allow_redirects=False) as response:
                    return response.status == 200 and await _body(response) == echo.encode()
        except (TimeoutError, aiohttp.ClientError):
            return False


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The body, or as much of it as anybody should send."""
    parts, size = [], 0
    async for part in response.content.iter_chunked(1 << 16):
        parts.append(part)
        size += len(part)
        if size > MAX_ANSWER:
            break
    return b"".join(parts)


async def _connected(_session: aiohttp.ClientSession, context: SimpleNamespace, _end: object) -> None:
    """Connected: from now on the answer has its own limit."""
    connection = context.trace_request_ctx
    if connection is None:  # the check of the address
        return
    connection.limit.reschedule(asyncio.get_running_loop().time() + connection.seconds)
    connection.limit = None
