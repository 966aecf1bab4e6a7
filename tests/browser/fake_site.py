"""The web adapter over a fake bot with real notices' words, for the browser tests and for trying the page by hand.

`python tests/browser/fake_site.py [PORT]` prints its address; run it from the project's folder.
"""

import asyncio
import datetime as dt
import sys

from aiohttp import web

from adapters.web.server import WebConfig, make_app
from bot.messages import Citation, Feedback, Kind, Link, Message, Named, Option, Reply, UnknownScope
from bot.views import ClauseView, NoticeView, RegionView, StepState, StepView, TableView, TimelineView

HEALTH = Named(id="health", name="卫生专业技术资格考试")
SENIOR = Named(id="senior", name="卫生高级专业技术资格考试")
REGIONS = (
    RegionView(id="CN-31", name="上海市", path="上海"),
    RegionView(id="CN-33", name="浙江省", path="浙江"),
    RegionView(id="CN-4408", name="湛江市", path="广东湛江"),
    RegionView(id="CN-5111", name="乐山市", path="四川乐山"),
    RegionView(id="CN-511181", name="峨眉山市", path="四川乐山峨眉山"),
)
PAYMENT = (
    "通过考区审核的考生，须于2024年1月29日-2月8日期间通过网上支付方式缴纳考试费。"
    "未按规定时间完成网上缴费的，视为自动放弃考试。不受理现场缴费。"
)
SITES = TableView(
    header=("报名点", "现场确认地点", "咨询电话", "时间安排"),
    rows=(
        ("市中区", "市中区卫生健康局", "0833-2422047", "2023年12月8日-14日上午"),
        ("五通桥区", "五通桥区卫生健康局", "0833-3308263", "2023年12月13日-15日"),
        ("峨眉山市", "峨眉山市卫生健康局", "0833-3077049", "2023年12月13日-15日"),
    ),
)
LESHAN = NoticeView(
    id="leshan-2024",
    title="关于做好2024年度卫生专业技术资格考试工作乐山考点公告",
    issuer="乐山考点",
    region="四川乐山",
    exams=(HEALTH.name,),
    year=2024,
    clauses=(
        ClauseView(id="1.h", label="一", text="一、网上报名", heading=True),
        ClauseView(
            id="1",
            label="一",
            text="卫生专业技术考试报名包括网上预报名、现场确认、资格审核和网上缴费四个阶段。2023年12月1-14日期间，考生可登录"
            "国家卫生健康委人才交流服务中心官网（www.21wecan.com）进行网上预报名。",
        ),
        ClauseView(id="2.1t", label="二（一）表", text="现场确认时间、地点安排表", table=SITES),
        ClauseView(
            id="2.2.2",
            label="二（二）2",
            text="2.学历证书、资格证书、执业证书、工作证明、住院医师规范化培训合格证书、继续医学教育登记本等相关证件原件及复印件。",
        ),
        ClauseView(id="3", label="三", text=PAYMENT),
        *(
            ClauseView(id=f"6.{n}", label=f"五、{n}", text=text)
            for n, text in enumerate(
                ("联系电话务必准确畅通。", "照片为白底彩色证件照。", "考点联系电话：0833-2495079。"), 1
            )
        ),
    ),
)
SHANGHAI = NoticeView(
    id="shanghai-qa-2024",
    title="2024年上海考区全国卫生专业技术资格考试网上报名Q&A",
    issuer="上海卫生人才交流中心",
    published_on="2023-12-01",
    repost=True,
    region="上海",
    exams=(HEALTH.name,),
    year=2024,
    clauses=(ClauseView(id="q1", label="网上报名 1", text="1、如何了解报名条件？\n请考生仔细查询相关文件或公告。"),),
)


def _step(stage: str, name: str, days: tuple[tuple[int, int, int], tuple[int, int, int]], **more: object) -> StepView:
    start, end = (dt.date(*day) for day in days)
    known = {"stage": stage, "name": name, "start": start, "end": end, **more}
    return StepView(**known)  # type: ignore[arg-type]  # a table of literals


STEPS = (
    _step("submission", "网上预报名", ((2023, 12, 1), (2023, 12, 14)), state=StepState.RUNNING, days_left=9,
          dates="2023年12月1日至14日", label="进行中，还剩9天", url="/notices/leshan-2024#1"),
    _step("confirmation", "现场确认", ((2023, 12, 2), (2023, 12, 15)), state=StepState.RUNNING, days_left=10,
          dates="2023年12月2日至15日", label="进行中，还剩10天", url="/notices/leshan-2024#2.1t"),
    _step("payment", "网上缴费", ((2024, 1, 29), (2024, 2, 8)), state=StepState.FUTURE, days_left=55,
          dates="2024年1月29日至2月8日", label="未开始，还有55天",
          note="未按规定时间完成网上缴费的，视为自动放弃考试。", url="/notices/leshan-2024#3"),
    _step("exam", "考试", ((2024, 4, 13), (2024, 4, 21)), state=StepState.FUTURE, days_left=130,
          dates="2024年4月13、14、20、21日", label="未开始，还有130天"),
)  # fmt: skip
REGISTERED = _step("notice", "通知发布", ((2023, 11, 29), (2023, 11, 29)), state=StepState.PAST,
                   dates="2023年11月29日", label="已结束")  # fmt: skip


