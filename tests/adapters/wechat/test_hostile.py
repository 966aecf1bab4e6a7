"""Whatever comes in ends in 4xx or 200: never 5xx, never an exception in the log, and the service goes on."""

import logging
import time
from collections import Counter

import msgspec
import pytest
from wechat_hostile import Request, kinds
from wechat_line import Echo, Line, line
from wechat_mutations import mutations
from yarl import URL

MUTATIONS, SEED = 10_000, 20_261_122
SAID = (
    "a]]>b",
    "]]></Content><MsgType>news</MsgType>",
    "\x00\x0b\ud800",
    "x" * 3000,
    "🇨🇳" * 900,
    "<a href='x'>",
    "&#0;",
    "",
)


async def sent(process: Line, request: Request) -> tuple[int, bytes, float]:
    """Status, body, and seconds as the sender sees them."""
    start = time.perf_counter()
    url = URL(f"{process.url}?{request.query}", encoded=True)
    async with process.http.post(url, data=request.body) as response:
        return response.status, await response.read(), time.perf_counter() - start


def faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_every_hostile_kind_is_refused_or_acknowledged(caplog: pytest.LogCaptureFixture) -> None:
    """177 kinds, from an empty token to a flipped bit; what is refused is told nothing."""
    async with line() as process:
        requests = kinds(process)
        found = {request.name: await sent(process, request) for request in requests}
        assert await process.say("还在吗") == "您说：还在吗"
    assert len(found) == len(requests) == 177
    odd = {name: status for name, (status, _, _) in found.items() if status not in (200, 400, 403, 413)}
    assert odd == {}
    assert {name: body for name, (status, body, _) in found.items() if status != 200 and body} == {}
    assert faults(caplog) == []
    name, (_, _, seconds) = max(found.items(), key=lambda each: each[1][2])
    print(f"slowest: {name}, {1000 * seconds:.1f} ms")  # noqa: T201  # a figure for who runs it with -s


async def test_no_hostile_kind_before_the_message_reaches_the_responder() -> None:
    """Wrong address, envelope or ciphertext: it is not called. More in the address than we read is not wrong."""
    async with line() as process:
        for request in kinds(process):
            if request.name.partition(":")[0] not in ("content", "field", "more parameters"):
                await sent(process, request)
        assert process.responder.messages == []


async def test_mutations_of_valid_requests_are_refused_or_acknowledged(caplog: pytest.LogCaptureFixture) -> None:
    """Ten thousand, seeded: at the address, the envelope, the ciphertext, the framing and the message."""
    caplog.set_level(logging.ERROR)
    statuses: Counter[int] = Counter()
    slowest = (0.0, "")
    async with line() as process:
        for request in mutations(process, MUTATIONS, SEED):
            status, _, seconds = await sent(process, request)
            statuses[status] += 1
            slowest = max(slowest, (seconds, request.name))
        assert await process.say("还在吗") == "您说：还在吗"
    assert sum(statuses.values()) == MUTATIONS
    assert [status for status in statuses if status not in (200, 400, 403, 413)] == [], statuses
    assert min(statuses[200], statuses[400], statuses[403]) > 100, statuses  # they get everywhere
    assert faults(caplog) == []
    print(f"{dict(statuses)}, slowest: {slowest[1]}, {1000 * slowest[0]:.1f} ms")  # noqa: T201  # likewise


@pytest.mark.parametrize("said", SAID)
async def test_whatever_is_said_the_platform_can_read_it(said: str, caplog: pytest.LogCaptureFixture) -> None:
    """The strict judge of the platform takes the reply, or there is none."""

    class Says(Echo):
        async def respond(self, message):
            return msgspec.structs.replace(await super().respond(message), text=said)

    async with line(responder=Says()) as process:
        assert len((await process.say("问")).encode()) <= 2000
    assert faults(caplog) == []
