"""Every push is computed once: over retries, repetitions, restarts and several processes."""

import asyncio
import datetime as dt
import time
from pathlib import Path

import pytest
from turns import opened
from wechat_line import SLOW, USER, WAITS, Echo, Line, line, memory, timed, until

from adapters.storage.sqlite_shared import SqliteKeyValue
from adapters.wechat import attending
from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.pushes import Push


async def test_retries_join_the_running_computation(replying: Line, responder: Echo) -> None:
    """Three attempts at once, with nonces and timestamps of their own: one computation, one text."""
    done = responder.hold("问")
    push = replying.push(pushes.text("问"))
    attempts = [asyncio.create_task(replying.attempt(push)) for _ in range(3)]
    await asyncio.sleep(0.1)
    done.set()
    assert set(await asyncio.gather(*attempts)) == {"您说：问"}
    assert responder.texts() == ["问"]


@pytest.mark.parametrize("is_renewed", [True, False])
async def test_a_repetition_gets_the_same_reply(replying: Line, responder: Echo, is_renewed: bool) -> None:
    """Not an empty one; whether its nonce and timestamp are new or old."""
    push = replying.push(pushes.text("问"))
    request = replying.request(push.xml())
    for _ in range(3):
        status, body = await replying.post(*(replying.request(push.xml()) if is_renewed else request))
        assert status == 200
        assert body != b"success"
    assert responder.texts() == ["问"]


async def test_a_retry_of_a_late_push_gets_its_answer(replying: Line, responder: Echo) -> None:
    """The first reply may have been lost on the way; what waits goes on waiting for who saw the placeholder."""
    done = responder.hold(SLOW)
    push = replying.push(pushes.text(SLOW))
    assert WAITS in await replying.attempt(push)
    done.set()
    assert await replying.attempt(push) == f"您说：{SLOW}"
    assert responder.texts() == [SLOW]


async def test_equal_numbers_of_two_users_are_two_messages(replying: Line, responder: Echo) -> None:
    """MsgIds have collided between users."""
    texts = await asyncio.gather(*(replying.say(f"问{n}", user=f"oUser{n}", MsgId=42) for n in range(15)))
    assert texts == [f"您说：问{n}" for n in range(15)]


async def test_events_of_one_second_are_told_apart(replying: Line, responder: Echo) -> None:
    """They have no id: each differs in something."""
    second = int(time.time())
    events = [
        {"Event": "CLICK", "EventKey": "a"},
        {"Event": "CLICK", "EventKey": "b"},
        {"Event": "SCAN", "EventKey": "a", "Ticket": "1"},
        {"Event": "SCAN", "EventKey": "a", "Ticket": "2"},
        {"Event": "subscribe", "EventKey": "", "UserCardCode": "1"},
        {"Event": "subscribe", "EventKey": "", "UserCardCode": "2"},
    ]
    for event in events * 2:
        await replying.attempt(replying.push({"MsgType": "event"} | event, CreateTime=second))
    assert len(responder.messages) == len(events)


async def test_a_repetition_after_a_restart_gets_the_same_reply(path: Path, responder: Echo) -> None:
    """What was seen is in the store's file; the responder is not even asked."""
    seen: list[str] = []
    for _ in range(2):
        store = await opened(path)
        values = SqliteKeyValue(store.file, lambda: dt.datetime.now(dt.UTC))
        async with line(values=values, responder=responder) as process:
            push = push_of_both(process, "问")
            seen.append(await process.attempt(push))
        await store.close()
    assert seen == ["您说：问"] * 2
    assert responder.texts() == ["问"]


def push_of_both(process: Line, text: str) -> Push:
    return process.push(pushes.text(text), MsgId=77, CreateTime=int(time.time()) // 1000 * 1000)


async def test_another_process_waits_for_the_one_that_computes(path: Path) -> None:
    """The retry comes to another worker: it does not compute again, and gives the same text."""
    stores = [await opened(path), await opened(path)]
    clock = lambda: dt.datetime.now(dt.UTC)  # noqa: E731  # short
    one, other = Echo(), Echo()
    other.replies = one.replies  # as the store keeps them for both
    done = one.hold("问")
    async with (
        line(values=SqliteKeyValue(stores[0].file, clock), responder=one) as first,
        line(values=SqliteKeyValue(stores[1].file, clock), responder=other) as second,
    ):
        push = push_of_both(first, "问")
        running = asyncio.create_task(first.attempt(push))
        await until(lambda: one.messages)
        joining = asyncio.create_task(second.attempt(push))
        await asyncio.sleep(0.2)
        done.set()
        assert await running == await joining == "您说：问"
    assert other.messages == []
    for store in stores:
        await store.close()


async def test_what_another_process_has_answered_is_given_at_once(path: Path) -> None:
    """The dialogue's reply is kept by the dialogue: the claim of who computed it is not waited out."""
    values, one, other = memory(), Echo(), Echo()
    other.replies = one.replies  # as the store keeps them for both
    async with line(values=values, responder=one) as first, line(values=values, responder=other) as second:
        push = first.push(pushes.text("问"))
        assert await first.attempt(push) == "您说：问"
        text, seconds = await timed(second.attempt(push))
    assert text == "您说：问"
    assert seconds < 1.0
    assert other.messages == []


async def test_what_a_dead_process_had_begun_is_computed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its claim is no longer renewed and falls; the retry is not left without an answer."""
    monkeypatch.setattr("adapters.wechat.seen.CLAIM_SECONDS", 0.3)
    values = memory()
    async with line(values=values, reply_seconds=2.0) as process:
        push = process.push(pushes.text("问"))
        names = []
        real = values.add

        async def dead_before(key: str, value: bytes, seconds: float) -> bytes | None:
            if not names:
                names.append(key)
                await real(key, b"?of-a-dead-process", seconds)
            return await real(key, value, seconds)

        values.add = dead_before  # type: ignore[method-assign]  # a process that died before the test began
        text, seconds = await timed(process.attempt(push))
    assert text == "您说：问"
    assert 0.2 < seconds < 1.5


async def test_a_claim_is_renewed_while_its_answer_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow question is not computed again only because it is slow."""
    monkeypatch.setattr("adapters.wechat.seen.CLAIM_SECONDS", 0.3)
    monkeypatch.setattr(attending, "RENEW_SECONDS", 0.1)
    values, one, other = memory(), Echo(), Echo()
    other.replies = one.replies  # as the store keeps them for both
    done = one.hold("问")
    async with (
        line(values=values, responder=one, reply_seconds=3) as first,
        line(values=values, responder=other, reply_seconds=3) as second,
    ):
        push = first.push(pushes.text("问"))
        attempts = [asyncio.create_task(first.attempt(push))]
        await until(lambda: one.messages)
        attempts.append(asyncio.create_task(second.attempt(push)))
        await asyncio.sleep(0.8)
        done.set()
        assert await asyncio.gather(*attempts) == ["您说：问"] * 2
    assert other.messages == []


async def test_an_answer_that_died_with_its_process_is_said_to_be_lost(responder: Echo) -> None:
    """Its place is on the shelf, nobody computes it: the user is told to ask again, not to wait for ever."""
    values = memory()
    async with line(values=values, responder=responder, reply_seconds=1.0) as process:
        await process.channel._attending._shelf.put(USER, "key-of-a-dead-process")  # its place
        assert "没有查到结果" in await process.say("结果")
