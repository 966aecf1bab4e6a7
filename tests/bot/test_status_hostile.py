"""A state that must not be told: to who is unbound meanwhile, from times that no calendar holds, of another's deadline."""

import asyncio
import datetime as dt
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from binding_line import KEY, NOW, Bench, benched
from bound_site import served

from adapters.status.stub.values import Stage
from adapters.storage.sqlite import SqliteStore
from adapters.storage.sqlite_reminders import SqliteReminders
from bot.binding import Event, Form, Result
from bot.cards import StatusCards
from bot.conversation import Conversation
from bot.messages import Kind, Message
from bot.mind import Mind
from bot.need import Need
from bot.needs import Needs
from bot.ports import StatusError, StoreError
from bot.reminders import Reminders
from bot.responder import Responder
from bot.sealing import Sealer
from bot.turn import Decision

MESSAGE = Message(id="m", channel="wechat", user="u1", text="我的审核过了吗")
ASKING = Decision(kind=Kind.STATUS, text="原话", conversation=Conversation(), asks=Need.STATUS)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with benched(tmp_path / "kaoda.sqlite3") as found:
        await found.accounts.bind(await found.token(), "", found.form())
        yield found
        found.stub.heal()


async def settled(bench: Bench, mind: Mind, *, budget: float = 3.0, came: float | None = None) -> Decision:
    needs = Needs(bench.accounts, bench.accounts._status, budget=budget)  # the one that the accounts use
    return await needs.settle(mind, ASKING, MESSAGE, NOW, time.monotonic() if came is None else came)


# --- who is unbound while a question is running -------------------------------------------------------------------------


async def unbound(bench: Bench) -> None:
    await bench.accounts.unbind("wechat", "u1")


async def taken_over(bench: Bench) -> None:
    await bench.accounts.bind(await bench.token(user="u2"), "", bench.form())


async def bound_to_another(bench: Bench) -> None:
    await unbound(bench)
    await bench.accounts.bind(await bench.token(), "", bench.form(1))


@pytest.mark.parametrize("happens", [unbound, taken_over, bound_to_another])
async def test_who_is_unbound_while_the_service_is_asked_is_told_nothing(bench: Bench, mind: Mind, happens) -> None:
    """By the button of the page after the form, or by whoever binds the candidate since: neither waits for the turn."""
    bench.stub.order("slow", "registrations", delay=0.5)
    question = asyncio.create_task(settled(bench, mind))
    await asyncio.sleep(0.2)
    await happens(bench)
    decision = await question
    assert "学历不符" not in decision.text
    hers = next(row.candidate for row in await bench.store.audited() if row.event is Event.BOUND)
    shown = [row.candidate for row in await bench.store.audited() if row.event is Event.STATUS_SHOWN]
    assert hers not in shown


# --- what was last known, though there is no time to ask -------------------------------------------------------------------


@pytest.mark.parametrize("waited", [0.0, 2.9, 5.0])
async def test_who_asks_again_and_again_gets_what_was_last_known(bench: Bench, mind: Mind, waited: float) -> None:
    """The second question of one user waits for the first; what is left for it is less than the service gets."""
    assert "学历不符" in (await settled(bench, mind)).text
    bench.stub.order("hang", "registrations")
    began = time.monotonic()
    decision = await settled(bench, mind, came=began - waited)
    assert time.monotonic() - began < 3.0
    assert "学历不符" in decision.text
    assert "最后一次查到的，之后可能有变化" in decision.text


# --- the card, likewise -----------------------------------------------------------------------------------------------


@pytest.fixture
async def cards(bench: Bench, mind: Mind) -> AsyncIterator[StatusCards]:
    """Of a user of the web."""
    await bench.accounts.bind(await bench.token("web", "v1"), "", bench.form())
    store = SqliteStore(bench.path, 30)
    await store.open(NOW)
    status = bench.accounts._status
    reminders = Reminders(
        store=SqliteReminders(store.file),
        status=status,
        bindings=bench.accounts,
        mind=lambda: mind,
        clock=lambda: NOW,
        sealer=Sealer(KEY),
    )
    yield StatusCards(
        responder=Responder(mind, store, lambda: NOW),
        accounts=bench.accounts,
        status=status,
        reminders=reminders,
        clock=lambda: NOW,
    )
    await store.close()


async def test_the_card_of_who_is_unbound_meanwhile_is_none(bench: Bench, cards: StatusCards) -> None:
    bench.stub.order("slow", "registrations", delay=0.5)
    card = asyncio.create_task(cards.card("v1", 2.0))
    await asyncio.sleep(0.2)
    await bench.accounts.unbind("web", "v1")
    assert await card is None


async def test_a_card_without_time_shows_what_was_last_known(bench: Bench, cards: StatusCards) -> None:
    """Beside a reply it waits 0.8 s, less than the service gets."""
    assert (await cards.card("v1", 2.0)).is_current
    bench.stub.order("hang", "registrations")
    card = await cards.card("v1", 0.3)
    assert not card.is_current
    assert card.registrations[0].headline == "报名确认：不通过"
    assert card.note == "下面是2023年12月5日 09:00最后一次查到的，之后可能有变化。"


