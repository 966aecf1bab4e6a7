"""One contract over both homes of reminders; on disk a second process looks at the same file."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from turns import NOW, opened, turn

from adapters.storage.memory import MemoryStore
from adapters.storage.memory_reminders import MemoryReminders
from adapters.storage.sqlite import SqliteStore
from adapters.storage.sqlite_reminders import SqliteReminders
from bot.due import Due, Event, Subscription, Told
from bot.ports import ReminderStore, ShownElsewhereError

LEASE = dt.timedelta(minutes=10)
LATER = NOW + dt.timedelta(minutes=5)


@dataclass
class Kept:
    """A store of turns, the reminders beside it, and a second process's view of them."""

    store: MemoryStore | SqliteStore
    reminders: ReminderStore
    beside: ReminderStore


@pytest.fixture(params=["memory", "sqlite"])
async def kept(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Kept]:
    """Each test runs over both."""
    if request.param == "memory":
        reminders = MemoryReminders()
        yield Kept(MemoryStore(reminders), reminders, reminders)
        return
    here, there = await opened(path), await opened(path)
    yield Kept(here, SqliteReminders(here.file), SqliteReminders(there.file))
    await here.close()
    await there.close()


def asked(user: str = "u1", channel: str = "wechat") -> Subscription:
    return Subscription(channel=channel, user=user, events=tuple(Event), since=NOW, swept_until=NOW)


def due(name: str = "r1", user: str = "u1", **more: object) -> Due:
    given = {
        "channel": "wechat",
        "event": Event.CHANGE,
        "subject": name,
        "body": b"\x00\xff",
        "at": NOW,
        "expires": NOW + dt.timedelta(days=30),
        **more,
    }
    return Due(id=name, user=user, **given)  # type: ignore[arg-type]  # a table of keywords


async def test_nothing_is_kept_at_first(kept: Kept) -> None:
    assert await kept.reminders.cursor() == ""
    assert await kept.reminders.subscription("wechat", "u1") is None
    assert await kept.reminders.waiting("wechat", "u1", NOW) == ()
    assert await kept.reminders.claim("wechat", NOW, LEASE) is None


async def test_what_was_asked_for_comes_back(kept: Kept) -> None:
    """For both processes; asking anew replaces it, taking it back ends it."""
    await kept.reminders.subscribe(asked())
    assert await kept.beside.subscription("wechat", "u1") == asked()
    fewer = msgspec.structs.replace(asked(), events=(Event.DEADLINE,))
    await kept.reminders.subscribe(fewer)
    assert await kept.beside.subscription("wechat", "u1") == fewer
    assert await kept.reminders.unsubscribe("wechat", "u1") is True
    assert await kept.reminders.unsubscribe("wechat", "u1") is False
    assert await kept.beside.subscription("wechat", "u1") is None


async def test_subscriptions_are_gone_through_in_pages(kept: Kept) -> None:
    names = [("web", "b"), ("wechat", "a"), ("wechat", "c")]
    for channel, user in reversed(names):
        await kept.reminders.subscribe(asked(user, channel))
    first = await kept.reminders.subscriptions(("", ""), 2)
    rest = await kept.reminders.subscriptions((first[-1].channel, first[-1].user), 2)
    assert [(each.channel, each.user) for each in (*first, *rest)] == names


async def test_a_reminder_and_the_cursor_are_kept_together(kept: Kept) -> None:
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due(),))
    assert await kept.beside.cursor() == "c1"
    assert await kept.beside.waiting("wechat", "u1", NOW) == (due(),)


async def test_who_was_slower_does_not_move_the_cursor_back(kept: Kept) -> None:
    """Both processes read the same page: its reminders are kept once, and the cursor stays with the faster one."""
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due(),))
    await kept.reminders.receive("c1", "c2", ())
    await kept.beside.receive("", "c1", (due(),))
    assert await kept.reminders.cursor() == "c2"
    assert len(await kept.reminders.waiting("wechat", "u1", NOW)) == 1


