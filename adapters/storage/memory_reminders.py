"""Reminders that are forgotten when the process ends: for the terminal, and as the fake that tests share."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from bot.due import Due, Event, Subscription, Told
from bot.ports import ShownElsewhereError

UNSEEN = frozenset({"due", "waiting"})
AT_ONCE = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(slots=True, kw_only=True)
class Row:
    """A reminder and where it stands."""

    due: Due
    again: dt.datetime = AT_ONCE
    status: str = "due"
    settled: dt.datetime | None = None


class MemoryReminders:
    """Fulfils bot.ports.ReminderStore within one process."""

    def __init__(self) -> None:
        """Start empty."""
        self._subscriptions: dict[tuple[str, str], Subscription] = {}
        self._rows: dict[str, Row] = {}
        self._cursor = ""

    async def subscribe(self, subscription: Subscription) -> None:
        """Keep what a user asked for."""
        self._subscriptions[subscription.channel, subscription.user] = subscription

    async def unsubscribe(self, channel: str, user: str) -> bool:
        """Forget what a user asked for and every reminder of his."""
        self._rows = {key: row for key, row in self._rows.items() if (row.due.channel, row.due.user) != (channel, user)}
        return self._subscriptions.pop((channel, user), None) is not None

    async def subscription(self, channel: str, user: str) -> Subscription | None:
        """What a user asked for."""
        return self._subscriptions.get((channel, user))

    async def subscriptions(self, after: tuple[str, str], limit: int) -> tuple[Subscription, ...]:
        """Those after a channel and user."""
        return tuple(self._subscriptions[key] for key in sorted(self._subscriptions) if key > after)[:limit]

    async def cursor(self) -> str:
        """How far the changes were read."""
        return self._cursor

    async def receive(self, old: str, new: str, due: tuple[Due, ...]) -> None:
        """Keep reminders and go on from a cursor to the next."""
        self._keep(due)
        if self._cursor == old:
            self._cursor = new

    async def sweep(self, subscription: Subscription, due: tuple[Due, ...]) -> None:
        """Keep reminders, and that a user's deadlines were looked at."""
        self._keep(due)
        key = subscription.channel, subscription.user
        kept = self._subscriptions.get(key)
        if kept is not None and kept.swept_until < subscription.swept_until:
            self._subscriptions[key] = msgspec.structs.replace(kept, swept_until=subscription.swept_until)

    async def settle_stage(self, channel: str, user: str, subject: str) -> None:
        """A stage is done: its deadline reminders that were not shown are void."""
        for row in self._unseen(channel, user):
            if (row.due.event, row.due.subject) == (Event.DEADLINE, subject):
                del self._rows[row.due.id]

    async def claim(self, channel: str, now: dt.datetime, lease: dt.timedelta) -> Due | None:
        """Take the oldest reminder that is to be sent now."""
        for row in self._rows.values():
            if row.status == "sending" and row.again <= now - lease:
                row.status, row.settled = Told.IN_DOUBT.value, now
        ready = [
            row
            for row in self._rows.values()
            if row.due.channel == channel and row.status == "due" and row.again <= now < row.due.expires
        ]
        first = min(ready, key=lambda row: (row.again, row.due.at, row.due.id), default=None)
        if first is None:
            return None
        first.status, first.again = "sending", now
        return first.due

    async def told(self, due_id: str, outcome: Told, now: dt.datetime, again: dt.datetime) -> None:
        """What became of a claimed reminder."""
        row = self._rows.get(due_id)
        if row is None:
            return
        if outcome is Told.LATER or outcome is Told.REFUSED:
            if row.status == "sending":
                row.status, row.again = ("due" if outcome is Told.LATER else "waiting"), again
        else:
            row.status, row.settled = outcome.value, now

    async def waiting(self, channel: str, user: str, now: dt.datetime) -> tuple[Due, ...]:
        """What a user has not been shown yet."""
        found = [row.due for row in self._unseen(channel, user) if row.due.expires > now]
        return tuple(sorted(found, key=lambda due: (due.at, due.id)))

    async def take(self, channel: str, user: str, now: dt.datetime) -> tuple[Due, ...]:
        """What a user has not been shown yet; from now on it counts as shown."""
        found = await self.waiting(channel, user, now)
        self.show((each.id for each in found), now)
        return found

    async def tidy(self, before: dt.datetime) -> None:
        """Forget the ids of what was settled before that, and what expired unseen."""
        self._rows = {key: row for key, row in self._rows.items() if (row.settled or row.due.expires) >= before}

    def show(self, ids: Iterable[str], now: dt.datetime) -> None:
        """These are shown now, all or none. Raises ShownElsewhereError."""
        rows = [self._rows.get(each) for each in ids]
        for row in rows:
            if row is None or row.status not in UNSEEN:
                raise ShownElsewhereError
        for row in rows:
            if row is not None:
                row.status, row.settled = "shown", now

    def _unseen(self, channel: str, user: str) -> list[Row]:
        return [
            row
            for row in self._rows.values()
            if (row.due.channel, row.due.user) == (channel, user) and row.status in UNSEEN
        ]

    def _keep(self, due: tuple[Due, ...]) -> None:
        for each in due:
            if (each.channel, each.user) not in self._subscriptions or each.id in self._rows:
                continue
            for row in self._unseen(each.channel, each.user):
                if (row.due.event, row.due.subject) == (each.event, each.subject):
                    row.status, row.settled = "replaced", each.at
            self._rows[each.id] = Row(due=each)
