"""Binding over the real status stub and a real file: who may, once, for how long, how often, and what is kept."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from binding_line import Bench, benched

from bot.binding import Form, Result
from bot.ports import StoreError

WRONG = {
    "number": {"registration_no": "209900000000"},
    "another's number": {"registration_no": "202431015838"},
    "identity": {"id_number": "310101185203030022"},
    "an identity that cannot be": {"id_number": "310101185102020012"},
    "name": {"name": "考生乙"},
    "all": {"registration_no": "209900000000", "id_number": "E12345678", "name": "无此人"},
}


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with benched(tmp_path / "kaoda.sqlite3") as found:
        yield found


async def test_who_proves_it_is_bound(bench: Bench) -> None:
    outcome = await bench.accounts.bind(await bench.token(), "", bench.form())
    assert (outcome.result, outcome.masked_name) == (Result.BOUND, "考**")
    assert await bench.accounts.candidate("wechat", "u1") == bench.id_of()
    assert await bench.events() == ["linked", "bound"]


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param({"registration_no": "２０２４ ３１００ ７９１９"}, id="full width and spaces"),
        pytest.param({"id_number": "310101-18510202-001x"}, id="dashes"),
        pytest.param({"name": " 考 生 甲 "}, id="spaces in a name"),
    ],
)
async def test_what_phones_add_to_numbers_is_taken_off(bench: Bench, typed: dict[str, str]) -> None:
    outcome = await bench.accounts.bind(await bench.token(), "", bench.form(**typed))
    assert outcome.result is Result.BOUND


async def test_only_the_user_of_the_link_is_bound(bench: Bench) -> None:
    """Neither another user, nor the same name in another channel."""
    await bench.accounts.bind(await bench.token("wechat", "u1"), "", bench.form())
    for channel, user in (("wechat", "u2"), ("web", "u1"), ("wechat", "U1"), ("wechat", "u1 "), ("", "")):
        assert await bench.accounts.candidate(channel, user) is None
        assert not (await bench.accounts.kept(channel, user)).is_bound


@pytest.mark.parametrize("typed", WRONG.values(), ids=WRONG)
async def test_whichever_part_is_wrong_the_answer_is_the_same(bench: Bench, typed: dict[str, str]) -> None:
    outcome = await bench.accounts.bind(await bench.token(), "", bench.form(**typed))
    assert outcome == type(outcome)(result=Result.FAILED, channel="wechat")
    assert await bench.events() == ["linked", "failed"]
    assert await bench.accounts.candidate("wechat", "u1") is None


async def test_whichever_part_is_wrong_it_takes_no_less(tmp_path: Path) -> None:
    """A number that cannot be is not even sent; that must not be seen."""
    async with benched(tmp_path / "kaoda.sqlite3", least_seconds=0.3) as bench:
        seconds = []
        for number, typed in enumerate(WRONG.values()):
            token = await bench.token(user=f"u{number}")
            began = time.monotonic()
            await bench.accounts.bind(token, "", bench.form(**typed))
            seconds.append(time.monotonic() - began)
    assert min(seconds) >= 0.3, seconds


@pytest.mark.parametrize(
    "typed",
    [
        {"consent": False},
        {"registration_no": ""},
        {"id_number": "  "},
        {"name": ""},
        {"name": "考" * 61},
        {"registration_no": "1" * 41},
        {"registration_no": "2024310079' or 1=1"},
        {"name": "\x00"},
        {"name": "12"},
    ],
    ids=str,
)
async def test_what_is_incomplete_is_not_sent_and_does_not_count(bench: Bench, typed: dict[str, object]) -> None:
    token = await bench.token()
    for _ in range(7):
        assert (await bench.accounts.bind(token, "", bench.form(**typed))).result is Result.INCOMPLETE
    assert bench.stub.calls == ()
    assert (await bench.accounts.bind(token, "", bench.form())).result is Result.BOUND


async def test_a_link_binds_once(bench: Bench) -> None:
    """A replayed form finds it used, whatever it says."""
    token = await bench.token()
    await bench.accounts.bind(token, "", bench.form())
    assert (await bench.accounts.bind(token, "", bench.form())).result is Result.GONE
    assert (await bench.accounts.bind(token, "", bench.form(1))).result is Result.GONE
    assert (await bench.accounts.open(token, "")).result is Result.GONE


async def test_a_link_sent_twice_at_once_binds_once(bench: Bench) -> None:
    token = await bench.token()
    outcomes = await asyncio.gather(*(bench.accounts.bind(token, "", bench.form(each)) for each in (0, 1, 0)))
    assert sorted(each.result for each in outcomes) == [Result.BOUND, Result.GONE, Result.GONE]


async def test_a_failure_leaves_the_link(bench: Bench) -> None:
    """A number that was copied wrongly is corrected on the same page."""
    token = await bench.token()
    await bench.accounts.bind(token, "", bench.form(name="考生乙"))
    assert (await bench.accounts.open(token, "")).result is None
    assert (await bench.accounts.bind(token, "", bench.form())).result is Result.BOUND


@pytest.mark.parametrize(("seconds", "result"), [(590, Result.BOUND), (601, Result.GONE)])
async def test_a_link_holds_ten_minutes(bench: Bench, seconds: int, result: Result) -> None:
    token = await bench.token()
    bench.passing.later = seconds
    assert (await bench.accounts.bind(token, "", bench.form())).result is result


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 42, "../" * 15, "考" * 43, "A" * 10_000])
async def test_a_made_up_token_is_none(bench: Bench, token: str) -> None:
    await bench.token()
    assert (await bench.accounts.open(token, "")).result is Result.GONE
    assert (await bench.accounts.bind(token, "", bench.form())).result is Result.GONE
    assert await bench.accounts.undo(token) is False


async def test_a_token_of_another_purpose_is_none(bench: Bench) -> None:
    """A link does not undo, and what undoes does not bind."""
    link = await bench.token()
    assert await bench.accounts.undo(link) is False
    outcome = await bench.accounts.bind(link, "", bench.form())
    assert (await bench.accounts.open(outcome.undo, "")).result is Result.GONE


async def test_a_tied_link_is_of_its_browser(bench: Bench) -> None:
    """Copied into another's browser it shows no form; who got it first keeps it."""
    token = await bench.token("web")
    await bench.accounts.tie(token, "browser a")
    await bench.accounts.tie(token, "browser b")
    for browser in ("", "browser b"):
        assert (await bench.accounts.open(token, browser)).result is Result.ELSEWHERE
        assert (await bench.accounts.bind(token, browser, bench.form())).result is Result.ELSEWHERE
    assert (await bench.accounts.bind(token, "browser a", bench.form())).result is Result.BOUND


