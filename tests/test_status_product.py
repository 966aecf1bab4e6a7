"""Every stage × state × fault as a candidate meets it: the real stub over HTTP, the real client, binder, store and responder.

A state is told with its meaning and the deadline of the registration's own region and exam, whatever was spoken of before;
a fault claims nothing that is not known, shows what was last known with its time, and is over once it is taken back.
"""

from collections.abc import AsyncIterator
from itertools import chain

import pytest
import pytest_asyncio
from everyone import LATER_STATE, STATES, Person, people
from told_states import REPLY, Product, product, wrongs_of_silence

from adapters.status.stub.faults import KINDS
from bot.mind import Mind
from bot.standing import CAUSES

Fault = tuple[str, dict[str, float]]
QUICK: dict[str, Fault] = {
    "401": ("refused", {}),
    "429": ("busy", {"retry_after": 30.0}),
    "503": ("maintenance", {"retry_after": 120.0}),
    "maintenance": ("maintenance", {"seconds": 600.0}),
    "broken_json": ("broken", {}),
    "wrong_schema": ("broken", {}),
    "not_utf8": ("broken", {}),
    "html": ("broken", {}),
    "empty": ("broken", {}),
    "redirect": ("broken", {}),
}
"""Faults that answer at once: the cause that is told, and what is ordered beside."""
WAITING: dict[str, Fault] = {
    "slow": ("slow", {"delay": 20.0}),
    "hang": ("slow", {}),
    "trickle": ("slow", {}),
    "flood": ("broken", {}),
    "reset": ("down", {}),
    "cut": ("down", {}),
    "500": ("down", {}),
    "502": ("down", {}),
}
"""Faults that are waited for, or tried again."""
PASSING = {
    "slow but in time": ("slow", {"delay": 1.5, "times": 1}),
    "lost once": ("reset", {"times": 1}),
    "500 once": ("500", {"times": 1}),
    "503 that may be asked again in a second": ("503", {"times": 1, "retry_after": 1}),
}
"""Faults that nobody notices."""
EVERYONE = people((*STATES, LATER_STATE))
ONE_PLACE = [each for number, each in enumerate(EVERYONE) if number % 6 == number // 6 % 6]
"""One for each stage and state; the places take turns."""

LAST_KNOWN = "最后一次查到的，之后可能有变化"

together = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(mind: Mind, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    async with product(mind, tmp_path_factory.mktemp("product"), EVERYONE) as found:
        yield found


def report(person: Person, wrongs: list[str], text: str) -> list[str]:
    """One line for each wrong, with whose reply it was."""
    late = [f"took {person.seconds[-1]:.1f} s"] if person.seconds[-1] >= REPLY else []
    return [f"{person.stage}={person.state} {person.where.region}: {each} in {text!r}" for each in (*wrongs, *late)]


async def wrongs_of(running: Product, who: list[Person], kind: str, fault: Fault) -> list[str]:
    """What goes wrong in a fault before anything is known, once it is taken back, and in the same fault after that."""
    found: list[str] = []
    cause, fields = fault
    said = running.mind.knowledge.phrases[CAUSES[cause]]
    running.forget(who)
    running.stub.order(kind, "registrations", **fields)
    for person, reply in await running.ask(who):
        cause_told = [] if reply.text.startswith(said) else [f"lacks {said}"]
        found += report(person, [*wrongs_of_silence(running, reply), *cause_told], reply.text)
    await running.heal(who[0])
    for person, reply in await running.ask(who):
        old = ["tells what is only last known"] if LAST_KNOWN in reply.text else []
        found += report(person, [*running.wrongs(person, reply), *old], reply.text)
    head = f"下面是{running.later()}{LAST_KNOWN}"
    running.stub.order(kind, "registrations", **fields)
    for person, reply in await running.ask(who):
        undated = [] if head in reply.text else [f"lacks {head}"]
        found += report(person, [*running.wrongs(person, reply), *undated], reply.text)
    await running.heal(who[0])
    return [f"{kind}: {each}" for each in found]


def test_the_table_has_every_fault_stage_and_state() -> None:
    assert {*QUICK, *WAITING} == set(KINDS)
    assert len({(each.stage, each.state) for each in ONE_PLACE}) == len(ONE_PLACE) == 8 * 12
    assert len({each.where for each in ONE_PLACE}) == 6


@together
@pytest.mark.parametrize("state", [*STATES, LATER_STATE])
async def test_a_state_is_told_with_its_meaning_and_its_own_deadline(running: Product, state: str) -> None:
    """At every stage, in six places; the conversation was about another place and exam."""
    who = [each for each in EVERYONE if each.state == state]
    wrongs = [report(each, running.wrongs(each, reply), reply.text) for each, reply in await running.ask(who)]
    assert not (found := [*chain(*wrongs)]), "\n".join(found)


@together
@pytest.mark.parametrize("state", [*STATES, LATER_STATE])
async def test_a_fault_that_answers_at_once_claims_nothing_and_passes(running: Product, state: str) -> None:
    """At every stage: nothing known is said plainly, what was known comes with its time, and it is over once it is over."""
    who = [each for each in ONE_PLACE if each.state == state]
    wrongs = [await wrongs_of(running, who, kind, fault) for kind, fault in QUICK.items()]
    assert not (found := [*chain(*wrongs)]), "\n".join(found)


@together
@pytest.mark.parametrize("kind", WAITING)
async def test_a_fault_that_is_waited_for_keeps_nobody_longer_than_a_reply_has(running: Product, kind: str) -> None:
    """All stages and states at once, as when everybody asks while the service hangs."""
    assert not (found := await wrongs_of(running, ONE_PLACE, kind, WAITING[kind])), "\n".join(found)


@together
@pytest.mark.parametrize(("kind", "fields"), PASSING.values(), ids=PASSING)
async def test_a_fault_that_fits_the_time_is_not_noticed(running: Product, kind: str, fields: dict[str, float]) -> None:
    for person in ONE_PLACE[::25]:
        running.forget([person])
        running.stub.order(kind, "registrations", **fields)
        reply = await running.say(person)
        assert not report(person, running.wrongs(person, reply), reply.text)
        assert LAST_KNOWN not in reply.text
        await running.heal(person)
