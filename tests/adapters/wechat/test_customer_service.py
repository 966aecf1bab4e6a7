"""Customer-service messages over real HTTP: the quota is counted before it is used, and what cannot go out is kept."""

import asyncio
import datetime as dt
import logging

import pytest
from prometheus_client import CollectorRegistry
from wechat_api import APP_ID, OPENID, SECRET, TOKEN, TOKEN_PATH, ScriptedApi, serve

from adapters.storage.memory_shared import MemoryKeyValue
from adapters.wechat.client import Client
from adapters.wechat.customer_service import SEND, TYPING, CustomerService
from adapters.wechat.outbound import RepliesOnly, Trigger
from adapters.wechat.tokens import Credentials, Tokens
from adapters.wechat.watch import Watch
from adapters.wechat.wire import connected
from bot.ports import StoreError

HOUR = 3600


class World:
    """A clock, the shared values, and an API that answers as told."""

    def __init__(self):
        self.now = 1_700_000_000.0
        self.api = ScriptedApi()
        self.registry = CollectorRegistry()
        self.watch = Watch(self.registry)
        self.values = MemoryKeyValue(lambda: dt.datetime.fromtimestamp(self.now, dt.UTC))

    def sent(self) -> list[str]:
        return [body["text"]["content"] for path, _, body in self.api.calls if path == SEND]


@pytest.fixture
async def world():
    found = World()
    runner = await serve(found.api)
    yield found
    await runner.cleanup()


@pytest.fixture
async def service(world):
    """Makes the service of one process more; all share the values."""
    closing = []
    async with connected(world.api.url, world.watch) as wire:

        def make() -> CustomerService:
            credentials = Credentials(app_id=APP_ID, app_secret=SECRET)
            tokens = Tokens(wire, credentials, world.values, world.watch, now=lambda: world.now)
            closing.append(tokens)
            client = Client(wire, tokens, world.watch, now=lambda: world.now, pauses=(0.0, 0.0))
            return CustomerService(client, world.values, world.watch, now=lambda: world.now)

        yield make
        for tokens in closing:
            await tokens.close()


async def test_a_text_goes_out_as_the_platform_wants_it(world, service):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    assert await out.send_text(OPENID, "缴费时间是2月8日")
    assert world.api.calls[-1] == (
        SEND,
        TOKEN + "1",
        {"touser": OPENID, "msgtype": "text", "text": {"content": "缴费时间是2月8日"}},
    )


@pytest.mark.parametrize(
    ("trigger", "count", "seconds"),
    [
        (Trigger.MESSAGE, 5, 48 * HOUR),
        (Trigger.MENU, 3, 60),
        (Trigger.FOLLOW, 3, 60),
        (Trigger.SCAN, 3, 60),
    ],
)
async def test_as_many_as_the_platform_allows_and_no_call_more(world, service, trigger, count, seconds):
    """The next is not even tried; nor is any after the window; and the user's next doing opens it again."""
    out = service()
    await out.noted(OPENID, trigger)
    assert [await out.send_text(OPENID, str(n)) for n in range(count + 2)] == [True] * count + [False] * 2
    assert not await out.can_send(OPENID)
    assert len(world.sent()) == count
    await out.noted(OPENID, trigger)
    world.now += seconds - 3
    assert await out.can_send(OPENID)
    world.now += 2
    assert not await out.can_send(OPENID)
    assert not await out.send_text(OPENID, "too late")
    assert len(world.sent()) == count


async def test_nobody_is_written_to_unasked(world, service):
    out = service()
    assert not await out.can_send(OPENID)
    assert not await out.send_text(OPENID, "hello")
    assert world.api.calls == []


async def test_the_last_thing_done_counts_alone(world, service):
    """A click after a message: three within a minute, by the narrowest reading."""
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    await out.noted(OPENID, Trigger.MENU)
    assert [await out.send_text(OPENID, str(n)) for n in range(4)] == [True, True, True, False]


async def test_users_have_quotas_of_their_own(world, service):
    out = service()
    for user in (OPENID, OPENID + "2"):
        await out.noted(user, Trigger.MENU)
    for n in range(3):
        await out.send_text(OPENID, str(n))
    assert await out.can_send(OPENID + "2")
    await out.forget(OPENID)
    assert await out.can_send(OPENID + "2")


