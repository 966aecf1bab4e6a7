"""Gaps and trying in Chromium, with the whole service: what a candidate types on the page is text in the console."""

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
QUESTION = "票子几号往外掏"
EVIL = (
    "<script>window.hacked=1</script><img src=x onerror=\"window.hacked=2\"><svg onload='window.hacked=3'>我家猫生病了"
)
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def asked(browser: Any, service: str) -> str:
    """Candidates asked on the chat page and by the API; the address."""
    context = browser.new_context(base_url=service)
    page = context.new_page()
    page.goto("/")
    page.wait_for_selector("html[data-ready]")
    for text in (QUESTION, EVIL):
        answer = context.request.post("/api/v1/chat", data={"text": text, "region": "乐山"})
        assert answer.ok
    reply = answer.json()
    low = {
        "conversation_id": reply["conversation_id"],
        "reply_id": reply["reply"]["id"],
        "helpful": False,
        "comment": EVIL,
    }
    assert context.request.post("/api/v1/feedback", data=low).ok
    context.close()
    return service


@pytest.fixture
def enter(browser: Any, asked: str) -> Iterator[Open]:
    """Sign somebody in; a script that runs, a dialog that opens or what the policy forbids fails the test."""
    contexts, errors = [], []

    def enter(role: str, *, width: int = 1280, dark: bool = False) -> Any:
        scheme = "dark" if dark else "light"
        context = browser.new_context(base_url=asked, viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(dialog.message))
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


def test_a_candidate_s_question_runs_nothing(enter: Open) -> None:
    """Stored XSS: in the overview, the list, the cluster, the forms, the journal and when it is tried."""
    page = enter("admin")
    page.goto("/console/gaps")
    link = page.locator("#gaps a", has_text="我家猫生病了").first
    assert "<script>window.hacked=1</script>" in link.text_content()
    path = link.get_attribute("href")
    for each in ("/console/", path, f"{path}/topic", "/console/gaps?state=open", "/console/journal"):
        page.goto(each)
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img, main svg[onload], main script").count() == 0
    page.goto(path)
    page.locator("#try").click()
    page.locator("#play").click()
    page.wait_for_selector("#turn-1")
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img, main svg[onload], main script").count() == 0


def test_a_gap_becomes_a_phrasing(enter: Open) -> None:
    """Two clicks: what would change, and save; then it stands under its new state."""
    page = enter("editor")
    page.goto("/console/gaps")
    page.locator("#gaps a", has_text=QUESTION).first.click()
    assert page.locator("#is-answered").text_content() == "还是缺口"
    page.locator("#topic").select_option(label="网上缴费时间")
    page.locator("#try-phrasing").click()
    page.wait_for_selector("#won-count")
    assert page.locator("#won-count").text_content() == "1"
    page.locator("#add-phrasing").click()
    page.wait_for_selector("#said")
    assert "草稿" in page.locator("#said").text_content()
    page.goto("/console/gaps?state=phrasing")
    assert QUESTION in page.locator("#gaps").text_content()
    page.goto("/console/trial")
    page.locator("#turns").fill(QUESTION)
    page.locator("#region").fill("乐山")
    page.locator("#with-drafts").check()
    page.locator("#play").click()
    page.wait_for_selector("#turn-1")
    assert "2024年1月29日" in page.locator("#turn-1 .bubble.web").text_content()


def test_a_conversation_goes_on_by_tapping(enter: Open) -> None:
    page = enter("viewer")
    page.goto("/console/trial")
    page.locator("#turns").fill("几号缴费")
    page.locator("#play").click()
    page.get_by_role("button", name="上海", exact=True).click()
    page.wait_for_selector("#turn-2")
    assert page.locator("#turns").input_value() == "几号缴费\n上海"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible_and_fit(enter: Open, width: int, dark: bool) -> None:
    """No fault of axe, and nothing scrolls sideways but tables and the menu in themselves."""
    page = enter("admin", width=width, dark=dark)
    found = []
    page.goto("/console/gaps")
    paths = ["/console/gaps", "/console/gaps?state=done", "/console/gaps/2", "/console/gaps/2/topic"]
    paths += ["/console/gaps/2/phrasing?topic=exam_venue&phrasing=考场在哪里呢", "/console/trial"]
    for path in paths:
        page.goto(path)
        found += faults(page, path)
    page.locator("#turns").fill("几号缴费\n上海\n那现场确认呢，要不要带原件")
    page.locator("#play").click()
    page.wait_for_selector("#turn-3")
    found += faults(page, "tried")
    assert found == []


def faults(page: Any, path: str) -> list[tuple[str, str]]:
    result = Axe().run(page)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [(path, each["id"]) for each in result.response["violations"]] + [(path, f"{overflow} px")] * (overflow > 0)