# --- times ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"]
)
@pytest.mark.parametrize("field", ["at", "deadline"])
async def test_a_time_that_no_calendar_here_holds_is_an_error_and_no_crash(bench: Bench, text: str, field: str) -> None:
    """Services write the end of all days where there is no deadline; in Beijing it is a day later."""
    moment = dt.datetime.fromisoformat(text)
    stage = Stage(stage="confirmation", state="rejected", **{field: moment})
    candidate = bench.stub.register.candidates[0]
    registration = candidate.registration[0]
    stages = tuple(stage if each.stage == "confirmation" else each for each in registration.stages)
    changed = msgspec.structs.replace(registration, stages=stages)
    bench.stub.register._candidates[candidate.id] = msgspec.structs.replace(candidate, registration=(changed,))
    with pytest.raises(StatusError, match="broken"):
        await bench.accounts._status.registrations(candidate.id)


# --- links and locks -------------------------------------------------------------------------------------------------------


async def test_taking_back_takes_back_that_binding_and_no_later_one(bench: Bench) -> None:
    """The button is kept open by whoever filled the form in first; the user has bound another candidate since."""
    await unbound(bench)
    first = await bench.accounts.bind(await bench.token(), "", bench.form(1))
    await unbound(bench)
    await bench.accounts.bind(await bench.token(), "", bench.form(2))
    assert not await bench.accounts.undo(first.undo)
    assert await bench.accounts.candidate("wechat", "u1") == bench.id_of(2)


async def test_a_number_in_small_letters_is_the_same_number(bench: Bench) -> None:
    """Five failures lock it however it is written."""
    spellings = ("ab12345", "AB12345", "Ab12345", "aB12345", "ＡＢ12345")
    for number, each in enumerate(spellings):
        token = await bench.token(user=f"thief{number}")
        form = Form(registration_no=each, id_number="G12345678", name="考生甲", consent=True)
        await bench.accounts.bind(token, "", form)
    form = Form(registration_no="aB-123 45", id_number="G12345678", name="考生甲", consent=True)
    outcome = await bench.accounts.bind(await bench.token(user="thief9"), "", form)
    assert outcome.result is Result.LOCKED


async def test_two_links_of_one_user_for_two_candidates_bind_one(bench: Bench) -> None:
    """Sent in the same moment, from two pages."""
    for number in range(3):
        user = f"racer{number}"
        tokens = [await bench.token(user=user) for _ in range(2)]
        filled = [bench.form(2 * number + 3), bench.form(2 * number + 4)]
        tried = [bench.accounts.bind(token, "", form) for token, form in zip(tokens, filled, strict=True)]
        results = [each.result for each in await asyncio.gather(*tried)]
        assert sorted(results) == [Result.BOUND, Result.REFUSED]
        winner = results.index(Result.BOUND)
        assert await bench.accounts.candidate("wechat", user) == bench.id_of(2 * number + 3 + winner)


async def test_two_users_of_one_channel_who_bind_one_candidate_at_once_are_one(bench: Bench) -> None:
    tokens = [await bench.token(user=f"racer{number}") for number in range(5)]
    await asyncio.gather(*(bench.accounts.bind(token, "", bench.form(7)) for token in tokens))
    found = [await bench.accounts.candidate("wechat", f"racer{number}") for number in range(5)]
    assert found.count(bench.id_of(7)) == 1
    assert found.count(None) == 4


async def test_a_process_that_dies_between_the_proof_and_the_binding_leaves_a_link_that_is_used_up(
    bench: Bench,
) -> None:
    """The link does not bind a second time; a fresh one does, and nobody is locked out by it."""
    await unbound(bench)
    token = await bench.token()

    async def dies(*_: object) -> bool:
        raise StoreError("the process died here")

    kept, bench.store.bind = bench.store.bind, dies  # type: ignore[method-assign]  # the one step that is cut off
    with pytest.raises(StoreError):
        await bench.accounts.bind(token, "", bench.form())
    bench.store.bind = kept  # type: ignore[method-assign]  # as it was
    assert (await bench.accounts.bind(token, "", bench.form())).result is Result.GONE
    assert await bench.accounts.candidate("wechat", "u1") is None
    assert (await bench.accounts.bind(await bench.token(), "", bench.form())).result is Result.BOUND


@pytest.mark.parametrize("consent", ["", "no", "0", "false", "off", " "])
async def test_without_consent_nothing_is_sent_to_the_service(tmp_path: Path, mind: Mind, consent: str) -> None:
    async with served(tmp_path, mind) as site, site.person() as person:
        status, page = await person.fill_in(await person.link(), site.candidate(), consent=consent)
        assert (status, "勾选同意" in page) == (422, True)
        assert not [call for call in site.stub.calls if call.operation == "verify"]


# --- what nobody can reach any more --------------------------------------------------------------------------------------


async def test_a_binding_without_its_conversation_goes_when_the_service_starts(tmp_path: Path, mind: Mind) -> None:
    """A service that is started anew every night looks after it too, not only one that runs for a day."""
    async with served(tmp_path, mind) as site, site.person() as person:
        await person.bind(site.candidate())
        with closing(sqlite3.connect(site.settings.data_dir / "kaoda.sqlite3")) as db, db:
            db.execute("delete from conversation")
    async with served(tmp_path, mind) as site:
        with closing(sqlite3.connect(site.settings.data_dir / "kaoda.sqlite3")) as db:
            for _ in range(100):
                left = db.execute("select count(*) from account").fetchone()[0]
                if not left:
                    break
                await asyncio.sleep(0.02)
            assert left == 0
            assert db.execute("select event from audit order by id desc limit 1").fetchone() == ("expired",)
