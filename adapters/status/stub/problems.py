"""Problem documents (RFC 9457) of the stub, worded in `words.toml`."""

import math
import tomllib
from functools import cache
from pathlib import Path

import msgspec
from aiohttp import web

CONTENT_TYPE = "application/problem+json"
BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "wrong_content_type"}


class Problem(Exception):  # noqa: N818  # the word of RFC 9457
    """A request cannot be served. Raise it in a handler with a name from `words.toml`."""

    def __init__(self, name: str, *, retry_after: float | None = None, detail: str = "") -> None:
        """`retry_after` in seconds; `detail` says which field is at fault, never what stood in it."""
        super().__init__(name)
        self.name, self.retry_after, self.detail = name, retry_after, detail


@cache
def _texts() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))[
        "problems"
    ]
    return found


def answer(problem: Problem) -> web.Response:
    """The document as a response."""
    text = _texts()[problem.name]
    status = int(str(text["status"]))
    document = {"type": f"urn:kaoda-stub:{problem.name}", "title": text["title"], "status": status}
    if problem.detail:
        document["detail"] = problem.detail
    headers = {}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return web.Response(body=msgspec.json.encode(document), status=status, content_type=CONTENT_TYPE, headers=headers)


def of_http(error: web.HTTPException) -> web.Response:
    """What aiohttp refuses, as a document; it keeps its Allow."""
    response = answer(Problem(BY_STATUS.get(error.status, "bad_request")))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response
