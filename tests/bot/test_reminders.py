"""Reminders over a real SQLite file and a clock that goes when it is told to."""

import asyncio
import datetime as dt
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from reminded import Hands, World, at, moved, registration, states
from turns import turn

from adapters.storage.sqlite import SqliteStore
from adapters.storage.sqlite_reminders import SqliteReminders
from bot.due import Event
from bot.messages import Message
from bot.ports import NotifyError, StatusError
from bot.responder import Responder
from bot.sealing import Sealer

ENDS = at(14, 23, 59)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kaoda.sqlite3"


@pytest.fixture
async def world(mind, path) -> AsyncIterator[World]:
    """Everybody has asked for everything."""
    world = World(mind, path)
    await world.store.open(world.clock())
    for channel, user in world.bound.table:
        await world.reminders.subscribe(channel, user)
    yield world
    await world.store.close()


# --- changes ---------------------------------------------------------------------------------------------------------


async def test_a_change_is_told_to_who_is_bound_to_it(world):
    """By WeChat at once, on the web at the next visit; once, however often the rounds go."""
    world.authority.change("a", "confirmation", "rejected")
    for _ in range(3):
        await world.round()
    assert states(world.line.sent) == [("u1", "不通过")]
    assert await world.told("v1", "web") == [
        "您的报名有变化（2023年12月5日）：“报名确认”现在是“不通过”。发送“我的报名”可以看原因和下一步。"
    ]
    assert await world.told("v1", "web") == []
    assert await world.told("u1") == []
    assert await world.told("u2") == []


async def test_many_changes_are_read_page_by_page(world):
    for stage in ("submission", "confirmation", "review", "payment", "result"):
        world.authority.change("b", stage, "passed")
    await world.round()
    assert len(world.line.sent) == 5
    assert await world.rows.cursor() == "5"


async def test_changes_from_before_it_was_asked_for_are_not_told(world):
    world.authority.change("a", "confirmation", "rejected", at(4))
    await world.round()
    assert world.line.sent == []


@pytest.mark.parametrize(
    ("events", "count"), [((Event.CHANGE,), 1), ((Event.DEADLINE,), 0), (tuple(Event), 1), ((), 0)]
)
async def test_each_event_is_asked_for_by_itself(world, events, count):
    await world.reminders.subscribe("wechat", "u1", events)
    assert await world.reminders.events("wechat", "u1") == events
    world.authority.change("a", "confirmation", "rejected")
    await world.round()
    assert len(world.line.sent) == count


async def test_names_that_were_added_later_are_told_as_they_came(world):
    world.authority.change("a", "second_review", "on_hold")
    await world.round()
    assert states(world.line.sent) == [("u1", "on_hold")]
    assert "“second_review”现在是“on_hold”" in (await world.told("v1", "web"))[0]


async def test_the_service_may_forget_its_cursors(world):
    """A service that starts anew knows none of them: it is read from the beginning, and nothing is told twice."""
    world.authority.change("a", "confirmation", "rejected")
    await world.round()
    world.authority.first = 100
    world.authority.feed = [msgspec.structs.replace(each, cursor="101") for each in world.authority.feed]
    world.authority.change("a", "confirmation", "passed", at(6))
    await world.round()
    await world.round()
    assert states(world.line.sent) == [("u1", "不通过"), ("u1", "通过")]


@pytest.mark.parametrize("cause", ["slow", "down", "busy", "maintenance", "broken", "refused"])
async def test_while_the_service_fails_nothing_is_lost(world, cause):
    world.authority.change("a", "confirmation", "rejected")
    world.authority.error = StatusError(cause)
    with pytest.raises(StatusError, match=cause):
        await world.reminders.read_changes()
    world.authority.error = None
    await world.round()
    assert len(world.line.sent) == 1


# --- deadlines -------------------------------------------------------------------------------------------------------


async def _days(world: World, *moments: dt.datetime) -> list[tuple[str, str, str]]:
    """Go a round at each moment; when what was told."""
    found = []
    for moment in moments:
        world.clock.now, before = moment, len(world.line.sent)
        await world.round()
        found += [
            (moment.strftime("%d %H:%M"), user, each.values["left"])
            for user, each in world.line.sent[before:]
            if each.kind == "deadline"
        ]
    return found


HOURS = [at(day, hour, minute) for day in range(5, 17) for hour, minute in ((8, 59), (9, 0), (9, 1), (12, 0), (20, 59))]


async def test_a_deadline_is_told_three_days_and_one_day_before_at_nine(world):
    world.authority.kept["b"] = (registration("b", submission="passed", confirmation=("rejected", ENDS)),)
    told = await _days(world, *(each for each in HOURS if each > world.clock.now))
    assert told == [("11 09:00", "u2", "还剩3天"), ("13 09:00", "u2", "还剩1天")]


