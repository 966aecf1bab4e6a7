"""The access token: shared, renewed in time, fetched once at a time, and left alone while fetching fails."""

import asyncio
import datetime as dt
import itertools

import pytest
from prometheus_client import CollectorRegistry
from wechat_api import APP_ID, SECRET, TOKEN_PATH, ScriptedApi, serve

from adapters.storage.memory_shared import MemoryKeyValue
from adapters.wechat.errors import TokenUnavailable
from adapters.wechat.tokens import Credentials, Tokens
from adapters.wechat.watch import Watch
from adapters.wechat.wire import connected
from bot.ports import StoreError

DAY = 86_400
LIFE = 7200
OVERLAP = 300


class World:
    """A clock, and a platform that gives stable tokens by it: the same until the last 5 minutes, then the next."""

    def __init__(self):
        self.now = 1_700_000_000.0
        self.issued: list[tuple[str, float]] = []
        self.api = ScriptedApi()
        self.delay = 0.0
        self.registry = CollectorRegistry()
        self.watch = Watch(self.registry)
        self.values = MemoryKeyValue(lambda: dt.datetime.fromtimestamp(self.now, dt.UTC))

    async def stable_token(self):
        await asyncio.sleep(self.delay)
        if not self.issued or self.now >= self.issued[-1][1] - OVERLAP:
            self.issued.append((f"token{len(self.issued)}", self.now + LIFE))
        value, until = self.issued[-1]
        return {"access_token": value, "expires_in": int(until - self.now)}

    def accepts(self, token: str) -> bool:
        return any(value == token and self.now < until for value, until in self.issued)

    def alarms(self, alarm: str = "token") -> float:
        return self.registry.get_sample_value("kaoda_wechat_api_alarms_total", {"alarm": alarm})


@pytest.fixture
async def world():
    found = World()
    runner = await serve(found.api)
    found.api.usual[TOKEN_PATH] = found.stable_token
    yield found
    await runner.cleanup()


@pytest.fixture
async def worker(world):
    """Makes the tokens of one process more."""
    made = []
    async with connected(world.api.url, world.watch) as wire:

        def make() -> Tokens:
            credentials = Credentials(app_id=APP_ID, app_secret=SECRET)
            made.append(Tokens(wire, credentials, world.values, world.watch, now=lambda: world.now))
            return made[-1]

        yield make
        for each in made:
            await each.close()


async def _until_renewed(tokens: Tokens) -> None:
    if tokens._renewal:
        await asyncio.wait([tokens._renewal])


