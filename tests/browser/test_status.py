"""One's own registration in the browser, over the real service and the stub: bind, state, self-check, card, reminders."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from learnt import begun

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Page, expect
except ImportError:  # the `browser` fixture says so, and how to install them
    Axe = Page = expect = None

pytestmark = pytest.mark.browser
KAODA = Path(sys.executable).parent / "kaoda"
SECONDS = 60  # until the service has to be there, on a slow machine


class Running:
    """The service, the stub beside it, and a folder."""

    def __init__(self, address: str, stub: str) -> None:
        self.address, self.stub = address, stub

    def tell(self, method: str, path: str, **body: object) -> object:
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(  # noqa: S310  # the stub of this test
            self.stub + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  # likewise
            return json.loads(answer.read())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`kaoda serve` on a free port, on the fifth of the registration, with rounds every second."""
    data = begun(tmp_path_factory.mktemp("data"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    fixed = {
        "KAODA_DATA_DIR": str(data),
        "KAODA_PORT": "0",
        "KAODA_NOW": "2023-12-05T09:00+08:00",
        "KAODA_CHANGES_SECONDS": "1",
    }
    log = data / "log"
    with (
        log.open("w") as out,
        subprocess.Popen(  # noqa: S603  # our own command
            [KAODA, "serve"], env=kept | fixed, cwd=data, stdout=out, stderr=out
        ) as process,
    ):
        end = time.monotonic() + SECONDS
        while not (found := re.search(r"kaoda serves (\S+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        stub = re.search(r"(http://\S+)  \(docs/status", log.read_text())
        assert stub
        yield Running(found[1], stub[1])
        process.terminate()


@pytest.fixture(scope="module")
def site(running: Running) -> str:
    """What `open_page` opens."""
    return running.address


@pytest.fixture(autouse=True)
def healthy(running: Running) -> Iterator[None]:
    """Whatever a test ordered is taken back."""
    yield
    running.tell("DELETE", "/_stub/faults")


def _ask(page: "Page", text: str) -> "Page":
    """Type, press Enter and wait; the reply."""
    replies = page.locator(".turn .reply")
    count = replies.count()
    page.locator("#question").fill(text)
    page.locator("#question").press("Enter")
    expect(replies).to_have_count(count + 1)
    return replies.last


def _bind(page: "Page", running: Running, name: str) -> None:
    """By the link of the reply and the form behind it, as a candidate does; back on the chat page."""
    _ask(page, "我为什么被退回").locator(".reply-links a").click()
    page.wait_for_url("**/bind?token=*")
    _fill_in(page, running, name)
    page.goto("/")
    page.wait_for_selector("html[data-ready]")


def _fill_in(page: "Page", running: Running, name: str, ends: str = "绑定成功") -> None:
    candidates = {each["name"]: each for each in running.tell("GET", "/_stub/candidates")}
    page.fill("#registration_no", candidates[name]["registration_no"])
    page.fill("#id_number", candidates[name]["id_number"])
    page.fill("#name", name)
    page.check("input[name=consent]")
    page.click(".bind-form button[type=submit]")
    expect(page.locator("h1")).to_have_text(ends)


def test_rejection_from_binding_to_what_to_upload_by_when(open_page, running):
    """学历不符 end to end: bind → the state → the self-check, question by question → what to upload by 12月14日."""
    page = open_page()
    _bind(page, running, "考生甲")
    card = page.locator("#status-card")
    expect(card).to_contain_text("报名确认：不通过")
    reply = _ask(page, "我为什么被退回")
    for part in ("学历不符", "2023年12月14日"):
        expect(reply).to_contain_text(part)
    reply.locator(".chip", has_text="自查").first.click()
    replies = page.locator(".turn .reply")
    expect(replies).to_have_count(3)
    for _ in range(12):
        last = replies.last
        if not last.locator(".chip", has_text=re.compile("^否$")).count():
            break
        count = replies.count()
        last.locator(".chip", has_text=re.compile("^否$")).click()
        expect(replies).to_have_count(count + 1)
    end = replies.last
    expect(end).to_contain_text("上传")
    expect(end).to_contain_text("12月14日")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("large", [False, True])
def test_card_is_readable(open_page, running, width, dark, large):
    """Stages in order with today, in words and shapes; nothing overflows; no accessibility fault."""
    page = open_page(width=width, dark=dark)
    if large:
        page.click("#large-text")
    _bind(page, running, "考生甲")
    card = page.locator("#status-card")
    expect(card).to_be_visible()
    if width < 600:
        card.locator("summary").click()
    stages = card.locator(".card-stage")
    expect(stages).to_have_count(7)
    assert [each.split("\n")[0] for each in stages.all_inner_texts()][:2] == ["网上预报名", "报名确认"]
    expect(card.locator(".card-today")).to_have_text("今天 12月5日")
    expect(card.locator("[aria-current=step]")).to_contain_text("需要处理：不通过")
    expect(card.locator(".card-facts")).to_contain_text("“学历不符”")
    expect(card.locator(".card-facts")).to_contain_text("12月14日")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    boxes = [each.bounding_box() for each in card.locator("button:visible, summary:visible").all()]
    assert all(box and box["height"] >= 44 for box in boxes)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_card_without_scripts_comes_with_the_page(open_page, running):
    """The form is opened beside the conversation: without scripts that lives in its page."""
    page = open_page(java_script_enabled=False)
    page.fill("#question", "绑定")
    page.click("#send")
    other = page.context.new_page()
    other.goto(page.locator(".reply-links a").get_attribute("href"))
    _fill_in(other, running, "考生甲")
    page.fill("#question", "我的报名")
    page.click("#send")
    card = page.locator("#status-card")
    expect(card).to_contain_text("报名确认：不通过")
    card.locator(".chip", has_text="提醒我").click()
    expect(card).to_contain_text("提醒：状态有变化时、截止前3天和前1天。")


def test_without_scripts_the_conversation_goes_on_after_the_form(open_page, running):
    """In one tab: bound, then refused another candidate, and back in the same conversation both times."""
    page = open_page(java_script_enabled=False)
    page.fill("#question", "绑定")
    page.click("#send")
    conversation = page.locator("#composer input[name=conversation_id]").get_attribute("value")
    link = page.locator(".reply-links a").get_attribute("href")
    page.fill("#question", "绑定")
    page.click("#send")
    second = page.locator(".reply-links a").get_attribute("href")
    bound = (link, "考生丙", "绑定成功", "查看我的报名状态")
    refused = (second, "考生丁", "已经绑定了另一名考生", "回到刚才的对话")
    for url, candidate, title, button in (bound, refused):
        page.goto(url)
        _fill_in(page, running, candidate, title)
        expect(page.get_by_role("link", name="返回提问")).to_be_hidden()
        page.get_by_role("button", name=button).click()
        expect(page.locator("#status-card")).to_contain_text("“专业不符”")
        assert page.locator("#composer input[name=conversation_id]").get_attribute("value") == conversation


def test_who_is_not_bound_has_no_card(open_page):
    page = open_page()
    _ask(page, "什么时候缴费")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#status-card")).to_have_count(0)


def test_change_is_told_once_at_the_next_visit(open_page, running):
    page = open_page(width=1280)
    _bind(page, running, "考生乙")
    card = page.locator("#status-card")
    card.locator(".chip", has_text="提醒我").click()
    expect(page.locator(".turn .reply").last).to_contain_text("提醒")
    expect(card).to_contain_text("提醒：状态有变化时")
    running.tell("POST", "/_stub/move", who="考生乙", stage={"stage": "confirmation", "state": "passed"})
    page.wait_for_timeout(2500)
    page.reload()
    told = page.locator(".card-reminders")
    expect(told).to_contain_text("您的报名有变化")
    expect(told).to_contain_text("“报名确认”现在是“通过”")
    expect(card).to_contain_text("报名确认")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(card).to_be_visible()
    expect(told).to_have_count(0)


def test_device_that_was_told_to_knows_its_user_again(open_page, running):
    """A new tab shows the card only where its user pressed for it; emptying the conversation ends it."""
    page = open_page(width=1280)
    _bind(page, running, "考生甲")
    other = page.context.new_page()
    other.goto("/")
    other.wait_for_selector("html[data-ready]")
    expect(other.locator("#status-card")).to_have_count(0)
    page.locator(".card-keep button").click()
    expect(page.locator(".card-keep button")).to_have_attribute("aria-pressed", "true")
    other.reload()
    expect(other.locator("#status-card")).to_contain_text("报名确认：不通过")


def test_card_while_the_service_fails_says_when_it_was_known(open_page, running):
    """The last known state with its time; for who was never told one, that it cannot be known now."""
    page = open_page(width=1280)
    _bind(page, running, "考生丙")
    card = page.locator("#status-card")
    expect(card).to_contain_text("报名确认：不通过")
    running.tell("POST", "/_stub/faults", kind="500")
    page.reload()
    expect(card).to_contain_text("最后一次查到的，之后可能有变化")
    expect(card).to_contain_text("2023年12月5日")
    expect(card.locator(".card-stale")).to_be_visible()
