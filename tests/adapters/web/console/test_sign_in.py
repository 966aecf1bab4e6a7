"""Signing in and out: cookies, fixation, lockout, where one is led."""

import re
from collections.abc import Awaitable, Callable

import pytest
from aiohttp.test_utils import TestServer
from console_site import COOKIE, Visitor, console, visitor
from staff_people import PASSWORD, House

from adapters.web.console.app import Parts
from bot.staff.accounts import Account
from bot.staff.people import Role

Enter = Callable[..., Awaitable[Visitor]]
NEW = "yuguo-tianqing"


async def test_who_is_not_signed_in_is_asked_to(enter: Enter) -> None:
    browser = await enter()
    response = await browser.get("/people?x=1&y=二")
    assert response.url.path == "/console/sign-in"
    assert response.url.query["to"] == "/console/people?x=1&y=%E4%BA%8C"


async def test_signing_in_leads_to_where_one_wanted(enter: Enter) -> None:
    browser = await enter()
    response = await browser.sign_in("admin", to="/console/people?x=1")
    assert response.headers["Location"] == "/console/people?x=1"


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/console/",
        "/console//evil.example",
        "/console/../bind",
        "/console/\\evil",
        "/console/x\r\nSet-Cookie: a=b",
        "/elsewhere",
        "/console/sign-out",
        "javascript:alert(1)",
        "",
    ],
)
async def test_signing_in_leads_nowhere_else(enter: Enter, to: str) -> None:
    browser = await enter()
    location = (await browser.sign_in("admin", to=to)).headers["Location"]
    assert location.startswith("/console/")
    assert "evil" not in location or location == "/console//evil.example", "a path of our own, at most"
    assert ".." not in location


async def test_the_cookie_is_out_of_reach(enter: Enter) -> None:
    browser = await enter()
    response = await browser.sign_in("viewer")
    cookie = response.headers["Set-Cookie"]
    for each in ("HttpOnly", "SameSite=Lax", "Path=/console", "Max-Age=43200"):
        assert each in cookie
    assert "Secure" not in cookie


async def test_over_https_the_cookie_is_secure(at: House) -> None:
    async with console(Parts(staff=at.people), https=True) as server, visitor(server) as browser:
        response = await browser.get("/sign-in")
        assert "Secure" in response.headers["Set-Cookie"]


async def test_a_secret_that_was_planted_is_not_the_sessions(enter: Enter, site: TestServer) -> None:
    """Session fixation: whoever gives somebody a cookie beforehand does not know the one after signing in."""
    browser = await enter()
    await browser.get("/sign-in")
    planted = browser.secret
    await browser.sign_in("admin")
    assert browser.secret != planted
    own = browser.secret
    for secret in (planted, "A" * 43, own + "x", ("y" if own[0] == "x" else "x") + own[1:]):
        other = await enter()
        response = await other.client.get("/console/", headers={"Cookie": f"{COOKIE}={secret}"}, allow_redirects=False)
        assert response.status == 303, secret


async def test_a_cookie_planted_for_the_whole_site_does_not_hide_ours(enter: Enter) -> None:
    """It comes after ours, and would lock everybody out."""
    browser, other = await enter("admin"), await enter()
    for planted in ("A" * 43, "", "x"):
        headers = {"Cookie": f"other=1; {COOKIE}={browser.secret}; {COOKIE}={planted}"}
        response = await other.client.get("/console/people", headers=headers, allow_redirects=False)
        assert response.status == 200, planted


async def test_signing_in_again_ends_the_session_before(enter: Enter, at: House) -> None:
    browser = await enter("viewer")
    old = browser.secret
    response = await browser.post("/sign-in", {"name": "admin", "password": PASSWORD})
    assert response.status == 303
    assert browser.secret != old
    assert await at.people.session(old) is None


async def test_signing_out_ends_the_session(enter: Enter, at: House) -> None:
    browser = await enter("viewer")
    secret = browser.secret
    response = await browser.post("/sign-out")
    assert response.headers["Location"] == "/console/sign-in?said=people.signed_out"
    assert await at.people.session(secret) is None
    assert browser.secret == ""


