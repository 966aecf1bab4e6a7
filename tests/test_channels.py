"""Both channels of the whole service say the same: labelled questions over the chat API and over the emulated platform."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters.wechat import attending
from adapters.wechat.emulator.account import Account, random_account
from adapters.wechat.emulator.emulator import Emulator
from bot.app import application
from bot.mind import Mind
from bot.settings import Settings, SettingsError, read
from intents.evaluate import Case
from intents.evaluate import read as read_cases

CASES = Path(__file__).parent / "cases"
OF_EACH_FILE = 8
LINK = re.compile(r'<a href="[^"<>]*">([^<]*)</a>')
MORE = "\n（未完，回复“继续”看后文）"


def cases() -> list[Case]:
    """Some of every file, spread over it."""
    found: list[Case] = []
    for file in sorted(CASES.glob("*.jsonl")):
        every = read_cases(file.read_text("utf-8"))
        found += every[:: max(1, len(every) // OF_EACH_FILE)][:OF_EACH_FILE]
    return found


def settings_of(account: Account, folder: Path, **more: str) -> Settings:
    return read(
        {
            "KAODA_DATA_DIR": str(folder),
            "KAODA_NOW": "2023-12-05T09:00+08:00",
            "KAODA_PUBLIC_URL": "https://kaoda.example",
            "KAODA_QUESTIONS_PER_MINUTE": "100000",
            "KAODA_WECHAT_TOKEN": account.token,
            "KAODA_WECHAT_APP_ID": account.app_id,
            "KAODA_WECHAT_ENCODING_AES_KEY": account.encoding_aes_key,
        }
        | more
    )


class Both:
    """The service, a browser and the platform."""

    def __init__(self, web: TestClient, platform: Emulator) -> None:  # type: ignore[type-arg]  # its request is any
        self._web, self._platform = web, platform

    async def over_the_web(self, case: Case) -> str:
        """The last reply's text."""
        asked, reply = {"region": case.region} if case.region else {}, {}
        for turn in case.turns:
            answer = await (await self._web.post("/api/v1/chat", json=asked | {"text": turn})).json()
            asked, reply = {"conversation_id": answer["conversation_id"]}, answer["reply"]
        return str(reply["text"])

    async def over_wechat(self, case: Case) -> str:
        """What the last reply looks like on a phone, all parts of it."""
        phone = self._platform.phone()
        if case.region:
            await self._platform.deliver(phone.openid, {"MsgType": "event", "Event": "SCAN", "EventKey": case.region})
        text = ""
        for turn in case.turns:
            text = shown(await phone.say(turn))
        while text.endswith(MORE):
            text = text.removesuffix(MORE) + shown(await phone.say("继续"))
        return LINK.sub(r"\1", text)


def shown(outcome) -> str:
    assert outcome.fault == ""
    assert len(outcome.attempts) == 1
    return outcome.shown.text


@pytest.fixture
async def both(mind: Mind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Both]:
    monkeypatch.setattr(attending, "BURST_SECONDS", 0.0)  # nobody here writes in bursts
    platform = Emulator()
    settings = settings_of(platform.account, tmp_path)
    async with application(settings, mind) as app, TestClient(TestServer(app)) as web, platform:
        assert await platform.connect(str(web.make_url("/wechat")))
        yield Both(web, platform)


def letters(text: str) -> str:
    """Without the space that cutting takes away."""
    return re.sub(r"\s", "", text)


async def test_wechat_says_what_the_web_says(both: Both) -> None:
    """Word for word; what follows are the options and the line of sources."""
    some = cases()
    assert len(some) > 100
    different = []
    for case in some:
        web, wechat = await both.over_the_web(case), await both.over_wechat(case)
        if not letters(wechat).startswith(letters(web)):
            different.append((case.id, web, wechat))
    assert different == []


async def test_the_metrics_of_both_channels_are_on_one_page(both: Both) -> None:
    """The service has one registry."""
    await both.over_wechat(cases()[0])
    text = await (await both._web.get("/metrics")).text()
    assert 'kaoda_wechat_pushes_total{kind="text",outcome=' in text
    assert "kaoda_http_requests_total" in text


async def test_who_unfollows_is_forgotten(both: Both) -> None:
    """The region he chose by a code is not remembered when he comes back."""
    phone = both._platform.phone(is_following=False)
    assert "已为您选定上海" in shown(await phone.follow("CN-31"))
    assert "2024年1月29日至2月8日" in shown(await phone.say("什么时候缴费"))
    await phone.unfollow()
    assert "已为您选定" not in shown(await phone.follow())
    assert "您在哪个地区" in shown(await phone.say("什么时候缴费"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("TOKEN", "a b"), ("APP_ID", ""), ("ENCODING_AES_KEY", "short")],
)
async def test_an_unusable_account_stops_the_start(mind: Mind, tmp_path: Path, name: str, value: str) -> None:
    """With one sentence that names the setting; the store is closed again."""
    settings = settings_of(random_account(), tmp_path, **{f"KAODA_WECHAT_{name}": value})
    with pytest.raises(SettingsError, match=f"KAODA_WECHAT_{name}"):
        async with application(settings, mind):
            raise AssertionError


async def test_without_an_account_there_is_no_callback(mind: Mind, tmp_path: Path) -> None:
    """And wechatpy is not imported: it is slow to."""
    async with application(read({"KAODA_DATA_DIR": str(tmp_path)}), mind) as app, TestClient(TestServer(app)) as web:
        assert (await web.get("/wechat")).status == 404


def test_a_service_without_an_account_does_not_import_wechatpy() -> None:
    """In a process of its own."""
    code = "import sys, bot.app, bot.cli; print([name for name in sys.modules if 'wechatpy' in name])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # ours
    assert found.stdout.strip() == "[]"
