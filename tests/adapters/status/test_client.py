"""The client against the stub, over real HTTP: what it reads, what it leaves alone, what it forgets."""

import asyncio
import datetime as dt

import msgspec
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry
from status_line import TOKEN, Line, line

from adapters.status.client import BUDGET, client
from adapters.status.known import LastKnown
from adapters.status.stub.register import Move
from adapters.status.stub.values import Reason, Stage
from adapters.status.wire import seconds_of
from bot.ports import NotVerified, StatusError
from bot.registration import Status

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.UTC)


@pytest.fixture
async def status():
    async with line() as found:
        yield found


async def test_every_candidate_is_verified_and_read_as_the_stub_holds_it(status: Line):
    for each in status.stub.register.candidates:
        identity = await status.client.verify(each.registration_no, each.id_number, each.name)
        assert (identity.candidate_id, identity.masked_name) == (each.id, each.masked_name)
        found = await status.client.registrations(identity.candidate_id)
        assert not found.is_last_known
        told = msgspec.to_builtins(found.registrations)
        held = msgspec.to_builtins(each.registration)
        for one in told + held:
            for score in one["scores"]:
                score.setdefault("passed", None)
                score.setdefault("year", None)
        assert told == held


@pytest.mark.parametrize("wrong", [0, 1, 2])
async def test_whichever_part_is_wrong_the_answer_is_the_same(status: Line, wrong: int):
    one, other = status.stub.register.candidates[:2]
    parts = [one.registration_no, one.id_number, one.name]
    parts[wrong] = [other.registration_no, other.id_number, other.name][wrong]
    with pytest.raises(NotVerified) as caught:
        await status.client.verify(*parts)
    assert caught.value.args == ()


async def test_names_that_were_never_seen_live_on_as_text(status: Line):
    odd = next(each for each in status.stub.register.candidates if "没有见过的环节" in each.story)
    (found,) = (await status.client.registrations(odd.id)).registrations
    assert found.confirm_mode == "hybrid"
    assert [(each.stage, each.state) for each in found.stages] == [
        ("submission", "passed"),
        ("confirmation", "supplement_required"),
        ("certificate", "mailed"),
    ]
    assert found.stages[1].reasons[0].code == "other_42"


async def test_a_candidate_without_registrations_has_none(status: Line):
    none = next(each for each in status.stub.register.candidates if not each.registration)
    assert (await status.client.registrations(none.id)).registrations == ()


async def test_nobody_of_that_id_is_unknown(status: Line):
    with pytest.raises(StatusError) as caught:
        await status.client.registrations("c-nobody")
    assert caught.value.cause == "unknown"


@pytest.mark.parametrize(
    "candidate_id",
    ["", ".", "..", "a/b", "../changes", "a?b=1", "a#b", "a%2Fb", "考生", "a b", "a\nb", "\x00", "a" * 3000],
)
async def test_an_id_is_one_part_of_the_path_whatever_is_in_it(status: Line, candidate_id: str):
    """No id leads to another operation."""
    with pytest.raises(StatusError) as caught:
        await status.client.registrations(candidate_id)
    assert caught.value.cause == "unknown"
    assert {each.operation for each in status.stub.calls} <= {"registrations"}


async def test_changes_are_read_in_order_from_a_cursor(status: Line):
    """Page by page: a hundred, then the rest."""
    client, seen, cursor = status.client, [], ""
    for state in ("pending", "rejected", "passed"):
        status.stub.move(Move(who=status.someone.name, stage=Stage(stage="review", state=state)))
    while (page := await client.changes(cursor)).changes:
        assert await client.changes(cursor) == page
        seen += page.changes
        cursor = page.next
    assert len(seen) > 100
    assert [each.state for each in seen[-3:]] == ["pending", "rejected", "passed"]
    assert [each.cursor for each in seen] == sorted({each.cursor for each in seen})
    assert (await client.changes(cursor)).next == cursor


async def test_a_candidate_who_is_moved_on_appears_in_the_changes_and_in_the_state(status: Line):
    who = status.stub.register.candidates[1]
    cursor = status.stub.register.changes("", 10**6)[1]
    stage = Stage(stage="confirmation", state="rejected", reasons=(Reason(text="学历不符", code="education_mismatch"),))
    status.stub.move(Move(who=who.name, stage=stage))
    (change,) = (await status.client.changes(cursor)).changes
    assert (change.candidate_id, change.stage, change.state) == (who.id, "confirmation", "rejected")
    told = (await status.client.registrations(who.id)).registrations[0].stages[1]
    assert (told.state, told.reasons[0].text, told.at) == ("rejected", "学历不符", change.at)


async def test_a_cursor_that_was_never_given_out_is_unknown(status: Line):
    with pytest.raises(StatusError) as caught:
        await status.client.changes("你好 & after=1")
    assert caught.value.cause == "unknown"


async def test_a_wrong_token_is_refused():
    async with line(token="another") as found:
        for operation in ("verify", "registrations", "changes"):
            with pytest.raises(StatusError) as caught:
                await found.ask(operation)
            assert caught.value.cause == "refused"


async def test_nobody_listens():
    async with line(address="http://127.0.0.1:9") as found:
        for operation in ("verify", "registrations", "changes"):
            with pytest.raises(StatusError) as caught:
                await found.ask(operation)
            assert caught.value.cause == "down"


