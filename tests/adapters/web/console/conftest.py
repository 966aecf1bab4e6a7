"""The console over a real store, with people of every role."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from console_site import Visitor, console, visitor
from staff_people import House, house

from adapters.web.console.app import Parts
from bot.staff.people import Role

Enter = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "k.sqlite3") as found:
        for role in Role:
            await found.add(role.value, role)
        yield found


@pytest.fixture
async def site(at: House) -> AsyncIterator[TestServer]:
    async with console(Parts(staff=at.people)) as server:
        yield server


@pytest.fixture
async def enter(site: TestServer) -> AsyncIterator[Enter]:
    """Open a browser; with a role, somebody of that role is signed in."""
    async with AsyncExitStack() as browsers:

        async def enter(role: str = "") -> Visitor:
            found = await browsers.enter_async_context(visitor(site))
            if role:
                assert (await found.sign_in(role)).status == 303
            return found

        yield enter
