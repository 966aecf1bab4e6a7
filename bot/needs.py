"""Gets what a decision needs from outside, within the time that a reply has, and lets bot.standing tell it."""

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable

import msgspec

from bot import standing
from bot.accounts import Accounts
from bot.binding import Event
from bot.due import EVERY_EVENT
from bot.due import Event as Remind
from bot.messages import Message
from bot.mind import Mind
from bot.need import Kept, Need
from bot.ports import StatusError, StatusService
from bot.registration import Status
from bot.reminders import Reminders
from bot.turn import Decision

BUDGET = 3.2  # s from when a message came in; WeChat is answered within 3.5, the web within 4


class Needs:
    """Settles decisions. Time counts from when the message came: who asks three times while the service hangs waits once."""

    def __init__(
        self,
        accounts: Accounts | None,
        status: StatusService | None,
        budget: float = BUDGET,
        reminders: Reminders | None = None,
    ) -> None:
        """None where there is no status service: then nobody is bound and no link is given. `budget` in seconds."""
        self._accounts, self._status, self._budget, self._reminders = accounts, status, budget, reminders

    async def settle(self, mind: Mind, decision: Decision, message: Message, now: dt.datetime, came: float) -> Decision:
        """The final decision. `came` is when the message came in, on the monotonic clock. Raises StoreError."""
        settle = self._by_need().get(decision.asks)
        return decision if settle is None else await settle(mind, decision, message, now, came)

    def _by_need(self) -> dict[Need, Callable[[Mind, Decision, Message, dt.datetime, float], Awaitable[Decision]]]:
        return {
            Need.STATUS: self._told,
            Need.BIND: self._invited,
            Need.UNBIND: self._unbound,
            Need.MY_DATA: self._shown,
            Need.SUBSCRIBE: self._subscribed,
            Need.UNSUBSCRIBE: self._unsubscribed,
        }

    async def _told(self, mind: Mind, decision: Decision, message: Message, now: dt.datetime, came: float) -> Decision:
        candidate = await self._accounts.candidate(message.channel, message.user) if self._accounts else None
        if candidate is None or self._accounts is None or self._status is None:
            return await self._not_bound(mind, decision, message)
        try:
            status = await self._asked(self._status, candidate, came)
        except StatusError as error:
            return standing.not_known(mind, decision, error.cause, None, now)
        if await self._accounts.candidate(message.channel, message.user) != candidate:  # unbound meanwhile, by a page
            return await self._told(mind, decision, message, now, came)
        await self._accounts.note(Event.STATUS_SHOWN, message.channel, message.user, candidate)
        return standing.told(mind, decision, status, now)

    async def _asked(self, service: StatusService, candidate: str, came: float) -> Status:
        """The registrations; the last known ones where there is no time left, as for who asks again and again."""
        left = came + self._budget - time.monotonic()
        if left > 0:
            try:
                async with asyncio.timeout(left):
                    return await service.registrations(candidate)
            except TimeoutError:
                pass
        if (last := service.last_known(candidate)) is not None:
            return last
        raise StatusError("slow")

    async def _not_bound(self, mind: Mind, decision: Decision, message: Message) -> Decision:
        link = await self._accounts.link(message.channel, message.user) if self._accounts else ""
        return standing.not_bound(mind, decision, link)

    async def _invited(
        self, mind: Mind, decision: Decision, message: Message, _now: dt.datetime, _came: float
    ) -> Decision:
        kept = await self._kept(message)
        if kept.is_bound:
            return standing.already_bound(mind, decision, kept.masked_name)
        return await self._not_bound(mind, decision, message)

    async def _unbound(
        self, mind: Mind, decision: Decision, message: Message, _now: dt.datetime, _came: float
    ) -> Decision:
        was_bound = await self._accounts.unbind(message.channel, message.user) if self._accounts else False
        return standing.unbound(mind, decision, was_bound=was_bound)

    async def _subscribed(
        self, mind: Mind, decision: Decision, message: Message, _now: dt.datetime, _came: float
    ) -> Decision:
        candidate = await self._accounts.candidate(message.channel, message.user) if self._accounts else None
        if candidate is None or self._reminders is None:
            return await self._not_bound(mind, decision, message)
        asked = tuple(each for each in Remind if each.value in decision.events) or EVERY_EVENT
        before = await self._reminders.events(message.channel, message.user)
        events = tuple(each for each in Remind if each in asked or each in before)
        await self._reminders.subscribe(message.channel, message.user, events)
        return standing.subscribed(mind, decision)

    async def _unsubscribed(
        self, mind: Mind, decision: Decision, message: Message, _now: dt.datetime, _came: float
    ) -> Decision:
        was = await self._reminders.unsubscribe(message.channel, message.user) if self._reminders else False
        return standing.unsubscribed(mind, decision, was_subscribed=was)

    async def _shown(
        self, mind: Mind, decision: Decision, message: Message, _now: dt.datetime, _came: float
    ) -> Decision:
        kept = await self._kept(message)
        if self._accounts and kept.is_bound:
            await self._accounts.note(Event.DATA_SHOWN, message.channel, message.user)
        return standing.my_data(mind, decision, kept)

    async def _kept(self, message: Message) -> Kept:
        if self._accounts is None:
            return Kept(is_bound=False)
        kept = await self._accounts.kept(message.channel, message.user)
        reminds = bool(await self._reminders.events(message.channel, message.user)) if self._reminders else False
        return msgspec.structs.replace(kept, reminds=reminds)

    async def forget(self, channel: str, user: str) -> None:
        """Delete a user's binding. Raises StoreError."""
        if self._accounts:
            await self._accounts.unbind(channel, user)
