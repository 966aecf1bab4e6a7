"""Deadlines in the hands of a service that is not as tidy as the stub: nobody's reminder hangs on somebody else's record."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from reminded import BEIJING, World, at, registration

from bot.ports import StatusError
from bot.registration import Registration, Status
from knowledge.region import full_name

ENDS = at(14, 23, 59)


@pytest.fixture
async def world(mind, tmp_path: Path) -> AsyncIterator[World]:
    """Everybody has asked for everything."""
    world = World(mind, tmp_path / "kaoda.sqlite3")
    await world.store.open(world.clock())
    for channel, user in world.bound.table:
        await world.reminders.subscribe(channel, user)
    yield world
    await world.store.close()


async def told_at(world: World, *moments: dt.datetime) -> list[tuple[str, str, str]]:
    """What was sent in the rounds of those moments: day, deadline, what is left."""
    found = []
    for moment in moments:
        world.clock.now, before = moment, len(world.line.sent)
        await world.round()
        sent = [each for _, each in world.line.sent[before:]]
        found += [(f"{moment.day}", each.values["deadline"], each.values["left"]) for each in sent]
    return found


def of_region(made: Registration, region: str) -> Registration:
    return msgspec.structs.replace(made, region=region, confirm_mode="onsite")


# --- one candidate, and the others ------------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", ["broken", "down", "refused", "busy"])
async def test_a_record_that_cannot_be_read_costs_nobody_else_a_reminder(world, cause):
    """The service fails for candidate a, every day; b, who comes after, is told all the same, and the round says it failed."""
    world.authority.kept["b"] = (registration("b", confirmation=("rejected", ENDS)),)
    read = world.authority.registrations

    async def registrations(candidate: str) -> Status:
        if candidate == "a":
            raise StatusError(cause)
        return await read(candidate)

    world.authority.registrations = registrations
    world.clock.now = at(11)
    with pytest.raises(StatusError, match=cause):
        await world.reminders.sweep()
    await world.reminders.send(world.channels)
    assert [(user, each.values["left"]) for user, each in world.line.sent] == [("u2", "还剩3天")]


# --- what is said of when it ends --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends", "deadline", "days"),
    [
        (at(14, 23, 59), "2023年12月14日", ["11", "13"]),
        (at(14, 17, 30), "2023年12月14日 17:30", ["11", "13"]),
        (at(15, 0, 0), "2023年12月15日 00:00", ["11", "13"]),  # the 14th is the last day
    ],
)
async def test_the_hour_is_told_where_the_day_does_not_last_to_its_end(world, ends, deadline, days):
    world.authority.kept["b"] = (registration("b", confirmation=("rejected", ends)),)
    told = await told_at(world, *(at(day) for day in range(9, 16)))
    assert told == [(days[0], deadline, "还剩3天"), (days[1], deadline, "还剩1天")]


async def test_a_window_that_ends_at_noon_is_told_so(world):
    """A registration point whose last day is a morning."""
    known = world.mind.knowledge
    [site] = [each for each in known.facts.sites if each.half and each.end]
    made = of_region(registration("b", confirmation="not_started"), full_name(known.gazetteer, site.region))
    world.authority.kept["b"] = (made,)
    moment = dt.datetime.combine(site.end - dt.timedelta(days=1), dt.time(9), BEIJING)
    world.clock.now = moment - dt.timedelta(hours=1)
    [(_, deadline, left)] = await told_at(world, moment)
    assert deadline == f"{site.end.year}年{site.end.month}月{site.end.day}日"
    assert left == "还剩1天，当天上午截止"


# --- stages as they come ------------------------------------------------------------------------------------------------


async def test_stages_may_come_in_any_order(world):
    """Newest first, as some services have it: who was sent back is not told to pay."""
    made = registration("b", confirmation="rejected", payment=("not_started", ENDS))
    world.authority.kept["b"] = (msgspec.structs.replace(made, stages=made.stages[::-1]),)
    await told_at(world, at(11), at(13))
    assert {each.values["stage"] for _, each in world.line.sent} == {"报名确认"}


async def test_who_took_the_submission_back_is_told_until_when_it_can_be_handed_in(world):
    """Withdrawn is not the end at this stage: it has to be submitted again."""
    world.authority.kept["b"] = (registration("b", submission=("withdrawn", ENDS)),)
    assert [day for day, _, _ in await told_at(world, at(11), at(13))] == ["11", "13"]


async def test_of_a_state_that_nobody_knows_it_is_not_said_that_it_is_not_done(world):
    """Its own deadline is told with its name; a window of the region's is no deadline of a state that is not understood."""
    world.authority.kept["a"] = (registration("a", payment=("waived_pending", ENDS)),)
    world.clock.now = at(11)
    await world.round()
    [told] = await world.told("v1", "web")
    assert told == "您报名的“网上缴费”现在是“waived_pending”，2023年12月14日截止，还剩3天。"


async def test_a_window_is_no_deadline_of_a_state_that_nobody_knows(world):
    world.authority.kept["a"] = (registration("a", submission="waived_pending"),)
    assert await told_at(world, at(11), at(13)) == []