async def test_an_id_is_kept_once_also_after_it_was_shown(kept: Kept) -> None:
    """Changes that are read again, from the beginning even, are not told again."""
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due(),))
    assert await kept.reminders.take("wechat", "u1", NOW) == (due(),)
    await kept.beside.receive("c1", "", ())
    await kept.beside.receive("", "c1", (due(),))
    assert await kept.reminders.waiting("wechat", "u1", NOW) == ()
    assert await kept.reminders.claim("wechat", NOW, LEASE) is None


async def test_nothing_is_kept_for_who_does_not_ask(kept: Kept) -> None:
    await kept.reminders.receive("", "c1", (due(),))
    assert await kept.reminders.waiting("wechat", "u1", NOW) == ()


async def test_the_newer_one_on_a_subject_replaces_what_was_not_shown(kept: Kept) -> None:
    """待审核, then 未通过, before the user came back: the latter is told. Other subjects and other users stay."""
    await kept.reminders.subscribe(asked())
    await kept.reminders.subscribe(asked("u2"))
    old, other, new = due("a", subject="s"), due("b", subject="t"), due("c", subject="s", at=LATER)
    theirs = due("d", "u2", subject="s")
    await kept.reminders.receive("", "c1", (old, other, theirs, new))
    assert await kept.reminders.waiting("wechat", "u1", LATER) == (other, new)
    assert await kept.reminders.waiting("wechat", "u2", LATER) == (theirs,)


async def test_of_two_processes_one_sends(kept: Kept) -> None:
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due(),))
    assert await kept.reminders.claim("wechat", NOW, LEASE) == due()
    assert await kept.beside.claim("wechat", NOW, LEASE) is None
    assert await kept.beside.waiting("wechat", "u1", NOW) == ()
    await kept.reminders.told("r1", Told.SENT, NOW, LATER)
    assert await kept.beside.claim("wechat", LATER, LEASE) is None


async def test_what_did_not_work_is_tried_again_later(kept: Kept) -> None:
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due(),))
    await kept.reminders.claim("wechat", NOW, LEASE)
    await kept.reminders.told("r1", Told.LATER, NOW, LATER)
    assert await kept.reminders.claim("wechat", NOW, LEASE) is None
    assert await kept.reminders.claim("wechat", LATER, LEASE) == due()


@pytest.mark.parametrize("outcome", [Told.REFUSED, Told.LATER])
async def test_what_could_not_be_sent_waits_for_a_contact(kept: Kept, outcome: Told) -> None:
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due(),))
    await kept.reminders.claim("wechat", NOW, LEASE)
    await kept.reminders.told("r1", outcome, NOW, LATER)
    assert await kept.reminders.waiting("wechat", "u1", NOW) == (due(),)
    if outcome is Told.REFUSED:
        assert await kept.reminders.claim("wechat", LATER, LEASE) is None


@pytest.mark.parametrize("outcome", [Told.SENT, Told.IN_DOUBT])
async def test_what_was_or_may_have_been_sent_does_not_wait(kept: Kept, outcome: Told) -> None:
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due(),))
    await kept.reminders.claim("wechat", NOW, LEASE)
    await kept.reminders.told("r1", outcome, NOW, LATER)
    assert await kept.reminders.waiting("wechat", "u1", LATER) == ()


async def test_who_died_while_sending_leaves_a_doubt_that_is_not_sent_again(kept: Kept) -> None:
    """Within the lease it may still be told what became of it; after that it is settled."""
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due(),))
    await kept.reminders.claim("wechat", NOW, LEASE)
    for moment in (NOW, NOW + LEASE, NOW + 2 * LEASE):
        assert await kept.beside.claim("wechat", moment, LEASE) is None
        assert await kept.beside.waiting("wechat", "u1", moment) == ()


async def test_what_has_expired_is_not_told(kept: Kept) -> None:
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due(expires=LATER),))
    assert len(await kept.reminders.waiting("wechat", "u1", NOW)) == 1
    assert await kept.reminders.waiting("wechat", "u1", LATER) == ()
    assert await kept.reminders.claim("wechat", LATER, LEASE) is None


