"""A stage for the staff's day: browsers of several people over one service, and a shutter for the pictures of the manual."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

WIDTH, HEIGHT, ROOM = 1280, 800, 14  # px; `ROOM` is left around what is cut out
PASSWORD = "qingshan-lvshui-52"  # of people who do not exist
FIRST = re.compile(r"sign in as (\S+) with the password (\S+) ")
CASES = Path(__file__).parents[1] / "cases" / "leshan.jsonl"
SERVES = rf"(?s)kaoda serves (\S+).*{FIRST.pattern}"
PATIENCE = 30_000  # ms


def settings(folder: Path) -> dict[str, str]:
    """Of the service on stage: no status service; of all labelled questions those that a day of 乐山 concerns, in a folder."""
    shutil.copy(CASES, folder)
    return {"KAODA_STATUS_API_URL": "off", "KAODA_LABELLED": os.fspath(folder)}


class Stage:
    """Who is at work, and where pictures go."""

    def __init__(self, browser: Any, address: str, log: Path, images: Path) -> None:
        self.browser, self.address, self.log, self.images = browser, address, log, images
        self.taken: list[str] = []
        self._pages: dict[str, Any] = {}

    def first(self) -> tuple[str, str]:
        """Name and password of the first account, as the service says them once."""
        found = FIRST.search(self.log.read_text("utf-8"))
        if found is None:
            raise SystemExit("the service named no first account")
        return found[1], found[2]

    def page(self, name: str) -> Any:
        """The browser of one person; a new one is at the entrance."""
        if name not in self._pages:
            context = self.browser.new_context(
                base_url=self.address,
                viewport={"width": WIDTH, "height": HEIGHT},
                color_scheme="light",
                reduced_motion="reduce",
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
            page = self._pages[name] = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.goto("/console")
        return self._pages[name]

    def enter(self, name: str, password: str) -> Any:
        """Sign somebody in with a password that was given, and change it."""
        page = self.page(name)
        page.get_by_label("姓名").fill(name)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_selector("#old")
        return page

    def change_password(self, page: Any, old: str) -> None:
        """As everybody has to after the first sign-in."""
        page.fill("#old", old)
        page.fill("#new", PASSWORD)
        page.fill("#again", PASSWORD)
        page.click("#change-password")
        page.wait_for_selector("#said")

    def ask(self, text: str, region: str = "四川乐山", helpful: bool | None = None) -> None:
        """A candidate asks on the chat page's API, and says whether it helped."""
        post = self.page("考生").context.request.post
        answer = post("/api/v1/chat", data={"text": text, "region": region})
        if not answer.ok:
            raise SystemExit(answer.text())
        if helpful is not None:
            said = answer.json()
            note = {"conversation_id": said["conversation_id"], "reply_id": said["reply"]["id"], "helpful": helpful}
            post("/api/v1/feedback", data=note)

    def picture(self, page: Any, name: str, *around: str, below: int = 0) -> None:
        """Keep staff-NAME.png: what is seen, or what lies `around` elements; `below` px of them at most."""
        page.wait_for_timeout(200)  # ms; the last scroll
        clip = None
        if around:
            page.evaluate("scrollTo(0, 0)")  # the head of the page stays where it is seen
            found = [page.locator(each).first.bounding_box() for each in around]
            left, top = min(each["x"] for each in found), min(each["y"] for each in found)
            right = max(each["x"] + each["width"] for each in found)
            bottom = max(each["y"] + each["height"] for each in found)
            bottom = min(bottom, top + below) if below else bottom
            left, top = max(left - ROOM, 0), max(top - ROOM, 0)
            clip = {"x": left, "y": top, "width": min(right + ROOM, WIDTH) - left, "height": bottom + ROOM - top}
        file = f"staff-{name}.png"
        page.screenshot(path=self.images / file, clip=clip, full_page=clip is not None)
        self.taken.append(file)

    def close(self) -> None:
        """End all browsers."""
        for each in self._pages.values():
            each.context.close()


Chapter = Callable[[Stage], None]


def entry(key: str) -> str:
    """A key as it stands in an address."""
    return quote(key, safe="")


def select(page: Any, clause: str, words: str) -> None:
    """Select words of a clause as a mouse does, and see that its notice is unfolded."""
    page.evaluate(
        """([clause, words]) => {
            const body = document.querySelector(`[data-clause="${clause}"] .clause-body`);
            const details = body.closest("details");
            if (details) details.open = true;
            const node = body.firstChild, at = node.data.indexOf(words), range = document.createRange();
            range.setStart(node, at); range.setEnd(node, at + words.length);
            const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range);
            body.scrollIntoView({block: "center"});
        }""",
        [clause, words],
    )
