"""Mending: what was meant is put right, and what was right is left alone."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mind import Mind
from intents.normalise import normalise
from intents.repair import FUNCTION, Repairer, Words
from intents.sound import all_syllables


@pytest.fixture(scope="session")
def small(mind: Mind) -> Repairer:
    """A repairer of a few words."""
    words = Words(
        targets=frozenset({"学历不符", "准考证", "缴费", "社区", "现场确认", "他的"}),
        names=frozenset({"介入治疗"}),
        guarded=frozenset({"山西", "陕西", "乐山"}),
        pairs=frozenset(),
        latin=frozenset({"wechat", "ppt"}),
        syllables=all_syllables(),
        places={"山西": ("CN-14",), "陕西": ("CN-61",), "乐山": ("CN-5111",)},
        common=Counter("什么时候缴费准考证怎么打印"),
    )
    return Repairer(words, mind.understander.segmenter)


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("雪梨不符", "学历不符"),
        ("准老证", "准考证"),
        ("准考正", "准考证"),
        ("角费", "缴费"),
        ("现场却认", "现场确认"),
        ("我的雪梨不符怎么办", "我的学历不符怎么办"),
        ("shequ", "社区"),
        ("she qu", "社区"),
        ("zhunkaozheng", "准考证"),
        ("leshan", "乐山"),
        ("jieruzhiliao", "介入治疗"),
    ],
)
def test_a_word_of_a_few_is_found(small: Repairer, typed: str, mended: str) -> None:
    """By sound, by shape, by Latin pinyin."""
    assert small.mend(typed) == mended


@pytest.mark.parametrize(
    "text", ["wechat", "ppt", "html", "ct", "b超", "shi", "", "x", "乐山", "山西缴费", "123", "😀"]
)
def test_what_is_no_pinyin_and_what_is_right_stays(small: Repairer, text: str) -> None:
    assert small.mend(text) == text


def test_pinyin_of_two_places_stays_open(small: Repairer) -> None:
    """Shanxi is 山西 and 陕西: it is left to be asked back."""
    assert small.mend("shanxi").strip() == "shanxi"


@given(st.text(alphabet=sorted(FUNCTION), max_size=8))
def test_function_characters_are_never_changed(small: Repairer, text: str) -> None:
    """四 is not a misheard 似, 他 not 她: even where a target (他的) sounds the same."""
    assert small.mend(text) == text


# --- with the shipped words ------------------------------------------------------------------------------------------


def mend(mind: Mind, text: str) -> str:
    """What the shipped repairer makes of a text, before it is weighed against the original."""
    return mind.understander._repairer.mend(normalise(text))


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("雪梨不符", "学历不符"),
        ("我的雪梨不符怎么办", "我的学历不符怎么办"),
        ("xueli bufu", "学历不符"),
        ("jiaofei shijian", "交费时间"),
        ("准老证", "准考证"),
        ("准老证怎么打印", "准考证怎么打印"),
        ("居主证", "居住证"),
        ("居主证要吗", "居住证要吗"),
        ("shequ医院怎么盖章", "社区医院怎么盖章"),
        ("zhunkaozheng", "准考证"),
        ("nianxian bugou", "年限不够"),
        ("交废", "交费"),
        ("社抱", "社保"),
        ("盖张", "盖章"),
        ("工做证明", "工作证明"),
        ("往届考省", "往届考生"),
        ("现场却认", "现场确认"),
        ("报明时间", "报名时间"),
        ("成绩什么时候初来", "成绩什么时候出来"),
        ("shanghai", "上海"),
        ("sichuan leshan", "四川乐山"),
        ("neimenggu", "内蒙古"),
    ],
)
def test_homophones_wrong_characters_and_pinyin_are_mended(mind: Mind, typed: str, mended: str) -> None:
    assert mend(mind, typed) == mended


def test_shanxi_stays_ambiguous(mind: Mind) -> None:
    """It is taken for a place that means both provinces."""
    (place,) = mind.understander.understand("shanxi什么时候缴费").slots.places
    assert set(place.ids) == {"CN-14", "CN-61"}


@pytest.mark.parametrize(
    "text",
    [
        "什么时候缴费",
        "我的学历不符怎么办",
        "准考证什么时候打印",
        "四科多少钱",
        "他们没有过",
        "登陆不上",
        "扣费",
        "乐山",
        "我在乐山上班",
        "户口不在上海能报名吗",
        "b超编码",
        "ct技术",
        "app打不开",
        "21wecan",
        "pdf怎么传",
        "钱",
    ],
)
def test_right_text_is_left_alone(mind: Mind, text: str) -> None:
    assert mend(mind, text) == text


@pytest.mark.parametrize("text", ["换考区后成绩能否接续", "题型、题量和总分", "国外学历怎么提交", "专业是否限报级别"])
def test_titles_are_right_text(mind: Mind, text: str) -> None:
    """What staff wrote as the title of a topic is never “mended” into something else."""
    assert text in {topic.title for topic in mind.knowledge.topics.values()}
    assert mend(mind, text) == normalise(text)


def test_names_of_provinces_and_of_specialties_are_right_text(mind: Mind) -> None:
    """上海 is not turned into another word, nor 消化内科学."""
    names = [region.short for region in mind.knowledge.gazetteer if region.parent == "CN"]
    names += [row.name for row in mind.knowledge.facts.specialties]
    assert [name for name in names if mend(mind, name) != normalise(name)] == []


def test_a_number_in_a_part_of_three_characters_stays(mind: Mind) -> None:
    """四 is never a misheard 师: 缴四证 does not become 教师证."""
    assert "四" in mend(mind, "缴四证")


@given(text=st.text(alphabet=sorted("缴费的了是我不没有在证考雪梨符abc xingzheng，。1四"), max_size=16))
def test_any_text_is_mended(mind: Mind, text: str) -> None:
    """No error, and marks and digits are all still there, in their order."""
    plain = normalise(text)
    found = iter(mend(mind, plain))
    assert all(character in found for character in plain if character in "，。,1")
