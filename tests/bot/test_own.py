"""Whose registration is asked about, and what is asked of the account: bound to what the whole message says."""

import datetime as dt

import pytest
from registered import BEIJING

from bot.conversation import Conversation
from bot.dialogue import Heard, decide
from bot.messages import Kind
from bot.need import Need

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=BEIJING)


def need_of(mind, text: str, region: str = "") -> Need:
    return decide(mind, Heard(text=text, region=region), Conversation(), NOW).asks


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("绑定", Need.BIND),
        ("怎么绑定账号", Need.BIND),
        ("我要绑定我的网报号", Need.BIND),
        ("綁定", Need.BIND),
        ("我的数据", Need.MY_DATA),
        ("你保存了我哪些信息？", Need.MY_DATA),
        ("提醒我", Need.SUBSCRIBE),
        ("到时候提醒我", Need.SUBSCRIBE),
        ("取消提醒", Need.UNSUBSCRIBE),
        ("别再提醒我了", Need.UNSUBSCRIBE),
        ("我审核过了没", Need.STATUS),
        ("我为什么被退回", Need.STATUS),
        ("我能缴费了吗", Need.STATUS),
        ("我的报名状态", Need.STATUS),
    ],
)
def test_what_is_asked_of_the_account(mind, text, need):
    assert need_of(mind, text) is need


@pytest.mark.parametrize(
    "text",
    [
        "绑定微信",
        "必须绑定微信吗",
        "解除微信绑定",
        "一个微信能绑几个人",
        "微信待办事项提醒是什么",
        "怎么查审核状态",
        "成绩什么时候出来",
        "审核结果在哪里看",
        "缴费成功了怎么打印准考证",
        "会不会提醒缴费",
    ],
)
def test_general_questions_stay_general(mind, text):
    assert need_of(mind, text, "CN-31") is Need.NOTHING


@pytest.mark.parametrize(
    "text",
    [
        "帮我查下我同事王小梅报名成功了没有",
        "查下儿科张敏审核过没过",
        "把李强的审核状态调出来",
        "替我爱人看看过审没",
        "我老婆缴费成功了没",
        "我妈的成绩出来了吗",
        "科里五个人托我看都审过没过",
        "帮我查一下我女儿报名状态",
        "他审核通过了没有",
        "查一下王芳的成绩",
        "我闺蜜审核过了吗",
        "我同事审核过了没",
        "我老公的审核通过了吗",
        "我表弟报名审核过了吗",
        "我室友审核了没有",
    ],
)
def test_other_peoples_registrations_are_refused(mind, text):
    """Nothing is got for them, bound or not, and no name comes back."""
    decision = decide(mind, Heard(text=text), Conversation(), NOW)
    assert decision.asks is Need.NOTHING
    assert not any(name in decision.text for name in ("王小梅", "张敏", "李强", "王芳"))


@pytest.mark.parametrize(
    "text",
    [
        "我的材料老师给我审完没有",
        "我的资料老师看了没",
        "我刚下大夜班，前天把材料都交了，就我的没动静，你能不能帮我查查我的审核到底怎么样了",
        "我上礼拜弄的那份老师看过没有",
        "我在坐月子不方便弄电脑，报名是护士长帮我填的，你那边能不能查到我的报名状态",
        "前天把材料都交了，今天同事的都显示通过了，就我的没动静，你能不能帮我查查我的审核到底怎么样了",
        "我现在报名到哪一步了",
        "帮我看看我审过了没",
        "我报名的材料老师审核了没有",
    ],
)
def test_ones_own_is_ones_own_whoever_looks_at_it(mind, text):
    assert need_of(mind, text) is Need.STATUS


@pytest.mark.parametrize("text", ["身份证11010519491231002X 看看我过没过", "13812345678 这个号报名的 审核好了没"])
def test_a_typed_number_gets_no_state(mind, text):
    """It may be anybody's: binding is offered, or what is bound is named."""
    decision = decide(mind, Heard(text=text), Conversation(), NOW)
    assert decision.asks is Need.BIND
    assert decision.lead == mind.knowledge.phrases["number_seen"]


@pytest.mark.parametrize("text", ["解绑", "我要解绑", "取消绑定", "确定解绑", "帮我解除绑定吧"])
def test_unbinding_is_done_at_once(mind, text):
    """The platform's own unbinding, which the same word may mean, is offered beside it."""
    decision = decide(mind, Heard(text=text), Conversation(), NOW)
    assert decision.asks is Need.UNBIND
    assert [each.send for each in decision.options] == [mind.knowledge.topics["unbind_wechat"].title]


@pytest.mark.parametrize("text", ["怎么解绑", "我要解绑吗", "请问如何取消绑定"])
def test_who_asks_how_to_unbind_is_asked_first(mind, text):
    """By its own words, right after the question."""
    asked = decide(mind, Heard(text=text), Conversation(), NOW)
    assert (asked.kind, asked.asks) == (Kind.CLARIFY, Need.NOTHING)
    for word in ("确定解绑", "1", "是"):
        assert decide(mind, Heard(text=word), asked.conversation, NOW).asks is Need.UNBIND
    for word in ("不解绑", "2", "不", "3", "缴费时间", "确定"):
        assert decide(mind, Heard(text=word), asked.conversation, NOW).asks is Need.NOTHING


def test_reminders_say_what_they_are_about(mind):
    def events(text: str) -> tuple[str, ...]:
        return decide(mind, Heard(text=text), Conversation(), NOW).events

    assert set(events("提醒我")) == {"state_changed", "deadline"}
    assert events("提醒我缴费") == ("deadline",)
    assert events("有变化提醒我") == ("state_changed",)


def test_what_is_asked_beside_ones_state_is_answered(mind):
    """At once where the region is known, else once the registration tells it."""
    text = "我的审核过了没有？还有几号缴费？"
    known = decide(mind, Heard(text=text, region="CN-31"), Conversation(), NOW)
    assert known.asks is Need.STATUS
    assert "2月8日" in known.beside
    assert known.sources
    assert decide(mind, Heard(text=text), Conversation(), NOW).left == ("payment_window",)
