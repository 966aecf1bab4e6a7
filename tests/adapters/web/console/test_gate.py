"""Every route × every role; forms that are not ours; errors as pages."""

import dataclasses
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from console_site import COOKIE, TOKEN, Visitor, console
from staff_people import House, house

from adapters.web.console import app as application
from adapters.web.console.app import Parts
from adapters.web.console.gate import Gate
from adapters.web.console.pages import PREFIX, Page, token_of
from bot.ports import StoreError
from bot.staff.people import Role

Enter = Callable[..., Awaitable[Visitor]]
Marked = tuple[TestServer, House]
OPEN = {
    ("GET", ""),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/sign-out"),
    ("GET", "/static/{name}"),
}
"""What anybody may open. A new page does not belong here."""
READERS_POST = {"/password", "/trial"}
"""Forms that a viewer may send: they change nothing that is told to anybody."""
TEMPLATES = Path(application.__file__).parent / "templates"


INCLUDE = re.compile(r'\{%-? include "([a-z_]+\.html)" (?:with context )?-?%\}')


class Anything:
    """Stands for a port whose pages are not called."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


def all_pages() -> list[Page]:
    """Every page that the console can have."""
    found: list[Page] = []

    class Noting(Gate):
        def add(self, app: web.Application, page: Page) -> None:
            found.append(page)

    original = application.Gate
    application.Gate = Noting  # type: ignore[misc]  # put back at once
    try:
        application.make_console(Parts(**{each.name: Anything() for each in dataclasses.fields(Parts)}))
    finally:
        application.Gate = original  # type: ignore[misc]  # as it was
    return found


PAGES = all_pages()
CLOSED = [page for page in PAGES if page.right is not None]
IDS = [f"{page.method} {page.path}" for page in CLOSED]


@pytest.fixture
async def reached() -> list[str]:
    """The pages whose handler ran."""
    return []


@pytest.fixture
async def marked(tmp_path: Path, reached: list[str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Marked]:
    """The console with every handler replaced by one that notes that it ran."""

    class Marking(Gate):
        def add(self, app: web.Application, page: Page) -> None:
            async def mark(_request: web.Request) -> web.Response:
                reached.append(f"{page.method} {page.path}")
                return web.Response(text="reached")

            super().add(app, dataclasses.replace(page, handler=mark) if page.right else page)

    monkeypatch.setattr(application, "Gate", Marking)
    async with house(tmp_path / "k.sqlite3") as found:
        for role in Role:
            await found.add(role.value, role)
        parts = {each.name: Anything() for each in dataclasses.fields(Parts)} | {"staff": found.people}
        async with console(Parts(**parts)) as server:
            yield server, found


async def secrets_of(at: House) -> dict[str, str]:
    """Role → the secret of a session."""
    return {role.value: (await at.people.sign_in(role.value, "tianqing-luoyu", "a")).secret for role in Role}


def path_of(page: Page) -> str:
    """An address of a page."""
    return PREFIX + re.sub(r"\{\w+(:[^}]*)?\}", "1", page.path)


async def test_every_page_asks_for_its_right(marked: Marked, reached: list[str]) -> None:
    """Every route × every role, and nobody: who lacks the right gets 403, the handler does not run, and it is noted."""
    server, at = marked
    secrets = await secrets_of(at)
    wrong = []
    async with _client(server) as client:
        for page in CLOSED:
            for role in ("", *Role):
                reached.clear()
                status = await _ask(client, page, secrets.get(role, ""))
                expected = _expected(page, role)
                if (status, bool(reached)) != expected:
                    wrong.append((page.method, page.path, role or "nobody", status, bool(reached), "not", expected))
    assert wrong == []
    deeds = await at.deeds("viewer")
    assert "refused" in deeds


def _expected(page: Page, role: str) -> tuple[int, bool]:
    """Status and whether the handler runs; written out, not computed by what is tested."""
    least = {"read": 0, "edit": 1, "publish": 2, "manage": 3}[page.right.value]  # type: ignore[union-attr]  # closed ones
    if not role:
        return (303 if page.method == "GET" else 403), False
    has = ["viewer", "editor", "publisher", "admin"].index(role) >= least
    return (200, True) if has else (403, False)


def _client(server: TestServer) -> Any:
    from aiohttp import DummyCookieJar
    from aiohttp.test_utils import TestClient

    return TestClient(server, cookie_jar=DummyCookieJar())


async def _ask(client: Any, page: Page, secret: str) -> int:
    headers = {"Cookie": f"{COOKIE}={secret}"} if secret else {}
    data = {"csrf": token_of(secret)} if page.method != "GET" else None
    found = await client.request(page.method, path_of(page), headers=headers, data=data, allow_redirects=False)
    status: int = found.status
    return status


def test_only_these_pages_are_open() -> None:
    assert {(page.method, page.path) for page in PAGES if page.right is None} == OPEN


def test_a_page_is_read_or_sent() -> None:
    """No other method: the form's token is asked for by whatever is not GET or HEAD."""
    assert {page.method for page in PAGES} == {"GET", "POST"}


