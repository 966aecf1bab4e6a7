"""The page of the emulated platform: a phone that can be used with thumbs, keys and ears, and a list beside it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Page, expect
except ImportError:  # the `browser` fixture says so, and how to install them
    Axe = Page = expect = None

pytestmark = pytest.mark.browser
PROJECT = Path(__file__).parents[2]
FAULT = "该公众号提供的服务出现故障，请稍后再试"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Start the emulator over an account of a few lines; its address."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((os.environ.get("PYTHONPATH", ""), str(PROJECT)))}
    command = [sys.executable, str(Path(__file__).parent / "emulated_site.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=PROJECT) as process:  # noqa: S603  our own file
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def phone(open_page) -> "Page":
    """The page of a user who follows."""
    page = open_page()
    page.click("#follow")
    expect(page.locator("#dock")).to_be_visible()
    return page


def say(page: "Page", text: str) -> None:
    page.fill("#text", text)
    page.press("#text", "Enter")
    expect(page.locator("#text")).to_have_value("")


def assert_accessible(page: "Page") -> None:
    violations = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_accessible_in_every_state(open_page, width):
    page = open_page(width=width)
    assert_accessible(page)
    page.click("#more-button")
    assert_accessible(page)
    page.click("#more-button")
    page.click("#follow")
    say(page, "缴费")
    expect(page.locator(".say-link")).to_be_visible()
    say(page, "错")
    expect(page.locator(".bubble.fault")).to_be_visible()
    page.click("#attach-button")
    page.click("#menu >> text=报名缴费")
    assert_accessible(page)
    if width == 390:
        expect(page.locator("#panel")).to_be_hidden()
        page.click("#panel-button")
    expect(page.locator("#exchanges .bad")).to_have_count(2)
    assert_accessible(page)


def test_following_by_a_regions_code(open_page):
    page = open_page()
    expect(page.locator("#dock")).to_be_hidden()
    page.click("#join-choices >> text=四川乐山")
    expect(page.locator(".theirs").last).to_contain_text("收到：subscribe qrscene_CN-5111")
    page.click("#more-button")
    page.fill("#scene", "CN-31")
    page.press("#scene", "Enter")
    expect(page.locator(".theirs").last).to_contain_text("收到：SCAN CN-31")


def test_links_and_menu_say_what_they_hold(phone):
    say(phone, "什么时候缴费")
    link = phone.locator(".page-link")
    expect(link).to_have_attribute("href", "https://example.com/notices/1#3")
    phone.click(".say-link")
    expect(phone.locator(".mine").last).to_contain_text("收费标准")
    expect(phone.locator(".theirs").last).to_contain_text("收到：收费标准")
    phone.click("#menu >> text=报名缴费")
    phone.click(".folded >> text=缴费时间")
    expect(phone.locator(".note").last).to_contain_text("点了菜单“缴费时间”")
    expect(phone.locator(".theirs").last).to_contain_text("收到：CLICK 缴费时间")


@pytest.mark.parametrize(
    ("label", "kind"), [("图片", "image"), ("语音", "voice"), ("位置", "location"), ("表情", "不支持的消息")]
)
def test_what_is_no_text(phone, label, kind):
    phone.click("#attach-button")
    phone.click(f"#attach >> text={label}")
    expect(phone.locator(".theirs").last).to_contain_text(kind)


def test_retries_and_the_fault_are_seen(phone):
    phone.click("#panel-button")
    phone.select_option("[name=answer_seconds]", "0.001")
    phone.click("#panel-close")
    expect(phone.locator("#panel-button")).to_be_focused()
    say(phone, "慢")
    expect(phone.locator(".bubble.fault")).to_contain_text(FAULT)
    phone.click("#panel-button")
    expect(phone.locator("#exchanges")).to_contain_text("推送 text，第 3 次")
    expect(phone.locator("#exchanges")).to_contain_text(re.compile("用户看到故障提示：(连接超时|超时没有回复)"))
    phone.select_option("[name=answer_seconds]", "5")


def test_silence_shows_nothing(phone):
    count = phone.locator(".theirs").count()
    say(phone, "不说")
    expect(phone.locator("#exchanges")).to_contain_text("收到“不回复”")
    assert phone.locator(".theirs").count() == count


def test_leaving_ends_the_conversation_and_another_candidate_begins_one(phone):
    phone.click("#more-button")
    phone.click("#unfollow")
    expect(phone.locator("#dock")).to_be_hidden()
    expect(phone.locator("#join")).to_be_visible()
    phone.click("#more-button")
    phone.click("#another")
    expect(phone.locator(".bubble")).to_have_count(0)


def test_a_reload_keeps_the_conversation(phone):
    say(phone, "缴费")
    expect(phone.locator(".say-link")).to_have_count(1)
    phone.reload()
    expect(phone.locator(".say-link")).to_have_count(1)
    expect(phone.locator("#dock")).to_be_visible()


def test_everything_can_be_done_with_keys(open_page):
    page = open_page()
    page.locator("#follow").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("缴费")
    page.keyboard.press("Enter")
    expect(page.locator(".say-link")).to_be_visible()
    page.locator(".say-link").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".theirs").last).to_contain_text("收到：收费标准")
    page.locator("#menu >> text=报名缴费").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#menu >> text=报名缴费")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".folded")).to_be_hidden()
    expect(page.locator("#menu >> text=报名缴费")).to_be_focused()


def test_markup_in_replies_is_no_markup(phone):
    say(phone, "<img src=x onerror=alert(1)><b>粗</b>")
    expect(phone.locator(".theirs").last).to_contain_text("收到：<img src=x onerror=alert(1)><b>粗</b>")
    assert phone.locator(".bubble img, .bubble b").count() == 0
