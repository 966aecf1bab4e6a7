"""Mentions: a text cut into slot words, and what stands beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mind import Mind
from intents.mentions import Cutter, Mention, ending
from intents.slots import Vocabulary


@pytest.fixture(scope="module")
def cutter(mind: Mind, vocabulary: Vocabulary) -> Cutter:
    return Cutter(vocabulary, mind.understander.segmenter.boundaries)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("新疆兵团副高", ["新疆兵团", "副高"]),
        ("心血管内科学怎么报", ["心血管内科学"]),
        ("南京路在哪", []),
        ("南京在哪", ["南京"]),
        ("什么时候缴费", []),
        ("", []),
    ],
)
def test_the_longest_word_is_cut(cutter: Cutter, text: str, words: list[str]) -> None:
    """A place counts only where words begin and end."""
    assert [each.text for each in cutter.cut(text) if len(each.text) > 1] == words


@given(text=st.text(alphabet=sorted("上海南京路乐山中级副高内科学护理ab12, "), max_size=20))
def test_mentions_together_are_the_text(cutter: Cutter, vocabulary: Vocabulary, text: str) -> None:
    """None is left out, and what is longer than a character is a slot word."""
    mentions = cutter.cut(text)
    assert "".join(each.text for each in mentions) == text
    assert all(text[each.start : each.end] == each.text for each in mentions)
    assert {each.text for each in mentions if len(each.text) > 1} <= vocabulary.everything()


def test_what_stands_beside_a_mention() -> None:
    """Eight characters on either side, whatever clause they are in; of its clause, all before it."""
    text = "一二三四五六七八九,十报中级几月几号在哪里缴费"
    mention = Mention(start=12, end=14, text="中级")
    assert mention.before(text) == "五六七八九,十报"
    assert mention.after(text) == "几月几号在哪里缴"
    assert mention.clause_before(text) == "十报"


def test_ending_leaves_a_gap_within_the_clause() -> None:
    assert ending(["报", "考"]).search("我想报")
    assert not ending(["报", "考"]).search("我想报个")
    assert ending(["报", "考"], within=2).search("我想报个新")
    assert not ending(["报", "考"], within=2).search("我想报,个")
    assert not ending(["报", "考"], within=2).search("我想报一个新")
