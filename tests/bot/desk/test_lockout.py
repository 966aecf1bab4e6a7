"""Five failures lock a name or an address, each time for longer."""

import asyncio
import datetime as dt

import pytest

from adapters.storage.memory_shared import MemoryKeyValue
from bot.desk.lockout import Lockout

ME = ("name:li", "address:1")


class Time:
    """Seconds since the epoch that the test moves."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def moment(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.now, dt.UTC)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def lockout(time: Time) -> Lockout:
    return Lockout(MemoryKeyValue(time.moment), time)


async def fail(lockout: Lockout, subjects: tuple[str, ...] = ME, times: int = 5) -> None:
    for _ in range(times):
        assert await lockout.begin(subjects) == 0


async def test_the_sixth_attempt_is_locked_out(lockout: Lockout) -> None:
    await fail(lockout)
    assert await lockout.begin(ME) == 900


@pytest.mark.parametrize("subject", ME)
async def test_either_is_locked_by_itself(lockout: Lockout, subject: str) -> None:
    await fail(lockout)
    assert await lockout.begin((subject, "other")) == 900
    assert await lockout.begin(("other", subject)) == 900
    assert await lockout.begin(("other",)) == 0, "what was counted before the locked one is taken back"


async def test_each_lock_is_twice_as_long(lockout: Lockout, time: Time) -> None:
    found = []
    for _ in range(9):
        await fail(lockout)
        found.append(await lockout.begin(ME))
        time.now += found[-1]
    assert found == [900, 1800, 3600, 7200, 14400, 28800, 57600, 86400, 86400]


async def test_a_lock_ends_to_the_second(lockout: Lockout, time: Time) -> None:
    await fail(lockout)
    time.now += 899
    assert await lockout.begin(ME) == 1
    time.now += 1
    assert await lockout.begin(ME) == 0


async def test_trying_while_locked_does_not_lengthen_it(lockout: Lockout, time: Time) -> None:
    await fail(lockout)
    for _ in range(10):
        time.now += 60
        await lockout.begin(ME)
    assert await lockout.begin(ME) == 300


async def test_a_day_later_nothing_is_held_against_anybody(lockout: Lockout, time: Time) -> None:
    await fail(lockout)
    time.now += 900 + 86_400
    await fail(lockout)
    assert await lockout.begin(ME) == 900


async def test_a_hundred_at_once_are_no_more_than_five(lockout: Lockout) -> None:
    found = await asyncio.gather(*(lockout.begin(ME) for _ in range(100)))
    assert sum(seconds == 0 for seconds in found) <= 5


async def test_success_of_one_is_no_pardon_for_the_address(lockout: Lockout) -> None:
    """Who has an account cannot try passwords of others without end by signing in between."""
    for _ in range(5):
        await fail(lockout, ("name:victim", "address:1"), 1)
        if await lockout.begin(("name:me", "address:1")) == 0:
            await lockout.forget("name:me")
            await lockout.take_back(("address:1",))
    assert await lockout.begin(("name:other", "address:1")) > 0


async def test_what_is_forgotten_is_free(lockout: Lockout) -> None:
    await fail(lockout, ("name:li",))
    await lockout.forget("name:li")
    await fail(lockout, ("name:li",))
