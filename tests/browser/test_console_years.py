"""A new year, a new region, and tables, in Chromium: what people read and press, on both widths."""

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
PATIENCE = 60_000  # ms, on a busy machine
PAYMENT = "window:payment/health/CN-5111/2025"
Open = Callable[..., Any]


@pytest.fixture
def enter(browser: Any, service: str) -> Iterator[Open]:
    """Sign an editor in; a script that runs wild or what the policy forbids fails the test."""
    contexts, errors = [], []

    def enter(*, width: int = 1280) -> Any:
        context = browser.new_context(base_url=service, viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
        page.goto("/console")
        page.get_by_label("姓名").fill("editor")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_selector("#own-name")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert errors == []


def test_a_year_is_copied_and_an_entry_is_held_against_its_notice(enter: Open) -> None:
    """From the menu, by the labels that people read."""
    page = enter()
    page.get_by_role("link", name="新年度").click()
    page.get_by_label("只要这个地区").fill("乐山")
    page.get_by_role("button", name="复制").click()
    page.wait_for_selector("#said")
    assert "待核对的草稿" in page.inner_text("#said")
    assert page.inner_text("#count-unverified") == "82"
    page.goto("/console/years?year=2025&region=CN-5111")
    page.get_by_role("link", name="网上缴费", exact=True).click()
    assert "2024-01-29" in page.inner_text("#before")
    page.get_by_label("开始", exact=True).fill("2025-01-20")
    page.get_by_role("button", name="已与新通知核对无误").click()
    page.wait_for_selector("#findings")
    assert "没有填" in page.inner_text("#findings")
    assert page.get_by_label("开始", exact=True).input_value() == "2025-01-20"


def test_a_table_that_does_not_fit_is_told_by_cell(enter: Open, tmp_path: Path) -> None:
    """Downloaded, spoilt, uploaded; the page waits by itself."""
    page = enter()
    page.get_by_role("link", name="导入导出").click()
    with page.expect_download() as download:
        page.click("#export-fees")
    file = tmp_path / "fees.csv"
    download.value.save_as(file)
    file.write_bytes(file.read_bytes().replace(b",50,leshan", b",55,leshan"))
    page.set_input_files("#file", file)
    page.click("#import")
    page.wait_for_selector("#misfits")
    assert "原文里没有 55" in page.inner_text("#misfits")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "path",
    ["/years?year=2025", f"/years/verify?key={PAYMENT}", "/regions?region=成都&exam=health&year=2024", "/exchange"],
)
def test_the_pages_are_accessible_and_fit(enter: Open, path: str, width: int) -> None:
    page = enter(width=width)
    page.goto(f"/console{path}")
    page.wait_for_selector("h1")
    found = Axe().run(page)
    assert [each["id"] for each in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
