"""One call of the status service: its answer, or StatusError with the cause. Tries nothing twice, and follows no redirect.

What is raised is raised outside of the handlers, so that it does not carry the library's error, whose text and parts may hold
the address with the candidate's id.
"""

import datetime as dt
import email.utils
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import aiohttp
from yarl import URL

from bot.ports import NotVerified, StatusError

MOST_BYTES = 1024 * 1024  # of an answer; 500 changes are about 100 KiB
MOST_CONNECTIONS = 100
OK = 200
LONGEST_WISH = 10**9  # s; more is no number of seconds


class Operation(StrEnum):
    """What the service can be asked."""

    VERIFY = "verify"
    REGISTRATIONS = "registrations"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. Whom it is about is not in its repr."""

    operation: Operation
    path: str = field(repr=False)
    """With its query, each part quoted."""
    body: bytes | None = field(default=None, repr=False)
    """JSON; None for GET."""

    @property
    def is_safe(self) -> bool:
        """Whether it may be sent twice."""
        return self.body is None


class Wire:
    """Calls the service at one address."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str) -> None:
        """`api_url` is what stands before /v1, without a slash at its end."""
        self._session, self._api_url = session, api_url

    async def send(self, call: Call) -> bytes:
        """The body of a 200. Raises StatusError and NotVerified, whose texts and causes hold nothing personal."""
        headers = {} if call.is_safe else {"Content-Type": "application/json"}
        try:
            async with self._session.request(
                "GET" if call.is_safe else "POST",
                URL(self._api_url + call.path, encoded=True),
                data=call.body,
                headers=headers,
                allow_redirects=False,  # the header holds the token, the body an ID number
            ) as response:
                failure = failure_of(call.operation, response.status, response.headers.get("Retry-After", ""))
                body = None if failure else await _read(response)
        except TimeoutError:
            failure, body = StatusError("slow"), None
        except (aiohttp.ClientError, OSError, ValueError):
            failure, body = StatusError("down"), None
        if failure is None and body is None:
            failure = StatusError("broken")
        if failure is not None:
            raise failure
        return body or b""


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    """The body, or None where it is far too long."""
    chunks, size = [], 0
    async for chunk in response.content.iter_chunked(65536):
        size += len(chunk)
        if size > MOST_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def failure_of(operation: Operation, status: int, retry_after: str) -> StatusError | NotVerified | None:
    """What a status means, by the contract; None for 200."""
    if status == OK:
        return None
    if operation is Operation.VERIFY and status == 403:
        return NotVerified()
    if operation is not Operation.VERIFY and status == 404:
        return StatusError("unknown")
    if status in (401, 403):
        return StatusError("refused")
    if status == 429:
        return StatusError("busy", seconds_of(retry_after))
    if status == 503:
        return StatusError("maintenance", seconds_of(retry_after))
    return StatusError("down" if status >= 500 else "broken")


def seconds_of(retry_after: str, now: dt.datetime | None = None) -> float | None:
    """What Retry-After says, seconds or a date [RFC 9110, 10.2.3]; None where it says nothing that can be understood."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:12]), LONGEST_WISH))
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return max(0.0, (aware - (now or dt.datetime.now(dt.UTC))).total_seconds())


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Let a lost connection be the client's to try again: aiohttp would resend every GET by itself, doubling its tries."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        pass
    raise aiohttp.ClientConnectionError


@asynccontextmanager
async def connected(api_url: str, token: str) -> AsyncIterator[Wire]:
    """A wire with connections of its own, closed at the end."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS),
        timeout=aiohttp.ClientTimeout(total=None),  # the client's budget ends a call
        cookie_jar=aiohttp.DummyCookieJar(),
        middlewares=(_once,),
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json", "User-Agent": "kaoda"},
    ) as session:
        yield Wire(session, api_url)
