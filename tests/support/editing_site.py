"""The console's editing pages over a real store with the shipped content, real accounts and real checks."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from aiohttp.test_utils import TestServer
from console_site import Visitor, console, visitor
from desk_site import Desk, desk
from staff_people import House

from adapters.web.console.app import Parts
from adapters.wechat.render import parts_of
from adapters.wechat.words import read_words
from bot.desk.exchange import Exchanger
from bot.desk.forms import KnowledgeForms
from bot.desk.layers import Layers
from bot.desk.library import KnowledgeLibrary
from bot.desk.years import YearsDesk
from bot.mind import Mind
from bot.staff.people import Role


class EditingSite:
    """A console on a port of its own, and browsers of whoever signs in."""

    def __init__(self, at: Desk, people: House, server: TestServer, browsers: AsyncExitStack) -> None:
        self.desk, self.people, self.server, self._browsers = at, people, server, browsers

    async def enter(self, name: str, role: Role, regions: tuple[str, ...] = ()) -> Visitor:
        """Somebody new, signed in."""
        await self.people.add(name, role, regions)
        found = await self._browsers.enter_async_context(visitor(self.server))
        assert (await found.sign_in(name)).status == 303
        return found


@asynccontextmanager
async def editing_site(folder: Path, mind: Mind, labelled: Path | None = None) -> AsyncIterator[EditingSite]:
    async with AsyncExitStack() as stack:
        at = await stack.enter_async_context(desk(folder, mind, labelled))

        def live() -> Mind:
            assert at.live.mind is not None
            return at.live.mind

        words, people, layers = read_words(), House(at.file), Layers(at.store, live)
        exchange = Exchanger(store=at.store, layers=layers, contents=at.editing.contents, clock=at.clock)
        parts = Parts(
            staff=people.people,
            editing=at.editing,
            publishing=at.publishing,
            forms=KnowledgeForms(layers),
            library=KnowledgeLibrary(layers, live, lambda reply: parts_of(reply, words), at.clock),
            exchange=exchange,
            years=YearsDesk(
                store=at.store, layers=layers, contents=at.editing.contents, editor=at.editing, clock=at.clock
            ),
        )
        stack.push_async_callback(exchange.close)
        server = await stack.enter_async_context(console(parts))
        yield EditingSite(at, people, server, await stack.enter_async_context(AsyncExitStack()))