class FakeReader:
    """Two notices, five regions."""

    def notices(self) -> tuple[NoticeView, ...]:
        return (SHANGHAI, LESHAN)

    def notice(self, notice_id: str) -> NoticeView | None:
        return next((each for each in self.notices() if each.id == notice_id), None)

    def regions(self, query: str, limit: int) -> tuple[RegionView, ...]:
        return tuple(each for each in REGIONS if query in each.path + each.name)[:limit]

    def region(self, text: str) -> RegionView | None:
        return next((each for each in REGIONS if text in (each.id, each.name, each.path)), None)

    def timeline(self, region_id: str | None, exam: str) -> TimelineView:
        has_both = region_id == "CN-33"
        return TimelineView(
            region=self.region(region_id) if region_id else None,
            exam=SENIOR if has_both and exam == "senior" else HEALTH,
            exams=(HEALTH, SENIOR) if has_both else (HEALTH,),
            year=2024,
            today=dt.date(2023, 12, 5),
            today_label="12月5日",
            headline="网上预报名进行中，还剩9天",
            note="" if region_id else "选择地区后显示当地的安排。",
            steps=(REGISTERED, *STEPS),
        )


class FakeResponder:
    """Knows a few words; says something of every kind."""

    def __init__(self) -> None:
        self.users: set[str] = set()
        self.given: set[tuple[str, str]] = set()

    async def respond(self, message: Message) -> Reply:
        if message.region and FakeReader().region(message.region) is None:
            raise UnknownScope("region", message.region)
        await asyncio.sleep(0.05)
        reply = _reply_to(message)
        self.users.add(message.user)
        self.given.add((message.user, reply.id))
        return reply

    async def rate(self, feedback: Feedback) -> bool:
        return (feedback.user, feedback.reply_id) in self.given

    async def knows(self, channel: str, user: str) -> bool:
        return channel == "web" and user in self.users


def _reply_to(message: Message) -> Reply:
    leshan = Named(id="CN-5111", name="四川乐山")
    if "你好" in message.text:
        return Reply(id=message.id, kind=Kind.SMALLTALK, text="您好，我是考答，按各地通知的原文回答报名问题。")
    if "缴费" in message.text and (message.region or "乐山" in message.text):
        source = Citation(
            notice="leshan-2024", title="乐山考点公告", clause="三", quote=PAYMENT, url="/notices/leshan-2024#3"
        )
        text = (
            "2024年度网上缴费时间是2024年1月29日至2月8日，还没有开始。\n通过考区审核后，在网上支付考试费，不受理现场缴费。"
            "\n未按规定时间完成网上缴费的，视为自动放弃考试。\n有疑问可问乐山考点：0833-2495079。"
        )
        options = (
            Option(label="考试费多少钱", send="考试费多少钱"),
            Option(label="审核通过了怎么知道", send="怎么看审核结果"),
        )
        return Reply(id=message.id, kind=Kind.ANSWER, text=text, options=options, sources=(source,), topic="payment",
                     region=leshan, exam=HEALTH, confidence=0.97)  # fmt: skip
    if "缴费" in message.text:
        names = ("上海缴费", "四川乐山缴费", "浙江缴费")
        options = tuple(Option(label=name.removesuffix("缴费"), send=name) for name in names)
        return Reply(id=message.id, kind=Kind.CLARIFY, text="各地缴费时间不同，请问您在哪里报考？", options=options)
    if "我的" in message.text:
        link = Link(label="绑定报名账号", url="/bind/example")
        return Reply(id=message.id, kind=Kind.STATUS, text="查本人的报名状态要先绑定账号。", links=(link,), exam=HEALTH)
    text = "这个问题通知里没有写，我不能回答。\n请咨询您报考的考区或考点。"
    return Reply(id=message.id, kind=Kind.FALLBACK, text=text, region=leshan)


async def is_ready() -> None:
    """Be ready always."""


async def main(port: int) -> None:
    """Serve until the process is ended; the address is the one line printed."""
    config = WebConfig(questions_per_minute=100_000)
    runner = web.AppRunner(make_app(responder=FakeResponder(), reader=FakeReader(), ready=is_ready, config=config))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
