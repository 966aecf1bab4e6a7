"""Takes the pictures of the README from the real service, on the fifth of the registration.

`python tests/browser/pictures.py` writes docs/images/*.png; it needs what the browser tests need.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).parents[2]
IMAGES = PROJECT / "docs" / "images"
PHONE, DESKTOP = (390, 844), (1280, 800)
SECONDS = 60  # until the service has to be there
Until = Literal["load", "networkidle"]
CHROMIUM = (os.environ.get("KAODA_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")


@contextmanager
def _started(*arguments: str, says: str) -> Iterator[tuple[str, str]]:
    """The address that a command says it serves at, and all it said, with a data folder that is thrown away."""
    kaoda = Path(sys.executable).parent / "kaoda"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        fixed = {"KAODA_DATA_DIR": folder, "KAODA_PORT": "0", "KAODA_NOW": "2023-12-05T09:00+08:00"}
        with (
            log.open("w") as out,
            subprocess.Popen(  # noqa: S603  # our own command
                [kaoda, *arguments], env=os.environ | fixed, stdout=out, stderr=out
            ) as process,
        ):
            end = time.monotonic() + SECONDS
            while not (found := re.search(says, log.read_text())):
                if process.poll() is not None or time.monotonic() > end:
                    process.kill()
                    raise SystemExit(log.read_text())
                time.sleep(0.05)
            try:
                yield found[1], log.read_text()
            finally:
                process.terminate()


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
    path = next((found for name in CHROMIUM if name and (found := shutil.which(name))), None)
    if path is None:
        raise SystemExit("Chromium is missing: apt-get install chromium fonts-noto-cjk (or set KAODA_CHROMIUM)")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        _take(browser)
        browser.close()


def _take(browser: Browser) -> None:
    with _started("serve", says=r"kaoda serves (\S+)") as (address, log):
        phone = _open(browser, address + "/?region=CN-5111", PHONE)
        _ask(phone, "缴费到什么时候")
        phone.click(".turn:last-child .sources summary")
        _save(phone, "chat-phone.png")
        desktop = _open(browser, address + "/?region=CN-31", DESKTOP)
        _ask(desktop, "被退回来了，说雪梨不符")
        _save(desktop, "chat-desktop.png")
        status = _open(browser, address, DESKTOP)
        _bind(status, log, "考生甲")
        _ask(status, "我为什么被退回")
        _save(status, "status-desktop.png")
        card = _open(browser, address, PHONE)
        _bind(card, log, "考生甲")
        card.click("#status-card summary")
        _save(card, "status-phone.png")
        notice = _open(browser, address + "/notices/leshan-2024#3", DESKTOP)
        _save(notice, "notice.png")
    with _started("wechat-emulator", "--port", "0", says=r"open (\S+) for a phone") as (address, _):
        account = _open(browser, address, DESKTOP, "load")  # its stream never ends
        _try_wechat(account)
        _save(account, "wechat.png")


if __name__ == "__main__":
    main()
