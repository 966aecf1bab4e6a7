"""Pushes, retries, limits of time and MarkFail, against a real HTTP service."""

import asyncio
import json
import socket

import pytest
from aiohttp import web
from emulated import attempts_of, never, served, success, value
from wechatpy import parse_message

from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.account import Format, Mode, Rules, random_account
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.emulator import Emulator
from adapters.wechat.emulator.journal import Kind


@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.SAFE])
async def test_a_text_is_answered_and_shown(mode):
    async with Emulator(random_account(mode=mode)) as platform, served(platform.account) as service:
        assert await platform.connect(service.address)
        service.answer = service.says("您好")
        phone = platform.phone()
        outcome = await phone.say("什么时候缴费")
        assert outcome.shown.text == "您好"
        assert platform.journal.shown() == ["您好"]
        assert platform.journal.faults() == []
        assert value(service.seen[0], "Content") == "什么时候缴费"
        assert value(service.seen[0], "FromUserName") == phone.openid == service.queries[0]["openid"]
        kinds = [entry.kind for entry in platform.journal.entries()]
        assert kinds == [Kind.DONE, Kind.PUSH, Kind.ANSWERED, Kind.SHOWN]


async def test_compatible_mode_sends_both_and_takes_either():
    async with Emulator(random_account(mode=Mode.COMPATIBLE)) as platform, served(platform.account) as service:
        await platform.connect(service.address)
        service.answer = service.says("您好")
        assert (await platform.phone().say("问")).shown.text == "您好"
        assert b"<Encrypt>" in service.seen[0]
        assert value(service.seen[0], "Content") == "问"
        query = service.queries[0]
        clear = service.crypto.decrypt_message(
            service.seen[0], query["msg_signature"], query["timestamp"], query["nonce"]
        )
        assert parse_message(clear).content == "问"


async def test_json_in_plain_mode():
    account = random_account(mode=Mode.PLAIN, format=Format.JSON)
    async with Emulator(account) as platform, served(account) as service:
        await platform.connect(service.address)

        async def answer(body: bytes, _request: web.Request) -> web.Response:
            given = json.loads(body)
            reply = {"ToUserName": given["FromUserName"], "FromUserName": given["ToUserName"], "CreateTime": 1}
            return web.json_response(reply | {"MsgType": "text", "Content": given["Content"]})

        service.answer = answer
        assert (await platform.phone().say("问")).shown.text == "问"


def test_json_in_safe_mode_is_an_envelope():
    platform = Emulator(random_account(format=Format.JSON))
    push = platform.push("o1", pushes.text("问"))

    async def request() -> dict[str, str]:
        async with platform:
            return json.loads(platform.request(push).body)

    body = asyncio.run(request())
    assert set(body) == {"ToUserName", "Encrypt"}


async def test_a_failing_check_of_the_address_is_told(platform):
    assert not await platform.connect("http://127.0.0.1:1/wechat")


async def test_no_answer_is_tried_three_times_with_the_same_content_then_a_fault(platform, service):
    service.answer = never
    outcome = await platform.phone().say("问")
    assert attempts_of(outcome) == ["answer_timeout"] * 3
    assert len(set(service.seen)) == 1
    assert platform.journal.faults() == ["answer_timeout"]
    assert [entry.text for entry in platform.journal.entries(Kind.FAULT)] == ["该公众号提供的服务出现故障，请稍后再试"]
    assert platform.journal.shown() == []
    assert all(40 < attempt.ms < 400 for attempt in outcome.attempts)


@pytest.mark.parametrize("renew", [True, False])
async def test_retries_have_a_new_nonce_or_the_old_one(platform, service, renew):
    platform.rules.renew = renew
    service.answer = never
    await platform.phone().say("问")
    assert len({query["nonce"] for query in service.queries}) == (3 if renew else 1)


async def test_a_retry_that_is_answered_ends_the_attempts(platform, service):
    async def late_once(body: bytes, request: web.Request) -> web.StreamResponse:
        return await (never if len(service.seen) == 1 else service.says("来了"))(body, request)

    service.answer = late_once
    outcome = await platform.phone().say("问")
    assert attempts_of(outcome) == ["answer_timeout", "Shown"]
    assert platform.journal.shown() == ["来了"]
    assert platform.journal.faults() == []


@pytest.mark.parametrize("body", ["success", ""])
async def test_success_and_nothing_end_the_attempts_silently(platform, service, body):
    async def silent(_body: bytes, _request: web.Request) -> web.StreamResponse:
        return web.Response(text=body)

    service.answer = silent
    outcome = await platform.phone().say("问")
    assert attempts_of(outcome) == ["Silent"]
    assert (outcome.shown, outcome.fault) == (None, "")