async def test_processes_share_the_quota(world, service):
    """Eight send at once what is allowed five times: five go out."""
    services = [service() for _ in range(8)]
    await services[0].noted(OPENID, Trigger.MESSAGE)
    done = await asyncio.gather(*(each.send_text(OPENID, "x") for each in services))
    assert sum(done) == 5
    assert len(world.sent()) == 5


async def test_a_long_text_goes_out_in_order_and_counts_as_many(world, service):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    text = "\n\n".join(f"{n}" + "字" * 500 for n in range(4))
    assert await out.send_text(OPENID, text)
    assert [each[0] for each in world.sent()] == ["0", "1", "2", "3"]
    assert all(len(each.encode()) <= 2000 for each in world.sent())
    assert not await out.send_text(OPENID, text), "one message is left, four are needed: none is sent"
    assert await out.send_text(OPENID, "short")


@pytest.mark.parametrize("text", ["\ud800缴费\udfff", "缴\x0b费", "<a href='x'>&amp;", '"\\\\u7f34"'])
async def test_any_text_goes_out(world, service, text):
    """Half a character becomes a question mark; everything else is as it was."""
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    assert await out.send_text(OPENID, text)
    assert world.sent() == [text.encode(errors="replace").decode()]


@pytest.mark.parametrize("text", ["", " \n "])
async def test_nothing_is_not_sent(world, service, text):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    assert not await out.send_text(OPENID, text)
    assert world.sent() == []


async def test_a_text_too_long_for_five_messages_is_kept(world, service):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    assert not await out.send_text(OPENID, "字" * 4000)
    assert world.sent() == []
    assert await out.can_send(OPENID), "and takes nothing from the quota"


async def test_45002_cuts_smaller_once(world, service):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    world.api.tell(SEND, {"errcode": 45002, "errmsg": "content size out of limit"})
    assert await out.send_text(OPENID, "甲" * 300 + "\n" + "乙" * 300)
    assert world.sent()[1:] == ["甲" * 300, "乙" * 300]


async def test_45002_for_ever_is_tried_no_more_than_once(world, service):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    world.api.usual[SEND] = {"errcode": 45002, "errmsg": "content size out of limit"}
    assert not await out.send_text(OPENID, "甲" * 600)
    assert len(world.sent()) == 2


@pytest.mark.parametrize("code", [45015, 45047, 48001, 40003, 43004])
async def test_what_the_platform_will_not_deliver_is_kept_and_not_tried_again(world, service, code):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    world.api.usual[SEND] = {"errcode": code, "errmsg": "no rid: 6500aaaa-1b2c3d4e"}
    assert not await out.send_text(OPENID, "甲" * 600 + "\n" + "乙" * 600)
    assert len(world.sent()) == 1


@pytest.mark.parametrize("code", [45015, 45047])
async def test_a_window_that_the_platform_says_is_closed_stays_so_until_the_user_does_something(world, service, code):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    world.api.tell(SEND, {"errcode": code, "errmsg": "no"})
    assert not await out.send_text(OPENID, "a")
    assert not await out.can_send(OPENID)
    await out.noted(OPENID, Trigger.MESSAGE)
    assert await out.send_text(OPENID, "b")


async def test_an_account_without_permission_is_left_alone_for_an_hour(world, service):
    """One alarm, and no call for every message of every user."""
    out = service()
    world.api.tell(SEND, {"errcode": 48001, "errmsg": "api unauthorized"})
    for user in range(20):
        await out.noted(str(user), Trigger.MESSAGE)
        assert not await out.send_text(str(user), "a")
        assert not await out.can_send(str(user))
        await out.typing(str(user))
    assert len(world.api.paths()) == 1
    assert world.registry.get_sample_value("kaoda_wechat_api_alarms_total", {"alarm": "permission"}) == 1
    world.now += 3601
    await out.noted("1", Trigger.MESSAGE)
    assert await out.send_text("1", "a")


