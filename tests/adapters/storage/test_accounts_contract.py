"""One contract over every store of bindings."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from adapters.storage.database import SqliteFile
from adapters.storage.memory_accounts import MemoryAccounts
from adapters.storage.sqlite_accounts import SqliteAccounts
from bot.binding import Audited, Binding, Event
from bot.ports import AccountStore

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[AccountStore]:
    if request.param == "memory":
        yield MemoryAccounts()
        return
    file = SqliteFile(path)
    await file.open()
    yield SqliteAccounts(file)
    await file.close()


def binding(user: str = "u1", mark: str = "m1", channel: str = "wechat", minutes: int = 0) -> Binding:
    at = NOW + dt.timedelta(minutes=minutes)
    return Binding(channel=channel, user=user, mark=mark, sealed=f"\x00{user}".encode(), at=at)


def row(event: Event = Event.BOUND, who: str = "w") -> Audited:
    return Audited(at=NOW, event=event, channel="wechat", who=who, candidate="c")


async def test_a_store_starts_empty(store: AccountStore) -> None:
    assert await store.binding("wechat", "u1") is None
    assert await store.bound() == await store.audited() == ()
    assert await store.key_check(None) is None


async def test_a_binding_comes_back_as_it_was_kept(store: AccountStore) -> None:
    assert await store.bind(binding(), (row(),)) is True
    assert await store.binding("wechat", "u1") == binding()
    assert await store.audited() == (row(),)


@pytest.mark.parametrize(("channel", "user"), [("web", "u1"), ("wechat", "u2"), ("wechat", "u1 "), ("", "")])
async def test_users_and_channels_do_not_see_each_other(store: AccountStore, channel: str, user: str) -> None:
    await store.bind(binding(), ())
    assert await store.binding(channel, user) is None
    assert await store.unbind(channel, user, row()) is False
    assert await store.binding("wechat", "u1") is not None


async def test_a_user_has_one_candidate(store: AccountStore) -> None:
    """A second one is refused, and neither it nor its log line is kept."""
    await store.bind(binding(), (row(),))
    assert await store.bind(binding(mark="m2"), (row(),)) is False
    assert await store.binding("wechat", "u1") == binding()
    assert len(await store.audited()) == 1


async def test_the_same_candidate_again_is_renewed(store: AccountStore) -> None:
    again = msgspec.structs.replace(binding(minutes=5), sealed=b"new")
    await store.bind(binding(), ())
    assert await store.bind(again, ()) is True
    assert await store.bound() == (again,)


async def test_a_candidate_has_one_user_of_a_channel(store: AccountStore) -> None:
    await store.bind(binding("u1"), ())
    await store.bind(binding("w1", channel="web", minutes=1), ())
    await store.bind(binding("u2", minutes=2), ())
    assert [(each.channel, each.user) for each in await store.bound(mark="m1")] == [("web", "w1"), ("wechat", "u2")]


async def test_bindings_are_found_by_candidate_and_channel(store: AccountStore) -> None:
    for each in (binding("u1", "m1"), binding("u2", "m2", minutes=1), binding("w1", "m1", "web", minutes=2)):
        await store.bind(each, ())
    assert [each.user for each in await store.bound()] == ["u1", "u2", "w1"]
    assert [each.user for each in await store.bound(mark="m1")] == ["u1", "w1"]
    assert [each.user for each in await store.bound(channel="wechat")] == ["u1", "u2"]
    assert await store.bound(mark="m2", channel="web") == ()


async def test_unbinding_leaves_its_log_line_alone(store: AccountStore) -> None:
    await store.bind(binding(), ())
    assert await store.unbind("wechat", "u1", row(Event.UNBOUND)) is True
    assert await store.unbind("wechat", "u1", row(Event.UNBOUND)) is False
    assert await store.bound() == ()
    assert await store.audited() == (row(Event.UNBOUND),)


async def test_the_first_key_check_counts(store: AccountStore) -> None:
    assert await store.key_check(b"first") == b"first"
    assert await store.key_check(b"second") == b"first"
    assert await store.key_check(None) == b"first"


async def test_the_log_is_in_its_order(store: AccountStore) -> None:
    rows = tuple(row(who=str(number)) for number in range(20))
    for each in rows:
        await store.note(each)
    assert await store.audited() == rows
