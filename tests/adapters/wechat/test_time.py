"""Every attempt is answered in time and no answer is lost: over slow responders and dead lines."""

import asyncio
import contextlib
import datetime as dt
import time

import pytest
from wechat_line import SHORT, SLOW, USER, WAITS, Echo, Line, Sending, line, memory, timed, until

from adapters.wechat import attending
from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.pushes import Push
from adapters.wechat.pace import Pace
from bot.messages import Kind, Message, Option, Reply

# --- late answers ---------------------------------------------------------------------------------------------------------


async def test_an_attempt_never_waits_longer_than_it_may(replying: Line, responder: Echo) -> None:
    """The first attempt itself carries the placeholder: with a link, and with a word to type."""
    done = responder.hold(SLOW)
    text, seconds = await timed(replying.say(SLOW))
    assert WAITS in text
    assert "weixin://bizmsgmenu?msgmenucontent=结果&msgmenuid=result" in text
    assert "回复“结果”" in text
    assert seconds < SHORT + 0.3
    done.set()


@pytest.mark.parametrize("how", ["tap", "type", "type with quotes"])
async def test_a_late_answer_is_picked_up(replying: Line, responder: Echo, how: str) -> None:
    """By the link or the word; computed once, gone afterwards."""
    done = responder.hold(SLOW)
    assert WAITS in await replying.say(SLOW)
    done.set()
    await until(lambda: replying.count("kaoda_wechat_late_total", how="kept") == 1)
    typed = {"type": "结果", "type with quotes": "“结果”。"}
    text = await (replying.tap("结果", "result") if how == "tap" else replying.say(typed[how]))
    assert text == f"您说：{SLOW}"
    assert "没有等待查看的答复" in await replying.tap("结果", "result")
    assert responder.texts() == [SLOW]


async def test_a_pick_up_waits_for_its_answer(replying: Line, responder: Echo) -> None:
    """Who asks a moment too early gets it all the same; who asks far too early is told so, and asks again."""
    done = responder.hold(SLOW)
    await replying.say(SLOW)
    assert "还在查询" in await replying.say("结果")
    early = asyncio.create_task(replying.say("结果"))
    await asyncio.sleep(0.05)
    done.set()
    assert await early == f"您说：{SLOW}"


async def test_the_word_for_picking_up_is_a_question_where_nothing_waits(replying: Line) -> None:
    """考试结果: the dialogue understands it."""
    assert await replying.say("结果") == "您说：结果"


async def test_a_repeated_pick_up_gets_the_same(replying: Line, responder: Echo) -> None:
    """The platform resends that push too; what was taken away must not be missing then."""
    done = responder.hold(SLOW)
    await replying.say(SLOW)
    done.set()
    await until(lambda: replying.count("kaoda_wechat_late_total", how="kept") == 1)
    push = replying.push(pushes.text("结果"))
    assert [await replying.attempt(push) for _ in range(3)] == [f"您说：{SLOW}"] * 3


async def test_late_answers_wait_in_order_five_at_most(replying: Line, responder: Echo) -> None:
    """The oldest goes; each pick-up says how many are left."""
    asked = [f"{SLOW}{number}" for number in range(6)]
    events = [responder.hold(text) for text in asked]
    assert all(WAITS in text for text in await asyncio.gather(*(replying.say(text) for text in asked)))
    for event in events:
        event.set()
    await until(lambda: replying.count("kaoda_wechat_late_total", how="kept") == 6)
    picked = [await replying.say("结果") for _ in range(5)]
    assert len({text.partition("\n")[0] for text in picked}) == 5
    assert "还有4条答复" in picked[0]
    assert "还有1条答复" in picked[3]
    assert "还有" not in picked[4]


async def test_late_answers_wait_ten_minutes(responder: Echo) -> None:
    """And no longer: then the word is a question again."""
    now = [time.time()]
    values = memory()
    values._clock = lambda: dt.datetime.fromtimestamp(now[0], dt.UTC)  # it is our own double
    async with line(values=values, responder=responder, reply_seconds=SHORT, now=lambda: now[0]) as opened:
        done = responder.hold(SLOW)
        await opened.say(SLOW)
        done.set()
        await until(lambda: opened.count("kaoda_wechat_late_total", how="kept") == 1)
        now[0] += 601
        push = opened.push(pushes.text("结果"))
        encrypted = opened.codec.encrypt(push.xml())
        body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
        assert (await opened.post(opened.query(encrypted, timestamp=str(int(now[0]))), body))[0] == 200
    assert responder.texts() == [SLOW, "结果"]


async def test_a_late_answer_is_sent_where_the_account_may(sending: Line, responder: Echo, outbound: Sending) -> None:
    """The push is answered silently, and nothing waits to be picked up; a repetition stays silent."""
    done = responder.hold(SLOW)
    push = sending.push(pushes.text(SLOW))
    assert await sending.attempt(push) == ""
    done.set()
    await until(lambda: outbound.sent)
    assert outbound.sent == [(USER, f"您说：{SLOW}")]
    assert await sending.attempt(push) == ""
    assert await sending.say("结果") == "您说：结果"


