"""Errors as people and programs can read them: problem documents (RFC 9457) for programs, a page for browsers."""

import json
import logging
import tomllib
import traceback
from collections.abc import Mapping
from pathlib import Path

import aiohttp_jinja2
import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.messages import UnknownScope
from bot.ports import StoreError

CONTENT_TYPE = "application/problem+json"
DEEPEST = 8  # frames of a log line
_logger = logging.getLogger(__name__)


class ProblemText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One problem as `words.toml` words it."""

    status: int
    title: str
    detail: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `words.toml`."""

    problems: dict[str, ProblemText]
    fields: dict[str, str]


def read_words() -> Words:
    """Read `words.toml`, the file beside this module."""
    text = (Path(__file__).parent / "words.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Words)


class Problem(Exception):  # noqa: N818  the word of RFC 9457
    """A request cannot be served. Raise it in a handler with a name from `words.toml`."""

    def __init__(self, name: str, *, field: str = "", headers: Mapping[str, str] | None = None) -> None:
        """`field` is the one field at fault, if it is one."""
        super().__init__(name)
        self.name = name
        self.field = field
        self.headers = dict(headers or {})


BY_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "wrong-content-type"}


def problem_of(error: Exception) -> Problem:
    """The problem that an exception from a handler is; `internal` for what nobody expected."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, UnknownScope):
        return Problem(f"unknown-{error.field}")
    if isinstance(error, StoreError):
        return Problem("store-unavailable", headers={"Retry-After": "5"})
    if isinstance(error, web.HTTPException) and error.status < 500:
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return Problem(BY_STATUS.get(error.status, "bad-request"), headers=headers)
    return Problem("internal")


def name_of(error: BaseException) -> str:
    """The types of an error and of its cause. Never its text: that may hold what a candidate wrote."""
    names = []
    current: BaseException | None = error
    while current is not None:
        names.append(type(current).__name__)
        current = current.__cause__
    return " from ".join(names)


def frames_of(error: BaseException) -> str:
    """Where it was raised, innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    return " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in reversed(frames))


class Problems:
    """The middleware that turns exceptions into answers."""

    def __init__(self, words: Words) -> None:
        """Take the words to answer in."""
        self._words = words

    def middleware(self) -> Middleware:
        """What to give to the application; redirects pass through it untouched."""

        @web.middleware
        async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await handler(request)
            except web.HTTPException as error:
                if error.status < 400:
                    raise
                return self._answer(request, error)
            except Exception as error:  # the last place to catch it: whatever it is, the client gets an answer
                return self._answer(request, error)

        return answer_errors

    def _answer(self, request: web.Request, error: Exception) -> web.Response:
        problem = problem_of(error)
        text = self._words.problems[problem.name]
        if text.status >= 500:
            _logger.error("request_failed problem=%s error=%s at %s", problem.name, name_of(error), frames_of(error))
        if wants_page(request):
            response = aiohttp_jinja2.render_template("error.html", request, {"problem": text}, status=text.status)
            response.headers.update(problem.headers)
            return response
        body = {
            "type": f"/api#{problem.name}",
            "title": text.title,
            "status": text.status,
            "detail": self._words.fields.get(problem.field, text.detail),
        }
        encoded = json.dumps(body, ensure_ascii=False)
        return web.Response(text=encoded, status=text.status, content_type=CONTENT_TYPE, headers=problem.headers)


def wants_page(request: web.Request) -> bool:
    """Whether a person's browser is asking, and not a program."""
    is_api = request.path.startswith("/api/")
    return not is_api and "text/html" in request.headers.get("Accept", "")