async def test_a_link_cannot_sign_anybody_out(enter: Enter) -> None:
    browser = await enter("viewer")
    assert (await browser.get("/sign-out")).status == 405
    assert "viewer" in (await (await browser.get("/")).text())


async def test_a_refusal_does_not_tell_which_was_wrong(enter: Enter) -> None:
    browser = await enter()
    texts = []
    for name, password in (("admin", "wrong"), ("无名", PASSWORD)):
        assert (await browser.sign_in(name, password)).status == 403
        texts.append(re.search(r'id="error">([^<]*)', browser.text)[1])  # type: ignore[index]  # fails where there is none
        assert f'value="{name}"' in browser.text, "the name need not be typed again"
        assert 'type="password" maxlength' in browser.text
    assert texts[0] == texts[1]
    assert "wrong" not in browser.text


async def test_five_failures_lock(enter: Enter) -> None:
    browser = await enter()
    for _ in range(5):
        assert (await browser.sign_in("admin", "wrong")).status == 403
    response = await browser.sign_in("admin")
    assert response.status == 429
    assert 890 < int(response.headers["Retry-After"]) <= 900
    assert "15 分钟" in browser.text


async def test_behind_a_proxy_each_address_counts_for_itself(at: House) -> None:
    async with console(Parts(staff=at.people), proxies=1) as server, visitor(server) as browser:
        for number in range(6):
            await browser.get("/sign-in")
            response = await browser.post(
                "/sign-in", {"name": f"n{number}", "password": "x"}, headers={"X-Forwarded-For": f"192.0.2.{number}"}
            )
            assert response.status == 403
        [(_, done)] = await at.people.done(limit=1)
        assert done.detail == "192.0.2.5"


async def test_a_password_that_was_given_is_changed_before_anything_else(enter: Enter, at: House) -> None:
    password = await at.people.add(Account(name="新人", role=Role.ADMIN), "admin")
    browser = await enter()
    response = await browser.sign_in("新人", password, to="/console/people")
    assert response.headers["Location"] == "/console/password"
    for path in ("/", "/people", "/log"):
        assert (await browser.get(path)).url.path == "/console/password"
    refused = await browser.post("/people", {"name": "x", "role": "admin"})
    assert refused.headers["Location"] == "/console/password"
    assert len(await at.people.people()) == len(Role) + 1
    response = await browser.post("/password", {"old": password, "new": NEW, "again": NEW})
    assert response.status == 303
    assert (await browser.get("/people")).status == 200


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"old": "wrong", "new": NEW, "again": NEW}, "现在的密码不对"),
        ({"old": PASSWORD, "new": NEW, "again": NEW + "x"}, "两次填的新密码不一样"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "至少 10 个字符"),
        ({"old": PASSWORD, "new": "viewer123456", "again": "viewer123456"}, "太容易猜"),
        ({}, "太短"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
async def test_why_a_password_was_not_changed_is_told(enter: Enter, fields: dict[str, str], text: str) -> None:
    browser = await enter("viewer")
    assert (await browser.post("/password", fields)).status == 422
    assert text in browser.text or not fields
    assert PASSWORD not in browser.text
    assert (await browser.get("/")).url.path == "/console/"


async def test_changing_the_password_signs_other_browsers_out(enter: Enter) -> None:
    one, other = await enter("viewer"), await enter("viewer")
    secret = one.secret
    assert (await one.post("/password", {"old": PASSWORD, "new": NEW, "again": NEW})).status == 303
    assert one.secret != secret
    assert (await one.get("/")).url.path == "/console/"
    assert (await other.get("/")).url.path == "/console/sign-in"


async def test_pages_are_not_kept(enter: Enter) -> None:
    browser = await enter("viewer")
    assert (await browser.get("/")).headers["Cache-Control"] == "no-store"
    assert (await browser.get("/static/console.css")).headers["Cache-Control"] == "no-cache"