async def test_five_failures_lock_the_user_for_an_hour(bench: Bench) -> None:
    """With whatever numbers, and with the right ones too; another user is not locked."""
    token = await bench.token()
    for number in range(5):
        assert (await bench.accounts.bind(token, "", bench.form(number, name="无此人"))).result is Result.FAILED
    outcome = await bench.accounts.bind(token, "", bench.form(9))
    assert outcome.result is Result.LOCKED
    assert 3500 < outcome.seconds <= 3600
    assert (await bench.accounts.open(token, "")).result is Result.LOCKED
    assert (await bench.accounts.bind(await bench.token(user="u2"), "", bench.form(9))).result is Result.BOUND
    bench.passing.later = 3605
    assert (await bench.accounts.bind(await bench.token(), "", bench.form(8))).result is Result.BOUND


async def test_five_failures_lock_the_number_for_everybody(bench: Bench) -> None:
    """Each from another user: nobody tries a number out with many accounts. Another number is not locked."""
    for number in range(5):
        token = await bench.token(user=f"u{number}")
        assert (await bench.accounts.bind(token, "", bench.form(name="无此人"))).result is Result.FAILED
    token = await bench.token(user="u9")
    assert (await bench.accounts.bind(token, "", bench.form())).result is Result.LOCKED
    assert (await bench.accounts.bind(token, "", bench.form(1))).result is Result.BOUND
    assert len(bench.stub.calls) == 6


async def test_a_number_that_nobody_has_locks_as_well(bench: Bench) -> None:
    """Otherwise the lock would tell which numbers there are."""
    for number in range(5):
        token = await bench.token(user=f"u{number}")
        await bench.accounts.bind(token, "", bench.form(registration_no="209900000000"))
    outcome = await bench.accounts.bind(await bench.token(user="u9"), "", bench.form(registration_no="209900000000"))
    assert outcome.result is Result.LOCKED


async def test_a_success_between_gives_no_more_tries(bench: Bench) -> None:
    """Who has one registration of his own cannot try others' numbers without end."""
    for number in range(1, 5):
        await bench.accounts.bind(await bench.token(), "", bench.form(number, name="无此人"))
    assert (await bench.accounts.bind(await bench.token(), "", bench.form())).result is Result.BOUND
    assert (await bench.accounts.bind(await bench.token(), "", bench.form(5, name="无此人"))).result is Result.FAILED
    assert (await bench.accounts.bind(await bench.token(), "", bench.form())).result is Result.LOCKED


async def test_a_hundred_tries_at_once_are_five(bench: Bench) -> None:
    token = await bench.token()
    outcomes = await asyncio.gather(*(bench.accounts.bind(token, "", bench.form(name="无此人")) for _ in range(100)))
    assert [each.result for each in outcomes].count(Result.FAILED) == 5
    assert len(bench.stub.calls) == 5


async def test_a_service_that_is_down_is_no_failure(bench: Bench) -> None:
    """It is said so, the link stays, and nobody is locked."""
    bench.stub.order("503")
    token = await bench.token()
    for _ in range(6):
        assert (await bench.accounts.bind(token, "", bench.form())).result is Result.UNAVAILABLE
    assert (await bench.accounts.open(token, "")).result is None
    assert set(await bench.events()) == {"linked", "unavailable"}


