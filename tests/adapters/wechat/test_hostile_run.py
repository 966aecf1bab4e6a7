"""The whole channel against a hostile platform: no fault text is shown, every question is computed once, no answer is lost."""

import asyncio
import dataclasses
import random
from collections.abc import AsyncIterator

import pytest
from hostile import PICK_UP, SLOW, SPEED, Counting, answers, served

from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.emulator import Emulator
from adapters.wechat.emulator.journal import Kind
from adapters.wechat.emulator.people import Trigger
from adapters.wechat.emulator.phone import Phone
from adapters.wechat.emulator.sending import Attempt, new_stamp
from adapters.wechat.emulator.strict import Answer
from adapters.wechat.emulator.verdict import Shown, Silent

SEND = "/cgi-bin/message/custom/send"
GIVE_UP = 20  # questions for what waits


@pytest.fixture
async def platform() -> AsyncIterator[Emulator]:
    """Five times as fast as the real one."""
    async with Emulator(clock=Clock(SPEED)) as emulator:
        yield emulator


@pytest.fixture
def responder() -> Counting:
    """Slow at what begins with 慢."""
    return Counting(lambda message: SLOW if message.text.startswith("慢") else 0.0)


@pytest.fixture
async def service(platform, responder, tmp_path) -> AsyncIterator[str]:
    """The service, which the platform pushes to."""
    async with served(platform, responder, tmp_path / "db") as address:
        assert await platform.connect(address)
        yield address


@pytest.fixture
async def replies_only(platform, responder, tmp_path) -> AsyncIterator[str]:
    """The service of an account that may not send."""
    async with served(platform, responder, tmp_path / "db", may_send=False) as address:
        assert await platform.connect(address)
        yield address


def question(platform: Emulator, phone: Phone, text: str, **more: int) -> pushes.Push:
    return platform.push(phone.openid, pushes.text(text), **more)


async def settle(seconds: float = 0.3) -> None:
    """Let late answers go out."""
    await asyncio.sleep(seconds)


async def pick_up_all(platform: Emulator, phone: Phone) -> None:
    """Type 结果 until nothing waits."""
    for _ in range(GIVE_UP):
        before = len(answers(platform, phone.openid))
        await phone.say(PICK_UP)
        if len(answers(platform, phone.openid)) == before:
            return


# --- repetitions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_renewed", [True, False], ids=["new nonce", "old nonce"])
async def test_a_late_duplicate_gets_the_same_reply(platform, service, responder, is_renewed):
    push, stamp = question(platform, platform.phone(), "缴费"), new_stamp()
    first = await platform.delivery.attempt(push, 1, stamp)
    second = await platform.delivery.attempt(push, 2, new_stamp() if is_renewed else stamp)
    assert first.verdict == second.verdict == Shown(kind="text", text="答：缴费")
    assert responder.twice() == []


@pytest.mark.parametrize("is_late_first", [False, True])
@pytest.mark.parametrize("text", ["缴费", "慢"])
async def test_parallel_attempts_get_the_same_reply(platform, replies_only, responder, text, is_late_first):
    push = question(platform, platform.phone(), text)
    outcome = await platform.delivery.deliver_at_once(push, apart=0.5, is_late_first=is_late_first)
    assert len({attempt.verdict for attempt in outcome.attempts}) == 1
    assert isinstance(outcome.shown, Shown)
    await settle(SLOW)
    assert responder.twice() == []


@pytest.mark.parametrize("renew", [True, False], ids=["new nonce", "old nonce"])
async def test_a_platform_that_hangs_up_early_gets_the_answer_on_a_retry(platform, service, responder, renew):
    """Attempt 1 and 2 are cut off before there can be an answer; the answer is shown once, and nothing more waits."""
    platform.rules.renew, platform.rules.answer_seconds = renew, 1.0
    responder.seconds = lambda _: 0.45
    phone = platform.phone()
    outcome = await phone.say("缴费")
    assert outcome.fault == ""
    assert [type(attempt.verdict).__name__ for attempt in outcome.attempts] == ["Broken", "Broken", "Shown"]
    platform.rules.answer_seconds = 5.0
    responder.seconds = lambda _: 0.0
    await phone.say("成绩")
    assert platform.journal.shown() == ["答：缴费", "答：成绩"]
    assert responder.twice() == []


async def test_a_duplicate_after_a_restart_and_on_another_process(platform, responder, tmp_path):
    push = question(platform, platform.phone(), "缴费")
    async with served(platform, responder, tmp_path / "db") as address:
        await platform.connect(address)
        first = await platform.delivery.attempt(push)
    async with (
        served(platform, responder, tmp_path / "db") as one,
        served(platform, responder, tmp_path / "db") as other,
    ):
        for address in (one, other):
            await platform.connect(address)
            assert (await platform.delivery.attempt(push)).verdict == first.verdict
    assert responder.twice() == []


