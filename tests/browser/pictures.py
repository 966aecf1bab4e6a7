"""Takes the pictures of the READMEs and of the staff's manual from the real service, on the fifth of the registration.

`make pictures` (`python tests/browser/pictures.py`) writes docs/images/*.png, with `staff` after it those of the manual
only; it needs what the browser tests need.
"""

import re
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import staff_day
import staff_more
from staff_stage import SERVES, Stage, settings
from started import chromium, started

PROJECT = Path(__file__).parents[2]
IMAGES = PROJECT / "docs" / "images"
PHONE, DESKTOP = (390, 844), (1280, 800)
Until = Literal["load", "networkidle"]


def _open(browser: Browser, address: str, size: tuple[int, int], until: Until = "networkidle") -> Page:
    width, height = size
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, reduced_motion="reduce", locale="zh-CN"
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state(until)
    return page


def _ask(page: Page, text: str) -> None:
    count = page.locator(".turn .reply").count()
    page.fill("#question", text)
    page.press("#question", "Enter")
    page.wait_for_function("count => document.querySelectorAll('.turn .reply').length > count", arg=count)


def _bind(page: Page, log: str, name: str) -> None:
    """Bind the candidate that `kaoda serve` names to try."""
    found = re.search(rf"{name}  (\S+)  (\S+)", log)
    if found is None:
        raise SystemExit(f"the service named no candidate {name}")
    _ask(page, "绑定")
    page.click(".reply-links a")
    for field, value in (("registration_no", found[1]), ("id_number", found[2]), ("name", name)):
        page.fill(f"#{field}", value)
    page.check("input[name=consent]")
    page.click(".bind-form button[type=submit]")
    page.wait_for_selector("text=绑定成功")
    page.goto("/")
    page.evaluate("sessionStorage.removeItem('kaoda.turns')")
    page.reload()
    page.wait_for_selector("#status-card")


def _save(page: Page, name: str) -> None:
    page.wait_for_timeout(300)  # ms; the last scroll
    page.screenshot(path=IMAGES / name)
    page.context.close()


def _try_wechat(page: Page) -> None:
    """Follow by Leshan's code and ask."""
    page.click("#join-choices >> text=四川乐山")
    page.wait_for_selector("#dock:visible")
    page.wait_for_selector(".bubble.theirs")
    page.fill("#text", "缴费到什么时候")
    page.press("#text", "Enter")
    page.wait_for_function("() => document.querySelectorAll('.bubble.theirs').length > 1")


def main() -> None:
    """Write the pictures."""
    path = chromium()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        if "staff" not in sys.argv:
            _take(browser)
        _take_staff(browser)
        browser.close()


def _take(browser: Browser) -> None:
    with started("serve", says=r"kaoda serves (\S+)") as (address, log):
        said = log.read_text("utf-8")
        phone = _open(browser, address + "/?region=CN-5111", PHONE)
        _ask(phone, "缴费到什么时候")
        phone.click(".turn:last-child .sources summary")
        _save(phone, "chat-phone.png")
        desktop = _open(browser, address + "/?region=CN-31", DESKTOP)
        _ask(desktop, "被退回来了，说雪梨不符")
        _save(desktop, "chat-desktop.png")
        status = _open(browser, address, DESKTOP)
        _bind(status, said, "考生甲")
        _ask(status, "我为什么被退回")
        _save(status, "status-desktop.png")
        card = _open(browser, address, PHONE)
        _bind(card, said, "考生甲")
        card.click("#status-card summary")
        _save(card, "status-phone.png")
        notice = _open(browser, address + "/notices/leshan-2024#3", DESKTOP)
        _save(notice, "notice.png")
    with started("wechat-emulator", "--port", "0", says=r"open (\S+) for a phone") as (address, _):
        account = _open(browser, address, DESKTOP, "load")  # its stream never ends
        _try_wechat(account)
        _save(account, "wechat.png")


def _take_staff(browser: Browser) -> None:
    """Those of docs/staff.zh-CN.md, by doing what it says."""
    with (
        tempfile.TemporaryDirectory() as labelled,
        started("serve", says=SERVES, settings=settings(Path(labelled))) as (address, log),
    ):
        stage = Stage(browser, address, log, IMAGES)
        for chapter in (*staff_day.STORY, *staff_more.STORY):
            chapter(stage)
        stage.close()
    for each in IMAGES.glob("staff-*.png"):
        if each.name not in stage.taken:
            each.unlink()


if __name__ == "__main__":
    main()
