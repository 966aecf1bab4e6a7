"""From what is typed to topics: the whole way, on the shipped words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mind import Mind
from intents.normalise import normalise
from intents.understand import Understanding

TYPED = st.text(
    alphabet=st.one_of(
        st.sampled_from("什么时候缴费我的审核通过了吗乐山上海准考证雪梨不符 ，。？\nabxyz019[]<>√😀"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)


def understand(mind: Mind, text: str) -> Understanding:
    return mind.understander.understand(text)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("什么时候缴费", "payment_window"),
        ("請問什麼時候繳費？？？", "payment_window"),
        ("请问一下老师，我想问缴费啥时候截止", "payment_window"),
        ("上海什么时候缴费", "payment_window"),
        ("四科多少钱", "fee"),
        ("每科好多钱嘛", "fee"),
        ("我的审核通过了吗", "own_status"),
        ("准老证怎么打印", "ticket_where"),
        ("雪梨不符", "rejection_education"),
        ("nianxian bugou", "rejection_years"),
        ("忘记密码怎么办", "forgot_password"),
        ("你好", "greeting"),
        ("及格分数线是多少", "pass_mark"),
    ],
)
def test_the_first_topic(mind: Mind, text: str, topic: str) -> None:
    """As candidates type: traditional, fillers, dialect, homophones, pinyin."""
    assert understand(mind, text).candidates[0].topic == topic


@pytest.mark.parametrize("text", ["", "   ", "。。。", "😀", "[微笑]", "\u200b"])
def test_nothing_said_is_nothing_understood(mind: Mind, text: str) -> None:
    """No topic is guessed from nothing."""
    found = understand(mind, text)
    assert found.candidates == ()
    assert found.parts == ()
    assert found.confidence == 0


@pytest.mark.parametrize(
    ("text", "is_own", "is_general"),
    [
        ("我的审核通过了吗", True, False),
        ("我为什么被退回", True, False),
        ("帮我查一下我的审核状态", True, False),
        ("我缴费成功了吗", True, False),
        ("怎么查我的审核状态", False, True),
        ("审核结果在哪里看", False, True),
        ("审核什么时候出结果", False, True),
        ("缴费要带什么", False, False),
    ],
)
def test_ones_own_state_is_told_from_a_general_question(mind: Mind, text: str, is_own: bool, is_general: bool) -> None:
    """BEHAVIOUR 17: 怎么查, 在哪看, 什么时候出 get an answer, not a link to bind."""
    found = understand(mind, text)
    assert (found.is_own_state, found.is_general) == (is_own, is_general)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("那乐山呢", True), ("电话多少", True), ("那缴费呢", True), ("什么时候缴费", False), ("那个表在哪下载", False)],
)
def test_a_follow_up_leaves_out_what_was_said(mind: Mind, text: str, expected: bool) -> None:
    assert understand(mind, text).is_follow_up is expected


def test_several_questions_are_several_parts_in_order(mind: Mind) -> None:
    """BEHAVIOUR 12."""
    parts = understand(mind, "什么时候缴费，准考证什么时候打印，四科多少钱").parts
    assert [part.candidates[0].topic for part in parts] == ["payment_window", "ticket_window", "fee"]


def test_a_story_is_no_question_but_its_end_is(mind: Mind) -> None:
    """Each clause is a part, and one of them asks."""
    found = understand(mind, "我在县医院干了五年，护士长说今年必须考，昨天报完名了。什么时候缴费？")
    assert len(found.parts) == 4
    assert [part.candidates[0].topic for part in found.parts if part.asks] == ["payment_window"]


@pytest.mark.parametrize(("clause", "expected"), [("在哪里", True), ("什么时候", True), ("准考证怎么打印", False)])
def test_a_clause_that_names_no_thing_is_elliptical(mind: Mind, clause: str, expected: bool) -> None:
    """It belongs to the clause before it: 现场确认什么时候，在哪里."""
    assert understand(mind, f"现场确认要本人去吗，{clause}").parts[-1].is_elliptical is expected


def test_one_clause_has_no_parts(mind: Mind) -> None:
    assert understand(mind, "什么时候缴费").parts == ()


def test_a_mended_reading_is_kept_only_if_it_fits(mind: Mind) -> None:
    """A text that is right comes out as it was; a mended one shows what was read, beside what was typed."""
    right, wrong = understand(mind, "什么时候缴费"), understand(mind, "准老证怎么打印")
    assert right.mended == right.text
    assert (wrong.text, wrong.mended) == ("准老证怎么打印", "准考证怎么打印")


def test_slots_do_not_change_the_topic(mind: Mind) -> None:
    """The one idea of docs/architecture.md: phrasings are shared by all regions and exams."""
    asked = ("什么时候缴费", "乐山什么时候缴费", "湛江中级什么时候缴费", "浙江副高什么时候缴费")
    assert {understand(mind, text).candidates[0].topic for text in asked} == {"payment_window"}


def test_understanding_is_the_same_every_time(mind: Mind) -> None:
    """Nothing is learnt from asking: the understander is immutable."""
    first = understand(mind, "准老证怎么打印")
    understand(mind, "完全不同的一句话")
    assert understand(mind, "准老证怎么打印") == first


@given(data=st.data())
def test_a_title_finds_its_topic(mind: Mind, data: st.DataObject) -> None:
    """Among the first, at least; the gate for stolen questions sees to the phrasings."""
    topic = data.draw(st.sampled_from([each for each in mind.knowledge.topics.values() if each.phrasings]))
    assert topic.id in [each.topic for each in understand(mind, topic.title).candidates]


@settings(max_examples=150)
@given(TYPED)
def test_any_text_is_understood_somehow(mind: Mind, text: str) -> None:
    """BEHAVIOUR 24: no error; probabilities are probabilities, the text is the normalised one, candidates are sorted."""
    found = understand(mind, text)
    scores = [each.score for each in found.candidates]
    assert found.text == normalise(text)
    assert 0 <= found.confidence <= 1
    assert 0 <= found.known <= 1 + 1e-6
    assert scores == sorted(scores, reverse=True)
    assert not (found.is_own_state and found.is_general)
    assert all(0 <= part.confidence <= 1 and part.text.strip() for part in found.parts)


@pytest.mark.parametrize("text", ["缴费" * 5000, "甲，" * 4000, "<" * 9000, "1" * 9000, "什么时候缴费？" * 1000])
def test_a_very_long_text_is_understood_in_time(mind: Mind, text: str) -> None:
    """Of many clauses, a dozen at most."""
    assert len(understand(mind, text).parts) <= 12
