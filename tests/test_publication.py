"""A publication is live in the service that made it the moment it is acknowledged, and in another one soon after: over HTTP."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from desk_site import LI, WANG
from learnt import used

from bot import app as service
from bot.console import Console
from bot.mind import Mind
from bot.settings import read
from bot.staff.editing import Edit
from bot.staff.releases import Order, Verdict

ASKED = {"text": "什么时候缴费", "region": "四川乐山"}
ANSWER = "answer:payment_window/health/CN-5111/2024"
PATIENCE = 5.0  # s; 0.3 measured, and a second is promised: tests run beside others


@pytest.fixture
def settings(tmp_path: Path) -> Any:
    (tmp_path / "cases").mkdir()
    given = {
        "KAODA_DATA_DIR": str(used(tmp_path)),
        "KAODA_STATUS_API_URL": "off",
        "KAODA_NOW": "2024-01-30T09:00+08:00",
    }
    return read(given | {"KAODA_LABELLED": str(tmp_path / "cases")})


async def told(web: TestClient[Any, Any]) -> str:
    response = await web.post("/api/v1/chat", json=ASKED)
    assert response.status == 200, await response.text()
    body = await response.json()
    return str(body["reply"]["text"] if "reply" in body else body["text"])


async def test_two_services_tell_what_was_published(settings: Any, mind: Mind, monkeypatch: pytest.MonkeyPatch) -> None:
    consoles: list[Console] = []
    make = service.Console

    def remembered(**parts: Any) -> Console:
        consoles.append(make(**parts))
        return consoles[-1]

    monkeypatch.setattr(service, "Console", remembered)
    async with (
        service.application(settings, mind) as one,
        service.application(settings, mind) as other,
        TestClient(TestServer(one)) as here,
        TestClient(TestServer(other)) as there,
    ):
        console = consoles[0]
        assert "自动弃考。" not in await told(here)
        opened = await console.editing.open(ANSWER, LI)
        assert opened
        text = opened.text.replace("不受理现场缴费。", "不受理现场缴费，逾期自动弃考。", 1)
        kept = await console.editing.save(LI, Edit(key=ANSWER, text=text, seen=0))
        assert kept.draft
        order = Order(drafts=((ANSWER, kept.draft.version),))
        released = await console.publishing.publish(WANG, order)
        acknowledged = time.monotonic()
        assert released.verdict is Verdict.PUBLISHED, released.checked
        assert "自动弃考。" in await told(here)
        while "自动弃考。" not in await told(there):
            assert time.monotonic() - acknowledged < PATIENCE
            await asyncio.sleep(0.05)
        assert (await console.publishing.rollback(WANG, 1, "")).verdict is Verdict.PUBLISHED
        assert "自动弃考。" not in await told(here)