def test_viewers_change_nothing() -> None:
    posts = {page.path for page in CLOSED if page.method == "POST" and page.right and page.right.value == "read"}
    assert posts - READERS_POST == set()


def test_accounts_are_for_admins() -> None:
    for page in CLOSED:
        if page.path.startswith(("/people", "/log")):
            assert page.right is not None
            assert page.right.value == "manage"


@pytest.mark.parametrize("page", [page for page in CLOSED if page.method == "POST"], ids=lambda page: page.path)
async def test_a_form_without_our_token_does_nothing(marked: Marked, reached: list[str], page: Page) -> None:
    """CSRF: another site can make a browser send its cookie, but not the token. Tried on every form, as an admin."""
    server, at = marked
    secrets = await secrets_of(at)
    own = secrets["admin"]
    tokens = [None, "", "x" * 64, token_of("A" * 43), token_of(secrets["viewer"]), own]
    async with _client(server) as client:
        for token in tokens:
            headers = {"Cookie": f"{COOKIE}={own}"}
            data = {} if token is None else {"csrf": token}
            response = await client.post(path_of(page), headers=headers, data=data, allow_redirects=False)
            assert (response.status, reached) == (403, []), token
        for site in ("cross-site", "same-site"):
            headers = {"Cookie": f"{COOKIE}={own}", "Sec-Fetch-Site": site}
            response = await client.post(path_of(page), headers=headers, data={"csrf": token_of(own)})
            assert (response.status, reached) == (403, []), site
        for body in ({"json": {"csrf": token_of(own)}}, {"data": "csrf=" + token_of(own)}):
            response = await client.post(path_of(page), headers={"Cookie": f"{COOKIE}={own}"}, **body)
            assert (response.status, reached) == (415, [])


async def test_the_sign_in_form_has_a_token_too(enter: Enter) -> None:
    """Nobody is signed in as somebody else by another site."""
    browser = await enter()
    await browser.get("/sign-in")
    browser.text = ""
    assert (await browser.post("/sign-in", {"name": "admin", "password": "tianqing-luoyu"})).status == 403
    fresh = await enter()
    response = await fresh.client.post("/console/sign-in", data={"csrf": token_of(""), "name": "a", "password": "b"})
    assert response.status == 403


def _whole(file: Path) -> str:
    """A template with what it includes."""
    return INCLUDE.sub(lambda found: _whole(TEMPLATES / found[1]), file.read_text("utf-8"))


@pytest.mark.parametrize("file", sorted(TEMPLATES.glob("*.html")), ids=lambda file: file.name)
def test_every_form_that_is_sent_has_the_token(file: Path) -> None:
    """And no form that is not: a token in an address would stand in histories and logs."""
    for form in _whole(file).split("<form")[1:]:
        is_sent = 'method="post"' in form.split(">")[0]
        assert ('name="csrf"' in form.split("</form>")[0]) is is_sent, form[:200]


