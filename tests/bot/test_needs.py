"""What a decision needs is got in time, or it is said that it cannot be known; nobody is looked up who is not bound."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from binding_line import NOW, Bench, benched

from bot.conversation import Conversation
from bot.messages import Kind, Message
from bot.mind import Mind
from bot.need import Need
from bot.needs import Needs
from bot.ports import StatusService
from bot.turn import Decision

MESSAGE = Message(id="m", channel="wechat", user="u1", text="我的审核过了吗")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with benched(tmp_path / "kaoda.sqlite3") as found:
        yield found


def asking(need: Need) -> Decision:
    return Decision(kind=Kind.STATUS, text="原话", conversation=Conversation(), asks=need)


async def settled(bench: Bench, mind: Mind, need: Need, *, budget: float = 1.0, came: float | None = None) -> Decision:
    status: StatusService = bench.accounts._status  # the one that the accounts use
    needs = Needs(bench.accounts, status, budget=budget)
    return await needs.settle(mind, asking(need), MESSAGE, NOW, time.monotonic() if came is None else came)


@pytest.mark.parametrize("need", [Need.STATUS, Need.BIND])
async def test_who_is_not_bound_gets_a_link(bench: Bench, mind: Mind, need: Need) -> None:
    decision = await settled(bench, mind, need)
    assert [each.url.startswith("/bind?token=") for each in decision.links] == [True]
    assert [call.operation for call in bench.stub.calls] == []


async def test_who_is_bound_is_told_and_it_is_noted(bench: Bench, mind: Mind) -> None:
    await bench.accounts.bind(await bench.token(), "", bench.form())
    assert "学历不符" in (await settled(bench, mind, Need.STATUS)).text
    assert not (await settled(bench, mind, Need.BIND)).links
    await settled(bench, mind, Need.MY_DATA)
    await settled(bench, mind, Need.UNBIND)
    await settled(bench, mind, Need.MY_DATA)
    assert await bench.events() == ["linked", "bound", "status_shown", "data_shown", "unbound"]


async def test_a_service_that_hangs_costs_the_budget_and_no_more(bench: Bench, mind: Mind) -> None:
    await bench.accounts.bind(await bench.token(), "", bench.form())
    bench.stub.order("slow", "registrations", delay=20)
    began = time.monotonic()
    decision = await settled(bench, mind, Need.STATUS, budget=0.4)
    assert time.monotonic() - began < 0.6
    assert "学历不符" not in decision.text
    assert decision.kind is Kind.STATUS


async def test_time_counts_from_when_the_message_came(bench: Bench, mind: Mind) -> None:
    """Who waited for his own earlier questions does not wait anew; the service is not even asked."""
    await bench.accounts.bind(await bench.token(), "", bench.form())
    bench.stub.order("slow", "registrations", delay=20)
    began = time.monotonic()
    await settled(bench, mind, Need.STATUS, budget=0.4, came=began - 1)
    assert time.monotonic() - began < 0.2
    assert [call.operation for call in bench.stub.calls] == ["verify"]


@pytest.mark.parametrize("need", [Need.STATUS, Need.BIND, Need.UNBIND, Need.MY_DATA])
async def test_without_a_service_there_is_no_link(mind: Mind, need: Need) -> None:
    decision = await Needs(None, None).settle(mind, asking(need), MESSAGE, NOW, time.monotonic())
    assert decision.links == ()
    assert decision.asks is Need.NOTHING


async def test_what_needs_nothing_is_left_as_it_is(mind: Mind) -> None:
    decision = asking(Need.NOTHING)
    assert await Needs(None, None).settle(mind, decision, MESSAGE, NOW, 0.0) is decision


async def test_who_leaves_is_unbound(bench: Bench, mind: Mind) -> None:
    await bench.accounts.bind(await bench.token(), "", bench.form())
    await asyncio.gather(*(Needs(bench.accounts, None).forget("wechat", "u1") for _ in range(2)))
    assert await bench.accounts.candidate("wechat", "u1") is None
    assert (await bench.events()).count("unbound") == 1