async def test_an_invalid_answer_is_a_fault_at_once(platform, service):
    async def plain(_body: bytes, _request: web.Request) -> web.StreamResponse:
        return web.Response(text="您好")

    service.answer = plain
    outcome = await platform.phone().say("问")
    assert len(outcome.attempts) == 1
    assert outcome.fault == "not well-formed XML: syntax error"


async def test_a_server_error_is_tried_again(platform, service):
    async def broken(_body: bytes, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=500)

    service.answer = broken
    assert attempts_of(await platform.phone().say("问")) == ["HTTP 500"] * 3


async def test_attempts_that_fail_at_once_are_five_seconds_apart(platform):
    await platform.connect("http://127.0.0.1:1/wechat")
    start = platform.clock.now()
    assert attempts_of(await platform.phone().say("问")) == ["connection_failed"] * 3
    assert platform.clock.now() - start >= 10


async def test_a_dropped_connection_is_tried_again(platform, service):
    async def drop(_body: bytes, request: web.Request) -> web.StreamResponse:
        request.transport.abort()
        return web.Response()

    service.answer = drop
    assert attempts_of(await platform.phone().say("问")) == ["connection_lost"] * 3


async def test_an_answer_that_trickles_is_late_too(platform, service):
    async def trickle(_body: bytes, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"succ")
        await asyncio.sleep(2)
        return response

    service.answer = trickle
    platform.rules.attempts = 1
    assert attempts_of(await platform.phone().say("问")) == ["answer_timeout"]


async def test_connecting_has_its_own_limit():
    """A full backlog swallows connections without a word."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(deaf.getsockname())
        rules = Rules(connect_seconds=5, answer_seconds=1000, attempts=1)
        async with Emulator(rules=rules, clock=Clock(50)) as platform:
            platform.delivery.address = f"http://127.0.0.1:{deaf.getsockname()[1]}/wechat"
            assert attempts_of(await platform.phone().say("问")) == ["connect_timeout"]
        for each in waiting:
            each.close()


async def test_the_limit_of_an_answer_starts_with_the_connection(platform, service):
    """A slow connection does not eat the time for the answer."""
    platform.rules.connect_seconds, platform.rules.answer_seconds = 20, 200  # 0.2 s and 2 s here
    platform.rules.attempts = 1

    async def slow(_body: bytes, _request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.4)
        return web.Response(text="success")

    service.answer = slow
    assert attempts_of(await platform.phone().say("问")) == ["Silent"]


async def test_mark_fail_stops_pushes_for_a_minute(platform, service):
    platform.rules.mark_fail_after, platform.rules.attempts = 2, 1

    async def broken(_body: bytes, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=500)

    service.answer = broken
    phone = platform.phone()
    await phone.say("一")
    await phone.say("二")
    assert len(platform.journal.entries(Kind.ALARM)) == 1
    service.answer = success
    assert (await phone.say("三")).attempts == ()
    assert len(service.seen) == 2
    platform.clock.advance(61)
    assert attempts_of(await phone.say("四")) == ["Silent"]


async def test_parallel_attempts_show_one_answer(platform, service):
    service.answer = service.says("一次")
    push = platform.push(platform.phone().openid, pushes.text("问"))
    outcome = await platform.delivery.deliver_at_once(push, apart=0.1, is_late_first=True)
    assert attempts_of(outcome) == ["Shown"] * 3
    assert platform.journal.shown() == ["一次"]


async def test_pushes_that_collide_can_be_made(platform, service):
    one, other = platform.phone(), platform.phone()
    for phone in (one, other):
        await platform.delivery.deliver(platform.push(phone.openid, pushes.text("问"), message_id=7, created=1))
    assert {value(body, "MsgId") for body in service.seen} == {"7"}
    assert len({value(body, "FromUserName") for body in service.seen}) == 2


@pytest.mark.parametrize("fields", pushes.every_event("o1"), ids=lambda fields: str(fields["Event"]))
async def test_every_event_is_read_by_wechatpy(platform, service, fields):
    await platform.deliver("o1", fields)
    assert parse_message(service.seen[0]) is not None
    assert value(service.seen[0], "Event") == fields["Event"]


@pytest.mark.parametrize("text", ["]]>", "a]]>b<c>&", "𠮷\x00\ud800\x0b", "\n"])
async def test_whatever_is_typed_arrives_as_xml(platform, service, text):
    await platform.deliver("o1", pushes.text(text))
    clean = text.replace("\x00", "").replace("\ud800", "").replace("\x0b", "")
    assert (parse_message(service.seen[0]).content or "") == clean.strip()
