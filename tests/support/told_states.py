"""Everyone bound to a real responder over the real stub, and what replies have to say by the knowledge."""

import asyncio
import datetime as dt
import itertools
import re
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from everyone import NOW, STAGES, Person, around
from prometheus_client import CollectorRegistry

from adapters.status.client import StatusClient
from adapters.status.stub.server import Stub
from adapters.status.watch import Watch
from adapters.status.wire import connected
from adapters.storage.sqlite import SqliteStore
from adapters.storage.sqlite_accounts import SqliteAccounts
from adapters.storage.sqlite_shared import SqliteKeyValue
from bot.accounts import PATH, Accounts
from bot.binding import Form, Result
from bot.messages import Message, Reply
from bot.mind import Mind
from bot.needs import Needs
from bot.responder import Responder
from bot.sealed import SealedValues
from bot.sealing import Sealer
from intents.evaluate import days
from knowledge import calendar
from knowledge.fact import Window
from knowledge.status import Meaning, Urgency

REPLY = 4.0  # s
LOOK = 0.02  # s between two looks at how busy it is
AT_ONCE = 48  # who bind
PAUSE = 3601.0  # s after which breakers and waits are over, whatever the service wished
Day = tuple[int, int]
TO_ACT = (Urgency.REJECTED, Urgency.ACT)
LEAKS = re.compile(r"Traceback|Error|Exception|HTTP|(?<!\d)(?:307|401|403|404|429|50[0-4])(?!\d)|None\b|null")


class Time:
    """What the clock shows, and the seconds that breakers and waits go by."""

    def __init__(self) -> None:
        self.now, self.passed = NOW, 0.0

    def clock(self) -> dt.datetime:
        return self.now

    def monotonic(self) -> float:
        return self.passed


@asynccontextmanager
async def held_up() -> AsyncIterator[list[float]]:
    """By how much each short sleep was longer than asked for: the event loop, or the machine, was busy."""
    seconds: list[float] = []

    async def look() -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(LOOK)
            seconds.append(time.monotonic() - began - LOOK)

    looking = asyncio.create_task(look())
    try:
        yield seconds
    finally:
        looking.cancel()