@pytest.mark.parametrize(
    "answer",
    [{"errcode": -1}, {"errcode": 45009}, {"errcode": 40001}, {"errcode": 5}, [], {}],
    ids=["busy", "quota", "token", "unknown", "list", "nothing"],
)
async def test_whatever_goes_wrong_is_false_and_no_exception(world, service, answer):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    world.api.usual[SEND] = answer
    assert await out.send_text(OPENID, "a") is False


async def test_without_a_token_nothing_is_sent_and_nothing_raised(world, service):
    out = service()
    world.api.usual[TOKEN_PATH] = {"errcode": 40164, "errmsg": "invalid ip"}
    await out.noted(OPENID, Trigger.MESSAGE)
    assert not await out.send_text(OPENID, "a")
    await out.typing(OPENID)
    assert world.api.paths() == []


async def test_a_used_up_daily_quota_shows_beforehand(world, service):
    """So that the push's own reply tells where the answer will be."""
    out = service()
    world.api.tell(SEND, {"errcode": 45009, "errmsg": "reach max api daily quota limit"})
    await out.noted(OPENID, Trigger.MESSAGE)
    assert not await out.send_text(OPENID, "a")
    assert not await out.can_send(OPENID)
    world.now += 601
    assert await out.can_send(OPENID)


async def test_typing_is_shown_once_in_fifteen_seconds(world, service):
    services = [service(), service()]
    await services[0].noted(OPENID, Trigger.MESSAGE)
    for each in services * 3:
        await each.typing(OPENID)
    assert [body for path, _, body in world.api.calls if path == TYPING] == [{"touser": OPENID, "command": "Typing"}]
    world.now += 15.1
    await services[1].typing(OPENID)
    assert world.api.paths().count(TYPING) == 2


async def test_typing_is_shown_only_to_who_wrote_within_thirty_seconds(world, service):
    out = service()
    await out.typing(OPENID)
    await out.noted(OPENID, Trigger.MESSAGE)
    world.now += 29
    await out.typing(OPENID)
    assert world.api.paths() == []


async def test_a_message_ends_typing_and_it_may_be_shown_again(world, service):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    await out.typing(OPENID)
    await out.send_text(OPENID, "a")
    await out.typing(OPENID)
    assert world.api.paths() == [TYPING, SEND, TYPING]


@pytest.mark.parametrize("code", [45072, 45080, 45081, 48001, -1, 45009])
async def test_typing_fails_silently(world, service, code):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    world.api.usual[TYPING] = {"errcode": code, "errmsg": "no"}
    await out.typing(OPENID)
    assert await out.send_text(OPENID, "a")


async def test_a_user_who_left_leaves_nothing(world, service):
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    await out.typing(OPENID)
    await out.forget(OPENID)
    assert not await out.can_send(OPENID)
    assert not [key for key in world.values._values if OPENID in key]


async def test_a_store_that_fails_sends_nothing_and_raises_nothing(world, service):
    class Broken:
        def __getattr__(self, name):
            async def fail(*arguments):
                raise StoreError(name)

            return fail

    world.values = Broken()
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    assert not await out.can_send(OPENID)
    assert not await out.send_text(OPENID, "a")
    await out.typing(OPENID)
    await out.forget(OPENID)
    assert world.api.calls == []


async def test_the_log_names_no_user_no_text_and_no_token(world, service, caplog):
    caplog.set_level(logging.DEBUG)
    out = service()
    await out.noted(OPENID, Trigger.MESSAGE)
    world.api.tell(SEND, {"errcode": 45015, "errmsg": f"{OPENID} {TOKEN}"})
    assert not await out.send_text(OPENID, "我的身份证号")
    await out.noted(OPENID, Trigger.MESSAGE)
    world.api.tell(SEND, [])
    assert not await out.send_text(OPENID, "我的身份证号")
    shown = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "what=send" in shown
    for secret in (OPENID, TOKEN, SECRET, "身份证"):
        assert secret not in shown


async def test_an_account_that_only_replies_never_sends():
    out = RepliesOnly()
    await out.noted(OPENID, Trigger.MESSAGE)
    await out.typing(OPENID)
    await out.forget(OPENID)
    assert (await out.can_send(OPENID), await out.send_text(OPENID, "a")) == (False, False)
