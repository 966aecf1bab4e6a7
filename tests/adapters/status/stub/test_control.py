"""What stands outside the contract: moving candidates, ordering faults by request, by time and by header."""

import asyncio
import datetime as dt

import aiohttp
import pytest

from adapters.status.stub.faults import Fault, Faults, of_header
from adapters.status.stub.register import Move, Register
from adapters.status.stub.server import Stub
from adapters.status.stub.tries import Tries
from adapters.status.stub.values import Reason, Stage, read_candidates

TOKEN = "tok-of-the-test"
NOON = dt.datetime(2023, 12, 5, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
REJECTED = {
    "who": "考生乙",
    "stage": {"stage": "confirmation", "state": "rejected", "reasons": [{"text": "学历不符"}]},
}


@pytest.fixture
async def stub():
    async with Stub(TOKEN, clock=lambda: NOON) as found:
        yield found


@pytest.fixture
async def http(stub):
    async with aiohttp.ClientSession(stub.address, headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        yield session


async def _changes(http, after: str = "", limit: int = 500):
    async with http.get("/v1/changes", params={"after": after, "limit": str(limit)}) as response:
        return await response.json()


async def test_a_move_is_told_once_at_the_end_of_the_changes(stub, http):
    before = await _changes(http)
    async with http.post("/_stub/move", json=REJECTED) as response:
        change = await response.json()
    after = await _changes(http, before["next"])
    assert after["changes"] == [change]
    assert (change["stage"], change["state"], change["at"]) == ("confirmation", "rejected", NOON.isoformat())
    async with http.get(f"/v1/candidates/{change['candidate_id']}/registrations") as response:
        (told,) = (await response.json())["registrations"]
    assert told["updated_at"] == NOON.isoformat()
    assert told["stages"][1]["reasons"] == [{"text": "学历不符", "code": None}]
    assert await _changes(http, before["next"]) == after
    assert (await _changes(http, after["next"]))["changes"] == []


async def test_every_page_size_tells_the_same_changes(http):
    whole = (await _changes(http))["changes"]
    for size in (1, 7, 99):
        seen, cursor = [], ""
        while (page := await _changes(http, cursor, size))["changes"]:
            seen += page["changes"]
            cursor = page["next"]
        assert seen == whole


@pytest.mark.parametrize("limit", ["0", "-1", "-99999999999999999999"])
async def test_a_limit_of_nothing_tells_nothing_and_goes_nowhere(http, limit):
    async with http.get("/v1/changes", params={"after": "0000000000000007", "limit": limit}) as response:
        assert await response.json() == {"changes": [], "next": "0000000000000007"}


def test_cursors_rise_over_a_restart():
    """A poller that kept its cursor misses nothing that is moved after the restart."""
    ticks = iter((5 * 10**18, 5 * 10**18, 6 * 10**18))
    move = Move(who="考生乙", stage=Stage(stage="review", state="pending"))
    cursors = []
    for _ in range(2):
        register = Register(read_candidates(), lambda: NOON, ticks=lambda: next(ticks))
        cursors += [register.move(move).cursor for _ in range(2 if not cursors else 1)]
    assert cursors == sorted(set(cursors))
    assert register.changes(cursors[1], 100)[1] == cursors[2]


@pytest.mark.parametrize(
    "body", [{**REJECTED, "who": "考生囧"}, {**REJECTED, "registration_id": "r-none"}], ids=["who", "registration"]
)
async def test_nobody_can_be_moved_who_is_not_there(http, body):
    async with http.post("/_stub/move", json=body) as response:
        assert response.status == 404


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"who": "x"}', b'{"who": "x", "stage": {"stage": "", "state": "x"}}'])
async def test_a_move_that_is_none_is_refused(http, body):
    async with http.post("/_stub/move", data=body, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400


async def test_a_form_of_another_site_moves_nobody(http):
    async with http.post("/_stub/move", data="{}", headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 415


async def test_a_stage_that_was_not_there_is_added():
    register = Register(read_candidates(), lambda: NOON)
    register.move(Move(who="考生甲", stage=Stage(stage="certificate", state="mailed", reasons=(Reason(text="x"),))))
    assert register.candidates[0].registration[0].stages[-1].stage == "certificate"


async def test_faults_are_ordered_shown_and_taken_back(http):
    async with http.post("/_stub/faults", json={"kind": "500", "operation": "changes", "times": 1}) as response:
        assert [each["kind"] for each in await response.json()] == ["500"]
    statuses = []
    for _ in range(2):
        async with http.get("/v1/changes") as response:
            statuses.append(response.status)
    assert statuses == [500, 200]
    await http.post("/_stub/faults", json={"kind": "503"})
    async with http.delete("/_stub/faults") as response:
        assert await response.json() == []
    async with http.get("/v1/changes") as response:
        assert response.status == 200


@pytest.mark.parametrize("body", [{"kind": "flu"}, {"kind": "500", "operation": "x"}, {"kind": "500", "times": 0}, {}])
async def test_an_order_that_is_none_is_refused(http, body):
    async with http.post("/_stub/faults", json=body) as response:
        assert response.status == 400


def test_a_fault_for_a_time_ends_by_itself_and_a_maintenance_says_when():
    moment = [0.0]
    faults = Faults(now=lambda: moment[0])
    faults.order(Fault(kind="maintenance", seconds=600.0))
    moment[0] = 100.0
    assert faults.take("verify") == Fault(kind="maintenance", seconds=600.0, retry_after=500.0)
    moment[0] = 600.0
    assert faults.take("verify") is None
    assert faults.ordered() == ()


def test_orders_come_in_turn_each_for_its_operation():
    faults = Faults()
    for fault in (Fault(kind="500", times=2), Fault(kind="429", operation="verify"), Fault(kind="html")):
        faults.order(fault)
    assert [faults.take("changes").kind for _ in range(3)] == ["500", "500", "html"]
    assert faults.take("verify").kind == "429"


def test_a_header_orders_with_its_fields():
    assert of_header("429; retry_after=3") == Fault(kind="429", retry_after=3.0)


@pytest.mark.parametrize("header", ["flu", "429; retry_after", "429; retry_after=soon", ""])
async def test_a_header_that_orders_nothing_is_refused(http, header):
    async with http.get("/v1/changes", headers={"Stub-Fault": header}) as response:
        assert response.status == 400


async def test_a_slow_answer_is_late_and_right(http):
    started = asyncio.get_running_loop().time()
    async with http.get("/v1/changes", headers={"Stub-Fault": "slow; delay=0.3"}) as response:
        assert response.status == 200
    assert asyncio.get_running_loop().time() - started >= 0.3


async def test_what_hangs_is_let_go_when_the_stub_stops():
    """Within a second, whoever waits."""
    stub = Stub(TOKEN)
    await stub.start()
    stub.order("hang")
    async with aiohttp.ClientSession(stub.address, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        asking = asyncio.ensure_future(http.get("/v1/changes"))
        await asyncio.sleep(0.1)
        async with asyncio.timeout(3):
            await stub.stop()
        await asyncio.gather(asking, return_exceptions=True)


async def test_calls_are_noted_without_whom_they_were_about(stub, http):
    await http.get("/v1/candidates/c-nobody/registrations")
    await http.get("/v1/changes")
    async with http.get("/_stub/calls") as response:
        assert await response.json() == [
            {"operation": "registrations", "status": 404},
            {"operation": "changes", "status": 200},
        ]


async def test_the_candidates_to_try_are_shown(stub, http):
    async with http.get("/_stub/candidates") as response:
        found = await response.json()
    assert len(found) == len(stub.register.candidates)
    assert found[0] == {
        name: getattr(stub.register.candidates[0], name) for name in ("name", "registration_no", "id_number", "story")
    }


def test_tries_are_counted_by_number_and_time():
    moment = [0.0]
    tries = Tries(most=3, period=60.0, now=lambda: moment[0])
    for _ in range(3):
        assert tries.wait("1") == 0
        tries.failed("1")
        moment[0] += 10
    assert tries.wait("1") == 30.0
    assert tries.wait("2") == 0
    moment[0] = 60.0
    assert tries.wait("1") == 0
    tries.failed("1")
    tries.succeeded("1")
    assert tries.wait("1") == 0
