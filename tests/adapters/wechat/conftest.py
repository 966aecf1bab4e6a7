"""A database file of its own for each test, and lines between an emulated platform and the webhook."""

from pathlib import Path

import pytest
from wechat_line import SHORT, Echo, Sending, line


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "kaoda.sqlite"


@pytest.fixture
def responder() -> Echo:
    return Echo()


@pytest.fixture
async def replying(responder: Echo):
    """An account that may only reply."""
    async with line(responder=responder, reply_seconds=SHORT) as opened:
        yield opened


@pytest.fixture
def outbound() -> Sending:
    return Sending()


@pytest.fixture
async def sending(responder: Echo, outbound: Sending):
    """An account that may send messages."""
    async with line(responder=responder, outbound=outbound, reply_seconds=SHORT) as opened:
        yield opened


@pytest.fixture
async def safe():
    async with line() as opened:
        yield opened
