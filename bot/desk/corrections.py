"""After a publication: who was told what is no longer so, and telling them, once.

A review decides the journal's answers of older editions again with the running one, at the moment of then, and keeps those
to which it says something else. It runs in the background of a service that answers: after each piece of work it rests.
What staff then offer is told with the user's next reply, as it is on that day; word of it is sent to those who want messages.
"""

import asyncio
import datetime as dt
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

import msgspec

from bot.desk.replay import again
from bot.journalling import Before, Journalling
from bot.mind import Mind
from bot.ports import Clock, Notify, NotifyError, Reminder, ReminderStore, StoreError
from bot.sealing import BrokenSeal
from bot.staff.corrections import Candidate, CorrectionStore, Found, Offered, Review, ReviewState
from bot.staff.journal import Line
from bot.staff.people import Done, Person
from knowledge.model import beijing

LEASE = dt.timedelta(minutes=2)  # longer than a page takes
AGAIN = dt.timedelta(minutes=5)  # after a message that could not be sent
PAGE = 200  # lines
REST = 4  # times as long as it worked: a fifth of one processor
REMEMBERED = 10_000  # texts: many candidates ask the same on the same day
MOST_TOLD = 2  # corrections in one reply; the others wait for the next
LONGEST = 40  # characters of a question that are repeated
GROUPS = 200  # that a page shows
SETTLED = 3.0  # s after an edition is live here: elsewhere turns on the one before have ended
KIND = "correction"  # of a reminder
log = logging.getLogger("kaoda")


