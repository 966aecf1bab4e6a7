"""Editing in Chromium over the whole service: text selected in a clause becomes a source, faults are told while typing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

try:
    from axe_playwright_python.sync_playwright import Axe
except ImportError:  # the fixture `browser` says how to get it
    Axe = None

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HERE = Path(__file__).parent
PASSWORD = "tianqing-luoyu"
PAYMENT = quote("window:payment/health/CN-5111/2024", safe="")
Open = Callable[..., Any]


@pytest.fixture
def enter(browser: Any, service: str) -> Iterator[Open]:
    """Open a browser and sign somebody in; what the policy forbids fails the test."""
    contexts, errors = [], []

    def enter(role: str, *, width: int = 1280, dark: bool = False) -> Any:
        scheme = "dark" if dark else "light"
        context = browser.new_context(base_url=service, viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
        page.goto("/console")
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
    "/console/topics",
    "/console/topics/payment_window",
    "/console/matrix",
    f"/console/answers?key={quote('answer:payment_window/health/CN-5111/2024', safe='')}",
    "/console/facts/window",
    f"/console/facts/window/row?key={PAYMENT}",
    "/console/notices",
    "/console/notices/leshan-2024",
    "/console/notices/leshan-2024/edit",
    "/console/notices/leshan-2024/cite?clause=3&q=缴费",
    "/console/notices/upload",
    "/console/entries",
    "/console/entries/text?key=file:regions.toml",
    "/console/preview?topic=payment_window&region=乐山&exam=health",
    "/console/drafts",
    "/console/releases",
    "/console/releases/1",
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible_and_fit(enter: Open, width: int, dark: bool) -> None:
    """No fault of axe, and nothing scrolls sideways but tables in themselves."""
    page = enter("admin", width=width, dark=dark)
    found = []
    for path in PATHS:
        page.goto(path)
        result = Axe().run(page)
        found += [(path, each["id"], each["nodes"][0]["html"][:200]) for each in result.response["violations"]]
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [(path, f"{overflow} px too wide")] * (overflow > 0)
    assert found == []


def select(page: Any, clause: str, words: str) -> None:
    """Select words of a clause as a mouse does."""
    page.evaluate(
        """([clause, words]) => {
            const body = document.querySelector(`[data-clause="${clause}"] .clause-body`);
            const node = body.firstChild, at = node.data.indexOf(words), range = document.createRange();
            range.setStart(node, at); range.setEnd(node, at + words.length);
            const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range);
        }""",
        [clause, words],
    )


def test_selected_words_become_a_source_and_a_click_puts_a_placeholder_in(enter: Open) -> None:
    page = enter("editor")
    page.goto("/console/answers?topic=payment_channel&region=CN-511102&exam=health")
    page.get_by_label("答案", exact=False).first.fill("不能现场缴费，网上支付时间：")
    page.get_by_role("button", name="{window:payment}").click()
    assert page.locator("#field-text").input_value().endswith("{window:payment}")
    select(page, "leshan-2024#3", "不受理现场缴费。")
    page.get_by_role("button", name="引用选中的文字").click()
    assert page.locator("#source-clause-0").input_value() == "leshan-2024#3"
    assert page.locator("#source-quote-0").input_value() == "不受理现场缴费。"
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_selector("#said")
    assert "草稿已保存" in page.locator("#said").text_content()


def test_a_wrong_year_is_told_while_it_is_typed_and_not_kept(enter: Open) -> None:
    page = enter("editor")
    page.goto(f"/console/facts/window/row?key={PAYMENT}")
    page.locator("#field-start").fill("2023-01-29")
    page.locator("#field-start").press("Tab")
    page.wait_for_selector("#field-start-fault:not([hidden])")
    assert "与引用的原文不一致" in page.locator("#field-start-fault").text_content()
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_selector("#error")
    page.goto("/console/drafts")
    assert "window:" not in page.content().split("<main")[1]


def test_words_of_a_notice_lead_to_the_answer_that_is_to_cite_them(enter: Open) -> None:
    page = enter("editor")
    page.goto("/console/notices/leshan-2024")
    select(page, "3", "不受理现场缴费。")
    page.get_by_role("button", name="用选中的文字作依据").click()
    page.wait_for_selector("#to-facts")
    assert page.locator("#quote").input_value() == "不受理现场缴费。"
    page.get_by_label("哪个主题").fill("现场缴费")
    page.get_by_role("button", name="查找答案").click()
    page.get_by_role("link", name="四川乐山的答案").first.click()
    page.wait_for_selector("#sources")
    quotes = page.locator("[name=source_quote]").evaluate_all("all => all.map(each => each.value)")
    assert "不受理现场缴费。" in quotes