async def test_a_turn_shows_what_its_reply_tells(kept: Kept) -> None:
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due("a"), due("b")))
    assert (await kept.store.start("wechat", "u1", "m1", NOW)).due == (due("a"), due("b"))
    await kept.store.keep(turn("m1", "u1", "wechat", reminders=("a",)))
    assert await kept.reminders.waiting("wechat", "u1", NOW) == (due("b"),)
    assert await kept.reminders.claim("wechat", NOW, LEASE) == due("b")


async def test_a_turn_is_not_kept_where_another_has_shown_its_reminder(kept: Kept) -> None:
    """The reply is then composed again without it; what else it would have shown still waits."""
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due("a"), due("b")))
    assert await kept.beside.claim("wechat", NOW, LEASE) == due("a")
    with pytest.raises(ShownElsewhereError):
        await kept.store.keep(turn("m1", "u1", "wechat", reminders=("b", "a")))
    assert await kept.store.reply_to("wechat", "u1", "m1") is None
    assert await kept.reminders.waiting("wechat", "u1", NOW) == (due("b"),)


async def test_the_same_message_again_shows_nothing_again(kept: Kept) -> None:
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due("a"),))
    for _ in range(2):
        await kept.store.keep(turn("m1", "u1", "wechat", reminders=("a",)))
    assert await kept.store.reply_to("wechat", "u1", "m1") is not None


async def test_who_takes_it_back_or_leaves_gets_nothing(kept: Kept) -> None:
    for user in ("u1", "u2", "u3"):
        await kept.reminders.subscribe(asked(user))
    await kept.reminders.receive("", "c1", (due("a"), due("b", "u2"), due("c", "u3")))
    await kept.reminders.unsubscribe("wechat", "u1")
    await kept.store.forget_user("wechat", "u2")
    assert await kept.reminders.subscription("wechat", "u2") is None
    for user in ("u1", "u2"):
        assert await kept.beside.waiting("wechat", user, NOW) == ()
    assert await kept.beside.claim("wechat", NOW, LEASE) == due("c", "u3")


async def test_a_stage_that_is_done_needs_no_deadline(kept: Kept) -> None:
    await kept.reminders.subscribe(asked())
    ends, changed = due("a", event=Event.DEADLINE, subject="s"), due("b", subject="s")
    await kept.reminders.receive("", "c1", (ends, changed, due("c", event=Event.DEADLINE, subject="t")))
    await kept.reminders.settle_stage("wechat", "u1", "s")
    assert [each.id for each in await kept.reminders.waiting("wechat", "u1", NOW)] == ["b", "c"]


async def test_looking_at_deadlines_is_kept_with_what_was_found(kept: Kept) -> None:
    """What the user asked for in the meantime stays, and a slower process moves nothing back."""
    await kept.reminders.subscribe(msgspec.structs.replace(asked(), events=(Event.DEADLINE,)))
    await kept.reminders.sweep(msgspec.structs.replace(asked(), swept_until=LATER), (due("a"),))
    await kept.beside.sweep(asked(), (due("a"),))
    found = await kept.reminders.subscription("wechat", "u1")
    assert found == msgspec.structs.replace(asked(), events=(Event.DEADLINE,), swept_until=LATER)
    assert await kept.reminders.waiting("wechat", "u1", NOW) == (due("a"),)


async def test_old_ids_are_forgotten(kept: Kept) -> None:
    await kept.reminders.subscribe(asked())
    await kept.reminders.receive("", "c1", (due("a"), due("b", expires=LATER), due("c")))
    await kept.store.keep(turn("m1", "u1", "wechat", reminders=("a",)))
    await kept.reminders.tidy(LATER + dt.timedelta(days=1))
    assert await kept.reminders.waiting("wechat", "u1", NOW) == (due("c"),)
    await kept.reminders.receive("c1", "c2", (due("a"),))
    assert len(await kept.reminders.waiting("wechat", "u1", NOW)) == 2