class Corrections:
    """Fulfils bot.staff.corrections.Corrections and bot.ports.Amendments."""

    def __init__(
        self,
        *,
        store: CorrectionStore,
        journalling: Journalling,
        mind: Callable[[], Mind],
        clock: Clock,
        public_url: str = "",
        settled: float = SETTLED,
    ) -> None:
        """`mind` gives the running one; `settled` in seconds."""
        self._store, self._journalling, self._mind, self._clock = store, journalling, mind, clock
        self._public_url, self._settled = public_url, settled
        self._is_any = True  # until it was looked
        self._seen: tuple[int, float] = (0, 0.0)
        self._done = 0

    # --- what a turn asks --------------------------------------------------------------------------------------------

    async def waiting(self, channel: str, user: str) -> tuple[tuple[int, str], ...]:
        """Corrections that a user has not been told yet. Raises StoreError."""
        if not self._is_any:
            return ()
        mind, now = self._mind(), self._clock()
        found: dict[str, tuple[int, str]] = {}
        for each in (await self._store.offered(self._journalling.who(channel, user)))[:MOST_TOLD]:
            try:
                text = self._answer(mind, each.line, now)
                if text:
                    found.setdefault(text, (each.number, self._sentence(mind, each.line, text)))
            except Exception as error:  # what was asked now is answered, whatever a correction meets
                log.error("correction_failed line=%d error=%s", each.line.id, type(error).__name__)
        return tuple(found.values())

    def _answer(self, mind: Mind, line: Line, now: dt.datetime) -> str:
        """What is answered now; empty where it cannot be decided again."""
        before = self._before(line)
        return again(mind, line, before, now, self._public_url).text if before is not None else ""

    def _sentence(self, mind: Mind, line: Line, text: str) -> str:
        phrases, day = mind.knowledge.phrases, beijing(line.at)
        question = line.question if len(line.question) <= LONGEST else line.question[:LONGEST] + "…"
        date = phrases["date_month"].format(month=day.month, day=day.day)
        return phrases["correction"].format(day=date, question=question, text=text)

    # --- what staff ask ----------------------------------------------------------------------------------------------

    async def reviews(self) -> tuple[Review, ...]:
        """The newest first. Raises StoreError."""
        return await self._store.reviews(limit=50)

    async def review(self, edition: int) -> Review | None:
        """One of them; of the running edition also before its search has begun. Raises StoreError."""
        found = await self._store.review(edition, GROUPS)
        if found is None and edition == self._mind().edition > 1:
            return Review(edition=edition, state=ReviewState.RUNNING, at=self._clock())
        return found

    async def offer(self, person: Person, edition: int, groups: tuple[int, ...] = ()) -> int:
        """Offer corrections; how many people. Raises StoreError."""
        done = Done(at=self._clock(), who=person.name, deed="offered_correction", object=str(edition))
        count = await self._store.offer(edition, groups, done)
        self._is_any = self._is_any or count > 0
        return count

    # --- what is done in the background ------------------------------------------------------------------------------

    async def look(self) -> None:
        """Notice what other processes did, and review the running edition where that is due. Raises StoreError."""
        self._is_any = await self._store.is_any_offered()
        edition = self._mind().edition
        if edition != self._seen[0]:
            self._seen = (edition, time.monotonic())
        if edition > 1 and edition != self._done and time.monotonic() - self._seen[1] >= self._settled:
            await self.search(edition)

    async def search(self, edition: int) -> None:
        """Go through the journal, or the rest of it, unless another process does. Raises StoreError."""
        review = await self._store.begin(edition, self._clock(), LEASE)
        known: OrderedDict[tuple[object, ...], str] = OrderedDict()
        while review is not None and review.state is ReviewState.RUNNING:
            mind = self._mind()
            if mind.edition != edition:
                return
            page = await self._store.candidates(edition, review.cursor, PAGE)
            found = [each for one in page if (each := await self._compared(mind, one, known))]
            review = msgspec.structs.replace(
                review,
                cursor=page[-1].line.id if page else review.cursor,
                looked_at=review.looked_at + len(page),
                state=ReviewState.RUNNING if page else ReviewState.DONE,
            )
            await self._store.found(review, tuple(one.line.id for one in page), tuple(found), self._clock())
        if review is not None:
            self._done = edition

    async def send(self, channels: Mapping[str, Notify], subscribers: ReminderStore) -> int:
        """Send word of corrections to those who asked for messages; to how many. Raises StoreError."""
        wanted, sent, after = await self._store.to_be_sent(), 0, ("", "")
        while wanted and (page := await subscribers.subscriptions(after, PAGE)):
            after = page[-1].channel, page[-1].user
            for each in page:
                who = self._journalling.who(each.channel, each.user)
                if each.channel in channels and who in wanted:
                    sent += await self._send(channels[each.channel], each.user, who)
        return sent

    # --- parts -------------------------------------------------------------------------------------------------------

    async def _compared(self, mind: Mind, one: Candidate, known: OrderedDict[tuple[object, ...], str]) -> Found | None:
        before = self._before(one.line)
        if before is None:
            return None
        line = one.line
        key = (line.question, before, beijing(line.at))
        text = known.get(key)
        if text is None:
            started = time.monotonic()
            text = known[key] = again(mind, line, before, line.at, self._public_url).text
            if len(known) > REMEMBERED:
                known.popitem(last=False)
            await asyncio.sleep(REST * (time.monotonic() - started))
        return None if text == one.told else Found(line=line, before=one.told, after=text)

    def _before(self, line: Line) -> Before | None:
        try:
            return self._journalling.before(line.before, line.who, line.reply_id)
        except BrokenSeal:
            log.error("journal_unreadable line=%d; put the backup of the key back", line.id)
            return None

    async def _send(self, notify: Notify, user: str, who: str) -> int:
        count = 0
        while offered := await self._store.take(who, self._clock(), LEASE):
            try:
                count += await notify.notify(user, self._reminder(offered))
                again_at = None
            except NotifyError as error:
                again_at = None if error.is_in_doubt else self._clock() + AGAIN
            await self._store.tried(offered.number, again_at)
            if again_at is not None:
                break
        return count

    def _reminder(self, offered: Offered) -> Reminder:
        known, line = self._mind().knowledge, offered.line
        day = beijing(line.at)
        topic = known.topics.get(line.topic)
        values = {
            "day": known.phrases["date_month"].format(month=day.month, day=day.day),
            "topic": topic.title if topic else "",
        }
        return Reminder(kind=KIND, values=values, url=self._public_url)


async def keep_looking(
    corrections: Corrections, channels: Mapping[str, Notify], subscribers: ReminderStore, seconds: float
) -> None:
    """Look, and send, until cancelled; whatever fails is tried again."""
    while True:
        try:
            await corrections.look()
            if channels:
                await corrections.send(channels, subscribers)
        except StoreError as error:
            log.warning("corrections_failed error=%s", type(error.__cause__).__name__)
        except Exception as error:  # the service answers on, whatever a review met
            log.error("corrections_failed error=%s", type(error).__name__)
        await asyncio.sleep(seconds)
