"""What was told, through the whole service: journalled, corrected after a publication, replayed from the command line."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from console_site import Visitor, visitor
from journalled import NEW_END, OLD_END, with_end
from learnt import begun

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_editions import SqliteEditions
from bot.app import DATABASE, PEOPLE, application
from bot.console import now
from bot.desk.shipping import publish_texts
from bot.mind import Mind
from bot.settings import read
from bot.staff.accounts import Account
from bot.staff.people import Role
from knowledge.content import read_folder

KAODA = str(Path(sys.executable).parent / "kaoda")
NEW_PASSWORD = "qingtian-luoyu-88"
ASKED = "乐山什么时候缴费"
PATIENCE = 90.0  # s; a new mind is made in a process of its own, on a machine that has other work


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "KAODA_DATA_DIR": str(begun(tmp_path)),
        "KAODA_STATUS_API_URL": "off",
        "KAODA_NOW": "2023-12-05T09:00+08:00",
    }


@asynccontextmanager
async def service(environment: dict[str, str], mind: Mind) -> AsyncIterator[TestServer]:
    async with application(read(environment), mind) as app, TestServer(app) as server:
        yield server


async def say(person: Visitor, text: str, conversation: str = "") -> dict[str, Any]:
    body = {"text": text} | ({"conversation_id": conversation} if conversation else {})
    async with person.client.post("/api/v1/chat", json=body) as response:
        assert response.status == 200
        found: dict[str, Any] = await response.json()
        return found


async def publisher(server: TestServer, person: Visitor) -> None:
    """Sign in as one who may publish."""
    password = await server.app[PEOPLE].add(Account(name="fabu", role=Role.PUBLISHER), "system")
    await person.sign_in("fabu", password)
    await person.post("/password", {"old": password, "new": NEW_PASSWORD, "again": NEW_PASSWORD})


async def publish(folder: Path, texts: dict[str, str]) -> None:
    """As another process does."""
    file = SqliteFile(folder / DATABASE)
    await file.open()
    try:
        store = SqliteEditions(file)
        await publish_texts(store, now, texts, base=await store.current(), by="fabu", note="")
    finally:
        await file.close()


async def until(person: Visitor, path: str, text: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await person.get(path)).status != 200 or text not in person.text:  # noqa: ASYNC110  # over HTTP
            await asyncio.sleep(0.5)


@pytest.mark.slow
async def test_a_correction_reaches_who_was_told_the_old_thing(
    environment: dict[str, str], mind: Mind, tmp_path: Path
) -> None:
    """And the command line finds every reply again as it was told, by its own edition."""
    async with service(environment, mind) as server, visitor(server) as person:
        told = await say(person, ASKED)
        assert OLD_END in told["reply"]["text"]
        await publisher(server, person)
        await publish(tmp_path, with_end(read_folder()))
        await until(person, "/corrections/2", 'data-state="done"')
        assert "1 人被告知" in person.text
        assert (await person.post("/corrections/2", {"all": "yes"})).status == 303
        corrected = await say(person, "谢谢", told["conversation_id"])
        assert NEW_END in corrected["reply"]["text"].partition("更正：")[2]
        assert "更正" not in (await say(person, "谢谢", told["conversation_id"]))["reply"]["text"]
        assert NEW_END in (await say(person, ASKED))["reply"]["text"]
        await person.get("/journal/1")
        assert 'data-outcome="same"' in person.text
        await person.get("/journal/1?edition=2")
        assert 'data-outcome="different"' in person.text
    listed = journal(environment, "list")
    assert re.findall(
        r"^(\d+)\t2023-12-05 09:00:00\tweb\t(\d)\tanswer\tpayment_window\tCN-5111\t", listed.stdout, re.M
    ) == [
        ("4", "2"),
        ("1", "1"),
    ]
    replayed = journal(environment, "replay")
    assert (replayed.returncode, replayed.stdout) == (0, "same 4\n"), replayed.stderr
    other = journal(environment, "replay", "1", "--edition", "2")
    assert other.returncode == 0
    assert "different 1" in other.stdout
    missing = journal(environment, "show", "99")
    assert (missing.returncode, len(missing.stderr.splitlines())) == (1, 1)


def journal(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")} | environment
    return subprocess.run([KAODA, "journal", *arguments], env=kept, capture_output=True, text=True, timeout=PATIENCE)  # noqa: S603  # our own


def test_without_a_store_it_says_so(environment: dict[str, str]) -> None:
    found = journal(environment, "replay")
    assert found.returncode == 1
    assert "it begins with the first kaoda serve" in found.stderr
