"""Chromium, and a site in a process of its own. The sync API keeps a loop running, so it ends with each module."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from learnt import used

HOW = (
    "pip install -r requirements-dev.lock; apt-get install chromium fonts-noto-cjk (or set KAODA_CHROMIUM to its path)"
)
PROJECT = Path(__file__).parents[2]


def _missing(what: str) -> None:
    """Skip, saying how to get it; where everything is required, fail."""
    reason = f"{what} is missing. To run the browser tests: {HOW}"
    if os.environ.get("KAODA_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, without a window."""
    try:
        import axe_playwright_python  # noqa: F401  what the tests need too
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("Playwright or axe-playwright-python")
    names = (os.environ.get("KAODA_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        _missing("Chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Start the web adapter over a fake bot; its address."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((os.environ.get("PYTHONPATH", ""), str(PROJECT)))}
    command = [sys.executable, str(Path(__file__).parent / "fake_site.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=PROJECT) as process:  # noqa: S603  our own file
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the whole service with one person of each role."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, str(Path(__file__).parent / "whole_site.py"), str(used(tmp_path_factory.mktemp("data")))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603  our own file
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def open_page(browser: Any, site: str) -> Iterator[Any]:
    """Open a path in a fresh context; every script error fails the test."""
    contexts = []
    errors: list[str] = []

    def open_at(path: str = "/", *, width: int = 390, dark: bool = False, **more: Any) -> Any:
        context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": 844 if width < 600 else 800},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
        page.goto(path)
        if more.get("java_script_enabled", True) and path.startswith("/?") | (path == "/"):
            page.wait_for_selector("html[data-ready]")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not errors