async def test_one_user_binds_one_candidate(bench: Bench) -> None:
    """一个微信号只能绑定一名考生信息 (national notice): the other one is refused until the first is unbound."""
    await bench.accounts.bind(await bench.token(), "", bench.form(0))
    assert (await bench.accounts.bind(await bench.token(), "", bench.form(1))).result is Result.REFUSED
    assert await bench.accounts.candidate("wechat", "u1") == bench.id_of(0)
    assert await bench.accounts.unbind("wechat", "u1") is True
    assert (await bench.accounts.bind(await bench.token(), "", bench.form(1))).result is Result.BOUND
    assert await bench.events() == ["linked", "bound", "linked", "refused", "unbound", "linked", "bound"]


async def test_the_same_candidate_again_stays_bound(bench: Bench) -> None:
    await bench.accounts.bind(await bench.token(), "", bench.form())
    assert (await bench.accounts.bind(await bench.token(), "", bench.form())).result is Result.BOUND
    assert await bench.accounts.users_of(bench.id_of()) == (("wechat", "u1"),)


async def test_a_candidate_has_one_user_of_a_channel(bench: Bench) -> None:
    """Who proves it last: a new phone takes over, and whoever had it loses it. The other channel is left alone."""
    for channel, user in (("wechat", "u1"), ("web", "w1"), ("wechat", "u2")):
        assert (await bench.accounts.bind(await bench.token(channel, user), "", bench.form())).result is Result.BOUND
    assert await bench.accounts.candidate("wechat", "u1") is None
    assert set(await bench.accounts.users_of(bench.id_of())) == {("web", "w1"), ("wechat", "u2")}
    assert (await bench.events()).count("replaced") == 1


async def test_unbinding_deletes_at_once(bench: Bench) -> None:
    await bench.accounts.bind(await bench.token(), "", bench.form())
    assert await bench.accounts.unbind("wechat", "u2") is False
    assert await bench.accounts.unbind("wechat", "u1") is True
    assert await bench.accounts.unbind("wechat", "u1") is False
    assert await bench.accounts.candidate("wechat", "u1") is None
    assert await bench.store.bound() == ()


async def test_whoever_filled_the_form_in_takes_it_back(bench: Bench) -> None:
    """A candidate who was sent somebody's link: once, within an hour."""
    outcome = await bench.accounts.bind(await bench.token(user="somebody"), "", bench.form())
    assert await bench.accounts.undo(outcome.undo) is True
    assert await bench.accounts.candidate("wechat", "somebody") is None
    assert await bench.accounts.undo(outcome.undo) is False


async def test_what_is_kept_is_told(bench: Bench) -> None:
    await bench.accounts.bind(await bench.token(), "", bench.form())
    kept = await bench.accounts.kept("wechat", "u1")
    assert (kept.is_bound, kept.masked_name) == (True, "考**")


async def test_nothing_of_it_is_in_the_file(bench: Bench) -> None:
    """Not the numbers, the name, the candidate id, the token: neither in the file nor in its log."""
    token = await bench.token()
    await bench.accounts.bind(token, "", bench.form(name="考生乙"))
    await bench.accounts.bind(token, "", bench.form())
    await bench.token(user="u2")
    raw = b"".join(each.read_bytes() for each in bench.path.parent.iterdir())
    form = bench.form()
    for each in (form.registration_no, form.id_number, form.name, bench.id_of(), token, "考**", "考生乙"):
        assert each.encode() not in raw
    assert b"append-only" in raw, "the file was looked at"


async def test_a_row_of_another_user_does_not_open(bench: Bench) -> None:
    """Somebody who can write to the file cannot give a binding to another."""
    await bench.accounts.bind(await bench.token(), "", bench.form())
    with sqlite3.connect(bench.path) as other:
        other.execute("update account set user = 'thief'")
    other.close()
    assert await bench.accounts.candidate("wechat", "thief") is None


async def test_the_audit_log_is_append_only(bench: Bench) -> None:
    await bench.token()
    with sqlite3.connect(bench.path) as other:
        for change in ("delete from audit", "update audit set event = 'bound'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                other.execute(change)
    other.close()
    assert await bench.events() == ["linked"]


async def test_another_key_is_told_and_binds_nobody(tmp_path: Path) -> None:
    path = tmp_path / "kaoda.sqlite3"
    async with benched(path) as bench:
        token = await bench.token()
        await bench.accounts.bind(await bench.token(), "", bench.form())
    async with benched(path, key=bytes(32)) as bench:
        assert await bench.accounts.candidate("wechat", "u1") is None
        assert (await bench.accounts.open(token, "")).result is Result.GONE


async def test_a_form_shows_nothing_of_itself() -> None:
    form = Form(registration_no="202431007919", id_number="31010118510202001X", name="考生甲", consent=True)
    assert repr(form) == str(form) == f"{form}" == "Form()"
    assert "考生甲" not in repr([form])


async def test_a_store_that_fails_is_told(bench: Bench) -> None:
    with sqlite3.connect(bench.path) as other:
        other.execute("alter table account rename to elsewhere")
    other.close()
    with pytest.raises(StoreError):
        await bench.accounts.candidate("wechat", "u1")
