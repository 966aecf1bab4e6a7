"""The stub keeps to the contract that it serves: its answers, its errors, and whatever schemathesis thinks of."""

import asyncio
import sys
from pathlib import Path

import aiohttp
import jsonschema
import pytest
import yaml

from adapters.status.stub.faults import ANSWERS
from adapters.status.stub.server import Stub

TOKEN = "tok-of-the-test"
AUTH = {"Authorization": f"Bearer {TOKEN}"}
EXAMPLES = 25  # an operation; it takes about 3 s
SCHEMATHESIS = str(Path(sys.executable).parent / "schemathesis")


@pytest.fixture
async def stub():
    async with Stub(TOKEN) as found:
        yield found


@pytest.fixture
async def http(stub):
    async with aiohttp.ClientSession(stub.address, headers=AUTH) as session:
        yield session


@pytest.fixture
async def contract(http):
    async with http.get("/openapi.yaml", headers={"Authorization": ""}) as response:
        assert response.content_type == "application/yaml"
        return yaml.safe_load(await response.text())


def _check(contract, path: str, method: str, response, body) -> None:
    """The answer is one of the operation's."""
    found = contract["paths"][path][method]["responses"][str(response.status)]
    if "$ref" in found:
        found = contract["components"]["responses"][found["$ref"].rpartition("/")[2]]
    schema = found["content"][response.content_type]["schema"]
    jsonschema.Draft202012Validator(
        {**schema, "components": contract["components"]}, format_checker=jsonschema.FormatChecker()
    ).validate(body)
    for name, header in found.get("headers", {}).items():
        assert name in response.headers or not header.get("required")


async def test_every_candidate_and_every_change_is_as_the_contract_says(stub, http, contract):
    paths = ["/v1/candidates/{candidate_id}/registrations", "/v1/changes"]
    for each in stub.register.candidates:
        async with http.get(paths[0].format(candidate_id=each.id)) as response:
            assert response.status == 200
            _check(contract, paths[0], "get", response, await response.json())
    async with http.get(paths[1], params={"limit": "500"}) as response:
        _check(contract, paths[1], "get", response, await response.json())


@pytest.mark.parametrize(
    ("method", "path", "arguments", "status"),
    [
        ("POST", "/v1/identity/verify", {"json": {"registration_no": "1", "id_number": "2", "name": "3"}}, 403),
        ("POST", "/v1/identity/verify", {"json": {"registration_no": "1", "id_number": "2"}}, 400),
        ("POST", "/v1/identity/verify", {"json": {"registration_no": 1, "id_number": "2", "name": "3"}}, 400),
        ("POST", "/v1/identity/verify", {"json": []}, 400),
        ("POST", "/v1/identity/verify", {"data": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", "/v1/identity/verify", {"data": b"[" * 60_000, "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", "/v1/identity/verify", {"data": b"\xff", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", "/v1/identity/verify", {"data": b" " * 70_000, "headers": {"Content-Type": "application/json"}}, 413),
        ("POST", "/v1/identity/verify", {"data": {"name": "3"}}, 415),
        ("GET", "/v1/candidates/{candidate_id}/registrations", {}, 404),
        ("GET", "/v1/changes", {"params": {"limit": "501"}}, 400),
        ("GET", "/v1/changes", {"params": {"limit": "many"}}, 400),
        ("GET", "/v1/changes", {"params": {"limit": ""}}, 400),
        ("GET", "/v1/changes", {"params": {"after": "x"}}, 404),
        ("GET", "/v1/changes", {"headers": {"Authorization": "Bearer other"}}, 401),
        ("GET", "/v1/changes", {"headers": {"Authorization": f"bearer {TOKEN}"}}, 401),
    ],
)
async def test_an_error_is_a_problem_document_of_the_contract(http, contract, method, path, arguments, status):
    async with http.request(method, path, **arguments) as response:
        body = await response.json(content_type="application/problem+json")
        assert (response.status, body["status"]) == (status, status)
        assert body["title"]
        assert body["type"].startswith("urn:")
        _check(contract, path, method.lower(), response, body)


@pytest.mark.parametrize("path", ["/v1/identity/verify", "/v1/candidates/c-1/registrations", "/v1/changes"])
async def test_nothing_is_told_without_the_token(http, path):
    method = "POST" if path.endswith("verify") else "GET"
    async with http.request(method, path, headers={"Authorization": ""}) as response:
        assert response.status == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "status"), [("DELETE", "/v1/changes", 405), ("GET", "/v1/other", 404)])
async def test_what_the_contract_does_not_have_is_a_problem_too(http, method, path, status):
    async with http.request(method, path) as response:
        assert response.status == status
        assert response.content_type == "application/problem+json"
        assert status != 405 or response.headers["Allow"] == "GET,HEAD"


@pytest.mark.parametrize("kind", ["401", "429", "500", "503", "maintenance"])
async def test_a_fault_that_is_an_error_of_the_contract_looks_like_one(http, contract, kind):
    assert kind in ANSWERS
    path = "/v1/changes"
    async with http.get(path, headers={"Stub-Fault": f"{kind}; retry_after=7"}) as response:
        _check(contract, path, "get", response, await response.json(content_type="application/problem+json"))
        assert response.headers.get("Retry-After") == (None if kind in ("401", "500") else "7")


async def test_schemathesis_finds_nothing(stub, tmp_path):
    """All its checks, with a bounded number of examples and no time of its own."""
    run = await asyncio.create_subprocess_exec(
        SCHEMATHESIS, "run", f"{stub.address}/openapi.yaml", "--header", f"Authorization: Bearer {TOKEN}",
        "--max-examples", str(EXAMPLES), "--seed", "2024", "--generation-deterministic", "--no-color",
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(120):
        out, _ = await run.communicate()
    assert run.returncode == 0, out.decode()
    assert "Tested: 3" in out.decode()
