"""A status service of a few lines, a channel that notes what it sends, and reminders over a real SQLite file."""

import datetime as dt
from pathlib import Path

import msgspec

from adapters.storage.sqlite import SqliteStore
from adapters.storage.sqlite_reminders import SqliteReminders
from bot.mind import Mind
from bot.ports import NotifyError, Reminder, StatusError
from bot.registration import (
    Change,
    Changes,
    Identity,
    RegisteredSpecialty,
    Registration,
    StageState,
    Status,
)
from bot.reminders import Reminders
from bot.sealing import Sealer

BEIJING = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2023, 12, 5, 10, tzinfo=BEIJING)
KEY = bytes(range(32))
STAGES = ("submission", "confirmation", "review", "payment", "admission_ticket", "exam", "result")


def at(day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    """A moment of December 2023, in Beijing."""
    return dt.datetime(2023, 12, day, hour, minute, tzinfo=BEIJING)


class Hands:
    """A clock that goes when it is told to."""

    def __init__(self, now: dt.datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now


class Authority:
    """Fulfils bot.ports.StatusService from what a test puts here."""

    def __init__(self) -> None:
        self.feed: list[Change] = []
        self.kept: dict[str, tuple[Registration, ...]] = {}
        self.error: StatusError | None = None
        self.is_last_known = False
        self.page = 2
        self.asked = 0
        self.first = 0
        """Cursors before this number are not known any more."""

    def change(self, candidate: str, stage: str, state: str, moment: dt.datetime = NOW) -> Change:
        cursor = str(self.first + len(self.feed) + 1)
        made = Change(
            cursor=cursor, candidate_id=candidate, registration_id="r-" + candidate, stage=stage, state=state, at=moment
        )
        self.feed.append(made)
        return made

    async def verify(self, registration_no: str, id_number: str, name: str) -> Identity:
        raise StatusError("refused")

    async def registrations(self, candidate_id: str) -> Status:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return Status(registrations=self.kept.get(candidate_id, ()), as_of=NOW, is_last_known=self.is_last_known)

    async def changes(self, after: str) -> Changes:
        if self.error is not None:
            raise self.error
        number = int(after or self.first)
        if number < self.first or number > self.first + len(self.feed):
            raise StatusError("unknown")
        begin = number - self.first
        page = tuple(self.feed[begin : begin + self.page])
        return Changes(changes=page, next=page[-1].cursor if page else after)

    def last_known(self, candidate_id: str) -> Status | None:
        return None

    def forget(self, candidate_id: str) -> None:
        """Nothing is kept."""


class Bound:
    """Fulfils bot.reminders.Bindings from a table."""

    def __init__(self, table: dict[tuple[str, str], str]) -> None:
        self.table = table

    async def candidate(self, channel: str, user: str) -> str | None:
        return self.table.get((channel, user))

    async def users_of(self, candidate_id: str) -> tuple[tuple[str, str], ...]:
        return tuple(key for key, candidate in self.table.items() if candidate == candidate_id)


class Line:
    """Fulfils bot.ports.Notify: what was sent is in `sent`."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Reminder]] = []
        self.error: NotifyError | None = None
        self.takes = True

    async def notify(self, user: str, reminder: Reminder) -> bool:
        if self.error is not None:
            raise self.error
        if self.takes:
            self.sent.append((user, reminder))
        return self.takes


def registration(candidate: str = "a", **stages: object) -> Registration:
    """One of Shanghai that was submitted; a stage is a state, or a state and a deadline."""
    found = []
    for stage in STAGES:
        given = stages.get(stage, "passed" if stage == "submission" else "not_started")
        state, deadline = given if isinstance(given, tuple) else (given, None)
        found.append(StageState(stage=stage, state=str(state), deadline=deadline))
    return Registration(
        registration_id="r-" + candidate,
        exam="卫生专业技术资格考试",
        year=2024,
        level="中级",
        specialty=RegisteredSpecialty(code="368", name="护理学"),
        region="上海",
        confirm_mode="online",
        stages=tuple(found),
        updated_at=NOW,
    )


class World:
    """Two users of WeChat and one of the web, bound to the candidates a, b and a; all over one file."""

    def __init__(self, mind: Mind, path: Path) -> None:
        self.mind, self.clock, self.authority, self.line = mind, Hands(), Authority(), Line()
        self.bound = Bound({("wechat", "u1"): "a", ("wechat", "u2"): "b", ("web", "v1"): "a"})
        self.store = SqliteStore(path, 30)
        self.rows = SqliteReminders(self.store.file)
        self.reminders = self.made(self.rows)
        self.channels = {"wechat": self.line}

    def made(self, rows: SqliteReminders) -> Reminders:
        """Reminders as a process has them."""
        return Reminders(
            store=rows,
            status=self.authority,
            bindings=self.bound,
            mind=lambda: self.mind,
            clock=self.clock,
            sealer=Sealer(KEY),
            url="https://example.org/",
        )

    async def round(self) -> None:
        """What the rounds do."""
        await self.reminders.read_changes()
        await self.reminders.sweep()
        await self.reminders.send(self.channels)

    async def told(self, user: str, channel: str = "wechat") -> list[str]:
        """What a user reads at a contact."""
        return list(await self.reminders.take(channel, user))


def states(reminders: list[tuple[str, Reminder]]) -> list[tuple[str, str]]:
    """Users and what they were told of."""
    return [(user, reminder.values["state"]) for user, reminder in reminders]


def moved(registration_: Registration, stage: str, state: str) -> Registration:
    """The registration with one stage elsewhere."""
    stages = tuple(
        msgspec.structs.replace(each, state=state) if each.stage == stage else each for each in registration_.stages
    )
    return msgspec.structs.replace(registration_, stages=stages)
