"""The finder: what fixes the scope is found exactly, and what only looks like it is not."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mind import Mind
from intents.finder import GAP
from intents.normalise import normalise
from intents.slots import Role, Slots

Find = Callable[[str], Slots]
PLACE, ORIGIN, THEIRS, DENIED = Role.PLACE, Role.ORIGIN, Role.THEIRS, Role.DENIED


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("上海什么时候缴费", [("上海", PLACE)]),
        ("什么时候缴费", []),
        ("我是湛江人，在乐山上班", [("湛江", ORIGIN), ("乐山", PLACE)]),
        ("老家乐山，现在湛江考", [("乐山", ORIGIN), ("湛江", PLACE)]),
        ("上海的同学报了，我在湛江报", [("上海", ORIGIN), ("湛江", PLACE)]),
        ("上海户口能在湛江报吗", [("上海", ORIGIN), ("湛江", PLACE)]),
        ("毕业于四川大学，在上海考试", [("上海", PLACE)]),
        ("不是上海，是四川", [("上海", DENIED), ("四川", PLACE)]),
        ("不在上海报，在乐山", [("上海", DENIED), ("乐山", PLACE)]),
        ("四川乐山峨眉山怎么确认", [("四川", PLACE), ("乐山", PLACE), ("峨眉山", PLACE)]),
        ("新疆和新疆兵团一样吗", [("新疆", PLACE), ("新疆兵团", PLACE)]),
        ("浙大的怎么报名", [("浙大", PLACE)]),
        ("南京路在哪", []),
        ("香港人能报名吗", []),
        ("台湾居民在上海报名", [("上海", PLACE)]),
        ("平安保险能报销吗", []),
        ("户口在湛江，在上海报名", [("湛江", ORIGIN), ("上海", PLACE)]),
        ("户籍在浙江，我在上海工作", [("浙江", ORIGIN), ("上海", PLACE)]),
        ("我同学在上海，我在乐山", [("上海", THEIRS), ("乐山", PLACE)]),
        ("我以前在湛江，现在乐山报", [("湛江", ORIGIN), ("乐山", PLACE)]),
    ],
)
def test_places_and_what_they_are_to_the_asker(find: Find, text: str, places: list[tuple[str, Role]]) -> None:
    """BEHAVIOUR 8: household, school, home town and friends' places are not the exam place."""
    assert [(place.name, place.role) for place in find(text).places] == places


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("市中区在哪确认", {"CN-370103", "CN-370402", "CN-511002", "CN-511102"}),
        ("高新区什么时候确认", {"CN-5111-gx", "CN"}),
        ("石河子线上确认吗", {"CN-65", "CN-66"}),
        ("徐汇区怎么报名", {"CN-310104"}),
        ("宁波怎么缴费", {"CN-3302"}),
        ("眉山怎么确认", {"CN-5114"}),
    ],
)
def test_an_ambiguous_place_keeps_all_its_meanings(find: Find, text: str, ids: set[str]) -> None:
    (place,) = find(text).places
    assert set(place.ids) == ids


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("机考多少钱", "人机对话"),
        ("纸笔考试多少钱一科", "纸笔"),
        ("人机对话和纸笔收费一样吗", ""),
        ("机考和笔试哪个贵", ""),
        ("上机考还是电脑考", "人机对话"),
        ("多少钱", ""),
    ],
)
def test_both_modes_are_no_mode(find: Find, text: str, mode: str) -> None:
    """Who asks about both is told both."""
    assert find(text).mode == mode


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("犍为什么时候确认", ("leshan-qianwei",)),
        ("键为县现场确认", ("leshan-qianwei",)),
        ("武警总队医院怎么确认", ("leshan-units",)),
        ("我在乐山高新区", ("leshan-gaoxin",)),
        ("乐山怎么确认", ()),
    ],
)
def test_a_registration_point_by_its_names(find: Find, text: str, sites: tuple[str, ...]) -> None:
    assert find(text).sites == sites


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("学历不符，专业不符怎么办", ("rejection_education", "rejection_specialty")),
        ("年限不够", ("rejection_years",)),
        ("什么时候缴费", ()),
    ],
)
def test_rejection_reasons_are_all_found(find: Find, text: str, reasons: tuple[str, ...]) -> None:
    assert find(text).reasons == reasons


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("护士执业资格考试怎么报名", "护士执业资格考试"),
        ("执业药师什么时候考", "执业药师资格考试"),
        ("教资什么时候报名", "教师资格考试"),
        ("我是执业药师，想考主管药师", ""),
        ("卫生资格考试什么时候", ""),
    ],
)
def test_other_exams_are_told_from_what_is_held(find: Find, text: str, name: str) -> None:
    assert find(text).other_exam == name


@pytest.mark.parametrize(
    ("text", "subject"),
    [("专业实践能力什么时候考", "专业实践能力"), ("相关专业知识几点考", "相关专业知识"), ("专业知识几点", "专业知识")],
)
def test_a_subject_is_the_longest_that_fits(find: Find, text: str, subject: str) -> None:
    assert find(text).subject == subject


@pytest.mark.parametrize(
    ("text", "left"),
    [("上海什么时候缴费", "·什么时候缴费"), ("中级什么时候缴费", "·什么时候缴费"), ("机考多少钱", "机考多少钱")],
)
def test_slot_words_do_not_choose_the_topic(mind: Mind, text: str, left: str) -> None:
    """Except those that say what is asked of: 机考 stays. A gap is no end of a clause."""
    assert mind.understander._slots.find(normalise(text))[1] == left


@given(text=st.text(alphabet=sorted("上海乐山在不是户口中级副高2345年科069编码内学 ，"), max_size=20))
def test_any_text_has_slots(mind: Mind, text: str) -> None:
    """No error; what is left is made of the text's own characters."""
    plain = normalise(text)
    found, left = mind.understander._slots.find(plain)
    assert set(left) <= set(plain) | {GAP}
    assert set(found.specialties) <= set(range(1, 112))
    assert all(each in mind.knowledge.gazetteer for place in found.places for each in place.ids)
