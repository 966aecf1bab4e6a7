"""The first page: drafts, publications, gaps and deadlines, as far as their parts are there."""

import datetime as dt
from typing import Any

from console_site import console, visitor
from staff_people import House

from adapters.web.console.app import Parts
from bot.staff.editing import Kind, Opened
from bot.staff.editions import Draft, DraftState, Publication, PublicationKind, Scheduled, ScheduleState
from bot.staff.gaps import Cluster, Deadline, GapState, Wanted, Worklist
from bot.staff.numbers import Figures, Share

NOW = dt.datetime(2024, 1, 29, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
DRAFT = Draft(
    key="window:payment/health/CN-5111/2024",
    file="facts/windows.toml",
    before="",
    text="x",
    version=1,
    authors=("李伟", "王芳"),
    at=NOW,
    state=DraftState.UNVERIFIED,
)
DUE = Deadline(
    region="CN-5111", region_name="四川乐山", exam="health", name="网上缴费", end=dt.date(2024, 2, 8), days_left=0
)
CLUSTER = Cluster(
    id=7,
    question="<img src=x onerror=alert(1)>",
    questions=(),
    gaps=(7, 8, 9),
    regions=(),
    reasons=(),
    topic="",
    title="",
    deadline=DUE,
    first=NOW,
    last=NOW,
)
WHOLE = Share(id="", name="", questions=1234, answered=1000, asked_back=200, fell_back=34, helpful=5, unhelpful=6)


class Desk:
    """One of each."""

    async def drafts(self) -> tuple[Opened, ...]:
        one = Opened(
            key=DRAFT.key, kind=Kind.WINDOW, file=DRAFT.file, published="", draft=DRAFT, is_stale=True, may_edit=False
        )
        return (one,)

    async def schedules(self) -> tuple[Scheduled, ...]:
        return tuple(
            Scheduled(id=number, due=NOW, by="王芳", drafts=(("a", 1), ("b", 1)), state=state)
            for number, state in enumerate(ScheduleState)
        )

    async def publications(self, **_: Any) -> tuple[Publication, ...]:
        return (Publication(edition=12, at=NOW, by="赵敏", kind=PublicationKind.ROLLBACK, note="撤回", override="急"),)

    async def worklist(self, wanted: Wanted) -> Worklist:
        return Worklist(clusters=(CLUSTER,), total=41, counts=dict.fromkeys(GapState, 0), regions=())

    async def figures(self, days: int) -> Figures:
        return Figures(days=(), channels=(), regions=(), topics=(), gaps=(), whole=WHOLE, deadlines=(DUE,))


async def test_it_shows_what_waits(at: House) -> None:
    desk: Any = Desk()
    parts = Parts(staff=at.people, editing=desk, publishing=desk, gaps=desk, numbers=desk)
    async with console(parts) as server, visitor(server) as browser:
        await browser.sign_in("viewer")
        raw = await (await browser.get("/")).text()
    for each in (
        "1234",
        "四川乐山",
        "网上缴费",
        "41 组",
        "李伟、王芳",
        "待核对",
        "要合并",
        "例外发布",
        "2024-01-29 09:00",
    ):
        assert each in raw, each
    assert raw.count("定于") == 1, "only what is still to come"
    assert "<img" not in raw
    assert "今天" in raw


async def test_without_parts_it_is_there_all_the_same(at: House) -> None:
    async with console(Parts(staff=at.people)) as server, visitor(server) as browser:
        await browser.sign_in("viewer")
        assert (await browser.get("/")).status == 200
