"""What serves a candidate's own registration, put together: binding, reminders, the card. Nothing of it without a service."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_accounts import SqliteAccounts
from adapters.storage.sqlite_reminders import SqliteReminders
from bot.accounts import Accounts
from bot.cards import StatusCards
from bot.mind import Mind
from bot.ports import Clock, KeyValue, Notify, StatusService
from bot.reminders import Reminders
from bot.responder import Responder
from bot.rounds import Counts, Rounds
from bot.sealing import Sealer


class Personal:
    """The parts, over the status service and the file of the store."""

    def __init__(
        self,
        *,
        status: StatusService,
        file: SqliteFile,
        values: KeyValue,
        sealer: Sealer,
        clock: Clock,
        registry: CollectorRegistry,
        mind: Callable[[], Mind],
        url: str,
    ) -> None:
        """`values` are encrypted at rest; `mind` gives the current one; `url` is the page that a sent reminder opens."""
        self._status, self._clock, self._rows, self._counts = status, clock, SqliteReminders(file), Counts(registry)
        self.accounts = Accounts(status=status, store=SqliteAccounts(file), values=values, sealer=sealer, clock=clock)
        self.reminders = Reminders(
            store=self._rows,
            status=status,
            bindings=self.accounts,
            mind=mind,
            clock=clock,
            sealer=sealer,
            count=self._counts.reminder,
            url=url,
        )

    def cards(self, responder: Responder) -> StatusCards:
        """What the chat page shows of it."""
        return StatusCards(
            responder=responder,
            accounts=self.accounts,
            status=self._status,
            reminders=self.reminders,
            clock=self._clock,
        )

    @asynccontextmanager
    async def rounds(self, channels: Mapping[str, Notify], seconds: float) -> AsyncIterator[None]:
        """Go the rounds of reminders meanwhile; `channels` are those that can send by themselves."""
        rounds = Rounds(
            reminders=self.reminders,
            store=self._rows,
            channels=channels,
            counts=self._counts,
            clock=self._clock,
            seconds=seconds,
        )
        task = asyncio.create_task(rounds.go())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
