"""Reminders: reads what changed, looks at deadlines, sends, and says what waits for a user's next message.

At least once read, at most once shown: a reminder is kept under its id together with the cursor behind it, and claimed
before it is sent. Who dies in between leaves a claim that is in doubt, and what is in doubt is not sent again.
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from bot import reminding
from bot.due import EVERY_EVENT, About, Due, Event, News, Subscription, Told
from bot.mind import Mind
from bot.place import BEIJING
from bot.ports import Clock, Notify, NotifyError, ReminderStore, StatusError, StatusService
from bot.registration import Change
from bot.sealing import BrokenSeal, Sealer

LEASE = dt.timedelta(minutes=10)  # longer than any send takes
AGAIN = dt.timedelta(minutes=5)  # after a send that did not work
MOST_PAGES = 100  # of changes in one go
MOST_FAILURES = 3  # sends in a row that did not work; then the channel is left alone until the next look
PAGE = 200  # subscriptions
MOST_TOLD = 3  # reminders in one reply; the others wait for the next
log = logging.getLogger("kaoda")


class Bindings(Protocol):
    """Who is bound to whom."""

    async def candidate(self, channel: str, user: str) -> str | None:
        """The candidate that a user is bound to."""

    async def users_of(self, candidate_id: str) -> tuple[tuple[str, str], ...]:
        """Channel and user of all who are bound to a candidate."""


Count = Callable[[Event, str], None]
"""Counts what became of a reminder: its event and a word."""


class Reminders:
    """Each of its steps may be run by several processes at once, and be cut short at any moment."""

    def __init__(
        self,
        *,
        store: ReminderStore,
        status: StatusService,
        bindings: Bindings,
        mind: Callable[[], Mind],
        clock: Clock,
        sealer: Sealer,
        count: Count = lambda _event, _outcome: None,
        url: str = "",
    ) -> None:
        """`mind` gives the current one; `sealer` encrypts what waits; `url` is the page that a sent reminder opens."""
        self._store, self._status, self._bindings = store, status, bindings
        self._mind, self._clock, self._sealer, self._count, self._url = mind, clock, sealer, count, url

    # --- what a user asks for ----------------------------------------------------------------------------------------

    async def subscribe(self, channel: str, user: str, events: tuple[Event, ...] = EVERY_EVENT) -> None:
        """Remind a user of these from now on; of nothing: forget that he asked. Raises StoreError."""
        if not events:
            await self._store.unsubscribe(channel, user)
            return
        before = await self._store.subscription(channel, user)
        now = self._clock()
        fresh = Subscription(channel=channel, user=user, events=events, since=now, swept_until=now)
        kept = msgspec.structs.replace(before, events=events) if before and set(events) <= set(before.events) else fresh
        await self._store.subscribe(kept)

    async def unsubscribe(self, channel: str, user: str) -> bool:
        """Forget what a user asked for and what he was not shown yet; False where he asked for nothing. Raises StoreError."""
        return await self._store.unsubscribe(channel, user)

    async def events(self, channel: str, user: str) -> tuple[Event, ...]:
        """What a user is reminded of. Raises StoreError."""
        found = await self._store.subscription(channel, user)
        return found.events if found else ()

    # --- what waits for a contact ------------------------------------------------------------------------------------

    async def waiting(self, channel: str, user: str) -> tuple[Due, ...]:
        """What the next reply should tell; the turn that tells it names their ids. Raises StoreError."""
        return (await self._store.waiting(channel, user, self._clock()))[:MOST_TOLD]

    async def take(self, channel: str, user: str) -> tuple[str, ...]:
        """What a page shows at a visit, as sentences; from now on it counts as shown. Raises StoreError."""
        found = await self._store.take(channel, user, self._clock())
        for each in found:
            self._count(each.event, "shown")
        return self.sentences(found)

    def sentences(self, due: tuple[Due, ...]) -> tuple[str, ...]:
        """Reminders as they are told in a conversation."""
        found = [news for each in due if (news := self._opened(each))]
        return tuple(reminding.sentence(self._mind(), each, self._clock()) for each in found)

    # --- what is done now and then -----------------------------------------------------------------------------------

    async def read_changes(self) -> int:
        """Keep the reminders of all changes after the cursor; how many changes. Raises StatusError and StoreError."""
        count = 0
        for _ in range(MOST_PAGES):
            cursor = await self._store.cursor()
            try:
                page = await self._status.changes(cursor)
            except StatusError as error:
                if error.cause != "unknown" or not cursor:
                    raise
                log.warning("changes_from_the_beginning reason=the service no longer knows the cursor")
                await self._store.receive(cursor, "", ())
                continue
            if not page.changes and page.next in ("", cursor):
                break
            due = [each for change in page.changes for each in await self._of_change(change)]
            await self._store.receive(cursor, page.next, tuple(map(self._sealed, due)))
            count += len(page.changes)
            if not page.changes or page.next == cursor:
                break
        return count

    async def sweep(self) -> int:
        """Keep the reminders of deadlines whose moment has come; how many users. Raises StatusError and StoreError.

        A user whose registrations cannot be read now is looked at next time: nobody is told of a stage that may be done.
        The others are looked at all the same, and the error is raised at the end.
        """
        now, after, count = self._clock(), ("", ""), 0
        failure: StatusError | None = None
        if not reminding.is_time_to_sweep(now):
            return 0
        nine = now.astimezone(BEIJING).replace(hour=reminding.HOUR, minute=0, second=0, microsecond=0)
        while page := await self._store.subscriptions(after, PAGE):
            for each in page:
                if each.swept_until >= nine or Event.DEADLINE not in each.events:
                    continue
                try:
                    count += await self._look_at(each, now)
                except StatusError as error:
                    failure = error
            after = page[-1].channel, page[-1].user
        if failure is not None:
            raise failure
        return count

    async def send(self, channels: Mapping[str, Notify]) -> int:
        """Send what is to be sent; how many were. Raises StoreError."""
        sent = 0
        for channel, notify in channels.items():
            failures = 0
            while failures < MOST_FAILURES and (due := await self._store.claim(channel, self._clock(), LEASE)):
                outcome = await self._attempt(notify, due)
                now = self._clock()
                await self._store.told(due.id, outcome, now, now + AGAIN)
                self._count(due.event, outcome.value)
                sent += outcome is Told.SENT
                failures += outcome in (Told.LATER, Told.IN_DOUBT)
        return sent

    # --- parts -------------------------------------------------------------------------------------------------------

    async def _of_change(self, change: Change) -> list[News]:
        found = []
        for channel, user in await self._bindings.users_of(change.candidate_id):
            subscription = await self._store.subscription(channel, user)
            if subscription is None:
                continue
            if subject := reminding.finished(change, subscription):
                await self._store.settle_stage(channel, user, subject)
            if news := reminding.of_change(change, subscription):
                found.append(news)
        return found

    async def _look_at(self, subscription: Subscription, now: dt.datetime) -> bool:
        """Whether a user's deadlines were looked at."""
        candidate = await self._bindings.candidate(subscription.channel, subscription.user)
        if candidate is None:  # no longer bound: nothing is his business any more
            await self._store.unsubscribe(subscription.channel, subscription.user)
            return False
        try:
            status = await self._status.registrations(candidate)
        except StatusError as error:
            if error.cause == "unknown":  # that candidate alone
                return False
            raise
        if status.is_last_known:
            return False
        due = reminding.of_deadlines(self._mind().knowledge, status, subscription, now)
        await self._store.sweep(msgspec.structs.replace(subscription, swept_until=now), tuple(map(self._sealed, due)))
        return True

    async def _attempt(self, notify: Notify, due: Due) -> Told:
        news = self._opened(due)
        if news is None:
            return Told.REFUSED
        reminder = reminding.message(self._mind(), news, self._clock(), self._url)
        try:
            return Told.SENT if await notify.notify(due.user, reminder) else Told.REFUSED
        except NotifyError as error:
            return Told.IN_DOUBT if error.is_in_doubt else Told.LATER

    def _sealed(self, news: News) -> Due:
        body = self._sealer.seal(msgspec.json.encode(news.about), _place(news))
        return Due(
            id=news.id,
            channel=news.channel,
            user=news.user,
            event=news.event,
            subject=news.subject,
            body=body,
            at=news.at,
            expires=news.expires,
        )

    def _opened(self, due: Due) -> News | None:
        """What was kept; None where it does not open with the key of now."""
        try:
            about = msgspec.json.decode(self._sealer.open(due.body, _place(due)), type=About)
        except (BrokenSeal, msgspec.DecodeError):
            log.error("reminder_unreadable channel=%s; put the backup of the key back", due.channel)
            return None
        return News(
            id=due.id,
            channel=due.channel,
            user=due.user,
            event=due.event,
            subject=due.subject,
            about=about,
            at=due.at,
            expires=due.expires,
        )


def _place(of: Due | News) -> str:
    """What a reminder is sealed for: moved to another user it does not open."""
    return msgspec.json.encode(["reminder", of.channel, of.user, of.id]).decode()