async def test_a_long_late_answer_is_sent_in_parts(sending: Line, responder: Echo, outbound: Sending) -> None:
    """Without the word for more, which comes by itself."""
    text = "。".join(["审" * 400] * 4)
    done = responder.hold(text)
    assert await sending.say(text) == ""
    done.set()
    await until(lambda: len(outbound.sent) == 4)
    assert "".join(part for _, part in outbound.sent) == f"您说：{text}"


async def test_what_cannot_be_sent_after_all_waits(responder: Echo) -> None:
    """The quota ran out in between: the user does not know that an answer waits, so the next reply tells him."""
    outbound = Sending(left=0)
    outbound.may = True
    async with line(responder=responder, outbound=outbound, reply_seconds=SHORT) as opened:
        done = responder.hold(SLOW)
        assert await opened.say(SLOW) == ""
        done.set()
        await until(lambda: opened.count("kaoda_wechat_late_total", how="kept") == 1)
        assert "您之前的问题有答复了，回复“结果”查看" in await opened.say("多少钱")
        assert await opened.say("几号考") == "您说：几号考"
        assert await opened.say("结果") == f"您说：{SLOW}"


async def test_typing_is_shown_where_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, sending: Line, responder: Echo, outbound: Sending
) -> None:
    monkeypatch.setattr(attending, "TYPING_SECONDS", 0.1)
    done = responder.hold(SLOW)
    await sending.say(SLOW)
    await sending.say("快的")
    done.set()
    assert outbound.typed == [USER]


# --- dead lines -----------------------------------------------------------------------------------------------------------


async def hung_up(process: Line, push: Push, after: float) -> None:
    """An attempt whose connection the platform cuts."""
    query, body = process.request(push.xml())
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.post(query, body), after)


async def test_an_answer_on_a_dead_line_waits(replying: Line, responder: Echo) -> None:
    """For the retry, which gets it; or to be picked up, which the next reply says."""
    done = responder.hold("问")
    push = replying.push(pushes.text("问"))
    await hung_up(replying, push, 0.1)
    done.set()
    await until(lambda: replying.count("kaoda_wechat_pushes_total", kind="text", outcome="gone") == 1)
    assert "您之前的问题有答复了" in await replying.say("别的")
    assert await replying.say("结果") == "您说：问"
    assert responder.texts() == ["问", "别的"]


async def test_the_retry_after_a_dead_line_gets_the_answer(replying: Line, responder: Echo) -> None:
    done = responder.hold("问")
    push = replying.push(pushes.text("问"))
    await hung_up(replying, push, 0.1)
    done.set()
    assert await replying.attempt(push) == "您说：问"
    assert await replying.say("别的") == "您说：别的"
    assert responder.texts() == ["问", "别的"]


# --- several questions ----------------------------------------------------------------------------------------------------


async def test_a_second_question_is_its_own(replying: Line, responder: Echo) -> None:
    """While the first is pending: neither lost nor answered with the first's text."""
    done = responder.hold(SLOW)
    first, second = await asyncio.gather(replying.say(SLOW), replying.say("什么时候缴费"))
    assert WAITS in first
    assert second == "您说：什么时候缴费"
    done.set()
    await until(lambda: replying.count("kaoda_wechat_late_total", how="kept") == 1)
    assert await replying.say("结果") == f"您说：{SLOW}"


async def test_a_question_back_is_dropped_if_the_user_has_gone_on(responder: Echo) -> None:
    """上海, then 学历不符 at once: the second is understood on top of the first, and its reply stands for both."""
    responder.kind = Kind.CLARIFY
    async with line(responder=responder) as process:
        first = asyncio.create_task(process.say("上海"))
        await asyncio.sleep(0.2)
        second = asyncio.create_task(process.say("学历不符该怎么办呢"))
        assert await first == ""
        assert await second == "您说：学历不符该怎么办呢"
    assert responder.texts() == ["上海", "学历不符该怎么办呢"]


@pytest.mark.parametrize(
    ("kind", "text", "waits"),
    [(Kind.CLARIFY, "上海", True), (Kind.CLARIFY, "上海什么时候缴费呀", False), (Kind.ANSWER, "缴费", False)],
)
async def test_only_a_question_back_to_a_short_message_waits(
    responder: Echo, kind: Kind, text: str, waits: bool
) -> None:
    """And no longer than a moment; answers are never held back or dropped."""
    responder.kind = kind
    async with line(responder=responder) as process:
        said, seconds = await timed(process.say(text))
    assert said == f"您说：{text}"
    assert (0.7 < seconds < 1.5) if waits else seconds < 0.5


async def test_others_do_not_end_the_wait(responder: Echo) -> None:
    """Another user's message, or a retry of the same, is no next message."""
    responder.kind = Kind.CLARIFY
    async with line(responder=responder) as process:
        push = process.push(pushes.text("上海"))
        attempts = [asyncio.create_task(process.attempt(push)) for _ in range(2)]
        await asyncio.sleep(0.1)
        await process.say("上海什么时候缴费呀", user="oOther")
        assert await asyncio.gather(*attempts) == ["您说：上海"] * 2


