"""The emulated platform, put together: `async with Emulator() as platform:` serves its API and page on a free port."""

import asyncio
import secrets
import time
from types import TracebackType
from typing import Self

from aiohttp import web

from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.account import Account, Rules, random_account
from adapters.wechat.emulator.api import Api
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.delivery import Delivery, Outcome
from adapters.wechat.emulator.journal import Journal
from adapters.wechat.emulator.notices import Notices
from adapters.wechat.emulator.page import Page
from adapters.wechat.emulator.people import People
from adapters.wechat.emulator.phone import Phone
from adapters.wechat.emulator.sending import Sender
from adapters.wechat.emulator.tokens import Tokens


class Emulator:
    """One account on an emulated platform."""

    def __init__(
        self, account: Account | None = None, *, rules: Rules | None = None, clock: Clock | None = None
    ) -> None:
        """Without an account one with random credentials; a clock that is faster for tests."""
        self.account = account or random_account()
        self.rules, self.clock = rules or Rules(), clock or Clock()
        self.journal, self.people = Journal(), People()
        self.tokens = Tokens(self.account, self.rules, self.clock)
        notices = Notices(self.account, self.people, self.clock, self.journal, self._announce)
        self.api = Api(
            account=self.account,
            clock=self.clock,
            journal=self.journal,
            people=self.people,
            tokens=self.tokens,
            notices=notices,
        )
        self.troubles, self.menu, self.scenes = self.api.troubles, self.api.menu, self.api.scenes
        self._pushed = 0
        self._phones: dict[str, Phone] = {}
        self._announced: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self.suggested_scenes: tuple[tuple[str, str], ...] = ()
        """Scenes that the page offers, each with its name."""
        self.address = ""
        """Of its API and page, once it serves."""

    async def __aenter__(self) -> Self:
        """Serve on a free port of this machine."""
        await self.start("127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()

    async def start(self, host: str, port: int) -> None:
        """Serve. Raises OSError."""
        self._sender = Sender(self.account, self.rules, self.clock)
        self.delivery = Delivery(self._sender, self.rules, self.clock, self.journal)
        app = web.Application(middlewares=[self.api.middleware])
        app.add_routes(self.api.routes())
        Page(self).add_to(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.address = f"http://{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Let go of everything; what hangs is released, who follows the journal is told."""
        self.troubles.clear()
        self.journal.close()
        for task in self._announced:
            task.cancel()
        if self._runner is not None:
            await self._runner.cleanup()
        await self._sender.close()

    async def connect(self, address: str) -> bool:
        """Push there from now on; whether the address answers the platform's check as the server configuration page wants."""
        self.delivery.address = address
        return await self._sender.verify(address, secrets.token_hex(10))

    def phone(self, openid: str = "", *, is_following: bool = True) -> Phone:
        """A user's phone: the one there is, else a new user's."""
        found = self._phones.get(openid)
        if found is None:
            person = self.people.add(openid, is_following=is_following)
            found = Phone(person, self.deliver, self.clock, self.journal, self.menu, self.scenes)
            self._phones[person.openid] = found
        return found

    def find_phone(self, openid: str) -> Phone | None:
        """The phone of a user, or None."""
        return self._phones.get(openid)

    def push(
        self, user: str, fields: pushes.Fields, *, message_id: int | None = None, created: int | None = None
    ) -> pushes.Push:
        """A push that is not yet sent; the MsgId and second can be set, to make what collides."""
        self._pushed += 1
        head: pushes.Fields = {
            "ToUserName": self.account.original_id,
            "FromUserName": user,
            "CreateTime": int(time.time()) if created is None else created,
        }
        is_message = fields.get("MsgType") != "event"
        tail = {"MsgId": pushes.message_id() if message_id is None else message_id} if is_message else {}
        return pushes.Push(user=user, fields={**head, **fields, **tail}, number=self._pushed)

    async def deliver(self, user: str, fields: pushes.Fields) -> Outcome:
        """Push a user's message or event until it is answered or given up."""
        return await self.delivery.deliver(self.push(user, fields))

    def _announce(self, user: str, fields: pushes.Fields) -> None:
        """Push an event by and by, as the platform tells what became of a message."""

        async def announce() -> None:
            if self.delivery.address:
                await self.deliver(user, fields)

        task = asyncio.create_task(announce())
        self._announced.add(task)
        task.add_done_callback(self._announced.discard)
