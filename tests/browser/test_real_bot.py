"""The page over the real service: its own process, its own database, a phone's width."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
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


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The service's data folder."""
    return begun(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def site(data: Path) -> Iterator[str]:
    """Start the service on a free port, on the fifth of the registration; its address."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    fixed = {"KAODA_DATA_DIR": str(data), "KAODA_PORT": "0", "KAODA_NOW": "2023-12-05T09:00+08:00"}
    log = data / "log"
    with (
        log.open("w") as out,
        subprocess.Popen(  # noqa: S603  # our own command
            [KAODA, "serve"], env=kept | fixed, cwd=data, stdout=subprocess.DEVNULL, stderr=out
        ) as process,
    ):
        end = time.monotonic() + SECONDS
        while not (found := re.search(r"serving address=(\S+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        yield found[1]
        process.terminate()


def _ask(page: "Page", text: str) -> "Page":
    """Type, press Enter and wait; the reply."""
    replies = page.locator(".turn .reply")
    count = replies.count()
    page.locator("#question").fill(text)
    page.locator("#question").press("Enter")
    expect(replies).to_have_count(count + 1)
    return replies.last


def _choose(page: "Page", name: str) -> None:
    """Choose a region in the picker as a thumb does."""
    page.click("#region-button")
    page.fill("#picker-search", name)
    page.locator(".picker-option").filter(has_text=re.compile(name)).first.click()
    expect(page.locator("#region-name")).to_contain_text(name)


def test_rejection_is_explained_for_the_region_that_was_picked(open_page):
    """学历不符 in Shanghai: the four things to check, and by when."""
    page = open_page()
    _choose(page, "上海")
    reply = _ask(page, "学历不符")
    for part in ("正规院校", "在职学历", "国外学历", "2023年12月14日", "自动放弃"):
        expect(reply).to_contain_text(part)
    expect(reply).to_have_class(re.compile("reply-answer"))


def test_payment_without_a_region_is_asked_back_and_then_told(open_page):
    """Days are the region's: the options are shown, one is tapped, and the timeline follows."""
    page = open_page()
    reply = _ask(page, "缴费时间")
    expect(reply).to_have_class(re.compile("reply-clarify"))
    expect(reply).not_to_contain_text("1月29日")
    chips = reply.locator(".chip")
    assert chips.count() > 1
    chips.filter(has_text="乐山").click()
    expect(page.locator(".turn .reply")).to_have_count(2)
    expect(page.locator(".reply-answer")).to_contain_text("2024年1月29日至2月8日")
    expect(page.locator(".reply-answer")).to_contain_text("视为自动放弃")
    expect(page.locator("#region-name")).to_have_text("四川乐山")


def test_fee_of_four_subjects_is_worked_out(open_page):
    page = open_page("/?region=CN-5111")
    expect(_ask(page, "我考4科中级多少钱")).to_contain_text("280元")


def test_code_of_a_specialty_is_the_row_s_code(open_page):
    """Not the serial number beside it."""
    page = open_page("/?region=CN-33")
    expect(_ask(page, "全科医学的专业编码")).to_contain_text("069")


def test_source_unfolds_and_leads_to_the_marked_clause(open_page):
    """What the answer rests on, word for word, one tap away and marked in its notice."""
    page = open_page("/?region=CN-5111")
    reply = _ask(page, "网上缴费到几号")
    quote = reply.locator(".sources blockquote").first
    expect(quote).to_be_hidden()
    reply.locator(".sources summary").click()
    expect(quote).to_be_visible()
    words = quote.inner_text().strip("“”\n ")
    reply.locator(".source a").first.click()
    page.wait_for_url("**/notices/leshan-2024#3")
    expect(page.locator('[id="3"]')).to_have_attribute("aria-current", "true")
    expect(page.locator('[id="3"]')).to_be_in_viewport()
    expect(page.locator('[id="3"]')).to_contain_text(words)
    expect(page.locator(".clause-marked:visible")).to_have_count(1)


@pytest.mark.parametrize(
    ("button", "helpful"), [pytest.param("有帮助", 1, id="helpful"), pytest.param("没帮助", 0, id="not helpful")]
)
def test_feedback_is_kept(open_page, data, button, helpful):
    """In the database, for the reply that was shown; what did not help is a gap too."""
    page = open_page("/?region=CN-5111")
    with page.expect_response("**/api/v1/chat") as answered:
        reply = _ask(page, "初级一科多少钱")
    reply_id = answered.value.json()["reply"]["id"]
    reply.locator(".feedback").get_by_role("button", name=button).click()
    expect(reply.locator(".feedback-state")).to_have_text(re.compile("谢谢"))
    with closing(sqlite3.connect(data / "kaoda.sqlite3")) as database:
        kept = database.execute("select helpful from feedback where reply_id = ?", [reply_id]).fetchall()
        gaps = database.execute("select count(*) from gap where reason = 'not_helpful' and topic = 'fee'").fetchone()
    assert kept == [(helpful,)]
    assert bool(gaps[0]) >= (not helpful)


def test_question_without_scripts_is_answered_by_the_form(open_page):
    page = open_page("/?region=CN-5111", java_script_enabled=False)
    page.fill("#question", "中级一科多少钱")
    page.click("#send")
    expect(page.locator(".reply-answer")).to_contain_text("70元")
    page.fill("#question", "那初级呢")
    page.click("#send")
    expect(page.locator(".reply-answer")).to_contain_text("50元")


@pytest.mark.parametrize("with_scripts", [pytest.param(True, id="scripts"), pytest.param(False, id="no scripts")])
def test_typed_markup_is_shown_as_text(open_page, with_scripts):
    """What was typed stands in the bubble as it was typed; nothing of it runs or comes back in the reply."""
    page = open_page("/?region=CN-5111", java_script_enabled=with_scripts)
    typed = "<script>document.title='x'</script><b>缴费时间</b>"
    page.fill("#question", typed)
    page.click("#send")
    expect(page.locator(".said")).to_contain_text(typed)
    expect(page.locator(".reply")).to_contain_text("2月8日")
    expect(page.locator(".reply")).not_to_contain_text("script")
    assert page.locator(".turn script, .said b").count() == 0
    assert page.title() != "x"


def test_personal_number_is_neither_answered_with_nor_kept(open_page, data):
    """It is shown where it was typed, and nowhere in what is kept."""
    page = open_page("/?region=CN-5111")
    expect(_ask(page, "我的手机号13812345678 审核过了吗")).not_to_contain_text("13812345678")
    for file in data.glob("kaoda.sqlite3*"):
        assert b"13812345678" not in file.read_bytes(), file.name


def test_conversation_is_there_after_a_reload(open_page):
    page = open_page("/?region=CN-5111")
    _ask(page, "中级一科多少钱")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".reply-answer")).to_contain_text("70元")
    expect(_ask(page, "那初级呢")).to_contain_text("50元")


@pytest.mark.parametrize("dark", [pytest.param(False, id="light"), pytest.param(True, id="dark")])
def test_real_page_is_accessible(open_page, dark):
    """Axe finds nothing on a conversation with every kind of reply, and nothing scrolls sideways."""
    page = open_page("/?region=CN-5111", dark=dark)
    for text in ("你好", "缴费", "我的审核过了吗", "合格分数线是多少", "浙江副高全科医学的编码", "乐山各报名点的电话"):
        _ask(page, text)
    for each in page.locator(".sources summary").all():
        each.click()
    page.evaluate("document.querySelector('#timeline').open = true")
    violations = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    "notice", ["national-2024", "zhanjiang-2024", "leshan-2024", "shanghai-qa-2024", "zhejiang-senior-2024"]
)
def test_real_notices_are_accessible(open_page, notice):
    """Every notice as it is shipped, with its widest table, on a phone."""
    page = open_page(f"/notices/{notice}")
    violations = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