class Product:
    """The responder with everything real behind it; its breakers' time and its clock go as the test says."""

    def __init__(self, mind: Mind, stub: Stub, client: StatusClient, store: SqliteStore, time_of: Time) -> None:
        sealer, clock = Sealer(bytes(range(32))), time_of.clock
        self.mind, self.stub, self.client, self._time = mind, stub, client, time_of
        values = SealedValues(SqliteKeyValue(store.file, lambda: dt.datetime.now(dt.UTC)), sealer)
        self.accounts = Accounts(
            status=client, store=SqliteAccounts(store.file), values=values, sealer=sealer, clock=clock
        )
        self.responder = Responder(mind, store, clock, needs=Needs(self.accounts, client), sealer=sealer)
        self._numbers = itertools.count()

    async def bind(self, person: Person) -> None:
        """By link and form; then she talks of another place."""
        token = (await self.accounts.link(person.channel, person.user)).removeprefix(PATH)
        form = person.candidate
        filled = Form(registration_no=form.registration_no, id_number=form.id_number, name=form.name, consent=True)
        outcome = await self.accounts.bind(token, "", filled)
        assert outcome.result is Result.BOUND, (outcome.result, outcome.seconds, person.candidate)
        await self.say(person, person.where.spoken_of)

    async def say(self, person: Person, text: str = "我的报名状态") -> Reply:
        """Her reply; how long it took is noted."""
        began = time.monotonic()
        message = Message(id=f"m{next(self._numbers)}", channel=person.channel, user=person.user, text=text)
        reply = await self.responder.respond(message)
        person.seconds.append(time.monotonic() - began)
        return reply

    async def ask(self, who: list[Person]) -> list[tuple[Person, Reply]]:
        """All of them at once; of how long it took, what a busy machine kept everybody waiting does not count."""
        async with held_up() as seconds:
            replies = await asyncio.gather(*map(self.say, who))
        for each in who:
            each.seconds[-1] -= sum(seconds)
        return list(zip(who, replies, strict=True))

    def forget(self, who: Iterable[Person]) -> None:
        """Nothing is known of them any more."""
        for each in who:
            self.client.forget(each.candidate.id)

    async def heal(self, who: Person) -> None:
        """The service is well, breakers and waits are over, and one who asks has found it so."""
        self.stub.heal()
        self._time.passed += PAUSE
        await self.say(who)

    def later(self) -> str:
        """Time goes on, so that what was known is told apart from what is; the time that it was, as it is told."""
        was = self._time.now
        self._time.now += dt.timedelta(minutes=1)
        return f"{was:%Y年%-m月%-d日 %H:%M}"

    # --- what a reply has to say -------------------------------------------------------------------------------------

    def told_by(self, person: Person) -> tuple[str, str]:
        """Her stage and its state; where it is not her turn there yet, the stage before it; confirmation after submission."""
        row = self.meaning(person, person.stage, person.state)
        if row is not None and row.urgency is Urgency.FUTURE:
            before = STAGES[STAGES.index(person.stage) - 1]
            return before, around(before, person.stage)
        is_submitted = (person.stage, person.state) == ("submission", "passed")
        return ("confirmation", "not_started") if is_submitted else (person.stage, person.state)

    def meaning(self, person: Person, stage: str, state: str) -> Meaning | None:
        """The row of a state; None where nothing explains it."""
        return self.mind.knowledge.status.meaning_of(person.where.exam, stage, state, person.where.mode or "")

    def window(self, person: Person, row: Meaning | None) -> Window | None:
        """The window that a state hangs on, where her region and exam have one."""
        known = self.mind.knowledge
        (region,) = known.gazetteer.lookup(person.where.region)
        found = known.window(row.window, person.where.exam, region) if row and row.window else None
        return found if found and found.year == 2024 else None

    def wrongs(self, person: Person, reply: Reply) -> list[str]:
        """What a told state gets wrong; empty where all is right."""
        known, text = self.mind.knowledge, reply.text
        row = self.meaning(person, *self.told_by(person))
        wrongs = [f"leaks {found[0]}" for found in [LEAKS.search(text)] if found]
        told = {(month, day) for _, month, day in days(text)}
        label = f"2024年度{person.where.exam_name}"
        wants = [label, person.where.region]
        if row is None:
            wants += ["不作解释", known.status.name_of_stage(person.stage), known.status.name_of_state(person.state)]
        else:
            wants += [row.means, *self._deadline(person, row, self.window(person, row))]
        if person.state == "rejected":
            wants.append("“学历不符”")
        wrongs += [f"lacks {each}" for each in wants if each not in text]
        wrongs += [f"tells {each} of elsewhere" for each in sorted(self._foreign_days(person) & told)]
        return wrongs

    def _deadline(self, person: Person, row: Meaning, window: Window | None) -> list[str]:
        """How the deadline has to stand there: the service's own, else the window's days and what is left of them."""
        if person.where.deadline is not None and self.told_by(person) == (person.stage, person.state):
            left = "" if row.urgency is Urgency.OVER else "还剩13天"
            return ["2023年12月18日 16:45（报名系统给出）" + ("，" + left if left else "")]
        if window is None:
            return ["已收录的通知没有写明"] if row.urgency in TO_ACT else []
        when = calendar.of_window(window, self.mind.knowledge.phrases)
        first, last = (window.days[0], window.days[-1]) if window.days else (window.start, window.end)
        today = NOW.date()
        if row.urgency is Urgency.OVER:
            return [f"{when}。"]
        if first and today < first:
            return [f"{when}，距开始还有{(first - today).days}天"]
        return [f"{when}，还剩{(last - today).days}天" if last else when]

    def _foreign_days(self, person: Person) -> set[Day]:
        """Days of windows of which none holds in her region."""
        known, exam = self.mind.knowledge, person.where.exam
        (region,) = known.gazetteer.lookup(person.where.region)
        rows, lineage = known.facts.windows, known.gazetteer.lineage(region)
        own = {day for row in rows if row.region in lineage and exam in row.exams for day in _days_of(row)}
        return {day for row in rows for day in _days_of(row)} - own


def batched(who: list[Person], size: int) -> list[list[Person]]:
    """As itertools.batched of later versions."""
    return [who[first : first + size] for first in range(0, len(who), size)]


def _days_of(row: Window) -> set[Day]:
    return {(each.month, each.day) for each in (row.start, row.end, *row.days) if each}


def wrongs_of_silence(product: Product, reply: Reply) -> list[str]:
    """What is wrong with a reply while nothing is known: it names no state, and says that, and where to ask."""
    table, text = product.mind.knowledge.status, reply.text
    wrongs = [f"lacks {each}" for each in ("您的状态现在不能知道，我不能猜", "请登录考生管理平台") if each not in text]
    claims = [row.means for row in table.meaning] + [each.name for each in table.state if each.name != "进行中"]
    wrongs += [f"claims {each}" for each in claims if each in text]
    wrongs += [f"leaks {found[0]}" for found in [re.search(r"[A-Za-z]+|\d+", text)] if found]
    return wrongs + (["has links, options or sources"] if reply.links or reply.options or reply.sources else [])


@asynccontextmanager
async def product(mind: Mind, folder: Path, who: list[Person]) -> AsyncIterator[Product]:
    """All of it, with those people bound."""
    store, time_of = SqliteStore(folder / "kaoda.sqlite3", 30), Time()
    await store.open(NOW)
    try:
        async with (
            Stub(candidates=[each.candidate for each in who]) as stub,
            connected(stub.address, stub.token) as wire,
        ):
            client = StatusClient(wire, time_of.clock, Watch(CollectorRegistry()), now=time_of.monotonic)
            made = Product(mind, stub, client, store, time_of)
            for some in batched(who, AT_ONCE):
                await asyncio.gather(*map(made.bind, some))
            yield made
            stub.heal()
    finally:
        await store.close()
