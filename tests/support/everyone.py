"""Candidates at every stage in every state, in places of their own; each has spoken of another place before."""

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from stdnum.cn.ric import calc_check_digit

from adapters.status.stub.values import Candidate, Reason, Registration, Specialty, Stage

BEIJING = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2023, 12, 5, 9, tzinfo=BEIJING)
STAGES = ("submission", "confirmation", "review", "payment", "admission_ticket", "exam", "result")
STATES = (
    *("not_started", "pending", "passed", "rejected", "auto_confirm_failed", "withdrawn", "expired", "paid"),
    *("available", "absent", "published"),
)
LATER_STAGE, LATER_STATE = "appeal", "under_review"  # names that the contract may have some day
DEADLINE = dt.datetime(2023, 12, 18, 16, 45, tzinfo=BEIJING)  # of the service; on no notice's day


@dataclass(frozen=True)
class Where:
    """Where and for what somebody is registered, and of which other place she talked before."""

    region: str
    exam: str
    exam_name: str
    mode: str | None
    spoken_of: str
    """A question that leaves another region and exam in the conversation."""
    deadline: dt.datetime | None = None


HEALTH, SENIOR = "卫生专业技术资格考试", "卫生高级专业技术资格考试"
OF_SENIOR = "浙江副高什么时候缴费"
PLACES = (
    Where("上海", "health", HEALTH, "online", OF_SENIOR),
    Where("四川乐山", "health", HEALTH, "onsite", OF_SENIOR),
    Where("广东湛江", "health", HEALTH, None, "上海中级报名确认不通过什么时候前重新提交"),
    Where("浙江", "senior", SENIOR, None, "上海中级什么时候缴费"),
    Where("湖北", "health", HEALTH, None, OF_SENIOR),
    Where("上海", "health", HEALTH, "auto", OF_SENIOR, DEADLINE),
)


@dataclass
class Person:
    """A candidate at one stage in one state, bound by the real binder."""

    stage: str
    state: str
    where: Where
    candidate: Candidate
    channel: str
    seconds: list[float] = field(default_factory=list)
    """How long each of her replies took."""

    @property
    def user(self) -> str:
        return "u-" + self.candidate.id


def people(states: Iterable[str], places: Iterable[Where] = PLACES) -> list[Person]:
    """One for each stage, state and place; the stages around hers stand as they do for real candidates."""
    found = itertools.product((*STAGES, LATER_STAGE), states, places)
    return [_person(number, *each) for number, each in enumerate(found)]


def _person(number: int, stage: str, state: str, where: Where) -> Person:
    stages = tuple(
        Stage(
            stage=each,
            state=state if each == stage else around(each, stage),
            at=NOW - dt.timedelta(days=1) if each == stage else None,
            deadline=where.deadline if each == stage else None,
            reasons=(Reason(text="学历不符", code="education_mismatch"),)
            if (each, state) == (stage, "rejected")
            else (),
        )
        for each in (STAGES if stage in STAGES else (*STAGES, stage))
    )
    registration = Registration(
        registration_id=f"r-{number}",
        exam=where.exam_name,
        year=2024,
        level="副高级" if where.exam == "senior" else "中级",
        specialty=Specialty(code="368", name="护理学"),
        region=where.region,
        confirm_mode=where.mode,
        stages=stages,
        updated_at=NOW,
    )
    document = f"3101011850{number // 28 % 12 + 1:02}{number % 28 + 1:02}{number // 336:03}"
    candidate = Candidate(
        id=f"c-{number:04}",
        name="考生" + "甲乙丙丁戊己庚辛壬癸"[number % 10],
        registration_no=f"2024{number:08}",
        id_number=document + calc_check_digit(document + "0"),
        story="",
        registration=(registration,),
    )
    return Person(stage, state, where, candidate, ("wechat", "web")[number % 2])


def around(stage: str, hers: str) -> str:
    """What the other stages say: done before hers, not begun after it."""
    if hers in STAGES and STAGES.index(stage) >= STAGES.index(hers):
        return "not_started"
    done = {"payment": "paid", "admission_ticket": "available"}
    return done.get(stage, "passed") if hers in STAGES else "not_started"