async def test_a_deadline_says_what_follows_from_missing_it(world):
    """In the words of the region's notice, where it has any."""
    world.authority.kept["a"] = (registration(submission="passed", confirmation="passed", review="passed"),)
    world.clock.now = dt.datetime(2024, 2, 5, 9, 0, tzinfo=world.clock.now.tzinfo)
    await world.round()
    [told] = await world.told("v1", "web")
    assert told.startswith("您报名的“网上缴费”还没有完成，2024年2月8日截止，还剩3天。")
    assert "自动放弃" in told


async def test_who_was_sent_back_is_told_of_the_days_for_handing_in_again(world):
    """The service may give no deadline: then the window that the state's meaning names counts, 12月14日 in Shanghai."""
    world.authority.kept["a"] = (registration("a", confirmation="rejected"),)
    assert await _days(world, at(11), at(13)) == [("11 09:00", "u1", "还剩3天"), ("13 09:00", "u1", "还剩1天")]
    world.clock.now = at(14)
    [told] = await world.told("v1", "web")
    assert told == (
        "您报名的“报名确认”还没有完成，2023年12月14日截止，今天是最后一天。"
        "逾期未重新上传报名材料并提交报名信息的，视为自动放弃本次考试。"
    )


@pytest.mark.parametrize("state", ["passed", "paid", "published", "withdrawn", "expired"])
async def test_a_stage_that_is_done_or_over_is_not_told_of(world, state):
    world.authority.kept["b"] = (registration("b", submission="passed", confirmation=(state, ENDS)),)
    assert await _days(world, at(11), at(13)) == []


async def test_what_is_done_in_the_meantime_is_not_told_of(world):
    """It waited for a contact; the change came first."""
    world.channels.clear()
    world.authority.kept["b"] = (registration("b", submission="passed", confirmation=("rejected", ENDS)),)
    await _days(world, at(11))
    assert len(await world.reminders.waiting("wechat", "u2")) == 1
    world.authority.kept["b"] = tuple(moved(each, "confirmation", "passed") for each in world.authority.kept["b"])
    world.authority.change("b", "confirmation", "passed", at(12))
    await _days(world, at(13))
    assert [each[:7] for each in await world.told("u2")] == ["您的报名有变化"]


async def test_what_comes_after_a_stage_that_failed_is_not_told_of(world):
    """Who was sent back cannot pay yet; that stage's own deadline is what counts."""
    world.authority.kept["b"] = (registration("b", confirmation="rejected", payment=("not_started", ENDS)),)
    await _days(world, at(11), at(13))
    assert {each.values["stage"] for _, each in world.line.sent} == {"报名确认"}


async def test_a_restart_neither_loses_nor_repeats_a_deadline(world, mind, path):
    """Asked for on one day, told on another by a process that started since; and not by the next one again."""
    world.authority.kept["b"] = (registration("b", confirmation=("rejected", ENDS)),)
    await world.store.close()
    for moment, count in ((at(11), 1), (at(11, 10), 1), (at(12), 1), (at(13, 9, 30), 2)):
        fresh = World(mind, path)
        fresh.authority, fresh.line, fresh.clock = world.authority, world.line, Hands(moment)
        fresh.reminders, fresh.channels = fresh.made(fresh.rows), {"wechat": world.line}
        await fresh.store.open(moment)
        await fresh.round()
        await fresh.store.close()
        assert len(world.line.sent) == count
    world.store = SqliteStore(path, 30)
    await world.store.open(at(13))


async def test_a_deadline_that_an_outage_hid_is_told_the_next_day_with_the_days_left(world):
    world.authority.kept["b"] = (registration("b", confirmation=("rejected", ENDS)),)
    world.authority.error = StatusError("down")
    world.clock.now = at(11)
    with pytest.raises(StatusError):
        await world.reminders.sweep()
    world.authority.error, world.authority.is_last_known = None, True
    assert await _days(world, at(11, 12)) == []  # it may be done by now
    world.authority.is_last_known = False
    assert await _days(world, at(11, 22), at(12, 9)) == [("12 09:00", "u2", "还剩2天")]


async def test_who_asks_after_the_moment_is_not_told_at_once(world):
    """He has just seen the deadline; the next moment is the next reminder."""
    world.authority.kept["b"] = (registration("b", confirmation=("rejected", ENDS)),)
    world.clock.now = at(11, 9, 30)
    await world.reminders.unsubscribe("wechat", "u2")
    await world.reminders.subscribe("wechat", "u2")
    assert await _days(world, at(11, 10), at(12), at(13)) == [("13 09:00", "u2", "还剩1天")]


async def test_a_user_is_looked_at_once_a_day(world):
    world.authority.kept["b"] = (registration("b", confirmation=("rejected", ENDS)),)
    await _days(world, *(at(6, hour) for hour in range(9, 21)))
    assert world.authority.asked == len(world.bound.table)


