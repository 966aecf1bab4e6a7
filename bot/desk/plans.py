"""Carries out planned publications when their time has come; of several processes one does each."""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable

from bot.desk.publishing import Publisher
from bot.desk.words import words
from bot.ports import Clock
from bot.staff.editions import Scheduled, ScheduleState
from bot.staff.people import Done, Person
from bot.staff.releases import Order, Verdict
from bot.staff.stores import EditionStore

log = logging.getLogger("kaoda")
LOOK = 2.0  # s between two looks
LEASE = dt.timedelta(minutes=5)  # in which a publication is done; after it another process tries


class Plans:
    """The plans of the store, in the name of who made them: whoever may no longer publish has planned in vain."""

    def __init__(
        self,
        *,
        store: EditionStore,
        publisher: Publisher,
        person: Callable[[str], Awaitable[Person | None]],
        clock: Clock,
        look: float = LOOK,
    ) -> None:
        """`person` gives an account by its name; `look` is the seconds between two looks."""
        self._store, self._publisher, self._person, self._clock = store, publisher, person, clock
        self._pause = look

    async def go(self) -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(self._pause)
            try:
                while await self.once():
                    pass
            except Exception as error:  # whatever one plan meets, those after it are carried out
                log.warning("plan_failed error=%s", type(error).__name__)

    async def once(self) -> bool:
        """Carry out the oldest plan that is due; False where none is. Raises NotBuiltError and StoreError."""
        now = self._clock()
        waiting = [each for each in await self._store.schedules() if each.state is ScheduleState.PLANNED]
        if not any(each.due <= now for each in waiting):
            return False
        plan = await self._store.claim_due(now, LEASE)
        if plan is None:
            return False
        state, outcome = await self._carry_out(plan)
        done = Done(at=self._clock(), who=plan.by, deed=f"plan_{state.value}", object=str(plan.id), detail=outcome)
        await self._store.settle(plan.id, state, outcome, done)
        return True

    async def _carry_out(self, plan: Scheduled) -> tuple[ScheduleState, str]:
        mark = words("publishing", "by_plan", id=plan.id)
        person = await self._person(plan.by)
        if person is None:
            return ScheduleState.FAILED, words("publishing", "nobody", name=plan.by)
        note = f"{mark} {plan.note}".strip()
        found = await self._publisher.publish(person, Order(drafts=plan.drafts, note=note, override=plan.override))
        if found.verdict is Verdict.PUBLISHED:
            return ScheduleState.DONE, found.text
        for each in await self._publisher.publications(limit=20):
            if (
                each.by == plan.by and each.note.partition(" ")[0] == mark
            ):  # who claimed it before has published it, and died
                return ScheduleState.DONE, words(
                    "publishing", "published", edition=each.edition, count=len(plan.drafts)
                )
        return ScheduleState.FAILED, found.text
