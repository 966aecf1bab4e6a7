"""The breaker's times by a clock of the test, alone and in the client."""

import asyncio

import pytest
from prometheus_client import CollectorRegistry
from status_line import Line, line

from adapters.status.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, LONGEST_WISH, Breaker
from adapters.status.watch import Watch
from bot.ports import StatusError


class Timed:
    """A breaker and its time."""

    def __init__(self):
        self.now = 0.0
        self.breaker = Breaker("changes", Watch(CollectorRegistry()), now=lambda: self.now)

    def fail(self, times: int = 1) -> None:
        for _ in range(times):
            self.breaker.failed("down", is_probe=self.breaker.enter())

    def is_open(self) -> bool:
        try:
            is_probe = self.breaker.enter()
        except StatusError:
            return True
        self.breaker.left(is_probe=is_probe)
        return False


@pytest.fixture
def timed():
    return Timed()


@pytest.fixture
async def status():
    async with line(0.4) as found:
        yield found


def test_it_opens_after_so_many_failures_in_a_row(timed):
    timed.fail(FAILURES - 1)
    assert not timed.is_open()
    timed.fail()
    assert timed.is_open()


def test_a_success_between_them_starts_the_count_anew(timed):
    timed.fail(FAILURES - 1)
    timed.breaker.succeeded(is_probe=timed.breaker.enter())
    timed.fail(FAILURES - 1)
    assert not timed.is_open()


def test_while_open_it_tells_the_last_cause_and_how_long(timed):
    timed.fail(FAILURES)
    timed.now = 2.0
    with pytest.raises(StatusError) as caught:
        timed.breaker.enter()
    assert (caught.value.cause, caught.value.retry_after) == ("down", FIRST_PAUSE - 2.0)


def test_when_the_time_is_up_one_may_probe(timed):
    timed.fail(FAILURES)
    timed.now = FIRST_PAUSE
    assert timed.breaker.enter()
    assert timed.is_open()


def test_a_probe_that_succeeds_closes_it(timed):
    timed.fail(FAILURES)
    timed.now = FIRST_PAUSE
    timed.breaker.succeeded(is_probe=timed.breaker.enter())
    timed.fail(FAILURES - 1)
    assert not timed.is_open()


def test_a_probe_that_fails_doubles_the_pause_up_to_a_minute(timed):
    timed.fail(FAILURES)
    pauses = []
    for _ in range(6):
        start = timed.now
        while timed.is_open():
            timed.now += 0.5
        pauses.append(timed.now - start)
        timed.fail()
    assert pauses == [5.0, 10.0, 20.0, 40.0, LONGEST_PAUSE, LONGEST_PAUSE]


def test_a_probe_that_was_given_up_lets_the_next_one_probe(timed):
    timed.fail(FAILURES)
    timed.now = FIRST_PAUSE
    timed.breaker.left(is_probe=timed.breaker.enter())
    assert timed.breaker.enter()


def test_what_was_sent_before_it_opened_changes_nothing_when_it_comes_back(timed):
    early = [timed.breaker.enter() for _ in range(10)]
    timed.fail(FAILURES)
    timed.breaker.failed("slow", is_probe=early[0])
    timed.breaker.succeeded(is_probe=early[1])
    assert timed.is_open()
    timed.now = FIRST_PAUSE
    assert not timed.is_open()


def test_it_holds_as_long_as_the_service_says_but_not_for_days(timed):
    timed.breaker.hold("maintenance", 120.0)
    timed.now = 119.0
    assert timed.is_open()
    timed.now = 120.0
    assert not timed.is_open()
    timed.breaker.hold("maintenance", 10**6)
    timed.now = 120.0 + LONGEST_WISH
    assert not timed.is_open()


def test_a_shorter_wish_does_not_shorten_a_longer_one(timed):
    timed.breaker.hold("maintenance", 120.0)
    timed.breaker.hold("maintenance", 10.0)
    timed.now = 60.0
    assert timed.is_open()


async def _fails(status: Line, operation: str = "registrations") -> StatusError:
    with pytest.raises(StatusError) as caught:
        await status.ask(operation)
    return caught.value


