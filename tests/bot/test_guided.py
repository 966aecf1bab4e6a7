"""The guided self-check: every path of answers ends in what is to be changed, other regions' points only where staff allow it."""

import datetime as dt
import re
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered import BEIJING, status

from bot import selfcheck, standing
from bot.conversation import Asked, Conversation, OwnScope, decode, encode, within
from bot.dialogue import Decision, Heard, decide
from bot.messages import Kind
from bot.mind import Mind

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=BEIJING)
CHECKS = ("学历不符", "专业不符", "年限不够")
POINTS = {"学历不符": 4, "专业不符": 2, "年限不够": 2}
"""How many points the notice numbers."""


@pytest.fixture(scope="session")
def lenient(mind):
    """A mind whose staff marked the points of Shanghai transferable."""
    table = mind.knowledge.status
    checks = tuple(msgspec.structs.replace(check, transferable=True) for check in table.check)
    status_table = msgspec.structs.replace(table, check=checks)
    return replace(mind, knowledge=replace(mind.knowledge, status=status_table))


def say(mind: Mind, texts: list[str], region: str = "CN-31", before: Conversation | None = None) -> list[Decision]:
    """The decisions on some messages in a row, the conversation kept as the store keeps it."""
    decisions, conversation = [], before or Conversation()
    for text in texts:
        decisions.append(decide(mind, Heard(text=text, region=region), conversation, NOW))
        conversation = decode(encode(decisions[-1].conversation))
    return decisions


def run(mind: Mind, title: str, answers: list[str]) -> tuple[list[Decision], Decision]:
    """The questions of a self-check that get these answers in turn (the last one again where more is asked), and its end."""
    decisions = say(mind, [f"开始自查：{title}"])
    given = iter(answers)
    answer = answers[-1]
    while decisions[-1].kind is Kind.CLARIFY:
        answer = next(given, answer)
        decisions.append(say(mind, [answer], before=decisions[-1].conversation)[0])
        assert len(decisions) < 20
    return decisions[:-1], decisions[-1]


@pytest.mark.parametrize("title", CHECKS)
@pytest.mark.parametrize("answer", ["是", "否", "不清楚"])
def test_every_self_check_ends(mind, title, answer):
    """In the points that are not met, or not known, or that all are; and in until when, whom to ask and the clauses."""
    asked, end = run(mind, title, [answer])
    assert end.kind is Kind.ANSWER
    assert all([option.label for option in each.options] == ["是", "否", "不清楚"] for each in asked)
    assert ("要补充或修改的" in end.text) == (answer == "否")
    assert ("先核实的" in end.text) == (answer == "不清楚")
    assert ("各点都符合" in end.text) == (answer == "是")
    assert "2023年12月14日前，还剩9天" in end.text
    assert "视为自动放弃本次考试" in end.text
    assert "以审核结果为准" in end.text
    assert {source.notice for source in end.sources} == {"shanghai-qa-2024"}
    assert end.conversation.checking is None


@pytest.mark.parametrize("title", CHECKS)
def test_every_point_of_the_notice_is_asked(mind, title):
    """By the notice's numbers, one at a time."""
    asked, _ = run(mind, title, ["是"])
    labels = re.findall(r"^（(\d)）", "\n".join(each.text for each in asked), re.MULTILINE)
    assert sorted(set(map(int, labels))) == list(range(1, POINTS[title] + 1))


@given(
    st.sampled_from(CHECKS), st.lists(st.sampled_from(["是", "2", "不清楚", "没有", "1", "不知道", "３"]), min_size=9)
)
def test_any_answers_lead_to_the_end(mind, title, answers):
    """What was answered 否 is to be changed, what was answered 不清楚 is to be settled, and never both."""
    _, end = run(mind, title, answers)
    unmet = end.text.partition("要补充或修改的：\n")[2].partition("\n还不清楚")[0].partition("\n怎么交")[0].splitlines()
    unsure = end.text.partition("要先核实的：\n")[2].partition("\n怎么交")[0].splitlines()
    assert not set(unmet) & set(unsure)
    assert len(unmet) + len(unsure) <= 9


@pytest.mark.parametrize(
    "word", ["是", "是的", "1", "1.", "（1）", "１", "有", "符合。", " 是 ", "yes", "傳了", "对！"]
)
def test_yes_is_understood_as_it_is_typed(mind, word):
    asked = say(mind, ["开始自查：专业不符", word])
    assert "第2点" in asked[-1].text


@pytest.mark.parametrize(
    "text", ["缴费什么时候截止", "谢谢", "都不是", "绑定", "<script>", "？？", "开始自查：年限不够"]
)
def test_any_other_message_leaves_it(mind, text):
    """And 是 afterwards is no answer to it."""
    *_, left, after = say(mind, ["开始自查：学历不符", text, "是"])
    assert "“学历不符”自查" not in left.text
    assert "“学历不符”自查" not in after.text


def test_a_condition_that_is_not_met_skips_its_point(mind):
    asked, end = run(mind, "学历不符", ["是", "是", "否", "否"])
    assert len(asked) == 4
    assert "各点都符合" in end.text


def test_the_deadline_of_the_registration_is_told_at_the_end(mind):
    before = Conversation(
        own=OwnScope(exam="health", region="CN-31", year=2024, deadline=dt.datetime(2023, 12, 12, 17, tzinfo=BEIJING))
    )
    texts = ["开始自查：专业不符", "否", "否"]
    assert "2023年12月12日 17:00（报名系统给出），还剩7天" in say(mind, texts, region="CN-5111", before=before)[-1].text


