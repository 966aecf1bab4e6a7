"""The platform's API over HTTP: the two kinds of token."""

import pytest


async def test_classic_tokens_are_new_each_time_and_the_old_one_works_for_five_minutes(api, platform):
    platform.rules.overlap_seconds = 300
    old, new = (await api.token())["access_token"], (await api.token())["access_token"]
    assert old != new
    assert (await api.uses(old), await api.uses(new)) == (0, 0)
    platform.clock.advance(301)
    assert (await api.uses(old), await api.uses(new)) == (40001, 0)


async def test_without_overlap_a_race_shows(api, platform):
    platform.rules.overlap_seconds = 0
    old = (await api.token())["access_token"]
    await api.token()
    assert await api.uses(old) == 40001


async def test_expired_garbage_and_missing_tokens(api, platform):
    token = (await api.token())["access_token"]
    platform.clock.advance(7201)
    assert await api.uses(token) == 42001
    assert await api.uses("garbage") == 40014
    assert await api.uses("") == 41001


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"appid": "wx"}, 40013),
        ({"secret": "x"}, 40125),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"grant_type": "x"}, 40002),
    ],
    ids=str,
)
async def test_who_may_have_a_token(api, query, code):
    found = await api.token(**query)
    assert found["errcode"] == code
    assert "rid: " in found["errmsg"]


async def test_whitelist_and_frozen_secret(api, platform):
    platform.rules.whitelist = frozenset({"192.0.2.1"})
    assert (await api.token())["errcode"] == (await api.stable())["errcode"] == 40164
    platform.rules.is_frozen = True
    assert (await api.token())["errcode"] == (await api.stable())["errcode"] == 40243


async def test_two_thousand_classic_tokens_a_day(api, platform):
    platform.rules.tokens_per_day = 2
    await api.token()
    await api.token()
    assert (await api.token())["errcode"] == 45009
    platform.clock.advance(86_401)
    assert "access_token" in await api.token()


async def test_a_stable_token_stays_the_same_until_its_last_five_minutes(api, platform):
    first = await api.stable()
    assert first["expires_in"] == 7200
    platform.clock.advance(6000)
    assert (await api.stable())["access_token"] == first["access_token"]
    platform.clock.advance(1000)
    second = await api.stable()
    assert second["access_token"] != first["access_token"]
    assert (await api.uses(first["access_token"]), await api.uses(second["access_token"])) == (0, 0)
    platform.clock.advance(300)
    assert (await api.uses(first["access_token"]), await api.uses(second["access_token"])) == (42001, 0)


async def test_a_forced_stable_token_kills_the_old_one_at_most_every_thirty_seconds(api, platform):
    first = (await api.stable())["access_token"]
    forced = (await api.stable(force_refresh=True))["access_token"]
    assert forced != first
    assert await api.uses(first) == 40001
    assert (await api.stable(force_refresh=True))["access_token"] == forced
    for _ in range(19):
        platform.clock.advance(31)
        assert "access_token" in await api.stable(force_refresh=True)
    platform.clock.advance(31)
    assert (await api.stable(force_refresh=True))["errcode"] == 45009


async def test_classic_and_stable_tokens_know_nothing_of_each_other(api, platform):
    platform.rules.overlap_seconds = 0
    stable, classic = (await api.stable())["access_token"], (await api.token())["access_token"]
    await api.token()
    assert (await api.uses(stable), await api.uses(classic)) == (0, 40001)
    await api.stable(force_refresh=True)
    assert platform.journal.token_fetches() == 4