async def test_attempts_on_two_processes_at_once(platform, responder, tmp_path):
    """A load balancer sends each attempt elsewhere."""
    responder.seconds = lambda _: 0.2
    push = question(platform, platform.phone(), "缴费")
    async with (
        served(platform, responder, tmp_path / "db") as one,
        served(platform, responder, tmp_path / "db") as other,
    ):

        async def attempt(address: str) -> Attempt:
            platform.delivery.address = address
            return await platform.delivery.attempt(push)

        found = await asyncio.gather(*(attempt(each) for each in (one, other, one, other)))
    assert {each.verdict for each in found} == {Shown(kind="text", text="答：缴费")}
    assert responder.twice() == []


# --- what looks like a repetition and is none ----------------------------------------------------------------------------


async def test_the_same_msgid_from_two_users(platform, service, responder):
    phones = [platform.phone() for _ in range(15)]
    same = [question(platform, phone, "缴费", message_id=7, created=1_700_000_000) for phone in phones]
    outcomes = await asyncio.gather(*(platform.delivery.deliver(push) for push in same))
    assert all(isinstance(outcome.shown, Shown) for outcome in outcomes)
    assert len(responder.computed) == 15
    assert platform.journal.faults() == []


async def test_events_of_one_second(platform, service, responder):
    phone = platform.phone()
    events = [pushes.click("缴费"), pushes.click("成绩"), pushes.located("1"), pushes.located("2")]
    events += [pushes.scan("CN-31", "a"), pushes.scan("CN-33", "b"), pushes.view("https://example.com/")]
    same = [platform.push(phone.openid, fields, created=1_700_000_000) for fields in events]
    outcomes = await asyncio.gather(*(platform.delivery.deliver(push) for push in same))
    assert [outcome.shown is not None for outcome in outcomes] == [True, True, False, False, True, True, False]
    assert platform.journal.faults() == []
    assert responder.computed[phone.openid, "缴费"] == responder.computed[phone.openid, "成绩"] == 1
    assert responder.computed[phone.openid, ""] == 2


async def test_a_second_question_while_one_is_pending_is_its_own(platform, replies_only, responder):
    phone = platform.phone()
    slow, quick = await asyncio.gather(phone.say("慢"), phone.say("缴费"))
    assert all("结果" in outcome.shown.text for outcome in (slow, quick))
    await settle(SLOW)
    await pick_up_all(platform, phone)
    assert sorted(answers(platform, phone.openid)) == ["慢", "缴费"]
    assert responder.twice() == []
    assert platform.journal.faults() == []


async def test_every_event_is_answered_as_the_platform_wants_it(platform, service):
    phone = platform.phone()
    for fields in pushes.every_event(phone.openid, button="缴费"):
        outcome = await platform.deliver(phone.openid, fields)
        assert outcome.fault == "", fields
        assert len(outcome.attempts) == 1


SPOILT = {
    "nothing": b"",
    "half": lambda body: body[: len(body) // 2],
    "two bodies": lambda body: body * 2,
    "no Encrypt": b"<xml><ToUserName>x</ToUserName></xml>",
    "Encrypt twice": lambda body: body.replace(b"</xml>", b"<Encrypt>a</Encrypt></xml>"),
    "a byte more": lambda body: body.replace(b"<Encrypt><![CDATA[", b"<Encrypt><![CDATA[A"),
    "entities": b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
    "deep": b"<xml>" + b"<a>" * 5000,
    "random": bytes(range(256)) * 8,
    "JSON": b'{"Encrypt": "a"}',
}


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT)
async def test_a_spoilt_push_is_refused_and_reaches_nobody(platform, service, responder, spoilt):
    """A few hostile bodies by the platform's own way of sending; all of them: test_hostile."""
    good = platform.request(question(platform, platform.phone(), "缴费"))
    found = await platform.send(dataclasses.replace(good, body=spoilt(good.body) if callable(spoilt) else spoilt))
    assert isinstance(found, Answer)
    assert 400 <= found.status < 500
    assert responder.computed == {}


# --- slow answers --------------------------------------------------------------------------------------------------------


async def test_a_slow_answer_is_sent_afterwards(platform, service, responder):
    phone = platform.phone()
    outcome = await phone.say("慢慢来")
    assert outcome.attempts[0].verdict == Silent()
    await settle(SLOW)
    assert platform.journal.shown() == ["答：慢慢来"]
    assert platform.journal.token_fetches() == 1
    assert platform.journal.faults() == []


