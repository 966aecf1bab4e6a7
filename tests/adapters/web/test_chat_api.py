"""The chat API, status by status, its answers held against the contract that is served."""

import json
import uuid
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import adapters.web
from bot.ports import StoreError

CONTRACT = yaml.safe_load((Path(adapters.web.__file__).parent / "openapi.yaml").read_text("utf-8"))
CHAT, FEEDBACK = "/api/v1/chat", "/api/v1/feedback"
REPLY_ID = {"reply_id": "r1", "helpful": True}


def validate(body: Any, schema: dict[str, Any]) -> None:
    jsonschema.validate(
        body, {**schema, "components": CONTRACT["components"]}, format_checker=jsonschema.FormatChecker()
    )


async def assert_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status == status
    assert response.content_type == "application/problem+json"
    body = await response.json(content_type=None)
    validate(body, CONTRACT["components"]["responses"]["Problem"]["content"]["application/problem+json"]["schema"])
    assert body["status"] == status
    assert body["detail"]
    return body


async def test_reply_fits_the_contract(client):
    response = await client.post(CHAT, json={"text": "什么时候缴费", "region": "上海"})
    assert response.status == 200
    body = await response.json()
    validate(body, CONTRACT["paths"][CHAT]["post"]["responses"]["200"]["content"]["application/json"]["schema"])
    assert body["reply"]["sources"][0]["url"] == "/notices/leshan-2024#3"


async def test_message_carries_what_was_sent(client, responder):
    await client.post(CHAT, json={"text": "缴费", "region": "上海", "exam": "health"})
    message = responder.messages[0]
    assert (message.channel, message.text, message.region, message.exam) == ("web", "缴费", "上海", "health")


async def test_known_conversation_goes_on(client):
    first = await (await client.post(CHAT, json={"text": "一"})).json()
    asked = first["conversation_id"].upper()
    second = await (await client.post(CHAT, json={"text": "二", "conversation_id": asked})).json()
    assert second["conversation_id"] == first["conversation_id"]


async def test_each_request_is_a_message_of_its_own(client, responder):
    await client.post(CHAT, json={"text": "一"})
    await client.post(CHAT, json={"text": "一"})
    assert responder.messages[0].id != responder.messages[1].id


async def test_unknown_conversation_starts_a_fresh_one(client):
    """A well-formed id that is unknown or expired starts a new conversation, under a fresh id."""
    asked = str(uuid.uuid4())
    body = await (await client.post(CHAT, json={"text": "一", "conversation_id": asked})).json()
    assert body["conversation_id"] != asked
    uuid.UUID(body["conversation_id"])


@pytest.mark.parametrize("text", [" ", "😀" * 8000, "护" * 8000, "\x00", "a\nb"])
async def test_any_text_within_the_limit_is_a_message(client, responder, text):
    response = await client.post(CHAT, data=json.dumps({"text": text}, ensure_ascii=False).encode(), headers=JSON)
    assert response.status == 200
    assert responder.messages[0].text == text


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"text": NaN}', b"[" * 60_000, b'{"text": "a"} {}', "{'text': '缴费'}".encode()],
    ids=["empty", "cut", "not-utf8", "nan", "deep", "two", "quotes"],
)
async def test_malformed_json_is_400(client, responder, body):
    await assert_problem(await client.post(CHAT, data=body, headers=JSON), 400)
    assert not responder.messages


@pytest.mark.parametrize(
    "body",
    [
        [],
        "缴费",
        {},
        {"text": ""},
        {"text": None},
        {"text": 5},
        {"text": "护" * 8001},
        {"text": "a", "more": 1},
        {"text": "a", "conversation_id": "5"},
        {"text": "a", "conversation_id": None},
        {"text": "a", "conversation_id": uuid.uuid4().hex},
        {"text": "a", "region": "护" * 41},
        {"text": "a", "exam": ["health"]},
        {"text": "a", "region": "火星"},
        {"text": "a", "exam": "高考"},
        {"text": "\ud800"},
        {"\udfff": "a"},
    ],
    ids=lambda body: ascii(body)[:40],
)
async def test_invalid_values_are_422(client, responder, body):
    await assert_problem(await client.post(CHAT, data=json.dumps(body), headers=JSON), 422)
    assert not responder.messages


