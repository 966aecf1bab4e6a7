"""kaoda wechat menu push and kaoda wechat qr: real processes against the emulated platform."""

import asyncio
import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from adapters.wechat.emulator.account import AccountType, random_account
from adapters.wechat.emulator.emulator import Emulator
from adapters.wechat.emulator.journal import Kind

KAODA = str(Path(sys.executable).parent / "kaoda")


class Done(NamedTuple):
    """What a command that has ended said."""

    status: int
    out: str
    err: str

    def one_line(self) -> str:
        assert self.status == 1, self.out + self.err
        (line,) = self.err.splitlines()
        assert line.startswith("kaoda: ")
        return line


@pytest.fixture
async def platform(request):
    kind = getattr(request, "param", AccountType.SERVICE)
    async with Emulator(dataclasses.replace(random_account(), type=kind)) as found:
        yield found


@pytest.fixture
def kaoda(platform, tmp_path):
    """Run the command to its end with the account's settings; an empty value takes one away."""

    async def run(*arguments: str, **more: str) -> Done:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
        settings = {
            "KAODA_DATA_DIR": str(tmp_path / "data"),
            "KAODA_PUBLIC_URL": "https://kaoda.example",
            "KAODA_WECHAT_TOKEN": platform.account.token,
            "KAODA_WECHAT_APP_ID": platform.account.app_id,
            "KAODA_WECHAT_APP_SECRET": platform.account.app_secret,
            "KAODA_WECHAT_ENCODING_AES_KEY": platform.account.encoding_aes_key,
            "KAODA_WECHAT_API_URL": platform.address,
            "PYTHONWARNINGS": "error",
            "COLUMNS": "400",
        }
        process = await asyncio.create_subprocess_exec(
            KAODA,
            *arguments,
            env=kept | settings | more,
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)
        done = Done(process.returncode or 0, out.decode(), err.decode())
        assert platform.account.app_secret not in done.out + done.err
        return done

    return run


async def test_menu_push_sets_the_menu_up(kaoda, platform):
    done = await kaoda("wechat", "menu", "push")
    assert done == (0, "the menu is set up with 14 entries; phones show it within 5 minutes\n", "")
    assert [button["name"] for button in platform.menu.buttons] == ["报名缴费", "考试成绩", "我的地区"]


async def test_commands_share_the_token_by_the_store(kaoda, platform):
    """And with the service, which has the same store: none ends the other's."""
    for _ in range(2):
        assert (await kaoda("wechat", "menu", "push")).status == 0
    assert platform.journal.token_fetches() == 1


async def test_menu_push_takes_a_menu_of_your_own(kaoda, platform, tmp_path):
    (tmp_path / "own.toml").write_text(
        '[[button]]\nname = "缴费"\n[[button.entry]]\nname = "时间"\nsend = "缴费时间"\n'
    )
    assert (await kaoda("wechat", "menu", "push", "--file", "own.toml", KAODA_PUBLIC_URL="")).status == 0
    assert platform.menu.buttons == [
        {"name": "缴费", "sub_button": [{"type": "click", "name": "时间", "key": "缴费时间"}]}
    ]


async def test_a_dry_run_prints_what_would_be_sent_and_calls_nobody(kaoda, platform):
    done = await kaoda("wechat", "menu", "push", "--dry-run", KAODA_WECHAT_TOKEN="")
    assert (done.status, done.err) == (0, "")
    assert [button["name"] for button in json.loads(done.out)["button"]] == ["报名缴费", "考试成绩", "我的地区"]
    assert platform.journal.entries(Kind.CALL) == []


@pytest.mark.parametrize("missing", ["KAODA_WECHAT_TOKEN", "KAODA_WECHAT_APP_ID", "KAODA_WECHAT_APP_SECRET"])
async def test_without_an_account_it_says_what_to_set(kaoda, missing):
    assert missing in (await kaoda("wechat", "menu", "push", **{missing: ""})).one_line()


async def test_a_menu_that_is_too_long_is_not_sent(kaoda, platform, tmp_path):
    (tmp_path / "own.toml").write_text(
        '[[button]]\nname = "网上报名和缴费"\n[[button.entry]]\nname = "时间"\nsend = "缴费时间"\n'
    )
    line = (await kaoda("wechat", "menu", "push", "--file", "own.toml")).one_line()
    assert line.endswith("button '网上报名和缴费': its name has 21 bytes (a 汉字 is 3); shorten it to 16")
    assert platform.menu.buttons is None


async def test_what_the_platform_refuses_is_said_with_what_to_do(kaoda, platform):
    platform.rules.whitelist = frozenset({"203.0.113.7"})
    line = (await kaoda("wechat", "menu", "push")).one_line()
    assert "this server's address is not on the account's IP whitelist; add it there (address 127.0.0.1)" in line


@pytest.mark.parametrize("platform", [AccountType.UNVERIFIED_SUBSCRIPTION], indirect=True)
async def test_an_account_that_may_not_is_told_so(kaoda):
    assert "48001, the account may not use this API" in (await kaoda("wechat", "menu", "push")).one_line()


@pytest.mark.parametrize(
    ("arguments", "scene", "file"),
    [
        pytest.param(("上海",), "CN-31", "CN-31.png", id="a province"),
        pytest.param(("四川乐山", "--out", "leshan.png"), "CN-5111", "leshan.png", id="a city"),
        pytest.param(("CN-31", "--days", "30"), "CN-31", "CN-31.png", id="by id, for a month"),
    ],
)
async def test_qr_writes_the_code_of_a_region(kaoda, platform, tmp_path, arguments, scene, file):
    done = await kaoda("wechat", "qr", *arguments)
    assert (done.status, done.err) == (0, "")
    assert f"({scene}) is in {file}" in done.out
    assert (tmp_path / file).read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    (code,) = platform.scenes.valid()
    assert code.scene == scene
    assert (code.ends is not None) == ("--days" in arguments)


@pytest.mark.parametrize("text", ["火星", "", "朝阳区"], ids=["unknown", "nothing", "several"])
async def test_qr_of_no_region_or_of_several_makes_none(kaoda, platform, text):
    assert repr(text) in (await kaoda("wechat", "qr", text)).one_line()
    assert platform.journal.entries(Kind.CALL) == []


async def test_a_failed_fetch_tells_its_cause_in_one_line(kaoda):
    line = (await kaoda("wechat", "menu", "push", KAODA_WECHAT_APP_SECRET="0" * 32)).one_line()
    assert "40125, the AppSecret is wrong" in line
