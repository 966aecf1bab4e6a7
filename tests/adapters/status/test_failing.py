"""Every fault × every operation, over real HTTP: the cause that is told, how often it was tried, that nothing personal leaks."""

import asyncio
import logging
import traceback

import pytest
from status_line import OPERATIONS, TOKEN, Line, line

from adapters.status.stub.faults import KINDS
from bot.ports import NotVerified, StatusError
from bot.registration import Status

SHORT = 0.25  # s; a budget for what hangs
LONG = 2.5  # s; one for what is tried again
HANGS = frozenset({"slow", "hang", "trickle"})

# kind, what it says beside, cause, tries of a GET
FAULTS = [
    ("slow", {"delay": 20.0}, "slow", 1),
    ("hang", {}, "slow", 1),
    ("trickle", {}, "slow", 1),
    ("reset", {}, "down", 3),
    ("cut", {}, "down", 3),
    ("500", {}, "down", 3),
    ("502", {}, "down", 3),
    ("401", {}, "refused", 1),
    ("429", {"retry_after": 30.0}, "busy", 1),
    ("503", {}, "maintenance", 1),
    ("503", {"retry_after": 120.0}, "maintenance", 1),
    ("maintenance", {"seconds": 600.0}, "maintenance", 1),
    ("broken_json", {}, "broken", 1),
    ("wrong_schema", {}, "broken", 1),
    ("not_utf8", {}, "broken", 1),
    ("html", {}, "broken", 1),
    ("empty", {}, "broken", 1),
    ("redirect", {}, "broken", 1),
    ("flood", {}, "broken", 1),
]
IDS = [f"{kind}{'-retry-after' if kind == '503' and fields else ''}" for kind, fields, _, _ in FAULTS]
WAITS = {"429": (30, 30), "503": (120, 120), "maintenance": (599, 600)}


@pytest.fixture
async def status(request):
    kind = request.node.callspec.params.get("kind", "")
    async with line(SHORT if kind in HANGS else LONG) as found:
        yield found
        found.stub.heal()


def test_the_table_has_every_kind_of_fault():
    assert {kind for kind, _, _, _ in FAULTS} == set(KINDS)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("kind", "fields", "cause", "tries"), FAULTS, ids=IDS)
async def test_a_fault_is_one_typed_error(status: Line, kind, fields, cause, tries, operation):
    """The cause, what was said of when to come back, and as many tries as are safe: of a proof one."""
    status.stub.order(kind, operation, **fields)
    with pytest.raises(StatusError) as caught:
        await status.ask(operation)
    assert caught.value.cause == cause
    low, high = WAITS[kind] if kind in WAITS and fields else (None, None)
    if low is None:
        assert caught.value.retry_after is None
    else:
        assert low <= (caught.value.retry_after or 0) <= high
    if kind not in HANGS:
        await asyncio.sleep(0.02)  # until the stub has noted it
        assert status.calls(operation) == (1 if operation == "verify" else tries)
    assert f'operation="{operation}",result="{cause}"}} 1.0' in status.metrics()


@pytest.mark.parametrize(("kind", "fields", "cause", "tries"), FAULTS, ids=IDS)
async def test_where_it_fails_the_last_known_state_is_told_with_its_time(status: Line, kind, fields, cause, tries):
    before = await status.client.registrations(status.someone.id)
    status.stub.order(kind, **fields)
    for _ in range(2):
        found = await status.client.registrations(status.someone.id)
        assert (found.is_last_known, found.as_of) == (True, before.as_of)
        assert found.registrations == before.registrations
    with pytest.raises(StatusError):
        await status.ask("registrations", status.stub.register.candidates[1])


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("kind", "fields", "cause", "tries"), FAULTS, ids=IDS)
async def test_nothing_personal_is_in_what_is_raised_logged_or_counted(
    status: Line, caplog, kind, fields, cause, tries, operation
):
    """Neither in the text, nor in the traceback, nor in an error that it carries, nor at any log level."""
    caplog.set_level(logging.DEBUG)
    status.stub.order(kind, operation, **fields)
    with pytest.raises(StatusError) as caught:
        await status.ask(operation)
    error = caught.value
    assert (error.__cause__, error.__context__) == (None, None)
    told = "".join(traceback.format_exception(error)) + repr(error) + caplog.text + status.metrics()
    about = status.someone
    for secret in (TOKEN, about.id, about.id_number, about.registration_no, about.name):
        assert secret not in told


async def test_nothing_personal_is_in_a_refusal(caplog):
    caplog.set_level(logging.DEBUG)
    number = "".join(["110101", "18000101", "0000"])  # apart, for a traceback shows this file's lines
    async with line() as status:
        about = status.someone
        with pytest.raises(NotVerified) as caught:
            await status.client.verify(about.registration_no, number, about.name)
    told = "".join(traceback.format_exception(caught.value)) + caplog.text + status.metrics()
    assert caught.value.__context__ is None
    assert not any(each in told for each in (about.registration_no, number, about.name))


@pytest.mark.parametrize("kind", ["slow", "reset", "500", "429", "maintenance", "broken_json"])
async def test_when_it_is_over_the_service_answers_again(kind):
    """Without a restart, once the wait is over."""
    async with line(SHORT) as status:
        status.stub.order(kind)
        for _ in range(6):
            with pytest.raises(StatusError):
                await status.ask("registrations")
        status.stub.heal()
        status.moment[0] += 3600.0
        found = await status.ask("registrations")
        assert isinstance(found, Status)
        assert not found.is_last_known