async def test_too_many_tries_hold_that_registration_number_alone(status: Line):
    one, other = status.stub.register.candidates[:2]
    for _ in range(10):
        with pytest.raises(NotVerified):
            await status.client.verify(one.registration_no, "wrong", one.name)
    for _ in range(2):
        with pytest.raises(StatusError) as caught:
            await status.client.verify(one.registration_no, one.id_number, one.name)
        assert caught.value.cause == "busy"
        assert 0 < (caught.value.retry_after or 0) <= 600
    assert status.calls("verify") == 11  # the second is not even sent
    assert await status.client.verify(other.registration_no, other.id_number, other.name)


async def test_a_question_never_takes_longer_than_its_budget(status: Line):
    """2.5 s, also where the first tries fail fast and the last hangs."""
    status.stub.order("500", "registrations", times=1)
    status.stub.order("hang", "registrations")
    started = asyncio.get_running_loop().time()
    with pytest.raises(StatusError) as caught:
        await status.ask("registrations")
    assert caught.value.cause == "slow"
    assert BUDGET - 0.05 <= asyncio.get_running_loop().time() - started < BUDGET + 0.5


async def test_a_hundred_who_ask_while_it_hangs_are_all_told_in_time(status: Line):
    status.stub.order("hang")
    started = asyncio.get_running_loop().time()
    found = await asyncio.gather(*(status.ask("registrations") for _ in range(100)), return_exceptions=True)
    assert asyncio.get_running_loop().time() - started < 4.0
    assert all(isinstance(each, StatusError) for each in found)


@pytest.mark.parametrize("kind", ["500", "502", "reset", "cut", "429", "503"])
async def test_what_fails_once_is_tried_again_where_that_is_safe(status: Line, kind: str):
    """A Retry-After that fits the budget is waited for."""
    fields = {"retry_after": 1.0} if kind in ("429", "503") else {}
    for operation in ("registrations", "changes"):
        status.stub.order(kind, operation, times=1, **fields)
        assert await status.ask(operation)
        assert status.calls(operation) == 2


async def test_a_proof_is_never_sent_twice(status: Line):
    for kind in ("500", "reset", "cut", "429"):
        before = status.calls("verify")
        status.stub.order(kind, "verify", times=1, retry_after=0.1)
        with pytest.raises(StatusError):
            await status.ask("verify", status.stub.register.candidates[before])
        assert status.calls("verify") == before + 1


async def test_who_is_forgotten_leaves_no_state_behind(status: Line):
    await status.ask("registrations")
    status.client.forget(status.someone.id)
    status.stub.order("503")
    with pytest.raises(StatusError):
        await status.ask("registrations")


async def test_who_is_forgotten_while_being_asked_for_is_not_brought_back(status: Line):
    status.stub.order("slow", "registrations", times=1, delay=0.3)
    asking = asyncio.ensure_future(status.ask("registrations"))
    await asyncio.sleep(0.1)
    status.client.forget(status.someone.id)
    assert await asking
    status.stub.order("503")
    with pytest.raises(StatusError):
        await status.ask("registrations")


async def test_who_no_longer_exists_has_no_last_known_state(status: Line):
    """404 is an answer: what was known before is not told any more."""
    gone = status.someone
    await status.ask("registrations")
    del status.stub.register._candidates[gone.id]
    with pytest.raises(StatusError) as caught:
        await status.ask("registrations", gone)
    assert caught.value.cause == "unknown"
    status.stub.order("503")
    with pytest.raises(StatusError) as caught:
        await status.ask("registrations", gone)
    assert caught.value.cause == "maintenance"


async def test_redirects_are_not_followed_and_the_token_stays_here():
    """Not even to the service itself."""
    seen = []

    async def handle(request: web.Request) -> web.Response:
        seen.append((request.path, request.headers.get("Authorization")))
        raise web.HTTPTemporaryRedirect("/elsewhere")

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with line(address=f"http://127.0.0.1:{runner.addresses[0][1]}/api") as found:
            with pytest.raises(StatusError) as caught:
                await found.ask("changes")
    finally:
        await runner.cleanup()
    assert caught.value.cause == "broken"
    assert seen == [("/api/v1/changes", f"Bearer {TOKEN}")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Tue, 05 Dec 2023 09:02:00 GMT", 120.0),
        ("Tue, 05 Dec 2023 08:00:00 GMT", 0.0),
        ("999999999999999999999", 1e9),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("１２０", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, expected: float | None):
    assert seconds_of(text, NOW) == expected


def _state(hour: int) -> Status:
    return Status(registrations=(), as_of=NOW.replace(hour=hour))


def test_the_last_known_state_is_bounded_in_number_and_time():
    moment = [0.0]
    known = LastKnown(most=2, kept=100.0, now=lambda: moment[0])
    for number, name in enumerate("abca"):
        known.keep(name, _state(number))
        moment[0] += 10
    assert known.get("b") is None
    assert [known.get(name) and known.get(name).as_of.hour for name in "ca"] == [2, 3]
    assert known.get("a").is_last_known
    moment[0] = 125.0
    assert known.get("c") is None
    moment[0] = 1000.0
    known.keep("d", _state(9))
    assert len(known) == 1


@pytest.mark.parametrize(
    ("url", "is_warned"),
    [
        ("http://status.example.org", True),
        ("http://192.0.2.1:8000/api", True),
        ("https://status.example.org", False),
        ("http://127.0.0.1:8091", False),
        ("http://localhost:8091", False),
        ("http://[::1]:8091", False),
    ],
)
async def test_a_line_that_is_not_encrypted_is_warned_of(caplog, url: str, is_warned: bool):
    async with client(url, TOKEN, lambda: NOW, CollectorRegistry()):
        pass
    assert ("status_unencrypted" in caplog.text) == is_warned
