"""The stub beside the service and its commands: real processes, and the service that talks to it."""

import asyncio
import os
import re
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from learnt import begun

from adapters.status.stub.server import Stub
from bot import stubbed
from bot.app import RESPONDER, application
from bot.messages import Message
from bot.settings import StatusSettings, read

KAODA = str(Path(sys.executable).parent / "kaoda")
TOKEN = "tok-of-the-test"


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    return kept | {"PYTHONWARNINGS": "error", "COLUMNS": "400"} | more


async def _run(*arguments: str, **more: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        KAODA, *arguments, env=_environment(**more), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@asynccontextmanager
async def _command(*arguments: str, until: str, **more: str):
    """A process that serves, with what it said until that pattern; it is told to stop at the end."""
    process = await asyncio.create_subprocess_exec(
        KAODA, *arguments, env=_environment(**more), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    said = ""
    try:
        async with asyncio.timeout(60):
            while not re.search(until, said):
                line = await process.stdout.readline()
                assert line, said
                said += line.decode()
        yield said
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
async def stub():
    async with Stub(TOKEN) as found:
        yield found


async def test_the_stub_alone_says_its_candidates_and_how_to_point_the_service_at_it():
    async with _command("stub-status", "--port", "0", until="KAODA_STATUS_API_TOKEN=") as said:
        found = re.search(r"KAODA_STATUS_API_URL=(\S+) KAODA_STATUS_API_TOKEN=(\S+)", said)
        assert found
        assert len(re.findall(r"^考生.  \d{12}  \d{17}[\dX]  \S", said, re.MULTILINE)) >= 20
        headers = {"Authorization": f"Bearer {found[2]}"}
        async with aiohttp.ClientSession(headers=headers) as http, http.get(found[1] + "/v1/changes") as response:
            assert response.status == 200


async def test_a_token_that_is_set_is_not_said():
    async with _command(
        "stub-status", "--port", "0", until="KAODA_STATUS_API_TOKEN=", KAODA_STATUS_API_TOKEN=TOKEN
    ) as said:
        assert TOKEN not in said


async def test_a_candidate_is_moved_on_with_reasons_and_a_deadline(stub):
    cursor = stub.register.changes("", 10**6)[1]
    status, out, err = await _run(
        "stub-move", "考生乙", "confirmation", "rejected", "学历不符", "年限不够",
        "--deadline", "2023-12-14T23:59", "--code", "education_mismatch", "--stub", stub.address,
    )  # fmt: skip
    assert (status, err) == (0, "")
    assert "confirmation is rejected now" in out
    ((change,), _) = stub.register.changes(cursor, 10)
    moved = stub.register.find(change.candidate_id).registration[0].stages[1]
    assert [(each.text, each.code) for each in moved.reasons] == [
        ("学历不符", "education_mismatch"),
        ("年限不够", "education_mismatch"),
    ]
    assert moved.deadline is not None
    assert moved.deadline.isoformat() == "2023-12-14T23:59:00+08:00"


async def test_a_fault_is_ordered_and_taken_back(stub):
    assert await _run("stub-fault", "429", "--times", "2", "--retry-after", "7", "--stub", stub.address) == (
        0,
        "1 faults are ordered now\n",
        "",
    )
    assert await _run("stub-fault", "none", "--stub", stub.address) == (0, "0 faults are ordered now\n", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("stub-move", "考生囧", "review", "passed"), "there is no such candidate"),
        (("stub-move", "考生甲", "review", "passed", "--deadline", "soon"), "--deadline 'soon' is no ISO 8601 time"),
        (("stub-fault", "flu"), "kind is none of slow, hang"),
        (("stub-fault", "500", "--operation", "flu"), "operation is none of verify"),
        (("stub-move", "考生甲", "review", "passed", "--stub", "http://127.0.0.1:9"), "no stub answers at"),
        (("stub-move", "考生甲", "review", "passed", "--stub", "nonsense"), "no stub answers at"),
    ],
)
async def test_what_cannot_be_done_is_one_sentence(stub, arguments, told):
    where = () if "--stub" in arguments else ("--stub", stub.address)
    status, out, err = await _run(*arguments, *where)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert told in err