async def test_while_open_nothing_is_sent_and_the_answer_is_at_once(status: Line):
    status.stub.order("hang", "registrations")
    for _ in range(FAILURES):
        assert (await _fails(status)).cause == "slow"
    started = asyncio.get_running_loop().time()
    for _ in range(100):
        assert (await _fails(status)).cause == "slow"
    assert asyncio.get_running_loop().time() - started < 0.3
    status.stub.heal()
    await asyncio.sleep(0.05)
    assert status.calls("registrations") == FAILURES
    assert 'kaoda_status_given_up{operation="registrations"} 1.0' in status.metrics()


async def test_one_operation_that_fails_does_not_stop_the_others(status: Line):
    status.stub.order("broken_json", "registrations")
    for _ in range(FAILURES + 1):
        await _fails(status)
    assert await status.ask("changes")
    assert await status.ask("verify")


async def test_after_the_pause_one_question_probes_and_the_rest_wait_for_it(status: Line):
    status.stub.order("broken_json", "registrations", times=FAILURES)
    for _ in range(FAILURES):
        await _fails(status)
    status.moment[0] = FIRST_PAUSE
    status.stub.order("slow", "registrations", times=1, delay=0.2)
    found = await asyncio.gather(*(status.ask("registrations") for _ in range(20)), return_exceptions=True)
    assert sum(not isinstance(each, Exception) for each in found) == 1
    assert status.calls("registrations") == FAILURES + 1
    assert await status.ask("registrations")


async def test_who_goes_away_while_asking_is_no_failure(status: Line, caplog):
    """As when the process is told to stop: nothing is logged, and nothing opens."""
    status.stub.order("hang", "registrations")
    asking = [asyncio.ensure_future(status.ask("registrations")) for _ in range(FAILURES)]
    await asyncio.sleep(0.1)
    for each in asking:
        each.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    status.stub.heal()
    assert await status.ask("registrations")
    assert caplog.text == ""
    assert f'operation="registrations",result="left"}} {FAILURES}.0' in status.metrics()


async def test_who_goes_away_while_probing_does_not_keep_it_open(status: Line):
    status.stub.order("broken_json", "registrations", times=FAILURES)
    for _ in range(FAILURES):
        await _fails(status)
    status.moment[0] = FIRST_PAUSE
    status.stub.order("hang", "registrations", times=1)
    probe = asyncio.ensure_future(status.ask("registrations"))
    await asyncio.sleep(0.1)
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert await status.ask("registrations")


async def test_maintenance_with_a_time_stops_everything_until_then(status: Line):
    status.stub.order("503", "changes", retry_after=120, times=1)
    assert (await _fails(status, "changes")).retry_after == 120
    status.moment[0] = 119.0
    for operation in ("verify", "registrations", "changes"):
        error = await _fails(status, operation)
        assert (error.cause, error.retry_after) == ("maintenance", 1.0)
    assert status.calls() == 1
    status.moment[0] = 120.0
    for operation in ("verify", "registrations", "changes"):
        assert await status.ask(operation)


async def test_too_many_requests_for_one_candidate_hold_that_one_alone(status: Line):
    one, other = status.stub.register.candidates[:2]
    status.stub.order("429", "registrations", retry_after=60, times=1)
    await _fails(status)
    assert (await _fails(status)).cause == "busy"
    assert status.calls() == 1
    assert await status.ask("registrations", other)
    status.moment[0] = 60.0
    assert await status.ask("registrations", one)


async def test_too_many_tries_of_verify_do_not_stop_verifying(status: Line):
    status.stub.order("429", "verify", retry_after=60, times=FAILURES + 1)
    for each in status.stub.register.candidates[: FAILURES + 1]:
        with pytest.raises(StatusError):
            await status.ask("verify", each)
    assert await status.ask("verify", status.stub.register.candidates[-1])


async def test_a_candidate_that_nobody_knows_is_no_failure(status: Line):
    for _ in range(FAILURES + 1):
        with pytest.raises(StatusError) as caught:
            await status.client.registrations("c-nobody")
        assert caught.value.cause == "unknown"
    assert await status.ask("registrations")
