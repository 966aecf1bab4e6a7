"""Reminders whatever moment a process dies at: nothing is shown twice, and nothing is lost but what was being sent just then.

Two processes with connections of their own over one SQLite file; the end may come before or after any write and any send.
"""

import asyncio
import contextlib
import datetime as dt
import itertools
import sqlite3
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from reminded import STAGES, World
from turns import turn

from adapters.storage.sqlite import SqliteStore
from adapters.storage.sqlite_reminders import SqliteReminders
from bot import reminding
from bot.due import EVERY_EVENT, Subscription
from bot.ports import NotifyError, Reminder, ShownElsewhereError
from bot.reminders import LEASE

WRITES = frozenset({"receive", "sweep", "claim", "told", "settle_stage", "keep", "notify"})
MOODS = ("takes", "refuses", "fails", "doubts")
USERS = (("wechat", "u1"), ("web", "v1"))
NEVER = 10**9


class Crashed(BaseException):
    """The process is gone: nothing may catch this but the test."""


class Fate:
    """How many writes and sends are still done, and whether the next is done before the end comes."""

    def __init__(self, left: int = NEVER, *, is_done: bool = True) -> None:
        self.left, self.is_done = left, is_done

    async def meet(self, work: Any) -> Any:
        self.left -= 1
        if self.left == -1 and not self.is_done:
            work.close()
            raise Crashed
        result = await work
        if self.left == -1:
            raise Crashed
        return result


class Mortal:
    """What it wraps, until its process dies."""

    def __init__(self, inner: Any, fate: Fate) -> None:
        self._inner, self._fate = inner, fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return (lambda *given: self._fate.meet(found(*given))) if name in WRITES else found


class Phone:
    """Fulfils bot.ports.Notify; may refuse, fail, or show and yet fail."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.mood = "takes"

    async def notify(self, user: str, reminder: Reminder) -> bool:
        if self.mood == "refuses":
            return False
        if self.mood == "fails":
            raise NotifyError("busy")
        self.shown.append(reminder.values["stage"])
        if self.mood == "doubts":
            raise NotifyError("no answer", is_in_doubt=True)
        return True


class Life:
    """The history of one example."""

    def __init__(self, mind: Any, path: Path) -> None:
        self.world, self.phone, self.path = World(mind, path), Phone(), path
        self.stores: list[SqliteStore] = []
        self.numbers = itertools.count()
        self.read: dict[str, tuple[str, ...]] = {}

    async def open(self) -> None:
        self.stores = [SqliteStore(self.path, 30) for _ in range(2)]
        for each in self.stores:
            await each.open(self.world.clock())
        for channel, user in USERS:
            await self.world.made(SqliteReminders(self.stores[0].file)).subscribe(channel, user)

    async def close(self) -> None:
        for each in (*self.stores, self.world.store):
            await each.close()

    async def do(self, what: str, process: int = 0, fate: Fate | None = None) -> None:
        """One step, until it is done or its process dies."""
        fate, store = fate or Fate(), self.stores[process]
        reminders = self.world.made(Mortal(SqliteReminders(store.file), fate))  # type: ignore[arg-type]  # it is one
        with contextlib.suppress(Crashed):
            if what == "read":
                await reminders.read_changes()
            elif what == "send":
                await reminders.send({"wechat": Mortal(self.phone, fate)})
            elif what == "later":
                self.world.clock.now += LEASE
            elif what in MOODS:
                self.phone.mood = what
            elif what in STAGES:
                if what not in [each.stage for each in self.world.authority.feed]:
                    self.world.authority.change("a", what, "passed", self.world.clock.now)
            else:
                await self.contact(reminders, Mortal(store, fate), *what.split())

    async def contact(self, reminders: Any, store: Any, channel: str, user: str) -> None:
        """A message whose reply tells what waits; if the process dies the platform sends it again, to the next one."""
        number = f"m{next(self.numbers)}"
        for _ in range(3):
            kept = await store.reply_to(channel, user, number)
            if kept is not None:
                self.read[number] = tuple(kept.text.split())
                return
            ids = tuple(each.id for each in await reminders.waiting(channel, user))
            reply = msgspec.structs.replace(turn(number, user, channel).reply, text=" ".join(ids))
            try:
                await store.keep(turn(number, user, channel, reply=reply, reminders=ids))
            except (ShownElsewhereError, Crashed):
                continue
            self.read[number] = ids
            return

    def expected(self) -> dict[str, tuple[str, str]]:
        """Id → user and stage of every reminder there should be."""
        found = {}
        for change in self.world.authority.feed:
            for channel, user in USERS:
                since = dt.datetime.min.replace(tzinfo=dt.UTC)
                asked = Subscription(channel=channel, user=user, events=EVERY_EVENT, since=since, swept_until=since)
                news = reminding.of_change(change, asked)
                assert news is not None
                found[news.id] = user, self.world.mind.knowledge.status.name_of_stage(change.stage)
        return found

    def doubtful(self) -> set[str]:
        """Those that were being sent when a process died, or of which the platform did not say what became of them."""
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            rows = database.execute("select id from reminder where status in ('sending', 'in_doubt')").fetchall()
        return {each[0] for each in rows}


steps = st.lists(
    st.tuples(
        st.sampled_from((*STAGES[:4], *MOODS, "read", "read", "send", "send", "later", "wechat u1", "web v1")),
        st.integers(0, 1),
        st.builds(Fate, st.sampled_from((0, 1, 2, 3, 5, NEVER, NEVER)), is_done=st.booleans()),
    ),
    max_size=25,
)


async def _live(mind: Any, path: Path, history: list[tuple[str, int, Fate]]) -> None:
    life = Life(mind, path)
    await life.open()
    for what, process, fate in history:
        await life.do(what, process, fate)
    for what in (
        "takes",
        "read",
        "later",
        "send",
        "later",
        "read",
        "send",
        "wechat u1",
        "web v1",
        "wechat u1",
        "web v1",
    ):
        await life.do(what)
    expected, doubtful = life.expected(), life.doubtful()
    shown = Counter(expected[each] for ids in life.read.values() for each in ids)
    shown.update(("u1", stage) for stage in life.phone.shown)
    await life.close()
    for name, key in expected.items():
        assert shown[key] <= 1
        assert shown[key] == 1 or name in doubtful


@settings(max_examples=150)
@given(history=steps)
def test_whenever_a_process_dies_a_reminder_is_shown_once_at_most(mind, history):
    """And exactly once, unless it was being sent just then."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_live(mind, Path(folder) / "kaoda.sqlite3", history))


def test_the_ends_are_met(mind):
    """Every write and send of an ordinary day, each as the last one: what is lost is at most the one being sent."""
    day = [("review", 0), ("read", 0), ("send", 0), ("refuses", 0), ("payment", 0), ("read", 1), ("send", 1)]
    day += [("wechat u1", 0), ("web v1", 1), ("takes", 0)]
    for at, left, is_done in itertools.product((1, 2, 5, 6, 7, 8), range(4), (True, False)):
        history = [(what, who, Fate(left, is_done=is_done) if n == at else Fate()) for n, (what, who) in enumerate(day)]
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_live(mind, Path(folder) / "kaoda.sqlite3", history))
