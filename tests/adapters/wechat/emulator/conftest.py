"""Fixtures: the platform and an account's service."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from emulated import SPEED, Service, served
from emulated_api import Caller

from adapters.wechat.emulator.account import Account, Rules, random_account
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.emulator import Emulator


@pytest.fixture
def account() -> Account:
    """Credentials of the test."""
    return random_account()


@pytest.fixture
async def platform(account: Account) -> AsyncIterator[Emulator]:
    """The platform, a hundred times as fast as the real one."""
    async with Emulator(account, rules=Rules(), clock=Clock(SPEED)) as emulator:
        yield emulator


@pytest.fixture
async def service(platform: Emulator) -> AsyncIterator[Service]:
    """The account's service, which the platform pushes to."""
    async with served(platform.account) as found:
        assert await platform.connect(found.address)
        yield found


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def api(platform, http) -> Caller:
    return Caller(platform, http)
