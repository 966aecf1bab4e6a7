"""One call of the platform's API: a POST, its answer, or a typed error. Knows no token's life, and tries nothing twice."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
import msgspec
from yarl import URL

from adapters.wechat.errors import NotUnderstood, PlatformError, Unreachable, refused
from adapters.wechat.watch import Watch

TOTAL_SECONDS = 5.0  # one call, from looking up the name to the last byte
MOST_BYTES = 256 * 1024  # of an answer; the largest we read is under 1 KiB
OK = 200

Answer = Mapping[str, object]


class Wire:
    """Calls the API at one address."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str, watch: Watch) -> None:
        """`api_url` is the address of every endpoint, without a slash at its end."""
        self._session, self._api_url, self._watch = session, api_url, watch

    async def post(self, path: str, body: object, *, token: str = "", expects: str = "") -> Answer:
        """The answer of an API. Raises PlatformError, whose text holds neither token nor secret.

        With `expects` an answer may lack errcode but has to have that text; without it errcode has to be there and 0.
        """
        try:
            answer = judge(path, *await self._exchange(path, body, token), expects)
        except PlatformError as error:
            self._watch.called(path, error.result)
            raise
        self._watch.called(path, "ok")
        return answer

    async def _exchange(self, path: str, body: object, token: str) -> tuple[int, bytes]:
        query = {"access_token": token} if token else {}
        try:
            async with self._session.post(
                URL(self._api_url + path).with_query(query),
                data=msgspec.json.encode(body),  # 汉字 as they are: the platform would show \u escapes to the user
                headers={"Content-Type": "application/json; charset=utf-8"},
                allow_redirects=False,  # the address holds the token
            ) as response:
                return response.status, await _read(path, response)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
            kind = type(error).__name__
            is_in_doubt = not isinstance(error, aiohttp.ClientConnectorError)
        # Raised out here, so that it does not carry the error, whose text and parts may hold the address and its token.
        raise Unreachable(
            path, f"{kind}, no answer; check the network and KAODA_WECHAT_API_URL", is_in_doubt=is_in_doubt
        )


async def _read(path: str, response: aiohttp.ClientResponse) -> bytes:
    """The body, unless it is far too long."""
    chunks, size = [], 0
    async for chunk in response.content.iter_chunked(65536):
        size += len(chunk)
        if size > MOST_BYTES:
            raise NotUnderstood(path, f"an answer of more than {MOST_BYTES} bytes; check what stands in between")
        chunks.append(chunk)
    return b"".join(chunks)


def judge(path: str, status: int, body: bytes, expects: str = "") -> Answer:
    """The answer if it is one of success. Raises PlatformError."""
    if status != OK:
        raise NotUnderstood(path, f"HTTP {status} instead of 200; check what stands in between")
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotUnderstood(path, "an answer that is not JSON; check what stands in between") from None
    if not isinstance(answer, dict):
        raise NotUnderstood(path, "an answer that is no JSON object; check what stands in between")
    code = answer.get("errcode", 0 if expects else None)
    if type(code) is not int:  # True is an int to isinstance
        raise NotUnderstood(path, "an answer without a whole number as errcode; check what stands in between")
    if code != 0:
        raise refused(path, code, str(answer.get("errmsg", "")))
    if expects and not (isinstance(answer.get(expects), str) and answer[expects]):
        raise NotUnderstood(path, f"an answer without {expects}; check what stands in between")
    return answer


@asynccontextmanager
async def connected(api_url: str, watch: Watch) -> AsyncIterator[Wire]:
    """A wire with connections of its own, closed at the end."""
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS), cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        yield Wire(session, api_url, watch)