# --- long replies ---------------------------------------------------------------------------------------------------------


async def test_a_long_reply_goes_on_when_asked(replying: Line) -> None:
    """Part by part, each once however often the push is repeated; a new short reply ends it."""
    text = "。".join(["审" * 300] * 6)
    first = await replying.say(text)
    assert first.endswith("回复“继续”看后文）")
    push = replying.push(pushes.text("继续"))
    second = await replying.attempt(push)
    assert await replying.attempt(push) == second
    third = await replying.say("继续")
    parts = [part.removesuffix("\n（未完，回复“继续”看后文）") for part in (first, second, third)]
    assert "".join(parts) == f"您说：{text}"
    assert "没有后文" in await replying.say("继续")
    await replying.say(text)
    await replying.say("别的")
    assert "没有后文" in await replying.say("继续")


# --- load and the end -----------------------------------------------------------------------------------------------------


async def test_too_many_at_once_are_told_to_come_back(responder: Echo) -> None:
    """At once, in 200; events that may not be answered stay silent."""
    done = responder.hold("问")
    async with line(responder=responder, most_jobs=3) as process:
        running = [asyncio.create_task(process.say("问", user=f"o{n}")) for n in range(3)]
        await until(lambda: len(responder.messages) == 3)
        text, seconds = await timed(process.say("别的"))
        assert "稍后再试" in text
        assert seconds < 0.5
        assert await process.attempt(process.push(pushes.view("http://a"))) == ""
        done.set()
        assert await asyncio.gather(*running) == ["您说：问"] * 3
        assert await process.say("别的") == "您说：别的"


def test_many_late_answers_shorten_the_wait() -> None:
    """So that slow answers do not hold all handlers; a minute later all is as before."""
    now = [0.0]
    pace = Pace(lambda: now[0], 3.5, most_late=3)
    for _ in range(3):
        pace.late()
    assert pace.seconds() == 3.5
    pace.late()
    assert pace.seconds() == 1.0
    now[0] = 61.0
    assert pace.seconds() == 3.5


async def test_stopping_waits_for_late_answers(responder: Echo) -> None:
    """They are kept, and picked up after the restart."""
    values = memory()
    done = responder.hold(SLOW)
    async with line(values=values, responder=responder, reply_seconds=SHORT) as process:
        assert WAITS in await process.say(SLOW)
        asyncio.get_running_loop().call_later(0.3, done.set)
    async with line(values=values, responder=responder) as again:
        assert await again.say("结果") == f"您说：{SLOW}"


async def test_stopping_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch, responder: Echo) -> None:
    """What is not answered by then is said to be lost."""
    monkeypatch.setattr(attending, "CLOSE_SECONDS", 0.1)
    values = memory()
    responder.hold(SLOW)
    async with line(values=values, responder=responder, reply_seconds=SHORT) as process:
        assert WAITS in await process.say(SLOW)
    responder.slow.clear()
    async with line(values=values, responder=responder) as again:
        assert "请再发送一次" in await again.say("结果")


async def test_attempts_that_run_when_the_service_stops_are_answered(responder: Echo) -> None:
    """Stop accepting, answer what is in flight."""
    done = responder.hold("问")
    async with line(responder=responder) as process:
        running = asyncio.create_task(process.say("问"))
        await until(lambda: responder.messages)
        asyncio.get_running_loop().call_later(0.3, done.set)
    assert running.done()
    assert await running == "您说：问"


async def test_options_are_links_and_numbers(responder: Echo) -> None:
    """Eight links at most; all of them can be typed by number."""
    responder.options = tuple(Option(label=f"专业{n}", send=f"专业{n}") for n in range(1, 11))
    async with line(responder=responder) as process:
        text = await process.say("护理")
    assert text.count("<a href=") == 8
    assert '<a href="weixin://bizmsgmenu?msgmenucontent=专业8&msgmenuid=8">8. 专业8</a>' in text
    assert text.endswith("\n9. 专业9\n10. 专业10")


class Flood(Echo):
    """Answers after a tenth of a second, as a slow status service does."""

    async def respond(self, message: Message) -> Reply:
        await asyncio.sleep(0.1)
        return await super().respond(message)


async def test_many_users_at_once_are_all_answered() -> None:
    """200 pushes with three attempts each at once: 200 computations, everybody gets his own text, none late."""
    flood = Flood()
    async with line(responder=flood) as process:

        async def user(number: int) -> set[str]:
            push = process.push(pushes.text(f"问{number}"), user=f"oUser{number}")
            return set(await asyncio.gather(*(process.attempt(push) for _ in range(3))))

        seen = await asyncio.gather(*(user(number) for number in range(200)))
    assert seen == [{f"您说：问{number}"} for number in range(200)]
    assert len(flood.messages) == 200