async def test_eight_workers_fetch_few_tokens_in_a_day(world, worker):
    """A send every 10 s in each of 8 processes for a day: at most 40 fetches, and never a token that is refused."""
    workers = [worker() for _ in range(8)]
    refused = 0
    for _ in range(DAY // 10):
        for value in await asyncio.gather(*(each.current() for each in workers)):
            refused += not world.accepts(value)
        await asyncio.gather(*map(_until_renewed, workers))  # a fetch takes less than 10 s
        world.now += 10
    assert refused == 0
    assert world.api.fetches() <= 13, "one at the start, one per renewal"
    assert world.alarms() == 0


@pytest.mark.parametrize("apart", [60, 600, 5000, 7300])
async def test_eight_workers_that_seldom_send_fetch_as_few(world, worker, apart):
    """None of them is there in the last five minutes of a token: all find it expired at the same moment."""
    workers = [worker() for _ in range(8)]
    world.delay = 0.01
    for _ in range(DAY // apart):
        assert all(map(world.accepts, await asyncio.gather(*(each.current() for each in workers))))
        await asyncio.gather(*map(_until_renewed, workers))
        world.now += apart
    assert world.api.fetches() <= 13


async def test_a_process_that_ends_while_it_fetches_holds_nobody_up_for_long(world, worker, monkeypatch):
    monkeypatch.setattr("adapters.wechat.tokens.OTHERS_SECONDS", 0.2)
    await world.values.put(f"wechat:token:{APP_ID}:fetching", b"1", 3600)
    assert await worker().current() == "token0"


async def test_restarts_fetch_nothing(world, worker):
    """A process that starts anew finds the token of the others."""
    for _ in range(50):
        await worker().current()
    assert world.api.fetches() == 1


async def test_twenty_tasks_at_a_cold_start_fetch_once(world, worker):
    tokens, world.delay = worker(), 0.05
    assert set(await asyncio.gather(*(tokens.current() for _ in range(20)))) == {"token0"}
    assert world.api.fetches() == 1


async def test_a_waiting_task_that_is_cancelled_takes_the_fetch_from_nobody(world, worker):
    tokens, world.delay = worker(), 0.1
    first = asyncio.create_task(tokens.current())
    second = asyncio.create_task(tokens.current())
    await asyncio.sleep(0.02)
    first.cancel()
    assert await second == "token0"
    assert world.api.fetches() == 1


async def test_nobody_waits_for_a_renewal(world, worker):
    """In the last 5 minutes the old token is used while the new one comes."""
    tokens = worker()
    await tokens.current()
    world.now += LIFE - 100
    world.delay = 0.2
    started = asyncio.get_running_loop().time()
    assert await tokens.current() == "token0"
    assert asyncio.get_running_loop().time() - started < 0.1
    await _until_renewed(tokens)
    assert await tokens.current() == "token1"


async def test_it_is_not_renewed_before_the_last_five_minutes(world, worker):
    """Earlier the platform would give the same again."""
    tokens = worker()
    await tokens.current()
    world.now += LIFE - OVERLAP - 1
    await tokens.current()
    await _until_renewed(tokens)
    assert world.api.fetches() == 1


async def test_a_refused_token_is_forgotten_by_all(world, worker):
    first, second = worker(), worker()
    used = await first.current()
    await second.current()
    world.issued.append(("fresh", world.now + LIFE))  # somebody else had the old one ended
    await first.expire(used)
    assert await first.current() == "fresh"
    await second.expire(used)
    assert await second.current() == "fresh"
    assert world.api.fetches() == 2


async def test_a_late_refusal_does_not_take_the_new_token_away(world, worker):
    """A call with the old token that comes back late: only what was used expires."""
    tokens = worker()
    await tokens.current()
    await tokens.expire("older")
    await tokens.current()
    assert world.api.fetches() == 1


async def test_a_token_that_is_given_again_after_it_was_refused_is_not_taken_for_a_minute(world, worker):
    tokens = worker()
    await tokens.expire(await tokens.current())
    with pytest.raises(TokenUnavailable):
        await tokens.current()
    assert world.alarms("dead_token") == 1
    world.now += 61
    assert await tokens.current() == "token0"


async def test_failing_fetches_wait_longer_and_longer(world, worker):
    """1, 2, 4 … 60 s; in between nothing is sent, however often a token is asked for; every failure is an alarm."""
    world.api.usual[TOKEN_PATH] = {"errcode": 40164, "errmsg": "invalid ip 203.0.113.7"}
    tokens = worker()
    fetched_at = []
    for second in range(400):
        before = world.api.fetches()
        with pytest.raises(TokenUnavailable):
            await tokens.current()
        if world.api.fetches() > before:
            fetched_at.append(second)
        world.now += 1
    gaps = [later - earlier for earlier, later in itertools.pairwise(fetched_at)]
    assert gaps[:6] == [1, 2, 4, 8, 16, 32]
    assert set(gaps[6:]) == {60}
    assert world.alarms() == len(fetched_at)
    world.api.usual[TOKEN_PATH] = world.stable_token
    world.now += 60
    assert await tokens.current() == "token0"


@pytest.mark.parametrize("code", [40164, 40243, 40125, 40013, -1, 45009])
async def test_every_refusal_of_a_fetch_is_the_same_to_the_caller(world, worker, code):
    world.api.usual[TOKEN_PATH] = {"errcode": code, "errmsg": "no"}
    with pytest.raises(TokenUnavailable, match=str(code)):
        await worker().current()
    assert world.api.fetches() == 1


async def test_while_fetching_fails_the_old_token_serves_to_its_end(world, worker):
    tokens = worker()
    await tokens.current()
    world.now += LIFE - 200
    world.api.usual[TOKEN_PATH] = {"errcode": -1, "errmsg": "system error"}
    for _ in range(19):
        assert await tokens.current() == "token0"
        await _until_renewed(tokens)
        assert await worker().current() == "token0"  # a process that starts just then
        world.now += 10
    world.now += 10
    with pytest.raises(TokenUnavailable):
        await tokens.current()


@pytest.mark.parametrize(
    "kept", [b"", b"{", b"[]", b'{"value": 1}', b"\xff", b'{"value":"x","expires_at":"y","life":1}', b"x" * 1000]
)
async def test_what_cannot_be_read_in_the_store_is_replaced(world, worker, kept):
    await world.values.put(f"wechat:token:{APP_ID}", kept, 100)
    assert await worker().current() == "token0"
    assert await worker().current() == "token0"
    assert world.api.fetches() == 1


@pytest.mark.parametrize("life", [1, 2, 10, 60, 300, 301])
async def test_short_lives_are_used_and_not_fetched_at_every_call(world, worker, life):
    """A platform whose clock is scaled."""
    world.api.usual[TOKEN_PATH] = {"access_token": "short", "expires_in": life}
    tokens = worker()
    for _ in range(10):
        assert await tokens.current() == "short"
    assert world.api.fetches() == 1


async def test_a_store_that_fails_costs_sharing_and_nothing_else(world, worker):
    class Broken:
        def __getattr__(self, name):
            async def fail(*arguments):
                raise StoreError(name)

            return fail

    world.values = Broken()
    tokens = worker()
    assert [await tokens.current() for _ in range(5)] == ["token0"] * 5
    await tokens.expire("token0")
    assert world.api.fetches() == 1


async def test_the_secret_goes_out_in_the_body_alone(world, worker):
    await worker().current()
    (path, token, body) = world.api.calls[0]
    assert (path, token) == (TOKEN_PATH, "")
    assert body == {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, "force_refresh": False}