async def test_a_slow_answer_is_picked_up_by_its_link(platform, replies_only, responder):
    phone = platform.phone()
    await phone.say("慢慢来")
    assert len(platform.journal.entries(Kind.PUSH)) == 1
    await settle(SLOW)
    await phone.tap("点这里查看结果")
    assert answers(platform, phone.openid) == ["慢慢来"]
    assert responder.twice() == []


TROUBLES = [
    45015,
    45047,
    40001,
    40003,
    43004,
    48001,
    45009,
    -1,
    "500",
    "html",
    "list",
    "text_errcode",
    "empty",
    "reset",
]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_an_answer_that_cannot_be_sent_waits(platform, service, responder, trouble):
    """For ever so: the user is told with the next reply and picks it up; tokens are not burnt."""
    platform.troubles.order(trouble, path=SEND, times=None)
    phone = platform.phone()
    await phone.say("慢慢来")
    await settle(SLOW)
    assert answers(platform, phone.openid) == []
    await phone.say("缴费")
    assert "结果" in platform.journal.shown()[-1]
    await pick_up_all(platform, phone)
    assert sorted(answers(platform, phone.openid)) == ["慢慢来", "缴费"]
    assert platform.journal.faults() == []
    assert platform.journal.token_fetches() <= 3
    assert responder.twice() == []


@pytest.mark.parametrize("trouble", [40164, 40243, 40125, 40013, -1, 45009, "500", "html", "reset"])
async def test_without_a_token_replies_go_on(platform, service, responder, trouble):
    platform.troubles.order(trouble, path="/cgi-bin/stable_token", times=None)
    phone = platform.phone()
    assert (await phone.say("缴费")).shown.text == "答：缴费"
    await phone.say("慢慢来")
    await settle(SLOW)
    await phone.say("成绩")
    await pick_up_all(platform, phone)
    assert sorted(answers(platform, phone.openid)) == ["慢慢来", "成绩", "缴费"]
    assert platform.journal.faults() == []


async def test_the_sixth_late_answer_waits(platform, service, responder):
    """Six slow questions at once, one after the other: five messages are allowed after the last of them."""
    phone = platform.phone()
    await asyncio.gather(*(phone.say(f"慢{n}") for n in range(6)))
    await settle(6 * SLOW)
    await pick_up_all(platform, phone)
    assert sorted(answers(platform, phone.openid)) == [f"慢{n}" for n in range(6)]
    assert platform.journal.faults() == []
    assert responder.twice() == []


async def test_who_leaves_is_forgotten_and_not_written_to(platform, service, responder):
    phone = platform.phone()
    pending = asyncio.create_task(phone.say("慢慢来"))
    await asyncio.sleep(0.1)
    await phone.unfollow()
    await pending
    await settle(SLOW)
    assert platform.journal.shown() == []
    assert platform.journal.faults() == []
    assert responder.forgotten == [phone.openid]


# --- everything at once --------------------------------------------------------------------------------------------------


async def _ask(platform: Emulator, phone: Phone, push: pushes.Push, chance: random.Random) -> None:
    """One question, delivered in one of the ways in which it may come."""
    phone.person.did(Trigger.MESSAGE, platform.clock.now())
    way = chance.randrange(4)
    if way == 0:
        await platform.delivery.deliver_at_once(push, apart=chance.random(), is_late_first=chance.random() < 0.5)
    else:
        await platform.delivery.deliver(push)
    if way == 1:
        await asyncio.sleep(chance.random())
        await platform.delivery.attempt(push, 4, new_stamp())


@pytest.mark.parametrize("seed", range(3))
async def test_a_hostile_run(platform, service, responder, seed):
    """Five questions each of eight users in random ways, a third of them slow, with an API that fails at random."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    platform.rules.renew = bool(seed % 2)
    phones = [platform.phone() for _ in range(8)]
    asked: dict[str, list[str]] = {phone.openid: [] for phone in phones}
    running = []
    for number, phone in enumerate(chance.sample(phones * 5, 40)):  # of more than five that wait the oldest goes
        text = f"{'慢' if chance.random() < 0.33 else '快'}{number}"
        asked[phone.openid].append(text)
        push = question(platform, phone, text, message_id=len(asked[phone.openid]))  # users have the same ones
        running.append(asyncio.create_task(_ask(platform, phone, push, chance)))
        if chance.random() < 0.3:
            platform.troubles.order(chance.choice(TROUBLES), path=SEND)
        await asyncio.sleep(chance.random() * 0.1)
    await asyncio.gather(*running)
    platform.troubles.clear()
    await settle(6 * SLOW)
    for phone in phones:
        await pick_up_all(platform, phone)
    assert platform.journal.faults() == []
    assert responder.twice() == []
    assert {user: sorted(answers(platform, user)) for user in asked} == {
        user: sorted(all_) for user, all_ in asked.items()
    }
    assert platform.journal.token_fetches() <= 40
