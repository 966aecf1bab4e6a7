"""What every request to the console passes: errors as pages, who asks, whether our own form was sent, the right.

Order: session, then the form's token, then the right, then the handler. Each step can end the request.
"""

import hmac
import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.web.console.pages import PREFIX, VISIT, Page, Visit, fields_of, go, render, token_of
from adapters.web.console.words import Words, said
from adapters.web.problems import frames_of, name_of
from bot.ports import StoreError
from bot.staff.accounts import Staff
from bot.staff.people import Person, Right, may

COOKIE = "kaoda_staff"
SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
SAFE = frozenset(("GET", "HEAD"))
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_BYTES = 32 * 2**20  # of a form by somebody who is signed in: a workbook of all tables has about 2 MiB
MOST_BYTES_OUTSIDE = 2**20  # of anybody else's: a text that took longer than the session is given back
LONGEST_SHOWN = 100_000  # characters of a field that is given back
_logger = logging.getLogger(__name__)


class ExpiredError(Exception):
    """A form was sent whose session is over, or that is not ours. Open the page again."""


class Gate:
    """The console's middlewares and what every template has."""

    def __init__(self, *, staff: Staff, words: Words) -> None:
        """`pages` is filled by the application as it adds its routes."""
        self._staff, self._words = staff, words
        self.pages: dict[web.AbstractRoute, Page] = {}
        self.paths: set[str] = set()

    def add(self, app: web.Application, page: Page) -> None:
        """Add a page to the application."""
        self.pages[app.router.add_route(page.method, page.path, page.handler)] = page
        if page.method == "GET":
            self.paths.add(PREFIX + page.path)

    def middlewares(self) -> list[Middleware]:
        """What to give to the application, in this order."""
        return [self._errors(), self._admission()]

    def _admission(self) -> Middleware:
        @web.middleware
        async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
            page = self.pages.get(request.match_info.route)
            if page is None:  # there is no such page: the router's own 404 or 405
                return await handler(request)
            person = await self._identify(request)
            if request.method in SAFE:
                self._check_right(request, page, person)
                return await handler(request)
            try:
                own = await self._own_form(request, MOST_BYTES if person else MOST_BYTES_OUTSIDE)
                self._check_right(request, page, person)
                return await handler(own)
            finally:
                _close_files(request)

        return admit

    async def _identify(self, request: web.Request) -> Person | None:
        """Who the cookie says it is."""
        secret = _secret(request)
        person = await self._staff.session(secret) if secret else None
        request[VISIT] = Visit(person=person, secret=secret)
        return person

    async def _own_form(self, request: web.Request, most: int) -> web.Request:
        """The request with the fields of a form that a page of ours sent for this very session; ExpiredError for any other."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise ExpiredError
        if request.content_type not in FORMS:
            raise web.HTTPUnsupportedMediaType
        own = request.clone(client_max_size=most)
        try:
            fields = await own.post()
        except (ValueError, LookupError) as error:  # no form, or a charset that there is not
            raise web.HTTPBadRequest from error
        request[VISIT] = own[VISIT] = visit = replace(request[VISIT], fields=fields)
        given, secret = fields.get("csrf", ""), visit.secret
        if not secret or not isinstance(given, str) or not hmac.compare_digest(token_of(secret), given):
            raise ExpiredError
        return own

    def _check_right(self, request: web.Request, page: Page, person: Person | None) -> None:
        if page.right is None:
            return
        if person is None:
            if request.method in SAFE:
                raise go(f"/sign-in?to={quote(request.rel_url.raw_path_qs, safe='')}")
            raise ExpiredError
        if not may(person, page.right):
            raise web.HTTPForbidden
        if person.must_change and not page.is_before_change:
            raise go("/password")

    def _errors(self) -> Middleware:
        @web.middleware
        async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await handler(request)
            except web.HTTPException as error:
                if error.status < 400:
                    raise
                if error.status == 403:
                    await self._note_refused(request)
                headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
                return self._error(request, error.status, headers=headers)
            except ExpiredError:
                return self._error(request, 403, name="expired", fields=_given_back(request))
            except StoreError as error:
                _logger.error("console_failed error=%s", name_of(error))
                return self._error(request, 503, headers={"Retry-After": "5"})
            except Exception as error:  # the last place to catch it: whatever it is, the person gets an answer
                _logger.error("console_failed error=%s at %s", name_of(error), frames_of(error))
                return self._error(request, 500)

        return answer_errors

    async def _note_refused(self, request: web.Request) -> None:
        person = request[VISIT].person if VISIT in request else None
        if person is not None:
            await self._staff.note(person.name, "refused", f"{request.method} {request.path}"[:200])

    def _error(
        self,
        request: web.Request,
        status: int,
        *,
        name: str = "",
        headers: Mapping[str, str] | None = None,
        fields: tuple[tuple[str, str], ...] = (),
    ) -> web.Response:
        problems = self._words["console"]["problems"]
        problem = problems.get(name or str(status), problems["400" if status < 500 else "500"])
        response = render(request, "error.html", {"problem": problem, "fields": fields}, status=status)
        response.headers.update(headers or {})
        return response

    def context(self, request: web.Request) -> dict[str, Any]:
        """What every template has."""
        visit = request[VISIT] if VISIT in request else Visit()
        person, secret = visit.person, visit.secret
        return {
            "person": person,
            "can": lambda right: person is not None and may(person, Right(right)),
            "csrf": token_of(secret) if secret else "",
            "navigation": [
                each
                for each in self._words["console"]["navigation"]
                if person is not None and each["path"] in self.paths and may(person, Right(each["right"]))
            ],
            "here": request.path,
            "said": said(self._words, request.query.get("said", "")),
            "words": self._words,
        }


def _given_back(request: web.Request) -> tuple[tuple[str, str], ...]:
    """The texts of our own form that came too late, so that nobody's writing is lost. Another site's are not shown."""
    if not _is_ours(request):
        return ()
    hidden = {"csrf", "password", "old", "new", "again"}
    fields = fields_of(request)
    return tuple(
        (name, value[:LONGEST_SHOWN])
        for name, value in fields.items()
        if isinstance(value, str) and value.strip() and name not in hidden
    )


def _is_ours(request: web.Request) -> bool:
    """Whether a form was on a page of ours. Without TLS browsers say from where it came, and nothing of sites."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        return request.headers.get("Origin", "").partition("://")[2] == request.host
    return site == "same-origin"


def _secret(request: web.Request) -> str:
    """What our cookie holds. Browsers send the one of the longest path first: ours, before one that was planted for `/`."""
    pairs = (each.strip().partition("=") for each in request.headers.get("Cookie", "").split(";"))
    return next((value for name, _, value in pairs if name == COOKIE and SHAPE.fullmatch(value)), "")


def _close_files(request: web.Request) -> None:
    for value in fields_of(request).values():
        if isinstance(value, web.FileField):
            value.file.close()
