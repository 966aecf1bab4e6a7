"""One's own registration in WeChat, end to end: the emulated platform, the service and the stub, over real HTTP, encrypted."""

import asyncio
import datetime as dt
import re
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from adapters.status.stub.register import Move
from adapters.status.stub.server import Stub
from adapters.status.stub.values import Stage
from adapters.wechat.emulator.emulator import Emulator
from bot import app as service
from bot.mind import Mind
from bot.settings import StatusSettings, WechatSettings, read

BEIJING = dt.timezone(dt.timedelta(hours=8))
TOKEN = re.compile(r"/bind\?token=([\w-]+)")
TEMPLATES = """
way = "template"
[state_changed]
id = "tpl-change"
fields = {stage = "thing1", state = "phrase2"}
[deadline]
id = "tpl-deadline"
fields = {stage = "thing1", deadline = "time2", left = "thing3"}
"""


class Town:
    """The platform, the service, the stub, and one follower's phone."""

    def __init__(self, platform: Emulator, stub: Stub, address: str, phone: Any) -> None:
        self.platform, self.stub, self.address, self.phone = platform, stub, address, phone

    async def says(self, text: str) -> str:
        """Type; what is shown next."""
        before = len(self.shown())
        outcome = await self.phone.say(text)
        assert all(type(each.verdict).__name__ != "Wrong" for each in outcome.attempts)
        for _ in range(60):
            if len(self.shown()) > before:
                break
            await asyncio.sleep(0.05)
        return "\n".join(self.shown()[before:])

    def shown(self) -> list[str]:
        return list(self.platform.journal.shown(self.phone.openid))

    async def binds(self, number: int) -> None:
        """By the link of a reply and the form behind it."""
        candidate = self.stub.register.candidates[number]
        told = await self.says("我的报名")
        found = TOKEN.search(told)
        assert found, told
        form = {
            "token": found[1],
            "registration_no": candidate.registration_no,
            "id_number": candidate.id_number,
            "name": candidate.name,
            "consent": "yes",
        }
        async with (
            aiohttp.ClientSession() as browser,
            browser.post(self.address + "/bind", data=form) as response,
        ):
            assert response.status == 200

    async def sees(self, words: str, seconds: float = 5.0) -> bool:
        """Whether those words are on the phone within that time."""
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            if any(words in each for each in self.shown()):
                return True
            await asyncio.sleep(0.05)
        return False


