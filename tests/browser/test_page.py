"""The page as people use it: thumbs, keys, large text, the dark, a bad network, no scripts."""

import pytest

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Page, expect
except ImportError:  # the `browser` fixture says so, and how to install them
    Axe = Page = expect = None

pytestmark = pytest.mark.browser
LOOKS = [
    pytest.param(width, dark, large, id=f"{width}-{'dark' if dark else 'light'}{'-large' if large else ''}")
    for width in (390, 1280)
    for dark in (False, True)
    for large in (False, True)
]


def ask(page: Page, text: str) -> None:
    """Type and press Enter; wait for the reply."""
    replies = page.locator(".turn .reply")
    count = replies.count()
    page.locator("#question").fill(text)
    page.locator("#question").press("Enter")
    expect(replies).to_have_count(count + 1)


def assert_accessible(page: Page) -> None:
    """Axe finds nothing, and the page does not scroll sideways."""
    violations = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "dark", "large"), LOOKS)
def test_chat_is_accessible(open_page, width, dark, large):
    page = open_page(width=width, dark=dark)
    if large:
        page.click("#large-text")
    assert_accessible(page)
    ask(page, "什么时候缴费")
    assert_accessible(page)
    ask(page, "乐山什么时候缴费")
    page.click(".turn:last-child .sources summary")
    page.click(".turn:last-child .feedback >> text=没帮助")
    expect(page.locator(".turn:last-child .feedback-state")).to_have_text("已记下，谢谢您")
    assert_accessible(page)
    ask(page, "能退费吗")
    ask(page, "我的审核过了吗")
    page.evaluate("document.querySelector('#timeline').open = true")
    assert_accessible(page)
    page.click("#region-button")
    page.fill("#picker-search", "乐山")
    expect(page.locator(".picker-option")).to_have_count(2)
    assert_accessible(page)


@pytest.mark.parametrize(("width", "dark", "large"), LOOKS)
@pytest.mark.parametrize("path", ["/notices", "/notices/leshan-2024#3", "/regions?q=乐", "/api", "/none"])
def test_reading_pages_are_accessible(open_page, path, width, dark, large):
    page = open_page(path, width=width, dark=dark)
    if large:
        page.click("#large-text")
    assert_accessible(page)


def test_a_question_is_asked_and_answered_with_keys_alone(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.locator("#question").focus()
    page.keyboard.type("什么时候缴费")
    page.keyboard.press("Enter")
    options = page.locator(".reply-clarify .chip")
    expect(options).to_have_count(3)
    expect(page.locator("#question")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == "四川乐山":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".reply-answer")).to_contain_text("2024年1月29日至2月8日")
    summary = page.locator(".reply-answer .sources summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".reply-answer blockquote")).to_contain_text("不受理现场缴费")


def test_focus_is_not_lost_when_an_option_is_tapped(open_page):
    """The tapped option goes away with the old options; the next Tab must not start at the top of the page."""
    page = open_page()
    ask(page, "什么时候缴费")
    page.locator(".reply-clarify .chip").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".reply-answer")).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body")


def test_enter_while_composing_does_not_send(open_page):
    """An input method's Enter chooses a candidate."""
    page = open_page()
    page.fill("#question", "shenme")
    page.dispatch_event("#question", "keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    page.dispatch_event("#question", "keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})
    page.locator("#question").press("Shift+Enter")
    expect(page.locator(".turn")).to_have_count(0)


def test_region_is_chosen_with_keys_and_passed_along(open_page):
    page = open_page(width=1280)
    page.locator("#region-button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#picker-search")).to_be_focused()
    page.keyboard.type("乐山")
    expect(page.locator(".picker-option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#picker-search")).to_have_attribute("aria-activedescendant", "picker-option-1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#region-name")).to_have_text("四川乐山")
    expect(page.locator("#timeline-region")).to_have_text("四川乐山")
    with page.expect_request("**/api/v1/chat") as sent:
        ask(page, "什么时候缴费")
    assert sent.value.post_data_json["region"] == "CN-5111"
    with page.expect_request("**/api/v1/chat") as sent:
        ask(page, "能退费吗")
    assert "region" not in sent.value.post_data_json


def test_escape_closes_the_picker_and_gives_the_focus_back(open_page):
    page = open_page()
    page.locator("#region-button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#picker-search")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#picker")).to_be_hidden()
    expect(page.locator("#region-button")).to_be_focused()


def test_timeline_follows_the_region_that_the_reply_is_about(open_page):
    page = open_page(width=1280)
    ask(page, "乐山什么时候缴费")
    expect(page.locator("#timeline-region")).to_have_text("四川乐山")
    expect(page.locator("#region-name")).to_have_text("四川乐山")
    expect(page.locator(".today-line")).to_have_text("今天 12月5日")
    expect(page.locator('.step[aria-current="step"]')).to_have_count(2)