# --- other regions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["CN-5111", "CN-4408", "CN-42", "CN-12", "CN-33"])
@pytest.mark.parametrize("title", CHECKS)
def test_a_region_without_points_gets_no_others(mind, title, region):
    """What the reason means there, and who to ask."""
    decision = say(mind, [f"开始自查：{title}"], region=region)[0]
    assert decision.kind is Kind.ANSWER
    assert "没有写可以逐条自查的要点" in decision.text
    assert "咨询" in decision.text
    assert not re.search("全日制|诊疗科目|外地的工作合同|12月14日", decision.text)
    assert "shanghai-qa-2024" not in {source.notice for source in decision.sources}


def test_points_that_staff_marked_are_labelled_and_bring_no_days(lenient):
    """Shanghai's, only as a help; neither its deadline nor how it is handed in there."""
    first, *_, end = say(lenient, ["开始自查：专业不符", "否", "否"], region="CN-5111")
    assert "四川乐山的通知没有写自查要点。下面是上海的要点，只供参考" in first.text
    assert "下面是上海的要点，只供参考" in end.text
    assert "0833-2495079" in end.text
    assert not re.search("12月14日|重新上传|自动放弃", end.text)


def test_a_told_rejection_offers_what_its_region_has(mind, lenient):
    asked = decide(mind, Heard(text="我的报名状态"), Conversation(), NOW)
    told = status("四川乐山 onsite | confirmation=rejected:学历不符")
    assert standing.told(mind, asked, told, NOW).options == ()
    assert [each.label for each in standing.told(lenient, asked, told, NOW).options] == ["开始自查：学历不符"]


def test_a_pasted_rejection_offers_them_too(mind):
    labels = [option.label for option in say(mind, ["退回原因：学历不符；年限不够"])[0].options]
    assert labels[:2] == ["开始自查：学历不符", "开始自查：年限不够"]


def test_without_a_region_it_is_asked_for(mind):
    asked, told = say(mind, ["开始自查：学历不符", "上海徐汇"], region="")
    assert asked.kind is Kind.CLARIFY
    assert "开始自查：学历不符" in [option.label for option in told.options]


def test_of_another_year_there_are_no_points(mind):
    before = Conversation(own=OwnScope(exam="health", region="CN-31", year=2025))
    text = say(mind, ["开始自查：学历不符"], before=before)[0].text
    assert not re.search("全日制|12月14日", text)


# --- what is kept --------------------------------------------------------------------------------------------------


def test_conversations_kept_before_there_were_self_checks_decode():
    old = (
        b'{"region":"CN-31","exam":"health","memory":{"level":"\xe4\xb8\xad\xe7\xba\xa7"},"asked":"topic","failures":1}'
    )
    found = decode(old)
    assert (found.region, found.failures, found.checking, found.own) == ("CN-31", 1, None, None)


def test_a_self_check_is_kept_between_messages(mind):
    conversation = say(mind, ["开始自查：学历不符", "是"])[-1].conversation
    again = within(mind.knowledge, decode(encode(conversation)))
    assert again == conversation
    assert again.asked is Asked.CHECK


def test_a_self_check_of_a_region_that_is_gone_is_forgotten(mind):
    conversation = say(mind, ["开始自查：学历不符"])[-1].conversation
    assert conversation.checking is not None
    gone = msgspec.structs.replace(conversation.checking.scope, region="CN-0000")
    kept = msgspec.structs.replace(
        conversation, own=gone, checking=msgspec.structs.replace(conversation.checking, scope=gone)
    )
    found = within(mind.knowledge, kept)
    assert (found.own, found.checking) == (None, None)


def test_nothing_of_another_topic_begins_a_self_check(mind):
    """Only the option's own words do."""
    assert selfcheck.starts(mind.knowledge, "自查") == ""
    assert selfcheck.starts(mind.knowledge, "开始自查：学历不符") == "rejection_education"


def test_begun_from_the_card_it_is_for_the_registration_that_has_the_reason(mind):
    """Nothing was told in the conversation, and the page's region is another."""
    begun = decide(mind, Heard(text="开始自查：专业不符", region="CN-5111"), Conversation(), NOW)
    known = status("浙江 副高 | review=pending", "上海 online | confirmation=rejected:专业不符@2023-12-12T17:00")
    first = standing.told(mind, begun, known, NOW)
    assert "按上海的通知" in first.text
    assert first.conversation.region == begun.conversation.region
    *_, end = say(mind, ["否", "否"], region="CN-5111", before=decode(encode(first.conversation)))
    assert "2023年12月12日 17:00（报名系统给出）" in end.text


def test_without_such_a_registration_it_is_for_the_region_of_the_page(mind):
    """Nobody bound, the service down, or no registration with that reason."""
    begun = decide(mind, Heard(text="开始自查：专业不符", region="CN-31"), Conversation(), NOW)
    known = status("四川乐山 onsite | confirmation=rejected:学历不符")
    finals = (
        standing.told(mind, begun, known, NOW),
        standing.not_bound(mind, begun, "/bind"),
        standing.not_known(mind, begun, "down", None, NOW),
    )
    assert {final.text for final in finals} == {begun.text}
    assert all("按上海的通知" in final.text and not final.links for final in finals)