def _free() -> tuple[socket.socket, str]:
    """A socket on a free port, and the address that links lead to."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    return held, f"http://127.0.0.1:{held.getsockname()[1]}"


@asynccontextmanager
async def town(folder: Path, mind: Mind, now: str, *, templates: bool = True, platform: Emulator, stub: Stub) -> Any:
    """Everything at a moment, with a phone that follows; the data folder outlives it."""
    file = folder / "templates.toml"
    file.write_text(TEMPLATES)
    account, (held, address) = platform.account, _free()
    settings = replace(
        read({"KAODA_DATA_DIR": str(folder / "data"), "KAODA_NOW": now, "KAODA_CHANGES_SECONDS": "1"}),
        public_url=address,
        status=StatusSettings(url=stub.address, token=stub.token),
        wechat=WechatSettings(
            token=account.token,
            app_id=account.app_id,
            app_secret=account.app_secret,
            encoding_aes_key=account.encoding_aes_key,
            mode=account.mode,
            api_url=platform.address,
            templates=file if templates else None,
        ),
    )
    async with service.application(settings, mind) as app:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.SockSite(runner, held).start()
        assert await platform.connect(address + "/wechat")
        phone = next(iter(platform._phones.values()), None) or platform.phone()
        if not phone.person.is_following:
            await phone.follow()
        try:
            yield Town(platform, stub, address, phone)
        finally:
            await runner.cleanup()


@pytest.fixture
async def platform() -> AsyncIterator[Emulator]:
    async with Emulator() as found:
        yield found


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with Stub(token=uuid.uuid4().hex, clock=lambda: dt.datetime(2023, 12, 5, 9, tzinfo=BEIJING)) as found:
        yield found


async def test_rejection_from_binding_to_what_to_upload_by_when(tmp_path, mind, platform, stub):
    """学历不符: bind → the state → the self-check, question by question → what to upload by 12月14日."""
    async with town(tmp_path, mind, "2023-12-05T09:00+08:00", platform=platform, stub=stub) as here:
        await here.binds(0)
        told = await here.says("我为什么被退回")
        for part in ("报名确认不通过", "“学历不符”", "2023年12月14日", "（1）", "（4）"):
            assert part in told
        reply = await here.says(re.search(r"msgmenucontent=([^&\"]*自查[^&\"]*)", told)[1])
        for _ in range(12):
            if "上传" in reply and "12月14日" in reply and "不清楚" not in reply:
                break
            reply = await here.says("否")
        assert "上传" in reply
        assert "12月14日" in reply


async def test_change_is_sent_by_the_template_and_not_told_again(tmp_path, mind, platform, stub):
    async with town(tmp_path, mind, "2023-12-05T09:00+08:00", platform=platform, stub=stub) as here:
        await here.binds(1)
        assert "提醒" in await here.says("提醒我")
        stub.move(Move(who="考生乙", stage=Stage(stage="confirmation", state="passed")))
        assert await here.sees("thing1：报名确认\nphrase2：通过")
        assert "提醒：" not in await here.says("初级一科多少钱")
        assert sum("thing1：" in each for each in here.shown()) == 1


async def test_what_the_account_cannot_send_comes_with_the_next_reply(tmp_path, mind, platform, stub):
    """Any message brings it, after its own answer; once."""
    async with town(tmp_path, mind, "2023-12-05T09:00+08:00", templates=False, platform=platform, stub=stub) as here:
        await here.binds(1)
        await here.says("提醒我")
        stub.move(Move(who="考生乙", stage=Stage(stage="confirmation", state="passed")))
        for _ in range(100):
            told = await here.says("初级一科多少钱，四川乐山")
            if "提醒：" in told:
                break
            await asyncio.sleep(0.1)
        assert told.index("50元") < told.index("提醒：您的报名有变化")
        assert "提醒：" not in await here.says("初级一科多少钱，四川乐山")


async def test_deadline_is_told_three_days_and_one_day_before_over_restarts(tmp_path, mind, platform, stub):
    """Every start is another day, as the fixed clock says; twice on the same day tells nothing twice."""
    async with town(tmp_path, mind, "2023-12-05T09:00+08:00", platform=platform, stub=stub) as here:
        await here.binds(0)
        await here.says("提醒我")
    for day, count in ((10, 0), (11, 1), (11, 1), (12, 1), (13, 2), (14, 2)):
        async with town(tmp_path, mind, f"2023-12-{day}T09:00+08:00", platform=platform, stub=stub) as here:
            if count:
                assert await here.sees("time2：2023年12月14日")
            await asyncio.sleep(1.2)
            told = [each for each in here.shown() if "time2：" in each]
            assert len(told) == count
    assert [each.splitlines()[-1] for each in told] == ["thing3：还剩3天", "thing3：还剩1天"]


@pytest.mark.parametrize("way", ["unbinds", "unfollows"])
async def test_who_unbinds_or_unfollows_is_told_nothing(tmp_path, mind, platform, stub, way):
    """Also when he follows again."""
    async with town(tmp_path, mind, "2023-12-05T09:00+08:00", platform=platform, stub=stub) as here:
        await here.binds(1)
        await here.says("提醒我")
        if way == "unbinds":
            assert "已解绑" in await here.says("解绑")
        else:
            await here.phone.unfollow()
            await asyncio.sleep(0.5)
            await here.phone.follow()
        stub.move(Move(who="考生乙", stage=Stage(stage="confirmation", state="passed")))
        assert not await here.sees("thing1：", 2.5)
        assert "提醒：" not in await here.says("初级一科多少钱，四川乐山")
