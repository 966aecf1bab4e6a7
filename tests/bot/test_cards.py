"""The card's values, over the service's answers: where today lies, what is marked, and what is said when nothing is known."""

import msgspec
import pytest
from reminded import World, at, registration

from bot.binding import Event as Noted
from bot.cards import StatusCards, registration_of
from bot.ports import StatusError
from bot.registration import Reason
from bot.responder import Responder
from bot.views import Mark


class Accounts:
    """One user of the web is bound."""

    def __init__(self) -> None:
        self.noted: list[Noted] = []

    async def candidate(self, channel: str, user: str) -> str | None:
        return "a" if (channel, user) == ("web", "v1") else None

    async def note(self, event: Noted, channel: str, user: str, candidate_id: str = "") -> None:
        self.noted.append(event)


@pytest.fixture
async def world(mind, tmp_path):
    world = World(mind, tmp_path / "kaoda.sqlite3")
    await world.store.open(world.clock())
    yield world
    await world.store.close()


@pytest.fixture
def cards(world, mind):
    return StatusCards(
        responder=Responder(mind, world.store, world.clock),
        accounts=Accounts(),
        status=world.authority,
        reminders=world.reminders,
        clock=world.clock,
    )


async def test_who_is_not_bound_has_none(cards):
    assert await cards.card("v2", 1) is None
    assert cards._accounts.noted == []


async def test_stages_are_in_order_and_marked(cards, world):
    world.authority.kept["a"] = (registration(confirmation=("rejected", at(14, 23))),)
    card = await cards.card("v1", 1)
    [one] = card.registrations
    assert [each.mark for each in one.stages] == [Mark.DONE, Mark.TROUBLE, *[Mark.LATER] * 5]
    assert (one.today, one.headline) == (1, "报名确认：不通过")
    assert "2023年12月14日" in one.deadlines[0]
    assert one.stages[1].dates == "2023年12月14日 23:00截止"
    assert card.note == "2023年12月5日 10:00查到的状态。"
    assert cards._accounts.noted == [Noted.STATUS_SHOWN]


@pytest.mark.parametrize("cause", ["slow", "down", "busy", "maintenance", "broken", "refused", "unknown", "new"])
async def test_while_nothing_is_known_nothing_is_guessed(cards, world, cause):
    world.authority.error = StatusError(cause)
    card = await cards.card("v1", 1)
    assert (card.registrations, card.is_current) == ((), False)
    assert "现在不能知道" in card.note
    assert cards._accounts.noted == []


async def test_what_is_last_known_has_its_time(cards, world):
    world.authority.kept["a"], world.authority.is_last_known = (registration(),), True
    card = await cards.card("v1", 1)
    assert card.note == "下面是2023年12月5日 10:00最后一次查到的，之后可能有变化。"
    assert not card.is_current


def test_texts_from_outside_are_made_fit_to_be_shown(mind, world):
    """No markup, no personal number; names that were added later as they came."""
    one = registration()
    odd = msgspec.structs.replace(
        one.stages[1], stage="<b>new", state="on 110101194912310026", reasons=(Reason(text="<i>x</i>"),)
    )
    found = registration_of(mind, msgspec.structs.replace(one, stages=(one.stages[0], odd)), world.clock())
    assert "<" not in found.stages[1].name
    assert "194912310026" not in found.stages[1].state
