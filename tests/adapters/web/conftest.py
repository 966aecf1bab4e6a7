"""The web adapter over fakes of a few lines."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from adapters.web.server import WebConfig, make_app
from bot.messages import Citation, Feedback, Kind, Message, Named, Option, Reply, UnknownScope
from bot.ports import StoreError
from bot.views import ClauseView, NoticeView, RegionView, StepState, StepView, TableView, TimelineView

SHANGHAI = RegionView(id="CN-31", name="上海市", path="上海")
HEALTH = Named(id="health", name="卫生专业技术资格考试")
NOTICE = NoticeView(
    id="leshan-2024",
    title="乐山考点公告 <2024>",
    issuer="乐山考点",
    published_on="2023-11-29",
    region="四川乐山",
    exams=(HEALTH.name,),
    year=2024,
    clauses=(
        ClauseView(id="3", label="三", text="不受理现场缴费。<b>"),
        ClauseView(id="2.1t", label="表", table=TableView(header=("报名点", ""), rows=(("夹江县", "0833-5686923"),))),
    ),
)


def _step(name: str, state: StepState, label: str) -> StepView:
    return StepView(stage="payment", name=name, state=state, dates="12月1日至14日", label=label, url="/notices/n#3")


STEPS = (
    _step("发布", StepState.PAST, "已结束"),
    _step("报名", StepState.RUNNING, "进行中，还剩9天"),
    _step("缴费", StepState.FUTURE, "未开始"),
)


class FakeResponder:
    """Echoes; what it was asked is in `messages`."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.error: Exception | None = None

    async def respond(self, message: Message) -> Reply:
        if self.error is not None:
            raise self.error
        if message.region == "火星":
            raise UnknownScope("region", message.region)
        if message.exam == "高考":
            raise UnknownScope("exam", message.exam)
        self.messages.append(message)
        source = Citation(
            notice="leshan-2024", title="公告", clause="三", quote="<i>原文", url="/notices/leshan-2024#3"
        )
        return Reply(
            id="r1",
            kind=Kind.ANSWER,
            text=f"您说：{message.text}",
            options=(Option(label="<u>", send='"'),),
            sources=(source,),
            topic="payment",
            region=Named(id="CN-31", name="上海"),
            exam=HEALTH,
            confidence=0.9,
        )

    async def rate(self, feedback: Feedback) -> bool:
        self.feedback = feedback
        return feedback.reply_id == "r1"

    async def knows(self, channel: str, user: str) -> bool:
        return any((message.channel, message.user) == (channel, user) for message in self.messages)


class FakeReader:
    """One notice, one region."""

    def notices(self) -> tuple[NoticeView, ...]:
        return (NOTICE,)

    def notice(self, notice_id: str) -> NoticeView | None:
        return NOTICE if notice_id == NOTICE.id else None

    def regions(self, query: str, limit: int) -> tuple[RegionView, ...]:
        return (SHANGHAI,)[:limit] if query in SHANGHAI.name else ()

    def region(self, text: str) -> RegionView | None:
        return SHANGHAI if text in ("上海", "CN-31") else None

    def timeline(self, region_id: str | None, exam: str) -> TimelineView:
        return TimelineView(
            region=SHANGHAI if region_id else None,
            exam=Named(id=exam, name=exam) if exam else HEALTH,
            exams=(HEALTH,),
            year=2024,
            today=dt.date(2023, 12, 5),
            today_label="12月5日",
            headline="报名进行中",
            steps=STEPS,
        )


class Readiness:
    """Ready unless told otherwise."""

    error: StoreError | None = None

    async def __call__(self) -> None:
        if self.error is not None:
            raise self.error


@pytest.fixture
def responder() -> FakeResponder:
    return FakeResponder()


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def readiness() -> Readiness:
    return Readiness()


@pytest.fixture
def start(
    aiohttp_client: Any, responder: FakeResponder, readiness: Readiness
) -> Callable[..., Awaitable[TestClient[Any, Any]]]:
    """Start the adapter with a configuration of one's own."""

    async def make(**config: Any) -> TestClient[Any, Any]:
        app = make_app(responder=responder, reader=FakeReader(), ready=readiness, config=WebConfig(**config))
        return await aiohttp_client(app)

    return make


@pytest.fixture
async def client(start: Callable[..., Awaitable[TestClient[Any, Any]]]) -> TestClient[Any, Any]:
    return await start()