# --- sending ---------------------------------------------------------------------------------------------------------


async def test_what_the_channel_does_not_send_waits_for_the_next_message(world, mind):
    """On any message: the reply tells it after its answer, once, and the same message again gets the same reply."""
    world.line.takes = False
    world.authority.change("a", "confirmation", "rejected")
    await world.round()
    responder = Responder(mind, world.store, world.clock, sealer=Sealer(bytes(32)), reminders=world.reminders)

    async def says(number: str) -> str:
        message = Message(id=number, channel="wechat", user="u1", text="初级一科多少钱", region="四川乐山")
        return (await responder.respond(message)).text

    first = await says("1")
    assert first.startswith("初级") or "50元" in first.splitlines()[0]
    assert first.splitlines()[-1].startswith("提醒：您的报名有变化")
    assert await says("1") == first
    assert "提醒" not in await says("2")


async def test_a_failure_is_tried_again_and_a_doubt_is_not(world):
    world.authority.change("a", "confirmation", "rejected")
    world.line.error = NotifyError("busy")
    await world.round()
    world.line.error = None
    await world.round()
    assert world.line.sent == []
    world.clock.now += dt.timedelta(minutes=5)
    await world.round()
    assert len(world.line.sent) == 1
    world.authority.change("a", "confirmation", "passed", world.clock.now)
    world.line.error = NotifyError("no answer", is_in_doubt=True)
    await world.round()
    world.line.error = None
    world.clock.now += dt.timedelta(hours=1)
    await world.round()
    assert len(world.line.sent) == 1
    assert await world.told("u1") == []


async def test_a_channel_that_fails_is_left_alone_for_the_round(world):
    world.line.error = NotifyError("busy")
    for stage in ("submission", "confirmation", "review", "payment", "result"):
        world.authority.change("a", stage, "passed")
    await world.reminders.read_changes()
    await world.reminders.send(world.channels)
    world.line.error = None
    await world.reminders.send(world.channels)
    assert len(world.line.sent) == 2  # the three that failed wait their five minutes


async def test_two_processes_over_one_file_send_once(world, mind, path):
    """Each reads all changes and looks at all deadlines; every reminder goes out once."""
    other = SqliteStore(path, 30)
    await other.open(world.clock())
    beside = world.made(SqliteReminders(other.file))
    for stage in ("submission", "confirmation", "review"):
        world.authority.change("a", stage, "passed")
        world.authority.change("b", stage, "passed")
    await asyncio.gather(
        *(step() for each in (world.reminders, beside) for step in (each.read_changes, each.read_changes))
    )
    await asyncio.gather(*(each.send(world.channels) for each in (world.reminders, beside, beside, world.reminders)))
    await other.close()
    assert len(world.line.sent) == len({(user, each.values["stage"]) for user, each in world.line.sent}) == 6


# --- who is gone -----------------------------------------------------------------------------------------------------


async def test_who_unbinds_is_told_nothing_more(world, path):
    """However the binding is deleted: its row's end is the end of what waits, in the same transaction."""
    world.channels.clear()
    world.authority.change("a", "confirmation", "rejected")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("insert into account values ('wechat', 'u1', 'm', x'00', '')")
    await world.round()
    assert len(await world.reminders.waiting("wechat", "u1")) == 1
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("delete from account where user = 'u1'")
    assert await world.reminders.waiting("wechat", "u1") == ()
    assert await world.reminders.events("wechat", "u1") == ()
    assert await world.reminders.events("wechat", "u2") != ()


async def test_who_is_found_unbound_is_forgotten(world):
    del world.bound.table["wechat", "u1"]
    world.clock.now = at(6)
    await world.reminders.sweep()
    assert await world.reminders.events("wechat", "u1") == ()


async def test_who_leaves_is_forgotten(world):
    await world.store.forget_user("wechat", "u1")
    world.authority.change("a", "confirmation", "rejected")
    await world.round()
    assert world.line.sent == []


async def test_nothing_that_is_kept_says_whose_it_is(world, path):
    """Neither candidate nor registration, stage nor state can be read from the file, before or after it was shown."""
    world.channels.clear()
    world.authority.change("candidate-7", "confirmation", "rejected")
    world.bound.table["wechat", "u1"] = "candidate-7"
    await world.round()
    await world.store.keep(turn("m1", "u1", "wechat", reminders=[]))
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("select * from reminder").fetchall()
    assert len(rows) == 1
    kept = b" ".join(each if isinstance(each, bytes) else str(each).encode() for each in rows[0])
    for word in (b"candidate-7", b"r-candidate", b"confirmation", b"rejected"):
        assert word not in kept
    await world.told("u1")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("select body from reminder").fetchall() == [(b"",)]
