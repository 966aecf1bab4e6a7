"""The whole service as `kaoda serve` runs it, an emulated WeChat platform beside it, and people who ask both all the time."""

import asyncio
import datetime as dt
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from learnt import begun, used

from adapters.wechat.emulator.account import random_account
from adapters.wechat.emulator.emulator import Emulator
from adapters.wechat.emulator.phone import Phone
from bot.desk.checker import Task
from bot.staff.people import Role
from knowledge.content import CONTENT, read_folder

PROJECT = Path(__file__).parents[2]
KAODA = Path(sys.executable).parent / "kaoda"
SECONDS = 60  # until the service has to be there, on a slow machine
CALM, HURRIED = 0.5, 0.05  # s between two questions of who asks all the time
NOW = "2023-12-05T09:00+08:00"
LESHAN = "CN-5111"
EDITORS = ("li", "zhang", "zhao")
T = TypeVar("T")


class Aside:
    """A loop in a thread of its own: Playwright's keeps the test's."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def do(self, what: Coroutine[Any, Any, T]) -> T:
        """Its result."""
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(SECONDS)

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(SECONDS)
        self.loop.close()


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: when it was asked for and when it was there (s since 1970), and what it says."""

    asked: float
    at: float
    text: str


@dataclass
class Asking:
    """Somebody who asks the same question all the time."""

    ask: Callable[[], str]
    told: list[Told] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    pause: float = CALM
    _is_over: threading.Event = field(default_factory=threading.Event)

    def go(self) -> None:
        while not self._is_over.wait(self.pause):
            begun = time.time()
            try:
                said = self.ask()
                self.told.append(Told(begun, time.time(), said))
            except OSError as error:
                self.errors.append(repr(error))

    def hurry(self) -> None:
        """Ask so often that the moment is seen at which the answer changes."""
        self.pause = HURRIED

    def end(self) -> None:
        self._is_over.set()


class Story:
    """The service, the platform, and how to ask both."""

    def __init__(self, address: str, aside: Aside, emulator: Emulator, data: Path) -> None:
        self.address, self.emulator, self.data = address, emulator, data
        self._aside = aside

    def web(self, text: str, region: str = "乐山", address: str = "") -> dict[str, Any]:
        """Ask on the web as somebody new."""
        body = json.dumps({"text": text, "region": region}).encode()
        request = urllib.request.Request(  # noqa: S310  # our own service
            f"{address or self.address}/api/v1/chat", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310  # likewise
            found: dict[str, Any] = json.load(response)
        return found

    def web_text(self, text: str, region: str = "乐山", address: str = "") -> str:
        return str(self.web(text, region, address)["reply"]["text"])

    def phone(self, scene: str = LESHAN) -> Phone:
        """A phone whose owner followed by the code of a region."""
        phone = self.emulator.phone(is_following=False)
        self._aside.do(phone.follow(scene))
        return phone

    def wechat_text(self, phone: Phone, text: str) -> str:
        """What the platform shows on the phone in reply."""
        outcome = self._aside.do(phone.say(text))
        assert outcome.fault == "", outcome.fault
        return outcome.shown.text if outcome.shown else ""

    @contextmanager
    def asking(self, **asks: Callable[[], str]) -> Iterator[dict[str, Asking]]:
        """Somebody for each of these asks meanwhile."""
        found = {name: Asking(ask) for name, ask in asks.items()}
        threads = [threading.Thread(target=each.go, daemon=True) for each in found.values()]
        for thread in threads:
            thread.start()
        try:
            yield found
        finally:
            for each in found.values():
                each.end()
            for thread in threads:
                thread.join(SECONDS)


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """`kaoda serve` over a data folder, on a free port; its address."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    fixed = {"KAODA_DATA_DIR": str(folder), "KAODA_PORT": "0", "KAODA_NOW": NOW, "KAODA_STATUS_API_URL": "off"}
    log = folder / f"log-{time.monotonic_ns()}"
    with (
        log.open("w") as out,
        subprocess.Popen(  # noqa: S603  # our own command
            [KAODA, "serve"], env=kept | fixed | settings, cwd=folder, stdout=subprocess.DEVNULL, stderr=out
        ) as process,
    ):
        end = time.monotonic() + SECONDS
        try:
            while not (found := re.search(r"serving address=(\S+)", log.read_text())):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.05)
            yield found[1]
            assert "Traceback" not in log.read_text(), log.read_text()
        finally:
            process.terminate()


def _learn(data: Path, labelled: Path) -> None:
    """Check the shipped content once, as a service that runs for a while has: a minute at most, where a check takes seconds."""
    used(data)
    texts = dict(read_folder(CONTENT))
    task = Task(
        before=texts, after=texts, cache=str(data / "cache"), labelled=str(labelled), now=dt.datetime.fromisoformat(NOW)
    )
    command = [sys.executable, "-c", "from bot.desk import checker; checker.NICE = 0; checker.main()"]
    subprocess.run(command, input=msgspec.json.encode(task), stdout=subprocess.DEVNULL, check=True, cwd=PROJECT)  # noqa: S603  # our own module


async def _staff(data: Path) -> None:
    """Editors, a publisher and an admin, each with a password of his own already."""
    from staff_people import house

    async with house(data / "kaoda.sqlite3") as at:
        for name in EDITORS:
            await at.add(name, Role.EDITOR)
        await at.add("chen", Role.EDITOR, (LESHAN,))
        for name, role in (
            ("wang", Role.PUBLISHER),
            ("sun", Role.PUBLISHER),
            ("zhou", Role.ADMIN),
            ("wu", Role.VIEWER),
        ):
            await at.add(name, role)


@contextmanager
def story(data: Path, labelled: Path, *, is_checking: bool = True) -> Iterator[Story]:
    """The service with a WeChat account on the emulated platform, and its staff; ready to check drafts where a test does."""
    begun(data)
    if is_checking:
        _learn(data, labelled)
    aside, emulator = Aside(), Emulator(random_account())
    with ExitStack() as stack:
        stack.callback(aside.end)
        aside.do(emulator.start("127.0.0.1", 0))
        stack.callback(lambda: aside.do(emulator.stop()))
        account = emulator.account
        address = stack.enter_context(
            serving(
                data,
                KAODA_LABELLED=str(labelled),
                KAODA_QUESTIONS_PER_MINUTE="100000",
                KAODA_WECHAT_TOKEN=account.token,
                KAODA_WECHAT_APP_ID=account.app_id,
                KAODA_WECHAT_APP_SECRET=account.app_secret,
                KAODA_WECHAT_ENCODING_AES_KEY=account.encoding_aes_key,
                KAODA_WECHAT_API_URL=emulator.address,
            )
        )
        aside.do(_staff(data))
        assert aside.do(emulator.connect(f"{address}/wechat"))
        yield Story(address, aside, emulator, data)
