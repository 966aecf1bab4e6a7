"""What the page's scripts fetch, and what machines watch."""

from bot.ports import StoreError


async def test_timeline_of_a_region(client):
    body = await (await client.get("/api/v1/timeline", params={"region": "上海"})).json()
    assert body["region"]["id"] == "CN-31"
    assert [step["state"] for step in body["steps"]] == ["past", "running", "future"]
    assert body["today"] == "2023-12-05"


async def test_timeline_of_the_nation(client):
    assert (await (await client.get("/api/v1/timeline")).json())["region"] is None


async def test_timeline_of_an_unknown_region_is_a_problem(client):
    response = await client.get("/api/v1/timeline", params={"region": "火星"})
    assert response.status == 422
    assert response.content_type == "application/problem+json"


async def test_regions_are_found(client):
    body = await (await client.get("/api/v1/regions", params={"q": "上"})).json()
    assert body == {"regions": [{"id": "CN-31", "name": "上海市", "path": "上海"}]}


async def test_long_query_is_a_problem(client):
    assert (await client.get("/api/v1/regions", params={"q": "上" * 41})).status == 422


async def test_alive(client):
    assert (await client.get("/healthz")).status == 200


async def test_ready_and_not_ready(client, readiness):
    """Whoever asks learns that the store fails, not where it lies."""
    assert (await client.get("/readyz")).status == 200
    readiness.error = StoreError("the database /srv/kaoda.sqlite3 is damaged")
    response = await client.get("/readyz")
    assert response.status == 503
    assert (await response.json())["reason"] == "the store cannot be reached; the log of the service says more"


async def test_metrics_count_requests_and_replies(client):
    await client.post("/api/v1/chat", json={"text": "a"})
    await client.get("/notices/one-that-is-not-there")
    await client.get("/made-up-by-a-client")
    text = await (await client.get("/metrics")).text()
    assert 'kaoda_http_requests_total{method="POST",route="/api/v1/chat",status="200"} 1.0' in text
    assert 'kaoda_http_requests_total{method="GET",route="/notices/{notice}",status="404"} 1.0' in text
    assert 'kaoda_web_replies_total{kind="answer"} 1.0' in text
    assert 'kaoda_http_request_duration_seconds_count{method="POST",route="/api/v1/chat"} 1.0' in text
    assert "made-up" not in text