def test_network_error_keeps_what_was_typed(open_page):
    page = open_page()
    page.route("**/api/v1/chat", lambda route: route.abort())
    page.fill("#question", "学历不符怎么办")
    page.click("#send")
    expect(page.locator("#trouble")).to_contain_text("网络不通")
    expect(page.locator("#question")).to_have_value("学历不符怎么办")
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator(".turn")).to_have_count(0)
    page.unroute("**/api/v1/chat")
    page.click("#send")
    expect(page.locator(".turn .reply")).to_have_count(1)
    expect(page.locator("#question")).to_have_value("")
    expect(page.locator("#trouble")).to_be_hidden()


def test_network_error_keeps_a_tapped_option_and_the_others(open_page):
    page = open_page()
    ask(page, "什么时候缴费")
    page.route("**/api/v1/chat", lambda route: route.abort())
    page.click(".reply-clarify .chip >> nth=1")
    expect(page.locator("#question")).to_have_value("四川乐山缴费")
    expect(page.locator(".reply-clarify .chip")).to_have_count(3)


def test_problem_of_the_server_is_told_in_its_words(open_page):
    page = open_page()
    body = '{"type": "/api#x", "title": "t", "status": 429, "detail": "请稍后再试。"}'
    page.route(
        "**/api/v1/chat", lambda route: route.fulfill(status=429, body=body, content_type="application/problem+json")
    )
    page.fill("#question", "缴费")
    page.click("#send")
    expect(page.locator("#trouble")).to_have_text("请稍后再试。")
    expect(page.locator("#question")).to_have_value("缴费")


def test_conversation_is_there_after_reading_a_notice(open_page):
    page = open_page()
    ask(page, "乐山什么时候缴费")
    page.click(".sources summary")
    page.click(".source a")
    page.wait_for_url("**/notices/leshan-2024#3")
    expect(page.locator('[id="3"]')).to_have_attribute("aria-current", "true")
    expect(page.locator('[id="3"] .clause-marked')).to_be_visible()
    expect(page.locator(".clause-marked:visible")).to_have_count(1)
    page.click("text=返回提问")
    expect(page.locator(".turn .reply-answer")).to_be_visible()
    page.click("#start-over")
    expect(page.locator(".turn")).to_have_count(0)


def test_unsent_words_are_there_after_a_reload(open_page):
    page = open_page()
    page.fill("#question", "还没写完")
    page.reload()
    expect(page.locator("#question")).to_have_value("还没写完")


def test_large_text_and_dark_are_remembered_and_can_be_undone(open_page):
    page = open_page()
    page.click("#large-text")
    page.click("#dark-mode")
    page.goto("/notices")
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    page.click("#dark-mode")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_page_works_where_storage_is_forbidden(open_page):
    page = open_page("/notices")
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, {get() { throw new DOMException('', 'SecurityError') }})"
    )
    page.goto("/")
    page.wait_for_selector("html[data-ready]")
    ask(page, "你好")


def test_markup_is_shown_and_not_run(open_page):
    page = open_page()
    ask(page, "<img src=x onerror=alert(1)><b>缴费")
    expect(page.locator(".said").first).to_contain_text("<img src=x onerror=alert(1)><b>缴费")
    assert page.locator(".turn img, .turn b").count() == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_touch_targets_are_large_enough(open_page, width):
    page = open_page(width=width)
    ask(page, "什么时候缴费")
    small = page.evaluate(
        "[...document.querySelectorAll('button, .tool, .region-button, summary')].filter(e => e.checkVisibility())"
        ".map(e => [e.textContent.trim(), e.getBoundingClientRect()])"
        ".filter(([, r]) => r.height < 43.5 || r.width < 43.5)"
        ".map(([text, r]) => `${text} ${r.width}x${r.height}`)"
    )
    assert small == []


def test_conversation_is_in_the_middle_and_the_timeline_beside_it_on_a_wide_screen(open_page):
    page = open_page(width=1280)
    conversation, panel = (page.locator(name).bounding_box() for name in (".conversation", ".panel"))
    assert panel["x"] >= conversation["x"] + conversation["width"]
    assert panel["y"] < 100
    middle = conversation["x"] + conversation["width"] / 2
    assert abs(middle - 640) < 100


def test_without_scripts_a_question_is_asked_by_the_form(open_page):
    page = open_page("/?region=CN-5111", java_script_enabled=False)
    expect(page.locator(".steps")).to_contain_text("今天 12月5日")
    page.fill("#question", "什么时候缴费")
    page.click("#send")
    expect(page.locator(".reply-answer")).to_contain_text("2024年1月29日至2月8日")
    expect(page.locator("#region-name")).to_have_text("四川乐山")
    page.click(".reply-answer .chip >> nth=0")
    expect(page.locator(".said")).to_contain_text("考试费多少钱")
    page.click(".tools >> text=通知")
    page.click("text=乐山考点公告")
    expect(page.locator(".paper")).to_contain_text("不受理现场缴费")


def test_without_scripts_the_region_is_chosen_on_a_page(open_page):
    page = open_page("/", java_script_enabled=False)
    page.click("#region-button")
    page.fill("#q", "湛江")
    page.click("button:text('搜索')")
    page.click(".card")
    expect(page.locator("#region-name")).to_have_text("广东湛江")