async def test_a_stub_runs_beside_the_service_while_no_service_is_named():
    said: list[str] = []
    async with stubbed.beside(read({}), said.append) as own:
        assert own.status is not None
        headers = {"Authorization": f"Bearer {own.status.token}"}
        async with aiohttp.ClientSession(headers=headers) as http, http.get(own.status.url + "/v1/changes") as response:
            assert response.status == 200
        assert own.status.url in said[0]
        assert re.search(r"考生甲  \d{12}  \d{17}[\dX]", said[1])
        assert own.status.token not in "".join(said)
    with pytest.raises(aiohttp.ClientError):
        async with aiohttp.ClientSession() as http:
            await http.get(own.status.url)


async def test_it_finds_another_port_where_its_own_is_taken():
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", stubbed.PORT))
            taken.listen()
        except OSError:
            pass  # somebody else has it: as good
        async with stubbed.beside(read({}), lambda _: None) as own:
            assert own.status is not None
            assert not own.status.url.endswith(f":{stubbed.PORT}")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"KAODA_STATUS_API_URL": "off"}, None),
        (
            {"KAODA_STATUS_API_URL": "https://status.example.org", "KAODA_STATUS_API_TOKEN": "t"},
            StatusSettings(url="https://status.example.org", token="t"),
        ),
    ],
)
async def test_no_stub_runs_where_a_service_is_named_or_none_is_wanted(environment, expected):
    said: list[str] = []
    async with stubbed.beside(read(environment), said.append) as own:
        assert own.status == expected
    assert said == []


PUBLIC = [
    {"KAODA_PUBLIC_URL": "https://kaoda.example.org"},
    {"KAODA_PUBLIC_URL": "http://192.0.2.7:8080/", "KAODA_HOST": "127.0.0.1"},
    {"KAODA_PUBLIC_URL": "kaoda.example.org"},
    {"KAODA_HOST": "0.0.0.0"},  # noqa: S104  # a setting, nothing listens
    {"KAODA_HOST": "::"},
]
LOCAL = [
    {},
    {"KAODA_PUBLIC_URL": "http://127.0.0.1:8080"},
    {"KAODA_PUBLIC_URL": "http://localhost:8080", "KAODA_HOST": "0.0.0.0"},  # noqa: S104  # likewise
    {"KAODA_HOST": "::1"},
]


@pytest.mark.parametrize("environment", PUBLIC)
async def test_the_public_gets_no_stub_that_nobody_asked_for(environment, caplog):
    """Candidates would type their numbers into a form that can only refuse them; the operator is told, twice."""
    said: list[str] = []
    async with stubbed.beside(read(environment), said.append) as own:
        assert own.status is None
    assert said == [stubbed.NOT_OFFERED]
    assert "status_not_offered" in caplog.text


@pytest.mark.parametrize("environment", LOCAL)
async def test_this_machine_gets_the_stub(environment):
    async with stubbed.beside(read(environment), lambda _: None) as own:
        assert own.status is not None


async def test_a_stub_that_is_asked_for_by_name_is_offered_to_the_public(caplog):
    said: list[str] = []
    async with stubbed.beside(read({**PUBLIC[0], "KAODA_STATUS_API_URL": "stub"}), said.append) as own:
        assert own.status is not None
        assert own.status.url.startswith("http://127.0.0.1:")
    assert said[-1] == stubbed.FOR_SHOW
    assert "status_stub_is_public" in caplog.text


async def test_who_serves_the_public_without_a_service_offers_nobody_to_bind(tmp_path, mind):
    """The whole service: a question about one's own state is answered without a link."""
    environment = {**PUBLIC[0], "KAODA_DATA_DIR": str(begun(tmp_path))}
    async with stubbed.beside(read(environment), lambda _: None) as own, application(own, mind) as app:
        reply = await app[RESPONDER].respond(Message(id="m", channel="web", user="u", text="我的审核过了吗"))
    assert reply.links == ()
    assert "这里没有接通报名状态的查询" in reply.text


async def test_serve_says_a_candidate_to_try(tmp_path):
    """One command, and everything that is needed to try a registration is on the screen."""
    async with _command(
        "serve",
        until="kaoda serves",
        KAODA_PORT="0",
        KAODA_DATA_DIR=str(begun(tmp_path)),
        KAODA_NOW="2023-12-05T09:00+08:00",
    ) as said:
        assert re.search(
            r"a stub of the status service, with fictional candidates, is at http://127\.0\.0\.1:\d+", said
        )
        assert re.search(r"a stub candidate to try: 考生甲  \d{12}  \d{17}[\dX]", said)