def test_no_template_has_what_the_policy_forbids() -> None:
    """Inline styles, handlers and scripts would do nothing in a browser; and texts are always escaped."""
    for file in TEMPLATES.glob("*.html"):
        text = file.read_text("utf-8")
        for each in (' style="', " onclick=", " onsubmit=", " onchange=", "<style", "|safe", "| safe", "autoescape"):
            assert each not in text, f"{each} in {file.name}"
        for script in text.split("<script")[1:]:
            assert 'src="/console/static/' in script.split(">")[0], file.name


async def test_every_answer_has_the_policy(enter: Enter) -> None:
    browser = await enter("admin")
    for path in ("/", "/people", "/nowhere", "/static/console.css"):
        policy = (await browser.get(path)).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy


@pytest.mark.parametrize("has_tls", [True, False])
async def test_what_was_written_too_late_is_given_back(enter: Enter, at: House, has_tls: bool) -> None:
    """The session ended while somebody wrote: the text is shown, to be copied. A password never is."""
    browser = await enter("admin")
    token = TOKEN.search(browser.text)
    assert token
    await at.people.sign_out(browser.secret)
    fields = {"csrf": token[1], "name": "很长的一段<b>", "role": "viewer", "password": "geheim"}
    plain = {"Origin": str(browser.client.make_url("/")).rstrip("/")}  # all that a browser says then
    response = await browser.post("/people", fields, headers={"Sec-Fetch-Site": "same-origin"} if has_tls else plain)
    assert response.status == 403
    assert "很长的一段<b>" in browser.text
    assert "<b></textarea>" not in await response.text(), "escaped"
    assert "geheim" not in browser.text
    assert 'href="/console/sign-in"' in browser.text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {}],
    ids=["says so", "plain", "null", "nothing"],
)
async def test_another_sites_text_is_not_shown_on_our_page(enter: Enter, headers: dict[str, str]) -> None:
    browser = await enter("admin")
    response = await browser.client.post("/console/people", data={"name": "请转账"}, headers=headers)
    assert "请转账" not in await response.text()


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [("/nowhere", 404, "没有这一页"), ("/people/无名", 404, "没有这一页"), ("/sign-out", 405, "不接受该方法")],
)
async def test_errors_are_pages(enter: Enter, path: str, status: int, text: str) -> None:
    browser = await enter("admin")
    assert (await browser.get(path)).status == status
    assert text in browser.text


@pytest.mark.parametrize(
    "path", ["/static/..%2fapp.py", "/static/nothing.css", "/static/words", "/static/" + "x" * 3000]
)
async def test_only_static_files_are_served(enter: Enter, path: str) -> None:
    browser = await enter()
    assert (await browser.get(path)).status == 404


async def test_a_form_that_is_too_large_is_refused(enter: Enter) -> None:
    browser = await enter()
    await browser.get("/sign-in")
    body = io.BytesIO(b"name=" + b"x" * 2**21)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await browser.client.post("/console/sign-in", data=body, headers=headers)).status == 413


async def test_a_store_that_fails_is_told(enter: Enter, at: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails() -> None:
        raise StoreError("no disk")

    browser = await enter("admin")
    monkeypatch.setattr(at.people, "people", fails)
    response = await browser.get("/people")
    assert response.status == 503
    assert "Retry-After" in response.headers
    assert "没有保存" in browser.text


async def test_an_error_that_nobody_expected_shows_nothing_of_itself(
    enter: Enter, at: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails() -> None:
        raise ValueError("13800138000")

    browser = await enter("admin")
    monkeypatch.setattr(at.people, "people", fails)
    assert (await browser.get("/people")).status == 500
    assert "13800138000" not in browser.text + caplog.text
    assert "ValueError" in caplog.text
