"""The rounds: every step is taken whatever another met, and what operators watch tells of it."""

import pytest
from prometheus_client import CollectorRegistry
from reminded import World, at

from bot.ports import StatusError
from bot.rounds import MOST_SECONDS, Counts, Rounds


@pytest.fixture
async def world(mind, tmp_path):
    world = World(mind, tmp_path / "kaoda.sqlite3")
    await world.store.open(world.clock())
    await world.reminders.subscribe("wechat", "u1")
    yield world
    await world.store.close()


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def rounds(world, registry):
    return Rounds(
        reminders=world.reminders,
        store=world.rows,
        channels=world.channels,
        counts=Counts(registry),
        clock=world.clock,
        seconds=60,
    )


async def test_a_round_reads_looks_and_sends(rounds, world, registry):
    world.authority.change("a", "confirmation", "rejected")
    assert await rounds.once()
    assert len(world.line.sent) == 1
    assert registry.get_sample_value("kaoda_changes_read_timestamp_seconds") > 0


async def test_what_waits_is_sent_although_the_service_fails(rounds, world, registry):
    """The next round comes later and later, or when the service says; then everything is as before."""
    world.authority.change("a", "confirmation", "rejected")
    await world.reminders.read_changes()
    world.authority.error = StatusError("maintenance", 500)
    assert not await rounds.once()
    assert len(world.line.sent) == 1
    assert rounds._pause == 500
    world.authority.error = StatusError("down")
    for _ in range(5):
        await rounds.once()
    assert rounds._pause == MOST_SECONDS
    failed = {"step": "changes", "cause": "down"}
    assert registry.get_sample_value("kaoda_rounds_failed_total", failed) == 5
    world.authority.error = None
    assert await rounds.once()
    assert rounds._pause == 60


async def test_a_record_that_cannot_be_read_does_not_slow_everybody_s_changes(rounds, world, registry):
    """The service may fail for one candidate, and for days: it is counted, and changes are read as often as before."""

    async def registrations(_candidate):
        raise StatusError("busy", 3600)

    world.authority.registrations = registrations
    world.clock.now = at(6)
    for _ in range(5):
        assert not await rounds.once()
    assert rounds._pause == 60
    failed = {"step": "deadlines", "cause": "busy"}
    assert registry.get_sample_value("kaoda_rounds_failed_total", failed) == 5


async def test_a_fault_of_our_own_does_not_end_the_rounds(rounds, world, caplog):
    """And nothing of whom it was about is logged."""
    world.authority.change("a", "confirmation", "rejected")
    world.bound.users_of = None
    assert not await rounds.once()
    assert "step=changes cause=TypeError" in caplog.text
    assert "u1" not in caplog.text
