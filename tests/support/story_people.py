"""What somebody of the staff does in the console with a browser, for the tests that tell a story."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

PASSWORD = "tianqing-luoyu"
PAYMENT = "window:payment/health/CN-5111/2024"
CHECKING = (
    180  # s that a check may take where others compute too: the gates ask 10,000 phrasings again, 30 s on a free core
)


def row(key: str) -> str:
    """The page of a row."""
    return f"/console/facts/{key.partition(':')[0]}/row?key={quote(key, safe='')}"


def check_of(*keys: str) -> str:
    """The page that checks these drafts."""
    return "/console/check?" + "&".join(f"key={quote(key, safe='')}" for key in keys)


DELAYED = (
    "通过考区审核的考生，网上缴费时间延长为2024年1月29日-2月18日。"
    "未按规定时间完成网上缴费的，视为自动放弃考试。不受理现场缴费。"
)
PROLONGED = "网上缴费时间延长为2024年1月29日-2月18日"
OLD_QUOTE = (
    'clause = "leshan-2024#3", quote = "通过考区审核的考生，须于2024年1月29日-2月8日期间通过网上支付方式缴纳考试费。'
)
NEW_QUOTE = f'clause = "leshan-delay-2024#1", quote = "{PROLONGED}"}}, {{clause = "leshan-2024#3", quote = "'
QUOTING = tuple(
    f"answer:{topic}/health/CN-5111/2024" for topic in ("payment_window", "payment_precondition", "review_window")
)
NATION = "answer:online_payment_list/health/CN/2024"  # it prints 乐山's days there


@dataclass
class Staff:
    """Signs people in; a script error, a dialog or what the policy forbids is noted."""

    browser: Any
    address: str
    contexts: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def page(self, **more: Any) -> Any:
        """A browser of somebody who is not signed in."""
        context = self.browser.new_context(
            base_url=self.address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce", **more
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.errors.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda said: self.errors.append(said.text) if "Content Security" in said.text else None)
        return page

    def enter(self, name: str) -> Any:
        """Somebody, signed in by the form."""
        page = self.page()
        page.goto("/console")
        page.get_by_label("姓名").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_selector("#own-name")
        return page

    def close(self) -> None:
        """Close all browsers."""
        for each in self.contexts:
            each.close()


@contextmanager
def staff_of(browser: Any, address: str) -> Iterator[Staff]:
    """People with browsers; nothing was noted at the end."""
    found = Staff(browser, address)
    try:
        yield found
    finally:
        found.close()
    assert found.errors == []


def save_text(page: Any, key: str, change: tuple[str, str]) -> None:
    """Change words of an entry as it stands in its file, and save."""
    page.goto(f"/console/entries/text?key={quote(key, safe='')}")
    text = page.locator("#text").input_value()
    assert change[0] in text
    page.locator("#text").fill(text.replace(*change))
    page.locator("#save-draft").click()
    page.wait_for_load_state()


def checked(page: Any, *keys: str) -> Any:
    """The check of these drafts, once it is done."""
    end = time.monotonic() + CHECKING
    page.goto(check_of(*keys))
    while page.locator("#running").count():
        assert time.monotonic() < end, "the check takes too long"
        page.wait_for_timeout(500)
        page.goto(check_of(*keys))
    return page


def press_and_time(page: Any, button: str, path: str) -> tuple[float, float]:
    """Press a button that publishes: when it was pressed and when the answer began to come (s since 1970)."""
    with page.expect_response(lambda found: path in found.url and found.request.method == "POST") as answered:
        page.locator(button).click()
    response = answered.value
    assert response.status == 303, page.content()[:3000]
    timing = response.request.timing
    page.wait_for_selector("#said")
    return timing["startTime"] / 1000, (timing["startTime"] + timing["responseStart"]) / 1000


def publish(page: Any, note: str, *keys: str) -> tuple[float, float]:
    """Check and publish; when, as `press_and_time` says."""
    checked(page, *keys)
    assert page.locator("#findings").count() == 0, page.locator("#findings").inner_text()
    page.locator("#note").fill(note)
    return press_and_time(page, "#publish", "/check/publish")


def roll_back(page: Any, edition: int) -> tuple[float, float]:
    """Go back to an edition; when, as `press_and_time` says."""
    page.goto(f"/console/releases/{edition}")
    page.locator("#note").fill("改回去")
    return press_and_time(page, "#rollback", "/rollback")


def current(page: Any) -> int:
    """The edition that is published."""
    page.goto("/console/releases")
    return int(page.locator("#releases tbody th").first.inner_text())


def discard(page: Any, *keys: str) -> None:
    """Take drafts away."""
    for key in keys:
        page.goto(f"/console/drafts/entry?key={quote(key, safe='')}")
        page.locator("#discard").click()
        page.wait_for_load_state()


def sent_by_hand(page: Any, path: str, fields: list[tuple[str, str]]) -> int:
    """Send a form that no page offers, with the token of the page that is open; the status."""
    script = """async ([path, fields]) => {
        const body = new URLSearchParams(fields);
        body.set("csrf", document.querySelector("input[name=csrf]").value);
        return (await fetch(path, {method: "POST", body, redirect: "manual"})).status;
    }"""
    status: int = page.evaluate(script, json.loads(json.dumps([path, fields])))
    return status


def write_the_delay(editor: Any) -> None:
    """The new notice, and the window that rests on it: both drafts. The answers on it still quote the old one."""
    editor.goto("/console/notices/upload")
    editor.locator("#text").fill(DELAYED)
    editor.locator("#split").click()
    editor.wait_for_selector("#clause-0")
    for name, value in (
        ("id", "leshan-delay-2024"),
        ("title", "关于延长网上缴费时间的通知"),
        ("short", "乐山延期通知"),
        ("issuer", "乐山市考区"),
        ("year", "2024"),
        ("region", "四川乐山"),
    ):
        editor.locator(f"#field-{name}").fill(value)
    editor.locator("#field-exams-health").check()
    editor.locator("#clause-id-0").fill("1")
    editor.locator("#clause-label-0").fill("全文")
    editor.locator("#save-draft").click()
    editor.wait_for_selector("#said")
    editor.goto(row(PAYMENT))
    editor.locator("#field-end").fill("2024-02-18")
    editor.locator("#field-source").fill("leshan-delay-2024#1")
    editor.locator("#field-quote").fill(PROLONGED)
    editor.locator("#note_why").fill("缴费延期")
    editor.locator("#save-draft").click()
    editor.wait_for_selector("#said")


def quote_the_delay(editor: Any) -> None:
    """The answers that quote the old day quote the new notice for it; the nation's leaves the day out."""
    for key in QUOTING:
        save_text(editor, key, (OLD_QUOTE, NEW_QUOTE))
    save_text(editor, NATION, (",通过资格审核的考生须在2024年1月29日-2月8日期间完成网上缴费", ""))


def live_after(asking: Any, new: str, old: str, *, since: float, at: float) -> float:
    """From `at` to the first answer that was new (s; negative: before it), of those that were asked for after `since`.

    Before it all were old; whatever was asked for once it was there is new.
    """
    after = [each for each in asking.told if each.asked > since]
    first = next(each for each in after if new in each.text)
    assert all(old in each.text for each in after if each.at < first.at)
    following = [each for each in after if each.asked >= first.at]
    following = following[: next((n for n, each in enumerate(following) if each.asked > at + 1.2), None)]
    assert following
    assert all(new in each.text for each in following)
    return first.at - at
