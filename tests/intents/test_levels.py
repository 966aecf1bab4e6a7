"""Levels: the one that the asker goes for, and exams that are asked about alike."""

from collections.abc import Callable

import pytest

from intents.levels import Level, Levels, likeliest, sought
from intents.lexicon import SlotWord
from intents.mentions import Mention
from intents.persons import Persons
from intents.slots import Slots, Vocabulary

Find = Callable[[str], Slots]


@pytest.mark.parametrize(
    ("text", "exam", "level"),
    [
        ("副高考试时间", "senior", "副高级"),
        ("我想考主任护师", "senior", "正高级"),
        ("护师考几天", "health", "初级（师）"),
        ("初级士考几科", "health", "初级（士）"),
        ("中级考几科", "health", "中级"),
        ("高级职称考试", "senior", ""),
        ("我是主管护师，想报副高", "senior", "副高级"),
        ("我已经是中级了，怎么升副高", "senior", "副高级"),
        ("我有初级师，报中级", "health", "中级"),
        ("主治医师考正高", "senior", "正高级"),
        ("同事考副高，我考中级", "health", "中级"),
        ("我同事是副高，我报初级师", "health", "初级（师）"),
        ("生殖健康教育技术中级考几科", "reproductive", "中级"),
        ("生殖健康副高怎么报", "senior", "副高级"),
        ("什么时候缴费", "", ""),
    ],
)
def test_the_level_is_the_one_that_is_sought(find: Find, text: str, exam: str, level: str) -> None:
    """Not the one already held, and not a colleague's; the exam goes with it."""
    found = find(text)
    assert (found.exam, found.level) == (exam, level)


def test_two_levels_asked_alike_are_both_exams(find: Find) -> None:
    assert set(find("副高和中级缴费时间").exams) == {"health", "senior"}
    assert find("我是中级，考副高").exams == ()


def test_two_levels_of_one_exam_narrow_nothing_down(find: Find) -> None:
    """Like 人机对话 and 纸笔 in one question."""
    assert find("初级和中级收费一样吗").level == ""


JUNIOR = SlotWord(words=("初级",), exam="health", level="初级")
NURSE = SlotWord(words=("初级师",), exam="health", level="初级（师）")
MIDDLE = SlotWord(words=("中级",), exam="health", level="中级")
SENIOR = SlotWord(words=("副高",), exam="senior", level="副高级", decides=True)
TITLE = SlotWord(words=("主管护师",), exam="health", level="中级", is_title=True)


@pytest.fixture(scope="module")
def levels(vocabulary: Vocabulary) -> Levels:
    return Levels(vocabulary.lexicon, Persons(vocabulary.lexicon))


def level(slot: SlotWord, score: float = 0.0, start: int = 0) -> Level:
    end = start + len(slot.words[0])
    return Level(score=score, start=start, end=end, slot=slot, is_plain=not slot.is_title, is_theirs=False)


@pytest.mark.parametrize(
    ("text", "slot", "score"),
    [
        ("中级几号考", MIDDLE, 0.0),
        ("我想报中级", MIDDLE, 1.0),
        ("我是中级", MIDDLE, -1.0),
        ("中级满五年了", MIDDLE, -1.0),
        ("不报中级", MIDDLE, 0.0),
        ("同事考中级", MIDDLE, -1.0),
        ("同事考副高,我考中级", MIDDLE, 1.0),
        ("主管护师怎么报名", TITLE, -0.5),
    ],
)
def test_a_level_is_weighed_by_the_words_beside_it(levels: Levels, text: str, slot: SlotWord, score: float) -> None:
    """Within its clause: sought 1, held or not sought -1, another person's -2, a title half less than a level."""
    word = slot.words[0]
    start = text.index(word)
    found = levels.read(text, Mention(start=start, end=start + len(word), text=word), slot)
    assert (found.score, found.is_theirs) == (score, text.startswith("同事考中级"))


def test_of_levels_equally_likely_the_last_is_the_askers() -> None:
    first, last = level(MIDDLE, 1.0), level(SENIOR, 1.0, 5)
    assert likeliest([last, first, level(NURSE, 0.0, 9)]) == last
    assert likeliest([]) is None


@pytest.mark.parametrize(
    ("named", "exam", "expected"),
    [
        ([], "", ("", "")),
        ([], "senior", ("senior", "")),
        ([level(MIDDLE)], "", ("health", "中级")),
        ([level(MIDDLE)], "reproductive", ("reproductive", "中级")),
        ([level(SENIOR)], "reproductive", ("senior", "副高级")),
        ([level(MIDDLE, -1.0), level(SENIOR, 1.0, 5)], "", ("senior", "副高级")),
        ([level(MIDDLE), level(NURSE, 0.0, 5)], "", ("health", "")),
        ([level(JUNIOR), level(NURSE, 0.0, 5)], "", ("health", "初级（师）")),
    ],
)
def test_the_exam_goes_with_the_level_that_is_sought(named: list[Level], exam: str, expected: tuple[str, str]) -> None:
    """But for an exam that is named by itself and has the level too; 初级 beside 初级师 is no second level."""
    assert sought(named, exam) == expected


@pytest.mark.parametrize(
    ("text", "named", "exams"),
    [
        ("中级副高", [level(MIDDLE), level(SENIOR, 0.0, 2)], ("health", "senior")),
        ("中级和副高", [level(MIDDLE), level(SENIOR, 1.0, 3)], ("health", "senior")),
        ("中级 副高", [level(MIDDLE), level(SENIOR, 1.0, 3)], ()),
        ("中级和副高", [level(MIDDLE, -1.0), level(SENIOR, 1.0, 3)], ()),
        ("主管护师和副高", [level(TITLE), level(SENIOR, 0.0, 5)], ()),
        ("中级和初级师", [level(MIDDLE), level(NURSE, 0.0, 3)], ()),
    ],
)
def test_exams_asked_alike(levels: Levels, text: str, named: list[Level], exams: tuple[str, ...]) -> None:
    """Levels equally likely, or joined where none is held; titles join nothing, and one exam is none."""
    assert levels.exams(text, named) == exams


def test_what_is_held_is_told_by_what_stands_before(levels: Levels) -> None:
    assert levels.is_held("我已经是")
    assert not levels.is_held("我想考")
