"""Signing in and managing people in Chromium: by keyboard, at two widths, light and dark, without a fault of axe."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

try:
    from axe_playwright_python.sync_playwright import Axe
except ImportError:  # the fixture `browser` says how to get it
    Axe = None

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
PASSWORD = "tianqing-luoyu"
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def console() -> Iterator[str]:
    """The address of a console with one person of each role."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    command = [sys.executable, str(HERE / "console_site.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603  our own file
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def enter(browser: Any, console: str) -> Iterator[Open]:
    """Open a browser and sign somebody in; what the policy forbids fails the test."""
    contexts, errors = [], []

    def enter(role: str = "", *, width: int = 1280, dark: bool = False) -> Any:
        scheme = "dark" if dark else "light"
        context = browser.new_context(base_url=console, viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
        page.goto("/console")
        if role:
            page.get_by_label("姓名").fill(role)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_selector("#own-name")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not errors


PATHS = [
    "/console/",
    "/console/people",
    "/console/people/editor",
    "/console/log",
    "/console/password",
    "/console/nowhere",
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible_and_fit(enter: Open, width: int, dark: bool) -> None:
    """No fault of axe, and nothing scrolls sideways but tables and the menu in themselves."""
    page = enter("admin", width=width, dark=dark)
    found = []
    for path in PATHS:
        page.goto(path)
        result = Axe().run(page)
        found += [(path, each["id"]) for each in result.response["violations"]]
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [(path, f"{overflow} px too wide")] * (overflow > 0)
    assert found == []


def test_the_entrance_is_accessible(enter: Open) -> None:
    page = enter(width=390)
    assert Axe().run(page).response["violations"] == []


def test_it_is_used_by_keyboard_alone(enter: Open) -> None:
    """From the entrance to a new person; the focus is always to be seen."""
    page = enter()
    page.wait_for_selector("input[autofocus]:focus")  # the browser moves the focus a moment after the page is there
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#own-name")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.goto("/console/people")
    page.get_by_label("姓名", exact=True).focus()
    page.keyboard.type("键盘")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    page.wait_for_selector("#password")
    assert len(page.locator("#password").text_content()) == 19


def test_going_back_after_signing_out_shows_nothing(enter: Open) -> None:
    page = enter("admin")
    page.goto("/console/people")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in**")
    page.go_back()
    assert page.locator("#people").count() == 0
    assert "sign-in" in page.url


def test_a_form_on_another_site_does_nothing(enter: Open, console: str) -> None:
    """CSRF with a real browser: the cookie may come along, the token cannot."""
    page = enter("admin")
    form = (
        f"<form method=post action='{console}/console/people'><input name=name value=evil><input name=role value=admin>"
        "<input name=is_active value=yes><button>x</button></form>"
    )
    page.route("http://127.0.0.2/**", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto("http://127.0.0.2/")
    page.get_by_role("button").click()
    page.wait_for_selector("h1")
    assert "已过期" in page.locator("h1").text_content()
    page.goto(f"{console}/console/people")
    assert "evil" not in page.content()


def test_it_cannot_be_framed(enter: Open, console: str) -> None:
    page = enter("admin")
    body = f"<iframe src='{console}/console/people'></iframe>"
    page.route("http://127.0.0.2/**", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto("http://127.0.0.2/")
    page.wait_for_timeout(500)
    frames = [each for each in page.frames if each is not page.main_frame]
    assert all("people" not in each.content() for each in frames)