async def test_problem_names_the_field(client):
    body = await assert_problem(await client.post(CHAT, json={"text": ""}), 422)
    assert body["detail"].startswith("text ")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", ""]
)
async def test_other_content_type_is_415(client, kind):
    await assert_problem(await client.post(CHAT, data=b'{"text": "a"}', headers={"Content-Type": kind}), 415)


async def test_body_over_the_limit_is_413(client):
    await assert_problem(await client.post(CHAT, data=b" " * (128 * 1024 + 1), headers=JSON), 413)


async def test_chunked_body_over_the_limit_is_413(client):
    """Without Content-Length the limit is found while reading."""

    async def chunks():
        for _ in range(9):
            yield b" " * 16 * 1024

    await assert_problem(await client.post(CHAT, data=chunks(), headers=JSON), 413)


async def test_body_at_the_limit_is_read(client):
    body = b'{"text": "a"}'.ljust(128 * 1024)
    assert (await client.post(CHAT, data=body, headers=JSON)).status == 200


async def test_too_many_requests_are_429(start):
    client = await start(questions_per_minute=2)
    for _ in range(2):
        assert (await client.post(CHAT, json={"text": "a"})).status == 200
    response = await client.post(CHAT, json={"text": "a"})
    await assert_problem(response, 429)
    assert 1 <= int(response.headers["Retry-After"]) <= 60


async def test_addresses_behind_a_proxy_are_counted_apart(start):
    """The address is the one that our own proxy saw; what a client writes before it does not count."""
    client = await start(questions_per_minute=1, trusted_proxies=1)

    async def ask(forwarded: str) -> int:
        return (await client.post(CHAT, json={"text": "a"}, headers={"X-Forwarded-For": forwarded})).status

    assert [await ask("1.1.1.1"), await ask("2.2.2.2"), await ask("9.9.9.9, 2.2.2.2")] == [200, 200, 429]


async def test_store_out_of_reach_is_503(client, responder):
    responder.error = StoreError("look at the disk")
    response = await client.post(CHAT, json={"text": "a"})
    body = await assert_problem(response, 503)
    assert "disk" not in body["detail"]


async def test_surprise_is_500_without_its_words(client, responder, caplog):
    responder.error = RuntimeError("secret")
    body = await assert_problem(await client.post(CHAT, json={"text": "a"}), 500)
    assert "secret" not in json.dumps(body)


async def test_wrong_method_is_405(client):
    response = await client.get(CHAT)
    await assert_problem(response, 405)
    assert response.headers["Allow"] == "POST"


async def test_unknown_path_is_404(client):
    await assert_problem(await client.get("/api/v1/none", headers={"Accept": "text/html"}), 404)


async def test_feedback_is_kept(client, responder):
    asked = {"conversation_id": str(uuid.uuid4()), **REPLY_ID, "comment": "好"}
    response = await client.post(FEEDBACK, json=asked)
    assert response.status == 204
    assert (responder.feedback.user, responder.feedback.comment) == (asked["conversation_id"], "好")


async def test_feedback_on_unknown_reply_is_404(client):
    asked = {"conversation_id": str(uuid.uuid4()), "reply_id": "none", "helpful": False}
    await assert_problem(await client.post(FEEDBACK, json=asked), 404)


@pytest.mark.parametrize(
    "change", [{"helpful": "yes"}, {"conversation_id": "x"}, {"comment": "a" * 501}, {"reply_id": 1}, {"more": 1}]
)
async def test_invalid_feedback_is_422(client, change):
    asked = {"conversation_id": str(uuid.uuid4()), **REPLY_ID, **change}
    await assert_problem(await client.post(FEEDBACK, json=asked), 422)


async def test_contract_is_served(client):
    response = await client.get("/api/v1/openapi.yaml")
    assert yaml.safe_load(await response.text()) == CONTRACT


async def test_api_page_names_every_path_and_problem(client):
    text = await (await client.get("/api")).text()
    assert all(path in text for path in CONTRACT["paths"])
    assert 'id="too-many-requests"' in text
